"""Adam, and SGD with momentum, in a few lines, for what is trained here; imported in workers only.

torch's own take longer to be imported than a head to be trained, since they bring a compiler along. Tests
compare them.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

VELOCITY = "velocity."
FIRST, SECOND = "first.", "second."


class Optimiser(Protocol):
    """What updates weights from their gradients."""

    steps: int

    def step(self, rate: float) -> None:
        """One update, after which the gradients are cleared."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that it needs to go on."""

    def restore(self, arrays: Mapping[str, NDArray[Any]], steps: int) -> None:
        """The counterpart of `arrays`."""


class Adam:
    """Adam (Kingma and Ba, ICLR 2015), with torch's usual constants.

    Attributes:
        parameters: what is trained, by name.
        steps: updates so far.
    """

    def __init__(
        self,
        parameters: Mapping[str, nn.Parameter],
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        """Both moments begin at 0."""
        self.parameters, self.betas, self.eps, self.steps = dict(parameters), betas, eps, 0
        self._first = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self._second = {name: torch.zeros_like(value) for name, value in self.parameters.items()}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update from the gradients, which are then cleared."""
        self.steps += 1
        slow, slower = self.betas
        for name, value in self.parameters.items():
            if value.grad is None:
                continue
            first, second = self._first[name], self._second[name]
            first.lerp_(value.grad, 1 - slow)
            second.mul_(slower).addcmul_(value.grad, value.grad, value=1 - slower)
            spread = (second.sqrt() / (1 - slower**self.steps) ** 0.5).add_(self.eps)
            value.addcdiv_(first, spread, value=-rate / (1 - slow**self.steps))
            value.grad = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The parameters and both moments, copied."""
        found: dict[str, Tensor] = {name: value.detach() for name, value in self.parameters.items()}
        found |= {FIRST + name: value for name, value in self._first.items()}
        found |= {SECOND + name: value for name, value in self._second.items()}
        return {name: value.contiguous().numpy().copy() for name, value in found.items()}

    @torch.no_grad()
    def restore(self, arrays: Mapping[str, NDArray[Any]], steps: int) -> None:
        """The counterpart of `arrays`."""
        self.steps = steps
        for name, value in self.parameters.items():
            for tensor, key in (
                (value, name),
                (self._first[name], FIRST + name),
                (self._second[name], SECOND + name),
            ):
                tensor.copy_(torch.from_numpy(arrays[key]))


class Momentum:
    """Stochastic gradient descent with momentum, as torch's SGD has it: v <- m v + g, w <- w - rate v.

    Attributes:
        parameters: what is trained, by name.
        steps: updates so far.
    """

    def __init__(
        self, parameters: Mapping[str, nn.Parameter], momentum: float = 0.9, decay: float = 0.0
    ) -> None:
        """Begin at rest.

        Args:
            parameters: by name.
            momentum: share of the velocity that stays.
            decay: pull towards 0, in units of the learning rate; added to the gradient.
        """
        self.parameters, self.momentum, self.decay, self.steps = (
            dict(parameters),
            momentum,
            decay,
            0,
        )
        self._velocity = {name: torch.zeros_like(value) for name, value in self.parameters.items()}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update from the gradients, which are then cleared."""
        self.steps += 1
        for name, value in self.parameters.items():
            if value.grad is None:
                continue
            if self.decay:
                value.grad.add_(value, alpha=self.decay)
            velocity = self._velocity[name].mul_(self.momentum).add_(value.grad)
            value.add_(velocity, alpha=-rate)
            value.grad = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The velocities, copied."""
        return {
            VELOCITY + name: value.contiguous().numpy().copy()
            for name, value in self._velocity.items()
        }

    @torch.no_grad()
    def restore(self, arrays: Mapping[str, NDArray[Any]], steps: int) -> None:
        """The counterpart of `arrays`."""
        self.steps = steps
        for name, value in self._velocity.items():
            value.copy_(torch.from_numpy(arrays[VELOCITY + name]))

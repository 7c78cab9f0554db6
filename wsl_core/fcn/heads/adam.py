"""Adam, in a few lines, for what is trained here; imported in workers only.

torch's own takes longer to be imported than a head to be trained, since it brings a compiler along. A
test compares the two.
"""

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

FIRST, SECOND = "first.", "second."


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

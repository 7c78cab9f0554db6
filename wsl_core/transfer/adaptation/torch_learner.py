"""What all methods share: parts with weights, optimisers, steps that can be taken up again anywhere.

A step depends on the seed, its number and the tensors alone, so that a run that was broken off ends like
an unbroken one, bit for bit. Imported in workers only.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.networks.torch_optimisers import Optimiser
from wsl_core.transfer.adaptation.contract import SOURCE
from wsl_core.transfer.adaptation.schedules import rate_at
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures, AdaptedNetwork
from wsl_core.transfer.adaptation.torch_inputs import Problem
from wsl_core.transfer.adaptation.torch_networks import Network, build

Figures = dict[str, float]
STREAM = 3  # of torch's random numbers: initial weights, dropout


class Learner(ABC):
    """A method at work on a problem.

    Attributes:
        problem: both domains in batches.
        how: the parameters, settled.
        network: the classifier.
        parts: modules with weights and statistics, by name; all that is kept at a checkpoint.
        optimisers: by name.
        domains: sets of statistics of batch normalisation.
    """

    domains = 2
    parts: dict[str, nn.Module]
    optimisers: dict[str, Optimiser]

    def __init__(self, problem: Problem) -> None:
        """Draw the initial weights from the seed."""
        self.problem, self.how = problem, problem.how
        self.parts, self.optimisers = {}, {}
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(_seed(self.how.seed, 0))
            self.network, self.plan = build(
                self.how.architecture, problem.shape, problem.classes, dropout=self.how.dropout,
                domains=self.domains,
            )  # fmt: skip
            self.parts["network"] = self.network
            self.begin()

    @property
    def steps(self) -> int:
        """How many steps the method takes."""
        return int(self.how.steps or 0)

    @abstractmethod
    def begin(self) -> None:
        """Make the method's other parts, and its optimisers."""

    def advance(self, number: int, *, measured: bool) -> Figures:
        """Take the step `number`, from 0 on.

        Args:
            number: of the step.
            measured: also give the figures that are for looking at, such as gradients.

        Returns:
            losses at least; they are not finite where the training diverged.
        """
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(_seed(self.how.seed, number + 1))
            for part in self.parts.values():
                part.train()
            return self.step(number, measured=measured)

    @abstractmethod
    def step(self, number: int, *, measured: bool) -> Figures:
        """One update of the weights."""

    @abstractmethod
    def adapted(self) -> AdaptedNetwork | AdaptedFeatures:
        """The classifier as it is now."""

    def doing(self, number: int) -> str:
        """What a step does, in words."""
        return "training"

    def progress(self, number: int) -> float:
        """0 at the first step, towards 1 at the last."""
        return number / self.steps

    def rate(self, number: int) -> float:
        """The learning rate of a step."""
        how = self.how
        assert how.rate is not None
        return rate_at(self.progress(number), how.rate, how.decay or "constant", how.tail)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All tensors, copied: weights, statistics, moments."""
        found = {
            f"{name}/{key}": value.detach().contiguous().numpy().copy()
            for name, part in self.parts.items()
            for key, value in part.state_dict().items()
        }
        for name, optimiser in self.optimisers.items():
            found |= {f"{name}//{key}": value for key, value in optimiser.arrays().items()}
        return found

    def restore(self, arrays: Mapping[str, NDArray[Any]], updates: Mapping[str, int]) -> None:
        """Go back to what `arrays` and `updates` gave."""
        for name, part in self.parts.items():
            part.load_state_dict(
                {key: torch.from_numpy(arrays[f"{name}/{key}"].copy()) for key in part.state_dict()}
            )
        for name, optimiser in self.optimisers.items():
            own = {
                key.removeprefix(f"{name}//"): value
                for key, value in arrays.items()
                if key.startswith(f"{name}//")
            }
            optimiser.restore(own, updates[name])

    def updates(self) -> dict[str, int]:
        """How many updates each optimiser has done."""
        return {name: optimiser.steps for name, optimiser in self.optimisers.items()}

    def reader(self) -> AdaptedNetwork:
        """The network with the source's mean and statistics, as it was trained."""
        network, inputs = self.network, self.problem.inputs
        return AdaptedNetwork(network, self.how.architecture, inputs, SOURCE, SOURCE)

    def translated(self, values: NDArray[Any], domain: int) -> NDArray[np.uint8] | None:
        """Pictures of a domain drawn in the other's manner; None where the method does not draw."""
        return None


def named(**modules: nn.Module) -> dict[str, nn.Parameter]:
    """All weights of several modules, by name."""
    return {
        f"{name}.{key}": value
        for name, module in modules.items()
        for key, value in module.named_parameters()
    }


def norm(gradients: Iterable[Tensor | None]) -> float:
    """Euclidean norm of several gradients together."""
    return float(sum(float(one.square().sum()) for one in gradients if one is not None)) ** 0.5


def norm_of(*modules: nn.Module) -> float:
    """Euclidean norm of the gradients of some modules' weights."""
    return norm(value.grad for module in modules for value in module.parameters())


def network_norms(network: Network) -> Figures:
    """Norms of the gradients of a network's two parts."""
    return {
        "gradient_encoder": norm_of(network.maps),
        "gradient_classifier": norm_of(network.hidden, network.output),
    }


def _seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, STREAM, number]).generate_state(1, np.uint64)[0] >> 1)

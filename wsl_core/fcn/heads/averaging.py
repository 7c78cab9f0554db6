"""A moving average of what is trained: steadier than where the last updates happened to end.

Imported in workers only.
"""

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

AVERAGE = "average."  # before the names of averaged tensors
EARLY = 10  # updates after which the average begins to forget slowly


class Average:
    """An exponential moving average of parameters (Polyak and Juditsky, 1992, with a fading memory).

    Attributes:
        parameters: that are averaged, by name.
        memory: share of the average that an update leaves, 0 to below 1; 0 is no average at all.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter], memory: float) -> None:
        """The average begins at the parameters as they are."""
        self.parameters, self.memory = dict(parameters), memory
        self._values = {name: value.detach().clone() for name, value in self.parameters.items()}

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """Take in the parameters after `steps` updates; early ones are forgotten faster."""
        memory = min(self.memory, (1 + steps) / (EARLY + steps))
        for name, value in self.parameters.items():
            self._values[name].lerp_(value, 1 - memory)

    @torch.no_grad()
    def settle(self) -> None:
        """Put the average into the place of the parameters."""
        for name, value in self.parameters.items():
            value.copy_(self._values[name])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The average, copied."""
        return {
            AVERAGE + name: value.contiguous().numpy().copy()
            for name, value in self._values.items()
        }

    @torch.no_grad()
    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """The counterpart of `arrays`."""
        for name, value in self._values.items():
            value.copy_(torch.from_numpy(arrays[AVERAGE + name]))

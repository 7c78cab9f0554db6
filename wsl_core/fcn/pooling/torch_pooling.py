"""The pooling schemes as torch modules, for any training loop; imported only where torch is."""

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import BaseModel
from torch import Tensor, nn

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling.parameters import SPLeaPParameters
from wsl_core.fcn.pooling.schemes import scheme as find
from wsl_core.fcn.pooling.spleap import SPLeaPWeights


class Pooling(nn.Module):
    """Maps (..., channels, h, w) to scores (..., classes), the last layer of a classifier.

    SPLeaP's sharpness (starts at 1), combination (starts as a linear layer's weights) and bias (at 0) are
    its parameters; all other schemes have none to learn.

    Attributes:
        scheme: the scheme.
        settings: its parameters.
        classes: how many scores come out.
        channels: how many maps go in: classes, times M for WILDCAT; P for SPLeaP.
    """

    def __init__(
        self, scheme: str, classes: int, parameters: BaseModel | Mapping[str, Any] | None = None
    ) -> None:
        """A scheme by name, with its parameters as their model or as values by name.

        Raises:
            ParameterError: no such scheme, parameters that it does not accept, fewer classes than one.
        """
        super().__init__()
        if classes < 1:
            raise ParameterError(f"Pooling needs a class at least; {classes} were asked for.")
        self.scheme, self.classes = find(scheme), classes
        given = (
            parameters if isinstance(parameters, BaseModel) else self.scheme.read(parameters or {})
        )
        self.channels = classes * self.scheme.maps_a_class(
            given
        )  # refuses another scheme's parameters
        self.settings = given
        if isinstance(given, SPLeaPParameters):
            self.channels = parts = given.parts
            self.sharpness = nn.Parameter(torch.ones(parts))
            self.combination = nn.Parameter(
                torch.empty(classes, parts).uniform_(-1, 1) / parts**0.5
            )
            self.bias = nn.Parameter(torch.zeros(classes))

    @property
    def learned(self) -> SPLeaPWeights | None:
        """What SPLeaP learns, as tensors; None for all other schemes."""
        if self.scheme.name != "spleap":
            return None
        return SPLeaPWeights(self.sharpness, self.combination, self.bias)

    def forward(self, maps: Tensor) -> Tensor:
        """Scores of a batch of maps, or of one picture's.

        Raises:
            ParameterError: another number of maps than `channels`.
        """
        if maps.ndim < 3 or maps.shape[-3] != self.channels:
            raise ParameterError(
                f"{self.scheme.title} for {self.classes} classes takes {self.channels} maps, (..., "
                f"{self.channels}, h, w); these have shape {tuple(maps.shape)}."
            )
        scores: Tensor = self.scheme.score(maps, self.settings, self.learned)
        return scores

    def extra_repr(self) -> str:
        """What `print` shows of it."""
        values = self.settings.model_dump().items()
        return ", ".join(
            [self.scheme.name, f"classes={self.classes}", *(f"{k}={v}" for k, v in values)]
        )

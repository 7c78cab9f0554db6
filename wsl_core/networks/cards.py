"""The card of a network: what it is, whence its weights, which sides it accepts.

A card is light to read: what needs torch is named as "module:function" and resolved in a worker. The
cards themselves are in `zoo`.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError, WeightsError
from wsl_core.networks.sources import (
    DownloadedWeights,
    OwnWeights,
    PackagedWeights,
    ShippedWeights,
    Weights,
)
from wsl_core.settings import settings

__all__ = [
    "Card",
    "DownloadedWeights",
    "OwnWeights",
    "PackagedWeights",
    "ShippedWeights",
    "Sides",
    "Weights",
]

Values = tuple[float, float, float]


class Sides(BaseModel):
    """The input sides a network accepts: `step` * k + `offset`, from `smallest` on.

    At these sides the cells lie symmetrically: as far from the first pixel to the centre of the first
    cell as from the centre of the last cell to the last pixel, so that a flipped picture gives the
    flipped map. With a distance j between cells and the first one centred at c, that is
    offset = (2 c + 1) mod j. (EfficientNet-Lite was trained with TensorFlow's "same" padding, which at
    sides 32 k + 1 is the symmetric padding used here, and puts cell i on pixel 32 i exactly.)
    """

    model_config = ConfigDict(frozen=True)

    step: int = Field(ge=1)
    offset: int = Field(ge=0)
    smallest: int = Field(ge=1)

    def nearest(self, side: float) -> int:
        """The accepted side nearest to `side`."""
        rounded = self.offset + self.step * round((side - self.offset) / self.step)
        return max(self.smallest, rounded)

    def fit(self, height: int, width: int, size: int | str) -> tuple[int, int]:
        """Input (height, width) for a picture, nothing cropped.

        Args:
            height: of the picture, in pixels.
            width: of the picture, in pixels.
            size: the longer side after resizing, in pixels, or "full" for the picture's own.

        Raises:
            ParameterError: a size that is not a number of pixels within the limits, or not "full".
        """
        largest = settings().max_side
        accepted = (
            f"Accepted is a longer side from {self.smallest} to {largest} pixels, or full for the "
            f"picture's own."
        )
        longer = max(height, width)
        if size == "full":
            if longer > largest:
                raise ParameterError(
                    f"The picture's longer side is {longer} px, which is too large to be fed whole. "
                    f"{accepted} Give a size, or raise WSL_MAX_SIDE."
                )
            size = max(longer, self.smallest)
        if isinstance(size, bool) or not isinstance(size, int):
            raise ParameterError(f"The size {size!r} is not a number of pixels. {accepted}")
        if not self.smallest <= size <= largest:
            raise ParameterError(f"The size {size} is outside the limits. {accepted}")
        return self.nearest(height * size / longer), self.nearest(width * size / longer)


class Card(BaseModel):
    """What is known of a network before it is loaded."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    build: str = Field(
        description='"module:function" that builds the classifier in torch, run in a worker.'
    )
    options: dict[str, float | int | str] = Field(default_factory=dict)
    weights: Weights
    parameters: int = Field(description="Number of weights and biases.")
    classes: int
    class_names: Literal["imagenet", "digits", "numbers"] = "imagenet"
    mean: Values = Field(description="Subtracted from RGB values of 0 .. 255.")
    std: Values = Field(description="The rest is divided by this.")
    sides: Sides
    training_side: int
    features: str = Field(description="Tap whose cells the class maps are made of.")
    taps: tuple[str, ...] = Field(description="Named layers, from the input up.")
    tap_layers: dict[str, str] = Field(
        default_factory=dict, description="Where a tap's layer has another name in the module."
    )
    head: Literal["linear", "cells"] = Field(
        "linear",
        description="What follows the pooling: one linear layer, so that the score is the mean of the "
        "class map; or more, which is then applied cell by cell, and the score stays the network's own.",
    )
    caution: str = Field("", description="Where a cell sees more than its window, and why.")
    published_top1: float | None = Field(
        None, description="On ImageNet's validation set, as published."
    )
    published_source: str = ""

    @property
    def megabytes(self) -> float:
        """Size of the weights file, in 10**6 bytes."""
        return self.weights.megabytes

    @property
    def licence(self) -> str:
        """Of the weights."""
        return self.weights.licence

    @property
    def file_name(self) -> str:
        """The name, fit for files and folders."""
        return self.name.replace(":", "-").replace("/", "-")

    def layer(self, tap: str) -> str:
        """The path of a tap's layer in the torch module."""
        return self.tap_layers.get(tap, tap)

    def brought_weights(self) -> Path | None:
        """NAME.safetensors or NAME.pth in the folder WSL_WEIGHTS, if it is there.

        Raises:
            WeightsError: WSL_WEIGHTS names a folder that is not there.
        """
        folder = settings().weights
        if folder and not folder.is_dir():
            raise WeightsError(
                f"The folder of weights {folder} is not there. Correct WSL_WEIGHTS, or remove it to "
                f"use the weights that come with the packages."
            )
        candidates = (
            [folder / f"{self.file_name}{end}" for end in (".safetensors", ".pth")]
            if folder
            else []
        )
        return next((path for path in candidates if path.is_file()), None)

    def weights_path(self) -> Path:
        """The weights file on this machine: one brought in WSL_WEIGHTS, else the published one.

        Raises:
            WeightsError: it is not there; the sentence says how to get it.
        """
        return self.brought_weights() or self.weights.path(self.name, self.title)

"""A network of one layer without padding, in NumPy: on it, window and convolution are equal exactly."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.networks import Geometry, Network
from wsl_core.networks.cards import Sides
from wsl_core.networks.layers import Layer, Layers, Step

FIELD, JUMP = 6, 4
CHANNELS, CLASSES = 5, 3


@dataclass
class ValidRuntime:
    """A rectified 6 x 6 convolution with a stride and no padding, then a linear head.

    For a head that is not linear after the pooling, "pooled" is the largest cell of each channel.
    """

    features: str
    jump: int = JUMP
    passes: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = np.random.default_rng(0)
        self.filters = random.normal(size=(CHANNELS, 3, FIELD, FIELD))
        self.weight = random.normal(size=(CLASSES, CHANNELS)).astype(np.float32)
        self.bias = random.normal(size=CLASSES).astype(np.float32)
        self.geometries = {self.features: Geometry(self.jump, FIELD, (FIELD - 1) / 2)}
        self.channels = {self.features: CHANNELS}
        steps = (Step(FIELD, self.jump),)
        self.layers: Layers = (
            Layer("conv", "convolution", (CHANNELS, 3, FIELD, FIELD), 545, 540, steps),
            Layer("head", "convolution", (CLASSES, CHANNELS, 1, 1), 18, 15, steps, (3, 5)),
        )

    def run(self, pictures: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        runs = [self._run(picture, taps) for picture in pictures]
        return [np.stack([run[i] for run in runs]) for i in range(len(taps))]

    def _run(self, picture: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        self.passes.append(picture.shape[:2])
        values = picture.astype(float) / 255 - 0.5
        patches = np.lib.stride_tricks.sliding_window_view(values, (FIELD, FIELD), axis=(0, 1))
        sums = np.tensordot(
            self.filters, patches[:: self.jump, :: self.jump], ((1, 2, 3), (2, 3, 4))
        )
        cells = np.maximum(sums, 0).astype(np.float32)
        pooled = cells.max(axis=(1, 2), keepdims=True)
        return [pooled if tap == "pooled" else cells for tap in taps]


def valid_network(training_side: int, jump: int = JUMP) -> Network:
    """Its window is `training_side` px wide: 6 for one cell, 18 for 4 x 4 cells."""
    card = networks.card(networks.DEFAULT).model_copy(
        update={
            "sides": Sides(step=JUMP, offset=FIELD % JUMP, smallest=FIELD),
            "training_side": training_side,
            "mean": (127.5, 127.5, 127.5),
        }
    )
    return Network(card, ValidRuntime(card.features, jump))

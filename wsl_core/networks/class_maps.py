"""`ClassMaps`: what a network says of every place of a picture, for every class, in logits.

Global average pooling followed by a linear layer is linear in the place: score = mean over cells of
(weight . features + bias). So the linear layer applied to every cell is a map whose mean is the score
exactly (Zhou et al., CVPR 2016; unlike there, the bias is part of every cell). Where more than a linear
layer follows the pooling, the cells go through all of it, and the score is made of the pooled features.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks.class_names import ClassNames
from wsl_core.networks.geometry import Placement
from wsl_core.products import on_one_thread

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class ClassScore:
    """A class and its score: `score` in logits, `probability` after the softmax over all classes."""

    index: int
    name: str
    score: float
    probability: float


@dataclass(frozen=True, eq=False)
class ClassMaps:
    """All class maps of one picture; each map is computed when it is asked for.

    Attributes:
        network: its name.
        classes: names of the K classes.
        features: (C, rows, columns) float32, the tap below the head.
        weight: (K, C) float32, the head.
        bias: (K,) float32.
        placement: how the cells lie on the picture.
        digest: SHA-256 of the picture's file.
        pooled: (C,) float32, the features that the score is made of; None for their mean over cells.
        trained: whose weights the features are of: "published", "random", or the name of a file.
    """

    network: str
    classes: ClassNames
    features: Float32 = field(repr=False)
    weight: Float32 = field(repr=False)
    bias: Float32 = field(repr=False)
    placement: Placement
    digest: str
    pooled: Float32 | None = field(default=None, repr=False)
    trained: str = "published"

    @property
    def cells(self) -> tuple[int, int]:
        """(rows, columns)."""
        rows, columns = self.features.shape[1:]
        return rows, columns

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width) that was fed to the network, in pixels."""
        return self.placement.down.input_side, self.placement.across.input_side

    @property
    def picture_size(self) -> tuple[int, int]:
        """(height, width) of the picture, in pixels."""
        return self.placement.down.picture_side, self.placement.across.picture_side

    @cached_property
    @on_one_thread()
    def logits(self) -> Float32:
        """All maps, (K, rows, columns)."""
        flat = self.weight @ self.features.reshape(len(self.features), -1) + self.bias[:, None]
        return flat.reshape(-1, *self.cells)

    @cached_property
    @on_one_thread()
    def scores(self) -> Float32:
        """(K,) logits, the network's own score at this size: the mean of each map, unless `pooled` is set."""
        pooled = self.features.mean(axis=(1, 2)) if self.pooled is None else self.pooled
        return self.weight @ pooled + self.bias

    @cached_property
    def probabilities(self) -> Float32:
        """(K,) softmax of the scores."""
        powers = np.exp(self.scores - self.scores.max())
        return powers / powers.sum()

    @on_one_thread()
    def map(self, which: str | int) -> Float32:
        """The map of one class, (rows, columns), signed, in logits.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        index = self.classes.find(which)
        return np.tensordot(self.weight[index], self.features, axes=1) + self.bias[index]

    def score(self, which: str | int) -> ClassScore:
        """Score and probability of one class."""
        index = self.classes.find(which)
        return ClassScore(
            index,
            self.classes.titles[index],
            float(self.scores[index]),
            float(self.probabilities[index]),
        )

    def top(self, count: int = 5) -> list[ClassScore]:
        """The `count` classes with the highest scores, best first."""
        return [self.score(int(i)) for i in np.argsort(-self.scores, kind="stable")[:count]]

    def peak_cell(self, which: str | int) -> tuple[int, int]:
        """(row, column) of the class's highest cell, the first of several."""
        row, column = np.unravel_index(int(np.argmax(self.map(which))), self.cells)
        return int(row), int(column)

    def peak(self, which: str | int) -> tuple[float, float]:
        """(x, y) in picture pixels: the centre of the class's highest cell."""
        return self.placement.centre(*self.peak_cell(which))

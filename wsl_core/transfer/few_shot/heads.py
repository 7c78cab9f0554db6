"""The classifiers that a few examples make, on frozen features; a registry for command line, page and tests.

A head is given rows that are centred and of length 1, and gives weights and biases: its scores of a row are
weights @ row + bias. A new one is a card here and a function of (rows, labels, classes, parameters).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.transfer.few_shot import softmax
from wsl_core.transfer.few_shot.softmax import Float32


class HeadParameters(BaseModel):
    """How heads are fitted to the examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    c: float = Field(
        10.0,
        gt=0,
        le=1e6,
        title="C",
        description="Linear probe: weight of the examples against the penalty.",
    )
    scale: float = Field(
        10.0,
        gt=0,
        le=1000,
        title="Scale",
        description="Cosine classifier: of the cosines, before soft-max.",
    )
    cosine_steps: int = Field(
        20, ge=0, le=1000, title="Steps",
        description="Cosine classifier: of its training, which begins at the class means.",
    )  # fmt: skip


Fit = Callable[[Float32, NDArray[np.integer], int, HeadParameters], "Linear"]


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted head.

    Attributes:
        weights: (classes, D).
        bias: (classes,).
        cosine: whether a score of a row of length 1 is a cosine with the class, -1 .. 1.
    """

    weights: Float32
    bias: Float32
    cosine: bool

    def scores(self, rows: Float32) -> Float32:
        """(N, D) -> (N, classes)."""
        return rows @ self.weights.T + self.bias


@dataclass(frozen=True)
class HeadCard:
    """A head, as menus and tables name it.

    Attributes:
        name: on the command line.
        title: for people.
        sentence: what it does.
        source: paper.
        fit: makes it.
    """

    name: str
    title: str
    sentence: str
    source: str
    fit: Fit


def nearest_mean(
    rows: Float32, labels: NDArray[np.integer], classes: int, how: HeadParameters
) -> Linear:
    """The mean of each class's rows, of length 1."""
    sums = np.zeros((classes, rows.shape[1]))
    np.add.at(sums, labels, rows)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), softmax.TINY)
    return Linear((sums / lengths).astype(np.float32), np.zeros(classes, np.float32), True)


def cosine(rows: Float32, labels: NDArray[np.integer], classes: int, how: HeadParameters) -> Linear:
    """Directions learned by soft-max of scaled cosines."""
    weights = softmax.cosine(rows, labels, classes, how.scale, how.cosine_steps)
    return Linear(weights, np.zeros(classes, np.float32), True)


def linear_probe(
    rows: Float32, labels: NDArray[np.integer], classes: int, how: HeadParameters
) -> Linear:
    """Soft-max regression."""
    weights, bias = softmax.regression(rows, labels, classes, how.c)
    return Linear(weights, bias, False)


_CARDS = (
    HeadCard(
        "nearest-mean",
        "Nearest class mean",
        "Each class is the mean of its examples; a picture goes to the nearest. Nothing is trained.",
        "Y. Wang et al., SimpleShot, 2019 (CL2N)",
        nearest_mean,
    ),
    HeadCard(
        "cosine",
        "Cosine classifier",
        "A direction for each class, which begins at the mean and is trained on cosines.",
        "W.-Y. Chen et al., ICLR 2019 (Baseline++)",
        cosine,
    ),
    HeadCard(
        "linear-probe",
        "Linear probe",
        "Soft-max regression on the frozen features, its weights held small.",
        "Y. Tian et al., ECCV 2020",
        linear_probe,
    ),
)
HEADS = {one.name: one for one in _CARDS}
"""Every head by its name, in the order in which they are shown."""

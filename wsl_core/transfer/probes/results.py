"""What probes have found out: accuracies of every layer in every draw; plain values, kept as JSON."""

import statistics
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from wsl_core.errors import DatasetError
from wsl_core.transfer.probes.classifiers import RIDGE, SOFTMAX, SVM
from wsl_core.transfer.probes.protocol import FIXED

VERSION = 1
TOGETHER = "together"
"""Name of the row in which several layers are concatenated."""


class Fit(BaseModel):
    """A classifier on a layer in one draw.

    `seconds` are of one processor, with all choices, and the factorisation that the classifiers share.
    """

    model_config = ConfigDict(extra="forbid")

    accuracy: float
    constant: float
    pooling: str
    seconds: float


class Layer(BaseModel):
    """A row: `values` of a picture lie on `grid` x `grid` windows of `channels`.

    `fits` has, by classifier and split, what was measured; `examples` has the accuracies of soft-max by
    the number of training pictures of a class and the draw.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    channels: int
    cells: int
    grid: int
    values: int
    fits: dict[str, dict[str, Fit]] = {}
    examples: dict[int, list[float]] = {}

    def accuracies(self, classifier: str) -> list[float]:
        """Of the random draws, in their order."""
        fits = self.fits.get(classifier, {})
        return [one.accuracy for name, one in fits.items() if name != FIXED]

    def mean(self, classifier: str) -> float | None:
        """Over the draws; None where there are none."""
        found = self.accuracies(classifier)
        return statistics.fmean(found) if found else None

    def deviation(self, classifier: str) -> float | None:
        """Standard deviation over the draws, with n - 1; None for fewer than two."""
        found = self.accuracies(classifier)
        return statistics.stdev(found) if len(found) > 1 else None

    def fixed(self, classifier: str) -> float | None:
        """On the fixed split; None where there is none."""
        one = self.fits.get(classifier, {}).get(FIXED)
        return None if one is None else one.accuracy

    def seconds(self, classifier: str) -> float | None:
        """Of one processor for one split, the mean."""
        found = [one.seconds for one in self.fits.get(classifier, {}).values()]
        return statistics.fmean(found) if found else None


class Shown(BaseModel):
    """The split whose pictures are looked at: `predicted` has their classes by classifier and layer."""

    model_config = ConfigDict(extra="forbid")

    split: str
    pictures: list[str]
    labels: list[int]
    predicted: dict[str, dict[str, list[int]]] = {}


class Probes(BaseModel):
    """A whole measurement."""

    model_config = ConfigDict(extra="forbid")

    version: int = VERSION
    data: str
    network: str
    weights: str
    size: int
    train: int
    test: int
    splits: int
    seed: int
    classes: list[str]
    pictures: int
    tests: list[int] = []
    fixed: list[int] | None = None
    duplicates: dict[str, str] = {}
    skipped: dict[str, str] = {}
    layers: list[Layer] = []
    shown: Shown | None = None
    gram_s: float = 0.0

    @property
    def classifiers(self) -> tuple[str, ...]:
        """Those that were fitted, in the order of the registry."""
        there = {name for one in self.layers for name in one.fits}
        return tuple(name for name in (SOFTMAX, SVM, RIDGE) if name in there)

    def best(self, classifier: str, *, rows: tuple[str, ...] | None = None) -> Layer:
        """The layer with the highest mean; rows of one layer only, unless others are named.

        Raises:
            DatasetError: nothing was fitted.
        """
        there = [
            one
            for one in self.layers
            if one.mean(classifier) is not None
            and (one.name in rows if rows is not None else one.name != TOGETHER)
        ]
        if not there:
            raise DatasetError(f"No layer was probed by {classifier}. Probe one.")
        return max(there, key=lambda one: one.mean(classifier) or 0.0)

    def confusion(self, classifier: str, layer: str) -> NDArray[np.int64]:
        """(K, K) counts of the shown split: rows are what the pictures show, columns what was said."""
        count = len(self.classes)
        if self.shown is None or layer not in self.shown.predicted.get(classifier, {}):
            return np.zeros((count, count), np.int64)
        labels = np.array(self.shown.labels, np.int64)
        said = np.array(self.shown.predicted[classifier][layer], np.int64)
        return np.bincount(labels * count + said, minlength=count**2).reshape(count, count)

    def mistaken(self, classifier: str, layer: str, most: int = 10) -> list[tuple[str, str, int]]:
        """What was taken for what, and how often, the most frequent first."""
        counts = self.confusion(classifier, layer)
        np.fill_diagonal(counts, 0)
        order = np.argsort(-counts, axis=None, kind="stable")[:most]
        pairs = [divmod(int(place), len(self.classes)) for place in order]
        return [
            (self.classes[a], self.classes[b], int(counts[a, b])) for a, b in pairs if counts[a, b]
        ]

    def hits(self, classifier: str, layer: str) -> NDArray[np.bool_]:
        """(m,) whether the layer names the class of each shown picture."""
        assert self.shown is not None
        return np.array(self.shown.predicted[classifier][layer]) == np.array(self.shown.labels)

    def only(self, classifier: str, one: str, other: str) -> list[int]:
        """Places of the shown pictures that one layer gets and another misses."""
        return np.flatnonzero(self.hits(classifier, one) & ~self.hits(classifier, other)).tolist()

    def to_json(self) -> dict[str, Any]:
        """Every layer in every classifier, as the command line prints it; rates to six digits."""
        main = self.classifiers[0]
        return {
            "data": self.data, "network": self.network, "weights": self.weights, "size": self.size,
            "train": self.train, "test": self.test, "splits": self.splits, "seed": self.seed,
            "classes": len(self.classes), "pictures": self.pictures, "test_pictures": self.tests,
            "fixed_pictures": self.fixed, "duplicates": self.duplicates, "skipped": self.skipped,
            "skipped_count": len(self.skipped), "metric": "mean per-class accuracy", "classifier": main,
            "layers": [
                {"name": one.name, "classifier": main, **_figures(one, main)}
                | {
                    "channels": one.channels, "grid": one.grid, "values": one.values,
                    "classifiers": {name: _figures(one, name) for name in one.fits},
                    "examples": {
                        str(n): {"accuracy_mean": _short(statistics.fmean(a)), "accuracy_sd": _sd(a)}
                        for n, a in one.examples.items()
                    },
                }
                for one in self.layers
            ],
            "gram_s": round(self.gram_s, 2),
        }  # fmt: skip

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Probes":
        """From the result of a job, or a file.

        Raises:
            DatasetError: it is damaged, or of another version.
        """
        try:
            found = cls.model_validate(facts)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise DatasetError(
                f"The result of these probes is damaged (at {where}). Make it again."
            ) from None
        if found.version != VERSION:
            raise DatasetError(
                f"These probes were written by another version of this program (number {found.version}, "
                f"this one reads number {VERSION}). Make them again."
            )
        return found


def _figures(layer: Layer, classifier: str) -> dict[str, Any]:
    return {
        "accuracy_mean": _short(layer.mean(classifier)),
        "accuracy_sd": _short(layer.deviation(classifier)),
        "fixed_accuracy": _short(layer.fixed(classifier)),
        "fit_s": _short(layer.seconds(classifier)),
    }


def _sd(values: list[float]) -> float | None:
    return _short(statistics.stdev(values)) if len(values) > 1 else None


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

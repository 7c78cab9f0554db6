"""One figure for every class, and the simplest of them: the share of the pictures that show it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.fcn.localization.evidence import Evidence

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PerClass:
    """One figure for every class.

    Attributes:
        values: (K,) 0 .. 1; NaN where a class has nothing to be measured on.
        images: (K,) pictures in which the class was measured as present.
    """

    values: Floats
    images: NDArray[np.int64]

    @property
    def mean(self) -> float:
        """Over the classes that have a value; NaN where none has."""
        return self.mean_of(np.ones(len(self.values), bool))

    def mean_of(self, chosen: ArrayLike) -> float:
        """Over the chosen classes, (K,) bool, that have a value; NaN where none has."""
        there = self.values[np.asarray(chosen, bool) & ~np.isnan(self.values)]
        return float(there.mean()) if len(there) else float("nan")


class ShareOfPictures:
    """Of the pictures that show a class with a box, the share that are right; children say which are."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._asked: list[NDArray[np.bool_]] = []
        self._right: list[NDArray[np.bool_]] = []

    def update(self, evidence: Evidence) -> None:
        """Take in one picture."""
        asked, right = np.zeros((2, len(evidence.labels)), bool)
        for place, k in enumerate(evidence.shown):
            asked[k], right[k] = True, self._is_right(evidence, place, int(k))
        self._asked.append(asked)
        self._right.append(right)

    def _is_right(self, evidence: Evidence, place: int, index: int) -> bool:
        """Of the class `index`, which is number `place` of those shown."""
        raise NotImplementedError

    def compute(self) -> PerClass:
        """Over the pictures so far; NaN for a class that none shows."""
        if not self._asked:
            return PerClass(np.empty(0), np.empty(0, np.int64))
        asked, right = np.sum(self._asked, axis=0), np.sum(self._right, axis=0, dtype=float)
        values = np.divide(right, asked, out=np.full(len(asked), np.nan), where=asked > 0)
        return PerClass(values, asked)

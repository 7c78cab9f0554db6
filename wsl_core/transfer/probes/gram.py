"""Pictures as products: what a linear classifier with a squared penalty needs to know of features.

By the representer theorem the weights of such a classifier are a combination of the training pictures,
W = X' A, so that scores, penalty and gradients follow from the products K = X X'. That is the space of the
features turned exactly onto the span of the training pictures: at most n dimensions instead of D, and the
same solution (Schölkopf, Herbrich, Smola, COLT 2001). K is computed once for all draws, folds and constants;
each fit takes its rows and columns and centres them on its own training pictures.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
TINY = 1e-12


def normalised(features: NDArray[Any]) -> Float32:
    """(N, D) -> (N, D) float32 with rows of length 1, each picture by itself. A row of zeros stays one."""
    rows = np.asarray(features, np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, TINY), np.float32)


def products(rows: Float32) -> Float32:
    """(N, D) -> (N, N) products of the rows, less their mean, which no centred fit can see."""
    centred = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    return np.asarray(centred @ centred.T, np.float32)


@dataclass(frozen=True, eq=False)
class Centred:
    """Products of some pictures with training pictures, both less the mean of the latter.

    Attributes:
        train: (n, n) float32, of the training pictures with each other.
        scale: mean of its diagonal; all products are divided by it, so that constants mean the same for
            every layer.
    """

    train: Float32 = field(repr=False)
    scale: float
    _among: NDArray[np.int64] = field(repr=False)
    _column: Float32 = field(repr=False)
    _whole: Float32 = field(repr=False)

    @classmethod
    def of(cls, whole: Float32, among: NDArray[np.int64]) -> "Centred":
        """From the products of all pictures.

        Args:
            whole: (N, N), see `products`.
            among: (n,) numbers of the training pictures.
        """
        inner = whole[np.ix_(among, among)].astype(np.float32)
        column = inner.mean(axis=0, dtype=np.float64)
        inner -= column[None].astype(np.float32)
        inner -= (column - column.mean())[:, None].astype(np.float32)
        scale = max(float(np.trace(inner, dtype=np.float64)) / len(among), TINY)
        return cls(inner / np.float32(scale), scale, among, column.astype(np.float32), whole)

    def against(self, others: NDArray[np.int64]) -> Float32:
        """(m, n): of other pictures with the training pictures."""
        rows = self._whole[np.ix_(others, self._among)].astype(np.float32)
        own = rows.mean(axis=1, dtype=np.float64).astype(np.float32)
        rows -= self._column[None]
        rows -= (own - self._column.mean(dtype=np.float64))[:, None]
        return np.asarray(rows / np.float32(self.scale), np.float32)

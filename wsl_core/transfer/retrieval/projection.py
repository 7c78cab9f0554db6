"""Vectors centred and turned onto their principal components, so that what all pictures share counts less.

No whitening. Jégou and Chum, "Negative evidences and co-occurences in image retrieval", ECCV 2012.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.retrieval.descriptor import Float32, unit

EXACT = 2048  # more dimensions, and as many pictures, take a randomised search
SPARE, PASSES = 32, 6  # of the randomised search
PICTURES_A_COMPONENT = 4
FEWEST = 40  # pictures from which a mean says anything


@dataclass(frozen=True, eq=False)
class Projection:
    """What is done to every vector before it is compared.

    Attributes:
        mean: (D,) float32, subtracted.
        basis: (D, d) float32, orthonormal columns.
    """

    mean: Float32 = field(repr=False)
    basis: Float32 = field(repr=False)

    @classmethod
    def fit(cls, vectors: Float32, components: int) -> "Projection | None":
        """From the vectors of a collection, without labels.

        Args:
            vectors: (N, D) of length 1.
            components: at most so many, and at most one to four pictures.

        Returns:
            None where the vectors are to be compared as they are: for 0 components, or fewer than 40
            pictures.
        """
        count, width = vectors.shape
        kept = min(components, count // PICTURES_A_COMPONENT, width)
        if components == 0 or count < FEWEST:
            return None
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        centred = np.asarray(vectors - mean, np.float32)
        basis = _exact(centred, kept) if min(count, width) <= EXACT else _randomised(centred, kept)
        return cls(mean, np.ascontiguousarray(basis, np.float32))

    def apply(self, vectors: Float32) -> Float32:
        """(..., D) -> (..., d), not normalised."""
        return np.asarray((vectors - self.mean) @ self.basis, np.float32)


def compared(vectors: Float32, projection: Projection | None) -> Float32:
    """(..., D) -> (..., d) of length 1, whose products are the similarities."""
    return unit(vectors if projection is None else projection.apply(vectors))


def _exact(centred: Float32, kept: int) -> NDArray[np.floating]:
    """The first right singular vectors, from the smaller of both products."""
    count, width = centred.shape
    if width <= count:
        _, vectors = np.linalg.eigh((centred.T @ centred).astype(np.float64))
        return vectors[:, ::-1][:, :kept]
    values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    first = np.argsort(-values)[:kept]
    directions = centred.T @ vectors[:, first].astype(np.float32)
    return np.linalg.qr(directions)[0]


def _randomised(centred: Float32, kept: int) -> NDArray[np.floating]:
    """Subspace iteration from a fixed seed: Halko, Martinsson, Tropp, SIAM Review 2011, algorithm 4.4."""
    random = np.random.default_rng(0)
    width = min(kept + SPARE, *centred.shape)
    start = centred @ random.standard_normal((centred.shape[1], width), np.float32)
    rows = np.linalg.qr(start)[0]
    for _ in range(PASSES):
        rows = np.linalg.qr(centred @ np.linalg.qr(centred.T @ rows)[0])[0]
    return np.linalg.svd(rows.T @ centred, full_matrices=False)[2][:kept].T

"""Gaussian filtering in a space of many dimensions, on a permutohedral lattice built once a picture.

Values are spread to the corners of the simplices that the points lie in, blurred along the lattice's
directions and read back. The work grows with the number of points, not with its square.

Source: A. Adams, J. Baek, M. A. Davis, Fast high-dimensional filtering using the permutohedral lattice,
Eurographics 2010.
"""

import math

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError

Float32 = NDArray[np.float32]
BLURS = 2  # along every direction; the paper's 1 leaves labels of pixels that the exact sum gives others
VARIANCE = 1 / 6 + BLURS / 2  # of spreading, blurring and reading together, in squares of D + 1
BITS = 62  # of the integer that a corner's coordinates are packed into


class Lattice:
    """The corners around some points; filters any number of values that the points have.

    Attributes:
        size: how many corners are in use.
    """

    def __init__(self, points: NDArray[np.floating]) -> None:
        """Find the corners.

        Args:
            points: (N, D) positions in units of the Gaussian's standard deviation.

        Raises:
            ParameterError: the points lie further apart than the lattice can number.
        """
        dimensions = points.shape[1]
        first, rank, weights = _simplices(_elevated(points))
        steps, keys = _packed(first, rank)
        # With their neighbours, too: what is blurred into a corner that is not kept is lost.
        near = np.unique(keys)
        known = np.unique(np.concatenate([near, *(near + one for one in (*steps, *-steps))]))
        which = np.searchsorted(known, keys)
        self.size = len(known)
        self._weights = weights.astype(np.float32)
        self._corners = which
        self._along = [(_places(known, -step), _places(known, step)) for step in steps]
        # A Gaussian's volume over that of a corner's cell, 1 / sqrt(VARIANCE ** D * (D + 1)).
        self._gain = np.float32(
            (2 * math.pi * VARIANCE) ** (dimensions / 2) * math.sqrt(dimensions + 1)
        )

    def filter(self, values: Float32) -> Float32:
        """At each point the sum of all values, each weighted by exp(-distance ** 2 / 2), its own included.

        Args:
            values: (L, N) of L things at every point.

        Returns:
            (L, N) float32, approximately.
        """
        return np.stack([self._filter(one) for one in values])

    def _filter(self, values: Float32) -> Float32:
        level = np.zeros(self.size + 1)  # the last corner stands for those that no point is near
        for corners, weights in zip(self._corners, self._weights, strict=True):
            level[:-1] += np.bincount(corners, weights * values, self.size)
        for before, after in self._along * BLURS:
            level[:-1] = 0.5 * level[:-1] + 0.25 * (level[before] + level[after])
        read, blurred = np.zeros(len(values), np.float32), level.astype(np.float32)
        for corners, weights in zip(self._corners, self._weights, strict=True):
            read += weights * blurred[corners]
        return read * self._gain


def _elevated(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """(D + 1, N) on the plane of coordinates that add up to 0; a deviation is (D + 1) sqrt(VARIANCE)."""
    dimensions = points.shape[1]
    found = np.empty((dimensions + 1, len(points)))
    total = np.zeros(len(points))
    for axis in range(dimensions, 0, -1):
        scale = math.sqrt(VARIANCE) * (dimensions + 1) / math.sqrt(axis * (axis + 1))
        scaled = points[:, axis - 1] * scale
        found[axis] = total - axis * scaled
        total += scaled
    found[0] = total
    return found


def _simplices(
    elevated: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The simplex that each point lies in.

    Returns:
        (D + 1, N) its corner whose coordinates are multiples of D + 1; (D + 1, N) the rank of each
        coordinate's distance from it, the largest being 0; (D + 1, N) the share of each corner.
    """
    sides, count = elevated.shape
    first = np.rint(elevated / sides).astype(np.int64) * sides
    order = np.argsort(first - elevated, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(sides)[:, None], axis=0)
    rank += first.sum(0) // sides  # the corner must lie on the plane: coordinates wrap
    low, high = rank < 0, rank >= sides
    first += sides * (low.astype(np.int64) - high)
    rank += sides * (low.astype(np.int64) - high)
    distance = np.empty_like(elevated)
    np.put_along_axis(distance, rank, (elevated - first) / sides, axis=0)  # by rank, falling
    weights = np.empty((sides, count))
    weights[1:] = (distance[:-1] - distance[1:])[::-1]
    weights[0] = 1 - (distance[0] - distance[-1])
    return first, rank, weights


def _packed(
    first: NDArray[np.int64], rank: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every corner as one number, and what is added to it for a step in each direction.

    The last coordinate follows from the others, which add up to its negative.
    """
    sides, count = first.shape
    least = first[:-1].min(1) - 2 * sides
    extent = first[:-1].max(1) + 2 * sides - least + 1
    if np.log2(extent).sum() > BITS:
        raise ParameterError(
            "The picture has too many places and colours for kernels as narrow as these. Choose wider ones."
        )
    strides = np.concatenate([[1], np.cumprod(extent[:-1])])
    # Corner k: all coordinates move by k, and those of the k last ranks by D + 1 less.
    base = strides @ (first[:-1] - least[:, None])
    whole = int(strides.sum())
    keys = np.empty((sides, count), np.int64)
    for corner in range(sides):
        wrapping = (rank[:-1] >= sides - corner).astype(np.int64)
        keys[corner] = base + corner * whole - sides * (strides @ wrapping)
    return whole - sides * np.append(strides, 0), keys


def _places(known: NDArray[np.int64], step: np.int64) -> NDArray[np.int64]:
    """Where the corners a step away are; the place behind all where there is none."""
    wanted = known + step
    found = np.searchsorted(known, wanted)
    there = known[np.minimum(found, len(known) - 1)] == wanted
    return np.where(there, found, len(known))

"""A layer pooled to a grid of some 9,000 values, whatever its size: places are kept, and layers compare.

The mean over a whole map would leave of an early layer the energies of a few dozen edges and colours, which
is unfairly little. So g x g windows are laid over the picture, g the largest with g * g * channels <= 9,000,
and a cell belongs to the window in which its centre lies. Nothing is enlarged: g is at most the map's side.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks import Geometry
from wsl_core.networks.geometry import Axis

VALUES = 9000
AVERAGE, MAXIMUM = "average", "maximum"
POOLINGS = (AVERAGE, MAXIMUM)
SMALL = 32  # cells along an axis
MANY = 5  # cells of a window along an axis
CACHED = 2**17  # values that stay in a core's cache while they are pooled


def side(channels: int, cells: int) -> int:
    """Windows a side for a layer: floor(sqrt(9000 / channels)), from 1 to the cells there are."""
    return max(1, min(math.isqrt(VALUES // channels), cells))


@dataclass(frozen=True)
class Grid:
    """Windows over a map of a square input.

    Attributes:
        starts: first cell of every window along either axis; the last window ends with the map.
        cells: of the map, along either axis.
    """

    starts: tuple[int, ...]
    cells: int

    @classmethod
    def over(cls, geometry: Geometry, channels: int, cells: int, pixels: int) -> "Grid":
        """For a layer.

        Args:
            geometry: where its cells look.
            channels: of the layer.
            cells: along either axis.
            pixels: side of the input.
        """
        count = side(channels, cells)
        centres = Axis(geometry, cells, pixels, pixels).centres() + 0.5
        window = np.clip(np.floor(centres * count / pixels), 0, count - 1).astype(int)
        starts = np.searchsorted(window, np.arange(count))
        if len(set(window.tolist())) < count:  # a window without a centre: cells share it by number
            starts = np.arange(count) * cells // count
        return cls(tuple(starts.tolist()), cells)

    def average(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, cells, cells) -> (N, C * g * g): the mean of each window's cells."""
        counts = np.diff([*self.starts, self.cells])
        share = np.repeat(np.eye(len(counts), dtype=np.float32) / counts, counts, axis=0)
        across: NDArray[np.float32] = share.astype(np.float32)
        down: NDArray[np.float32] = np.ascontiguousarray(across.T)
        square = np.matmul(np.matmul(down, maps), across)
        return square.reshape(len(maps), -1)

    def maximum(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, cells, cells) -> (N, C * g * g): the largest of each window's cells."""
        windows = len(self.starts)
        layers = maps.reshape(-1, self.cells, self.cells)
        whole = np.empty((len(layers), windows, windows), np.float32)
        part = max(1, CACHED // self.cells**2)
        for i in range(0, len(layers), part):
            rows = self._largest(layers[i : i + part], axis=1)
            whole[i : i + part] = self._largest(rows, axis=2)
        return whole.reshape(len(maps), -1)

    def _largest(self, layers: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
        """Of each window along an axis, in few steps over all cells at once (a sparse table).

        The largest of 2, 4, 8 ... cells from every cell on is that of two halves; any window is two such
        stretches, which may overlap.
        """
        starts = np.array(self.starts)
        ends = np.array([*self.starts[1:], self.cells])
        reach, shortest = 1, int((ends - starts).min())
        while 2 * reach <= shortest:
            layers = np.maximum(
                _all_but(layers, axis, last=reach), _all_but(layers, axis, first=reach)
            )
            reach *= 2
        return np.maximum(layers.take(starts, axis), layers.take(ends - reach, axis))

    @property
    def poolings(self) -> tuple[str, ...]:
        """That are worth having: both where the map is small, so that both cost next to nothing.

        Of a large one the maximum where a window gathers many cells, whose mean would blur what is there;
        else the average. (Of Caltech-101's training pictures, in every draw, the better one.) Where every
        window is one cell, both are the same.
        """
        if len(self.starts) == self.cells:
            return (AVERAGE,)
        if self.cells <= SMALL:
            return POOLINGS
        return (MAXIMUM,) if self.cells >= MANY * len(self.starts) else (AVERAGE,)

    def pooled(self, maps: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Each of `poolings`, by name."""
        known = {AVERAGE: self.average, MAXIMUM: self.maximum}
        if len(self.starts) == self.cells:
            return {AVERAGE: maps.reshape(len(maps), -1)}
        return {name: known[name](maps) for name in self.poolings}


def _all_but(
    values: NDArray[np.float32], axis: int, first: int = 0, last: int = 0
) -> NDArray[np.float32]:
    """Without so many at either end of an axis: a view, no copy."""
    kept = slice(first, values.shape[axis] - last)
    return values[(slice(None),) * axis + (kept,)]

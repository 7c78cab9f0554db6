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

    @property
    def _members(self) -> NDArray[np.int64]:
        """(most cells of a window, g): its cells, the last again and again in those with fewer."""
        ends = np.array([*self.starts[1:], self.cells])
        longest = int((ends - self.starts).max())
        return np.minimum(np.arange(longest)[:, None] + self.starts, ends - 1)

    def average(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, cells, cells) -> (N, C * g * g): the mean of each window's cells."""
        counts = np.diff([*self.starts, self.cells])
        weights = np.repeat(np.eye(len(counts), dtype=np.float32) / counts, counts, axis=0)
        weights = weights.astype(np.float32)
        across = maps.reshape(-1, self.cells) @ weights
        columns = across.reshape(*maps.shape[:3], len(counts)).swapaxes(2, 3)
        down = np.ascontiguousarray(columns).reshape(-1, self.cells) @ weights
        square = down.reshape(*maps.shape[:2], len(counts), len(counts)).swapaxes(2, 3)
        return square.reshape(len(maps), -1)

    def maximum(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, C, cells, cells) -> (N, C * g * g): the largest of each window's cells."""
        first, *others = map(_evenly, self._members)
        whole = np.empty((*maps.shape[:2], len(self.starts), len(self.starts)), np.float32)
        for one, found in zip(maps, whole, strict=True):  # one picture stays in the cache
            down = one[:, first].copy()
            for rows in others:  # whole rows at a time: many times as fast as a window at a time
                np.maximum(down, one[:, rows], out=down)
            found[:] = down[..., first]
            for columns in others:
                np.maximum(found, down[..., columns], out=found)
        return whole.reshape(len(maps), -1)

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


def _evenly(places: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """The same places as a slice where they lie evenly: a view, no copy."""
    steps = np.diff(places)
    if len(steps) and steps.min() == steps.max() > 0:
        return slice(int(places[0]), int(places[-1]) + 1, int(steps[0]))
    return places

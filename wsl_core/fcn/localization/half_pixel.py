"""How far stretching a map over its picture moves a point, by cell: a shift, or a pull to the middle.

Stretched, cell i of n lies at (i + 1/2) / n of the side; it looks at `first_centre + i * jump`. Where the
side is n * jump the difference is the same for every cell. Where it is (n - 1) * jump + 1, as at sides
32 k + 1 of the default network, it falls from half a cell at one end to minus half a cell at the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks import Geometry

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Displacement:
    """One axis of a map, in input pixels.

    Attributes:
        side: of the input.
        exact: (cells,) where each cell looks.
        stretched: (cells,) where it lies when the map is stretched over the input.
    """

    side: int
    exact: Floats
    stretched: Floats

    @property
    def moved(self) -> Floats:
        """(cells,) stretched minus exact: positive is to the right, or down."""
        return self.stretched - self.exact

    @property
    def shift(self) -> float:
        """The mean of what cells are moved by."""
        return float(self.moved.mean())

    @property
    def constant(self) -> bool:
        """Whether all cells are moved by the same, to a hundredth of a pixel."""
        return bool(np.ptp(self.moved) < 0.01)

    @property
    def largest(self) -> float:
        """The largest distance that a cell is moved by."""
        return float(np.abs(self.moved).max())


def displacement(geometry: Geometry, side: int) -> Displacement:
    """What stretching does to the cells along one side of an input.

    Args:
        geometry: of the map's cells; symmetrically padded, so that a side of s pixels has the cells whose
            centres lie in it.
        side: pixels of the input.
    """
    cells = int((side - 1 - geometry.first_centre) // geometry.jump) + 1
    at = np.arange(cells)
    return Displacement(side, geometry.to_pixels(at), (at + 0.5) / cells * side - 0.5)

"""Where the cells of a map look, in exact pixels.

A layer's output is a regular lattice laid over the input. Three numbers say where: the `jump` (pixels
from one cell to the next), the `receptive_field` (pixels a cell can see) and the `first_centre` (pixel
at which cell 0 is centred). Pixel 0 has its centre at coordinate 0. Rows and columns follow the same
rule, each along its own axis.

From one layer (kernel k, stride s, padding p, dilation d) to the next (Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning", 2016): centre += (d (k - 1) / 2 - p) * jump;
field += d (k - 1) * jump; jump *= s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.products import on_one_thread

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Geometry:
    """The lattice of one layer over its input, the same along both axes.

    Attributes:
        jump: pixels of the input from one cell to the next.
        receptive_field: side of the square that a cell can see, in pixels of the input.
        first_centre: pixel coordinate at which cell 0 is centred.
    """

    jump: float
    receptive_field: float
    first_centre: float

    def to_pixels(self, cell: ArrayLike) -> Floats:
        """Centre of `cell` in input pixels; any shape, so (row, column) gives (y, x)."""
        return self.first_centre + self.jump * np.asarray(cell, dtype=float)

    def to_cells(self, pixel: ArrayLike) -> Floats:
        """The (fractional) cell centred at `pixel`: u = (x - first centre) / jump."""
        return (np.asarray(pixel, dtype=float) - self.first_centre) / self.jump

    def window(self, cell: ArrayLike) -> tuple[Floats, Floats]:
        """First and last input pixel that `cell` can see, along one axis; may lie outside the input."""
        centre, half = self.to_pixels(cell), (self.receptive_field - 1) / 2
        return centre - half, centre + half


@dataclass(frozen=True)
class Axis:
    """One axis of a map laid over a picture: picture pixels <-> input pixels <-> cells.

    The picture was resized to `input_side` pixels with pixel centres at half-integers of the edge
    coordinate (as Pillow and OpenCV resize), so picture pixel p is input pixel
    (p + 1/2) * input_side / picture_side - 1/2. `mirrored`: the picture was flipped along this axis
    before it was fed, and the map is still in the flipped order.
    """

    geometry: Geometry
    cells: int
    input_side: int
    picture_side: int
    mirrored: bool = False

    def _flip(self, pixel: Floats) -> Floats:
        return self.input_side - 1 - pixel if self.mirrored else pixel

    def to_picture(self, pixel: ArrayLike) -> Floats:
        """Picture coordinate of an input pixel."""
        upright = self._flip(np.asarray(pixel, dtype=float))
        return (upright + 0.5) * self.picture_side / self.input_side - 0.5

    def centres(self) -> Floats:
        """Picture coordinate of the centre of every cell, shape (cells,)."""
        return self.to_picture(self.geometry.to_pixels(np.arange(self.cells)))

    def window(self, cell: int) -> tuple[float, float]:
        """Edges in the picture (0 .. side) of what `cell` can see, cut at the picture's border."""
        first, last = self.geometry.window(cell)
        edges = np.sort(self.to_picture(np.stack([first - 0.5, last + 0.5])) + 0.5)
        low, high = np.clip(edges, 0, self.picture_side)
        return float(low), float(high)

    def edges(self, cell: int) -> tuple[float, float]:
        """Edges in the picture (0 .. side) of the stretch of one jump around `cell`, cut at the border."""
        centre = self.geometry.to_pixels(cell)
        half = self.geometry.jump / 2
        edges = np.sort(self.to_picture(np.stack([centre - half, centre + half])) + 0.5)
        low, high = np.clip(edges, 0, self.picture_side)
        return float(low), float(high)

    def weights(self, positions: ArrayLike) -> Floats:
        """Linear interpolation of the cells at picture coordinates `positions`.

        Returns:
            (positions, cells), rows summing to 1: multiply by a map along this axis to sample it at
            u = (x - first centre) / jump. Beyond the outermost centres the outermost cell is kept.
        """
        position = np.asarray(positions, dtype=float)
        pixel = (position + 0.5) * self.input_side / self.picture_side - 0.5
        u = np.clip(self.geometry.to_cells(self._flip(pixel)), 0, self.cells - 1)
        left = np.minimum(np.floor(u).astype(int), max(self.cells - 2, 0))
        right = np.minimum(left + 1, self.cells - 1)
        rows, out = np.arange(len(u)), np.zeros((len(u), self.cells))
        np.add.at(out, (rows, left), 1 - (u - left))
        np.add.at(out, (rows, right), u - left)
        return out


@dataclass(frozen=True)
class Placement:
    """How a map of (rows, columns) cells lies on a picture: one `Axis` down, one across."""

    down: Axis
    across: Axis

    @classmethod
    def of(
        cls,
        geometry: Geometry,
        cells: tuple[int, int],
        input_size: tuple[int, int],
        picture_size: tuple[int, int],
        mirrored: bool = False,
    ) -> "Placement":
        """Lay `cells` = (rows, columns) of an input (height, width) on a picture (height, width)."""
        return cls(
            Axis(geometry, cells[0], input_size[0], picture_size[0]),
            Axis(geometry, cells[1], input_size[1], picture_size[1], mirrored),
        )

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """(x, y) of a cell's centre in picture pixels."""
        return float(self.across.centres()[column]), float(self.down.centres()[row])

    def window(self, row: int, column: int) -> tuple[float, float, float, float]:
        """What a cell can see: (left, top, right, bottom) edges in picture pixels, cut at the border."""
        (left, right), (top, bottom) = self.across.window(column), self.down.window(row)
        return left, top, right, bottom

    def square(self, row: int, column: int) -> tuple[float, float, float, float]:
        """The square of one jump around a cell's centre, as `window` gives it."""
        (left, right), (top, bottom) = self.across.edges(column), self.down.edges(row)
        return left, top, right, bottom

    @on_one_thread()
    def sample(self, maps: ArrayLike, y: ArrayLike, x: ArrayLike) -> NDArray[np.float32]:
        """Maps (..., rows, columns) sampled at picture coordinates: (..., len(y), len(x)), float32."""
        down = self.down.weights(y).astype(np.float32)
        across = self.across.weights(x).astype(np.float32)
        return down @ np.asarray(maps, dtype=np.float32) @ across.T

    def resample(self, maps: ArrayLike, height: int, width: int) -> NDArray[np.float32]:
        """Maps (..., rows, columns) drawn over the whole picture on a grid of (height, width) pixels."""
        y = (np.arange(height) + 0.5) * self.down.picture_side / height - 0.5
        x = (np.arange(width) + 0.5) * self.across.picture_side / width - 0.5
        return self.sample(maps, y, x)

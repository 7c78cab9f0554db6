"""Where a window stands when it is slid over a picture: pixels, cells and places in the picture.

A window is as large as the pictures that the network was trained on and moves by the distance between
two cells, so its corner is always where the first of its cells begins, and a crop has the same cells in
the same places as the whole picture has there.
"""

from dataclasses import dataclass, replace

import numpy as np

from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Network, Placement


@dataclass(frozen=True)
class SlidingWindow:
    """The places of a window that is moved over a picture; row and column count from 0.

    Attributes:
        side: of the window, in pixels of the picture as it is fed.
        cells: of the network's features along a side of the window.
        placement: how the windows lie on the picture; `placement.window(row, column)` are the edges
            (left, top, right, bottom) of one in picture pixels.
        factor: how many times as close as a single pass gives them; every `factor`-th cell of such
            finer maps belongs to a window.
    """

    side: int
    cells: int
    placement: Placement
    factor: int = 1

    @classmethod
    def of(cls, network: Network, photo: Photo, size: int | str) -> "SlidingWindow":
        """The windows on a picture whose longer side is fed with `size` pixels, or "full" for its own.

        The window is the accepted side nearest to the network's training side; it moves by the
        distance between two cells.

        Raises:
            ParameterError: a size outside the limits, or one at which a side of the picture is shorter
                than the window.
        """
        sides, geometry = network.card.sides, network.geometry()
        side, jump = sides.nearest(network.card.training_side), int(geometry.jump)
        height, width = photo.pixels.shape[:2]
        fed = sides.fit(height, width, size)
        if min(fed) < side:
            needed = -(-(side * max(height, width)) // min(height, width))
            raise ParameterError(
                f"At the size {size} the network is fed {fed[1]} x {fed[0]} px, less than its window of "
                f"{side} x {side} px. Choose a size of {needed} px or more."
            )
        down, across = ((one - side) // jump + 1 for one in fed)
        # At accepted sides the cells lie symmetrically: the last as far from the border as the first.
        cells = round((side - 1 - 2 * geometry.first_centre) / jump) + 1
        return cls(
            side,
            cells,
            Placement.of(
                Geometry(jump, side, (side - 1) / 2),
                (down, across),
                fed,
                (photo.height, photo.width),
            ),
        )

    def finer(self, factor: int) -> "SlidingWindow":
        """The windows that lie `factor` times as close: those of the maps of `shift_and_stitch`.

        Every `factor`-th of them is one of these, `factor` * (rows - 1) + 1 stand below each other.

        Raises:
            ParameterError: a factor that does not divide the pixels from one window to the next.
        """
        if factor < 1 or self.jump % factor:
            raise ParameterError(
                f"Windows {self.jump} px apart cannot be set {factor} times as close. Choose a factor "
                f"that divides {self.jump}."
            )
        coarse = self.placement.down.geometry
        placement = Placement.of(
            Geometry(self.jump // factor, coarse.receptive_field, coarse.first_centre),
            (factor * (self.rows - 1) + 1, factor * (self.columns - 1) + 1),
            self.input_size,
            (self.placement.down.picture_side, self.placement.across.picture_side),
        )
        return replace(self, placement=placement, factor=self.factor * factor)

    @property
    def rows(self) -> int:
        """How many windows lie below each other."""
        return self.placement.down.cells

    @property
    def columns(self) -> int:
        """How many windows lie beside each other."""
        return self.placement.across.cells

    @property
    def count(self) -> int:
        """How many windows there are."""
        return self.rows * self.columns

    @property
    def jump(self) -> int:
        """Pixels of the input from one window to the next."""
        return int(self.placement.down.geometry.jump)

    @property
    def reach(self) -> int:
        """Cells of the maps from a window's first to its last: 0 where a cell is a window."""
        return self.factor * (self.cells - 1)

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width) of the picture as it is fed, in pixels."""
        return self.placement.down.input_side, self.placement.across.input_side

    def pixels_of(self, row: int, column: int) -> tuple[slice, slice]:
        """The input pixels of a window, down and across.

        Raises:
            ParameterError: a window outside the picture.
        """
        self._known(row, column)
        top, left = self.jump * row, self.jump * column
        return slice(top, top + self.side), slice(left, left + self.side)

    def cells_of(self, row: int, column: int) -> tuple[slice, slice]:
        """The cells of the whole picture's features that stand for a window, down and across.

        Raises:
            ParameterError: a window outside the picture.
        """
        self._known(row, column)
        down, across = (slice(at, at + self.reach + 1, self.factor) for at in (row, column))
        return down, across

    def holding(self, row: int, column: int) -> tuple[range, range]:
        """The windows that hold a cell of the features: their rows and their columns.

        Raises:
            ParameterError: a cell outside the features.
        """
        _inside(row, column, self.rows + self.reach, self.columns + self.reach, "cell")
        return _holding(row, self.rows, self), _holding(column, self.columns, self)

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """(row, column) of the window whose centre is nearest to a point in picture pixels."""
        row = int(np.argmin(np.abs(self.placement.down.centres() - y)))
        return row, int(np.argmin(np.abs(self.placement.across.centres() - x)))

    def _known(self, row: int, column: int) -> None:
        _inside(row, column, self.rows, self.columns, "window")


def _holding(cell: int, windows: int, window: SlidingWindow) -> range:
    first = max(cell - window.reach, cell % window.factor)
    return range(first, min(cell, windows - 1) + 1, window.factor)


def _inside(row: int, column: int, rows: int, columns: int, what: str) -> None:
    if not (0 <= row < rows and 0 <= column < columns):
        raise ParameterError(
            f"There is no {what} in row {row}, column {column}: there are {rows} rows and {columns} "
            f"columns, counted from 0."
        )

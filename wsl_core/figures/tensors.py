"""Tensors of numbers as small pictures of flat cells, many maps of one as a mosaic."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.colours import Scale, paint

Float32 = NDArray[np.float32]
GROUND = np.array([250, 250, 248], np.float32)  # where nothing is painted
GAP = 1  # cells between two maps


def cells(values: Float32, scale: Scale) -> NDArray[np.uint8]:
    """One map (rows, columns) as (rows, columns, 3) uint8: a pixel a cell, to be enlarged unsmoothed."""
    painted = paint(values, scale)
    strength = painted[..., 3:]
    return np.rint(GROUND + strength * (painted[..., :3] - GROUND)).astype(np.uint8)


def mosaic(
    maps: Sequence[Float32] | Float32, scale: Scale, columns: int | None = None
) -> NDArray[np.uint8]:
    """Several maps of equal shape beside and below each other, a line of grey between two.

    Args:
        maps: (n, rows, columns), at least one.
        scale: of all.
        columns: of the mosaic; as square as it can be if not given.
    """
    columns = columns or math.ceil(math.sqrt(len(maps)))
    height, width = maps[0].shape
    rows = math.ceil(len(maps) / columns)
    out = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), 160, np.uint8)
    for place, values in enumerate(maps):
        top, left = place // columns * (height + GAP), place % columns * (width + GAP)
        out[top : top + height, left : left + width] = cells(values, scale)
    return out

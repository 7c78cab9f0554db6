"""Regions that a pooling selected, outlined on a photograph: a solid line for h+, a dashed one for h-."""

import numpy as np
from numpy.typing import NDArray

from wsl_core.images import Photo
from wsl_core.networks import Placement

DASH = 5  # length of a dash and of a gap, in line widths
Truth = NDArray[np.bool_]


def cell_of_pixels(photo: Photo, placement: Placement) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The row of every row of pixels, and the column of every column: the cell whose centre is nearest."""
    height, width = photo.pixels.shape[:2]
    y = (np.arange(height) + 0.5) * placement.down.picture_side / height - 0.5
    x = (np.arange(width) + 0.5) * placement.across.picture_side / width - 0.5
    return (
        np.abs(y[:, None] - placement.down.centres()).argmin(axis=1),
        np.abs(x[:, None] - placement.across.centres()).argmin(axis=1),
    )


def edge(mask: NDArray[np.bool_], width: int) -> Truth:
    """The pixels of a region that lie within `width` of what is not part of it, or of the picture's end."""
    padded = np.pad(mask, width)
    inner = padded.copy()
    for axis in (0, 1):
        for step in range(1, width + 1):
            inner &= np.roll(padded, step, axis) & np.roll(padded, -step, axis)
    return mask & ~inner[width:-width, width:-width]


def outlined(
    pixels: NDArray[np.uint8], photo: Photo, placement: Placement, positive: Truth, negative: Truth
) -> NDArray[np.uint8]:
    """A picture with the regions outlined.

    Args:
        pixels: (height, width, 3) uint8, the photo or an overlay of it.
        photo: the picture.
        placement: how the cells lie on it.
        positive: (rows, columns), the cells h+: a white line in a black one.
        negative: the same for h-: dashed.

    Returns:
        (height, width, 3) uint8, RGB.
    """
    rows, columns = cell_of_pixels(photo, placement)
    line = max(1, round(max(pixels.shape[:2]) / 300))
    out = pixels.copy()
    stripes = np.add.outer(np.arange(len(rows)), np.arange(len(columns))) // (DASH * line) % 2 == 0
    for cells, shown in ((positive, True), (negative, stripes)):
        region = cells[rows[:, None], columns]
        wide = edge(region, 2 * line) & shown
        out[wide] = 0
        out[edge(region, line) & shown] = 255
    return out

"""From class maps to points and boxes in the picture, by the exact geometry of the cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.fcn import activation_maps
from wsl_core.fcn.activation_maps import Region
from wsl_core.networks import ClassMaps

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Where a class is said to be: `x`, `y` in picture pixels, and the class's score in logits."""

    x: float
    y: float
    score: float


def point(maps: ClassMaps, which: str | int) -> Point:
    """The centre of the highest cell of a class's map, the first in reading order of several.

    Maps of several sizes, `activation_maps.fuse`d, are read on the cells of the finest.

    Raises:
        ClassNameError: no class, or more than one, is named so.
    """
    index = maps.classes.find(which)
    return Point(*maps.peak(index), float(maps.scores[index]))


def boxes(maps: ClassMaps, which: str | int, threshold: float = 0.2) -> list[Region]:
    """Every connected region of a class's map above a share of its maximum, highest peak first.

    Raises:
        ParameterError: a threshold outside 0 to 1.
        ClassNameError: no class, or more than one, is named so.
    """
    return activation_maps.regions(maps, which, threshold)


def highest_points(values: ArrayLike, maps: ClassMaps) -> tuple[Floats, Floats]:
    """The points of several maps at once, exactly placed and by the half-pixel rule.

    Args:
        values: (K, rows, columns).
        maps: whose cells these are.

    Returns:
        two arrays (K, 2), x and y in picture pixels. The second is where the cells would lie if the map
        were stretched over the picture, (column + 1/2) / columns of its width: up to half a cell off
        where cells lie otherwise, and the usual mistake.
    """
    flat = np.asarray(values).reshape(len(np.asarray(values)), -1)
    rows, columns = maps.cells
    row, column = np.unravel_index(flat.argmax(axis=1), (rows, columns))
    across, down = maps.placement.across, maps.placement.down
    exact = np.stack([across.centres()[column], down.centres()[row]], axis=1)
    if across.mirrored:
        column = columns - 1 - column
    height, width = maps.picture_size
    stretched = np.stack(
        [(column + 0.5) / columns * width - 0.5, (row + 0.5) / rows * height - 0.5], axis=1
    )
    return exact, stretched

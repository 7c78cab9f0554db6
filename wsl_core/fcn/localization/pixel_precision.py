"""PxAP: are the object's pixels higher than all others? (Choe et al., CVPR 2020)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.errors import ParameterError
from wsl_core.networks import ClassMaps

IGNORED = 255
SIDE = 224  # of the square that maps and masks are laid on, as in the paper's program
STEPS = 1000

Counts = NDArray[Any]
"""(2, steps + 1), of pixels: not of the object and of it, by the map's value in steps."""


def counted(values: ArrayLike, mask: ArrayLike, steps: int = STEPS) -> Counts:
    """The pixels of one map by their value.

    Args:
        values: (rows, columns), stretched to 0 .. 1 by its own extremes, as the published program asks for.
        mask: (rows, columns), 1 object, 0 not, 255 ignored.
        steps: in which values are told apart.

    Raises:
        ParameterError: map and mask of different shapes.
    """
    drawn, truth = np.asarray(values, float), np.asarray(mask)
    if drawn.shape != truth.shape:
        raise ParameterError(
            f"The map is of shape {drawn.shape} and the mask of {truth.shape}. Resize the mask to "
            f"the map, without interpolation."
        )
    span = np.ptp(drawn)
    scaled = (drawn - drawn.min()) / span if span > 0 else np.zeros_like(drawn)
    level = np.floor(scaled * steps + 1e-9).astype(int)
    return np.stack([np.bincount(level[truth == kind], minlength=steps + 1) for kind in (0, 1)])


def average_precision(counts: Counts) -> float:
    """Over the pixels counted, 0 .. 1, without an envelope; NaN where no pixel is of an object."""
    wrong, right = np.cumsum(counts[:, ::-1], axis=1, dtype=np.int64)
    if not right[-1]:
        return float("nan")
    precision = right / np.maximum(right + wrong, 1)
    return float(np.sum(np.diff(right, prepend=0) * precision) / right[-1])


def on_picture(maps: ClassMaps, values: ArrayLike, mask: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The pixels of a class's map over a picture, and of the baseline that looks at no pixel.

    Both are laid on a square of 224 pixels: the map by the exact geometry of its cells, the mask without
    interpolation. The baseline falls from the middle of the picture to its edges, so that what lies above
    a threshold is a box in the middle.

    Args:
        maps: of the picture.
        values: (rows, columns), one of its maps.
        mask: (height, width) of the picture: 1 the class, 0 not, 255 ignored.

    Returns:
        (2, 2, steps + 1): counts of the map, counts of the baseline.
    """
    height, width = mask.shape
    rows, columns = ((np.arange(SIDE) * side) // SIDE for side in (height, width))
    small = mask[np.ix_(rows, columns)]
    drawn = maps.placement.resample(values, SIDE, SIDE)
    off = np.abs(np.arange(SIDE) - (SIDE - 1) / 2)
    middle = -np.maximum(off[:, None], off[None])
    return np.stack([counted(one, small) for one in (drawn, middle)]).astype(np.uint16)


class PxAP:
    """Average precision over the pixels of all pictures together, at thresholds a thousandth apart.

    Each map is stretched to 0 .. 1 by its own extremes, as the published program asks for; there is no
    envelope.
    """

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._counts: NDArray[np.int64] = np.zeros((2, self.steps + 1), np.int64)

    def update(self, values: ArrayLike, mask: ArrayLike) -> None:
        """Take in one map (rows, columns) and its mask of the same shape: 1 object, 0 not, 255 ignored.

        Raises:
            ParameterError: map and mask of different shapes.
        """
        self.add(counted(values, mask, self.steps))

    def add(self, counts: Counts) -> None:
        """Take in one map by what `counted` gives of it."""
        self._counts += counts

    def compute(self) -> float:
        """Over the pixels so far, 0 .. 1; NaN where no pixel is of an object."""
        return average_precision(self._counts)

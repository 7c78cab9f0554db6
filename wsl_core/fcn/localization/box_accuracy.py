"""Boxes from maps measured: CorLoc, MaxBoxAcc and MaxBoxAccV2 (Choe et al., CVPR 2020).

MaxBoxAcc tries thresholds on the whole set and takes the best: "max" stands after the mean over pictures,
never inside. It therefore chooses on what it measures; name the set, and compare with the centre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.errors import ParameterError
from wsl_core.networks import ClassMaps

Floats = NDArray[np.float64]
Rule = Literal["released", "exact"]
THRESHOLDS = tuple(round(0.01 * i, 2) for i in range(100))
SIDE = 224  # of the square that maps are drawn on, as in the paper's program


def boxes_above(values: ArrayLike, threshold: float, rule: Rule = "released") -> Floats:
    """Boxes around the contours of a map above a threshold, the one of largest area first.

    Args:
        values: (rows, columns) in 0 .. 1.
        threshold: share of the map's maximum.
        rule: "released": as the paper's program, for figures that can be compared: the map is cut to
            8 bits and the boxes are one pixel too large to the right and below. "exact": neither.

    Returns:
        (n, 4) edges in pixels of the map; one box around the first pixel where nothing is above.
    """
    import cv2

    drawn = np.asarray(values, np.float64)
    rows, columns = drawn.shape
    if rule == "released":
        bits = (drawn * 255).astype(np.uint8)
        above = bits > int(threshold * bits.max())
    else:
        above = drawn > threshold * drawn.max()
    contours, _ = cv2.findContours(above.astype(np.uint8), cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return np.array([[0.0, 0, 1, 1]])
    area = [cv2.contourArea(one) for one in contours]
    first = int(np.argmax(area))
    found = np.array([cv2.boundingRect(one) for one in contours], float)
    edges = np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], axis=1)
    if rule == "released":
        edges[:, 2:] = np.minimum(edges[:, 2:], [columns - 1, rows - 1]) + 1
    return np.concatenate([edges[first : first + 1], np.delete(edges, first, axis=0)])


def overlaps(
    values: ArrayLike,
    truth: ArrayLike,
    thresholds: Sequence[float] = THRESHOLDS,
    rule: Rule = "released",
) -> NDArray[np.float32]:
    """The best overlap with a true box at every threshold.

    Args:
        values: (rows, columns), any finite scale: stretched to 0 .. 1 here, as this metric asks for.
        truth: (n, 4) edges, n > 0, in pixels of the map.
        thresholds: T shares of the map's maximum.
        rule: as for `boxes_above`.

    Returns:
        (2, T) float32: of the largest contour's box, and of the best among all contours.
    """
    scaled = _stretched(values)
    # In 8 bits several thresholds are the same one.
    level = {t: int(t * 255) / 255 if rule == "released" else t for t in thresholds}
    different = list(dict.fromkeys(level.values()))
    found = [boxes_above(scaled, one, rule) for one in different]
    best = intersection_over_union(np.concatenate(found), truth).max(axis=1)
    starts = np.cumsum([0, *(len(one) for one in found[:-1])])
    both = np.stack([best[starts], np.maximum.reduceat(best, starts)]).astype(np.float32)
    return both[:, [different.index(level[t]) for t in thresholds]]


def _stretched(values: ArrayLike) -> Floats:
    drawn = np.asarray(values, np.float64)
    low, high = drawn.min(), drawn.max()
    return (drawn - low) / (high - low) if high > low else np.zeros_like(drawn)


def overlaps_on_picture(maps: ClassMaps, values: ArrayLike, truth: Floats) -> NDArray[np.float32]:
    """`overlaps` of a class's map, drawn exactly over the picture on a square of 224 pixels.

    Args:
        maps: of the picture.
        values: (rows, columns), one of its maps.
        truth: (n, 4) edges in picture pixels; cut to whole pixels of the square, as in the program.
    """
    height, width = maps.picture_size
    drawn = maps.placement.resample(values, SIDE, SIDE)
    scale = np.array([SIDE / width, SIDE / height] * 2)
    to_last_pixel = np.array([0, 0, 1, 1])
    pixels = np.floor((truth - to_last_pixel) * scale + 1e-9)
    return overlaps(drawn, pixels + to_last_pixel)


@dataclass(frozen=True)
class BoxAccuracy:
    """How often a box is right at the best threshold.

    Attributes:
        value: mean over the overlaps asked for, 0 .. 1; NaN where nothing was measured.
        at: (overlap asked for, accuracy, threshold that gave it) for each.
        count: of maps measured.
    """

    value: float
    at: tuple[tuple[float, float, float], ...]
    count: int


class MaxBoxAcc:
    """The share of maps whose largest contour's box covers a true one by half, at the best threshold."""

    every = False
    asked: tuple[float, ...] = (0.5,)

    def __init__(self, thresholds: Sequence[float] = THRESHOLDS, rule: Rule = "released") -> None:
        if not len(thresholds):
            raise ParameterError("There are no thresholds to try. Give at least one.")
        self.thresholds, self.rule = tuple(thresholds), rule
        self.reset()

    def reset(self) -> None:
        """Forget all maps."""
        self._right = np.zeros((len(self.asked), len(self.thresholds)), np.int64)
        self._count = 0

    def update(self, values: ArrayLike, truth: ArrayLike) -> None:
        """Take in one map (rows, columns) and the true boxes, (n, 4) edges in its pixels."""
        self.add(overlaps(values, truth, self.thresholds, self.rule))

    def add(self, found: NDArray[np.float32]) -> None:
        """Take in one map by its `overlaps`, (2, T)."""
        # Compared in the precision they are kept in, so that .3 is reached by .3.
        asked = np.array(self.asked, np.float32)[:, None]
        self._right += found[int(self.every)] >= asked
        self._count += 1

    def compute(self) -> BoxAccuracy:
        """Over the maps so far."""
        if not self._count:
            return BoxAccuracy(float("nan"), (), 0)
        shares = self._right / self._count
        best = shares.argmax(axis=1)
        at = tuple(
            (asked, float(row[i]), self.thresholds[i])
            for asked, row, i in zip(self.asked, shares, best, strict=True)
        )
        return BoxAccuracy(float(np.mean([value for _, value, _ in at])), at, self._count)


class MaxBoxAccV2(MaxBoxAcc):
    """The same with the best of all contours' boxes, for .3, .5 and .7, each at its own best threshold."""

    every = True
    asked = (0.3, 0.5, 0.7)

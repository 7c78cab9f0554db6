"""One class on one picture: where it is said to be, where it is, and how right that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.boxes import distances, intersection_over_union
from wsl_core.fcn.activation_maps import Region
from wsl_core.fcn.localization.beam_search import Found, search
from wsl_core.fcn.localization.points import Point, boxes, highest_points, point
from wsl_core.networks import ClassMaps

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
TOLERANCE = 18
"""Pixels by which a point may lie outside a box (Oquab et al., CVPR 2015)."""


@dataclass(frozen=True, eq=False)
class Located:
    """A class as a map places it, beside the boxes that are known.

    Attributes:
        point: the highest cell's centre, exactly placed.
        stretched: (x, y) of the same cell where the map is stretched over the picture.
        boxes: every region above the threshold, highest peak first.
        region: the best region of a beam search (WSLocalization).
        truth: (n, 4) edges of the class's known boxes in picture pixels; n may be 0.
        tolerance: pixels by which a point may lie outside a box.
    """

    point: Point
    stretched: tuple[float, float]
    boxes: tuple[Region, ...]
    region: Found
    truth: Floats = field(repr=False)
    tolerance: float = TOLERANCE

    def outside(self, x: float, y: float) -> float | None:
        """How far a place lies outside the nearest known box along the worse axis, px; None without boxes."""
        if not len(self.truth):
            return None
        return float(distances((x, y), self.truth)[0].min())

    def hit(self, x: float, y: float) -> bool | None:
        """Whether a place counts as right; None where nothing is known."""
        off = self.outside(x, y)
        return None if off is None else off <= self.tolerance

    @property
    def right(self) -> bool | None:
        """Whether the point is right."""
        return self.hit(self.point.x, self.point.y)

    @cached_property
    def overlaps(self) -> tuple[float | None, ...]:
        """By box of `boxes`, its largest intersection over union with a known box; None without these."""
        if not len(self.truth) or not self.boxes:
            return (None,) * len(self.boxes)
        found = intersection_over_union([one.box for one in self.boxes], self.truth)
        return tuple(found.max(axis=1).tolist())

    @property
    def largest(self) -> int | None:
        """Number in `boxes` of the largest region, the box of the paper; None where there is no region."""
        if not self.boxes:
            return None
        return int(np.argmax([one.share for one in self.boxes]))

    @property
    def overlap(self) -> float | None:
        """Intersection over union of the largest region's box; 0 where nothing is boxed."""
        if not len(self.truth):
            return None
        return 0.0 if self.largest is None else self.overlaps[self.largest]

    @property
    def reach(self) -> Floats:
        """(n, 4) the known boxes made larger by the tolerance: where a point is right."""
        return self.truth + np.array([-1, -1, 1, 1]) * self.tolerance


def locate(
    maps: ClassMaps,
    which: str | int,
    truth: Sequence[Box] = (),
    threshold: float = 0.2,
    tolerance: float = TOLERANCE,
) -> Located:
    """Point, boxes and beam-search region of a class on one picture.

    Args:
        maps: of the picture, fused or not.
        which: the class.
        truth: known boxes of the class, edges in picture pixels.
        threshold: share of the map's maximum above which regions are boxed.
        tolerance: pixels by which a point may lie outside a box.

    Raises:
        ParameterError: a threshold outside 0 to 1.
        ClassNameError: no class, or more than one, is named so.
    """
    index = maps.classes.find(which)
    _, stretched = highest_points(maps.map(index)[None], maps)
    x, y = stretched[0].tolist()
    return Located(
        point(maps, index),
        (x, y),
        tuple(boxes(maps, index, threshold)),
        search(maps, index),
        np.asarray(truth, float).reshape(-1, 4),
        tolerance,
    )

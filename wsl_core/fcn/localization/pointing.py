"""Is the point on the object? Point localization (Oquab et al., CVPR 2015), pointing (Zhang, ECCV 2016)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.boxes import distances
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.per_class import PerClass, ShareOfPictures
from wsl_core.fcn.localization.precision import Kind, RankedPictures

Rule = Literal["disc", "box"]


class PointLocalization(RankedPictures):
    """Average precision of points: is the class here, and is it where the point is?

    Every picture has one point a class, ranked by the class's score over all pictures, also those
    without the class. A point is right where it lies in a box of its class that is made larger by the
    tolerance on each side, border included; else it is wrong and the picture counts as missed. There are
    as many to be found as pictures that show the class, so this is never above `ClassificationAP`.

    Difficult boxes are no targets, and a picture with no other box of the class is left out for it: the
    paper does not say, the choice is ours. A set without boxes has no value.
    """

    def __init__(self, tolerance: float = 18, kind: Kind = "area") -> None:
        self.tolerance = tolerance
        super().__init__(kind)

    def reset(self) -> None:
        """Forget all pictures."""
        super().reset()
        self._boxes = 0

    def update(self, evidence: Evidence) -> None:
        """Take in one picture."""
        super().update(evidence)
        self._boxes += len(evidence.objects)

    def _hit(self, evidence: Evidence) -> NDArray[np.bool_]:
        return right_points(evidence, self.tolerance)

    def compute(self) -> PerClass:
        """Average precision of every class over the pictures so far."""
        found = super().compute()
        return found if self._boxes else PerClass(np.full_like(found.values, np.nan), found.images)


def right_points(evidence: Evidence, tolerance: float = 18) -> NDArray[np.bool_]:
    """(K,) whether the point of each class lies in a box of the class, as `PointLocalization` says."""
    hits = np.zeros(len(evidence.labels), bool)
    for k in evidence.shown:
        along_axis, _ = distances(evidence.points[k], evidence.truth(k))
        hits[k] = along_axis.min() <= tolerance
    return hits


class Pointing(ShareOfPictures):
    """Pointing accuracy: the share of pictures of a class whose point is on an object of the class.

    Only classes that are in the picture are asked for, so scores do not matter. A class with nothing but
    difficult boxes in a picture is skipped there; where another box is not difficult, all of them count,
    as in TorchRay.

    Args:
        tolerance: in pixels.
        rule: the two published programs differ. "disc", the default, as TorchRay: a pixel of a box is
            nearer than the tolerance. "box", as SPN.pytorch: the point is in a box made larger by the
            tolerance on each side, border included. The first is the stricter and the more used.
    """

    def __init__(self, tolerance: float = 15, rule: Rule = "disc") -> None:
        self.tolerance, self.rule = tolerance, rule
        super().__init__()

    def _is_right(self, evidence: Evidence, place: int, index: int) -> bool:
        boxes = evidence.truth(index, difficult=True)
        along_axis, straight = distances(evidence.points[index], boxes)
        if self.rule == "disc":
            return bool(straight.min() < self.tolerance)
        return bool(along_axis.min() <= self.tolerance)

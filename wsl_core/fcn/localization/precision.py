"""Average precision per class, in both of VOC's ways, and classification measured by it.

A ranking is judged at the ends of groups of equal scores, so a tie is decided for nobody and the order of
the pictures changes nothing; with the envelope, this equals placing the misses of a tie first.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.per_class import PerClass

Kind = Literal["area", "eleven"]
Floats = NDArray[np.float64]


def average_precision(
    scores: ArrayLike, hits: ArrayLike, positives: int, kind: Kind = "area"
) -> float:
    """Average precision of one ranking.

    Args:
        scores: (N,) of what is ranked.
        hits: (N,) whether each is right.
        positives: how many right ones there are to be found, also those that no hit finds.
        kind: "area": the area under the precision made monotone, at every change of recall (VOC from
            2010 on). "eleven": the mean over recalls 0, .1, ... 1 of the highest precision at that
            recall or beyond (VOC to 2009).

    Returns:
        0 .. 1; NaN where there is no positive.
    """
    if positives == 0:
        return float("nan")
    values = np.asarray(scores, float)
    order = np.argsort(-values, kind="stable")
    values = values[order]
    ends = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    found = np.cumsum(np.asarray(hits, bool)[order])[ends]
    recall = found / positives
    envelope = np.maximum.accumulate((found / (ends + 1))[::-1])[::-1]
    if kind == "area":
        return float(np.sum(np.diff(recall, prepend=0) * envelope))
    at = np.searchsorted(recall, np.linspace(0, 1, 11) - 1e-9)
    return float(np.append(envelope, 0.0)[at].mean())


class RankedPictures:
    """All pictures ranked by the score of each class; children say when a picture is a hit.

    A picture whose label for a class is -1 (unknown, or only difficult objects) is left out there.
    """

    def __init__(self, kind: Kind = "area") -> None:
        self.kind: Kind = kind
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._scores: list[Floats] = []
        self._labels: list[NDArray[np.int8]] = []
        self._hits: list[NDArray[np.bool_]] = []

    def update(self, evidence: Evidence) -> None:
        """Take in one picture."""
        self._scores.append(evidence.scores)
        self._labels.append(evidence.labels)
        self._hits.append(self._hit(evidence))

    def _hit(self, evidence: Evidence) -> NDArray[np.bool_]:
        raise NotImplementedError

    def compute(self) -> PerClass:
        """Average precision of every class over the pictures so far."""
        if not self._scores:
            return PerClass(np.empty(0), np.empty(0, np.int64))
        scores, labels, hits = np.stack(self._scores), np.stack(self._labels), np.stack(self._hits)
        images = (labels == 1).sum(axis=0)
        values = []
        for k, count in enumerate(images):
            judged = labels[:, k] >= 0
            values.append(
                average_precision(scores[judged, k], hits[judged, k], int(count), self.kind)
            )
        return PerClass(np.array(values), images)


class ClassificationAP(RankedPictures):
    """Is the class in the picture? Average precision per class (Everingham et al., IJCV 2010)."""

    def _hit(self, evidence: Evidence) -> NDArray[np.bool_]:
        return evidence.labels == 1

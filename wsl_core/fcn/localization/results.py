"""What an evaluation found: figures per class and over all, their baselines, and the worst mistakes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.localization.box_accuracy import BoxAccuracy, MaxBoxAcc, MaxBoxAccV2
from wsl_core.fcn.localization.correct_location import CorLoc
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.per_class import PerClass
from wsl_core.fcn.localization.pixel_ap import PixelAP
from wsl_core.fcn.localization.pointing import Pointing, PointLocalization, right_points
from wsl_core.fcn.localization.precision import ClassificationAP, Kind

FREQUENT = 20
"""A class with as many pictures or more counts as frequent; fewer make an unsteady figure."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points measured: average precision in both of VOC's ways, and pointing by both programs' rules."""

    area: PerClass
    eleven: PerClass
    disc: PerClass
    box: PerClass

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> "Points":
        """Over these pictures."""
        metrics = (
            PointLocalization(), PointLocalization(kind="eleven"), Pointing(), Pointing(rule="box"),
        )  # fmt: skip
        for one in evidence:
            for metric in metrics:
                metric.update(one)
        return cls(*(metric.compute() for metric in metrics))


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes measured; MaxBoxAcc over all pairs of a picture and a class that it shows."""

    corloc: PerClass
    max_box_acc: BoxAccuracy
    max_box_acc_v2: BoxAccuracy

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> "Boxes":
        """Over these pictures."""
        corloc, largest, best = CorLoc(), MaxBoxAcc(), MaxBoxAccV2()
        for one in evidence:
            corloc.update(one)
            for found in one.overlaps:
                largest.add(found)
                best.add(found)
        return cls(corloc.compute(), largest.compute(), best.compute())


@dataclass(frozen=True)
class Mistake:
    """A point that is wrong.

    Attributes:
        picture: its name.
        class_name: the class that was looked for.
        score: of the class, in logits.
        x: of the point, in picture pixels.
        y: of the point, in picture pixels.
        present: whether the picture shows the class; the point is then beside it.
    """

    picture: str
    class_name: str
    score: float
    x: float
    y: float
    present: bool


@dataclass(frozen=True, eq=False)
class Localization:
    """Everything that was measured over a set of pictures.

    Attributes:
        title: of the pictures, with their split.
        classes: (K,) names.
        evidence: of every picture.
    """

    title: str
    classes: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(K,) how many pictures show each class."""
        return np.sum([one.labels == 1 for one in self.evidence], axis=0)

    @property
    def frequent(self) -> NDArray[np.bool_]:
        """(K,) which classes are shown by 20 pictures or more."""
        return self.counts >= FREQUENT

    @cached_property
    def classification(self) -> PerClass:
        """Average precision of the classes' scores."""
        return self._classification("area")

    @cached_property
    def classification_eleven(self) -> PerClass:
        """The same in VOC's older way."""
        return self._classification("eleven")

    def _classification(self, kind: Kind) -> PerClass:
        metric = ClassificationAP(kind)
        for one in self.evidence:
            metric.update(one)
        return metric.compute()

    @cached_property
    def points(self) -> Points:
        """By exact placement."""
        return Points.of(self.evidence)

    @cached_property
    def half_pixel(self) -> Points:
        """By stretching the maps over the pictures, for comparison with programs that do so."""
        return Points.of([one.by_half_pixel() for one in self.evidence])

    @cached_property
    def boxes(self) -> Boxes:
        """By exact placement."""
        return Boxes.of(self.evidence)

    @cached_property
    def pixels(self) -> PixelAP:
        """PxAP of every class, over the pictures with official masks; by exact placement."""
        return _pixels(self.evidence)

    @cached_property
    def centre_pixels(self) -> PixelAP:
        """The baseline: a map that falls from the middle of the picture."""
        return _pixels(self._central)

    @cached_property
    def _central(self) -> list[Evidence]:
        return [one.at_the_centre() for one in self.evidence]

    @cached_property
    def centre(self) -> Points:
        """The baseline: the same scores, every point in the middle of its picture."""
        return Points.of(self._central)

    @cached_property
    def centre_boxes(self) -> Boxes:
        """The baseline: the whole picture as box; for MaxBoxAcc the best size of box in its middle."""
        return Boxes.of(self._central)

    def mistakes(self, count: int = 20, which: int | None = None) -> list[Mistake]:
        """The wrong points of the highest scores, of all classes or one, worst first."""
        found = []
        for one in self.evidence:
            right = right_points(one)
            for k in range(len(self.classes)) if which is None else (which,):
                # Without a box of the class nobody can say where it is.
                judged = one.labels[k] == 0 or k in one.shown
                if judged and not right[k]:
                    x, y = one.points[k].tolist()
                    found.append(
                        Mistake(
                            one.name, self.classes[k], float(one.scores[k]), x, y,
                            bool(one.labels[k] == 1),
                        )
                    )  # fmt: skip
        return sorted(found, key=lambda mistake: -mistake.score)[:count]

    def as_json(self) -> dict[str, Any]:
        """All figures as plain JSON values: rates as fractions, absent ones None."""
        frequent = self.frequent
        return {
            "point_map": _figure(self.points.area.mean),
            "classification_map": _figure(self.classification.mean),
            "point_map_frequent": _figure(self.points.area.mean_of(frequent)),
            "classification_map_frequent": _figure(self.classification.mean_of(frequent)),
            "centre_map": _figure(self.centre.area.mean),
            "classes": {
                name: {
                    "point_ap": _figure(self.points.area.values[k]),
                    "classification_ap": _figure(self.classification.values[k]),
                    "images": int(self.counts[k]),
                }
                for k, name in enumerate(self.classes)
            },
            "data": self.title,
            "images": len(self.evidence),
            "frequent": [name for name, is_so in zip(self.classes, frequent, strict=True) if is_so],
            "centre_map_frequent": _figure(self.centre.area.mean_of(frequent)),
            "half_pixel_map": _figure(self.half_pixel.area.mean),
            "half_pixel_map_frequent": _figure(self.half_pixel.area.mean_of(frequent)),
            "point_map_eleven": _figure(self.points.eleven.mean),
            "classification_map_eleven": _figure(self.classification_eleven.mean),
            **_points("", self.points),
            **_points("centre_", self.centre),
            **_boxes("", self.boxes),
            **_boxes("centre_", self.centre_boxes),
            "pixel_ap": _figure(self.pixels.compute().mean),
            "centre_pixel_ap": _figure(self.centre_pixels.compute().mean),
            "pixel_images": self.pixels.pictures,
        }


def _pixels(evidence: Sequence[Evidence]) -> PixelAP:
    metric = PixelAP()
    for one in evidence:
        metric.update(one)
    return metric


def _points(prefix: str, points: Points) -> dict[str, float | None]:
    return {
        f"{prefix}pointing": _figure(points.disc.mean),
        f"{prefix}pointing_box": _figure(points.box.mean),
    }


def _boxes(prefix: str, boxes: Boxes) -> dict[str, float | None]:
    return {
        f"{prefix}corloc": _figure(boxes.corloc.mean),
        f"{prefix}max_box_acc": _figure(boxes.max_box_acc.value),
        f"{prefix}max_box_acc_v2": _figure(boxes.max_box_acc_v2.value),
    }


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

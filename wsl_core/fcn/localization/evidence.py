"""What is kept of one picture so that everything can be measured: scores, points, boxes, overlaps.

A few kilobytes a picture, so that an evaluation goes on where it was interrupted and mistakes can be
looked at later. Labels and objects belong to the data set and are not stored again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.datasets.labelled import read_mask
from wsl_core.errors import DatasetError, NetworkError, ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.localization import beam_search, box_accuracy, pixel_precision
from wsl_core.fcn.localization.points import highest_points
from wsl_core.networks import ClassMaps

if TYPE_CHECKING:
    from wsl_core.datasets.labelled import LabelledObject, LabelledPicture

Floats = NDArray[np.float64]
Pointed = Literal["peak", "beam"]


def _no_boxes() -> Floats:
    return np.empty((0, 4))


def _no_overlaps() -> NDArray[np.float32]:
    return np.empty((0, 2, len(box_accuracy.THRESHOLDS)), np.float32)


def _no_pixels() -> NDArray[np.uint16]:
    return np.empty((0, 2, 2, pixel_precision.STEPS + 1), np.uint16)


@dataclass(frozen=True, eq=False)
class Evidence:
    """One picture, as a metric is fed with it. K classes, P of them shown with a box.

    Attributes:
        size: (height, width) of the picture, in pixels.
        labels: (K,) 1 present, 0 absent, -1 unknown or only difficult objects.
        scores: (K,) in logits.
        points: (K, 2), x and y in picture pixels; pixel 0 has its centre at 0.
        objects: all that are annotated; none in a set without boxes.
        stretched: (K, 2), the points where the map is stretched over the picture; None where not kept.
        boxes: (P, 4) for the classes `shown`: edges in picture pixels, NaN where there is no box.
        overlaps: (P, 2, T) for the classes `shown`, as `box_accuracy.overlaps` gives them.
        name: of the picture.
        pixels: (Q, 2, 2, S) for the classes `masked`, as `pixel_precision.on_picture` gives them; none
            where the picture has no official mask.
    """

    size: tuple[int, int]
    labels: NDArray[np.int8]
    scores: Floats
    points: Floats
    objects: tuple["LabelledObject", ...] = ()
    stretched: Floats | None = None
    boxes: Floats = field(default_factory=_no_boxes)
    overlaps: NDArray[np.float32] = field(default_factory=_no_overlaps)
    name: str = ""
    pixels: NDArray[np.uint16] = field(default_factory=_no_pixels)

    @property
    def shown(self) -> NDArray[np.int64]:
        """(P,) indices of the classes that are present and have a box that is not difficult."""
        return _shown(self.labels, self.objects)

    @property
    def masked(self) -> NDArray[np.int64]:
        """(Q,) indices of the classes that are present in a picture with an official mask; else none."""
        return _present(self.labels) if len(self.pixels) else np.empty(0, np.int64)

    def truth(self, index: int, *, difficult: bool = False) -> Floats:
        """(n, 4) edges of the boxes of a class, in picture pixels; difficult ones where asked for."""
        found = [
            one.box for one in self.objects
            if one.index == index and (difficult or not one.difficult)
        ]  # fmt: skip
        return np.array(found, float).reshape(-1, 4)

    def by_half_pixel(self) -> "Evidence":
        """The same with points where maps are stretched over the picture, as most programs do.

        Raises:
            ParameterError: these points were not kept.
        """
        if self.stretched is None:
            raise ParameterError(
                f"The half-pixel points of the picture {self.name} were not kept. Give `stretched`."
            )
        return replace(self, points=self.stretched)

    def at_the_centre(self) -> "Evidence":
        """The baseline that looks at no pixel: same scores, but every point is the picture's centre.

        The box of a class is the whole picture; where thresholds are tried, the boxes are those in the
        middle of the picture, of its proportions and of every size, and its map falls from the middle.
        """
        height, width = self.size
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        shown = self.shown
        return replace(
            self,
            points=np.tile(middle, (len(self.labels), 1)),
            boxes=np.tile([0.0, 0.0, width, height], (len(shown), 1)),
            overlaps=np.array(
                [_central_overlaps(self.size, self.truth(k)) for k in shown], np.float32
            ).reshape(len(shown), *_no_overlaps().shape[1:]),
            pixels=self.pixels[:, [1, 1]],
        )


def _present(labels: NDArray[np.int8]) -> NDArray[np.int64]:
    return np.flatnonzero(labels == 1)


def _shown(labels: NDArray[np.int8], objects: Sequence["LabelledObject"]) -> NDArray[np.int64]:
    boxed = {one.index for one in objects if not one.difficult}
    return np.array([k for k in _present(labels) if int(k) in boxed], np.int64)


def _central_overlaps(size: tuple[int, int], truth: Floats) -> Floats:
    """(2, T): at threshold t the box is the middle of the picture, 1 - t of each of its sides."""
    height, width = size
    margin = np.asarray(box_accuracy.THRESHOLDS) / 2
    boxes = np.stack(
        [margin * width, margin * height, (1 - margin) * width, (1 - margin) * height], axis=1
    )
    best = intersection_over_union(boxes, truth).max(axis=1)
    return np.stack([best, best])


def collect(
    maps: ClassMaps,
    picture: "LabelledPicture",
    order: Sequence[int],
    threshold: float = 0.2,
    pointed: Pointed = "peak",
) -> Evidence:
    """The evidence of one picture.

    Args:
        maps: of the picture, fused or not.
        picture: with its labels, of K classes.
        order: (K,) index in `maps` of every class of the labels.
        threshold: share of the map's maximum above which the largest region is the box of a class.
        pointed: "peak": a point is the peak of the maps, their highest cell (ProNet: the middle of the best
            box). "beam": it is the middle of the best region of a beam search (WSLocalization).

    Raises:
        DatasetError: the picture is not of the size that its annotation says, or its mask cannot be read.
        NetworkError: scores or maps that are not numbers.
    """
    if maps.picture_size != (picture.height, picture.width):
        height, width = maps.picture_size
        raise DatasetError(
            f"The picture {picture.path.name} has {width} x {height} px, and its annotation says "
            f"{picture.width} x {picture.height} px, so its boxes would lie wrong. Get the set again."
        )
    chosen, values = list(order), maps.logits[list(order)]
    scores = np.asarray(maps.scores, float)[chosen]
    if not (np.isfinite(values).all() and np.isfinite(scores).all()):
        raise NetworkError(
            f"The network {maps.network} gives values that are not numbers on the picture "
            f"{picture.path.name}, so nothing can be measured with it."
        )
    _, stretched = highest_points(values, maps)
    if pointed == "beam":
        found_points = [beam_search.search(maps, index).point for index in chosen]
        points = np.array([(one.x, one.y) for one in found_points])
    else:
        points = np.array([maps.peak(index) for index in chosen])
    labels = np.asarray(picture.labels, np.int8)
    evidence = Evidence(
        maps.picture_size, labels, scores, points, picture.objects, stretched, name=picture.name
    )
    shown = evidence.shown
    found = [activation_maps.box(maps, chosen[k], threshold) for k in shown]
    overlaps = [box_accuracy.overlaps_on_picture(maps, values[k], evidence.truth(k)) for k in shown]
    return replace(
        evidence,
        boxes=np.array([one.box if one else [np.nan] * 4 for one in found]).reshape(-1, 4),
        overlaps=np.array(overlaps, np.float32).reshape(len(shown), *_no_overlaps().shape[1:]),
        pixels=_pixels(maps, values, picture, labels),
    )


def _pixels(
    maps: ClassMaps,
    values: NDArray[np.float32],
    picture: "LabelledPicture",
    labels: NDArray[np.int8],
) -> NDArray[np.uint16]:
    """For every class that is present, its pixels; a class that its mask does not show has none."""
    present = _present(labels)
    if picture.mask is None or not len(present):
        return _no_pixels()
    mask = read_mask(picture)
    found = []
    for k in present:
        own = np.where(mask == pixel_precision.IGNORED, mask, mask == k + 1).astype(np.uint8)
        counts = pixel_precision.on_picture(maps, values[k], own)
        found.append(counts if (own == 1).any() else np.zeros_like(counts))
    return np.array(found)


def packed(evidence: Sequence[Evidence], classes: int) -> dict[str, NDArray[Any]]:
    """The evidence of several pictures as arrays, for a checkpoint or a result."""
    kept = [one.stretched if one.stretched is not None else one.points for one in evidence]
    return {
        "scores": np.array([one.scores for one in evidence], float).reshape(-1, classes),
        "points": np.array([one.points for one in evidence], float).reshape(-1, classes, 2),
        "stretched": np.array(kept, float).reshape(-1, classes, 2),
        "boxes": np.concatenate([_no_boxes(), *(one.boxes for one in evidence)]),
        "overlaps": np.concatenate([_no_overlaps(), *(one.overlaps for one in evidence)]),
        "pixels": np.concatenate([_no_pixels(), *(one.pixels for one in evidence)]),
    }


def unpacked(
    arrays: Mapping[str, NDArray[Any]], pictures: Sequence["LabelledPicture"]
) -> list[Evidence]:
    """The counterpart of `packed`; `pictures` begin with those that were packed."""
    found, used, outlined = [], 0, 0
    pixels = arrays.get("pixels", _no_pixels())  # results of earlier versions have none
    scores, points, stretched = (arrays[name] for name in ("scores", "points", "stretched"))
    for picture, score, point, other in zip(pictures, scores, points, stretched, strict=False):
        labels = np.asarray(picture.labels, np.int8)
        part = slice(used, used + len(_shown(labels, picture.objects)))
        used = part.stop
        masked = picture.mask is not None and len(pixels) > 0
        seen = slice(outlined, outlined + (len(_present(labels)) if masked else 0))
        outlined = seen.stop
        found.append(
            Evidence(
                (picture.height, picture.width), labels, score, point, picture.objects, other,
                arrays["boxes"][part], arrays["overlaps"][part], picture.name, pixels[seen],
            )
        )  # fmt: skip
    return found

"""A picture as the Segmentation page sees it: maps, unary, and the CRF's labels after every update."""

import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets import relatives, voc
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.localization.untrained import grouped
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.heard import Heard, hear
from wsl_core.fcn.segmentation.on_picture import BACKGROUND, Segmentation, Update, segment
from wsl_core.figures import segments
from wsl_core.networks import ClassMaps
from wsl_core.settings import settings
from wsl_core.web import forward, trained_heads
from wsl_core.web.patience import Report, awaited
from wsl_core.web.segmentation.pictures import Subject
from wsl_core.web.segmentation.view import CHOSEN, KNOWN, UNTRAINED, SegmentationView
from wsl_core.web.store import Store
from wsl_core.web.trained_heads import FINETUNED

SMALL = 128  # px, longer side of the reduced picture: a fifth of a second for the CRF
MOST = 4  # classes at a time: more are not told apart, and each costs time

Labels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Worked:
    """The CRF's work on a picture.

    Attributes:
        labels: after 0, 1, ... updates, each (height, width).
        last: the state after the last of them.
    """

    labels: tuple[Labels, ...]
    last: Update

    @property
    def nbytes(self) -> int:
        """How much is kept."""
        return sum(one.nbytes for one in self.labels) + self.last.shares.nbytes


def _bytes(found: Segmentation) -> int:
    return found.pixels.nbytes + 2 * found.probabilities.nbytes


_maps: Store[ClassMaps] = Store(settings().cache_megabytes / 8, lambda one: one.features.nbytes)
_found: Store[Segmentation] = Store(settings().cache_megabytes / 8, _bytes)
_worked: Store[Worked] = Store(settings().cache_megabytes / 8, lambda one: one.nbytes)
_one_at_a_time = threading.Lock()  # whole pictures: each takes seconds and a hundred megabytes


@dataclass(frozen=True, eq=False)
class Looked:
    """A picture, its maps, and what is done with them.

    Attributes:
        subject: the picture.
        maps: of VOC's 20 classes.
        present: places of the classes that count as there, in order.
        sure: whether the head reached the threshold for one of them, or they were given.
        found: the picture before the CRF, reduced or whole.
        how: the CRF's parameters.
        key: all that `found` depends on.
    """

    subject: Subject
    maps: ClassMaps
    present: tuple[int, ...]
    sure: bool
    found: Segmentation
    how: CrfParameters
    key: Hashable

    @cached_property
    def worked(self) -> Worked:
        """The CRF at work, kept for the next visitor."""
        key = (self.key, self.how)
        kept = _worked.get(key)
        if kept is None:
            kept = _work(self.found, self.how, lambda _share, _doing: None)
            _worked.put(key, kept)
        return kept

    @property
    def names(self) -> tuple[str, ...]:
        """Background first."""
        return (BACKGROUND, *self.found.names)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Labels by name, 0 first."""
        return (0, *self.found.numbers)

    @cached_property
    def colours(self) -> list[str]:
        """By class that is there."""
        return segments.colours(self.present)

    @property
    def paint(self) -> dict[int, str]:
        """Colour by label, the background left as it is."""
        return dict(zip(self.found.numbers, self.colours, strict=True))

    def areas(self, labels: Labels) -> list[float]:
        """Share of the picture by name, 0 to 1."""
        return [float((labels == number).mean()) for number in self.numbers]

    def overlaps(self, labels: Labels) -> Mapping[str, float | None]:
        """Intersection over union by name; empty where there is no mask."""
        if self.subject.mask is None:
            return {}
        return self.found.overlaps(labels, self.subject.mask)

    def heard(self) -> Heard:
        """What the pixel hears whose label the first update changes most clearly."""
        key = ("heard", self.key, self.how)
        return forward.derived(key, partial(hear, self.found, self.how))


def look(subject: Subject, view: SegmentationView) -> Looked:
    """The picture reduced, in a fraction of a second once its maps are there.

    Raises:
        WslError: why there are none.
    """
    return _looked(subject, view, class_maps(subject, view, forward.class_maps), SMALL)


def glance(subject: Subject, view: SegmentationView) -> Looked:
    """As `look`, for what a page can do without.

    Raises:
        WslError: why there are no maps.
    """
    return _looked(subject, view, class_maps(subject, view, forward.glance), SMALL)


def whole(looked: Looked, view: SegmentationView) -> Looked:
    """The same with every pixel; the page shows how far the CRF is.

    Raises:
        WslError: the kernels are too narrow for the picture.
    """
    full = _looked(looked.subject, view, looked.maps, None)
    key = (full.key, full.how)
    if _worked.get(key) is None:

        def make(report: Report) -> None:
            with _one_at_a_time:
                _worked.put(key, _work(full.found, full.how, report))

        awaited(key, "The whole picture", make)
    return full


def _work(found: Segmentation, how: CrfParameters, report: Report) -> Worked:
    labels = []
    for place, update in enumerate(found.updates(how)):
        labels.append(update.labels)
        report(place / (how.iterations + 1), f"update {place} of {how.iterations}")
    return Worked(tuple(labels), update)


def class_maps(subject: Subject, view: SegmentationView, looking: Any) -> ClassMaps:
    """Maps of VOC's classes, by the head that is asked for; without one where there are no heads.

    Raises:
        HeadError: the head is damaged.
    """
    photo = subject.chosen.photo
    if head(view) == FINETUNED:
        return trained_heads.look(FINETUNED, photo, _fed(view))
    key = (photo.digest, photo.pixels.shape, view.forward_key(), head(view))
    kept = _maps.get(key)
    if kept is not None:
        return kept
    own = looking(photo, _fed(view))
    if head(view) == UNTRAINED:
        made = grouped(replace(own), relatives.kind_of(voc.CLASSES))
    else:
        made = trained_heads.of_scheme(view.scheme).read(own)
    _maps.put(key, made)
    return made


def head(view: SegmentationView) -> str:
    """Whose maps are used."""
    return view.scheme if view.scheme in (*trained_heads.available(), FINETUNED) else UNTRAINED


def _fed(view: SegmentationView) -> ActivationMapParameters:
    fed = {name: getattr(view, name) for name in ("size", "scales", "mirror")}
    network = view.network
    if head(view) not in (UNTRAINED, FINETUNED):
        network = trained_heads.of_scheme(view.scheme).card.network
    return ActivationMapParameters(network=network, **fed)


def present(
    maps: ClassMaps, subject: Subject, view: SegmentationView
) -> tuple[tuple[int, ...], bool]:
    """Places of the classes that count as there, and whether that is given or probable enough."""
    if view.labels == KNOWN and subject.classes:
        return _places(subject.classes), True
    if view.labels == CHOSEN and view.classes:
        return _places(view.classes.split(",")), True
    likely = np.argsort(-maps.scores, kind="stable")[:MOST].tolist()
    sure = [one for one in likely if maps.probabilities[one] >= view.present]
    return tuple(sorted(sure or likely[:1])), bool(sure)


def _places(names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({voc.CLASSES.index(name) for name in names}))[:MOST]


def _looked(
    subject: Subject, view: SegmentationView, maps: ClassMaps, longest: int | None
) -> Looked:
    if not maps.classes.titles[: len(voc.CLASSES)] == voc.CLASSES:
        raise HeadError(
            f"The head {view.scheme} has other classes than VOC's 20. Choose another one."
        )
    there, sure = present(maps, subject, view)
    how = view.unary()
    photo = subject.chosen.photo
    key = (photo.digest, photo.pixels.shape, view.forward_key(), head(view), there, how, longest)
    found = _found.get(key)
    if found is None:
        found = segment(maps, photo, there, how, longest=longest)
        _found.put(key, found)
    return Looked(subject, maps, there, sure, found, view.crf(), key)


def too_many(names: Sequence[str]) -> ParameterError:
    """More classes than are told apart."""
    return ParameterError(
        f"{len(names)} classes are chosen. Accepted are up to {MOST} at a time: the first {MOST} are used."
    )

"""What the Localization page asks for: its link, and one picture as every scheme places its classes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core.datasets import relatives, voc
from wsl_core.errors import HeadError, WslError
from wsl_core.fcn import comparison, localization
from wsl_core.fcn.activation_maps import SCALES, ActivationMapParameters
from wsl_core.fcn.comparison import Reading
from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.localization import Located
from wsl_core.fcn.localization.untrained import grouped
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.fcn.pronet import ProNetMaps
from wsl_core.figures import Scale
from wsl_core.figures.marks import Mark
from wsl_core.networks import ClassMaps, card
from wsl_core.settings import settings
from wsl_core.web import forward, own_heads, trained_heads
from wsl_core.web.activation_maps.shown import ActivationMapView, signed
from wsl_core.web.class_choice import class_field, index_of
from wsl_core.web.localization.pictures import FORMAT, SPLIT, Shown
from wsl_core.web.pictures import PictureParameters
from wsl_core.web.pooling.cases import ANY, NO_PARTS
from wsl_core.web.store import Store
from wsl_core.web.trained_heads import FURTHER, available

POINT, TABLE, CLASSES, MISTAKES, TRAPS = "point and box", "table", "classes", "mistakes", "traps"
PLACEMENT, SCALING, THRESHOLD = "placement", "scaling", "threshold"
FULL = "full"

Box = tuple[float, float, float, float]
Maps = TypeVar("Maps", bound=ClassMaps)
_maps: Store[Any] = Store(settings().cache_megabytes / 8, lambda one: one.features.nbytes)


class LocalizationView(ActivationMapParameters, PictureParameters):
    """Everything that the page's link holds."""

    topic: Literal["point and box", "table", "classes", "mistakes", "traps"] = Field(
        "point and box",
        title="Part",
        description="Points and boxes on a picture; published beside measured; class by class; the worst "
        "mistakes; three traps of measuring.",
    )
    labelled: bool = Field(
        False,
        title="A picture with boxes drawn by people",
        description="Of VOC's validation set, where it is on this machine.",
    )
    sample: str = Field(
        "", pattern=r"^\w{0,40}$", title="Labelled picture", description="Its name in the set.",
        json_schema_extra={"accepted": "the name of a picture, such as 2007_000042"},
    )  # fmt: skip
    trained: bool = Field(
        False,
        title="Trained VOC heads",
        description="Heads that were trained from image labels, each with its own scheme; otherwise "
        "ImageNet's class maps, grouped into VOC's classes without training.",
    )
    scheme: Literal[
        "max", "average", "lse", "spleap", "weldon", "wildcat", "pronet", "finetuned"
    ] = Field(
        "weldon",
        title="Scheme",
        description="Whose map, point and boxes are drawn; the last two are trained heads that look at the "
        "picture by themselves.",
        json_schema_extra={"menu": True},
    )
    voc: str = Field(
        ANY,
        title="Class",
        description="One of the 20 classes of VOC; the most likely one is taken from those that are known "
        "to be in the picture, where any are.",
        json_schema_extra={"choices": [ANY, *voc.CLASSES], "menu": True},
    )
    head: str = own_heads.FIELD
    first: str = class_field(about="Of a head that was trained here.")
    threshold: float = Field(
        0.2, ge=0, le=1, title="Threshold",
        description="Share of the map's maximum above which regions are outlined and boxed.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    beam: bool = Field(
        True,
        title="Beam search",
        description="Draw the region that a beam search over the map finds (WSLocalization).",
    )
    network: str = ActivationMapView.model_fields["network"]  # type: ignore[assignment]
    size: int | str = ActivationMapView.model_fields["size"]  # type: ignore[assignment]
    opacity: float = ActivationMapView.model_fields["opacity"]  # type: ignore[assignment]
    predict: bool = Field(
        False,
        title="Predict first",
        description="Hide the answer, say what you expect, then see.",
    )
    task: Literal["point localization", "classification"] = Field(
        "point localization",
        title="Figure",
        description="Is the point on the object, or is the class in the picture?",
    )
    dataset: Literal[
        "VOC 2012", "COCO 2014", "VOC 2007", "VOC 2012 Action", "MIT67", "15 Scene"
    ] = Field(
        "VOC 2012",
        title="Data set",
        description="On which the published figures are.",
        json_schema_extra={"menu": True},
    )
    trap: Literal["placement", "scaling", "threshold"] = Field(
        "placement",
        title="Trap",
        description="Maps stretched over pictures; each map on a scale of its own; a threshold chosen on the "
        "pictures that are measured.",
    )
    side: Literal[448, 449, 640, 641] = Field(
        448, title="Side fed", description="In pixels; even, or a multiple of 32 and one more."
    )
    halves: int | str = Field(
        25,
        title="Maps in each half",
        description="On how many maps the threshold is chosen, and on how many others it is then measured.",
        json_schema_extra={"choices": [10, 25, 50, 100, "all"], "slider": True},
    )


@dataclass(frozen=True, eq=False)
class Looked:
    """A picture with maps of some classes, by scheme: VOC's 20, or those of a head that was trained here.

    Attributes:
        shown: the picture and what is known of it.
        own: the network's own maps.
        maps: by scheme; without training all schemes share one.
        readings: by scheme, what it makes of the maps.
            Not of ProNet, whose score is more than a map's.
        trained: whether heads were trained for the classes.
        classes: their names.
        absent: by scheme, why there are no maps of it.
        key: all that the network's maps depend on.
    """

    shown: Shown
    own: ClassMaps
    maps: dict[str, ClassMaps]
    readings: dict[str, Reading]
    trained: bool
    absent: dict[str, str]
    key: Hashable
    classes: Sequence[str] = voc.CLASSES

    @property
    def own_head(self) -> bool:
        """Whether the maps are of a head that was trained here."""
        return self.classes is not voc.CLASSES

    @cached_property
    def scores(self) -> dict[str, NDArray[np.float32]]:
        """(C,) logits by scheme."""
        return {
            name: self.readings[name].scores if name in self.readings else maps.scores
            for name, maps in self.maps.items()
        }

    def scheme(self, view: LocalizationView) -> str:
        """The scheme that is drawn: the one asked for, or the first there is."""
        return view.scheme if view.scheme in self.maps else next(iter(self.maps))

    def index(self, view: LocalizationView) -> int:
        """The class that is drawn: the one asked for, else the likeliest, of those known to be there."""
        scheme = self.scheme(view)
        scores = self.scores[scheme]
        there = [self.classes.index(name) for name in self.shown.classes if name in self.classes]
        likeliest = max(there or range(len(scores)), key=lambda k: scores[k])
        if self.own_head:
            return index_of(self.maps[scheme].classes, view.first, likeliest)
        return likeliest if view.voc == ANY else self.classes.index(view.voc)

    def located(self, scheme: str, index: int, threshold: float) -> Located:
        """Point, boxes and region of a class, kept for the next move of a slider."""
        truth = self.shown.truth(self.classes[index])
        of = (scheme, self.maps[scheme].trained) if self.trained else ""
        return forward.derived(
            ("located", self.key, of, index, threshold, tuple(truth)),
            lambda: localization.locate(self.maps[scheme], index, truth, threshold),
        )

    def crops(self, scheme: str, index: int) -> list[tuple[Box, float]]:
        """ProNet's boxes of a class, edges in picture pixels, and their confidence, best first; else none."""
        maps = self.maps[scheme]
        if not isinstance(maps, ProNetMaps):
            return []
        edges = maps.streams.edges.tolist()
        return [(tuple(edges[box]), value) for box, value in maps.confidences(index)]


def look(shown: Shown, view: LocalizationView) -> Looked:
    """The picture under every scheme; shows the sentence if the network refuses.

    Raises:
        WslError: why no class of VOC can be placed.
    """
    return _read(shown, forward.class_maps(shown.chosen.photo, view), view)


def look_with(shown: Shown, view: LocalizationView, head: Head) -> Looked:
    """The picture under a head that was trained here; shows the sentence if its network refuses."""
    maps = own_heads.class_maps(shown.chosen.photo, head, view)
    name = head.card.scheme
    key = (
        maps.digest,
        shown.chosen.photo.pixels.shape,
        view.forward_key(),
        head.card.tensors_sha256,
    )
    return Looked(
        shown,
        maps,
        {name: maps},
        comparison.trained([maps], {}),
        True,
        {},
        key,
        tuple(head.card.classes),
    )


def glance(shown: Shown, view: LocalizationView) -> Looked:
    """As `look`, for what a page can do without.

    Raises:
        WslError: why there are no maps.
    """
    return _read(shown, forward.glance(shown.chosen.photo, view), view)


def _read(shown: Shown, own: ClassMaps, view: LocalizationView) -> Looked:
    key = (own.digest, shown.chosen.photo.pixels.shape, view.forward_key())
    if view.trained and available():
        maps: dict[str, HeadMaps] = {}
        absent: dict[str, str] = {}
        for name in SCHEMES:
            try:
                maps[name] = _kept((key, name), partial(trained_heads.of_scheme(name).read, own))
            except HeadError as error:
                absent[name] = str(error)
        readings = comparison.trained(maps.values(), {})
        if view.scheme in FURTHER:
            try:
                one = trained_heads.look(view.scheme, shown.chosen.photo, view)
                maps[view.scheme] = one
                if not isinstance(one, ProNetMaps):
                    readings[view.scheme] = trained_heads.reading(one)
            except WslError as error:
                absent[view.scheme] = str(error)
        if not maps:
            raise HeadError(f"No trained head can be used. {next(iter(absent.values()))}")
        return Looked(shown, own, dict(maps), readings, True, absent, key)
    groups = relatives.kind_of(voc.CLASSES)
    # A copy, or the network's own thousand maps would be held uncounted.
    together = _kept((key, ""), lambda: grouped(replace(own), groups))
    readings = comparison.untrained(together, {})
    return Looked(
        shown,
        own,
        dict.fromkeys(readings, together),
        readings,
        False,
        {"spleap": NO_PARTS} | dict.fromkeys(FURTHER, ""),
        key,
    )


def _kept(key: Hashable, make: Callable[[], Maps]) -> Maps:
    maps: Maps | None = _maps.get(key)
    if maps is None:
        maps = make()
        _maps.put(key, maps)
    return maps


def scale(maps: ClassMaps, index: int) -> Scale:
    """The picture's: its likeliest classes and the one that is shown."""
    return Scale.of_picture(maps, [index])


def marks(
    found: Located,
    view: LocalizationView,
    *,
    guess: tuple[float, float] | None = None,
    crops: Sequence[tuple[Box, float]] = (),
) -> list[Mark]:
    """What is drawn over the map, from the truth to the point.

    Args:
        found: the class on the picture.
        view: what the page says.
        guess: (x, y) of the visitor's.
        crops: ProNet's boxes, which take the place of the beam search.
    """
    drawn = [Mark("reach", tuple(one)) for one in found.reach.tolist()]
    drawn += [Mark("truth", tuple(one), "truth") for one in found.truth.tolist()]
    drawn += [Mark("crop", box, f"crop {signed(value, 1)}") for box, value in crops]
    if view.beam and not crops:
        drawn.append(Mark("beam", found.region.box, "beam"))
    for place, (box, overlap) in enumerate(zip(found.boxes, found.overlaps, strict=True)):
        word = "" if overlap is None else f"IoU {overlap:.2f}"
        largest = "largest" if place == found.largest and len(found.boxes) > 1 else ""
        drawn.append(Mark("found", box.box, " ".join(filter(None, (largest, word)))))
    if guess:
        drawn.append(Mark("guess", guess))
    drawn.append(Mark("middle" if crops else "point", (found.point.x, found.point.y)))
    return drawn


def floor(maps: ClassMaps, index: int, found: Located, threshold: float) -> float | None:
    """The value at which the regions are outlined; None where there are none."""
    return threshold * float(maps.map(index).max()) if found.boxes else None


def usable(cell: tuple[int, int] | None, maps: ClassMaps) -> tuple[int, int] | None:
    """A guessed cell, if these maps have it."""
    if cell is None or cell[0] >= maps.cells[0] or cell[1] >= maps.cells[1]:
        return None
    return cell


def sizes(view: LocalizationView) -> tuple[int, ...] | None:
    """Longer sides that an evaluation feeds; None for its default where the link asks for full size."""
    if view.size == FULL:
        return None
    base = int(view.size)
    sides = card(view.network).sides
    return tuple(sides.nearest(base * one) for one in SCALES) if view.scales else (base,)


def evaluation(view: LocalizationView, data: str) -> dict[str, Any]:
    """The config of the evaluation job that the page's choices ask for.

    Args:
        view: what the page says.
        data: root of the labelled set.
    """
    config: dict[str, Any] = {
        "data": data, "format": FORMAT, "split": SPLIT, "mirror": view.mirror,
        "threshold": view.threshold,
    }  # fmt: skip
    if fed := sizes(view):
        config["sizes"] = list(fed)
    if view.trained and view.scheme == trained_heads.PRONET:  # at its own sizes
        del config["mirror"]
        config.pop("sizes", None)
    if view.trained and view.scheme in (*available(), *FURTHER):
        return config | {"head": view.scheme}
    return config | {"network": view.network}


def rows_of(looked: Looked, index: int, threshold: float) -> Sequence[tuple[str, float, Located]]:
    """(scheme, score, where) of a class under every scheme."""
    return [
        (name, float(looked.scores[name][index]), looked.located(name, index, threshold))
        for name in looked.maps
    ]

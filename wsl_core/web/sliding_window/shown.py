"""What the Sliding window page shows, made from numbers: its link, panels, sentences, tables, code."""

import hashlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core.fcn import sliding_window, unconverted
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.shift_and_stitch import shift_and_stitch
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.fcn.unconverted import Difference
from wsl_core.figures import OPACITY, Scale
from wsl_core.images import Photo
from wsl_core.networks import DEFAULT, ClassMaps, ClassScore, Network, Placement
from wsl_core.settings import settings
from wsl_core.web import forward
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.class_choice import class_field, index_of
from wsl_core.web.pictures import Chosen, PictureParameters, fed
from wsl_core.web.store import Store

DIGITS, WINDOW, ANY_SIZE = "digits", "window", "any size"
OBJECTS, LAYERS, RACE = "objects", "layers", "race"
A_WINDOW, A_PLACE = "a window", "a place"

_finer: Store[ClassMaps] = Store(settings().cache_megabytes / 2, lambda maps: maps.features.nbytes)


class SlidingWindowView(PictureParameters):
    """Everything that the page's link holds."""

    part: Literal["digits", "window", "any size", "objects", "layers", "race"] = Field(
        "digits",
        title="Part",
        description="Digits on paper, a window on a photograph, resizing against any size, where objects "
        "lie, fully connected layers as convolutions, and a race.",
    )
    scene: Literal["first", "second", "third", "blank"] = Field(
        "first",
        title="Scene on the paper",
        description="Digits of MNIST's test half at random places, or blank paper to write on.",
    )
    maps: Literal["probability", "logits"] = Field(
        "probability",
        title="Maps",
        description="The sigmoid of each logit, from 0 to 1, or the logits themselves.",
    )
    network: str = Field(
        DEFAULT,
        title="Network",
        description="The classifier that is slid. Beside those of the menu, type timm:NAME for one of "
        "timm's.",
        json_schema_extra=ActivationMapView.model_fields["network"].json_schema_extra,
    )
    size: int | str = Field(
        641,
        title="Picture size",
        description="Longer side as the network sees it, in pixels; full is the picture's own.",
        json_schema_extra={"choices": [449, 641, 897, 1281, "full"], "slider": True},
    )
    first: str = class_field()
    finer: Literal[1, 2, 4] = Field(
        1,
        title="Windows as many times as close",
        description="By shift-and-stitch: the picture is shifted by parts of the stride and the cells of "
        "all passes are interleaved, so 2 takes four passes and 4 takes sixteen.",
    )
    point: Literal["a window", "a place"] = Field(
        "a window",
        title="Point at",
        description="A window by its middle, or a place of the picture, to see all windows that hold it.",
    )
    predict: bool = Field(
        False,
        title="Predict first",
        description="Hide what was counted and measured, guess how much work one pass saves, then see.",
    )
    opacity: float = Field(
        OPACITY, ge=0, le=1, title="Opacity", description="Of the paint at the end of the scale.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    cell: str = Field(
        "", pattern=r"^(\d{1,3},\d{1,3})?$", title="Window",
        description="Row and column of the window that is kept, from 1.",
        json_schema_extra={"accepted": "row,column, counted from 1"},
    )  # fmt: skip

    def looked(self) -> ActivationMapParameters:
        """What the class maps depend on."""
        return ActivationMapParameters(network=self.network, size=self.size)


@dataclass(frozen=True, eq=False)
class Slid:
    """One class's score in every window.

    Attributes:
        maps: of the whole picture, in one pass.
        window: the places that one pass answers.
        index: of the class.
        values: (rows, columns), in logits; finer than the windows by `factor`.
        placement: how they lie on the picture.
        factor: how many times as close as one pass gives.
    """

    maps: ClassMaps
    window: SlidingWindow
    index: int
    values: NDArray[np.float32]
    placement: Placement
    factor: int

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Names the map: what is derived from it is kept under it."""
        return self.maps.digest, self.maps.network, self.maps.input_size, self.index, self.factor

    @property
    def name(self) -> str:
        """Of the class."""
        return self.maps.classes.titles[self.index]

    def cell_of(self, row: int, column: int) -> tuple[int, int]:
        """The cell of `values` that stands for a window."""
        return row * self.factor, column * self.factor


def window_of_cell(cell: Sequence[int], factor: int) -> str:
    """The window nearest to a cell of a map finer by `factor`, as the link names it, from 1."""
    row, column = (round(place / factor) + 1 for place in cell)
    return f"{row},{column}"


def most_likely(maps: ClassMaps, view: SlidingWindowView) -> int:
    """Index of the class that is shown: the likeliest where this network has no such class."""
    return index_of(maps.classes, view.first, maps.top(1)[0].index)


def slid(
    maps: ClassMaps, window: SlidingWindow, view: SlidingWindowView, finer: ClassMaps | None = None
) -> Slid:
    """The map that the page shows.

    Args:
        maps: of the picture, in one pass.
        window: on it.
        view: what is asked for.
        finer: by shift-and-stitch, where the link asks for it.
    """
    index = most_likely(maps, view)
    close = window if finer is None else window.finer(view.finer)
    values = forward.derived(
        ("windows", maps.digest, maps.network, maps.input_size, index, close.factor),
        lambda: sliding_window.dense(maps if finer is None else finer, close, index),
    )
    return Slid(maps, window, index, values, close.placement, close.factor)


def pinned_window(view: SlidingWindowView, window: SlidingWindow) -> tuple[int, int] | None:
    """(row, column) from 0 of the window in the link, if this picture has it."""
    if not view.cell:
        return None
    row, column = (int(part) - 1 for part in view.cell.split(","))
    return (row, column) if 0 <= row < window.rows and 0 <= column < window.columns else None


def window_scale(one: Slid) -> Scale:
    """Holds the windows of the likeliest classes, and those that are shown."""
    return forward.derived(("window scale", one.key), lambda: _window_scale(one))


def _window_scale(one: Slid) -> Scale:
    likely = [found.index for found in one.maps.top(5)]
    return Scale.of(
        [one.values, *(sliding_window.dense(one.maps, one.window, index) for index in likely)]
    )


def dense_top(one: Slid, row: int, column: int, count: int = 5) -> list[ClassScore]:
    """The likeliest classes of a window, from the pass over the whole picture."""
    key = ("dense top", one.maps.digest, one.maps.network, one.maps.input_size, row, column, count)
    down, across = one.window.cells_of(row, column)
    return forward.derived(
        key,
        lambda: replace(one.maps, features=one.maps.features[:, down, across], pooled=None).top(
            count
        ),
    )


def highest_window(one: Slid) -> tuple[int, int]:
    """(row, column) of the window with the highest score in one pass."""
    values = one.values[:: one.factor, :: one.factor]
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(row), int(column)


def crop(photo: Photo, window: SlidingWindow, place: tuple[int, int]) -> Photo:
    """A window of the picture."""
    return unconverted.crop(fed(photo, window.input_size), window, *place)


def alone(view: SlidingWindowView) -> ActivationMapParameters:
    """What class maps of a picture depend on that already has the size it is fed at."""
    return ActivationMapParameters(network=view.network, size="full")


def difference(
    network: Network,
    chosen: Chosen,
    one: Slid,
    place: tuple[int, int],
    alone: ClassMaps | None = None,
) -> Difference:
    """One window alone and in the whole picture, looked at once for all visitors.

    `alone` are the class maps of the crop, where they are there already.
    """
    key = ("difference", one.maps.digest, one.maps.network, one.maps.input_size, one.index, place)
    return forward.derived(
        key,
        lambda: unconverted.difference(
            network, chosen.photo, one.maps, one.window, *place, one.index, alone
        ),
    )


def finer_maps(
    network: Network,
    photo: Photo,
    view: SlidingWindowView,
    report: Callable[[float, str], None],
) -> ClassMaps | None:
    """By shift-and-stitch, kept for all visitors; None where the link asks for no finer windows.

    Raises:
        ParameterError: a size or factor that is not accepted, or maps that would be too large.
    """
    if view.finer == 1:
        return None
    key = (photo.digest, photo.pixels.shape, view.network, view.size, view.finer)
    maps = _finer.get(key)
    if maps is None:
        maps = shift_and_stitch(network, photo, view.size, view.finer, report)
        _finer.put(key, maps)
    return maps


def as_fed(photo: Photo) -> Photo:
    """The pixels of a photo as a picture of their own size and proportions."""
    return Photo.from_array(photo.pixels, photo.name)


def on(photo: Photo, maps: ClassMaps) -> Placement:
    """How the cells lie on another picture of the same input."""
    geometry = maps.placement.down.geometry
    return Placement.of(geometry, maps.cells, maps.input_size, (photo.height, photo.width))


def token(*facts: object) -> str:
    """Names what is drawn; a figure carries it once it is painted."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

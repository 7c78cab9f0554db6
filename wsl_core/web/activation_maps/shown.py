"""What the Activation maps page shows, made from numbers: panels, alternative text, tables, code."""

import hashlib
import json
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from wsl_core.fcn.activation_maps import (
    ActivationMapParameters,
    CellSum,
    box,
    channel_shares,
    verdict,
)
from wsl_core.figures import OPACITY, Scale
from wsl_core.networks import CARDS, DEFAULT, ClassMaps
from wsl_core.web import forward, own_heads
from wsl_core.web.class_choice import class_field, index_of
from wsl_core.web.components.canvas import Panel
from wsl_core.web.pictures import LONGEST_SIDE, Chosen, PictureParameters

ONE: Literal["one class"] = "one class"
TWO: Literal["two classes"] = "two classes"
DIFFERENCE: Literal["difference"] = "difference"
NAMED_CHANNELS = 3


class ActivationMapView(ActivationMapParameters, PictureParameters):
    """Everything that the page's link holds."""

    network: str = Field(
        DEFAULT,
        title="Network",
        description="The classifier that looks. Where its weights are not on this machine, they are "
        "offered to be fetched. Beside those of the menu, type timm:NAME for one of timm's.",
        json_schema_extra={
            "choices": list(CARDS),
            "menu": True,
            "also": r"timm:[A-Za-z0-9_.-]{1,100}",
            "accepted": ", or timm:NAME for a network of timm's",
        },
    )
    size: int | str = Field(
        449,
        title="Picture size",
        description="Longer side as the network sees it, in pixels; full is the picture's own.",
        json_schema_extra={"choices": [225, 321, 449, 641, 897, 1281, "full"], "slider": True},
    )
    view: Literal["one class", "two classes", "difference"] = Field(
        ONE,
        title="Show",
        description="One map, two beside each other, or the first minus the second.",
    )
    first: str = class_field()
    second: str = class_field("Second class", "the next most likely")
    opacity: float = Field(
        OPACITY, ge=0, le=1, title="Opacity", description="Of the paint at the end of the scale.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    threshold: float = Field(
        0.2, ge=0, le=1, title="Threshold",
        description="Share of the map's maximum above which a region is outlined; the largest is boxed.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    drawing: Literal["smooth", "cells"] = Field(
        "smooth", title="Drawing", description="Smooth between the cells' centres, or the raw grid."
    )
    own: bool = Field(
        False, title="Own scale",
        description="Stretch the colours to each map's own reach: more contrast, no comparison.",
    )  # fmt: skip
    predict: bool = Field(
        False, title="Predict first",
        description="Hide the map, choose where you expect its peak, then see.",
    )  # fmt: skip
    cell: str = Field(
        "", pattern=r"^(\d{1,3},\d{1,3})?$", title="Cell", description="Row and column, from 1.",
        json_schema_extra={"accepted": "row,column, counted from 1"},
    )  # fmt: skip
    head: str = own_heads.FIELD

    def looked_key(self) -> tuple[object, ...]:
        """Names what was looked with, and how."""
        return (self.forward_key(), self.head)


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, typographically."""
    return f"{value:+.{digits}f}".replace("-", "−")


def shown_classes(maps: ClassMaps, view: ActivationMapView) -> tuple[int, int]:
    """Indices of the first and the second class."""
    best, runner_up = (one.index for one in maps.top(2))
    first = index_of(maps.classes, view.first, best)
    return first, index_of(maps.classes, view.second, best if first != best else runner_up)


def pinned_cell(maps: ClassMaps, view: ActivationMapView) -> tuple[int, int] | None:
    """(row, column) from 0 of the cell in the link, if this map has it."""
    if not view.cell:
        return None
    row, column = (int(part) - 1 for part in view.cell.split(","))
    rows, columns = maps.cells
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def alternative_text(maps: ClassMaps, index: int, chosen: Chosen, threshold: float) -> str:
    """What the map shows, in words and figures, for those who do not see it."""
    values, one = maps.map(index), maps.score(index)
    if sentence := verdict(values):
        return f"{chosen.title} with the class activation map of {one.name}. {sentence}"
    x, y = maps.peak(index)
    height, width = maps.picture_size
    region = box(maps, index, threshold)
    where = (
        f" The largest region above {threshold:.0%} of that spans {region.box[0]:.0f} to "
        f"{region.box[2]:.0f} across and {region.box[1]:.0f} to {region.box[3]:.0f} down."
        if region
        else ""
    )
    return (
        f"{chosen.title} with the class activation map of {one.name}: score {one.score:.2f} logits. "
        f"Highest {values.max():.2f} at {x:.0f} across, {y:.0f} down of {width} by {height} pixels; "
        f"lowest {values.min():.2f}.{where}"
    )


def token(view: ActivationMapView, maps: ClassMaps, guess: tuple[int, int] | None) -> str:
    """Names what is drawn; the canvas carries it once it is painted."""
    facts = (maps.digest, guess, *view.model_dump().values())
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def panels(maps: ClassMaps, view: ActivationMapView, chosen: Chosen) -> list[Panel]:
    """The maps that the page shows beside each other."""
    first, second = shown_classes(maps, view)
    if view.view == DIFFERENCE:
        return [_difference(maps, first, second, chosen)]
    depends = (maps.digest, view.looked_key(), view.threshold, chosen.title)
    return [
        forward.derived(("panel", index, depends), partial(_one, maps, index, view, chosen))
        for index in ((first, second) if view.view == TWO else (first,))
    ]


def _one(maps: ClassMaps, index: int, view: ActivationMapView, chosen: Chosen) -> Panel:
    values, one = maps.map(index), maps.score(index)
    region = box(maps, index, view.threshold)
    shares = channel_shares(maps, index).reshape(len(maps.features), -1)
    order = np.argsort(-np.abs(shares), axis=0)[:NAMED_CHANNELS]
    largest = np.take_along_axis(shares, order, axis=0)
    return Panel(
        title=one.name,
        score=f"{signed(one.score)} logits, {one.probability:.1%}",
        values=values,
        alt=alternative_text(maps, index, chosen, view.threshold),
        floor=view.threshold * float(values.max()) if region else None,
        box=region.box if region else None,
        channels=[
            [(int(c), round(float(v), 2)) for c, v in zip(*cell, strict=True)]
            for cell in zip(order.T, largest.T, strict=True)
        ],
    )


def _difference(maps: ClassMaps, first: int, second: int, chosen: Chosen) -> Panel:
    values = maps.map(first) - maps.map(second)
    one, other = maps.score(first), maps.score(second)
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    x, y = maps.placement.centre(int(row), int(column))
    return Panel(
        title=f"{one.name} − {other.name}",
        score=f"{signed(one.score - other.score)} logits",
        values=values,
        alt=(
            f"{chosen.title} with the map of {one.name} minus that of {other.name}: highest "
            f"{values.max():.2f} at {x:.0f} across, {y:.0f} down, lowest {values.min():.2f}, mean "
            f"{values.mean():.2f} logits."
        ),
    )


def scale(maps: ClassMaps, view: ActivationMapView, shown: list[Panel]) -> Scale:
    """The picture's scale, or, if asked for, that of each map; a difference has its own."""
    values = [panel.values for panel in shown]
    if view.own:
        return Scale.of(values, own=True)
    if view.view == DIFFERENCE:
        return Scale.of(values)
    classes = shown_classes(maps, view)
    key = ("scale", classes, maps.digest, view.looked_key())
    return forward.derived(key, partial(Scale.of_picture, maps, classes))


def class_map_scale(maps: ClassMaps, view: ActivationMapView, index: int) -> Scale:
    """The scale of one class map by itself: the picture's or, if asked for, its own."""
    if view.own:
        return Scale.of([maps.map(index)], own=True)
    key = ("scale", index, maps.digest, view.looked_key())
    return forward.derived(key, partial(Scale.of_picture, maps, [index]))


def score_sentence(maps: ClassMaps, index: int) -> str:
    """The score as a sum that adds up, or why it is none."""
    values, one = maps.map(index), maps.score(index)
    rows, columns = values.shape
    share = f"The softmax over all {len(maps.classes)} classes makes it {one.probability:.1%}."
    if maps.pooled is not None:
        return (
            f"**{one.name}**: the network's own score is **{one.score:.2f}** logits. {share} What "
            f"follows its pooling is not linear, so the mean of the {rows} × {columns} cells, "
            f"{values.mean(dtype=np.float64):.2f}, is another number: a cell shows what the network would "
            f"say if the whole picture were like it."
        )
    return (
        f"**{one.name}**: the {rows} × {columns} = {values.size} cells add up to "
        f"{values.sum(dtype=np.float64):.2f} logits; divided by {values.size} this is the score, "
        f"**{one.score:.2f}**. {share}"
    )


def cell_rows(total: CellSum) -> list[list[str]]:
    """The sum behind a cell, line by line."""
    lines = [("the class's bias", total.bias)]
    lines += [(f"channel {channel}", share) for channel, share in total.channels]
    lines += [("all other channels", total.rest), ("**the cell**", total.value)]
    return [[name, signed(value, 3)] for name, value in lines]


def cell_table(maps: ClassMaps, index: int) -> dict[str, list[float]]:
    """All cells of a map, column by column, rows and columns counted from 1 as everywhere on the page."""
    values = maps.map(index).astype(np.float64).round(2)
    columns = {str(c + 1): values[:, c].tolist() for c in range(values.shape[1])}
    return {"row": list(range(1, len(values) + 1))} | columns


def guess_sentence(maps: ClassMaps, index: int, guess: tuple[int, int]) -> str:
    """How a guessed cell compares with the peak."""
    values, name = maps.map(index), maps.classes.titles[index]
    higher = int((values > values[guess]).sum())
    x, y = maps.placement.centre(*guess)
    peak_x, peak_y = maps.peak(index)
    distance = float(np.hypot(x - peak_x, y - peak_y))
    if higher == 0:
        return f"Your cell is the peak of {name}: {values[guess]:.2f} logits."
    return (
        f"Your cell holds {values[guess]:.2f} logits for {name}; {higher} of {values.size} cells hold "
        f"more. The peak, {values.max():.2f}, lies {distance:.0f} px from your cell's centre."
    )


def picture_in_python(chosen: Chosen) -> str:
    """The line that reads the picture on the page."""
    if chosen.key:
        return f'photo = images.gallery.load("{chosen.key}")'
    name = json.dumps(chosen.photo.name, ensure_ascii=False)
    return f"photo = images.read({name}, longest_side={LONGEST_SIDE})"


def in_python(view: ActivationMapView, chosen: Chosen, index: int) -> str:
    """The lines that give the figures on the page."""
    if view.head:
        network = [
            f'head = Head.load("{view.head.split("/")[1]}")  # {own_heads.FOLDER}',
            "network = head.network()",
        ]
    else:
        network = ["network = networks.load(parameters.network)"]
    read = "head.read({})" if view.head else "{}"
    asked = {
        name: getattr(view, name)
        for name, field in ActivationMapParameters.model_fields.items()
        if getattr(view, name) != field.default
    }
    parameters = ", ".join(f"{name}={value!r}" for name, value in asked.items())
    return "\n".join(
        [
            f"from wsl_core import figures, images{'' if view.head else ', networks'}",
            "from wsl_core.fcn import activation_maps",
            *(["from wsl_core.fcn.heads import Head"] if view.head else []),
            "",
            picture_in_python(chosen),
            f"parameters = activation_maps.ActivationMapParameters({parameters})",
            *network,
            f"maps = {read.format('activation_maps.compute(network, photo, parameters)')}",
            f"print(maps.score({index}), maps.peak({index}))",
            f"print(activation_maps.box(maps, {index}, parameters.threshold))",
            f"scale = figures.Scale.of_picture(maps, [{index}])",
            f"picture = figures.overlay(photo, maps.map({index}), maps.placement, scale=scale)",
            'open("overlay.png", "wb").write(figures.png(picture))',
        ]
    )

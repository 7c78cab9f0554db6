"""The canvas: class maps over a photograph, with hover and arrow keys answered in the browser.

Everything that the browser needs to draw and to describe any cell travels once, as numbers; moving
over the picture asks the server nothing. A click, or Enter, pins a cell.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.figures.colours import ABOVE, BELOW, Scale
from wsl_core.figures.marks import STYLES, Mark
from wsl_core.networks import Axis, Placement
from wsl_core.web.practical import seen
from wsl_core.web.practical.painted import painted

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Panel:
    """One map beside the others.

    Attributes:
        title: what it shows.
        score: a short figure for its head line.
        values: (rows, columns), in logits.
        alt: what the picture shows, from its numbers.
        floor: value at which a line is drawn around what lies above; None for no line.
        box: (left, top, right, bottom) in picture pixels, or None.
        channels: for every cell, row by row, its largest channels and their shares.
        selected: (rows, columns) truth values of the cells h+ and of the cells h- that a pooling selected:
            the first are outlined with a solid line, the others with a dashed one.
        marks: boxes and points over the map, drawn one after the other.
    """

    title: str
    score: str
    values: NDArray[np.float32]
    alt: str
    floor: float | None = None
    box: tuple[float, float, float, float] | None = None
    channels: list[list[tuple[int, float]]] | None = None
    selected: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None
    marks: Sequence[Mark] = ()


def _axis(axis: Axis) -> dict[str, list[float]]:
    """Centres, cells and windows along one axis, in shares of the picture's side."""
    cells = range(axis.cells)
    edges = np.array([axis.edges(cell) for cell in cells])
    windows = np.array([axis.window(cell) for cell in cells])
    shares = {
        "centre": axis.centres() + 0.5,
        "low": edges[:, 0],
        "high": edges[:, 1],
        "windowLow": windows[:, 0],
        "windowHigh": windows[:, 1],
    }
    return {name: np.round(value / axis.picture_side, 5).tolist() for name, value in shares.items()}


def _panel(panel: Panel, picture_size: tuple[int, int], scale: Scale) -> dict[str, Any]:
    height, width = picture_size
    box = panel.box and [n / side for n, side in zip(panel.box, (width, height) * 2, strict=True)]
    # In double precision, or the JSON would spell out the digits that single precision adds.
    finite = np.nan_to_num(panel.values.astype(np.float64), nan=0, posinf=0, neginf=0)
    return {
        "title": panel.title,
        "score": panel.score,
        "alt": panel.alt,
        "values": np.round(finite, 3).ravel().tolist(),
        "limit": Scale.of([panel.values]).limit if scale.own else scale.limit,
        "floor": panel.floor,
        "box": box,
        "channels": panel.channels,
        "selected": panel.selected and [np.flatnonzero(mask).tolist() for mask in panel.selected],
        "marks": [_mark(mark, width, height) for mark in panel.marks],
    }


def _mark(mark: Mark, width: int, height: int) -> dict[str, Any]:
    """A box by its edges, a point by the middle of its pixel, in shares of the picture."""
    style, middle = STYLES[mark.style], 0.5 if len(mark.at) == 2 else 0
    return {
        "at": [
            round((n + middle) / side, 5)
            for n, side in zip(mark.at, (width, height) * 2, strict=False)
        ],
        "word": mark.word,
        "colour": style.colour,
        "dash": style.dash,
        "corner": style.corner,
    }


_mount = st.components.v2.component(
    "class_map_canvas",
    html=(HERE / "canvas.html").read_text(encoding="utf-8"),
    css=(HERE / "canvas.css").read_text(encoding="utf-8"),
    js="".join((HERE / name).read_text(encoding="utf-8") for name in ("scale.js", "canvas.js")),
)


def canvas(
    jpeg: bytes,
    placement: Placement,
    panels: Sequence[Panel],
    *,
    scale: Scale,
    key: str,
    token: str,
    opacity: float = 0.7,
    smooth: bool = True,
    hidden: bool = False,
    pinned: tuple[int, int] | None = None,
    places: bool = False,
    bounded: bool = False,
    unit: str = "",
    measure: str = "logits",
    least: float = 13,
    hint: str = "",
    on_cell: Callable[[], None] = lambda: None,
) -> None:
    """Draw the panels beside each other on one scale.

    Args:
        jpeg: the photograph, for display.
        placement: how the cells lie on it.
        panels: one or more maps.
        scale: shared by all panels.
        key: of the component; a chosen cell is then in `st.session_state[key].cell`.
        token: names this state; the figure carries it once it is painted (tests wait for it).
        opacity: of the paint at the end of the scale.
        smooth: interpolate between cell centres; otherwise every cell is a flat square.
        hidden: show the photograph alone and ask for a place.
        pinned: (row, column) of the cell that is kept.
        places: point at a place of the picture and see all cells whose windows hold it, instead of
            pointing at a cell; what is chosen is then the highest of them.
        bounded: paint nothing beyond the outermost cells.
        unit: says what the colours mean; empty for what the scale says of class maps.
        measure: what stands behind a value in words.
        least: width of a panel, in rem, below which they stand below each other.
        hint: shown while no cell is pointed at.
        on_cell: called before the run that a chosen cell starts.
    """
    for panel in () if hidden else panels:
        drawn = partial(painted, jpeg, placement, panel.values, scale, opacity, panel.marks)
        seen.picture(drawn, f"{panel.title} {panel.score}".strip(), panel.alt)
    height, width = placement.down.picture_side, placement.across.picture_side
    several = scale.own and len(panels) > 1
    kind = "one scale for all likely classes of this picture"
    if scale.own:
        kind = "a scale of its own for each map: colours cannot be compared between maps"
    data = {
        "src": "data:image/jpeg;base64," + base64.b64encode(jpeg).decode(),
        "width": width,
        "height": height,
        "panels": [_panel(panel, (height, width), scale) for panel in panels],
        "columns": _axis(placement.across),
        "rows": _axis(placement.down),
        "above": ABOVE,
        "below": BELOW,
        "limit": scale.limit,
        "ticks": (0.0,) if several else scale.ticks(),
        "unit": unit
        or f"logits, {kind}. Blue speaks against the class, red for it, clear is zero.",
        "measure": measure,
        "least": f"{least}rem",
        "opacity": opacity,
        "smooth": smooth,
        "hidden": hidden,
        "pinned": pinned,
        "places": places,
        "bounded": bounded,
        "hint": hint,
        "token": token,
    }
    # In a list, since Streamlit imports pandas (two seconds) to look for tables among a dictionary's
    # values, and looks at none in a list.
    _mount(key=key, data=[data], on_cell_change=on_cell)

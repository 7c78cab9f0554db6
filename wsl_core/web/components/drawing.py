"""Paper in the browser on which digits are written, with what a network says of them laid over it.

Strokes are drawn in the browser; the picture, small and in grey, comes to Python a moment after each
of them. Maps and marks go back as numbers: pointing at the paper or at a map asks the server nothing.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.errors import ImageError
from wsl_core.figures.colours import ABOVE, BELOW, Scale
from wsl_core.networks import Axis, Placement

HERE = Path(__file__).parent
PNG = "data:image/png;base64,"
LARGEST = 2_000_000  # characters of a drawing that are looked at; a full paper has some 30,000
KEYS = (
    "Draw with a mouse, a pen or a finger. With keys: arrows move, 0 to 9 write a digit there, Backspace "
    "takes it back, Escape leaves."
)


@dataclass(frozen=True)
class Mark:
    """Something found on the paper.

    Attributes:
        x: of its middle, in pixels of the paper.
        y: likewise.
        label: written beside it.
    """

    x: float
    y: float
    label: str


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network says of the paper.

    Attributes:
        names: of the classes.
        logits: (classes, rows, columns).
        placement: how the cells lie on the paper.
        marks: what was found.
        text: the same in words.
        alts: alternative text of each map.
    """

    names: Sequence[str]
    logits: NDArray[np.float32]
    placement: Placement
    marks: Sequence[Mark]
    text: str
    alts: Sequence[str]


@dataclass(frozen=True)
class Written:
    """A drawing as it came from the browser.

    Attributes:
        base: name of the picture that the strokes lie on.
        version: counts the changes.
        png: the whole picture, dark on white.
    """

    base: str
    version: int
    png: bytes

    @classmethod
    def of(cls, value: Any) -> "Written":
        """Read what the browser sent.

        Raises:
            ImageError: it is not a drawing.
        """
        try:
            base, version, source = value["base"], int(value["version"]), value["png"]
            if not source.startswith(PNG) or len(source) > LARGEST:
                raise ValueError(len(source))
            png = base64.b64decode(source.removeprefix(PNG), validate=True)
        except (TypeError, KeyError, AttributeError, ValueError, binascii.Error):
            raise ImageError(
                "The drawing did not arrive whole. Write one more stroke, and it is sent again."
            ) from None
        return cls(str(base), version, png)


def _lattice(axis: Axis) -> dict[str, float]:
    """Number, first centre, step and half a window of the cells, in shares of the paper's side."""
    geometry = axis.geometry
    first = axis.to_picture(geometry.first_centre) + 0.5
    return {
        "count": axis.cells,
        "first": float(first) / axis.picture_side,
        "step": geometry.jump / axis.input_side,
        "reach": geometry.receptive_field / 2 / axis.input_side,
    }


def _reading(reading: Reading, version: int, scale: Scale) -> dict[str, Any]:
    down, across = reading.placement.down, reading.placement.across
    # In double precision, or the JSON would spell out the digits that single precision adds.
    finite = np.nan_to_num(reading.logits.astype(np.float64), nan=0, posinf=0, neginf=0)
    columns = _lattice(across)
    return {
        "version": version,
        "names": list(reading.names),
        "maps": np.round(finite.reshape(len(finite), -1), 2).tolist(),
        "alts": list(reading.alts),
        "limit": scale.limit,
        "text": reading.text,
        "columns": columns,
        "rows": _lattice(down),
        "marks": [
            {
                "x": (mark.x + 0.5) / across.picture_side,
                "y": (mark.y + 0.5) / down.picture_side,
                "r": columns["reach"],
                "label": mark.label,
            }
            for mark in reading.marks
        ],
    }


_mount = st.components.v2.component(
    "drawing",
    html=(HERE / "drawing.html").read_text(encoding="utf-8"),
    css=(HERE / "drawing.css").read_text(encoding="utf-8"),
    js="".join((HERE / name).read_text(encoding="utf-8") for name in ("scale.js", "drawing.js")),
)


def drawing(
    png: bytes,
    size: tuple[int, int],
    *,
    base: str,
    version: int,
    reading: Reading | None,
    scale: Scale,
    probability: bool,
    pen: float,
    key: str,
    token: str,
    hint: str = "",
    on_picture: Callable[[], None] = lambda: None,
) -> None:
    """The paper, what was found on it, and one map a class.

    Args:
        png: the picture on the paper; taken up where `base` is new to this visitor's browser.
        size: (height, width) of the paper, in its pixels.
        base: names the picture that new strokes lie on; another name takes the strokes away.
        version: of the drawing that `reading` is about, as `Written` says; 0 for a picture without strokes.
        reading: what the network says; None while there is nothing to say.
        scale: of the maps.
        probability: draw the sigmoid of the logits, 0 to 1, instead of the logits.
        pen: width of a stroke, in pixels of the paper.
        key: of the component; a new drawing is then in `st.session_state[key].picture` (see `Written`).
        token: names this state; the figure carries it once it is painted (tests wait for it).
        hint: beside the buttons.
        on_picture: called before the run that a new drawing starts.
    """
    height, width = size
    unit = "logits. Blue speaks against a digit, red for it, clear is zero."
    if probability:
        unit = "probability that a digit of this class stands in the middle of the window."
    data = {
        "base": base,
        "src": PNG + base64.b64encode(png).decode(),
        "size": [width, height],
        "version": version,
        "thickness": pen,
        "hint": hint,
        "keys": KEYS,
        "token": token,
        "above": ABOVE,
        "below": BELOW,
        "ticks": (0.0, 0.5, 1.0) if probability else scale.ticks(),
        "probability": probability,
        "unit": f"One scale for all maps: {unit}",
        "reading": reading and _reading(reading, version, scale),
    }
    # In a list, since Streamlit imports pandas to look for tables among a dictionary's values.
    _mount(key=key, data=[data], on_picture_change=on_picture)

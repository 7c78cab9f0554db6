"""A small map of numbers that a visitor writes: a table of fields, painted on the signed scale."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.figures.colours import ABOVE, BELOW, Scale

HERE = Path(__file__).parent
LARGEST = 6  # rows and columns
REACH = 1000.0  # of a number
SHOWN = 40  # characters of what was not understood

Float32 = NDArray[np.float32]


def parse(text: str) -> Float32:
    """A map (rows, columns) from its text: numbers apart by commas, rows by semicolons.

    Raises:
        ValueError: it is none; the sentence says what was found and what is accepted.
    """
    rows = [[one.strip() for one in row.split(",")] for row in text.split(";")]
    if len(rows) > LARGEST or any(len(row) > LARGEST for row in rows):
        raise ValueError(f"The map is too large: at most {LARGEST} rows of {LARGEST} numbers.")
    if len({len(row) for row in rows}) > 1:
        counts = ", ".join(str(len(row)) for row in rows)
        raise ValueError(f"The rows have {counts} numbers. Give all rows as many.")
    return np.array([[_number(one) for one in row] for row in rows], np.float32)


def _number(text: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = float("nan")
    if not abs(value) <= REACH:  # refuses what is not a number, too
        shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        raise ValueError(
            f"{shown!r} is no number from −{REACH:g} to {REACH:g}. Write a number in every field."
        )
    return value


def as_text(values: Float32) -> str:
    """A map as `parse` reads it."""
    return "; ".join(", ".join(f"{value:g}" for value in row) for row in values)


def received(value: Any) -> str:
    """What the browser sent, rows of texts, as a text that may or may not be a map."""
    try:
        return "; ".join(", ".join(str(one)[:SHOWN] for one in row) for row in value[:LARGEST])
    except (TypeError, KeyError):
        return ""


_mount = st.components.v2.component(
    "number_grid",
    html=(HERE / "number_grid.html").read_text(encoding="utf-8"),
    css=(HERE / "number_grid.css").read_text(encoding="utf-8"),
    js="".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("scale.js", "number_grid.js")
    ),
)


def number_grid(
    values: Float32,
    *,
    scale: Scale,
    key: str,
    token: str,
    on_written: Callable[[], None] = lambda: None,
) -> None:
    """The fields; arrow keys move between them.

    Args:
        values: (rows, columns).
        scale: of the colours.
        key: of the component; what was written is then in `st.session_state[key].written` (see `received`).
        token: names this state; the table carries it once it is painted (tests wait for it).
        on_written: called before the run that a new number starts.
    """
    data = {
        "values": [[round(float(value), 4) for value in row] for row in values],
        "limit": scale.limit,
        "above": ABOVE,
        "below": BELOW,
        "reach": REACH,
        "token": token,
    }
    # In a list, since Streamlit imports pandas to look for tables among a dictionary's values.
    _mount(key=key, data=[data], on_written_change=on_written)

"""The part "grid" of the Pooling page: a map of one's own numbers under every scheme."""

import html
from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.fcn import comparison
from wsl_core.fcn.comparison import PooledClass
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.figures import Scale
from wsl_core.figures.tensors import cells
from wsl_core.networks import ClassNames
from wsl_core.web import prediction, station
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components import number_grid
from wsl_core.web.components.number_grid import parse
from wsl_core.web.controls import lasting
from wsl_core.web.pooling import cases as pooling_cases
from wsl_core.web.pooling import controls as pooling_controls
from wsl_core.web.pooling import downloads as files
from wsl_core.web.pooling import in_python as pooling_in_python
from wsl_core.web.pooling import sentences as words
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.sliding_window.shown import token

NAMES = ClassNames(("",), ("your map",))
COMPONENT = "numbers"
TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.85rem"
CELL = "padding:.2rem .35rem;text-align:right;border:1px solid #8888;min-width:3.4em"
DARK = 120.0  # of 255: below it the ink is white


def keep() -> None:
    """Numbers were written: they go into the link, if they are a map."""
    text = number_grid.received(st.session_state[COMPONENT].written)
    try:
        st.query_params["grid"] = number_grid.as_text(parse(text))
    except ValueError as error:
        st.session_state["grid_refused"] = str(error)


def take(name: str) -> None:
    """Start from one of the maps that are there."""
    st.query_params["grid"] = pooling_cases.GRIDS[name]


def current() -> tuple[NDArray[np.float32], str]:
    """The map in the link, or the first one where there is none; and its text."""
    text = st.query_params.get("grid", PoolingView().grid)
    try:
        return parse(text), text
    except ValueError:  # another tab of the browser may have written it
        return parse(PoolingView().grid), PoolingView().grid


def show() -> None:
    """The whole part."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        values, text = current()
        st.markdown("Write numbers; every scheme answers at once. Or start from:")
        with st.container(horizontal=True, gap="small"):
            for name in pooling_cases.GRIDS:
                st.button(name, key=f"take-{name}", on_click=take, args=(name,))
        number_grid.number_grid(
            values,
            scale=Scale.of([values]),
            key=COMPONENT,
            token=token(text),
            on_written=keep,
        )
        if refused := st.session_state.pop("grid_refused", ""):
            st.warning(refused, icon=":material/edit:")
        predict = lasting(PoolingView, "predict")
    with right:
        asked = pooling_controls.sliders() | {"grid": text, "predict": predict}
    view = PoolingView.model_validate(asked)
    readings = comparison.of_values(values[None], NAMES, view.parameters())
    pooled = {name: one.of(0) for name, one in readings.items()}
    if view.predict and not predicted(pooled, view, text):
        return
    head = ["scheme", "score", "cells that carry it", "cells add up to"]
    station.table(head, score_rows(pooled))
    st.markdown(
        "The **weight** of a cell is the gradient: how much the score moves when the cell rises by one. "
        "Its **contribution** is its share in the score; of LSE it is the gradient averaged on the way from "
        "a map of zeros, times the value, so that the shares add up."
    )
    tables: list[tuple[str, Callable[[PooledClass], NDArray[np.float32]]]] = [
        ("weight", lambda one: one.weight),
        ("contribution", lambda one: one.contribution),
    ]
    columns = st.columns(len(pooled))
    for column, (name, one) in zip(columns, pooled.items(), strict=True):
        with column:
            st.markdown(f"**{SCHEMES[name].title}** {signed(one.score)}")
            for what, of in tables:
                scale = Scale.of([of(other) for other in pooled.values()])
                st.html(table(f"{what}, {SCHEMES[name].title}", what, of(one), scale))
    st.markdown(
        pooling_cases.NO_PARTS.replace("a network that was trained without it", "a map of numbers")
    )
    files.drawer(lambda: files.of_grid(values, pooled))
    station.same_in_python(pooling_in_python.grid(view, text))


def predicted(pooled: dict[str, PooledClass], view: PoolingView, text: str) -> bool:
    """Ask for a prediction about this map, or say how it compares; whether there is one."""
    name = f"grid-{token(text)}"
    said = prediction.ask(
        name, "Beside the average and the max of this map, where is WELDON's score?", words.PLACES
    )
    if said is None:
        return False
    found = words.weldon_sentence(pooled, view.scale)
    prediction.compare(name, said, words.where_weldon(pooled), found)
    return True


def score_rows(pooled: dict[str, PooledClass]) -> list[list[str]]:
    """A line a scheme."""
    return [
        [
            SCHEMES[name].title,
            signed(one.score, 3),
            f"{one.effective_cells:.1f} of {one.weight.size}",
            signed(float(one.contribution.sum(dtype=np.float64)), 3),
        ]
        for name, one in pooled.items()
    ]


def written(value: float) -> str:
    """A number as the tables show it: what is nothing is a plain 0."""
    return signed(value, 3) if abs(value) >= 0.0005 else "0"


def table(label: str, caption: str, values: NDArray[np.float32], scale: Scale) -> str:
    """HTML of a small table, its cells painted."""
    colours = cells(values, scale)
    lines = [
        "".join(
            f'<td style="{CELL};background:rgb({r},{g},{b});'
            f'color:{"#fff" if 0.299 * r + 0.587 * g + 0.114 * b < DARK else "#000"}">'
            f"{written(float(value))}</td>"
            for value, (r, g, b) in zip(row, painted.astype(int), strict=True)
        )
        for row, painted in zip(values, colours, strict=True)
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f'<div style="overflow-x:auto"><table style="{TABLE}" aria-label="{html.escape(label)}">'
        f'<caption style="text-align:left">{html.escape(caption)}</caption>'
        f"<tbody>{body}</tbody></table></div>"
    )

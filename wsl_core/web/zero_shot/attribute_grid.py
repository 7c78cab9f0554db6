"""A small table of classes and attributes whose cells a visitor turns over, by pointer or keyboard."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

HERE = Path(__file__).parent

Has = NDArray[np.bool_]

_mount = st.components.v2.component(
    "attribute_grid",
    html=(HERE / "attribute_grid.html").read_text(encoding="utf-8"),
    css=(HERE / "attribute_grid.css").read_text(encoding="utf-8"),
    js=(HERE / "attribute_grid.js").read_text(encoding="utf-8"),
)


def attribute_grid(
    title: str,
    classes: Sequence[str],
    attributes: Sequence[str],
    has: Has,
    kept: Has,
    same: Sequence[str],
    *,
    key: str,
    on_changed: Callable[[], None],
) -> None:
    """The table.

    Args:
        title: its caption.
        classes: names of the rows.
        attributes: names of the columns.
        has: (classes, attributes).
        kept: (attributes,) those that are not deleted.
        same: for each class a few words on the classes whose row is the same; empty for none.
        key: of the component; what was changed is in `st.session_state[key].changed` (see `received`).
        on_changed: called before the run that a change starts.
    """
    data = {
        "title": title,
        "classes": list(classes),
        "attributes": list(attributes),
        "cells": has.tolist(),
        "kept": kept.tolist(),
        "same": list(same),
        "token": "-".join("".join(str(int(one)) for one in row) for row in [*has, kept]),
    }
    _mount(key=key, data=[data], on_changed_change=on_changed)


def received(value: Any, classes: int, attributes: int) -> tuple[Has, Has] | None:
    """What the browser sent: cells (classes, attributes), kept (attributes,); None where it is no table."""
    try:
        has, kept = np.array(value["cells"], bool), np.array(value["kept"], bool)
    except (TypeError, KeyError, ValueError):
        return None
    return (
        (has, kept) if has.shape == (classes, attributes) and kept.shape == (attributes,) else None
    )

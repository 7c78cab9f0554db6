"""The arrow keys to the left and to the right, where no control of the page uses them itself."""

from pathlib import Path
from typing import Literal

import streamlit as st

_mount = st.components.v2.component(
    "arrow_keys", js=(Path(__file__).parent / "arrow_keys.js").read_text(encoding="utf-8")
)


def arrow_keys(key: str) -> Literal["left", "right"] | None:
    """The key that was pressed since the last run; nothing is drawn.

    Args:
        key: of the widget.
    """
    pressed: Literal["left", "right"] | None = _mount(
        key=key, on_pressed_change=lambda: None
    ).pressed
    return pressed

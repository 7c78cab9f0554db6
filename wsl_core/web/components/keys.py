"""Keys for the whole page, where no control in focus uses them itself."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "keys", js=(Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
)


def keys(names: Sequence[str], key: str) -> str | None:
    """The one of these that was pressed since the last run; nothing is drawn.

    Args:
        names: as a browser names them: "ArrowLeft", "p".
        key: of the widget.
    """
    # In a list, since Streamlit imports pandas to look for tables among a dictionary's values.
    pressed: str | None = _mount(
        key=key, data=[list(names)], on_pressed_change=lambda: None
    ).pressed
    return pressed

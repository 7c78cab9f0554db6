"""Makes what a page shows as large as fits in the window."""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "projector", js=(Path(__file__).parent / "projector.js").read_text(encoding="utf-8")
)


def fitted(key: str) -> None:
    """While this is drawn, the page is fitted to the window; nothing of its own is seen.

    Args:
        key: of the widget.
    """
    _mount(key=key, data=[])

"""Brings the head of the page into view."""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "to_the_top", js=(Path(__file__).parent / "top.js").read_text(encoding="utf-8")
)


def to_the_top(number: int, key: str) -> None:
    """Scroll to the head of the page when `number` is another one than before.

    Args:
        number: any; the first one that is seen does nothing.
        key: of the widget, of which nothing is seen.
    """
    _mount(key=key, data=[number])

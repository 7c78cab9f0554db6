"""Figures drawn as HTML with SVG inside, shown as they are; `st.html` takes every SVG away."""

from pathlib import Path

import streamlit as st

from wsl_core.web.practical import seen

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "inline_figure",
    html='<div class="inline"></div>\n',
    css=(HERE / "inline.css").read_text(encoding="utf-8"),
    js=(HERE / "inline.js").read_text(encoding="utf-8"),
)


def inline(figure: str, key: str) -> None:
    """Show a figure.

    Args:
        figure: HTML of `wsl_core.figures`, in which every text is escaped.
        key: of the widget.
    """
    seen.figure(figure)
    _mount(key=key, data=[figure])

"""A picture on which a region is drawn: by dragging, by two taps, or by keyboard.

The component draws in the browser; what is drawn comes back once, when it is done.
"""

import base64
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from wsl_core.transfer.retrieval.descriptor import Box

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "region_of_picture",
    html=(HERE / "region.html").read_text(encoding="utf-8"),
    css=(HERE / "region.css").read_text(encoding="utf-8"),
    js=(HERE / "region.js").read_text(encoding="utf-8"),
)


def region(
    jpeg: bytes,
    size: tuple[int, int],
    box: Box | None,
    *,
    key: str,
    alt: str,
    on_region: Callable[[], None],
) -> None:
    """Show a picture with its region, and let another one be drawn.

    Args:
        jpeg: the picture, for display.
        size: (height, width) of the picture in pixels.
        box: left, top, width, height in its pixels; None for none.
        key: of the component; what was drawn is then in `st.session_state[key].region`, whole pixels, or
            an empty list for none.
        alt: what the picture shows.
        on_region: called before the run that a drawn region starts.
    """
    data = {
        "src": "data:image/jpeg;base64," + base64.b64encode(jpeg).decode(),
        "height": size[0],
        "width": size[1],
        "region": None if box is None else list(box),
        "alt": alt,
    }
    # In a list, since Streamlit looks for tables among a dictionary's values.
    _mount(key=key, data=[data], on_region_change=on_region)

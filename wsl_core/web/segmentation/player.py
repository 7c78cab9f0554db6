"""The CRF at work in the browser: labels over the picture, moved through by a slider or played.

All updates travel at once, deflated, so that going from one to the next asks the server nothing.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.fcn.segmentation.on_picture import at_size
from wsl_core.figures.segments import OPACITY

HERE = Path(__file__).parent
SIDE = 640  # px, longer side of the labels that travel
Labels = NDArray[np.uint8]

_mount = st.components.v2.component(
    "segment_player",
    html=(HERE / "player.html").read_text(encoding="utf-8"),
    css=(HERE / "player.css").read_text(encoding="utf-8"),
    js=(HERE / "player.js").read_text(encoding="utf-8"),
)


def player(
    jpeg: bytes,
    labels: Sequence[Labels],
    numbers: Sequence[int],
    names: Sequence[str],
    colours: Sequence[str],
    said: Sequence[str],
    *,
    at: int,
    alt: str,
    key: str,
    on_update: Callable[[], None] = lambda: None,
) -> None:
    """Show labels over a picture.

    Args:
        jpeg: the picture.
        labels: after 0, 1, ... updates, each (height, width).
        numbers: the labels, 0 first.
        names: of them, the background first.
        colours: of the classes, "#rrggbb".
        said: a sentence for each of `labels`.
        at: which of them is shown first.
        alt: what the picture shows.
        key: of the component; the update that the visitor stopped at is then in
            `st.session_state[key].reached`.
        on_update: called before the run that stopping starts.
    """
    small = [_index(one, numbers) for one in labels]
    packed = zlib.compress(np.stack(small).tobytes(), 6)
    height, width = small[0].shape
    data = {
        "src": "data:image/jpeg;base64," + base64.b64encode(jpeg).decode(),
        "alt": alt,
        "width": width,
        "height": height,
        "frames": base64.b64encode(packed).decode(),
        "count": len(small),
        "at": min(at, len(small) - 1),
        "colours": [[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in colours],
        "names": list(names),
        "said": list(said),
        "opacity": OPACITY,
        "token": hashlib.sha256(packed + jpeg + "".join(colours).encode()).hexdigest()[:12],
    }
    # In a list, since Streamlit looks for tables among a dictionary's values.
    _mount(key=key, data=[data], on_reached_change=on_update)


def _index(labels: Labels, numbers: Sequence[int]) -> Labels:
    """Labels as places in `numbers`, no larger than what travels."""
    place = np.zeros(256, np.uint8)
    place[list(numbers)] = np.arange(len(numbers))
    found = place[labels]
    height, width = found.shape
    share = min(1.0, SIDE / max(height, width))
    return at_size(found, max(1, round(height * share)), max(1, round(width * share)))

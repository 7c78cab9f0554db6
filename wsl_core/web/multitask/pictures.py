"""A few training pictures of the digit task sets with both labels, as the network is given them."""

import base64
import html
from functools import cache
from itertools import islice

import numpy as np

from wsl_core.figures import digit_rows
from wsl_core.jobs.parts import completed
from wsl_core.transfer.multitask import card
from wsl_core.transfer.multitask.task_data import TaskData, load

SHOWN = 10
ZOOM = 4  # screen pixels that one becomes


@cache
def examples(name: str) -> str | None:
    """HTML of a row of pictures; None for a task set that does not come with the program."""
    own = card(name)
    if not own.offline:
        return None
    data = _read(name)
    first, second = own.tasks[:2]
    labels = zip(data.train.labels[first.name], data.train.labels[second.name], strict=True)
    pairs = [f"{first.classes[a]} {second.classes[b]}" for a, b in islice(labels, SHOWN)]
    pictures = np.ascontiguousarray(data.train.values[:SHOWN].transpose(1, 0, 2, 3))
    source = base64.b64encode(digit_rows.sheet(pictures, zoom=ZOOM)).decode()
    words = html.escape(
        f"{SHOWN} training pictures with both labels: {', '.join(pairs)}.", quote=True
    )
    return (
        f'<img src="data:image/png;base64,{source}" alt="{words}" '
        f'style="max-width:100%;height:auto;image-rendering:pixelated">'
        f'<div style="font-size:.85rem;line-height:1.5">Both labels: {html.escape(", ".join(pairs))}.</div>'
    )


def _read(name: str) -> TaskData:
    return completed(load(card(name)))

"""A confusion matrix as SVG: rows are what pictures show, columns what was said."""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import HALF, SERIES

RIGHT, WRONG = SERIES[0], SERIES[1]
WIDEST = "30rem"
NAMED = 20  # classes up to which their names stand at the rows
ROOM = 0.42  # for the names, as a share of the matrix


def confusion(
    counts: NDArray[np.int64], classes: Sequence[str], alt: str, *, set_off: int | None = None
) -> str:
    """HTML of the matrix.

    Args:
        counts: (K, K).
        classes: names, K of them.
        alt: what is to be seen, in words and figures.
        set_off: a class whose row and column are marked.
    """
    size = len(classes)
    left = ROOM * size if size <= NAMED else 0.0
    most = np.maximum(counts.sum(axis=1), 1)
    cells = "".join(
        f'<rect x="{left + b:g}" y="{a}" width="1" height="1" fill="{RIGHT if a == b else WRONG}" '
        f'opacity="{0.25 + 0.75 * counts[a, b] / most[a]:.2f}"><title>'
        f"{html.escape(_words(classes[a], classes[b], int(counts[a, b]), int(most[a])))}</title></rect>"
        for a, b in zip(*(places.tolist() for places in np.nonzero(counts)), strict=True)
    )
    names = "".join(
        f'<text x="{left - 0.2:g}" y="{place + 0.72:g}" text-anchor="end" font-size=".62" '
        f'fill="currentColor">{html.escape(name)}</text>'
        for place, name in enumerate(classes)
        if left
    )
    mark = ""
    if set_off is not None:
        mark = (
            f'<path d="M{left:g} {set_off}h{size}v1h-{size}zM{left + set_off:g} 0v{size}h1V0z" '
            f'fill="none" style="stroke:{HALF}" stroke-width="{size / 400:g}"/>'
        )
    return (
        f'<figure class="confusion" role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="margin:0;max-width:{WIDEST}">'
        f'<svg viewBox="0 0 {left + size:g} {size}" width="100%" style="display:block;height:auto;'
        f'font-family:inherit"><rect x="{left:g}" width="{size}" height="{size}" fill="none" '
        f'style="stroke:{HALF}" stroke-width="{size / 400:g}"/>{cells}{mark}{names}</svg>'
        f'<figcaption style="font-size:.85rem;line-height:1.5">Down: what the pictures show. Across: what '
        f'was said. <span style="color:{RIGHT}">■</span> right, <span style="color:{WRONG}">■</span> '
        f"taken for another class.</figcaption></figure>"
    )


def _words(shown: str, said: str, count: int, most: int) -> str:
    if shown == said:
        return f"{shown}: {count} of {most} right"
    return f"{shown} taken for {said}: {count} of {most}"

"""A network with a shared trunk and private branches, as SVG: one box a block, from the picture down.

Beside a shared block stands how the tasks' gradients on it lie to each other.
"""

import html
from collections.abc import Mapping, Sequence

from wsl_core.figures.ink import HALF, SERIES, number

WIDTH = 380.0  # of the drawing, in its own units
BOX, GAP = 36.0, 20.0  # height of a box, and of the way to the next
COLUMN, SIDE = 172.0, 8.0  # width of a private box; margin
WIDEST = "30rem"
SHARED = SERIES[2]


def layers(
    blocks: Sequence[str],
    shared: int,
    heads: Sequence[str],
    cosines: Mapping[int, float],
    alt: str,
) -> str:
    """HTML of one figure.

    Args:
        blocks: what each is, from the input on.
        shared: how many of them both tasks share.
        heads: what the last layer of each of two tasks gives.
        cosines: by number of a shared block, counted from 1.
        alt: what the figure shows, in words.
    """
    middle = WIDTH / 2
    columns = [SIDE + COLUMN / 2, WIDTH - SIDE - COLUMN / 2]
    drawn, top = [_box(middle, SIDE, 100, "picture", HALF)], SIDE + BOX
    ends = [middle]
    for place, words in enumerate(blocks):
        below = top + GAP
        if place < shared:
            drawn += [_way(end, top, middle, below) for end in ends]
            drawn.append(_box(middle, below, COLUMN, words, SHARED))
            if place + 1 in cosines:
                drawn.append(_beside(below, cosines[place + 1]))
            ends = [middle]
        else:
            starts = ends if len(ends) > 1 else ends * 2
            for start, x, colour in zip(starts, columns, SERIES, strict=False):
                drawn += [_way(start, top, x, below), _box(x, below, COLUMN, words, colour)]
            ends = columns
        top = below + BOX
    below = top + GAP
    starts = ends if len(ends) > 1 else ends * 2
    for start, x, colour, words in zip(starts, columns, SERIES, heads, strict=False):
        drawn += [_way(start, top, x, below), _box(x, below, COLUMN, words, colour, filled=True)]
    height = below + BOX + SIDE
    return (
        f'<figure role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="margin:0;max-width:{WIDEST}">'
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{"".join(drawn)}</svg></figure>'
    )


def _box(x: float, y: float, width: float, words: str, colour: str, *, filled: bool = False) -> str:
    fill = f"color-mix(in srgb,{colour} {24 if filled else 10}%,transparent)"
    return (
        f'<rect x="{x - width / 2:g}" y="{y:g}" width="{width:g}" height="{BOX:g}" rx="5" '
        f'style="fill:{fill};stroke:{colour}" stroke-width="2"/>'
        f'<text x="{x:g}" y="{y + BOX / 2 + 4.5:g}" text-anchor="middle" font-size="13" '
        f'fill="currentColor">{html.escape(words)}</text>'
    )


def _way(x0: float, y0: float, x1: float, y1: float) -> str:
    half = (y0 + y1) / 2
    return (
        f'<path d="M{x0:g} {y0:g}C{x0:g} {half:g} {x1:g} {half:g} {x1:g} {y1:g}" fill="none" '
        f'style="stroke:{HALF}" stroke-width="2"/>'
    )


def _beside(y: float, cosine: float) -> str:
    x = WIDTH / 2 + COLUMN / 2 + 8
    return (
        f'<text x="{x:g}" y="{y + BOX / 2 - 2:g}" font-size="12" fill="currentColor">gradients’</text>'
        f'<text x="{x:g}" y="{y + BOX / 2 + 13:g}" font-size="12" fill="currentColor">'
        f"cosine {html.escape(number(cosine, 2))}</text>"
    )

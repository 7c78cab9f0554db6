"""Changes with their intervals around zero, as SVG: a dot and a whisker a row; left of zero is a loss."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures.axes import Axis, tick
from wsl_core.figures.ink import FAINT, HALF

WIDTH = 380.0  # of the drawing, in its own units
LEFT, RIGHT = 14.0, 366.0  # of the plot in it
ROW, BELOW = 40.0, 44.0  # height of a row; of the axis under them
WIDEST = "34rem"
LEAST = 0.02  # of the axis, to either side


@dataclass(frozen=True)
class Change:
    """A row.

    Attributes:
        label: what changed.
        mean: as a share, 0.1 for ten per cent more.
        low: lower end of the interval; None where there is none.
        high: upper end.
        words: what it says, such as "gain".
        colour: of dot and whisker.
    """

    label: str
    mean: float
    low: float | None
    high: float | None
    words: str
    colour: str


def intervals(rows: Sequence[Change], title: str, alt: str) -> str:
    """HTML of one figure.

    Args:
        rows: from top to bottom.
        title: above them.
        alt: what the figure shows, in words and figures.
    """
    axis = _axis(rows)
    height = ROW * len(rows) + BELOW
    end = ROW * len(rows) + 6
    drawn = [_ticks(axis, end)]
    drawn += [_row(one, place, axis) for place, one in enumerate(rows)]
    return (
        f'<figure role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="margin:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3">{html.escape(title)}'
        f'<span style="font-weight:400">, % of the rate alone; 95 % intervals</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{"".join(drawn)}</svg></figure>'
    )


def _axis(rows: Sequence[Change]) -> Axis:
    ends = [0.0, *(one.mean for one in rows)]
    ends += [value for one in rows for value in (one.low, one.high) if value is not None]
    finite = [100 * value for value in ends if math.isfinite(value)]
    spare = 0.06 * (max(finite) - min(finite))
    low, high = min(-100 * LEAST, min(finite) - spare), max(100 * LEAST, max(finite) + spare)
    return Axis(low, high, LEFT, RIGHT)


def _ticks(axis: Axis, end: float) -> str:
    drawn = []
    for value in axis.ticks():
        x = axis.place(value)
        drawn.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{end:g}" style="stroke:{FAINT}"/>'
            f'<text x="{x:.1f}" y="{end + 16:g}" text-anchor="middle" font-size="13" '
            f'fill="currentColor">{tick(value)}</text>'
        )
    zero = axis.place(0)
    drawn.append(
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{end:g}" style="stroke:{HALF}" '
        f'stroke-width="2"/>'
        f'<text x="{LEFT:g}" y="{end + 34:g}" font-size="12.5" fill="currentColor">← together is worse'
        f'</text><text x="{RIGHT:g}" y="{end + 34:g}" text-anchor="end" font-size="12.5" '
        f'fill="currentColor">together is better →</text>'
    )
    return "".join(drawn)


def _row(one: Change, place: int, axis: Axis) -> str:
    y = ROW * place + 27
    words = (
        f'<text x="{LEFT:g}" y="{y - 12:g}" font-size="13" fill="currentColor" style="paint-order:stroke;'
        f'stroke:var(--st-background-color,Canvas);stroke-width:4px;stroke-linejoin:round">'
        f'{html.escape(one.label)}: <tspan font-weight="600">{html.escape(one.words)}</tspan></text>'
    )
    whisker = ""
    if one.low is not None and one.high is not None:
        low, high = axis.place(100 * one.low), axis.place(100 * one.high)
        whisker = (
            f'<path d="M{low:.1f} {y - 5:g}v10M{low:.1f} {y:g}H{high:.1f}M{high:.1f} {y - 5:g}v10" '
            f'fill="none" stroke="{one.colour}" stroke-width="2.5"/>'
        )
    dot = (
        f'<circle cx="{axis.place(100 * one.mean):.1f}" cy="{y:g}" r="5" fill="{one.colour}" '
        f'style="stroke:currentColor"/>'
    )
    return whisker + dot + words

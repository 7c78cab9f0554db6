"""Signed figures as bars on both sides of a zero, as HTML: red for, blue against, as maps are painted."""

import html
from collections.abc import Sequence

from wsl_core.figures.ink import HALF, number

ABOVE, BELOW = "#c2551b", "#3f7fc4"


def signed_bars(rows: Sequence[tuple[str, float]], alt: str, limit: float | None = None) -> str:
    """HTML of a bar for each row; one figure for screen readers, described by `alt`.

    Args:
        rows: label and value, from top to bottom.
        alt: what the figure shows, in words and figures.
        limit: value at the ends of the axis; the largest distance from zero where None.
    """
    reach = limit or max((abs(value) for _, value in rows), default=1.0) or 1.0
    body = "".join(_row(label, value, reach) for label, value in rows)
    return (
        f'<div role="img" aria-label="{html.escape(alt, quote=True)}" style="max-width:34rem">'
        f"{body}</div>"
    )


def _row(label: str, value: float, reach: float) -> str:
    share = min(1.0, abs(value) / reach) * 50
    start, fill = (50.0, ABOVE) if value >= 0 else (50 - share, BELOW)
    return (
        '<div style="display:flex;gap:.6rem;align-items:center;margin:.25rem 0;font-size:.9rem">'
        f'<div style="flex:0 1 8rem;min-width:4.5rem;overflow-wrap:anywhere">{html.escape(label)}</div>'
        '<div style="position:relative;flex:1;height:.9rem;border-radius:2px;'
        'background:color-mix(in srgb,currentColor 9%,transparent)">'
        f'<div style="position:absolute;left:{start:.1f}%;width:{share:.1f}%;height:100%;'
        f'background:{fill};border-radius:2px"></div>'
        f'<div style="position:absolute;left:50%;width:1px;height:100%;background:{HALF}"></div></div>'
        '<div style="flex:0 0 3.6rem;text-align:right;font-variant-numeric:tabular-nums">'
        f"{number(value)}</div></div>"
    )

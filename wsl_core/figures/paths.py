"""Two shares against each other while something is trained, as SVG: a path a run, from a ring to a dot.

As wide as its place, up to `curves.WIDEST`; text and axes take the page's own colour.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures.curves import WIDEST
from wsl_core.figures.ink import FAINT, HALF, SERIES, percent

WIDTH, HEIGHT = 380.0, 300.0  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46.0, 368.0, 10.0, 252.0  # of the plot in it


@dataclass(frozen=True)
class Path:
    """Where a run has been.

    Attributes:
        name: in the legend.
        across: 0 .. 1, one a moment.
        up: 0 .. 1, as many.
        colour: of the path; the next of `ink.SERIES` where None.
    """

    name: str
    across: Sequence[float]
    up: Sequence[float]
    colour: str | None = None

    def points(self) -> list[tuple[float, float]]:
        """The moments at which both were measured."""
        pairs = zip(self.across, self.up, strict=True)
        return [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


def paths(
    found: Sequence[Path], title: str, *, across: str, up: str, low: float = 0.0, level: str = ""
) -> str:
    """HTML of one figure.

    Args:
        found: drawn in this order.
        title: above it.
        across: what the shares from left to right are.
        up: what those upwards are.
        low: left end of the axis; the right one is 1, as is the upper one.
        level: what one half from left to right means; empty for nothing.
    """
    drawn = [_grid(low, across)]
    if level:
        x = _x(0.5, low)
        drawn.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP:g}" y2="{BOTTOM:g}" style="stroke:{HALF}" '
            f'stroke-width="1.5" stroke-dasharray="2 4"/>'
            f'<text x="{x + 5:.1f}" y="{BOTTOM - 6:g}" font-size="12.5" fill="currentColor">'
            f"{html.escape(level)}</text>"
        )
    colours = [one.colour or SERIES[place % len(SERIES)] for place, one in enumerate(found)]
    drawn += [_path(one, colour, low) for one, colour in zip(found, colours, strict=True)]
    legend = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.4rem">'
        f'<svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" style="flex:none">'
        f'<line x1="2" x2="24" y1="5" y2="5" stroke="{colour}" stroke-width="3" stroke-linecap="round"/>'
        f"</svg>{html.escape(one.name)}</span>"
        for one, colour in zip(found, colours, strict=True)
    )
    return (
        f'<figure class="paths" role="img" aria-label="{html.escape(_said(found, title, across, up))}" '
        f'style="margin:0;flex:1 1 18.5rem;min-width:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3">{html.escape(title)}'
        f'<span style="font-weight:400">: {html.escape(up)}, %, from ring to dot</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{"".join(drawn)}</svg>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.85rem;line-height:1.5">'
        f"{legend}</div></figure>"
    )


def _x(share: float, low: float) -> float:
    return LEFT + min(1.0, max(0.0, (share - low) / (1 - low))) * (RIGHT - LEFT)


def _y(share: float) -> float:
    return BOTTOM - min(1.0, max(0.0, share)) * (BOTTOM - TOP)


def _grid(low: float, across: str) -> str:
    drawn = []
    for tenth in range(0, 11, 2):
        y, x = _y(tenth / 10), _x(tenth / 10, low)
        drawn.append(
            f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" style="stroke:{FAINT}"/>'
            f'<text x="{LEFT - 7:g}" y="{y + 4.5:.1f}" text-anchor="end" font-size="13" '
            f'fill="currentColor">{10 * tenth}</text>'
        )
        if tenth / 10 >= low:
            drawn.append(
                f'<text x="{min(x, RIGHT - 8):.1f}" y="{BOTTOM + 18:g}" text-anchor="middle" '
                f'font-size="13" fill="currentColor">{10 * tenth}</text>'
            )
    drawn.append(
        f'<path d="M{LEFT:g} {TOP:g}V{BOTTOM:g}H{RIGHT:g}" fill="none" style="stroke:{HALF}"/>'
        f'<text x="{(LEFT + RIGHT) / 2:g}" y="{BOTTOM + 38:g}" text-anchor="middle" font-size="13" '
        f'fill="currentColor">{html.escape(across)}</text>'
    )
    return "".join(drawn)


def _path(one: Path, colour: str, low: float) -> str:
    places = [(_x(x, low), _y(y)) for x, y in one.points()]
    if not places:
        return ""
    line = "".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(places))
    (x0, y0), (x1, y1) = places[0], places[-1]
    between = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places[1:-1]
    )
    return (
        f'<path class="line" d="{line}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-linejoin="round"/>{between}'
        f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="5" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="6" fill="{colour}" style="stroke:currentColor"/>'
    )


def _said(found: Sequence[Path], title: str, across: str, up: str) -> str:
    sentences = [f"{title}."]
    for one in found:
        points = one.points()
        if points:
            (x0, y0), (x1, y1) = points[0], points[-1]
            sentences.append(
                f"{one.name}: {across} from {percent(x0)} to {percent(x1)}, while {up} goes from "
                f"{percent(y0)} to {percent(y1)}."
            )
    return " ".join(sentences)

"""Accuracy against the number of examples a class, with bands of confidence, as SVG inside HTML.

Numbers of examples lie on a logarithmic axis, each written where it was measured. As in `curves`, title and
legend are HTML around the drawing, and what shows it has to let SVG through.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures.axes import Axis
from wsl_core.figures.ink import FAINT, HALF, SERIES, percent

WIDTH, HEIGHT = 460.0, 270.0  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 44.0, 446.0, 10.0, 226.0  # of the plot in it
WIDEST = "42rem"
DASHES = ("", "7 4", "2 4")
ROOM = 0.02  # between the lowest band and the bottom, at least


@dataclass(frozen=True)
class ShotCurve:
    """One classifier.

    Attributes:
        name: in the legend.
        shots: examples a class, rising, from 1.
        accuracies: 0 .. 1, as many.
        intervals: half the width of each one's 95 % interval.
    """

    name: str
    shots: Sequence[int]
    accuracies: Sequence[float]
    intervals: Sequence[float]


def shots_chart(curves: Sequence[ShotCurve], title: str) -> str:
    """HTML of the chart; its alternative text is made from the figures.

    Args:
        curves: drawn in this order, with a colour and a dash each.
        title: what is measured.
    """
    shots = sorted({one for curve in curves for one in curve.shots})
    lows = [a - i for one in curves for a, i in zip(one.accuracies, one.intervals, strict=True)]
    low = max(0.0, math.floor(10 * (min(lows) - ROOM)) / 10)
    across = Axis(min(shots), max(*shots, min(shots) + 1), LEFT + 12, RIGHT - 12, logarithmic=True)
    up = Axis(low, 1.0, BOTTOM, TOP)
    drawn = _grid(shots, across, up) + "".join(
        _curve(one, place, across, up) for place, one in enumerate(curves)
    )
    legend = "".join(_entry(one, place) for place, one in enumerate(curves))
    words = html.escape(described(curves, title), quote=True)
    return (
        f'<figure class="chart" role="img" aria-label="{words}" '
        f'style="margin:0;min-width:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3;margin-bottom:.3rem">'
        f'{html.escape(title)}<span style="font-weight:400">, %</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{drawn}</svg>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.85rem;line-height:1.5">'
        f"{legend}</div></figure>"
    )


def described(curves: Sequence[ShotCurve], title: str) -> str:
    """Every figure in words."""
    sentences = [f"{title}, by examples of each class."]
    for one in curves:
        parts = (
            f"{percent(a)} plus or minus {percent(i)} at {n}"
            for n, a, i in zip(one.shots, one.accuracies, one.intervals, strict=True)
        )
        sentences.append(f"{one.name}: {', '.join(parts)}.")
    return " ".join(sentences)


def _grid(shots: Sequence[int], across: Axis, up: Axis) -> str:
    drawn = []
    for value in up.ticks():
        y = up.place(value)
        drawn.append(
            f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" style="stroke:{FAINT}"/>'
            f'<text x="{LEFT - 7:g}" y="{y + 4.5:.1f}" text-anchor="end" font-size="14" '
            f'fill="currentColor">{100 * value:g}</text>'
        )
    drawn += [_below(across.place(one), f"{one}", BOTTOM + 18) for one in shots]
    drawn.append(_below((LEFT + RIGHT) / 2, "examples of each class", BOTTOM + 38))
    drawn.append(
        f'<path d="M{LEFT:g} {TOP:g}V{BOTTOM:g}H{RIGHT:g}" fill="none" style="stroke:{HALF}"/>'
    )
    return "".join(drawn)


def _below(x: float, word: str, y: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="middle" font-size="14" '
        f'fill="currentColor">{word}</text>'
    )


def _curve(one: ShotCurve, place: int, across: Axis, up: Axis) -> str:
    colour = SERIES[place % len(SERIES)]
    points = list(zip(one.shots, one.accuracies, one.intervals, strict=True))
    upper = [f"{across.place(n):.1f} {up.place(a + i):.1f}" for n, a, i in points]
    lower = [f"{across.place(n):.1f} {up.place(a - i):.1f}" for n, a, i in reversed(points)]
    line = [f"{across.place(n):.1f} {up.place(a):.1f}" for n, a, _ in points]
    dots = "".join(
        f'<circle cx="{across.place(n):.1f}" cy="{up.place(a):.1f}" r="3.2" fill="{colour}"/>'
        for n, a, _ in points
    )
    return (
        f'<path class="band" d="M{"L".join(upper + lower)}Z" fill="{colour}" opacity=".22"/>'
        f'<path class="line" d="M{"L".join(line)}" fill="none" {_stroke(place)} '
        f'stroke-linejoin="round"/>{dots}'
    )


def _stroke(place: int) -> str:
    dash = DASHES[place % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'stroke="{SERIES[place % len(SERIES)]}" stroke-width="2.25" stroke-linecap="round"{dashed}'
    )


def _entry(one: ShotCurve, place: int) -> str:
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        '<svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" style="flex:none">'
        f'<line x1="2" x2="24" y1="5" y2="5" {_stroke(place)}/></svg>'
        f"<span>{html.escape(one.name)}</span></span>"
    )

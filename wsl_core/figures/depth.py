"""Accuracy against depth as SVG: a point a layer, from the input to the scores, with its deviation.

As wide as its place, up to `WIDEST`; text and axes take the page's own colour. Series stand beside each
other at a layer, so that their bars do not hide one another.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures.axes import Axis
from wsl_core.figures.ink import FAINT, HALF, SERIES, percent

WIDTH, HEIGHT = 460.0, 300.0  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 44.0, 452.0, 12.0, 222.0  # of the plot in it
WIDEST = "46rem"
APART = 7.0  # between the series at a layer
STUB = 3.5


@dataclass(frozen=True)
class Series:
    """A figure of every layer.

    Attributes:
        name: in the legend.
        values: 0 .. 1, a layer each; None where there is none.
        spreads: half the length of each bar.
        hollow: rings instead of discs, without a line between them.
    """

    name: str
    values: tuple[float | None, ...]
    spreads: tuple[float | None, ...] = ()
    hollow: bool = False


def depth(
    layers: Sequence[str],
    series: Sequence[Series],
    title: str,
    *,
    marked: str | None = None,
    apart: Sequence[str] = (),
) -> str:
    """HTML of the chart.

    Args:
        layers: names, from the input up.
        series: drawn in this order.
        title: what is measured.
        marked: a layer that is set off.
        apart: names to which no line leads.
    """
    up = Axis(0.0, 1.0, BOTTOM, TOP)
    width = (RIGHT - LEFT) / max(1, len(layers))
    centres = [LEFT + width * (place + 0.5) for place in range(len(layers))]
    drawn = [_grid(up), _names(layers, centres, marked)]
    if marked in layers:
        x = centres[list(layers).index(str(marked))]
        drawn.insert(
            0,
            f'<rect class="marked" x="{x - width / 2:.1f}" y="{TOP:g}" width="{width:.1f}" '
            f'height="{BOTTOM - TOP:g}" style="fill:{FAINT}"/>',
        )
    for place, one in enumerate(series):
        shift = APART * (place - (len(series) - 1) / 2)
        joined = [name not in apart for name in layers]
        colour = SERIES[place % len(SERIES)]
        drawn.append(_series(one, [x + shift for x in centres], joined, colour, up))
    legend = "".join(_entry(one, SERIES[place % len(SERIES)]) for place, one in enumerate(series))
    words = html.escape(described(layers, series, title), quote=True)
    return (
        f'<figure class="depth" role="img" aria-label="{words}" '
        f'style="margin:0;min-width:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3">{html.escape(title)}'
        f'<span style="font-weight:400">, %</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{"".join(drawn)}</svg>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.85rem;line-height:1.5">'
        f"{legend}</div></figure>"
    )


def described(layers: Sequence[str], series: Sequence[Series], title: str) -> str:
    """What the chart shows, in words: every layer of every series."""
    sentences = [f"{title}, from the input up."]
    for one in series:
        spreads = one.spreads or (None,) * len(one.values)
        told = [
            f"{name} {percent(value)}" + ("" if spread is None else f" ± {100 * spread:.1f}")
            for name, value, spread in zip(layers, one.values, spreads, strict=True)
            if value is not None
        ]
        sentences.append(f"{one.name}: {', '.join(told) or 'nothing measured'}.")
    return " ".join(sentences)


def _grid(up: Axis) -> str:
    lines = "".join(
        f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{up.place(value):.1f}" y2="{up.place(value):.1f}" '
        f'style="stroke:{FAINT}"/><text x="{LEFT - 7:g}" y="{up.place(value) + 4.5:.1f}" '
        f'text-anchor="end" font-size="14" fill="currentColor">{100 * value:g}</text>'
        for value in up.ticks()
    )
    return f'{lines}<path d="M{LEFT:g} {TOP:g}V{BOTTOM:g}H{RIGHT:g}" fill="none" style="stroke:{HALF}"/>'


def _names(layers: Sequence[str], centres: Sequence[float], marked: str | None) -> str:
    return "".join(
        f'<text transform="translate({x + 4:.1f} {BOTTOM + 14:g}) rotate(-50)" text-anchor="end" '
        f'font-size="14" font-weight="{700 if name == marked else 400}" fill="currentColor">'
        f"{html.escape(name)}</text>"
        for name, x in zip(layers, centres, strict=True)
    )


def _series(
    one: Series, places: Sequence[float], joined: Sequence[bool], colour: str, up: Axis
) -> str:
    spreads = one.spreads or (None,) * len(one.values)
    drawn, path, pen = [], [], "M"
    for x, value, spread, line in zip(places, one.values, spreads, joined, strict=True):
        if value is None:
            pen = "M"
            continue
        y = up.place(value)
        path.append(f"{pen if line else 'M'}{x:.1f} {y:.1f}")
        pen = "L"
        if spread:
            low, high = up.place(value - spread), up.place(value + spread)
            drawn.append(
                f'<path class="spread" d="M{x:.1f} {low:.1f}V{high:.1f}M{x - STUB:.1f} {low:.1f}h{2 * STUB:g}'
                f'M{x - STUB:.1f} {high:.1f}h{2 * STUB:g}" stroke="{colour}" stroke-width="1.5"/>'
            )
        fill = "none" if one.hollow else colour
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        )
    under = (
        ""
        if one.hollow
        else (
            f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.5" opacity=".55"/>'
        )
    )
    return under + "".join(drawn)


def _entry(one: Series, colour: str) -> str:
    fill = "none" if one.hollow else colour
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" style="flex:none">'
        f'<circle cx="6" cy="6" r="4" fill="{fill}" stroke="{colour}" stroke-width="2"/></svg>'
        f"<span>{html.escape(one.name)}</span></span>"
    )

"""Calibrated stacking as SVG: accuracies over what is taken off the seen classes, and one over the other.

As in `curves`, title and legend are HTML around the drawing, and what shows it has to let SVG through.
"""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.axes import Axis, tick
from wsl_core.figures.curves import side_by_side
from wsl_core.figures.ink import FAINT, HALF, SERIES, percent

WIDTH, HEIGHT = 400.0, 262.0  # of a drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46.0, 388.0, 10.0, 214.0  # of the plot in it
WIDEST = "34rem"
DASHES = ("", "7 4", "2 4")
NAMES = ("unseen classes", "seen classes", "harmonic mean")

Values = NDArray[np.floating]


def calibration(
    places: Values,
    unseen: Values,
    seen: Values,
    harmonic: Values,
    *,
    at: float,
    chosen: float | None = None,
    unit: str = "taken off the seen classes",
) -> str:
    """HTML of both charts, the marked place in each.

    Args:
        places: (P,) rising: what is taken off.
        unseen: (P,) accuracy, 0 .. 1.
        seen: (P,) the same of seen classes.
        harmonic: (P,) of both.
        at: the place that is marked.
        chosen: a place that was chosen without the unseen classes; a dashed line.
        unit: below the first axis.
    """
    here = int(np.abs(places - at).argmin())
    return side_by_side(
        (
            _over(places, (unseen, seen, harmonic), here, chosen, unit),
            _traded(unseen, seen, here),
        )
    )


def _over(
    places: Values, lines: Sequence[Values], here: int, chosen: float | None, unit: str
) -> str:
    across = Axis(float(places[0]), float(places[-1]), LEFT, RIGHT)
    up = Axis(0.0, 1.0, BOTTOM, TOP)
    drawn = _frame(across, up, unit, across.ticks(), tick)
    for one, values in enumerate(lines):
        path = "L".join(
            f"{across.place(float(x)):.1f} {up.place(float(y)):.1f}"
            for x, y in zip(places, values, strict=True)
        )
        drawn += f'<path class="line" d="M{path}" fill="none" {_stroke(one)}/>'
    if chosen is not None:
        x = across.place(chosen)
        drawn += (
            f'<line class="chosen" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP:g}" y2="{BOTTOM:g}" '
            f'style="stroke:{HALF}" stroke-dasharray="4 4"/>'
        )
    x = across.place(float(places[here]))
    drawn += f'<path class="at" d="M{x:.1f} {TOP:g}V{BOTTOM:g}" stroke="currentColor"/>'
    drawn += "".join(
        f'<circle cx="{x:.1f}" cy="{up.place(float(values[here])):.1f}" r="4" fill="{SERIES[one]}" '
        f'style="stroke:currentColor"/>'
        for one, values in enumerate(lines)
    )
    legend = "".join(
        _entry(one, f"{NAMES[one]} {percent(float(values[here]))}")
        for one, values in enumerate(lines)
    )
    told = "; ".join(
        f"{NAMES[one]} {percent(float(values[0]))} at {tick(float(places[0]))}, "
        f"{percent(float(values[here]))} at the mark, {percent(float(values[-1]))} at the end, at most "
        f"{percent(float(values.max()))} at {float(places[int(values.argmax())]):.2f}"
        for one, values in enumerate(lines)
    )
    chosen_words = (
        "" if chosen is None else f" Chosen on seen classes that were left out: {chosen:.2f}."
    )
    alt = f"Accuracy by what is {unit}, marked at {float(places[here]):.2f}: {told}.{chosen_words}"
    return _figure("Accuracy, %", drawn, legend, alt)


def _traded(unseen: Values, seen: Values, here: int) -> str:
    across, up = Axis(0.0, 1.0, LEFT, RIGHT), Axis(0.0, 1.0, BOTTOM, TOP)
    drawn = _frame(across, up, "accuracy of seen classes, %", across.ticks(), _hundred)
    path = "L".join(
        f"{across.place(float(s)):.1f} {up.place(float(u)):.1f}"
        for s, u in zip(seen, unseen, strict=True)
    )
    drawn += f'<path class="line" d="M{path}" fill="none" {_stroke(0)}/>'
    x, y = across.place(float(seen[here])), up.place(float(unseen[here]))
    drawn += (
        f'<circle class="at" cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{SERIES[0]}" '
        f'style="stroke:currentColor"/>'
    )
    alt = (
        f"Accuracy of unseen over that of seen classes: from {percent(float(unseen[0]))} with "
        f"{percent(float(seen[0]))} to {percent(float(unseen[-1]))} with {percent(float(seen[-1]))}; marked "
        f"at {percent(float(unseen[here]))} with {percent(float(seen[here]))}."
    )
    return _figure("Unseen against seen, %", drawn, "", alt)


def _hundred(value: float) -> str:
    return f"{100 * value:g}"


def _frame(across: Axis, up: Axis, unit: str, ticks: Sequence[float], word: object) -> str:
    lines = "".join(
        f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{up.place(v):.1f}" y2="{up.place(v):.1f}" '
        f'style="stroke:{FAINT}"/><text x="{LEFT - 7:g}" y="{up.place(v) + 4.5:.1f}" text-anchor="end" '
        f'font-size="14" fill="currentColor">{_hundred(v)}</text>'
        for v in up.ticks()
    )
    below = "".join(
        _below(across.place(v), word(v), BOTTOM + 18)  # type: ignore[operator]
        for v in ticks
    )
    return (
        f"{lines}{below}{_below((LEFT + RIGHT) / 2, unit, BOTTOM + 40)}"
        f'<path d="M{LEFT:g} {TOP:g}V{BOTTOM:g}H{RIGHT:g}" fill="none" style="stroke:{HALF}"/>'
    )


def _below(x: float, words: str, y: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="middle" font-size="14" fill="currentColor">'
        f"{html.escape(words)}</text>"
    )


def _stroke(place: int) -> str:
    dashed = f' stroke-dasharray="{DASHES[place]}"' if DASHES[place] else ""
    return f'stroke="{SERIES[place]}" stroke-width="2.25" stroke-linejoin="round"{dashed}'


def _entry(place: int, words: str) -> str:
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        '<svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" style="flex:none">'
        f'<line x1="2" x2="24" y1="5" y2="5" {_stroke(place)}/></svg><span>{html.escape(words)}</span></span>'
    )


def _figure(title: str, drawn: str, legend: str, alt: str) -> str:
    return (
        f'<figure class="chart calibration" role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="margin:0;min-width:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3;margin-bottom:.3rem">'
        f"{html.escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{drawn}</svg>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.85rem;line-height:1.5">'
        f"{legend}</div></figure>"
    )

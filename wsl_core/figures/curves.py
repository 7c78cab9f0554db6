"""Curves over the steps of a training as SVG: small charts that stand side by side, or one below the other.

A chart is as wide as its place, up to `WIDEST`; text and axes take the page's own colour. Title and legend
are HTML around the drawing, so that they wrap. A gap in a line is a step without a finite value. What
shows it has to let SVG through: a sanitiser for plain HTML leaves title and legend alone.
"""

import html
import math
from collections.abc import Iterable, Sequence

from wsl_core.figures.axes import FLOOR, Axis, round_up, tick
from wsl_core.figures.ink import FAINT, HALF, SERIES
from wsl_core.figures.level_words import placed
from wsl_core.figures.lines import PERCENT, Level, Line, described, written

WIDTH, HEIGHT = 380.0, 220.0  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 50.0, 370.0, 10.0, 190.0  # of the plot in it
WIDEST = "34rem"
WORD = 8.0  # width of a figure of the axis, at most
DASHES = "6 4"


def chart(
    lines: Sequence[Line],
    title: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    levels: Sequence[Level] = (),
    at: float | None = None,
    logarithmic: bool = False,
    until: float | None = None,
    alt: str = "",
) -> str:
    """HTML of one chart.

    Args:
        lines: drawn in this order.
        title: what is measured.
        unit: beside the values; with "%" they are shares of 0 .. 1 that are written as per cent, and the
            axis reaches from 0 to 100 % unless said otherwise.
        low: lower end of the axis, in the values' unit; None for what holds them all.
        high: upper end.
        levels: horizontal lines to compare with.
        at: a step that is marked; the legend then has the values there, otherwise the last ones.
        logarithmic: along the powers of ten; zero and less are drawn at the lower end.
        until: last step of the axis, for a training that is not done; None for the last measured one.
        alt: what the chart shows, in words and figures; made from the lines where empty.
    """
    across, up = _axes(lines, unit, (low, high), levels, logarithmic, until, at)
    compared = sorted(
        (one for one in levels if math.isfinite(one.value)), key=lambda level: -level.value
    )
    drawn = "".join(
        (
            _grid(across, up, unit),
            _levels(compared, up),
            *(_line(one, _colour(one, i), across, up) for i, one in enumerate(lines)),
            _mark(lines, at, across, up),
            _words(compared, lines, across, up, unit),
        )
    )
    if not any(one.at() for one in lines):
        drawn += (
            f'<text x="{(LEFT + RIGHT) / 2}" y="{(TOP + BOTTOM) / 2}" text-anchor="middle" '
            f'font-size="14" fill="currentColor">nothing measured yet</text>'
        )
    legend = "".join(_entry(one, _colour(one, i), unit, at) for i, one in enumerate(lines))
    words = html.escape(alt or described(lines, title, unit=unit, levels=levels, at=at), quote=True)
    return (
        f'<figure class="chart" role="img" aria-label="{words}" '
        f'style="margin:0;min-width:0;max-width:{WIDEST}">'
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3">'
        f"{html.escape(title)}{_unit(unit, logarithmic)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto;font-family:inherit">{drawn}</svg>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.85rem;line-height:1.5">'
        f"{legend}</div></figure>"
    )


def side_by_side(figures: Iterable[str]) -> str:
    """HTML of figures beside each other, wrapping where there is no room."""
    return (
        '<div style="display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));'
        f'gap:1.4rem 2rem;align-items:start">'
        f"{''.join(figures)}</div>"
    )


def _axes(
    lines: Sequence[Line],
    unit: str,
    ends: tuple[float | None, float | None],
    levels: Sequence[Level],
    logarithmic: bool,
    until: float | None,
    at: float | None,
) -> tuple[Axis, Axis]:
    pairs = [pair for one in lines for pair in one.points()]
    values = [value for _, value in pairs if value is not None]
    values += [one.value for one in levels if math.isfinite(one.value)]
    steps = [step for step, _ in pairs] + [one for one in (until, at) if one is not None]
    last, first = max(steps, default=1.0), min(0.0, *steps, 0.0)
    across = Axis(first, last if last > first else first + 1, LEFT, RIGHT)
    low, high = ends
    if logarithmic:
        positive = [value for value in values if value > 0] or [0.1, 1.0]
        floor = 10.0 ** math.floor(math.log10(max(min(positive), FLOOR)) + 1e-9)
        ceiling = 10.0 ** math.ceil(math.log10(max(positive)) - 1e-9)
        low, high = max(low or floor, FLOOR), ceiling if high is None else high
        return across, Axis(low, high if high > low else 10 * low, BOTTOM, TOP, logarithmic=True)
    if unit == PERCENT:
        low, high = 0.0 if low is None else low, 1.0 if high is None else high
    if low is None:
        low = min(0.0, min(values, default=0.0))
    if high is None:
        most = max(values, default=1.0)
        step = round_up((most - low) / 5) if most > low else 1.0
        high = math.ceil(most / step - 1e-9) * step
    return across, Axis(low, high if high > low else low + 1, BOTTOM, TOP)


def _colour(line: Line, place: int) -> str:
    return line.colour or SERIES[place % len(SERIES)]


def _unit(unit: str, logarithmic: bool) -> str:
    words = [unit] if unit else []
    words += ["logarithmic"] if logarithmic else []
    if not words:
        return ""
    return f'<span style="font-weight:400">, {html.escape(", ".join(words))}</span>'


def _grid(across: Axis, up: Axis, unit: str) -> str:
    drawn = []
    for value in up.ticks():
        y = up.place(value)
        words = f"{100 * value:g}" if unit == PERCENT else tick(value)
        drawn.append(
            f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" style="stroke:{FAINT}"/>'
            f'<text x="{LEFT - 7:g}" y="{y + 4.5:.1f}" text-anchor="end" font-size="14" '
            f'fill="currentColor">{words}</text>'
        )
    *ticks, last = across.ticks()
    word = f"step {tick(last)}"
    end = min(RIGHT, across.place(last) + WORD * len(word) / 2)
    drawn.append(_below(end, word, "end"))
    for step in ticks:
        x, half = across.place(step), WORD * len(tick(step)) / 2
        if x + half < end - WORD * (len(word) + 1):
            drawn.append(_below(x, tick(step), "middle"))
    drawn.append(
        f'<path d="M{LEFT:g} {TOP:g}V{BOTTOM:g}H{RIGHT:g}" fill="none" style="stroke:{HALF}"/>'
    )
    return "".join(drawn)


def _below(x: float, word: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{BOTTOM + 20:g}" text-anchor="{anchor}" font-size="14" '
        f'fill="currentColor">{word}</text>'
    )


def _levels(levels: Sequence[Level], up: Axis) -> str:
    return "".join(
        f'<line class="level" x1="{LEFT:g}" x2="{RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" '
        f'style="stroke:{HALF}" stroke-width="1.5" stroke-dasharray="2 4"/>'
        for y in (up.place(one.value) for one in levels)
    )


def _words(
    levels: Sequence[Level], lines: Sequence[Line], across: Axis, up: Axis, unit: str
) -> str:
    """What the levels are, over the curves where these leave no room."""
    words = [(one.value, f"{written(one.value, unit)}: {one.words}") for one in levels]
    return "".join(
        f'<text x="{here.right if here.anchor == "end" else here.left:g}" y="{here.foot:.1f}" '
        f'text-anchor="{here.anchor}" font-size="13.5" fill="currentColor" style="paint-order:stroke;'
        f'stroke:var(--st-background-color,Canvas);stroke-width:4px;stroke-linejoin:round">'
        f"{html.escape(text)}</text>"
        for (_, text), here in zip(words, placed(words, lines, across, up), strict=True)
    )


def _line(line: Line, colour: str, across: Axis, up: Axis) -> str:
    path, dots, pen = [], [], False
    points = line.points()
    for place, (step, value) in enumerate(points):
        if value is None:
            pen = False
            continue
        where = f"{across.place(step):.1f} {up.place(value):.1f}"
        alone = not pen and (place + 1 == len(points) or points[place + 1][1] is None)
        path.append(f"{'L' if pen else 'M'}{where}")
        if alone:
            x, y = where.split()
            dots.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        pen = True
    if not path:
        return ""
    return (
        f'<path class="line" d="{"".join(path)}" fill="none" {_stroke(line, colour)} '
        f'stroke-linejoin="round"/>{"".join(dots)}'
    )


def _stroke(line: Line, colour: str) -> str:
    style = f'stroke="{colour}" stroke-width="{1.5 if line.faded else 2.25}" stroke-linecap="round"'
    style += f' stroke-dasharray="{DASHES}"' if line.dashed else ""
    return style + (' opacity=".65"' if line.faded else "")


def _mark(lines: Sequence[Line], at: float | None, across: Axis, up: Axis) -> str:
    if at is None:
        return ""
    x = across.place(at)
    drawn = (
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP:g}" y2="{BOTTOM:g}" '
        f'style="stroke:currentColor" stroke-width="1"/>'
    )
    for i, one in enumerate(lines):
        here = one.at(at)
        if here:
            drawn += (
                f'<circle cx="{x:.1f}" cy="{up.place(here[1]):.1f}" r="4" '
                f'fill="{_colour(one, i)}" style="stroke:currentColor"/>'
            )
    return drawn


def _entry(line: Line, colour: str, unit: str, at: float | None) -> str:
    here = line.at(at)
    value = written(here[1], unit) if here else "–"
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        f'<svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" style="flex:none">'
        f'<line x1="2" x2="24" y1="5" y2="5" {_stroke(line, colour)}/></svg>'
        f'<span>{html.escape(line.name)} <b style="font-variant-numeric:tabular-nums">'
        f"{html.escape(value)}</b></span></span>"
    )

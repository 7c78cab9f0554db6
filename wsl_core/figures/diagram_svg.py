"""A described diagram as SVG: boxes, thin grey arrows forward, and gradients as thick as their norms."""

import html
import math
import textwrap
from collections.abc import Iterable, Sequence

from wsl_core.figures.diagram_parts import (
    COLOURS,
    DIRECTIONS,
    GROUND,
    THICKEST,
    Box,
    Diagram,
    Forward,
    Gradient,
    Junction,
    Twist,
    Way,
    thickness,
)
from wsl_core.figures.ink import HALF

LETTER = (
    0.57  # width of a letter, in its size; wide enough for the fonts that browsers fall back on
)
WEIGHT = ' font-weight="700"'


def draw(diagram: Diagram, way: Way, largest: float) -> str:
    """The SVG of one way; its text is found by the figure that holds it."""
    width, height = way.extent
    body = "".join(
        (
            *(_forward(one, way) for one in diagram.forwards),
            *(_junction(one, way, largest) for one in diagram.junctions),
            *(_gradient(one, way, largest) for one in diagram.gradients),
            *(_box(one, way) for one in diagram.boxes),
            *(_twist(one, way, largest) for one in diagram.twists),
        )
    )
    name = "wide" if way.wide else "narrow"
    return (
        f'<svg class="{name}" viewBox="-2 -2 {width + 4:g} {height + 4:g}" width="100%" '
        f'aria-hidden="true" style="height:auto;font-family:inherit;font-size:{way.size:g}px">'
        f"{body}</svg>"
    )


def _box(box: Box, way: Way) -> str:
    start, end = way.columns[box.column]
    first, last = way.lanes[box.lanes[0]][0], way.lanes[box.lanes[1]][1]
    if box.low and way.wide:
        last = first + 2 * way.forward
    x, y, w, h = (start, first, end - start, last - first)
    if not way.wide:
        x, y, w, h = y, x, h, w
    dashes = ' stroke-dasharray="5 4"' if box.state else ""
    size, pad = way.size, 10.0
    title = wrapped(box.title, w - 2 * pad, size * 1.1)
    lines = [one for line in box.lines for one in [*wrapped(line, w - 2 * pad, size), ""]]
    rows, height = [], 0.0
    for i, one in enumerate(title):
        rows.append(_row(one, x + pad, 0 if not i else size * 1.3, WEIGHT))
        height += size * 1.3
    for i, one in enumerate(lines):
        if one:
            step = size * (1.65 if not i or not lines[i - 1] else 1.25)
            rows.append(_row(one, x + pad, step))
            height += step
    top = y + size * 1.5
    if box.lanes[0] != box.lanes[1] and way.wide:  # in the middle of what it spans
        top = y + (h - height) / 2 + size
    pale = ' opacity=".7"' if box.state == "absent" else ""
    return (
        f'<g class="part {box.state}"{pale}><rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" '
        f'height="{h:.1f}" rx="9" style="stroke:{HALF};fill:color-mix(in srgb,currentColor 5%,{GROUND})" '
        f'stroke-width="1.2"{dashes}/>'
        f'<text y="{top:.1f}" fill="currentColor">{"".join(rows)}</text></g>'
    )


def _row(text: str, x: float, step: float, style: str = "") -> str:
    return f'<tspan x="{x:.1f}" dy="{step:.1f}"{style}>{html.escape(text)}</tspan>'


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of text that fit a width, at a size."""
    return textwrap.wrap(text, max(4, int(width / (size * LETTER))), break_long_words=False)


def _forward(one: Forward, way: Way) -> str:
    (tail, lane), (head, other) = one.tail, one.head
    start, end = way.columns[tail][1], way.columns[head][0]
    here, there = (way.lanes[place][0] + way.forward for place in (lane, other))
    if other > lane:  # to another lane: leaves late, arrives early
        here = way.lanes[lane][1] - 14
        there = way.lanes[other][0] + max(6.0, way.forward - 24)
    middle = (start + end) / 2
    path = f"M{way.at(start, here)}C{way.at(middle, here)} {way.at(middle, there)} {way.at(end - 7, there)}"
    tip = " ".join(
        way.at(*point) for point in ((end - 1, there), (end - 9, there - 4), (end - 9, there + 4))
    )
    return (
        f'<g class="forward"><path d="{path}" fill="none" style="stroke:{HALF}" stroke-width="1.5"/>'
        f'<polygon points="{tip}" style="fill:{HALF}"/></g>'
    )


def _zone(one: Gradient, way: Way) -> tuple[float, float, float]:
    """Where it ends, where it begins, and where its middle runs."""
    return way.columns[one.head][1], way.columns[one.tail][0], way.lanes[one.lane][0] + way.ribbon


def _gradient(one: Gradient, way: Way, largest: float) -> str:
    end, begin, middle = _zone(one, way)
    return _arrow(one, way, (end, begin, middle), largest) + _label(one, way, (end, begin, middle))


def _arrow(one: Gradient, way: Way, place: tuple[float, float, float], largest: float) -> str:
    """The ribbon, with a head; a dashed line where no finite norm was measured; nothing for 0."""
    end, begin, middle = place
    facts = f'class="gradient {one.kind}" data-name="{one.name}" data-direction="{DIRECTIONS[one.kind]}"'
    colour = COLOURS[one.kind]
    if one.norm is None or not math.isfinite(one.norm):
        return _thin(way, (begin, middle), (end + 3, middle), colour, facts)
    wide = thickness(one.norm, largest)
    if not wide:
        return ""
    head = min(14.0, 8 + wide / 4, (begin - end) * 0.6) if one.tip else 0.0
    flare = max(wide / 2 + 5, 5.5)
    corners = [
        (begin, middle - wide / 2), (end + head, middle - wide / 2), (end + head, middle - flare),
        (end + 2, middle), (end + head, middle + flare), (end + head, middle + wide / 2),
        (begin, middle + wide / 2),
    ]  # fmt: skip
    if not one.tip:
        corners = [(u, v) for i, (u, v) in enumerate(corners) if i not in (2, 3, 4)]
    points = " ".join(way.at(*corner).replace(" ", ",") for corner in corners)
    return f'<polygon {facts} data-thickness="{wide:.2f}" points="{points}" fill="{colour}"/>'


def _thin(
    way: Way, tail: tuple[float, float], head: tuple[float, float], colour: str, facts: str
) -> str:
    (begin, here), (end, there) = tail, head
    middle = (begin + end) / 2
    path = f"M{way.at(begin, here)}C{way.at(middle, here)} {way.at(middle, there)} {way.at(end, there)}"
    tip = " ".join(
        way.at(*point).replace(" ", ",")
        for point in ((end, there), (end + 8, there - 4), (end + 8, there + 4))
    )
    return (
        f'<path {facts} d="{path}" fill="none" stroke="{colour}" stroke-width="1.8" '
        f'stroke-dasharray="5 4"/><polygon points="{tip}" fill="{colour}"/>'
    )


def _label(one: Gradient, way: Way, place: tuple[float, float, float]) -> str:
    """The number with its sign and what it asks for."""
    lines = [one.written, one.words] if one.written else [one.words]
    return _beside(lines, way, one.lane, place, bold=bool(one.written))


def _beside(
    said: Sequence[str],
    way: Way,
    lane: int,
    place: tuple[float, float, float],
    *,
    bold: bool,
    halo: bool = True,
) -> str:
    """Text below an arrow, or to its right."""
    end, begin, middle = place
    off, size = THICKEST / 2 + 6, way.size
    x = (begin + end) / 2 if way.wide else way.lanes[lane][0] + way.ribbon + off
    room = begin - end - 8 if way.wide else way.lanes[lane][1] - x
    lines = [line for one in said for line in wrapped(one, room, size)]
    if way.wide:
        return _words(lines, x, middle + off + size * 0.85, "middle", size, bold=bold, halo=halo)
    y = (begin + end) / 2 - (len(lines) - 1) * size * 0.6 + size * 0.35
    return _words(lines, x, y, "start", size, bold=bold, halo=halo)


def _words(
    lines: Iterable[str],
    x: float,
    y: float,
    anchor: str,
    size: float,
    *,
    bold: bool,
    halo: bool = True,
) -> str:
    """Lines of text; with a halo in the page's colour where they may lie on an arrow."""
    rows = "".join(
        _row(line, x, size * 1.2 if i else 0, WEIGHT if bold and not i else "")
        for i, line in enumerate(lines)
    )
    halo_style = (
        f' style="paint-order:stroke;stroke:{GROUND};stroke-width:4px;stroke-linejoin:round"'
    )
    return (
        f'<text y="{y:.1f}" text-anchor="{anchor}" fill="currentColor"{halo_style if halo else ""}>'
        f"{rows}</text>"
    )


def _twist(one: Twist, way: Way, largest: float) -> str:
    """Two halves of a ribbon that meet in a point: over it, the edges change sides."""
    end, begin = way.columns[
        one.column
    ]  # gradients come from the column's end, and leave at its start
    middle = way.lanes[one.lane][0] + way.ribbon
    centre = (begin + end) / 2
    drawn = ""
    for half, edge in ((one.before, begin), (one.after, end)):
        if half.norm is None or not math.isfinite(half.norm):
            continue
        wide = thickness(half.norm, largest) / 2
        if not wide:
            continue
        near = centre + 0.45 * (edge - centre)
        upper, lower = (
            (way.at(edge, v), way.at(near, v), way.at(near, middle + (v - middle) * 0.6))
            for v in (middle - wide, middle + wide)
        )
        path = (
            f"M{upper[0]}C{upper[1]} {upper[2]} {way.at(centre, middle)}"
            f"C{lower[2]} {lower[1]} {lower[0]}Z"
        )
        drawn += f'<path class="twist {half.kind}" d="{path}" fill="{COLOURS[half.kind]}"/>'
    forward = way.lanes[one.lane][0] + way.forward
    drawn += (
        f'<path d="M{way.at(end, forward)}L{way.at(begin, forward)}" style="stroke:{HALF}" '
        f'stroke-width="1.5"/>'
    )
    return drawn + _beside(
        [one.title, one.words], way, one.lane, (end, begin, middle), bold=True, halo=False
    )


def _junction(one: Junction, way: Way, largest: float) -> str:
    """Thin lines from every lane to the tail of the trunk, then the trunk."""
    end, begin, middle = _zone(one.trunk, way)
    meet = end + (begin - end) * 0.42
    drawn = ""
    for lane, kind, words in one.branches:
        here = way.lanes[lane][0] + way.ribbon
        facts = f'class="branch {kind}" data-direction="{DIRECTIONS[kind]}"'
        drawn += _thin(way, (begin, here), (meet, middle), COLOURS[kind], facts)
        if way.wide:
            y = here - 9 if lane < one.trunk.lane else here + way.size * 1.3
            drawn += _words([words], begin - 8, y, "end", way.size, bold=False)
        else:
            drawn += _words([words], here + 10, begin - 10, "start", way.size, bold=False)
    drawn += _arrow(one.trunk, way, (end, meet, middle), largest)
    return drawn + _label(one.trunk, way, (end, meet, middle))

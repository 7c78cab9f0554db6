"""Points of a plane as SVG: coloured by group, with a mark for each domain, on axes that the caller fixes.

Both axes have one scale, so that a circle stays a circle. There are no ticks: directions of a projection
have no unit. A path holds all points of a group and mark, so that some hundred points stay small. As in
`curves`, the SVG stands inside HTML.
"""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import CLASSES, FAINT, HALF

SIDE, EDGE = 360.0, 14.0  # of the drawing; what is left free at its sides
MARKS = ("filled circle", "cross")
MARGIN = 0.04  # of the span, around the points
WIDEST = "30rem"

Limits = tuple[tuple[float, float], tuple[float, float]]


def limits_of(points: NDArray[np.floating]) -> Limits:
    """Ends of both axes that hold all finite points (..., 2), on one scale; for all looks together."""
    flat = np.asarray(points, float).reshape(-1, 2)
    flat = flat[np.isfinite(flat).all(1)]
    if not len(flat):
        return (-1.0, 1.0), (-1.0, 1.0)
    low, high = flat.min(0), flat.max(0)
    reach = float((high - low).max()) * (1 + 2 * MARGIN) / 2 or 1.0
    x, y = (low + high) / 2
    return (float(x - reach), float(x + reach)), (float(y - reach), float(y + reach))


def scatter(
    points: NDArray[np.floating],
    groups: Sequence[int] | NDArray[np.integer],
    names: Sequence[str],
    *,
    marks: Sequence[int] | NDArray[np.integer] | None = None,
    mark_names: Sequence[str] = ("source", "target"),
    limits: Limits | None = None,
    colours: Sequence[str] = CLASSES,
    title: str = "",
    alt: str = "",
) -> str:
    """HTML of one scatter with its legend.

    Args:
        points: (P, 2); those that are not finite are left out, and the alternative text says how many.
        groups: (P,) which of `names` a point belongs to; its colour.
        names: of the groups; where there are more than colours, colours repeat and the legend says so.
        marks: (P,) 0 for a filled circle, 1 for a cross; None for circles alone.
        mark_names: what the marks mean.
        limits: ends of the axes; points beyond are drawn at the edge. None for what holds them all.
        colours: of the groups, such as `ink.DOMAINS` for two domains.
        title: above the figure.
        alt: what it shows, in words and figures; made from the points where empty.
    """
    where, group = np.asarray(points, float).reshape(-1, 2), np.asarray(groups, int)
    mark = np.zeros(len(where), int) if marks is None else np.asarray(marks, int)
    limits = limits or limits_of(where)
    finite = np.isfinite(where).all(1)
    places = np.round(placed(where[finite], limits), 1)
    group, mark = group[finite], mark[finite]
    # Crosses last: they cover less of what is below them.
    drawn = "".join(
        _marks(places[(group == g) & (mark == m)], colours[g % len(colours)], m)
        for m in (0, 1)
        for g in range(len(names))
    )
    beyond = _beyond(where[finite], limits)
    words = alt or _described(title, names, group, mark, mark_names, marks is not None)
    lost = int((~finite).sum())
    words += f" {lost} points have no finite place and are left out." if lost else ""
    words += f" {beyond} points lie beyond the axes and are drawn at the edge." if beyond else ""
    head = (
        f'<figcaption style="font-size:.95rem;font-weight:600;line-height:1.3;margin-bottom:.3rem">'
        f"{html.escape(title)}</figcaption>"
    )
    return (
        f'<figure class="scatter" role="img" aria-label="{html.escape(words, quote=True)}" '
        f'style="margin:0;min-width:0;max-width:{WIDEST}">{head if title else ""}'
        f'<svg viewBox="0 0 {SIDE:g} {SIDE:g}" width="100%" aria-hidden="true" '
        f'style="display:block;height:auto">'
        f'<rect x=".5" y=".5" width="{SIDE - 1:g}" height="{SIDE - 1:g}" rx="4" fill="none" '
        f'style="stroke:{FAINT}"/>{drawn}</svg>'
        f"{_legend(names, group, colours, mark_names if marks is not None else ())}</figure>"
    )


def placed(points: NDArray[np.floating], limits: Limits) -> NDArray[np.float64]:
    """Points (P, 2) in the drawing's units (P, 2), the second axis upwards; all inside its edge."""
    low, high = np.array(limits, float).T
    span = np.where(high > low, high - low, 1.0)
    share = np.clip((np.asarray(points, float) - low) / span, 0, 1)
    share[:, 1] = 1 - share[:, 1]
    found: NDArray[np.float64] = EDGE + share * (SIDE - 2 * EDGE)
    return found


def _beyond(points: NDArray[np.floating], limits: Limits) -> int:
    low, high = np.array(limits, float).T
    return int(((points < low - 1e-9) | (points > high + 1e-9)).any(1).sum())


def _marks(places: NDArray[np.float64], colour: str, mark: int) -> str:
    if not len(places):
        return ""
    if mark:
        path = "".join(f"M{x - 3:.1f} {y - 3:.1f}l6 6m0-6l-6 6" for x, y in places)
        widths = (3.2, 1.8)
    else:
        path = "".join(f"M{x:g} {y:g}h0" for x, y in places)  # a round cap makes it a circle
        widths = (8.2, 6.6)
    shape = f'd="{path}" fill="none" stroke-linecap="round"'
    name = ("circle", "cross")[mark]
    return (
        f'<path {shape} style="stroke:{HALF}" stroke-width="{widths[0]:g}"/>'
        f'<path class="{name}" {shape} stroke="{colour}" stroke-width="{widths[1]:g}"/>'
    )


def _legend(
    names: Sequence[str],
    groups: NDArray[np.integer],
    colours: Sequence[str],
    mark_names: Sequence[str],
) -> str:
    there = [g for g in range(len(names)) if (groups == g).any()]
    same = tuple(names) == tuple(mark_names)  # colour and mark say the same: one entry for both
    entries = [_swatch(_mark(same and g == 1, colours[g % len(colours)]), names[g]) for g in there]
    if len(mark_names) > 1 and not same:
        entries += [
            _swatch(_mark(bool(m), "currentColor"), name) for m, name in enumerate(mark_names)
        ]
    note = ""
    if len(there) > len(colours):
        note = (
            f'<div style="font-size:.85rem">{len(there)} groups share {len(colours)} colours: each colour '
            f"stands for several.</div>"
        )
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.1rem .9rem;font-size:.85rem;line-height:1.5;'
        f'margin-top:.4rem">{"".join(entries)}</div>{note}'
    )


def _mark(cross: bool, colour: str) -> str:
    if cross:
        return f'<path d="M2.5 2.5l7 7m0-7l-7 7" stroke="{colour}" stroke-width="2" fill="none"/>'
    return f'<circle cx="6" cy="6" r="4" fill="{colour}" style="stroke:{HALF}"/>'


def _swatch(shape: str, name: str) -> str:
    return (
        '<span style="display:inline-flex;align-items:center;gap:.35rem">'
        f'<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" style="flex:none">{shape}</svg>'
        f"{html.escape(name)}</span>"
    )


def _described(
    title: str,
    names: Sequence[str],
    groups: NDArray[np.integer],
    marks: NDArray[np.integer],
    mark_names: Sequence[str],
    marked: bool,
) -> str:
    """How many points of each group there are, by mark."""
    parts = []
    for g, name in enumerate(names):
        counts = [int(((groups == g) & (marks == m)).sum()) for m in (0, 1)]
        if marked and any(counts) and tuple(names) != tuple(mark_names):
            both = (f"{n} {word}" for n, word in zip(counts, mark_names, strict=False) if n)
            parts.append(f"{name} {' and '.join(both)}")
        elif any(counts):
            parts.append(f"{name} {sum(counts, 0)}")
    head = f"{title}. " if title else ""
    return f"{head}{len(groups)} points: {', '.join(parts)}." if parts else f"{head}No points."

"""Published beside measured: what the result file says, in words, bars and tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core import published
from wsl_core.fcn.heads.card import PUBLISHED_COUNTS
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.figures import localization_results as results
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.localization_results import HEADS, METRICS, Measured

OWN = {
    "average": "GAP", "lse": "LSE", "untrained": "no training", "pronet": "ProNet",
    "wslocalization": "WSLocalization", "finetuned": "Fine-tuned (WILDCAT)",
}  # fmt: skip
CENTRE = {"point_map": "centre_map"}
CENTRE_TITLE = "centre of the picture"
ABSENT = (
    "This installation has no measured figures of localization: `make heads` makes them from labelled "
    "pictures. Below stands what was published."
)


@dataclass(frozen=True)
class Line:
    """A method: what was published of it and what was measured.

    Attributes:
        title: of the method.
        published: the figure, if there is one.
        measured: the best setting of ours, if there is one.
    """

    title: str
    published: published.Row | None
    measured: Measured | None


def lines(task: str, dataset: str, found: Sequence[Measured]) -> list[Line]:
    """The published methods in the order of the file, then those that only we measured."""
    metric = METRICS[task]
    here = [one for one in found if _same_set(one, dataset)]
    known = [
        Line(row.method, row, results.best(here, HEADS.get(row.method, ""), metric))
        for row in published.rows(task, dataset=dataset)
    ]
    named = {HEADS.get(one.title) for one in known if one.measured}
    rest = dict.fromkeys(
        one.head for one in results.over_all(here, metric) if one.head not in named
    )
    ours = [Line(title(head), None, results.best(here, head, metric)) for head in rest]
    centre = results.over_all(here, CENTRE.get(metric, ""))
    return known + ours + [Line(CENTRE_TITLE, None, one) for one in centre[:1]]


def _same_set(one: Measured, dataset: str) -> bool:
    return one.data.startswith(dataset)


def title(head: str) -> str:
    """A head as the table names it."""
    return OWN.get(head) or (SCHEMES[head].title if head in SCHEMES else head)


def percent(one: Measured) -> str:
    """A figure with its spread over the seeds."""
    spread = "" if one.deviation is None else f" ± {100 * one.deviation:.1f}"
    return f"{100 * one.mean:.1f}{spread}"


def how(one: Measured) -> str:
    """Of what a measured figure is: setting, seeds, data, counts, date."""
    start = {"relatives": "started from ImageNet's classes", "random": "started at random"}
    seeds = f"{len(one.values)} seed{'s' * (len(one.values) != 1)}"
    whose = "scores of " if one.metric == CENTRE["point_map"] else ""
    parts = [
        f"{whose}{title(one.head)}",
        start.get(one.initialisation, one.initialisation),
        f"sizes {one.sizes}{', mirrored too' if one.mirror else ''}",
        seeds if one.initialisation else "",
        f"{subset(one)}{one.data}, {one.pictures:,} pictures",
        one.date,
    ]
    return "; ".join(part for part in parts if part)


def subset(one: Measured) -> str:
    """ "subset of " where fewer pictures were measured than the published split has."""
    whole = PUBLISHED_COUNTS.get(one.data, math.inf)
    return "subset of " if one.pictures < whole else ""


def table(found: Sequence[Line]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of published beside measured, in percent."""
    rows = []
    for one in found:
        row, measured = one.published, one.measured
        rows.append(
            [
                one.title,
                f"{row.value:g} ({row.status})" if row else "–",
                f"{percent(measured)} ({part(measured)})" if measured else "–",
            ]
        )
    return ["method", "published", "measured"], rows


def sources(found: Sequence[Line]) -> str:
    """Where each published figure is from, and of what each measured one is, as a Markdown list."""
    items = []
    for one in found:
        note = f" ({one.published.note})" if one.published and one.published.note else ""
        said = [f"Published by {one.published.source}{note}" if one.published else ""]
        said.append(f"Measured: {how(one.measured)}" if one.measured else "")
        items.append(f"- **{one.title}**: {'. '.join(filter(None, said))}.")
    return "\n".join(items)


def part(one: Measured) -> str:
    """Whether a subset was measured, in a word or two."""
    return "subset" if subset(one) else "whole set"


def statuses(found: Sequence[Line]) -> str:
    """What the statuses in the table mean."""
    there = dict.fromkeys(one.published.status for one in found if one.published)
    return " ".join(f"*{name}*: {published.STATUS[name]}" for name in there)


def chart(task: str, dataset: str, found: Sequence[Line]) -> str:
    """Bars of published and measured, as HTML."""
    drawn = [_row(one) for one in found]
    words = "; ".join(
        f"{one.title}: "
        + ", ".join(
            filter(
                None,
                (
                    f"published {one.published.value:g}" if one.published else "",
                    f"measured {percent(one.measured)}" if one.measured else "",
                ),
            )
        )
        for one in found
    )
    alt = f"Published and measured, {task} on {dataset}, percent. {words}."
    return bars(drawn, ("published", "measured here, on a subset"), alt)


def _row(one: Line) -> Row:
    known = one.published
    return Row(
        one.title,
        (
            Bar(known.value / 100 if known else None, f"{known.value:g}" if known else ""),
            Bar(
                one.measured.mean if one.measured else None,
                percent(one.measured) if one.measured else "",
                one.measured.deviation if one.measured else None,
            ),
        ),
    )

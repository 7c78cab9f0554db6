"""Figures quoted from papers: value, source, and how far the source was seen.

They stand in `published.csv`, and nowhere in prose or code. Figures measured by this program come from
files that a command writes, with data and date, and are kept apart.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Status = Literal["lecture", "checked", "reported"]
STATUS: dict[Status, str] = {
    "lecture": "The lecture's own table.",
    "checked": "Read in the source itself.",
    "reported": "From memory or quoted by others; the source could not be opened.",
}
"""What each status means, a sentence."""


@dataclass(frozen=True)
class Row:
    """One published figure.

    Attributes:
        table: which table it belongs to, "point localization".
        method: as its authors call it.
        dataset: on which it was measured.
        metric: "mAP", "accuracy" or "recall at 4".
        value: in `unit`.
        unit: "percent".
        source: the paper.
        status: how far the source was seen; see `STATUS`.
        note: set, network, where it was seen.
    """

    table: str
    method: str
    dataset: str
    metric: str
    value: float
    unit: str
    source: str
    status: Status
    note: str = ""


def tables() -> tuple[str, ...]:
    """The names of all tables, in order."""
    return tuple(dict.fromkeys(row.table for row in _all()))


def rows(table: str | None = None, *, dataset: str | None = None) -> tuple[Row, ...]:
    """The rows of a table, and of a data set, in the order of the file; all where nothing is asked for.

    Nothing is found for a name that is not there.
    """
    return tuple(
        row for row in _all() if table in {None, row.table} and dataset in {None, row.dataset}
    )


def csv_text() -> str:
    """The file itself, for whoever takes it away."""
    return (files("wsl_core") / "published.csv").read_text(encoding="utf-8")


@cache
def _all() -> tuple[Row, ...]:
    return tuple(
        Row(
            one["table"], one["method"], one["dataset"], one["metric"], float(one["value"]),
            one["unit"], one["source"], cast(Status, one["status"]), one["note"],
        )
        for one in csv.DictReader(csv_text().splitlines())
    )  # fmt: skip

"""Curves and bars of races and cases: what the Fine-tuning page and its downloads draw."""

from collections.abc import Mapping, Sequence

from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.curves import chart, side_by_side
from wsl_core.figures.ink import SERIES, percent
from wsl_core.figures.lines import Level, Line
from wsl_core.transfer.finetuning.finished import Course, Mean
from wsl_core.web.finetuning.sentences import accuracy, gap

TRAIN, VALIDATION = SERIES[1], SERIES[0]


def curves(courses: Sequence[Course], figure: str) -> str:
    """HTML of a chart a course: training and validation over its epochs, side by side."""
    return side_by_side(course(one, figure) for one in courses)


def course(one: Course, figure: str) -> str:
    """HTML of one chart; of accuracies with the test accuracy across it."""
    steps = [row["epoch"] for row in one.curve]
    lines = [
        Line("training", steps, [row.get(f"train_{figure}") for row in one.curve], colour=TRAIN)
    ]
    kept = [row.get(f"validation_{figure}") for row in one.curve]
    if any(value is not None for value in kept):
        lines.append(Line("validation", steps, kept, colour=VALIDATION))
    rates = figure == "accuracy"
    return chart(
        lines,
        one.title,
        unit="%" if rates else "",
        levels=(Level(one.accuracy, "tested"),) if rates else (),
        at=float(one.best) if one.best else None,
        alt=f"{gap(one)} {_extremes(one, figure)}",
    )


def _extremes(one: Course, figure: str) -> str:
    known = [row[f"validation_{figure}"] for row in one.curve if f"validation_{figure}" in row]
    if not known or figure == "accuracy":
        return ""
    return f"Validation loss from {known[0]:.2f} to {known[-1]:.2f}, lowest {min(known):.2f}."


def accuracies(found: Mapping[str, tuple[str, Mean]], what: str) -> str:
    """HTML of bars.

    Args:
        found: title and accuracy, by name.
        what: is measured.
    """
    rows = [
        Row(title, (Bar(mean.mean, accuracy(mean), mean.deviation),))
        for title, mean in found.values()
    ]
    words = "; ".join(f"{title} {percent(mean.mean)}" for title, mean in found.values())
    return bars(rows, (what,), f"{what.capitalize()}: {words}.")

"""Class by class: point AP and classification AP in words, bars and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures import localization_results as results
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.localization_results import Measured


@dataclass(frozen=True)
class ClassLine:
    """A class: point AP and classification AP, and the pictures that show it."""

    name: str
    point: float | None
    classification: float | None
    images: int


def class_lines(found: Sequence[Measured], head: str) -> tuple[Measured | None, list[ClassLine]]:
    """The best setting of a head, and its classes, the highest point AP first."""
    top = results.best(found, head, "point_map")
    if top is None:
        return None, []
    point = results.of_classes(found, top.setting, "point_ap")
    named = results.of_classes(found, top.setting, "classification_ap")
    both = [
        ClassLine(
            name, _mean(point.get(name)), _mean(named.get(name)),
            (point.get(name) or named[name]).images,
        )
        for name in dict.fromkeys([*point, *named])
    ]  # fmt: skip
    return top, ordered(both)


def _mean(one: Measured | None) -> float | None:
    return one.mean if one and one.values else None


def ordered(found: Sequence[ClassLine]) -> list[ClassLine]:
    """The highest point AP first; classes without one last."""
    return sorted(found, key=lambda one: -1 if one.point is None else one.point, reverse=True)


def class_chart(found: Sequence[ClassLine]) -> str:
    """Bars of both average precisions by class, as HTML."""
    drawn = [
        Row(
            f"{one.name} ({one.images})",
            (Bar(one.point, _percent(one.point)), Bar(one.classification, _percent(one.classification))),
        )
        for one in found
    ]  # fmt: skip
    words = "; ".join(
        f"{one.name}: {_percent(one.point)}, {_percent(one.classification)}, {one.images} pictures"
        for one in found
    )
    alt = f"Point AP, classification AP and pictures by class, in percent. {words}."
    return bars(drawn, ("point localization AP", "classification AP"), alt)


def class_table(found: Sequence[ClassLine]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the same."""
    rows = [
        [one.name, _percent(one.point), _percent(one.classification), str(one.images)]
        for one in found
    ]
    return ["class", "point AP, %", "classification AP, %", "pictures"], rows


def class_sentence(found: Sequence[ClassLine]) -> str:
    """Which classes are hard, which are found and not placed, which figures are unsteady."""
    told = [one for one in found if one.point is not None and one.classification is not None]
    if not told:
        return "No class has a figure."
    weakest = ", ".join(f"{one.name} ({_percent(one.point)} %)" for one in told[-3:][::-1])
    lost = max(told, key=_lost)
    few = [one.name for one in found if one.images < results.FREQUENT]
    unsteady = (
        f" {len(few)} of {len(found)} classes have fewer than {results.FREQUENT} pictures; their figures are "
        f"unsteady."
        if few
        else ""
    )
    return (
        f"Lowest: {weakest}. A point is never ranked better than its class, so the first bar cannot pass the "
        f"second; most is lost between them for **{lost.name}**, {100 * _lost(lost):.1f} points: it is "
        f"recognised and pointed at elsewhere.{unsteady}"
    )


def _lost(one: ClassLine) -> float:
    return (one.classification or 0.0) - (one.point or 0.0)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"

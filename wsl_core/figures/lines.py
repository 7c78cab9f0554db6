"""Figures over the steps of a training, and what they say in words."""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures.ink import number, percent

PERCENT = "%"


@dataclass(frozen=True)
class Line:
    """A measured figure over the steps.

    Attributes:
        name: in the legend.
        steps: rising.
        values: as many as steps; 0 .. 1 where the chart's unit is per cent. None and NaN leave a gap.
        dashed: for what is not like the others, such as what only the evaluation sees.
        faded: for what stands behind, such as another run.
        colour: of the line; the next of `ink.SERIES` where None.
    """

    name: str
    steps: Sequence[float]
    values: Sequence[float | None]
    dashed: bool = False
    faded: bool = False
    colour: str | None = None

    def points(self) -> list[tuple[float, float | None]]:
        """(step, value), None where the value is no finite number."""
        return [
            (float(step), float(value) if value is not None and math.isfinite(value) else None)
            for step, value in zip(self.steps, self.values, strict=True)
            if math.isfinite(step)
        ]

    def at(self, step: float | None = None) -> tuple[float, float] | None:
        """The last (step, value) that was measured by this step, or by the end; None before the first."""
        known = [(s, v) for s, v in self.points() if v is not None]
        place = len(known) if step is None else bisect.bisect_right([s for s, _ in known], step)
        return known[place - 1] if place else None


@dataclass(frozen=True)
class Level:
    """A value to compare with, drawn across the chart; `words` say what it is, such as "cannot tell"."""

    value: float
    words: str


def described(
    lines: Sequence[Line],
    title: str,
    *,
    unit: str = "",
    levels: Sequence[Level] = (),
    at: float | None = None,
) -> str:
    """What a chart shows, in words: where each line begins, its extremes, where it ends, and at a step."""
    sentences = [f"{title} by step."]
    for one in lines:
        known = [(step, value) for step, value in one.points() if value is not None]
        if not known:
            sentences.append(f"{one.name}: nothing measured.")
            continue
        told = {"from": known[0], "to": known[-1]}
        lowest, highest = (pick(known, key=lambda pair: pair[1]) for pick in (min, max))
        told |= {"lowest": lowest, "highest": highest} if len(known) > 2 else {}
        here = one.at(at) if at is not None else None
        told |= {"marked": here} if here else {}
        parts = (
            f"{word} {written(value, unit)} at step {step:g}"
            for word, (step, value) in told.items()
        )
        sentences.append(f"{one.name}: {', '.join(parts)}.")
    sentences += [f"Level {written(one.value, unit)}: {one.words}." for one in levels]
    return " ".join(sentences)


def written(value: float | None, unit: str = "") -> str:
    """A value with its unit."""
    if unit == PERCENT:
        return percent(value)
    return f"{number(value, 3)} {unit}".strip()

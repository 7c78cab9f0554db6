"""What trainings have given: each task alone against all together, over seeds; NumPy only.

Change of a task is relative, (together - alone) / alone, and Delta is its mean over the tasks. Intervals
are Student's, at 95 %, over the changes of the seeds: a seed has the same pictures, the same first weights
and the same order in both.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from wsl_core.transfer.multitask.parameters import MultitaskParameters

TOGETHER, ALONE = "together", "alone_"
Figures = dict[str, float]
# Student's t at 97.5 %, by degrees of freedom from 1 on.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
           2.131, 2.120, 2.110, 2.101, 2.093)  # fmt: skip
NORMAL = 1.96
GAIN, NEGATIVE, UNCLEAR, SINGLE = "gain", "negative transfer", "no clear change", "one seed"


@dataclass(frozen=True)
class Training:
    """One training, as far as it has come.

    Attributes:
        tasks: names of those that are learned.
        looks: step and figures of every look; see `fitting.Look`.
    """

    tasks: tuple[str, ...]
    looks: tuple[tuple[int, Figures], ...]

    def curve(self, name: str) -> tuple[list[int], list[float]]:
        """Steps, and the figure of this name at each where it was told."""
        told = [(step, figures[name]) for step, figures in self.looks if name in figures]
        return [step for step, _ in told], [value for _, value in told]

    def rate(self, task: str) -> float:
        """On the held-out pictures at the last look, 0 .. 1; not a number before the first."""
        _, values = self.curve(f"{task}_rate")
        return values[-1] if values else math.nan

    def to_json(self) -> dict[str, Any]:
        """Columns, rounded."""
        names = list(dict.fromkeys(name for _, figures in self.looks for name in figures))
        return {
            "tasks": list(self.tasks),
            "steps": [step for step, _ in self.looks],
            "figures": {
                name: [_rounded(figures.get(name)) for _, figures in self.looks] for name in names
            },
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """The counterpart of `to_json`; KeyError or TypeError where it is none."""
        columns: dict[str, list[float | None]] = facts["figures"]
        looks = []
        for place, step in enumerate(facts["steps"]):
            row = {name: values[place] for name, values in columns.items()}
            looks.append((int(step), {k: float(v) for k, v in row.items() if v is not None}))
        return cls(tuple(facts["tasks"]), tuple(looks))


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def trainings_of(told: Iterable[tuple[int, Mapping[str, float]]]) -> dict[str, Training]:
    """The trainings of a comparison from the progress of its job, as far as it has come.

    Args:
        told: step and figures, whose names begin with that of the training and a full stop.
    """
    looks: dict[str, dict[int, Figures]] = {}
    for step, figures in told:
        for key, value in figures.items():
            name, _, figure = key.partition(".")
            looks.setdefault(name, {}).setdefault(step, {})[figure] = value
    return {
        name: Training(
            tuple(
                key.removesuffix("_rate")
                for key in next(iter(found.values()))
                if key.endswith("_rate")
            ),
            tuple(sorted(found.items())),
        )
        for name, found in looks.items()
    }


@dataclass(frozen=True)
class Comparison:
    """Each task alone against all together, with one seed.

    Attributes:
        data: name of the task set.
        parameters: settled.
        pictures: that were learned from.
        trainings: "alone_TASK" for each task, then "together"; fewer while it goes on.
        facts: what else is known (`said` of the data, `held_out`, `seconds`, `date`).
    """

    data: str
    parameters: MultitaskParameters
    pictures: int
    trainings: Mapping[str, Training]
    facts: Mapping[str, Any]

    @property
    def together(self) -> Training:
        """All tasks in one network; without looks before it began."""
        return self.trainings.get(TOGETHER, Training((), ()))

    def alone(self, task: str) -> Training:
        """A task by itself; without looks before it began."""
        return self.trainings.get(ALONE + task, Training((), ()))

    def change(self, task: str) -> float:
        """(together - alone) / alone of the task's rate at the end."""
        alone, together = self.alone(task).rate(task), self.together.rate(task)
        return (together - alone) / alone if alone else math.nan

    @property
    def delta(self) -> float:
        """Mean of the tasks' changes."""
        return float(np.mean([self.change(name) for name in self.together.tasks]))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "data": self.data,
            "parameters": self.parameters.model_dump(mode="json"),
            "pictures": self.pictures,
            "trainings": {name: one.to_json() for name, one in self.trainings.items()},
            **self.facts,
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """The counterpart of `to_json`."""
        own = ("data", "parameters", "pictures", "trainings")
        return cls(
            facts["data"],
            MultitaskParameters(**facts["parameters"]),
            facts["pictures"],
            {name: Training.from_json(one) for name, one in facts["trainings"].items()},
            {name: value for name, value in facts.items() if name not in own},
        )


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds.

    Attributes:
        mean: of all.
        deviation: standard deviation; None for one seed.
        low: lower end of the 95 % interval of the mean; None for one seed.
        high: upper end.
        count: how many seeds.
    """

    mean: float
    deviation: float | None
    low: float | None
    high: float | None
    count: int

    @property
    def verdict(self) -> str:
        """What the interval says of a change: whether 0 lies outside, and on which side."""
        if self.low is None or self.high is None:
            return SINGLE
        return GAIN if self.low > 0 else NEGATIVE if self.high < 0 else UNCLEAR


def estimate(values: Sequence[float]) -> Estimate:
    """Mean, deviation and interval of at least one value."""
    count, mean = len(values), float(np.mean(values))
    if count < 2:
        return Estimate(mean, None, None, None, count)
    deviation = float(np.std(values, ddof=1))
    student = STUDENT[count - 2] if count - 2 < len(STUDENT) else NORMAL
    half = student * deviation / math.sqrt(count)
    return Estimate(mean, deviation, mean - half, mean + half, count)


@dataclass(frozen=True)
class TaskSummary:
    """A task over the seeds; rates from 0 to 1, the change as a share of the rate alone."""

    alone: Estimate
    together: Estimate
    change: Estimate


@dataclass(frozen=True)
class Summary:
    """Comparisons of one kind over the seeds.

    Attributes:
        pictures: that were learned from.
        tasks: by name.
        delta: mean over the tasks of their change.
        cosine: of the tasks' gradients on the shared weights, mean over all looks but the first; None where
            nothing is shared.
    """

    pictures: int
    tasks: Mapping[str, TaskSummary]
    delta: Estimate
    cosine: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """As plain values; None for what is not known."""
        return {
            "pictures": self.pictures,
            "delta": _plain(self.delta),
            "cosine": None if self.cosine is None else _plain(self.cosine),
            "tasks": {
                name: {
                    "alone": one.alone.mean,
                    "alone_sd": one.alone.deviation,
                    "together": one.together.mean,
                    "together_sd": one.together.deviation,
                    "change": one.change.mean,
                    "change_low": one.change.low,
                    "change_high": one.change.high,
                    "verdict": one.change.verdict,
                }
                for name, one in self.tasks.items()
            },
        }


def _plain(one: Estimate) -> dict[str, float | str | None]:
    return {"mean": one.mean, "low": one.low, "high": one.high, "verdict": one.verdict}


def summarised(found: Sequence[Comparison]) -> Summary:
    """Finished comparisons that differ in their seeds alone; at least one."""
    names = found[0].together.tasks
    tasks = {
        name: TaskSummary(
            estimate([one.alone(name).rate(name) for one in found]),
            estimate([one.together.rate(name) for one in found]),
            estimate([one.change(name) for one in found]),
        )
        for name in names
    }
    cosines = [one.together.curve("cosine")[1][1:] for one in found]
    told = [float(np.mean(values)) for values in cosines if values]
    return Summary(
        found[0].pictures,
        tasks,
        estimate([one.delta for one in found]),
        estimate(told) if told else None,
    )

"""Races and cases as people look at them: of a result, or of those that come with the program.

`assets/finetuning` holds `race.json`, a race over several seeds, and `cases.json`, both cases on digits, so
that there is something to see before anything is trained.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Self

from wsl_core.errors import JobError

RACE, CASES = "race.json", "cases.json"
VERSION = 1
HERE = Path(__file__).parent
# In an installation they lie in the package; in a checkout of the project, in its assets.
PLACES = (HERE / "shipped", HERE.parents[2] / "assets" / "finetuning")
Figures = Mapping[str, Any]


def columns(curve: Sequence[Figures]) -> dict[str, Any]:
    """A curve as it is shipped: a list a figure, which is far shorter; a figure that never changes once.

    A figure that is missing at some epoch is left out.
    """
    shared = [name for name in curve[0] if all(name in row for row in curve)]
    lists = {name: [row[name] for row in curve] for name in shared if name != "epoch"}
    same = {name: values[0] for name, values in lists.items() if len(set(values)) == 1}
    return {"epochs": len(curve)} | lists | same


def rows(packed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counterpart of `columns`."""
    names = [name for name in packed if name != "epochs"]
    return [
        {"epoch": place + 1}
        | {
            name: packed[name][place] if isinstance(packed[name], list) else packed[name]
            for name in names
        }
        for place in range(packed["epochs"])
    ]


@dataclass(frozen=True)
class Course:
    """A strategy in a race, or a setup in a case.

    Attributes:
        name: of the strategy or setup.
        title: for people.
        accuracy: on the test pictures, a mean over classes, 0 to 1.
        best: number of the epoch that was kept, from 1.
        curve: of every epoch "epoch", "part" and accuracies and losses of the training and validation
            pictures.
        blocks: what happened to each block.
        facts: what else is told of it.
    """

    name: str
    title: str
    accuracy: float
    best: int
    curve: tuple[Figures, ...] = field(repr=False)
    blocks: Mapping[str, str] = field(repr=False)
    facts: Figures = field(repr=False)

    @classmethod
    def of(cls, facts: Figures) -> Self:
        """From what `torch_fitting.fitted` tells, or from what is shipped of it."""
        curve = facts["curve"]
        return cls(
            facts["name"], facts["title"], facts["accuracy"], facts["best"],
            tuple(rows(curve) if isinstance(curve, Mapping) else curve), facts["blocks"], facts,
        )  # fmt: skip

    def at_best(self, name: str) -> float | None:
        """A figure of the epoch that was kept; None where it was not measured."""
        known = self.curve[self.best - 1].get(name) if self.curve else None
        return None if known is None else float(known)

    def gap(self) -> float | None:
        """How much better the last epoch is on training pictures than on validation pictures."""
        last = self.curve[-1] if self.curve else {}
        if "validation_accuracy" not in last:
            return None
        return float(last["train_accuracy"]) - float(last["validation_accuracy"])


@dataclass(frozen=True)
class Race:
    """Several strategies on the same pictures.

    Attributes:
        title: of the set.
        classes: names.
        courses: one a strategy.
        counts: pictures learned from, kept aside, and tested on.
        parameters: of the race.
        facts: what else is told of it.
    """

    title: str
    classes: tuple[str, ...]
    courses: tuple[Course, ...]
    counts: Mapping[str, int]
    parameters: Figures = field(repr=False)
    facts: Figures = field(repr=False)

    @classmethod
    def of(cls, facts: Figures) -> Self:
        """From the facts of a result of the job."""
        courses = tuple(Course.of(one) for one in facts["strategies"])
        return cls(
            facts["title"], tuple(facts["classes"]), courses, facts["counts"], facts["parameters"],
            facts,
        )  # fmt: skip

    def course(self, name: str) -> Course | None:
        """Of a strategy; None where it did not take part."""
        return next((one for one in self.courses if one.name == name), None)


@dataclass(frozen=True)
class Mean:
    """A figure over seeds: mean and standard deviation, which is None for one seed."""

    mean: float
    deviation: float | None


def over(values: Sequence[float]) -> Mean:
    """Mean and deviation of at least one value."""
    return Mean(fmean(values), stdev(values) if len(values) > 1 else None)


@dataclass(frozen=True)
class Shipped:
    """Races over seeds that come with the program.

    Attributes:
        races: one a seed.
        about: data, command, date, machine.
    """

    races: tuple[Race, ...]
    about: Figures

    def accuracies(self) -> dict[str, Mean]:
        """Of every strategy, over the seeds."""
        names = [one.name for one in self.races[0].courses]
        found = {
            name: [one.accuracy for race in self.races if (one := race.course(name)) is not None]
            for name in names
        }
        return {name: over(values) for name, values in found.items()}

    def winner(self) -> str:
        """Name of the strategy with the highest mean accuracy; of several the first."""
        found = self.accuracies()
        return max(found, key=lambda name: found[name].mean)


@dataclass(frozen=True)
class FinishedCases:
    """Both cases on digits.

    Attributes:
        setups: by case and setup, a course a seed, the best rate of each.
        about: data, command, date, machine.
    """

    setups: Mapping[str, Mapping[str, tuple[Course, ...]]]
    about: Figures

    def accuracies(self, case: str) -> dict[str, Mean]:
        """Of every setup of a case, over the seeds."""
        return {
            title: over([one.accuracy for one in courses])
            for title, courses in self.setups[case].items()
        }


@cache
def shipped_race() -> Shipped | None:
    """The race that comes with the program; None where this installation has none.

    Raises:
        JobError: its file is damaged or of another version.
    """
    found = _read(RACE)
    if found is None:
        return None
    try:
        return Shipped(tuple(Race.of(one) for one in found["races"]), found["about"])
    except (KeyError, TypeError, IndexError) as error:
        raise _damaged(RACE, error) from None


@cache
def shipped_cases() -> FinishedCases | None:
    """Both cases as they come with the program; None where this installation has none.

    Raises:
        JobError: their file is damaged or of another version.
    """
    found = _read(CASES)
    if found is None:
        return None
    try:
        setups = {
            case: {
                title: tuple(Course.of(one) for one in courses) for title, courses in own.items()
            }
            for case, own in found["cases"].items()
        }
        return FinishedCases(setups, found["about"])
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(CASES, error) from None


def _read(name: str) -> dict[str, Any] | None:
    path = next((place / name for place in PLACES if (place / name).is_file()), None)
    if path is None:
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != VERSION:
            raise JobError(
                f"{path} was written by another version of this program (its layout is number "
                f"{found['version']}, this one reads number {VERSION}). Make it again: make races."
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(name, error) from None
    return found


def _damaged(name: str, error: Exception) -> JobError:
    return JobError(
        f"The finished trainings in {name} are damaged: {type(error).__name__} at {error}. Make them again: "
        f"make races."
    )

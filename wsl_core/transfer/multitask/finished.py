"""Finished comparisons that come with the program: a JSON file a task set, so that there is something to see.

A training that several comparisons share, a task alone, is kept once. Figures have four digits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from wsl_core import whole_files
from wsl_core.errors import JobError, ParameterError
from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.results import TOGETHER, Comparison, Training
from wsl_core.transfer.multitask.task_sets import TASK_SETS

VERSION = 1
HERE = Path(__file__).parent
# In an installation they lie in the package; in a checkout of the project, in its assets.
PLACES = (HERE / "shipped", HERE.parents[2] / "assets" / "multitask")
VARIANTS: dict[str, dict[str, Any]] = {
    "fixed": {},
    "uncertainty": {"weighting": "uncertainty"},
    "surgery": {"surgery": True},
    "as many parameters": {"match": "parameters"},
    "as much work": {"match": "cost"},
}
"""What is other than in the recipe, by name."""


def variant(how: MultitaskParameters) -> str:
    """The name of what is other than in the recipe; "other" where it has none."""
    fields = MultitaskParameters.model_fields
    told = {name: getattr(how, name) for name in ("weighting", "surgery", "match")}
    own = {name: value for name, value in told.items() if value != fields[name].default}
    return next((name for name, values in VARIANTS.items() if values == own), "other")


@dataclass(frozen=True)
class Finished:
    """All finished comparisons of a task set.

    Attributes:
        data: name of the set.
        comparisons: one a fraction, branching point, variant and seed.
    """

    data: str
    comparisons: tuple[Comparison, ...]

    @classmethod
    def of(cls, data: str, found: Sequence[Comparison]) -> Self:
        """From what was trained."""
        return cls(data, tuple(found))

    @property
    def fractions(self) -> tuple[float, ...]:
        """Of the training part that were learned from, rising."""
        return tuple(sorted({one.parameters.fraction for one in self.comparisons}))

    @property
    def pictures(self) -> tuple[int, ...]:
        """How many that were, rising."""
        return tuple(sorted({one.pictures for one in self.comparisons}))

    def select(self, shared: int, fraction: float, name: str = "fixed") -> list[Comparison]:
        """Those of a branching point, fraction and variant, by seed; none where there are none.

        With no shared blocks both networks of a comparison are the same, so it is made from the tasks alone.
        """
        apart = shared == 0
        among = [
            one
            for one in self.comparisons
            if one.parameters.shared == (shared or 1)
            and one.parameters.fraction == fraction
            and variant(one.parameters) == name
        ]
        found = sorted(among, key=lambda one: one.parameters.seed)
        return [_apart(one) for one in found] if apart else found

    def save(self, path: Path) -> None:
        """Write it.

        Raises:
            ParameterError: the folder cannot be written.
        """
        alone: dict[str, Any] = {}
        together, common = [], None
        for one in self.comparisons:
            how = one.parameters
            common = common or how.model_dump(mode="json")
            key = f"{how.fraction:g} {how.seed}"
            alone[key] = {
                name: training.to_json()
                for name, training in one.trainings.items()
                if name != TOGETHER
            }
            own = {
                name: value
                for name, value in how.model_dump(mode="json").items()
                if value != common[name]
            }
            together.append(
                {
                    "parameters": own,
                    "pictures": one.pictures,
                    "together": one.together.to_json(),
                    "facts": {"seconds": one.facts["seconds"], "date": one.facts["date"]},
                }
            )
        first = self.comparisons[0].facts
        facts = {
            "version": VERSION,
            "data": self.data,
            "facts": {name: first[name] for name in ("said", "held_out", "machine")},
            "licence": TASK_SETS[self.data].licence,
            "command": f"python -m benchmarks.multitask --only {self.data} --write --ship",
            "parameters": common,
            "alone": alone,
            "comparisons": together,
        }
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
            whole_files.write(path, text.encode())
        except OSError as error:
            raise ParameterError(
                f"The runs cannot be written to {path.parent} "
                f"({(error.strerror or 'the disk refused').lower()}). Choose a folder that can be written."
            ) from None

    @classmethod
    def load(cls, path: Path) -> Self:
        """The counterpart of `save`.

        Raises:
            JobError: the file is missing, damaged, or of another version.
        """
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            if facts["version"] != VERSION:
                raise ValueError(f"version {facts['version']}")
            alone = {
                key: {name: Training.from_json(one) for name, one in found.items()}
                for key, found in facts["alone"].items()
            }
            return cls(
                facts["data"], tuple(_comparison(facts, alone, one) for one in facts["comparisons"])
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise JobError(
                f"The finished runs in {path} are damaged: {type(error).__name__} at {error}. Get the file "
                f"again, or make it again."
            ) from None


def _comparison(
    facts: Mapping[str, Any], alone: Mapping[str, Mapping[str, Training]], one: Mapping[str, Any]
) -> Comparison:
    how = MultitaskParameters(**(facts["parameters"] | one["parameters"]))
    trainings = alone[f"{how.fraction:g} {how.seed}"] | {  # type: ignore[operator]
        TOGETHER: Training.from_json(one["together"])
    }
    return Comparison(facts["data"], how, one["pictures"], trainings, facts["facts"] | one["facts"])


def _apart(one: Comparison) -> Comparison:
    """The comparison of networks that share nothing: together is what each task is alone."""
    tasks = one.together.tasks
    columns = [dict(one.alone(name).looks) for name in tasks]
    looks = tuple(
        (step, {key: value for column in columns for key, value in column[step].items()})
        for step in columns[0]
    )
    trainings = dict(one.trainings) | {TOGETHER: Training(tasks, looks)}
    how = one.parameters.model_copy(update={"shared": 0})
    return Comparison(one.data, how, one.pictures, trainings, one.facts)


@cache
def shipped() -> tuple[str, ...]:
    """Names of the task sets of which finished comparisons come with the program, in the registry's order."""
    return tuple(name for name in TASK_SETS if _path(name) is not None)


@cache
def load_shipped(name: str) -> Finished:
    """Those of a task set.

    Raises:
        ParameterError: there are none of this name.
        JobError: the file is damaged.
    """
    path = _path(name)
    if path is None:
        raise ParameterError(
            f"There are no finished comparisons of {name!r}. Shipped are: {', '.join(shipped()) or 'none'}."
        )
    return Finished.load(path)


def _path(name: str) -> Path | None:
    return next((p / f"{name}.json" for p in PLACES if (p / f"{name}.json").is_file()), None)

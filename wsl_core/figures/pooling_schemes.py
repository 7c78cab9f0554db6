"""Pooling schemes at equal effort, over several seeds: the rows of a result file, and what they say.

`benchmarks/results/pooling_schemes.csv` has a row a method and start. Its columns: method (a scheme's name,
"pronet", "wslocalization", or "untrained"), scheme (whose head it is), start ("random", "relatives", empty
without training), seeds, rate and decay (as chosen on a fifth of the training pictures), each of `METRICS`
(mean over the seeds, 0 .. 1) with METRIC_deviation (standard deviation over the seeds, empty for fewer than
two) and METRIC_bootstrap (standard deviation over samples of the pictures), network, sizes, mirror,
trained_on, training_pictures, data, pictures, date, machine.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import fmean

from wsl_core.errors import DatasetError

PRONET, WSLOCALIZATION, UNTRAINED = "pronet", "wslocalization", "untrained"
METRICS = ("classification_map_frequent", "classification_map", "point_map_frequent", "point_map")
LECTURE = ("max", PRONET, WSLOCALIZATION)
"""The methods of the lecture's table, worst first, as it has them: Deep MIL pools by the maximum."""
NEWER = ("weldon", "wildcat")
"""Whose place in the lecture's order is asked for."""
WITHOUT_CHOICE = (PRONET, WSLOCALIZATION, UNTRAINED)
"""Whose learning rate and decay are not their own."""
STARTS = ("", "relatives", "random")
COLUMNS = (
    "method", "scheme", "start", "seeds", "rate", "decay",
    *(f"{name}{of}" for name in METRICS for of in ("", "_deviation", "_bootstrap")),
    "network", "sizes", "mirror", "trained_on", "training_pictures", "data", "pictures", "date", "machine",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One metric of one method.

    Attributes:
        mean: over the seeds, 0 .. 1.
        deviation: standard deviation over the seeds; None for fewer than two.
        bootstrap: standard deviation over samples of the pictures, drawn with replacement.
    """

    mean: float
    deviation: float | None
    bootstrap: float


@dataclass(frozen=True)
class Compared:
    """A method from one start.

    Attributes:
        method: its name.
        start: "random" or "relatives"; empty without training.
        seeds: how many heads were trained.
        rate: learning rate; None without training.
        decay: None without training.
        figures: by metric.
        sizes: longer sides fed, as the file has them.
        mirror: whether mirrored maps were fused.
        trained_on: set and split.
        training_pictures: how many there were.
        data: set and split of the judged pictures.
        pictures: how many there were.
        date: of the latest training.
        machine: that it ran on.
    """

    method: str
    start: str
    seeds: int
    rate: float | None
    decay: float | None
    figures: Mapping[str, Figure]
    sizes: str
    mirror: bool
    trained_on: str
    training_pictures: int
    data: str
    pictures: int
    date: str
    machine: str


def read(rows: Iterable[Mapping[str, str]]) -> list[Compared]:
    """The rows of a result file, in its order.

    Raises:
        DatasetError: a column is missing, or a value is none; the sentence names the line.
    """
    return [_compared(number, row) for number, row in enumerate(rows, 2)]


def _compared(number: int, row: Mapping[str, str]) -> Compared:
    lacking = [name for name in COLUMNS if row.get(name) is None]
    if lacking:
        raise _damaged(number, f"has no column {lacking[0]}")
    if row["start"] not in STARTS:
        raise _damaged(
            number, f"has the start {row['start']!r}; accepted are {', '.join(STARTS[1:])}"
        )
    try:
        figures = {name: _figure(number, row, name) for name in METRICS}
        return Compared(
            method=row["method"],
            start=row["start"],
            seeds=int(row["seeds"]),
            rate=float(row["rate"]) if row["rate"] else None,
            decay=float(row["decay"]) if row["decay"] else None,
            figures=figures,
            sizes=row["sizes"],
            mirror=row["mirror"].lower() == "true",
            trained_on=row["trained_on"],
            training_pictures=int(row["training_pictures"]),
            data=row["data"],
            pictures=int(row["pictures"]),
            date=row["date"],
            machine=row["machine"],
        )
    except ValueError:
        raise _damaged(number, "holds something that is not a number") from None


def _figure(number: int, row: Mapping[str, str], metric: str) -> Figure:
    deviation = row[f"{metric}_deviation"]
    mean, bootstrap = float(row[metric]), float(row[f"{metric}_bootstrap"])
    spread = float(deviation) if deviation else None
    for value in (mean, bootstrap, spread or 0.0):
        if not 0 <= value <= 1:
            raise _damaged(number, f"holds the value {value:g}, which is not from 0 to 1")
    return Figure(mean, spread, bootstrap)


def _damaged(number: int, what: str) -> DatasetError:
    return DatasetError(
        f"The result file for pooling schemes is damaged: line {number} {what}. Make it again by "
        f"`python -m benchmarks.pooling_schemes --write`."
    )


def of_start(found: Iterable[Compared], start: str, metric: str = "point_map") -> list[Compared]:
    """The methods from one start, best first."""
    same = [one for one in found if one.start == start]
    return sorted(same, key=lambda one: -one.figures[metric].mean)


def verdicts(found: Sequence[Compared], metric: str) -> list["Verdict"]:
    """One for every start, in the file's order."""
    starts = dict.fromkeys(one.start for one in found if one.start)
    return [Verdict(of_start(found, start, metric), metric) for start in starts]


@dataclass(frozen=True)
class Step:
    """From one method to another.

    Attributes:
        rise: of the mean, -1 .. 1.
        spread: standard deviation of the rise over the seeds; None where one has a single seed.
    """

    rise: float
    spread: float | None

    @classmethod
    def of(cls, before: Figure, after: Figure) -> "Step":
        """Of two independent figures."""
        spread = None
        if before.deviation is not None and after.deviation is not None:
            spread = math.hypot(before.deviation, after.deviation)
        return cls(after.mean - before.mean, spread)

    @property
    def clear(self) -> bool:
        """Whether it is larger than twice its spread, up or down."""
        return self.spread is not None and abs(self.rise) > 2 * self.spread


@dataclass(frozen=True)
class Verdict:
    """What the methods from one start say of the lecture's order, by one metric.

    Attributes:
        ranked: all methods, best first.
        metric: what they are ranked by.
    """

    ranked: Sequence[Compared]
    metric: str

    def figure(self, method: str) -> Figure | None:
        """Of a method; None where it was not measured."""
        found = (one.figures[self.metric] for one in self.ranked if one.method == method)
        return next(found, None)

    @property
    def absent(self) -> list[str]:
        """Methods of the lecture that were not measured from this start."""
        return [name for name in LECTURE if self.figure(name) is None]

    @property
    def alone(self) -> list[str]:
        """Methods of the lecture that were trained with a single seed."""
        return [one.method for one in self.ranked if one.method in LECTURE and one.seeds == 1]

    @property
    def steps(self) -> list[Step]:
        """Along the lecture's order, as far as its methods were measured."""
        there = [figure for name in LECTURE if (figure := self.figure(name))]
        return [Step.of(*pair) for pair in pairwise(there)]

    @property
    def holds(self) -> bool:
        """Whether every step goes up."""
        return all(step.rise > 0 for step in self.steps)

    @property
    def clear(self) -> bool:
        """Whether every step, up or down, is larger than twice its spread over the seeds."""
        return all(step.clear for step in self.steps)

    def place(self, method: str) -> int | None:
        """From 1 for the best; None where it was not measured."""
        names = [one.method for one in self.ranked]
        return names.index(method) + 1 if method in names else None

    @property
    def range(self) -> float:
        """From the worst method to the best."""
        first, last = self.ranked[0], self.ranked[-1]
        return first.figures[self.metric].mean - last.figures[self.metric].mean

    @property
    def bootstrap(self) -> float:
        """What drawing other pictures changes a figure by: the mean over the methods."""
        return fmean(one.figures[self.metric].bootstrap for one in self.ranked)

    @property
    def pairs(self) -> tuple[int, int, int]:
        """Pairs of methods with several seeds: all; apart by more than twice their spread; by more than
        `bootstrap`."""
        figures = [one.figures[self.metric] for one in self.ranked if one.seeds > 1]
        steps = [Step.of(*pair) for pair in combinations(figures, 2)]
        by_seeds = sum(step.clear for step in steps)
        by_pictures = sum(abs(step.rise) > self.bootstrap for step in steps)
        return len(steps), by_seeds, by_pictures

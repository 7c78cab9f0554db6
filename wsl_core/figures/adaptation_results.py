"""Domain adaptation: what was measured, from the rows of a result file, and what was published, with gaps.

`benchmarks/results/adaptation_pairs.csv` has a row an entry of `benchmarks.adaptation_pairs`. Its columns:
pair, method, network ("fast" or "paper"), variant (what is other than in the recipe, in words; else empty),
accuracy_mean and accuracy_sd (over the seeds; no deviation for one), source_only (the source's mean taken
from the target's pictures), source_only_centred (the target's own), target (trained on labelled target
pictures; empty where there are none), gap_covered, seeds, steps, seconds_per_seed, data ("full", "subset",
"generated", "shipped"), source_pictures, target_pictures, evaluated (pictures tested), oracle, parts, notes,
command, date, machine. Accuracies are from 0 to 1.

Published accuracies are in percent, in `wsl_core.published`. Two versions of the paper print two tables,
which are never mixed. A gap is computed from the accuracies; what a paper prints stands beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from wsl_core import published
from wsl_core.errors import DatasetError

FILE = "adaptation_pairs"
COLUMNS = (
    "pair", "method", "network", "variant", "accuracy_mean", "accuracy_sd", "source_only",
    "source_only_centred", "target", "gap_covered", "seeds", "steps", "seconds_per_seed", "data",
    "source_pictures", "target_pictures", "evaluated", "parts", "notes", "command", "date", "machine",
)  # fmt: skip
RATES = ("accuracy_mean", "accuracy_sd", "source_only", "source_only_centred", "target")
Version = Literal["arXiv", "JMLR"]
BASELINE, CEILING = "Source only", "Train on target"
"""What the published tables call both ends of a gap."""


@dataclass(frozen=True)
class Measured:
    """A method on a pair, over its seeds; rates from 0 to 1.

    Attributes:
        pair: name of the pair of domains.
        method: name of the method.
        network: "fast" or "paper".
        variant: what is other than in the recipe, in words; empty for the recipe.
        accuracy: mean over the seeds.
        deviation: standard deviation over the seeds; None for a single one.
        source_only: the baseline, the source's mean taken from the target's pictures.
        source_only_centred: the same networks, with the target's own mean.
        target: trained on labelled target pictures; None where there are none.
        gap: share of the way from the better baseline to `target`; None without a ceiling above it.
        seeds: how many trainings.
        steps: of one training.
        seconds: of one training.
        data: what was there of the published data, in a word or two.
        source_pictures: labelled ones that were learned from.
        target_pictures: unlabelled ones.
        evaluated: pictures tested.
        parts: accuracy by part of the tested pictures, as the file has it.
        notes: what has to be known of the data.
        command: that trains the same.
        date: of the latest training.
        machine: that it ran on.
    """

    pair: str
    method: str
    network: str
    variant: str
    accuracy: float
    deviation: float | None
    source_only: float
    source_only_centred: float
    target: float | None
    gap: float | None
    seeds: int
    steps: int
    seconds: float
    data: str
    source_pictures: int
    target_pictures: int
    evaluated: int
    parts: str
    notes: str
    command: str
    date: str
    machine: str

    @property
    def baseline(self) -> float:
        """The better source only."""
        return max(self.source_only, self.source_only_centred)


def read(rows: Iterable[Mapping[str, str]]) -> list[Measured]:
    """The rows of a result file, in its order.

    Raises:
        DatasetError: a column is missing, or a value is none; the sentence names the line.
    """
    return [_measured(number, row) for number, row in enumerate(rows, 2)]


def _measured(number: int, row: Mapping[str, str]) -> Measured:
    lacking = [name for name in COLUMNS if row.get(name) is None]
    if lacking:
        raise _damaged(number, f"has no column {lacking[0]}")
    try:
        rates = {name: float(row[name]) if row[name] else None for name in RATES}
        wrong = [value for value in rates.values() if value is not None and not 0 <= value <= 1]
        if wrong:
            raise _damaged(number, f"holds the value {wrong[0]:g}, which is not from 0 to 1")
        return Measured(
            pair=row["pair"],
            method=row["method"],
            network=row["network"],
            variant=row["variant"],
            accuracy=float(row["accuracy_mean"]),
            deviation=rates["accuracy_sd"],
            source_only=float(row["source_only"]),
            source_only_centred=float(row["source_only_centred"]),
            target=rates["target"],
            gap=float(row["gap_covered"]) if row["gap_covered"] else None,
            seeds=int(row["seeds"]),
            steps=int(row["steps"]),
            seconds=float(row["seconds_per_seed"]),
            data=row["data"],
            source_pictures=int(row["source_pictures"]),
            target_pictures=int(row["target_pictures"]),
            evaluated=int(row["evaluated"]),
            parts=row["parts"],
            notes=row["notes"],
            command=row["command"],
            date=row["date"],
            machine=row["machine"],
        )
    except ValueError:
        raise _damaged(number, "holds something that is not a number") from None


def _damaged(number: int, what: str) -> DatasetError:
    return DatasetError(
        f"The result file for domain adaptation is damaged: line {number} {what}. Make it again by "
        f"`python -m benchmarks.adaptation_pairs --write`."
    )


def of_pair(found: Iterable[Measured], pair: str) -> list[Measured]:
    """The recipes of one pair, without variants, in the file's order."""
    return [one for one in found if one.pair == pair and not one.variant]


def variants(found: Iterable[Measured], pair: str) -> list[Measured]:
    """The variants of one pair, in the file's order: what each ingredient adds, in as many steps."""
    own = [one for one in found if one.pair == pair and one.variant]
    return [one for one in own if one.steps == own[0].steps]


def covered(accuracy: float, source_only: float, target: float | None) -> float | None:
    """(accuracy - source_only) / (target - source_only); None where there is no gap above it."""
    if target is None or target <= source_only:
        return None
    return (accuracy - source_only) / (target - source_only)


@dataclass(frozen=True)
class Cell:
    """A published accuracy, and what share of the gap it covers.

    Attributes:
        row: the figure, in percent, and its source.
        gap: computed from the accuracies of the same table, 0 .. 1; None for both ends of it.
        printed: the gap that the source prints, in percent, where it is known to be another.
    """

    row: published.Row
    gap: float | None
    printed: float | None


def table(version: Version) -> dict[str, dict[str, Cell]]:
    """The paper's table in one of its versions: by method, then by pair, in the order of the file."""
    rows = published.rows(f"adaptation, {version}")
    values = {(row.method, row.dataset): row.value for row in rows}
    printed = {
        (row.method, row.dataset): row.value for row in published.rows(f"adaptation gap, {version}")
    }
    found: dict[str, dict[str, Cell]] = {}
    for row in rows:
        gap = None
        if row.method not in (BASELINE, CEILING):
            low, high = values[BASELINE, row.dataset], values[CEILING, row.dataset]
            gap = covered(row.value, low, high)
        own = printed.get((row.method, row.dataset))
        same = gap is None or own is None or f"{100 * gap:.1f}" == f"{own:.1f}"
        found.setdefault(row.method, {})[row.dataset] = Cell(row, gap, None if same else own)
    return found

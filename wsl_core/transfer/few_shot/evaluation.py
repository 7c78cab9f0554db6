"""Few-shot accuracy measured on a labelled set, as a job.

    for event in few_shot_job(jobs.Task({"data": "caltech101", "shots": [1, 5]})): ...

Where the set has the splits, examples come from `train` and queries from `test`; otherwise both from all its
pictures, never the same ones. Rows are kept by picture, so a run that was broken off goes on where it was.
"""

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.errors import DatasetError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.jobs.parts import told
from wsl_core.transfer.few_shot.episodes import Episode, Pools, drawn
from wsl_core.transfer.few_shot.features import Rows, described, read
from wsl_core.transfer.few_shot.measurement import Measured, measuring
from wsl_core.transfer.few_shot.parameters import FewShotParameters
from wsl_core.transfer.retrieval import identity

JOB = "wsl_core.transfer.few_shot.evaluation:few_shot_job"
ARCHIVE = "archive"  # name of the array with the bytes of an uploaded zip file
MIXED = "examples and queries from all pictures"


def few_shot_job(task: Task) -> Iterator[Event]:
    """Job: heads on few examples, measured.

    Config: the fields of `FewShotParameters`; array "archive": the bytes of an uploaded zip file. Result,
    facts: see `facts_of`; arrays: "HEAD, SHOTS", the accuracy of each class in each draw (draws, classes).

    Raises:
        ParameterError: a config that is none.
        DatasetError: a set that is missing or damaged, has one class, or too few pictures.
        NetworkError: no such network, or its weights are not there.
    """
    how = configured(FewShotParameters, task.config, "evaluation")
    data = task.arrays[ARCHIVE].tobytes() if ARCHIVE in task.arrays else None
    found, sides = chosen(how, collection.of(how.data, how.most, how.archive_megabytes, data))
    rows = yield from read(found, how)
    pools = pools_of(rows, sides)
    ways = pools.check(max(how.shots), how.ways)
    episodes = list(
        drawn(
            pools, rows.digests, shots=max(how.shots), ways=ways, queries=how.queries, draws=how.draws,
            seed=how.seed,
        )
    )  # fmt: skip
    measured = yield from _told(
        measuring(rows.features, episodes, len(pools.names), how.shots, how.heads, how)
    )
    facts = facts_of(how, found.title, sides, rows, pools, episodes, measured)
    arrays = {f"{one.head}, {one.shots}": one.per_class for one in measured}
    yield Result(facts, arrays)


def _told(
    steps: Generator[float, None, list[Measured]],
) -> Generator[Progress, None, list[Measured]]:
    """`measuring`, with its progress as events."""
    return told(steps, lambda share: Progress(share, f"heads, {share:.0%} of the draws"))


def chosen(how: FewShotParameters, found: Collection) -> tuple[Collection, tuple[str, str] | None]:
    """The pictures that take part, and the splits of examples and queries; None for all pictures.

    Raises:
        DatasetError: a table that is none, no classes, or splits that were asked for and are not there.
    """
    fields = FewShotParameters.model_fields
    usual = (fields["support"].default, fields["asked_of"].default)
    sides = how.support, how.asked_of
    if how.split_file is not None or found.table is not None:
        table = None if how.split_file is None else Path(how.split_file)
        found = collection.with_table(found, table)
    if any(one.label is None for one in found.entries):
        raise DatasetError(
            f"{found.title} has pictures without a class. Accepted is a folder for each class: CLASS/picture "
            f"or SPLIT/CLASS/picture."
        )
    if how.mixed:
        return found, None
    there = {one.split for one in found.entries}
    if set(sides) <= there:
        kept = tuple(one for one in found.entries if one.split in sides)
        return replace(found, entries=kept), sides
    if how.split_file is not None or sides != usual:
        names = ", ".join(sorted(one or "none" for one in there))
        raise DatasetError(
            f"{how.split_file or found.title} does not have both splits, {sides[0]!r} for examples and "
            f"{sides[1]!r} for queries. There are: {names}. Name two of these (support, asked_of), or draw "
            f"from all pictures (mixed)."
        )
    return found, None


def pools_of(rows: Rows, sides: tuple[str, str] | None) -> Pools:
    """What episodes are drawn from."""
    labels = [str(one.label) for one in rows.entries]
    return Pools.of(labels, [one.split for one in rows.entries], sides)


def refuse_early(how: FewShotParameters, found: Collection, sides: tuple[str, str] | None) -> None:
    """Refuse a set before anything is computed, by what its names say.

    Raises:
        DatasetError: see `Pools.check`.
    """
    labels = [str(one.label) for one in found.entries]
    pools = Pools.of(labels, [one.split for one in found.entries], sides)
    pools.check(max(how.shots), how.ways)


def asked(how: FewShotParameters, found: Collection) -> str:
    """Sixteen hexadecimal digits over the files of a set and the network, for `how.asked`.

    Raises:
        NetworkError: no such network, or its weights are not there.
    """
    facts = f"{found.digest} {found.stamp()} {identity.of(described(how))}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def facts_of(
    how: FewShotParameters,
    title: str,
    sides: tuple[str, str] | None,
    rows: Rows,
    pools: Pools,
    episodes: Sequence[Episode],
    measured: Sequence[Measured],
) -> dict[str, Any]:
    """Plain JSON values: accuracy and interval by head and shots, the same as rows, and the protocol.

    Accuracies are shares; `interval_95` is half the width of the interval of the mean, null for one draw.
    """
    results = [
        {
            "head": one.head,
            "shots": one.shots,
            "accuracy": one.mean,
            "interval_95": one.interval,
            "low": None if one.interval is None else max(0.0, one.mean - one.interval),
            "high": None if one.interval is None else min(1.0, one.mean + one.interval),
            "sd": one.sd,
        }
        for one in measured
    ]

    def by_head(key: str) -> dict[str, dict[str, Any]]:
        return {
            name: {str(one["shots"]): one[key] for one in results if one["head"] == name}
            for name in how.heads
        }

    return {
        "accuracy": by_head("accuracy"),
        "interval_95": by_head("interval_95"),
        "results": results,
        "data": title,
        "protocol": MIXED
        if sides is None
        else f"examples from {sides[0]}, queries from {sides[1]}",
        "classes": len(pools.names),
        "class_names": list(pools.names),
        "ways": episodes[0].ways,
        "shots": list(how.shots),
        "draws": how.draws,
        "seed": how.seed,
        "queries_per_draw": sum(len(one.asked()[0]) for one in episodes) / len(episodes),
        "pictures": len(rows.entries),
        "duplicates": duplicates(rows, sides),
        "skipped_count": len(rows.skipped),
        "skipped": rows.skipped,
        "network": how.network,
        "weights": how.weights,
        "sizes": list(how.sizes),
        "power": how.power,
        "mirrored": how.mirrored,
        "c": how.c,
        "scale": how.scale,
        "cosine_steps": how.cosine_steps,
    }


def duplicates(rows: Rows, sides: tuple[str, str] | None) -> list[list[str]]:
    """Groups of pictures with the same bytes that could meet as example and query, by name."""
    counted = Counter(rows.digests)
    groups: dict[str, list[int]] = {}
    for number, digest in enumerate(rows.digests):
        if counted[digest] > 1:
            groups.setdefault(digest, []).append(number)
    across = [
        [rows.entries[n].name for n in numbers]
        for numbers in groups.values()
        if sides is None
        or sides[0] == sides[1]
        or len({rows.entries[n].split for n in numbers}) > 1
    ]
    return across

"""Retrieval measured on a labelled set, which never tells the vectors its classes; as a job.

Either some pictures ask and others are searched (two splits), or every picture asks all others (leave one
out). Labels serve for scoring alone; mean and principal components come from the pictures that are searched.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.errors import DatasetError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.jobs.parts import told
from wsl_core.transfer.retrieval.descriptor import Descriptor
from wsl_core.transfer.retrieval.indexing import describe, pictures_of
from wsl_core.transfer.retrieval.measurement import Ranked, Retrieval, measuring, refuse_one_class
from wsl_core.transfer.retrieval.parameters import RetrievalParameters, descriptor_of
from wsl_core.transfer.retrieval.projection import Projection, compared

JOB = "wsl_core.transfer.retrieval.evaluation:retrieval_job"
LEAVE_ONE_OUT = "leave one out"


def retrieval_job(task: Task) -> Iterator[Event]:
    """Job: retrieval measured on a labelled set, with checkpoints.

    Config: the fields of `RetrievalParameters`; array "archive": the bytes of an uploaded zip file. Result,
    facts: `Retrieval.to_json`, `protocol`, `data`, `skipped`, and the descriptor's parameters.

    Raises:
        ParameterError: a config that is none.
        DatasetError: a set that is missing or damaged, has one class, or no such splits.
        NetworkError: no such network, weights or layer.
    """
    how = configured(RetrievalParameters, task.config, "evaluation")
    found, protocol = chosen(how, pictures_of(how, how.data, task.arrays))
    descriptor = Descriptor(descriptor_of(how))
    done = yield from describe(descriptor, found, task.checkpoint, how.checkpoint_every)
    yield Progress(1.0, "rankings")
    splits = [one.split for one in done.pictures]
    labels = [str(one.label) for one in done.pictures]
    digests = [one.sha256 for one in done.pictures]
    features = done.features.astype(np.float32)
    alone = protocol == LEAVE_ONE_OUT
    searched = np.array([alone or split == how.base for split in splits])
    asking = np.array([alone or split == how.queries for split in splits])
    for name, side in ((how.base, searched), (how.queries, asking)):
        if not side.any():
            raise DatasetError(f"No picture of the split {name!r} can be read. Get the set again.")
    projection = Projection.fit(features[searched], how.components)
    vectors = compared(features, projection)

    def side_of(which: NDArray[np.bool_]) -> Ranked:
        numbers = np.flatnonzero(which)
        return Ranked(
            vectors[which], tuple(labels[n] for n in numbers), tuple(digests[n] for n in numbers)
        )

    base = side_of(searched)
    measured = yield from _told(base if alone else side_of(asking), base, how.neighbours)
    used = 0 if projection is None else projection.basis.shape[1]
    facts = measured.to_json() | {
        "data": found.title,
        "protocol": protocol,
        "descriptor": descriptor.how.model_dump(mode="json"),
        "dimensions": int(features.shape[1]),
        "components": used,
        "skipped": done.skipped,
    }
    yield Result(facts, {"average_precision": measured.precisions})


def _told(queries: Ranked, base: Ranked, neighbours: int) -> Generator[Progress, None, Retrieval]:
    """`measure`, with its progress as events."""
    steps = measuring(queries, base, neighbours)
    return told(steps, lambda share: Progress(1.0, f"rankings, {share:.0%}"))


def chosen(how: RetrievalParameters, found: Collection) -> tuple[Collection, str]:
    """The pictures that take part, and by which protocol.

    Returns:
        pictures with labels, and "QUERIES against BASE" or "leave one out".

    Raises:
        DatasetError: a table that is none, splits that are not there, or one class alone.
    """
    fields = RetrievalParameters.model_fields
    usual = (fields["queries"].default, fields["base"].default)
    named = how.split_file is not None or (how.queries, how.base) != usual
    if how.split_file is not None or found.table is not None:
        found = collection.with_table(
            found, None if how.split_file is None else Path(how.split_file)
        )
    splits = {one.split for one in found.entries}
    protocol = LEAVE_ONE_OUT
    if not how.leave_one_out and {how.queries, how.base} <= splits:
        kept = tuple(one for one in found.entries if one.split in (how.queries, how.base))
        found = replace(found, entries=kept)
        if how.queries != how.base:
            protocol = f"{how.queries} against {how.base}"
    elif named and not how.leave_one_out:
        there = ", ".join(sorted(one or "none" for one in splits))
        raise DatasetError(
            f"{how.split_file or found.title} does not have both splits, {how.queries!r} to ask and "
            f"{how.base!r} to be searched. There are: {there}. Name two of these (queries, base)."
        )
    refuse_one_class([one.label for one in found.entries])
    return found, protocol

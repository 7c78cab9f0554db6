"""A collection turned into vectors, picture by picture, with checkpoints; as a job.

    for event in index_job(jobs.Task({"source": "holiday"})): ...

Pictures are taken in groups in their order, so that a run that goes on from a checkpoint gives the very
same vectors. One that cannot be read is skipped and named.
"""

import hashlib
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection, Entry, printable
from wsl_core.errors import DatasetError, ImageError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.retrieval.card import IndexCard, Indexed
from wsl_core.transfer.retrieval.descriptor import Descriptor, Look
from wsl_core.transfer.retrieval.index import Index, digest
from wsl_core.transfer.retrieval.parameters import (
    IndexParameters,
    ReadingParameters,
    descriptor_of,
)
from wsl_core.transfer.retrieval.projection import Projection

JOB = "wsl_core.transfer.retrieval.indexing:index_job"
GROUP = 32  # pictures that are opened at a time
TELL_S = 0.5
Done = TypeVar("Done")
ARCHIVE = "archive"  # name of the array with the bytes of an uploaded zip file


@dataclass
class Described:
    """Vectors so far.

    Attributes:
        rows: a (D,) float16 vector of length 1 for every picture that could be read.
        pictures: what is known of each.
        skipped: by the name of a picture, why it could not be read.
    """

    rows: list[NDArray[np.float16]] = field(default_factory=list)
    pictures: list[Indexed] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def features(self) -> NDArray[np.float16]:
        """(N, D)."""
        return np.stack(self.rows)


def describe(
    descriptor: Descriptor,
    found: Collection,
    checkpoint: Checkpoint | None = None,
    every: int = 256,
) -> Generator[Progress | Checkpoint, None, Described]:
    """The vectors of all pictures.

    Args:
        descriptor: makes them.
        found: the pictures.
        checkpoint: of an earlier attempt on the same pictures; of others it is passed over.
        every: pictures from one checkpoint to the next.

    Yields:
        how far it is.

    Raises:
        DatasetError: not one picture could be read.
        ParameterError: a size outside the network's limits.
    """
    key = f"{found.digest} {descriptor.identity}"
    done, start = _resumed(checkpoint, key)
    kept, count = start, len(found.entries)
    yield Progress(start / count, f"features, {start:,} of {count:,} pictures")
    while start < count:
        part = found.entries[start : start + GROUP]
        so_far = Progress(start / count, f"features, {start:,} of {count:,} pictures")
        group = yield from _told(_looked(descriptor, found, part, done.skipped), so_far)
        for one, look in group:
            done.rows.append(descriptor.vector(look).astype(np.float16))
            done.pictures.append(one)
        start += len(part)
        yield Progress(start / count, f"features, {start:,} of {count:,} pictures")
        if start - kept >= every and start < count and done.rows:
            kept = start
            pictures = [one.model_dump(mode="json") for one in done.pictures]
            state = {"key": key, "start": start, "pictures": pictures, "skipped": done.skipped}
            yield Checkpoint(start, {"features": done.features}, state)
    if not done.rows:
        name, sentence = next(iter(done.skipped.items()))
        raise DatasetError(
            f"None of the {count:,} pictures of {found.title} can be read. The first is {name}: {sentence}"
        )
    return done


def _looked(
    descriptor: Descriptor, found: Collection, part: Sequence[Entry], skipped: dict[str, str]
) -> Generator[None, None, list[tuple[Indexed, Look]]]:
    """Open some pictures and look at them, pausing after each picture and each pass."""
    known, ready = [], []
    for one in part:
        try:
            photo = found.read(one.name)
        except ImageError as error:
            skipped[printable(one.name)] = str(error)
        else:
            known.append(
                Indexed(
                    name=one.name, label=one.label, split=one.split, width=photo.width,
                    height=photo.height, sha256=digest(photo),
                )
            )  # fmt: skip
            ready.append(descriptor.fed(photo))
        yield
    looks = yield from descriptor.looking(ready)
    return list(zip(known, looks, strict=True))


def _told(steps: Generator[None, None, Done], so_far: Progress) -> Generator[Progress, None, Done]:
    """What steps return, while somebody is told now and then that there is life in it."""
    told = time.monotonic()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Done = end.value
            return done
        if time.monotonic() - told > TELL_S:
            told = time.monotonic()
            yield so_far


def _resumed(checkpoint: Checkpoint | None, key: str) -> tuple[Described, int]:
    """What an earlier attempt has done, and how many pictures that took."""
    if checkpoint is None or checkpoint.state.get("key") != key:
        return Described(), 0
    state = checkpoint.state
    rows = list(checkpoint.arrays["features"])
    pictures = [Indexed.model_validate(one) for one in state["pictures"]]
    return Described(rows, pictures, dict(state["skipped"])), int(state["start"])


def pictures_of(how: ReadingParameters, source: str, arrays: dict[str, NDArray[Any]]) -> Collection:
    """The pictures of a task: of an uploaded zip file where its bytes are among the arrays.

    Raises:
        DatasetError: see `collection.of`.
    """
    data = arrays[ARCHIVE].tobytes() if ARCHIVE in arrays else None
    return collection.of(source, how.most, how.archive_megabytes, data)


def asked(how: ReadingParameters, found: Collection) -> str:
    """Sixteen hexadecimal digits over the files of a collection and the network, for `how.asked`.

    Raises:
        NetworkError: there is no such network, or its weights are not there.
    """
    facts = f"{found.digest} {found.stamp()} {identity.of(descriptor_of(how))}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def index_job(task: Task) -> Iterator[Event]:
    """Job: an index.

    Config: the fields of `IndexParameters`; array "archive": the bytes (uint8) of an uploaded zip file.
    Result, facts and arrays: those that `Index.of` takes.

    Raises:
        ParameterError: a config that is none.
        DatasetError: no pictures, or a zip file that is refused.
        NetworkError: no such network, weights or layer.
    """
    how = configured(IndexParameters, task.config, "index")
    found = pictures_of(how, how.source, task.arrays)
    descriptor = Descriptor(descriptor_of(how))
    done = yield from describe(descriptor, found, task.checkpoint, how.checkpoint_every)
    yield Progress(1.0, "principal components")
    index = indexed(descriptor, found, done)
    arrays: dict[str, NDArray[Any]] = {"features": index.features}
    if index.projection is not None:
        arrays |= {"mean": index.projection.mean, "basis": index.projection.basis}
    yield Result(index.card.model_dump(mode="json"), arrays)


def indexed(descriptor: Descriptor, found: Collection, done: Described) -> Index:
    """The index of a collection whose vectors are there."""
    features = done.features
    projection = Projection.fit(features.astype(np.float32), descriptor.how.components)
    card = IndexCard(
        title=found.title,
        descriptor=descriptor.how,
        identity=descriptor.identity,
        root=None if found.root is None else str(found.root.resolve()),
        pictures=tuple(done.pictures),
        skipped=done.skipped,
    )
    return Index(card, features, projection)

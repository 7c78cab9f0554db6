"""One collection in three ways: by a network, by the same network without training, and by its pixels.

What the first finds and the others do not is what learning brought. All three are made in one job, so that
they are of the very same pictures; where the pictures have classes, each is also measured, every picture
asking all others.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.jobs.parts import told
from wsl_core.transfer.retrieval.descriptor import Descriptor
from wsl_core.transfer.retrieval.index import Index
from wsl_core.transfer.retrieval.indexing import Described, describe, indexed, pictures_of
from wsl_core.transfer.retrieval.measurement import Ranked, Retrieval, measuring, refuse_one_class
from wsl_core.transfer.retrieval.parameters import (
    PIXELS,
    DescriptorParameters,
    IndexParameters,
    descriptor_of,
)

JOB = "wsl_core.transfer.retrieval.comparison:comparison_job"
LEARNED, RANDOM = "learned", "random"
KINDS: Mapping[str, str] = {
    LEARNED: "the network",
    RANDOM: "the network without training",
    PIXELS: "pixels",
}
"""The three ways, and how they are called."""
MOST_MEASURED = 4000  # pictures: every one asks all others


@dataclass(frozen=True, eq=False)
class Comparison:
    """Indexes of one collection, in the order of `KINDS`.

    Attributes:
        indexes: by kind; picture number n is the same in all.
        measured: figures of every picture asking all others, as `Retrieval.to_json` gives them; none where
            there are no classes, or too many pictures.
    """

    indexes: dict[str, Index]
    measured: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def learned(self) -> Index:
        """That of the network."""
        return self.indexes[LEARNED]

    @classmethod
    def of(cls, facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> "Comparison":
        """From the result of a job.

        Raises:
            DatasetError: cards and arrays do not belong together.
        """
        indexes = {kind: Index.of(facts["cards"][kind], _of_kind(arrays, kind)) for kind in KINDS}
        return cls(indexes, facts["measured"])


def descriptors(how: DescriptorParameters) -> dict[str, DescriptorParameters]:
    """Of each kind, what its vectors are made with: the same layer in the same way, and pixels.

    Args:
        how: the network's; its weights count for nothing.
    """
    return {
        LEARNED: how.model_copy(update={"weights": "published"}),
        RANDOM: how.model_copy(update={"weights": "random"}),
        PIXELS: DescriptorParameters(network=PIXELS),
    }


def comparison_job(task: Task) -> Iterator[Event]:
    """Job: a collection indexed in three ways.

    Config: the fields of `IndexParameters`; array "archive": the bytes (uint8) of an uploaded zip file.
    Result: what `Comparison.of` takes.

    Raises:
        ParameterError: a config that is none.
        DatasetError: no pictures, or a zip file that is refused.
        NetworkError: no such network, weights or layer.
    """
    how = configured(IndexParameters, task.config, "comparison")
    found = pictures_of(how, how.source, task.arrays)
    ways = descriptors(descriptor_of(how))
    key = f"{found.digest} {found.stamp()}"
    arrays, cards, inner = _resumed(task.checkpoint, key)
    for number, (kind, parameters) in enumerate(ways.items()):
        if kind in cards:
            continue
        descriptor = Descriptor(parameters)
        done = yield from _one_of_three(
            describe(descriptor, found, inner, how.checkpoint_every),
            number,
            {"key": key, "cards": dict(cards), "pictures": len(found.entries)},
            dict(arrays),
        )
        inner = None
        index = indexed(descriptor, found, done)
        cards[kind] = index.card.model_dump(mode="json")
        arrays |= {f"{kind}/{name}": value for name, value in _arrays(index).items()}
    whole = Comparison.of({"cards": cards, "measured": {}}, arrays)
    measured: dict[str, Any] = {}
    for kind, index in whole.indexes.items():
        one = yield from _measured(index)
        if one is not None:
            measured[kind] = one.to_json()
    yield Result({"cards": cards, "measured": measured}, arrays)


def _one_of_three(
    steps: Generator[Progress | Checkpoint, None, Described],
    number: int,
    before: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
) -> Generator[Event, None, Described]:
    """What `describe` returns; its progress as a third, its checkpoints with what was done before."""

    def of_three(event: Progress | Checkpoint) -> Event:
        if isinstance(event, Progress):
            title = list(KINDS.values())[number]
            return Progress((number + event.share) / len(KINDS), f"{title}: {event.doing}")
        state = before | {"step": event.step, "inner": event.state}
        kept = arrays | {f"inner/{name}": value for name, value in event.arrays.items()}
        return Checkpoint(number * before["pictures"] + event.step, kept, state)

    return told(steps, of_three)


def _resumed(
    checkpoint: Checkpoint | None, key: str
) -> tuple[dict[str, NDArray[Any]], dict[str, Any], Checkpoint | None]:
    """Arrays and cards that are done, and where the way that was under way stopped."""
    if checkpoint is None or checkpoint.state.get("key") != key:
        return {}, {}, None
    inner = Checkpoint(
        checkpoint.state["step"], _of_kind(checkpoint.arrays, "inner"), checkpoint.state["inner"]
    )
    done = {name: one for name, one in checkpoint.arrays.items() if not name.startswith("inner/")}
    return done, dict(checkpoint.state["cards"]), inner


def _measured(index: Index) -> Generator[Progress, None, Retrieval | None]:
    """Every picture asks all others; None where nothing can be scored."""
    try:
        refuse_one_class(index.labels)
    except DatasetError:
        return None
    if len(index) > MOST_MEASURED:
        return None
    whole = ranked(index)
    steps = measuring(whole, whole)
    try:
        return (yield from told(steps, lambda share: Progress(1.0, f"rankings, {share:.0%}")))
    except DatasetError:  # not two pictures of any class
        return None


def ranked(index: Index) -> Ranked:
    """An index with classes as what `measure` takes."""
    digests = tuple(one.sha256 for one in index.card.pictures)
    return Ranked(index.vectors, tuple(map(str, index.labels)), digests)


def _arrays(index: Index) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {"features": index.features}
    if index.projection is not None:
        found |= {"mean": index.projection.mean, "basis": index.projection.basis}
    return found


def _of_kind(arrays: Mapping[str, NDArray[Any]], kind: str) -> dict[str, NDArray[Any]]:
    before = f"{kind}/"
    return {
        name.removeprefix(before): np.asarray(one)
        for name, one in arrays.items()
        if name.startswith(before)
    }

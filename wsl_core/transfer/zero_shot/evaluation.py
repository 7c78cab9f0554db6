"""Zero-shot accuracy measured on a labelled set, as a job; the protocol of Xian et al., TPAMI 2018.

    for event in zero_shot_job(jobs.Task({"data": "AwA2", "method": "prototype"})): ...

Unseen classes are first recognised among themselves (zero-shot), then among all classes that have pictures
(generalised), with gamma off the scores of seen classes. Everything is chosen on left-out seen classes.
"""

import hashlib
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from wsl_core.datasets import attributes
from wsl_core.datasets.attributes import AttributeSet
from wsl_core.errors import DatasetError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.jobs.parts import told, within
from wsl_core.transfer.few_shot.features import described
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.zero_shot.division import divided, random_unseen
from wsl_core.transfer.zero_shot.facts import facts_of
from wsl_core.transfer.zero_shot.features import read
from wsl_core.transfer.zero_shot.measurement import Measured, measuring
from wsl_core.transfer.zero_shot.methods import METHODS
from wsl_core.transfer.zero_shot.parameters import RANDOM, ZeroShotParameters

JOB = "wsl_core.transfer.zero_shot.evaluation:zero_shot_job"
FEATURES = 0.6  # of the whole, where the network has to look


def zero_shot_job(task: Task) -> Iterator[Event]:
    """Job: a method measured.

    Config: the fields of `ZeroShotParameters`. Result, facts: see `facts_of`; arrays: "confusion" of the
    first draw (classes, classes), by what a picture is and what was said.

    Raises:
        ParameterError: a config that is none, or more unseen classes than there are.
        DatasetError: a set that is missing, damaged, or has too few classes or pictures.
        NetworkError: no such network, or its weights are not there.
    """
    how = configured(ZeroShotParameters, task.config, "measurement")
    found = attributes.read(Path(how.data))
    card = METHODS[how.method]
    name, unseen = draws_of(found, how)
    pictures = yield from within(
        0.0, FEATURES, read(found.collection(), found.table, how, card.reads)
    )
    measured = yield from within(
        FEATURES, 1.0, _told(measuring(card, found, pictures, unseen, how))
    )
    facts = facts_of(how, found, name, pictures, measured)
    yield Result(facts, {"confusion": measured[0].confusion})


def _told(
    steps: Generator[float, None, list[Measured]],
) -> Generator[Progress, None, list[Measured]]:
    return told(steps, lambda share: Progress(share, f"classes left out, {share:.0%}"))


def draws_of(found: AttributeSet, how: ZeroShotParameters) -> tuple[str, list[list[int]]]:
    """The name of the split, and of each draw the numbers of its unseen classes, in the table's order.

    Raises:
        DatasetError: a split that the set has not, one class with pictures alone, or too few unseen ones.
        ParameterError: so many unseen classes that fewer than two seen ones are left.
    """
    pictured = [found.table.index(one) for one in found.pictured]
    if len(pictured) < 2:
        raise DatasetError(
            f"{found.title} has pictures of one class, {found.pictured[0]}. Accepted are four classes with "
            f"pictures or more, two of them unseen: add folders of other classes of the table."
        )
    name: str = how.split or next((one for one in attributes.SPLITS if one in found.splits), RANDOM)
    if name == RANDOM:
        own = next((found.splits[one] for one in attributes.SPLITS if one in found.splits), ())
        there = sum(found.table.index(one) in pictured for one in own)
        count = how.unseen or there or max(2, round(len(pictured) / 4))
        return name, random_unseen(pictured, count, how.draws, how.seed)
    if name not in found.splits:
        there_are = ", ".join((*found.splits, RANDOM))
        raise DatasetError(
            f"{found.title} has no {name} split. There are: {there_are}. Choose one of them (split)."
        )
    return name, [[found.table.index(one) for one in found.splits[name]]]


def refuse_early(found: AttributeSet, how: ZeroShotParameters) -> None:
    """Refuse a set before anything is computed, by what its names say.

    Raises:
        DatasetError: as `draws_of` and `divided` say.
        ParameterError: as `draws_of` says.
    """
    _, unseen = draws_of(found, how)
    labels = np.array([found.table.index(one.label) for one in found.pictures])
    divided(labels, unseen[0], how.seed, names=found.table.classes)


def asked(found: AttributeSet, how: ZeroShotParameters) -> str:
    """Sixteen hexadecimal digits over table, pictures and network, for `how.asked`.

    Raises:
        NetworkError: no such network, or its weights are not there.
    """
    pictures = found.collection()
    facts = (
        f"{found.table.csv_text()} {dict(found.splits)} {pictures.digest} {pictures.stamp()} "
        f"{identity.of(described(how.features))}"
    )
    return hashlib.sha256(facts.encode()).hexdigest()[:16]

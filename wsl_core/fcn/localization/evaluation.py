"""A head, or a network without training, measured over labelled pictures; also as a job.

    for event in evaluation_job(jobs.Task({"data": "data/voc", "head": "wildcat"})): ...

`evaluate` takes anything that reads class maps from a picture. The job keeps what it has found, and goes
on there after an interruption.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from wsl_core import images, networks
from wsl_core.datasets import labelled, relatives
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.fcn import activation_maps, pronet
from wsl_core.fcn.evaluated import USUAL_SIZES, EvaluatedParameters, class_order, digest
from wsl_core.fcn.localization.evidence import Evidence, Pointed, collect, packed, unpacked
from wsl_core.fcn.localization.results import Localization
from wsl_core.fcn.localization.untrained import grouped
from wsl_core.images import Photo
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.networks import DEFAULT, ClassMaps

JOB = "wsl_core.fcn.localization.evaluation:evaluation_job"
Read = Callable[[Photo], ClassMaps]


class EvaluationParameters(EvaluatedParameters):
    """What is measured, and on what."""

    format: Literal["voc", "coco", "folders"] = Field(
        "voc", title="Format", description="Layout of the set."
    )
    pointed: Pointed = Field(
        "peak",
        title="Points",
        description="The highest cell, or the middle of the best region of a beam search "
        "(WSLocalization).",
    )
    threshold: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Threshold",
        description="Share of the map's maximum for CorLoc's box.",
    )
    checkpoint_every: int = Field(
        100, ge=1, title="Checkpoint", description="Pictures from one checkpoint to the next."
    )

    def read(self) -> LabelledPictures:
        """The pictures.

        Raises:
            DatasetError: the set is missing, damaged, or has no such split.
        """
        return labelled.read(
            self.format, Path(self.data), self.split, self.year, skip_missing=self.skip_missing
        )


def evaluate(
    read: Read,
    pictures: LabelledPictures,
    *,
    threshold: float = 0.2,
    pointed: Pointed = "peak",
    report: Callable[[float], None] | None = None,
) -> Localization:
    """Measure classification and localization over all pictures.

    Args:
        read: the class maps of a picture, fused or not; see `reader`. Their classes contain those of the
            pictures, in any order.
        pictures: with labels and, where points and boxes are to be measured, objects.
        threshold: share of a map's maximum above which its largest region is the class's box in CorLoc.
        pointed: how a map becomes a point: its highest cell, or WSLocalization's beam search.
        report: told the share that is done.

    Raises:
        ParameterError: maps without one of the classes.
        DatasetError: a picture of another size than its annotation says, or a mask that cannot be read.
        ImageError: a picture that cannot be read.
        NetworkError: values that are not numbers.
    """
    found = []
    for evidence in gather(read, pictures, threshold=threshold, pointed=pointed):
        found.append(evidence)
        if report:
            report(len(found) / len(pictures.pictures))
    return Localization(pictures.title, pictures.classes, tuple(found))


def gather(
    read: Read,
    pictures: LabelledPictures,
    start: int = 0,
    *,
    threshold: float = 0.2,
    pointed: Pointed = "peak",
) -> Iterator[Evidence]:
    """The evidence of one picture after the other, from number `start` on; raises as `evaluate` does."""
    order: Sequence[int] | None = None
    for picture in pictures.pictures[start:]:
        maps = read(images.read(picture.path))
        if order is None:
            order = class_order(maps.classes.names, pictures)
        yield collect(maps, picture, order, threshold, pointed)


def reader(
    classes: Sequence[str],
    *,
    head: str | None = None,
    network: str | None = None,
    sizes: Sequence[int] | None = None,
    mirror: bool | None = None,
    stride: int | None = None,
) -> Read:
    """What reads class maps for `evaluate`, fused over sizes and mirror images on exact geometry.

    Args:
        classes: of the pictures.
        head: name or folder of a trained head, a ProNet included.
        network: without a head, the network whose ImageNet maps are grouped; the default one for None.
        sizes: longer sides fed, in pixels; for None those of the head's card, else 449.
        mirror: fuse with mirrored maps; for None as the head's card says, else not.
        stride: pixels between the cells, by dilation; for None the network's own, as for every ProNet.

    Raises:
        ParameterError: both a head and a network, or no relatives for a class.
        NetworkError: a network that is not there or does not work here.
        HeadError: a head that is not there or damaged.
    """
    if head is not None and network is not None:
        raise ParameterError(
            f"Both the head {head!r} and the network {network!r} are given. A head has its own network: "
            f"give one of the two."
        )
    if head is None:
        loaded = networks.load(network or DEFAULT, stride=stride)
        groups = relatives.kind_of(classes)

        def look(maps: ClassMaps) -> ClassMaps:
            return grouped(maps, groups)
    else:
        trained = pronet.load(head)
        if isinstance(trained, pronet.ProNet):
            return partial(trained.look, trained.network(), sizes=sizes, mirror=mirror)
        loaded, look = trained.network(stride=stride), trained.read
        sizes = sizes or trained.card.sizes
        mirror = trained.card.mirror if mirror is None else mirror

    def read(photo: Photo) -> ClassMaps:
        flips = (False, True) if mirror else (False,)
        return look(
            activation_maps.fuse(
                [
                    loaded.class_maps(photo, size, mirrored=flip)
                    for size in sizes or USUAL_SIZES
                    for flip in flips
                ]
            )
        )

    return read


def evaluation_job(task: Task) -> Iterator[Event]:
    """Job: `evaluate` with checkpoints.

    Config: the fields of `EvaluationParameters`. Result, facts: `Localization.as_json`, `mistakes` (the
    twenty worst) and `missing` (names left out); arrays: the evidence, for `localization_of`.

    Raises:
        ParameterError: a config that is none, or a head of other classes.
        DatasetError: a set that is missing or damaged.
        WslError: whatever else `reader` and `evaluate` raise.
    """
    how = configured(EvaluationParameters, task.config, "evaluation")
    yield Progress(0, "reading the set")
    pictures = how.read()
    if how.asked and how.asked != digest(pictures, how.head):
        raise DatasetError(
            f"{pictures.title}, or the head, has changed since this evaluation was asked for. Start it "
            f"anew."
        )
    names = "\n".join(f"{one.name} {one.mask is not None}" for one in pictures.pictures)
    state = {"pictures": hashlib.sha256(names.encode()).hexdigest()}
    found: list[Evidence] = []
    if task.checkpoint and task.checkpoint.state == state:  # else the set has changed: begin anew
        found = unpacked(task.checkpoint.arrays, pictures.pictures)
    yield Progress(len(found) / len(pictures.pictures), "loading the network", len(found))
    read = reader(
        pictures.classes, head=how.head, network=how.network, sizes=how.sizes, mirror=how.mirror
    )
    for evidence in gather(
        read, pictures, len(found), threshold=how.threshold, pointed=how.pointed
    ):
        found.append(evidence)
        done, count = len(found), len(pictures.pictures)
        yield Progress(done / count, f"{done} of {count} pictures looked at", done)
        if done % how.checkpoint_every == 0 and done < count:
            yield Checkpoint(done, packed(found, len(pictures.classes)), state)
    result = Localization(pictures.title, pictures.classes, tuple(found))
    yield Result(
        result.as_json()
        | {
            "mistakes": [vars(mistake) for mistake in result.mistakes()],
            "missing": list(pictures.missing),
        },
        packed(found, len(pictures.classes)),
    )


def localization_of(pictures: LabelledPictures, result: Result) -> Localization:
    """The measured whole of a finished job, from the same pictures that it was run on."""
    evidence = unpacked(result.arrays, pictures.pictures)
    return Localization(pictures.title, pictures.classes, tuple(evidence))

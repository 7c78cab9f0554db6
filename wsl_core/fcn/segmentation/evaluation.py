"""Segments measured over a set with masks, before and after the CRF; also as a job.

    for event in evaluation_job(jobs.Task({"data": "data/voc", "head": "segmenter", "crf": True})): ...

The parameters were chosen on pictures of VOC's `train` with masks (see `UnaryParameters`); nothing is chosen
on what is measured.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core import images
from wsl_core.datasets import voc_labels
from wsl_core.datasets.labelled import ABSENT, LabelledPicture, LabelledPictures
from wsl_core.errors import DatasetError
from wsl_core.fcn.evaluated import EvaluatedParameters, class_order, digest
from wsl_core.fcn.segmentation import masks
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.measure import Confusion
from wsl_core.fcn.segmentation.on_picture import BACKGROUND, present_classes, segment
from wsl_core.fcn.segmentation.reading import Read, reader
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured

JOB = "wsl_core.fcn.segmentation.evaluation:evaluation_job"
Counts = NDArray[np.int64]


class Way(NamedTuple):
    """How segments are made.

    Attributes:
        given_labels: of the classes that the picture shows, as its annotation says; else of those that
            the head predicts.
        crf: refined by the CRF.
    """

    given_labels: bool
    crf: bool


class EvaluationParameters(EvaluatedParameters, UnaryParameters):
    """What is measured, and on what."""

    format: Literal["voc"] = Field("voc", title="Format", description="Layout of the set.")
    split: str = Field("val", title="Split", description="A list in ImageSets/Segmentation.")
    given_labels: bool = Field(
        False,
        title="Given labels",
        description="Look for the classes that the annotation names, difficult objects included, instead "
        "of predicting them.",
    )
    crf: bool = Field(
        False, title="CRF", description="Refine the labels by the fully connected CRF."
    )
    checkpoint_every: int = Field(
        50, ge=1, title="Checkpoint", description="Pictures from one checkpoint to the next."
    )

    def read(self) -> LabelledPictures:
        """The pictures that have masks.

        Raises:
            DatasetError: the set is missing, damaged, or has no such split.
        """
        return voc_labels.read_with_masks(
            Path(self.data), self.split, self.year, skip_missing=self.skip_missing
        )


def counts(
    read: Read,
    pictures: LabelledPictures,
    ways: Sequence[Way],
    how: UnaryParameters | None = None,
    start: int = 0,
    crf: CrfParameters | None = None,
) -> Iterator[Counts]:
    """The confusion of one picture after the other, from number `start` on.

    Args:
        read: the class maps of a picture, fused or not; see `reader`.
        pictures: that have masks.
        ways: in which segments are made.
        how: thresholds.
        start: the first picture.
        crf: of the ways with the CRF.

    Yields:
        (ways, K + 1, K + 1) pixels by their label and what they were taken for, the background first.

    Raises:
        ParameterError: maps without one of the classes.
        DatasetError: a mask that cannot be read or does not fit its picture.
        ImageError: a picture that cannot be read.
    """
    order: list[int] | None = None
    for picture in pictures.pictures[start:]:
        photo = images.read(picture.path)
        mask = masks.read(picture, len(pictures.classes))
        maps = read(photo)
        if order is None:
            order = class_order(maps.classes.names, pictures)
        number = np.zeros(256, np.uint8)  # a label of the head -> one of the set
        number[1 + np.array(order)] = 1 + np.arange(len(order))
        named = [order[k] for k in _named(picture)]
        likely = present_classes(maps, None, how or UnaryParameters())
        labels: dict[tuple[frozenset[int], bool], NDArray[np.uint8]] = {}
        found = []
        for way in ways:
            present = named if way.given_labels else likely
            made = frozenset(present), way.crf
            if made not in labels:  # as a rule the head predicts what is given
                segments = segment(maps, photo, sorted(present), how)
                labels[made] = segments.refined(crf).labels if way.crf else segments.before
            confusion = Confusion((BACKGROUND, *pictures.classes))
            confusion.add(mask, number[labels[made]])
            found.append(confusion.pixels)
        yield np.stack(found)


def _named(picture: LabelledPicture) -> list[int]:
    """The classes that the annotation names; difficult objects are in the masks, too."""
    return [k for k, label in enumerate(picture.labels) if label != ABSENT]


def figures(pixels: Counts, pictures: LabelledPictures) -> dict[str, object]:
    """`miou` and `classes: {name: iou}` of a confusion, as plain JSON values."""
    found = Confusion((BACKGROUND, *pictures.classes))
    found.pixels += pixels
    return {"miou": found.miou, "classes": found.overlaps()}


def evaluate(
    read: Read,
    pictures: LabelledPictures,
    ways: Sequence[Way],
    how: UnaryParameters | None = None,
    report: Callable[[float], None] | None = None,
) -> list[dict[str, object]]:
    """`figures` of every way, over all pictures; raises as `counts` does."""
    total: Counts = np.zeros((len(ways),) + (1 + len(pictures.classes),) * 2, np.int64)
    for done, one in enumerate(counts(read, pictures, ways, how), 1):
        total += one
        if report:
            report(done / len(pictures.pictures))
    return [figures(one, pictures) for one in total]


def evaluation_job(task: Task) -> Iterator[Event]:
    """Job: one way measured, with checkpoints.

    Config: the fields of `EvaluationParameters`. Result, facts: `miou`, `classes`, `before` (both without
    the CRF, where it is asked for), `data`, `images`, `missing`; arrays: `pixels`, the confusions.

    Raises:
        ParameterError: a config that is none, or a head of other classes.
        DatasetError: a set that is missing or damaged.
        WslError: whatever else `reader` and `counts` raise.
    """
    how = configured(EvaluationParameters, task.config, "evaluation")
    yield Progress(0, "reading the set")
    pictures = how.read()
    if how.asked and how.asked != digest(pictures, how.head):
        raise DatasetError(
            f"{pictures.title}, or the head, has changed since this evaluation was asked for. Start it anew."
        )
    ways = [Way(how.given_labels, crf) for crf in ((False, True) if how.crf else (False,))]
    names = "\n".join(one.name for one in pictures.pictures)
    state = {"pictures": hashlib.sha256(names.encode()).hexdigest()}
    total: Counts = np.zeros((len(ways),) + (1 + len(pictures.classes),) * 2, np.int64)
    start = 0
    if task.checkpoint and task.checkpoint.state == state:  # else the set has changed: begin anew
        start, total = task.checkpoint.step, task.checkpoint.arrays["pixels"].astype(np.int64)
    count = len(pictures.pictures)
    yield Progress(start / count, "loading the network", start)
    read = reader(
        pictures.classes, head=how.head, network=how.network, sizes=how.sizes, mirror=how.mirror
    )
    for done, one in enumerate(counts(read, pictures, ways, how, start), start + 1):
        total = total + one
        yield Progress(done / count, f"{done} of {count} pictures looked at", done)
        if done % how.checkpoint_every == 0 and done < count:
            yield Checkpoint(done, {"pixels": total}, state)
    facts = figures(total[-1], pictures)
    if how.crf:
        facts["before"] = figures(total[0], pictures)
    yield Result(
        facts | {"data": pictures.title, "images": count, "missing": list(pictures.missing)},
        {"pixels": total},
    )

"""Words placed on labelled pictures: how often is the highest cell on the thing that the word names?

For every picture and every class that it shows with a box, the class's name is placed, and the point is
right where it lies in a box of the class, made larger by the tolerance on each side, border included. Beside
it, the same boxes and wrong words (the names of all classes that the picture does not show), and the
picture's middle. Figures are means over classes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core import images, networks
from wsl_core.datasets import labelled
from wsl_core.datasets.boxes import distances
from wsl_core.datasets.labelled import ABSENT, LabelledPicture, LabelledPictures
from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.networks import ClassMaps, imagenet
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters

JOB = "wsl_core.transfer.zero_shot.placed_evaluation:words_job"
SPELLED = {"diningtable": "dining table", "pottedplant": "potted plant", "tvmonitor": "tv monitor"}
FIGURES = ("pointing", "wrong_word", "centre")
Floats = NDArray[np.float64]


class WordsEvaluationParameters(PlacedParameters):
    """What is measured, and on what."""

    data: str = Field(title="Data", description="Root of the set in its published layout.")
    format: Literal["voc", "coco"] = Field(
        "voc", title="Format", description="Layout of the set; it needs boxes."
    )
    split: str = Field("val", title="Split", description="Any split of the set.")
    year: int = Field(2012, title="Year", description="Of the VOC challenge.")
    skip_missing: bool = Field(
        False, title="Skip missing", description="Leave out pictures whose files are not there."
    )
    tolerance: float = Field(
        18, ge=0, le=1000, title="Tolerance", description="How far a point may lie outside a box, in pixels."
    )  # fmt: skip
    checkpoint_every: int = Field(
        100, ge=1, title="Checkpoint", description="Pictures from one checkpoint to the next."
    )

    def read(self) -> LabelledPictures:
        """The pictures.

        Raises:
            DatasetError: the set is missing, damaged, without boxes, or has no such split.
        """
        found = labelled.read(
            self.format, Path(self.data), self.split, self.year, skip_missing=self.skip_missing
        )
        if not any(one.objects for one in found.pictures):
            raise DatasetError(
                f"{found.title} has no boxes, so nothing says where things are. Choose a set with boxes."
            )
        return found

    @property
    def placing(self) -> PlacedParameters:
        """How the words are placed."""
        return PlacedParameters.model_validate(
            {name: getattr(self, name) for name in PlacedParameters.model_fields}
        )


@dataclass(frozen=True, eq=False)
class Words:
    """The names of a set's classes, ready to be placed.

    Attributes:
        names: (K,) of the classes.
        carriers: (K,) of each word.
        weights: (K, 1000) of the network's classes for each word.
    """

    names: tuple[str, ...]
    carriers: tuple[placed.Carriers, ...]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, names: Sequence[str], how: PlacedParameters) -> "Words":
        """Look up every name.

        Raises:
            WordError: a name has no vector.
        """
        found = tuple(placed.carriers(SPELLED.get(name, name), how) for name in names)
        weights = np.zeros((len(names), len(imagenet.classes())), np.float32)
        for row, one in zip(weights, found, strict=True):
            row[[carrier.index for carrier in one.classes]] = [c.weight for c in one.classes]
        return cls(tuple(names), found, weights)

    @property
    def placeable(self) -> NDArray[np.bool_]:
        """(K,) whether a word has a relative; the others are not placed."""
        return np.array([one.verdict is None for one in self.carriers])

    def points(self, maps: ClassMaps) -> Floats:
        """(K, 2) x and y of the highest cell of every word, in picture pixels."""
        how = self.carriers[0].how
        probabilities = placed.class_probabilities(maps, how.evenness)
        values = self.weights @ probabilities.reshape(len(probabilities), -1)
        rows, columns = np.unravel_index(values.argmax(axis=1), maps.cells)
        centres = maps.placement.across.centres()[columns], maps.placement.down.centres()[rows]
        return np.stack(centres, axis=1)


@dataclass(frozen=True)
class Outcome:
    """One class in one picture that shows it.

    Attributes:
        index: of the class.
        several: whether the picture shows other classes, too.
        pointing: 1 where the class's word is on it, else 0.
        wrong_word: share of the words of absent classes that are on it.
        centre: 1 where the picture's middle is on it, else 0.
    """

    index: int
    several: bool
    pointing: float
    wrong_word: float
    centre: float


def outcomes(
    points: Floats, picture: LabelledPicture, placeable: NDArray[np.bool_], tolerance: float = 18
) -> list[Outcome]:
    """What the points of all words are worth on one picture.

    Args:
        points: (K, 2) x and y, one a class.
        picture: with its labels and boxes.
        placeable: (K,) which words are asked for.
        tolerance: in pixels.
    """
    shown = sorted({one.index for one in picture.objects if not one.difficult})
    absent = [k for k, label in enumerate(picture.labels) if label == ABSENT and placeable[k]]
    middle = np.array([[(picture.width - 1) / 2, (picture.height - 1) / 2]])
    found = []
    for k in (k for k in shown if placeable[k]):
        boxes = np.array([one.box for one in picture.objects if one.index == k], float)
        right = hits(points, boxes, tolerance)
        wrong = float(right[absent].mean()) if absent else float("nan")
        centre = float(hits(middle, boxes, tolerance)[0])
        found.append(Outcome(k, len(shown) > 1, float(right[k]), wrong, centre))
    return found


def hits(points: Floats, boxes: Floats, tolerance: float) -> NDArray[np.bool_]:
    """(N, 2) points and (M, 4) boxes -> (N,) whether each lies in one of the boxes, made larger."""
    outside = [distances(point, boxes)[0] for point in points]
    return np.array([bool((one <= tolerance).any()) for one in outside], bool)


def summary(names: Sequence[str], found: Sequence[Outcome]) -> dict[str, Any]:
    """Means over classes of all outcomes, and of those in pictures of several classes; each class's own."""
    classes = {
        name: {"pictures": len(own)} | {figure: _mean(own, figure) for figure in FIGURES}
        for k, name in enumerate(names)
        for own in [[one for one in found if one.index == k]]
    }
    return {
        **_over_classes(found),
        "asked": len(found),
        "several": _over_classes([one for one in found if one.several]),
        "classes": classes,
    }


def _over_classes(found: Sequence[Outcome]) -> dict[str, float | None]:
    groups = [
        [one for one in found if one.index == k] for k in sorted({one.index for one in found})
    ]
    means = {}
    for figure in FIGURES:
        values = [value for value in (_mean(own, figure) for own in groups) if value is not None]
        means[figure] = float(np.mean(values)) if values else None
    return means


def _mean(found: Sequence[Outcome], figure: str) -> float | None:
    values = [getattr(one, figure) for one in found]
    there = [value for value in values if not np.isnan(value)]
    return float(np.mean(there)) if there else None


def words_job(task: Task) -> Iterator[Event]:
    """Job: words placed on a labelled set, with checkpoints.

    Config: the fields of `WordsEvaluationParameters`. Result, facts: `summary`, `data`, `images`, `unplaced`
    (classes whose word has no relative) and `missing` (names left out).

    Raises:
        ParameterError: a config that is none, or a size outside the limits.
        DatasetError: a set that is missing or damaged.
        WordError: a class has no vector.
    """
    how = configured(WordsEvaluationParameters, task.config, "evaluation")
    yield Progress(0, "reading the set")
    pictures = how.read()
    words = Words.of(pictures.classes, how.placing)
    names = "\n".join(one.name for one in pictures.pictures)
    state = {"pictures": hashlib.sha256(names.encode()).hexdigest()}
    points: list[Floats] = []
    if task.checkpoint and task.checkpoint.state == state:  # else the set has changed: begin anew
        points = list(task.checkpoint.arrays["points"])
    count = len(pictures.pictures)
    yield Progress(len(points) / count, "loading the network", len(points))
    network = networks.load()
    for picture in pictures.pictures[len(points) :]:
        points.append(words.points(placed.look(network, images.read(picture.path), how.placing)))
        done = len(points)
        yield Progress(done / count, f"{done} of {count} pictures looked at", done)
        if done % how.checkpoint_every == 0 and done < count:
            yield Checkpoint(done, {"points": np.array(points)}, state)
    found = [
        one
        for own, picture in zip(points, pictures.pictures, strict=True)
        for one in outcomes(own, picture, words.placeable, how.tolerance)
    ]
    yield Result(
        summary(pictures.classes, found)
        | {
            "data": pictures.title,
            "images": count,
            "unplaced": [
                name for name, one in zip(words.names, words.placeable, strict=True) if not one
            ],
            "missing": list(pictures.missing),
        },
        {"points": np.array(points)},
    )

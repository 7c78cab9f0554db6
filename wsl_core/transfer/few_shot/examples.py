"""A classifier made from pictures that somebody picked, and why it says what it says of another one.

    made = ExampleClassifier.of({"cats": [tabby], "dogs": [poodle]}, "nearest-mean", how)
    answer = made.answer(photo)

A score is the mean over a map of the network's last cells: rows are generalised means of cells, whose parts
are known (`Pooled.contributions`), and what follows is linear once the lengths are known. What the mean and
the bias add belongs to no place and is shared by all cells alike, so that the mean of the map is the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.networks import Placement
from wsl_core.transfer.few_shot.features import descriptor_of, looks, rows_of
from wsl_core.transfer.few_shot.heads import HEADS, Linear
from wsl_core.transfer.few_shot.parameters import FeatureParameters
from wsl_core.transfer.few_shot.preparation import Preparation
from wsl_core.transfer.few_shot.softmax import TINY, Float32
from wsl_core.transfer.retrieval.descriptor import Descriptor, Pooled, unit

LIVE = FeatureParameters(sizes=(321,))
"""One size, so that one map holds all of a score."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture as the classifier meets it.

    Attributes:
        row: (D,) of length 1, before centring.
        views: the pooled layer of each view, with its cells.
        length: of the sum of the views' rows.
        power: that they were pooled with.
        placement: how the cells lie on the picture.
    """

    row: Float32
    views: tuple[Pooled, ...] = field(repr=False)
    length: float
    power: float
    placement: Placement

    def map(self, direction: Float32) -> Float32:
        """(rows, columns) that add up to the product of `row` and a direction (D,), exactly."""
        added = []
        for number, one in enumerate(self.views):
            length = max(float(np.linalg.norm(one.values)), TINY) * self.length
            cells = one.contributions(direction / length, self.power)
            added.append(cells[:, ::-1] if number else cells)  # the second view is the mirrored one
        return np.sum(added, axis=0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a classifier says of a picture.

    Attributes:
        names: of the classes, as they were given.
        scores: (classes,) cosines with the classes, or logits, as the head has them.
        maps: (classes, rows, columns), the mean of each being its score.
        placement: how the cells lie on the picture.
        cosine: whether scores are cosines, -1 .. 1.
    """

    names: tuple[str, ...]
    scores: Float32
    maps: Float32 = field(repr=False)
    placement: Placement
    cosine: bool

    @property
    def best(self) -> int:
        """Number of the class with the highest score."""
        return int(self.scores.argmax())

    @property
    def margin(self) -> float:
        """How far the best score is above the second."""
        second, first = np.sort(self.scores)[-2:]
        return float(first - second)


def seen(photo: Photo, how: FeatureParameters = LIVE, descriptor: Descriptor | None = None) -> Seen:
    """A picture looked at, with its cells.

    Args:
        photo: the picture.
        how: one size; mirrored or not.
        descriptor: one of `descriptor_of(how)` that is there already.

    Raises:
        ParameterError: several sizes, or one outside the limits.
        NetworkError: no such network.
    """
    if len(how.sizes) != 1:
        raise ParameterError(
            f"A picture is looked at in {len(how.sizes)} sizes, and the cells of one of them cannot hold all "
            f"of a similarity. Choose one size."
        )
    descriptor = descriptor or descriptor_of(how)
    (each,) = looks(descriptor, how.mirrored, [photo])
    views = tuple(descriptor.pooled(one)[0] for one in each)
    row = np.sum([unit(one.values) for one in views], axis=0)
    length = max(float(np.linalg.norm(row)), TINY)
    return Seen(unit(row), views, length, how.power, each[0].placements[0])


@dataclass(frozen=True, eq=False)
class ExampleClassifier:
    """A head on a few pictures of each class.

    Attributes:
        names: of the classes.
        counts: examples of each.
        ready: centring on the examples.
        head: fitted.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    ready: Preparation
    head: Linear

    @classmethod
    def of(
        cls,
        examples: Mapping[str, Sequence[Photo]],
        head: str = "nearest-mean",
        how: FeatureParameters = LIVE,
        descriptor: Descriptor | None = None,
    ) -> "ExampleClassifier":
        """From pictures.

        Args:
            examples: of each class one or more.
            head: name of a head of `HEADS`.
            how: how a picture becomes a row, and the head's parameters.
            descriptor: one of `descriptor_of(how)` that is there already.

        Raises:
            ParameterError: fewer than two classes, a class without a picture, or no such head.
            NetworkError: no such network.
        """
        descriptor = descriptor or descriptor_of(how)
        rows = {
            name: rows_of(descriptor, how.mirrored, photos) if photos else ()
            for name, photos in examples.items()
        }
        return cls.of_rows(rows, head, how)

    @classmethod
    def of_rows(
        cls,
        rows: Mapping[str, Float32 | tuple[()]],
        head: str = "nearest-mean",
        how: FeatureParameters = LIVE,
    ) -> "ExampleClassifier":
        """As `of`, from rows (K, D) of length 1 that are there already."""
        if len(rows) < 2 or any(not len(one) for one in rows.values()):
            empty = next((name for name, one in rows.items() if not len(one)), None)
            what = f"{empty} has no example" if empty else f"there are {len(rows)} classes"
            raise ParameterError(
                f"A classifier cannot be made: {what}. Accepted are two classes or more, each with one "
                f"picture or more: add some."
            )
        if head not in HEADS:
            raise ParameterError(f"There is no head {head!r}. There are: {', '.join(HEADS)}.")
        together = np.concatenate([np.asarray(one, np.float32) for one in rows.values()])
        counts = tuple(len(one) for one in rows.values())
        labels = np.repeat(np.arange(len(rows)), counts)
        ready = Preparation.of(together)
        fitted = HEADS[head].fit(ready.apply(together), labels, len(rows), how)
        return cls(tuple(rows), counts, ready, fitted)

    def answer(self, one: Seen) -> Answer:
        """What it says of a picture, and where in the picture that comes from."""
        centred = one.row - self.ready.mean
        length = max(float(np.linalg.norm(centred)), TINY)
        scores = self.head.scores(unit(centred[None]))[0]
        placeless = self.head.bias - self.head.weights @ self.ready.mean / length
        maps = np.stack([one.map(weights / length) for weights in self.head.weights])
        maps = maps * maps[0].size + placeless[:, None, None]
        return Answer(self.names, scores, maps, one.placement, self.head.cosine)

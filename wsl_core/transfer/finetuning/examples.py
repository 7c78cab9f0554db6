"""Pictures to learn from, to stop early on, and to be tested on: drawn from class folders, a zip or arrays.

The validation part is taken from the training pictures. A file that is there twice counts once, so that
none is both learned from and tested on.
"""

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection, Entry, printable
from wsl_core.errors import DatasetError, ImageError
from wsl_core.images import Photo
from wsl_core.jobs import Progress
from wsl_core.networks.network import resized
from wsl_core.transfer.finetuning.parameters import FineTuneParameters, RaceParameters

Pixels = NDArray[np.uint8]
ARCHIVE = "archive"  # name of the array with the bytes of an uploaded zip file
ROOM = 4 / 3  # kept pictures are so much larger than they are fed, so that a crop is not blurred


@dataclass(frozen=True, eq=False)
class Samples:
    """Pictures with labels.

    Attributes:
        pictures: (h, w, 3) uint8 each.
        fed: (height, width) at which each is fed whole, sides that the network accepts.
        labels: (N,) numbers of classes.
        names: for people.
    """

    pictures: tuple[Pixels, ...] = field(repr=False)
    fed: tuple[tuple[int, int], ...] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.pictures)

    def some(self, which: Sequence[int]) -> "Samples":
        """Those with these numbers."""
        return Samples(
            tuple(self.pictures[i] for i in which),
            tuple(self.fed[i] for i in which),
            self.labels[list(which)],
            tuple(self.names[i] for i in which),
        )


@dataclass(frozen=True, eq=False)
class Examples:
    """What a strategy is given.

    Attributes:
        title: of the set.
        classes: (K,) names.
        train: learned from.
        validation: taken from the training pictures, to stop early; may be empty.
        test: seen once, at the end.
        skipped: by name, why a picture could not be read.
        duplicates: names of pictures that are another's copy and were left out.
        subset: whether only a part of the set's classes takes part.
    """

    title: str
    classes: tuple[str, ...]
    train: Samples
    validation: Samples
    test: Samples
    skipped: dict[str, str] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    subset: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures there are in each part."""
        return {name: len(getattr(self, name)) for name in ("train", "validation", "test")}

    @classmethod
    def of_arrays(
        cls,
        title: str,
        classes: Sequence[str],
        train: tuple[Pixels, NDArray[np.int64]],
        test: tuple[Pixels, NDArray[np.int64]],
        how: FineTuneParameters,
    ) -> "Examples":
        """From pictures (N, h, w, 3) uint8 of one shape that the network accepts, and their labels."""

        def samples(pictures: Pixels, labels: NDArray[np.int64], what: str) -> Samples:
            fed = tuple(one.shape[:2] for one in pictures)
            names = tuple(f"{what} {i}" for i in range(len(pictures)))
            return Samples(tuple(pictures), fed, np.asarray(labels, np.int64), names)

        learned, kept = parts(samples(*train, "training picture"), how)
        return cls(title, tuple(classes), learned, kept, samples(*test, "test picture"))


def parts(samples: Samples, how: FineTuneParameters) -> tuple[Samples, Samples]:
    """The training pictures, apart: to learn from, and to stop early on, a share of each class."""
    random = np.random.default_rng([how.seed, 1])
    kept: list[int] = []
    for label in np.unique(samples.labels):
        own = random.permutation(np.flatnonzero(samples.labels == label))
        kept += own[: min(round(how.validation * len(own)), len(own) - 1)].tolist()
    chosen = sorted(kept)
    others = sorted(set(range(len(samples))) - set(chosen))
    return samples.some(others), samples.some(chosen)


def pictures_of(how: RaceParameters, arrays: dict[str, NDArray[Any]]) -> Collection:
    """The pictures of a task: of an uploaded zip file where its bytes are among the arrays.

    Raises:
        DatasetError: see `collection.of`.
    """
    data = arrays[ARCHIVE].tobytes() if ARCHIVE in arrays else None
    found = collection.of(how.data, how.most, how.archive_megabytes, data)
    return found if found.table is None else collection.with_table(found)


def asked(found: Collection) -> str:
    """Sixteen hexadecimal digits over names and files, for `how.asked`."""
    return hashlib.sha256(f"{found.digest} {found.stamp()}".encode()).hexdigest()[:16]


def drawn(found: Collection, how: RaceParameters) -> Generator[Progress, None, Examples]:
    """Draw the pictures of a race.

    Yields:
        how far it is.

    Raises:
        DatasetError: no class folders, one class, an unknown class, or a class with too few pictures.
        ParameterError: a size outside the network's limits.
    """
    classes = check(found, how)
    fit = _fit(how)
    read = _Reading(found, fit)
    train: list[tuple[str, Photo, int]] = []
    test: list[tuple[str, Photo, int]] = []
    for number, name in enumerate(classes):
        learned, tested = _pools(found.entries, name, how)
        random = np.random.default_rng([how.seed, 0, number])
        first = read.take([learned[i] for i in random.permutation(len(learned))], how.train)
        taken = {one for one, _ in first}
        others = [one for one in tested if one.name not in taken]
        then = read.take([others[i] for i in random.permutation(len(others))], how.test)
        if len(first) < how.train or not then:
            raise _too_few(name, len(first), len(then), how, read)
        train += [(one, photo, number) for one, photo in first]
        test += [(one, photo, number) for one, photo in then]
        yield Progress((number + 1) / len(classes), f"reading pictures, {len(train) + len(test)}")
    learned_from, kept = parts(_samples(train, fit), how)
    return Examples(
        found.title, classes, learned_from, kept, _samples(test, fit),
        read.skipped, tuple(read.duplicates), subset=len(classes) < len(_labels(found.entries)),
    )  # fmt: skip


def check(found: Collection, how: RaceParameters) -> tuple[str, ...]:
    """The classes that take part, before any picture is opened.

    Raises:
        DatasetError: no class folders, one class, an unknown class, or a class with too few pictures.
    """
    there = _labels(found.entries)
    if not there:
        raise DatasetError(
            f"The pictures of {found.title} do not lie in class folders, so nothing is known of their "
            f"classes. Accepted is CLASS/picture or SPLIT/CLASS/picture: sort them so."
        )
    if unknown := [name for name in how.classes if name not in there]:
        raise DatasetError(
            f"{found.title} has no class {unknown[0]!r}. It has: {', '.join(there)}."
        )
    classes = tuple(dict.fromkeys(how.classes)) or there
    if len(classes) < 2:
        raise DatasetError(
            f"{found.title} shows only the class {classes[0]!r}, so there is nothing to tell it from. "
            f"Accepted are two classes or more: add another class."
        )
    for name in classes:
        learned, tested = _pools(found.entries, name, how)
        both = {one.name for one in (*learned, *tested)}
        if len(learned) < how.train or len(both) <= how.train:
            raise _too_few(name, len(learned), len(both) - len(learned), how, None)
    return classes


def _labels(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(sorted({one.label for one in entries if one.label is not None}))


def _pools(
    entries: Sequence[Entry], label: str, how: RaceParameters
) -> tuple[list[Entry], list[Entry]]:
    """The pictures of a class that may be learned from, and those that may be tested on.

    Where the set has a split named train, the others are tested on; else both are drawn from all.
    """
    own = [one for one in entries if one.label == label]
    splits = {one.split for one in own}
    if how.mixed or "train" not in splits or len(splits) < 2:
        return own, own
    learned = [one for one in own if one.split == "train"]
    return learned, [one for one in own if one.split != "train"]


def _too_few(
    label: str, learned: int, tested: int, how: RaceParameters, read: "_Reading | None"
) -> DatasetError:
    left = ""
    if read is not None and (read.skipped or read.duplicates):
        left = f" ({len(read.skipped)} unreadable and {len(read.duplicates)} copies left out)"
    return DatasetError(
        f"The class {label!r} has too few pictures{left}: {learned} to learn from and {max(0, tested)} "
        f"others to be tested on. Needed are {how.train}, and one or more. Add pictures, leave the class "
        f"out, or ask for fewer training pictures (--train)."
    )


Fit = Callable[[int, int], tuple[int, int]]


def _fit(how: FineTuneParameters) -> Fit:
    sides = networks.card(how.network).sides
    return lambda height, width: sides.fit(height, width, how.size)


class _Reading:
    """Opens pictures, and remembers which could not be read and which were there before."""

    def __init__(self, found: Collection, fit: Fit) -> None:
        self.found, self.fit = found, fit
        self.seen: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.duplicates: list[str] = []
        self.known: dict[str, Photo] = {}

    def take(self, entries: Sequence[Entry], most: int) -> list[tuple[str, Photo]]:
        """The first `most` of them that can be read and are no copies."""
        taken: list[tuple[str, Photo]] = []
        for one in entries:
            if len(taken) == most:
                break
            if printable(one.name) in self.skipped or one.name in self.duplicates:
                continue
            try:
                photo = self.found.read(one.name)
            except ImageError as error:
                self.skipped[printable(one.name)] = str(error)
                continue
            if self.seen.setdefault(photo.digest, one.name) != one.name:
                self.duplicates.append(one.name)
                continue
            taken.append((one.name, _smaller(photo, self.fit)))
        return taken


def _smaller(photo: Photo, fit: Fit) -> Photo:
    """The picture at the size that crops need."""
    height, width = (min(side, round(ROOM * fed)) for side, fed in zip(
        photo.pixels.shape[:2], fit(photo.height, photo.width), strict=True))  # fmt: skip
    pixels = resized(photo.pixels, height, width)
    return Photo(pixels, photo.width, photo.height, photo.name, photo.digest)


def _samples(drawn: Sequence[tuple[str, Photo, int]], fit: Fit) -> Samples:
    return Samples(
        tuple(photo.pixels for _, photo, _ in drawn),
        tuple(fit(photo.height, photo.width) for _, photo, _ in drawn),
        np.array([label for _, _, label in drawn], np.int64),
        tuple(Path(name).name for name, _, _ in drawn),
    )

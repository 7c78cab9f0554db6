"""The protocol of Zeiler and Fergus (ECCV 2014): n pictures a class to train on, at most m to test on.

Every draw takes other pictures at random, all layers the same ones, and an accuracy is the mean of those of
the classes. Of pictures with the very same pixels only one takes part, so that none is on both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.collection import Entry
from wsl_core.errors import DatasetError

TRAIN, TEST = "train", "test"
FIXED = "fixed"
NAMED = 5  # classes that a refusal names at most


@dataclass(frozen=True, eq=False)
class Split:
    """A draw.

    Attributes:
        name: "draw 1" ..., or "fixed".
        train: (n,) numbers of pictures, class by class, in the order of the draw.
        test: (m,) numbers of pictures.
    """

    name: str
    train: NDArray[np.int64] = field(repr=False)
    test: NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Distinct:
    """Pictures that take part.

    Attributes:
        numbers: (N,) of them, in their order.
        duplicates: names of pictures left out, each with that of its twin that takes part.
    """

    numbers: NDArray[np.int64] = field(repr=False)
    duplicates: dict[str, str]


def distinct(entries: Sequence[Entry], pixels: Sequence[str]) -> Distinct:
    """Of pictures with equal pixels the first one, a training picture where a table says so."""
    order = sorted(range(len(entries)), key=lambda i: (entries[i].split == TEST, i))
    first: dict[str, int] = {}
    duplicates = {}
    for i in order:
        twin = first.setdefault(pixels[i], i)
        if twin != i:
            duplicates[entries[i].name] = entries[twin].name
    return Distinct(np.array(sorted(first.values()), np.int64), duplicates)


def classes_of(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The classes of labelled pictures, in the order of their names.

    Raises:
        DatasetError: there are none, or only one.
    """
    shown = sorted({one.label for one in entries if one.label is not None})
    if len(shown) < 2 or any(one.label is None for one in entries):
        what = f"only the class {shown[0]!r}" if len(shown) == 1 else "no classes"
        if len(shown) > 1:
            what = "pictures without a class"
        raise DatasetError(
            f"The set has {what}, so there is nothing to tell apart. Accepted are two classes or more, each "
            f"a folder of pictures: CLASS/picture or SPLIT/CLASS/picture."
        )
    return tuple(shown)


def draws(
    labels: NDArray[np.int64],
    classes: Sequence[str],
    train: int,
    test: int,
    count: int,
    seed: int,
) -> list[Split]:
    """Random draws.

    Args:
        labels: (N,) number of the class of every picture that takes part, -1 for those that do not.
        classes: their names.
        train: pictures of each class to train on.
        test: of each class at most.
        count: how many draws.
        seed: the same one gives the same draws.

    Raises:
        DatasetError: a class has too few pictures; it is named.
    """
    sizes = np.array([(labels == k).sum() for k in range(len(classes))])
    few = [f"{name} ({size})" for name, size in zip(classes, sizes, strict=True) if size <= train]
    if few:
        further = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
        largest = int(sizes.min()) - 1
        advice = f"take at most {largest} to train on, " if largest >= 1 else ""
        raise DatasetError(
            f"Too few pictures for {train} to train on and at least 1 to test: {', '.join(few[:NAMED])}"
            f"{further}. Accepted are {train + 1} of each class: {advice}add pictures, or leave these "
            f"classes out."
        )
    found = []
    for number in range(count):
        random = np.random.default_rng([seed, number])
        orders = [random.permutation(np.flatnonzero(labels == k)) for k in range(len(classes))]
        found.append(
            Split(
                f"draw {number + 1}",
                np.concatenate([one[:train] for one in orders]),
                np.concatenate([one[train : train + test] for one in orders]),
            )
        )
    return found


def fixed(entries: Sequence[Entry], among: NDArray[np.int64]) -> Split | None:
    """The split that a table says; None where there is none with both sides.

    Raises:
        DatasetError: a class of the test pictures has none to train on.
    """
    train = np.array([i for i in among if entries[i].split == TRAIN], np.int64)
    test = np.array([i for i in among if entries[i].split == TEST], np.int64)
    if not len(train) or not len(test):
        return None
    known = {entries[i].label for i in train}
    unknown = next((entries[i].label for i in test if entries[i].label not in known), None)
    if unknown is not None:
        raise DatasetError(
            f"The class {unknown!r} has test pictures in the table and none to train on. Accepted are "
            f"classes with both: correct the table."
        )
    return Split(FIXED, train, test)


def first_of_each(
    train: NDArray[np.int64], labels: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """The first `count` training pictures of each class, so that fewer are among more."""
    kept = [train[labels[train] == k][:count] for k in np.unique(labels[train])]
    return np.concatenate(kept)


def folds(
    train: NDArray[np.int64], labels: NDArray[np.int64], share: float = 0.2
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Training pictures apart: what is learned from, and what choices are made on.

    Args:
        train: (n,) of a draw.
        labels: of all pictures.
        share: of each class that is held out, one picture at least.

    Returns:
        None where a class has one picture alone.
    """
    inner, held = [], []
    for k in np.unique(labels[train]):
        of_class = train[labels[train] == k]
        if len(of_class) < 2:
            return None
        out = max(1, round(share * len(of_class)))
        held.append(of_class[-out:])
        inner.append(of_class[:-out])
    return np.concatenate(inner), np.concatenate(held)


def per_class(
    predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """(K,) accuracy of each class, 0 .. 1; NaN for one without test pictures."""
    count = np.bincount(labels, minlength=classes)
    right = np.bincount(labels, predicted == labels, minlength=classes)
    return np.where(count > 0, right / np.maximum(count, 1), np.nan)


def accuracy(predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> float:
    """Mean of the classes' accuracies, 0 .. 1."""
    return float(np.nanmean(per_class(predicted, labels, classes)))

"""Which classes are unseen and which pictures of the seen ones are kept aside: the divisions of a
measurement.

Nothing of the unseen classes but their signatures is known until the end. Choices are made on folds of the
seen classes: the classes of a fold play the unseen ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError, ParameterError
from wsl_core.transfer.zero_shot.scaling import Labels

ASIDE = 0.2  # of each seen class's pictures, where a set has no test pictures of its own
FEWEST = 2  # pictures of a seen class: one to learn from, one aside
FOLDS = 5  # at most, of the seen classes


@dataclass(frozen=True, eq=False)
class Division:
    """Seen and unseen classes of a set, and its pictures in three parts.

    Attributes:
        seen: numbers of the seen classes, ascending.
        unseen: numbers of the unseen ones, ascending.
        train: (N,) pictures of seen classes that are learnt from.
        aside: (N,) pictures of seen classes that are judged.
        asked: (N,) pictures of unseen classes, all judged.
    """

    seen: NDArray[np.intp]
    unseen: NDArray[np.intp]
    train: NDArray[np.bool_] = field(repr=False)
    aside: NDArray[np.bool_] = field(repr=False)
    asked: NDArray[np.bool_] = field(repr=False)


def divided(
    labels: Labels,
    unseen: Sequence[int],
    seed: int,
    test: NDArray[np.bool_] | None = None,
    among: NDArray[np.bool_] | None = None,
    names: Sequence[str] = (),
) -> Division:
    """A division by its unseen classes.

    Args:
        labels: (N,) class of each picture.
        unseen: numbers of classes; those without pictures are left out.
        seed: of the pictures that are kept aside.
        test: (N,) pictures that the set itself keeps aside; drawn, where it has none.
        among: (N,) the pictures that take part, as in a fold, where a class with one picture keeps it to
            learn from; all, where nothing is said.
        names: of the classes, for the sentence.

    Raises:
        DatasetError: fewer than two classes on either side, or a seen class with one picture.
    """
    fewest = FEWEST if among is None else 1
    among = np.ones(len(labels), bool) if among is None else among
    there = np.unique(labels[among])
    chosen = np.intersect1d(there, np.asarray(unseen, int))
    seen = np.setdiff1d(there, chosen)
    for what, found in (("seen", seen), ("unseen", chosen)):
        if len(found) < 2:
            raise DatasetError(
                f"There {'is' if len(found) == 1 else 'are'} {len(found) or 'no'} {what} class"
                f"{'es' * (len(found) != 1)} with pictures. Accepted are two or more on either side, so that "
                f"there is something to tell apart: choose other classes (split), or add pictures."
            )
    mine = among & np.isin(labels, seen)
    if test is None or not (mine & test).any():
        test = _drawn(labels, mine, seen, seed, fewest, names)
    return Division(seen, chosen, mine & ~test, mine & test, among & np.isin(labels, chosen))


def folds(division: Division, labels: Labels, seed: int, repeats: int) -> list[Division]:
    """Class-disjoint folds of what is learnt from; each seen class is left out `repeats` times.

    Args:
        division: whose training pictures are divided again.
        labels: (N,) class of each picture.
        seed: of folds and of pictures kept aside.
        repeats: how often all classes are dealt anew.
    """
    count = int(np.clip(round(len(division.seen) / len(division.unseen)), 2, FOLDS))
    count = min(count, len(division.seen) // 2)
    if count < 2:
        return []
    found = []
    for number in range(repeats):
        dealt = np.random.default_rng([seed, number]).permutation(division.seen)
        found += [
            divided(labels, dealt[place::count].tolist(), seed + number, None, division.train)
            for place in range(count)
        ]
    return found


def random_unseen(pictured: Sequence[int], count: int, draws: int, seed: int) -> list[list[int]]:
    """Drawn sets of unseen classes.

    Raises:
        ParameterError: so many that fewer than two seen ones are left.
    """
    if not 2 <= count <= len(pictured) - 2:
        raise ParameterError(
            f"{count} unseen classes of {len(pictured)} with pictures are asked for. Accepted are 2 to "
            f"{max(len(pictured) - 2, 2)}, so that two seen ones are left: ask for others (unseen)."
        )
    return [
        sorted(np.random.default_rng([seed, draw]).permutation(pictured)[:count].tolist())
        for draw in range(draws)
    ]


def _drawn(
    labels: Labels,
    mine: NDArray[np.bool_],
    seen: NDArray[np.intp],
    seed: int,
    fewest: int,
    names: Sequence[str],
) -> NDArray[np.bool_]:
    random = np.random.default_rng([seed, len(labels)])
    test = np.zeros(len(labels), bool)
    for one in seen:
        own = random.permutation(np.flatnonzero(mine & (labels == one)))
        if len(own) < fewest:
            raise DatasetError(
                f"The seen class {names[one] if names else one + 1} has one picture. Accepted are two or "
                f"more: one to learn from, one to be judged."
            )
        test[own[: max(min(1, len(own) - 1), round(ASIDE * len(own)))]] = True
    return test

"""How good a ranking is, against labels: average precision over all ranks, the first place, the vote.

A ranking is judged at the ends of groups of equal similarities, so a tie is decided for nobody.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def average_precision(similarities: ArrayLike, relevant: ArrayLike) -> float:
    """The sum over all ranks of (recall gained there) x (precision there).

    Without ties that is the mean, over the relevant pictures, of the precision at the rank of each. Nothing
    is interpolated and no rank is cut off ("all ranks").

    Args:
        similarities: (N,) of the pictures that are ranked.
        relevant: (N,) whether each is one that should be found.

    Returns:
        0 .. 1; NaN where nothing is relevant.
    """
    values, hits = np.asarray(similarities), np.asarray(relevant, bool)
    if not hits.any():
        return float("nan")
    order = np.argsort(-values, kind="stable")
    values, found = values[order], np.cumsum(hits[order])
    ends = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    gained = np.diff(found[ends], prepend=0)
    return float((gained * found[ends] / (ends + 1)).sum() / found[-1])


def average_precision_at_r(similarities: ArrayLike, relevant: ArrayLike) -> float:
    """The mean over the first R ranks of the precision at each hit, R the number of relevant pictures.

    Musgrave, Belongie, Lim, "A metric learning reality check", ECCV 2020, eq. 4: much lower than over all
    ranks. Of equal similarities the first counts.

    Returns:
        0 .. 1; NaN where nothing is relevant.
    """
    hits = np.asarray(relevant, bool)
    count = int(hits.sum())
    if not count:
        return float("nan")
    first = hits[np.argsort(-np.asarray(similarities), kind="stable")[:count]]
    precision = np.cumsum(first) / np.arange(1, count + 1)
    return float((precision * first).sum() / count)


def expected_average_precision(count: int, relevant: int) -> float:
    """Of a random order of `count` pictures: the figure of chance.

    Bestgen, "Exact expected average precision of the random baseline", 2015: with R relevant of N,
    ((R - 1) / (N - 1) (N - H_N) + H_N) / N, where H_N is the harmonic number.
    """
    if relevant == 0:
        return float("nan")
    if count == 1:
        return 1.0
    harmonic = float((1 / np.arange(1, count + 1)).sum())
    return ((relevant - 1) / (count - 1) * (count - harmonic) + harmonic) / count


def vote(labels: NDArray[np.int64], similarities: NDArray[np.float32]) -> int:
    """The label with the most votes among the nearest; of several, that of the larger similarities.

    Args:
        labels: (k,) of the neighbours, the nearest first.
        similarities: (k,) of the same.
    """
    names, places = np.unique(labels, return_inverse=True)
    votes = np.bincount(places)
    weight = np.bincount(places, weights=similarities)
    best = np.lexsort((-weight, -votes))[0]
    return int(names[best])

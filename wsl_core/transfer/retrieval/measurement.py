"""How well vectors find pictures of a query's class: figures over many queries, against labels.

The query itself, and every picture with the very same pixels, is left out of its ranking.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError
from wsl_core.jobs.parts import completed
from wsl_core.transfer.retrieval import ranking
from wsl_core.transfer.retrieval.descriptor import Float32

CHUNK = 256  # queries whose products are in memory at a time


@dataclass(frozen=True, eq=False)
class Ranked:
    """Vectors with what they are scored by.

    Attributes:
        vectors: (N, d) float32 of length 1.
        labels: the class of each.
        digests: of the pictures; equal ones are exact duplicates.
    """

    vectors: Float32 = field(repr=False)
    labels: tuple[str, ...]
    digests: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Retrieval:
    """What was measured. Rates are 0 .. 1; queries without a relevant picture are left out of all of them.

    Attributes:
        classes: of the queries, in the order of their names.
        labels: (Q,) number of the class of each query.
        precisions: (Q,) average precision over all ranks; NaN where nothing is relevant.
        precisions_at_r: (Q,) the same over the first R ranks.
        first: (Q,) whether the nearest picture is of the class.
        voted: (Q,) whether the nearest few vote for the class.
        chance: (Q, 2) of a random order: expected average precision, and share of relevant pictures.
        neighbours: how many vote.
        base: how many pictures were searched.
        duplicates: exact duplicates that were left out, as pairs of two different pictures.
    """

    classes: tuple[str, ...]
    labels: NDArray[np.int64] = field(repr=False)
    precisions: NDArray[np.float64] = field(repr=False)
    precisions_at_r: NDArray[np.float64] = field(repr=False)
    first: NDArray[np.bool_] = field(repr=False)
    voted: NDArray[np.bool_] = field(repr=False)
    chance: NDArray[np.float64] = field(repr=False)
    neighbours: int
    base: int
    duplicates: int

    @property
    def judged(self) -> NDArray[np.bool_]:
        """(Q,) whether there is anything to be found."""
        return np.isfinite(self.precisions)

    def per_class(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """(K,) means over the queries of each class; NaN where none is judged."""
        weights = self.judged.astype(float)
        count = np.bincount(self.labels, weights, len(self.classes))
        total = np.bincount(self.labels, np.where(self.judged, values, 0.0), len(self.classes))
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON values."""
        judged = self.judged
        per_class, counts = self.per_class(self.precisions), np.bincount(self.labels)

        def mean(values: NDArray[Any]) -> float:
            return float(np.mean(values[judged]))

        return {
            "map": mean(self.precisions),
            "precision_at_1": mean(self.first),
            "map_class_balanced": float(np.nanmean(per_class)),
            "precision_at_1_class_balanced": float(np.nanmean(self.per_class(self.first))),
            "map_at_r": mean(self.precisions_at_r),
            "knn_accuracy": mean(self.voted),
            "knn_accuracy_class_balanced": float(np.nanmean(self.per_class(self.voted))),
            "neighbours": self.neighbours,
            "chance_map": mean(self.chance[:, 0]),
            "chance_precision_at_1": mean(self.chance[:, 1]),
            "ranks": "all",
            "queries": int(judged.sum()),
            "queries_without_relevant": int((~judged).sum()),
            "base": self.base,
            "duplicates": self.duplicates,
            "classes": {
                name: {
                    "queries": int(count),
                    "map": None if np.isnan(value) else float(value),
                }
                for name, count, value in zip(self.classes, counts, per_class, strict=True)
            },
        }


def measure(queries: Ranked, base: Ranked, neighbours: int = 5) -> Retrieval:
    """Rank the base for every query, and score the rankings by labels.

    To leave one out, give the same pictures twice: a query is no neighbour of itself.

    Args:
        queries: that ask.
        base: that is searched.
        neighbours: how many vote for the class of a query.

    Raises:
        DatasetError: one class alone, or no query with a picture of its class to be found.
    """
    return completed(measuring(queries, base, neighbours))


def measuring(
    queries: Ranked, base: Ranked, neighbours: int = 5
) -> Generator[float, None, Retrieval]:
    """`measure`, yielding the share that is done."""
    refuse_one_class([*queries.labels, *base.labels])
    classes = tuple(sorted(set(queries.labels)))
    number = {name: k for k, name in enumerate(sorted({*queries.labels, *base.labels}))}
    own = np.array([number[name] for name in queries.labels])
    theirs = np.array([number[name] for name in base.labels])
    twins: dict[str, list[int]] = {}
    for place, one in enumerate(base.digests):
        twins.setdefault(one, []).append(place)
    count = len(own)
    precisions, at_r = np.full(count, np.nan), np.full(count, np.nan)
    first, voted = np.zeros(count, bool), np.zeros(count, bool)
    chance = np.full((count, 2), np.nan)
    for start in range(0, count, CHUNK):
        products = queries.vectors[start : start + CHUNK] @ base.vectors.T
        for q, values in enumerate(products, start):
            kept = np.ones(len(theirs), bool)
            kept[twins.get(queries.digests[q], [])] = False
            similarities, labels = values[kept], theirs[kept]
            relevant = labels == own[q]
            if not relevant.any():
                continue
            precisions[q] = ranking.average_precision(similarities, relevant)
            at_r[q] = ranking.average_precision_at_r(similarities, relevant)
            near = np.argsort(-similarities, kind="stable")[:neighbours]
            first[q] = relevant[near[0]]
            voted[q] = ranking.vote(labels[near], similarities[near]) == own[q]
            found = int(relevant.sum())
            chance[q] = ranking.expected_average_precision(len(labels), found), relevant.mean()
        yield min(1.0, (start + CHUNK) / count)
    if not np.isfinite(precisions).any():
        raise DatasetError(
            "No query has another picture of its class among those that are searched, so there is nothing "
            "to be found. Accepted are classes with pictures on both sides: choose other splits, or add "
            "pictures."
        )
    order = {name: k for k, name in enumerate(classes)}
    return Retrieval(
        classes, np.array([order[name] for name in queries.labels]), precisions, at_r, first, voted,
        chance, neighbours, len(theirs), _duplicates(queries, base),
    )  # fmt: skip


def _duplicates(queries: Ranked, base: Ranked) -> int:
    """Pairs of two different pictures, one of each side, with the same pixels."""
    there: dict[str, int] = {}
    for one in base.digests:
        there[one] = there.get(one, 0) + 1
    pairs = sum(there.get(one, 0) for one in queries.digests)
    if queries is base:  # each with itself is none, and each pair was counted twice
        pairs = (pairs - len(queries.digests)) // 2
    return pairs


def refuse_one_class(labels: Sequence[str | None]) -> None:
    """Refuse labels by which nothing can be scored.

    Raises:
        DatasetError: there are none, or all are the same.
    """
    shown = sorted({one for one in labels if one is not None})
    if len(shown) < 2 or None in labels:
        what = f"only the class {shown[0]!r}" if len(shown) == 1 else "no classes"
        if len(shown) >= 2:
            what = "pictures without a class"
        raise DatasetError(
            f"The set has {what}, so retrieval cannot be scored. Accepted are two classes or more, each a "
            f"folder of pictures: CLASS/picture or SPLIT/CLASS/picture."
        )

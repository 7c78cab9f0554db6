"""Episodes: classes, a few examples of each, and pictures to be named; drawn once for all heads.

A class's examples come in an order, and K shots are its first K, so that more shots are the same ones and
others. Queries are the same whatever the shots. Exact copies of an example are no queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Episode:
    """One draw.

    Attributes:
        classes: numbers of the classes that take part, (ways,).
        support: numbers of the pictures that are examples, (ways, largest shots).
        queries: numbers of the pictures to be named, of each class.
    """

    classes: Numbers
    support: Numbers
    queries: tuple[Numbers, ...]

    @property
    def ways(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    def asked(self) -> tuple[Numbers, Numbers]:
        """All queries, and for each the place of its class, 0 .. ways - 1."""
        places = np.repeat(np.arange(self.ways), [len(one) for one in self.queries])
        return np.concatenate(self.queries), places


@dataclass(frozen=True, eq=False)
class Pools:
    """What episodes are drawn from.

    Attributes:
        names: of the classes, in order.
        support: of each class the numbers of the pictures that examples are drawn from.
        queries: of each class those that queries are drawn from; None where both come from the same.
    """

    names: tuple[str, ...]
    support: tuple[Numbers, ...]
    queries: tuple[Numbers, ...] | None

    @classmethod
    def of(
        cls, labels: Sequence[str], splits: Sequence[str | None], sides: tuple[str, str] | None
    ) -> "Pools":
        """By class and split.

        Args:
            labels: of every picture.
            splits: of every picture.
            sides: the split of examples and that of queries; None for both from all pictures.
        """
        names = tuple(sorted(set(labels)))
        label, split = np.array(labels), np.array([one or "" for one in splits])

        def of_split(side: str | None) -> tuple[Numbers, ...]:
            kept = np.full(len(label), True) if side is None else split == side
            return tuple(np.flatnonzero(kept & (label == name)) for name in names)

        if sides is None or sides[0] == sides[1]:
            return cls(names, of_split(None if sides is None else sides[0]), None)
        return cls(names, of_split(sides[0]), of_split(sides[1]))

    def check(self, shots: int, ways: int | None) -> int:
        """How many classes an episode has.

        Args:
            shots: the most that are asked for.
            ways: classes that are asked for; None for all.

        Raises:
            DatasetError: one class alone, more ways than classes, or a class with too few pictures.
        """
        if len(self.names) < 2:
            what = f"only the class {self.names[0]!r}" if self.names else "no classes"
            raise DatasetError(
                f"The set has {what}, so there is nothing to tell apart. Accepted are two classes or more, "
                f"each a folder of pictures: CLASS/picture or SPLIT/CLASS/picture."
            )
        if ways is not None and ways > len(self.names):
            raise DatasetError(
                f"{ways} ways are asked for, and the set has {len(self.names)} classes. Accepted is 2 to "
                f"{len(self.names)} ways: ask for fewer (ways)."
            )
        pools = ((self.support, shots, "examples"), (self.queries or (), 1, "queries"))
        if self.queries is None:
            pools = ((self.support, shots + 1, "examples and a query"), ((), 1, ""))
        for pool, needed, what in pools:
            self._check_counts([len(one) for one in pool], needed, what)
        return len(self.names) if ways is None else ways

    def _check_counts(self, counts: Sequence[int], needed: int, what: str) -> None:
        """Refuse classes with fewer pictures than are needed, by name.

        Raises:
            DatasetError: there are some.
        """
        few = [f"{name} ({n})" for n, name in zip(counts, self.names, strict=False) if n < needed]
        if few:
            more = f" and {len(few) - 5} more" if len(few) > 5 else ""
            raise DatasetError(
                f"Too few pictures for {what} in {len(few)} of {len(self.names)} classes: "
                f"{', '.join(few[:5])}{more}. Needed are {needed} in every class: ask for fewer shots "
                f"(shots), add pictures, or leave these classes out."
            )


def drawn(
    pools: Pools,
    digests: Mapping[int, str] | Sequence[str],
    *,
    shots: int,
    ways: int,
    queries: int,
    draws: int,
    seed: int,
) -> Iterator[Episode]:
    """Episodes, the same for the same arguments.

    Args:
        pools: checked already; see `Pools.check`.
        digests: of the pixels of every picture.
        shots: examples a class, the most that are asked for.
        ways: classes an episode.
        queries: a class, at most.
        draws: how many episodes.
        seed: of all draws.
    """
    for number in range(draws):
        random = np.random.default_rng([seed, number])
        count = len(pools.names)
        classes = np.sort(random.permutation(count)[:ways])
        support = [random.permutation(pools.support[one]) for one in classes]
        examples = np.stack([one[:shots] for one in support])
        taken = {digests[int(one)] for one in examples.ravel()}
        asked = []
        for place, one in enumerate(classes):
            pool = (
                support[place][shots:]
                if pools.queries is None
                else random.permutation(pools.queries[one])
            )
            asked.append(
                np.array([n for n in pool if digests[int(n)] not in taken][:queries], np.int64)
            )
        yield Episode(classes, examples, tuple(asked))

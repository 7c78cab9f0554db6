"""One picture under every pooling scheme: what each makes of the same place, and how it ranks the classes.

Two kinds of maps are pooled, and never mixed. Untrained: the class maps of the network itself, as they are,
so that only the pooling differs; WILDCAT then has one map a class, and SPLeaP, which has learned parts, does
not exist. Trained: every scheme pools the maps of the head that was trained with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.pooling import SCHEMES, Pooled, Scheme, SPLeaPWeights, scheme
from wsl_core.networks import ClassMaps, ClassNames
from wsl_core.products import on_one_thread

Float32 = NDArray[np.float32]
Truth = NDArray[np.bool_]
UNTRAINED_WILDCAT = 1  # maps a class: a network's own classifier has one


@dataclass(frozen=True)
class Ranked:
    """A class and its score under a scheme, in logits; `rank` counts from 1."""

    rank: int
    index: int
    name: str
    score: float


@dataclass(frozen=True, eq=False)
class PooledClass:
    """One class under one scheme.

    Attributes:
        score: in logits.
        bias: what the score has beside its cells: SPLeaP's bias of the class, 0 for all others.
        class_map: (h, w), what every place says of the class, in logits.
        weight: (h, w), how much the score moves when all maps of the class rise by one at a place.
        contribution: (h, w), in logits; the sum is the score without the bias.
        positive: (h, w), the cells h+ that were selected; all where every cell counts.
        negative: the same for h-; none where every cell counts.
    """

    score: float
    bias: float
    class_map: Float32
    weight: Float32
    contribution: Float32
    positive: Truth
    negative: Truth

    @classmethod
    def of(cls, pooled: Pooled, index: int, bias: float = 0.0) -> "PooledClass":
        """One class of what pooling gave for all.

        Args:
            pooled: of one picture, NumPy.
            index: of the class.
            bias: SPLeaP's, of the class.
        """
        classes, *size = pooled.class_maps.shape
        # (K * M, h, w), or (K, P, h, w) for SPLeaP: over all maps that a cell of the class has
        weights = pooled.weights.reshape(classes, -1, *size)
        return cls(
            score=float(pooled.scores[index]),
            bias=bias,
            class_map=pooled.class_maps[index],
            weight=weights[index].sum(axis=0),
            contribution=pooled.contributions[index],
            positive=pooled.positive[index],
            negative=pooled.negative[index],
        )

    @property
    def in_shares(self) -> tuple[Float32, Float32]:
        """Weight and contribution times the number of cells n, so that average pooling leaves 1 and the map.

        The mean over the cells, not their sum, is then the score: maps of any size can be compared, and
        contributions are of the size of the class map.
        """
        return self.weight * self.weight.size, self.contribution * self.weight.size

    @property
    def evidence(self) -> tuple[float, float]:
        """Means of the class map over h+ and over h-, in logits; 0 where there are no such cells."""
        means = [
            self.class_map[one].mean() if one.any() else 0.0
            for one in (self.positive, self.negative)
        ]
        return float(means[0]), float(means[1])

    @property
    def selects(self) -> bool:
        """Whether some cells were left out."""
        return not bool((self.positive | self.negative).all())

    @property
    def effective_cells(self) -> float:
        """How many cells carry the score, were they all to weigh the same: exp of the weights' entropy.

        1 for max pooling, all n for average pooling.
        """
        sizes = np.abs(self.weight.astype(np.float64)).ravel()
        shares = sizes[sizes > 0] / sizes.sum()
        return float(np.exp(-(shares * np.log(shares)).sum()))


@dataclass(frozen=True, eq=False)
class Reading:
    """A picture as one scheme reads it.

    Attributes:
        scheme: it.
        parameters: of the scheme.
        classes: names of the K classes.
        maps: (K, h, w), (K * M, h, w) for WILDCAT, (P, h, w) for SPLeaP, as the scheme takes them.
        learned: for SPLeaP.
    """

    scheme: Scheme
    parameters: BaseModel
    classes: ClassNames
    maps: Float32 = field(repr=False)
    learned: SPLeaPWeights | None = field(default=None, repr=False)

    @property
    def maps_a_class(self) -> int:
        """M of WILDCAT, 1 for all others."""
        return self.scheme.maps_a_class(self.parameters)

    @cached_property
    def scores(self) -> Float32:
        """(K,) logits."""
        return np.asarray(
            self.scheme.score(self.maps, self.parameters, self.learned), dtype=np.float32
        )

    def ranking(self, count: int = 5) -> list[Ranked]:
        """The `count` classes with the highest scores, best first."""
        order = np.argsort(-self.scores, kind="stable")[:count]
        return [
            Ranked(rank, int(i), self.classes.titles[i], float(self.scores[i]))
            for rank, i in enumerate(order, 1)
        ]

    def rank(self, index: int) -> int:
        """Place of a class in the ranking, from 1."""
        return 1 + int((self.scores > self.scores[index]).sum())

    def modalities(self, index: int) -> Float32:
        """(M, h, w): the maps of a class before class-wise pooling; of SPLeaP, which has none, no maps."""
        if self.learned is not None:
            return self.maps[:0]
        return self.maps[index * self.maps_a_class : (index + 1) * self.maps_a_class]

    def of(self, index: int) -> PooledClass:
        """One class under this scheme."""
        if self.learned is None:
            maps, learned, bias = self.modalities(index), None, 0.0
        else:
            whole, one = self.learned, slice(index, index + 1)
            maps, bias = self.maps, float(whole.bias[index])
            learned = SPLeaPWeights(whole.sharpness, whole.combination[one], whole.bias[one])
        return PooledClass.of(self.scheme.pool(maps, self.parameters, learned), 0, bias)


def untrained(maps: ClassMaps, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Reading]:
    """A network's own class maps under every scheme that needs nothing learned.

    Args:
        maps: of the picture.
        settings: parameters by scheme, where they are not the defaults.

    Raises:
        ParameterError: a parameter outside its range.
    """
    return of_values(maps.logits, maps.classes, settings)


def of_values(
    values: Float32, classes: ClassNames, settings: Mapping[str, Mapping[str, Any]]
) -> dict[str, Reading]:
    """Any maps (K, h, w) under every scheme that needs nothing learned.

    Raises:
        ParameterError: a parameter outside its range.
    """
    found = {}
    for name, one in SCHEMES.items():
        if name == "spleap":
            continue
        asked = dict(settings.get(name, {}))
        if name == "wildcat":
            asked["maps"] = UNTRAINED_WILDCAT
        found[name] = Reading(one, one.read(asked), classes, values)
    return found


@on_one_thread()
def read_all(heads: Sequence[Head], maps: ClassMaps) -> list[HeadMaps]:
    """What several heads read in one picture, as `Head.read` for each.

    One matrix product over the features serves them all.

    Raises:
        HeadError: a head was made for another network.
    """
    read = [head.read(maps) for head in heads]
    if not read:
        return []
    flat = maps.features.reshape(len(maps.features), -1)
    products = np.concatenate([head.weight for head in heads]) @ flat
    ends = np.cumsum([len(head.weight) for head in heads])[:-1]
    return [
        replace(one, products=rows)
        for one, rows in zip(read, np.split(products, ends), strict=True)
    ]


def trained(
    maps: Iterable[HeadMaps], settings: Mapping[str, Mapping[str, Any]]
) -> dict[str, Reading]:
    """The maps of trained heads, each under the scheme that it was trained with, in the schemes' order.

    Args:
        maps: of one picture, by heads of different schemes.
        settings: parameters by scheme that replace those of the head's card; M and P stay the head's.

    Raises:
        ParameterError: a parameter outside its range.
    """
    found = {}
    for one in maps:
        pooling, own = one.head.card.pooling
        fixed = {name: getattr(own, name) for name in ("maps", "parts") if hasattr(own, name)}
        asked = own.model_dump() | dict(settings.get(pooling.name, {})) | fixed
        found[pooling.name] = Reading(
            pooling, pooling.read(asked), one.classes, one.part_maps, one.head.learned
        )
    return {name: found[name] for name in SCHEMES if name in found}


def agreement(readings: Mapping[str, Reading]) -> dict[str, list[str]]:
    """Which schemes put which class first: titles of the schemes by name of the class, in their order."""
    first: dict[str, list[str]] = {}
    for reading in readings.values():
        first.setdefault(reading.ranking(1)[0].name, []).append(reading.scheme.title)
    return first


def of_class(maps: ClassMaps, index: int, name: str) -> PooledClass:
    """One class of a network's own maps under one scheme with its defaults; not SPLeaP.

    Raises:
        ParameterError: no such scheme, or one that needs what is learned.
    """
    found = scheme(name)
    asked = {"maps": UNTRAINED_WILDCAT} if name == "wildcat" else {}
    return PooledClass.of(found.pool(maps.map(index)[None], found.read(asked)), 0)

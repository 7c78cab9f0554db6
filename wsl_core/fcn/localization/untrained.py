"""The row "no training": an ImageNet classifier's own maps, grouped into the classes of another set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from wsl_core.datasets.relatives import kind_of
from wsl_core.errors import ParameterError
from wsl_core.networks import ClassMaps, ClassNames


def grouped(
    maps: ClassMaps, groups: Mapping[str, Sequence[int]], by: Literal["max", "mean"] = "max"
) -> ClassMaps:
    """Maps of new classes from those of their relatives, less the mean of all maps.

    What is common to all classes of the network says nothing of any, hence the mean is taken away. The
    score is the mean of the map in both ways.

    Args:
        maps: of a network, fused or not.
        groups: by new class, the indices of the network's classes that show it.
        by: "max": at every cell the highest of the relatives, so that one of 118 breeds is enough for a
            dog; better by two to four points on a quarter of VOC's training pictures. "mean": their
            mean, which is one linear head on the features.

    Raises:
        ParameterError: a class without relatives, or an index that the network does not have.
    """
    alone = [name for name, relatives in groups.items() if not len(relatives)]
    if alone:
        raise ParameterError(
            f"{len(alone)} classes have no relatives among those of {maps.network}: "
            f"{', '.join(alone[:5])}. Without training, every class needs one: use a trained head, or a "
            f"set of VOC's classes."
        )
    known = len(maps.classes)
    if any(not 0 <= i < known for relatives in groups.values() for i in relatives):
        raise ParameterError(
            f"{maps.network} has {known} classes and these relatives are ImageNet's 1,000. Choose a "
            f"network trained on ImageNet."
        )
    chosen = [list(relatives) for relatives in groups.values()]
    names = ClassNames(("",) * len(groups), tuple(groups))
    if by == "max":
        common = maps.logits.mean(axis=0)
        highest = np.stack([maps.logits[one].max(axis=0) - common for one in chosen])
        count = len(groups)
        return replace(
            maps,
            classes=names,
            features=highest,
            weight=np.eye(count, dtype=np.float32),
            bias=np.zeros(count, np.float32),
            pooled=None,
        )
    mean_weight, mean_bias = maps.weight.mean(axis=0), maps.bias.mean()
    return replace(
        maps,
        classes=names,
        weight=np.stack([maps.weight[one].mean(axis=0) - mean_weight for one in chosen]),
        bias=np.array([maps.bias[one].mean() - mean_bias for one in chosen], np.float32),
    )


@dataclass(frozen=True)
class Relatives:
    """What a cell says of a class's relatives.

    Attributes:
        count: of the relatives.
        common: mean of all the network's classes in this cell, in logits.
        highest: (title, logits) of the highest relatives, best first.
    """

    count: int
    common: float
    highest: tuple[tuple[str, float], ...]


def relatives_of_cell(
    maps: ClassMaps, name: str, row: int, column: int, count: int = 5
) -> Relatives:
    """What one cell of `grouped` maps is made of.

    Args:
        maps: the network's own, ungrouped.
        name: of the class, one of VOC's.
        row: of the cell, from 0.
        column: of the cell, from 0.
        count: of the relatives to be named.
    """
    (related,) = kind_of([name]).values()
    logits = maps.weight @ maps.features[:, row, column] + maps.bias
    order = sorted(related, key=lambda index: -logits[index])[:count]
    named = tuple((maps.classes.titles[index], float(logits[index])) for index in order)
    return Relatives(len(related), float(logits.mean()), named)

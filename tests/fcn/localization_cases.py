"""Evidence made by hand."""

import numpy as np

from wsl_core.datasets.labelled import LabelledObject
from wsl_core.fcn.localization import Evidence

Pixels = tuple[float, float, float, float]


def edges(first_x: float, first_y: float, last_x: float, last_y: float) -> Pixels:
    """Edges of a box that is given by its first and last pixels, counted from 0."""
    return first_x, first_y, last_x + 1, last_y + 1


def one_class(
    score: float,
    point: tuple[float, float] = (0, 0),
    boxes: list[Pixels] = (),
    *,
    label: int | None = None,
    difficult: list[Pixels] = (),
    size: tuple[int, int] = (200, 200),
) -> Evidence:
    """One picture and one class; `boxes` by first and last pixels."""
    objects = [LabelledObject(0, edges(*box), False) for box in boxes]
    objects += [LabelledObject(0, edges(*box), True) for box in difficult]
    known = 1 if boxes else -1 if difficult else 0
    return Evidence(
        size=size,
        labels=np.array([known if label is None else label], np.int8),
        scores=np.array([float(score)]),
        points=np.array([point], float),
        objects=tuple(objects),
    )


def measured(metric, evidence: list[Evidence]) -> float:
    """The one class's value."""
    for one in evidence:
        metric.update(one)
    (value,) = metric.compute().values
    return float(value)

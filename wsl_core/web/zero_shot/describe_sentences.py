"""What the part "describe a class" of the Zero-shot page says, made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import number, percent
from wsl_core.transfer.zero_shot.backbone import Taught
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot.sentences import in_network

if TYPE_CHECKING:
    from wsl_core.web.zero_shot.decision import Decision

UNITS = {
    "prototype": "Cosine of the picture with where a class's pictures should lie, −1 to 1.",
    "eszsl": "Product of picture, matrix and attributes; only differences count.",
    "ale": "Product of picture, matrix and attributes; only differences count.",
    "dap": "Logarithm of how probable the class's attributes are here; values count as there or not.",
    "iap": "Logarithm of how probable the class's attributes are here; values count as there or not.",
    "two-networks": "Cosine of f(x) and g(y), −1 to 1.",
}


OWN_TABLE = (
    "A row a class and a column an attribute: class,furry,4 legs,tail and below it cow,1,1,1. Numbers go "
    "from 0 to 1, or from 0 to 100 in the whole table. It has to describe all animals of the menu above, "
    "since these are what the methods learn from; further classes are welcome. Begin with the table under "
    "Download. Without a file the published table is back."
)


TRY = (
    "Begin with those attributes that set it most apart from its best rival in this picture. To try: take "
    "from the giraffe its spots."
)


def unit(method: str) -> str:
    """What a method's scores are."""
    return UNITS.get(method, "The highest score wins.")


def kind(new: bool, taught: Taught) -> str:
    """How a class is marked beside its bar."""
    if not new:
        return "seen"
    return {"no": "unseen", "relative": "unseen, relative known", "name": "unseen, known by name"}[
        taught.kind
    ]


def verdict(
    names: Sequence[str], scores: NDArray[np.float64], new: NDArray[np.bool_], gamma: float
) -> str:
    """Which class wins, by how much, and whether anybody showed it."""
    order = np.argsort(-scores)
    best, second = (int(one) for one in order[:2])
    shown = "No picture of it was ever shown." if new[best] else "It was learnt from pictures."
    off = f" {number(gamma)} was taken off every seen class." if gamma else ""
    return (
        f"**{plain(names[best])}** wins, {number(float(scores[best] - scores[second]))} above "
        f"{plain(names[second])}. {shown}{off}"
    )


def scores(names: Sequence[str], values: Sequence[float]) -> str:
    """Scores in words, for the figure."""
    told = ", ".join(f"{name} {number(value)}" for name, value in zip(names, values, strict=True))
    return f"Score of the best classes: {told}."


def reasons(winner: str, other: str, parts: Sequence[tuple[str, float]]) -> str:
    """What carried the winner, in words."""
    told = ", ".join(f"{name} {number(value)}" for name, value in parts)
    return f"What {winner} would lose with the value of {other}: {told}."


def predicted(
    names: Sequence[str],
    values: NDArray[np.float64],
    deviations: NDArray[np.float64],
    order: Sequence[int] | NDArray[np.intp],
) -> str:
    """Some attributes of a picture in words."""
    told = ", ".join(
        f"{names[one]} {percent(float(values[one]), 0)} plus or minus {percent(float(deviations[one]), 0)}"
        for one in order
    )
    return f"Predicted for the picture: {told}."


def uncertainty(deviations: NDArray[np.float64]) -> str:
    """What the lines at the bars are."""
    return (
        f"Those where the picture is furthest from the mean of all classes, for how well they are "
        f"recognised. The line at a bar is the root mean square error on classes that were left out of the "
        f"fit: {percent(float(deviations.min()), 0)} to {percent(float(deviations.max()), 0)} over all "
        f"attributes."
    )


def every_class(found: Decision) -> tuple[list[str], list[list[str]]]:
    """All classes, the winner first."""
    names = found.table.classes
    return (
        ["class", "score", "pictures shown", "in the network's label set"],
        [
            [
                plain(names[one]), number(float(found.scores[one])), "no" if found.new[one] else "yes",
                in_network(found.taught[names[one]]),
            ]
            for one in found.order
        ],
    )  # fmt: skip


def every_attribute(found: Decision, name: str) -> tuple[list[str], list[list[str]]]:
    """All attributes of a class: as published, as the visitor has it, and what the picture seems to have."""
    place = found.table.index(name)
    values, deviations = found.predicted
    rows = zip(
        found.table.attributes, found.before.values[place], found.table.values[place], values, deviations,
        strict=True,
    )  # fmt: skip
    return (
        ["attribute", "published", "yours", "picture"],
        [
            [
                one, percent(float(was), 0), percent(float(now), 0),
                f"{percent(float(value), 0)} ± {100 * float(deviation):.0f}",
            ]
            for one, was, now, value, deviation in rows
        ],
    )  # fmt: skip

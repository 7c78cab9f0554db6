"""What the Retrieval page says of its figures."""

from collections.abc import Sequence
from typing import Any

from wsl_core.figures.ink import percent
from wsl_core.transfer.retrieval import PIXELS, Heat, Neighbour
from wsl_core.transfer.retrieval.comparison import KINDS, LEARNED, RANDOM
from wsl_core.web.retrieval.shown import Asked, Matching, Shown, Vote

Table = tuple[list[str], list[list[str]]]
TITLES = {LEARNED: "The network", RANDOM: "The same network without training", PIXELS: "Pixels"}
ABOUT = {
    LEARNED: "Features that ImageNet's 1,000 classes taught it. It was never shown these pictures.",
    RANDOM: "The same layers with random weights: what the architecture alone brings.",
    PIXELS: "The picture reduced to 16 by 16 mean colours.",
}
OPTIONS = ("none", "one or two", "three or more")
QUESTION = (
    "The network names six neighbours of this picture. **How many of these six will be among the six "
    "that pixels name?**"
)
SUMS = (
    "Every cell adds its part to the cosine of both pictures, exactly: the colours of either picture add up "
    "to it. Red cells make the pictures alike, blue ones unlike."
)
UNIT = "thousandths of the cosine, one scale for both pictures. Red makes them alike, blue unlike."


def number(value: float, digits: int = 3) -> str:
    """With a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def option(common: int) -> str:
    """The right answer to the question."""
    return OPTIONS[0] if common == 0 else OPTIONS[1] if common < 3 else OPTIONS[2]


def answer(common: int) -> str:
    """What was found, after a prediction."""
    return f"Of the network's six, pixels name {common}."


def vote(found: Vote | None, asked: Asked) -> str:
    """The class by vote, and whether it is right where that is known; empty where there are no classes."""
    if found is None:
        return ""
    sentence = (
        f"The nearest {found.voters} vote for **{found.label}** ({found.votes} of {found.voters})"
    )
    if asked.label is None:
        return f"{sentence}."
    return f"{sentence}, which is {'right' if found.label == asked.label else 'wrong'}."


def nearest(found: Sequence[Neighbour], shown: Shown) -> str:
    """Alternative text of a row of neighbours."""
    return "; ".join(f"{shown.names[one.number]}, {number(one.similarity, 2)}" for one in found)


def table(found: dict[str, list[Neighbour]], shown: Shown) -> Table:
    """All neighbours of all kinds."""
    columns = ["rank", *(TITLES[kind].lower() for kind in found)]
    count = max(map(len, found.values()))
    rows = []
    for rank in range(count):
        cells = [
            f"{shown.names[each[rank].number]} ({number(each[rank].similarity)})"
            if rank < len(each)
            else "–"
            for each in found.values()
        ]
        rows.append([str(rank + 1), *cells])
    return columns, rows


def whole(measured: dict[str, dict[str, Any]], digits: int = 1) -> Table:
    """The collection measured: every picture asks all others."""
    columns = ["every picture asks all others", "mAP", "nearest is right", "class by vote"]
    rows = [
        [TITLES[kind].lower(), *(percent(one[key], digits) for key in
                                 ("map", "precision_at_1", "knn_accuracy"))]
        for kind, one in measured.items()
    ]  # fmt: skip
    if measured:
        one = next(iter(measured.values()))
        chance = [percent(one[key], digits) for key in ("chance_map", "chance_precision_at_1")]
        rows.append(["any order", *chance, "–"])
    return columns, rows


def counted(measured: dict[str, dict[str, Any]]) -> str:
    """Of how many pictures and classes the figures are."""
    one = next(iter(measured.values()))
    return (
        f"{one['queries']:,} pictures of {len(one['classes'])} classes, all ranks; computed here from the "
        f"vectors of this collection. mAP is the mean, over all pictures that ask, of the average precision "
        f"of their ranking."
    )


def cells_alt(one: Heat, title: str) -> str:
    """Alternative text of a picture with its matching cells."""
    values = one.maps[-1]
    row, column = divmod(int(values.argmax()), values.shape[1])
    return (
        f"{title}, with what each of {values.shape[0]} by {values.shape[1]} cells adds to the cosine. Most "
        f"comes from row {row + 1}, column {column + 1}: {number(1000 * float(values.max()), 1)} thousandths."
    )


def sums(found: Matching, sizes: Sequence[int]) -> Table:
    """The sums over the cells of either picture, size by size, and the cosine that they make."""
    columns = ["fed at", "cells of what asks", "sum", "cells of the neighbour", "sum"]
    rows = []
    for k, size in enumerate(sizes):
        mine, theirs = found.asked.maps[k], found.found.maps[k]
        rows.append(
            [f"{size} px", f"{mine.shape[0]} × {mine.shape[1]}", number(float(mine.sum())),
             f"{theirs.shape[0]} × {theirs.shape[1]}", number(float(theirs.sum()))]
        )  # fmt: skip
    rows.append(
        ["**together**", "", f"**{number(found.asked.similarity)}**", "",
         f"**{number(found.found.similarity)}**"]
    )  # fmt: skip
    return columns, rows


def equal(found: Matching) -> str:
    """That the sums are the cosine."""
    return (
        f"Both sums are the cosine of the two vectors, **{number(found.cosine)}**. The picture is fed at "
        f"several sizes, whose vectors are added, so the parts of all sizes count; the colours show the "
        f"largest one."
    )


def paired(found: Matching) -> str:
    """What the numbered cells are."""
    if found.pairs is None:
        return "This layer has too many cells to compare each with each: take a later one to see pairs."
    if not found.pairs:
        return "No cell of one picture is the most alike to a cell of the other and the other way round."
    each = ", ".join(f"{k}: {number(one.similarity, 2)}" for k, one in enumerate(found.pairs, 1))
    return (
        f"Frames with one number are cells that are most alike to each other of all in their pictures; of "
        f"these, the ones that add most. Cosine of their features: {each}."
    )


def kinds() -> tuple[str, ...]:
    """In their order."""
    return tuple(KINDS)

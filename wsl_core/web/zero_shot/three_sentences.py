"""What the part "three classes" of the Zero-shot page says, made from its table."""

from collections.abc import Sequence

import numpy as np

from wsl_core.transfer.zero_shot import sufficiency
from wsl_core.web.downloads import csv_text
from wsl_core.web.sentences import listed
from wsl_core.web.zero_shot.sentences import SHOW
from wsl_core.web.zero_shot.view import ATTRIBUTES, CLASSES, Has

ASKED = "Are these sufficient attributes for a one to one mapping?"


ANSWERS = ("none", "4 legs alone", "furry alone", "tail alone", "any one of them", SHOW)


REAL = ("dalmatian", "german shepherd", "chihuahua", "collie", "chimpanzee", "dolphin")


SAME_THREE = ("furry", "quadrapedal", "tail")  # as the published table spells it


LETTERS = (
    "Animals with Attributes, cut at the mean of the whole table as its authors do. 4 legs is called "
    "quadrapedal there; it has no fish, so the dolphin stands in. Classes with one letter have the same row."
)


def same(has: Has, names: Sequence[str]) -> list[str]:
    """For each class with which others its row coincides; empty for none."""
    words = [""] * len(names)
    for group in sufficiency.coinciding(has):
        for one in group:
            others = [names[other] for other in group if other != one]
            words[one] = f"the same as {listed(others)}"
    return words


def sufficient(has: Has, kept: Has) -> str:
    """Whether the rows that are left tell all classes apart."""
    names = [name for name, stays in zip(ATTRIBUTES, kept, strict=True) if stays]
    if not names:
        return "No. With every attribute deleted, all classes are the same."
    groups = sufficiency.coinciding(has[:, kept])
    with_ = f"With {listed(names)}"
    if not groups:
        return f"Yes. {with_} every class has a row of its own, so a row names one class."
    told = " and ".join(listed([CLASSES[one] for one in group]) for group in groups)
    return (
        f"No. {with_} {told} have the same row. A picture that has all of it could be "
        f"{'either' if len(groups[0]) == 2 else 'any of them'}, however well the attributes are recognised."
    )


def choices(has: Has) -> str:
    """Which attributes of the table would be enough."""
    found = sufficiency.minimal(has)
    if not found:
        return (
            "No choice of these attributes is enough: even all together leave two classes the same."
        )
    told = "; or ".join(listed([ATTRIBUTES[one] for one in columns]) for columns in found)
    return f"Enough by themselves, with nothing left over: {told}."


def bound(classes: int) -> str:
    """What n attributes can do at best."""
    least = sufficiency.fewest(classes)
    return (
        f"Attributes that are there or not make 2ⁿ different rows, so {classes} classes need at least "
        f"{least}. That the rows differ is the least that is needed: the attributes must also be "
        f"seen in a picture."
    )


def answer(has: Has) -> tuple[str, str]:
    """Which single attribute of a table can be deleted, as one of `ANSWERS`, and why."""
    can = [
        ATTRIBUTES[one]
        for one in range(has.shape[1])
        if not sufficiency.coinciding(np.delete(has, one, axis=1))
    ]
    if len(can) == len(ATTRIBUTES):
        return ANSWERS[4], "Any one of them can go."
    if not can:
        return ANSWERS[0], "Without any one of them two classes coincide."
    if len(can) == 1:
        return f"{can[0]} alone", f"Only {can[0]} can go."
    return f"{listed(can)}", f"{listed(can)} can go, one at a time."


def small_csv(has: Has, kept: Has) -> str:
    """The small table, deleted attributes left out."""
    names = [name for name, stays in zip(ATTRIBUTES, kept, strict=True) if stays]
    rows = [[name, *map(int, row)] for name, row in zip(CLASSES, has[:, kept], strict=True)]
    return csv_text(["class", *names], rows)


def three_published(names: Sequence[str], rows: Has) -> tuple[list[str], list[list[str]]]:
    """The three attributes in the published table; classes with one letter have the same row."""
    kinds = list(dict.fromkeys(tuple(row) for row in rows.tolist()))
    return (
        ["class", "furry", "4 legs", "tail", "row"],
        [
            [name, *("✓" if one else "✗" for one in row), "ABCDEFGH"[kinds.index(tuple(row))]]
            for name, row in zip(names, rows.tolist(), strict=True)
        ],
    )


def disagreement(rows: Has, names: Sequence[str]) -> str:
    """Where the published table and the lecture's differ."""
    place = dict(zip(names, rows, strict=True))
    ape = place.get("chimpanzee")
    if ape is None:
        return ""
    dogs = [one for one in names if one not in ("chimpanzee", "dolphin")]
    like = [one for one in dogs if (place[one] == ape).all()]
    if not like:
        return ""
    return (
        f"In Animals with Attributes the chimpanzee has all that these dogs have: furry, four legs and a "
        f"tail. {len(like)} of {len(dogs)} dogs share its row, so with these three attributes they cannot be "
        f"told apart. The lecture's table gives the chimp neither four legs nor a tail, as people would say. "
        f"The published values are averages of what people answered, cut at one threshold for the whole "
        f"table. Somebody has to write the table, and what is written decides."
    )


def whole(has: Has, few: Sequence[int], attributes: Sequence[str]) -> str:
    """How many of all attributes are enough for all classes."""
    count = len(has)
    if groups := sufficiency.coinciding(has):
        return f"{len(groups)} groups of its {count} classes have the same row."
    return (
        f"With all {has.shape[1]} attributes its {count} classes have {count} different rows. "
        f"{len(few)} attributes chosen one after the other are enough "
        f"({listed([attributes[one] for one in few])}); fewer than {sufficiency.fewest(count)} never are. "
        f"The others are not superfluous: each is recognised with errors, and many together outvote them."
    )

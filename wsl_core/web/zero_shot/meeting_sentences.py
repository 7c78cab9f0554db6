"""What the part "two networks" of the Zero-shot page says, made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsl_core.figures.ink import number, percent
from wsl_core.web.sentences import listed
from wsl_core.web.zero_shot.sentences import SHOW

if TYPE_CHECKING:
    from wsl_core.web.zero_shot.animals import Setting
    from wsl_core.web.zero_shot.meeting import Plane

MEETING = (
    "One network, f, takes the features of a picture; another, g, takes the attributes of a class. Both end "
    "on the same sphere. Training brings a picture and its own class together and pushes it from the other "
    "classes, the negatives. A class that no picture showed has a place, too: g puts it there."
)


WITHOUT = (
    "Training now only brings a picture and its class together; nothing pushes wrong classes away. Where do "
    "pictures and classes end?"
)


ENDS = (
    "each picture at its class, as before", "all pictures and classes on one point",
    "nowhere: it does not train", SHOW,
)  # fmt: skip


def ended(alone: Setting) -> str:
    """How a training without negatives ended."""
    last = alone.fitted.model.history[-1]
    return (
        f"The loss falls to {number(last.loss)}, nearly its least, and the scores of a picture differ by "
        f"{number(last.spread)} over the classes: all lies on one point."
    )


def plane(one: Plane) -> str:
    """What a plane shows, in words."""
    pictures = one.points[one.marks == 0]
    classes = one.points[one.marks == 1]
    groups = one.groups[one.marks == 0]
    nearest = ((pictures[:, None] - classes[None]) ** 2).sum(axis=2).argmin(axis=1)
    return (
        f"{one.title}: {len(pictures)} pictures of {listed(one.names)}, and these {len(classes)} classes. "
        f"Standard deviation across {number(float(pictures[:, 0].std()))}, up "
        f"{number(float(pictures[:, 1].std()))}; {percent(float((nearest == groups).mean()))} of the "
        f"pictures are nearest to their own class in the plane."
    )


def planes(found: Sequence[Plane]) -> str:
    """What the planes are."""
    held = ", ".join(percent(one.held, 0) for one in found)
    return (
        f"Each plane holds the two directions in which its points reach furthest ({held} of the squared "
        f"lengths), on one scale from −1 to 1. All pictures were kept aside from training. What lies apart "
        f"here lies apart; what lies together may differ in other directions."
    )


def collapse(whole: Setting, alone: Setting) -> str:
    """How both trainings end."""
    with_, without = whole.fitted.model.history[-1], alone.fitted.model.history[-1]
    first = alone.fitted.model.history[0]
    return (
        f"Without negatives the spread of the scores falls from {number(first.spread)} to "
        f"{number(without.spread)}; with them it is {number(with_.spread)} at the end. The collapse shows in "
        f"the spread at once, and in accuracy only later: {percent(without.accuracy)} of the training "
        f"pictures are still nearest to their class by what little is left, "
        f"{percent(with_.accuracy)} with negatives."
    )


def moments(whole: Setting, alone: Setting) -> tuple[list[str], list[list[str]]]:
    """Both trainings, step by step."""
    head = [
        "step",
        "loss",
        "spread",
        "accuracy",
        "loss, without",
        "spread, without",
        "accuracy, without",
    ]
    longer, other = whole.fitted.model.history, alone.fitted.model.history
    rows = []
    for place in range(max(len(longer), len(other))):
        pair = [one[place] if place < len(one) else None for one in (longer, other)]
        step = next(one.step for one in pair if one is not None)
        cells = [
            cell
            for one in pair
            for cell in (
                ("–", "–", "–") if one is None
                else (number(one.loss), number(one.spread), percent(one.accuracy))
            )
        ]  # fmt: skip
        rows.append([str(step), *cells])
    return head, rows

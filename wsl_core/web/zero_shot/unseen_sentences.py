"""What the part "seen and unseen" of the Zero-shot page says, made from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import number, percent
from wsl_core.transfer.zero_shot.backbone import Taught
from wsl_core.web.zero_shot.sentences import SHOW, in_network

if TYPE_CHECKING:
    from wsl_core.web.zero_shot.animals import Setting


def accuracies(unseen: float, seen: float, harmonic: float, gamma: float) -> str:
    """The three figures at a place of the slider."""
    return (
        f"With γ = {number(gamma)} off every seen class: unseen classes **{percent(unseen)}**, seen classes "
        f"**{percent(seen)}**, harmonic mean **{percent(harmonic)}**."
    )


def calibrated(found: Setting) -> str:
    """What competition costs, and where γ would be chosen without looking."""
    none = found.curve.at(0.0)
    alone = float(np.nanmean(found.alone()))
    words = (
        f"Among themselves {percent(alone)} of the unseen classes' pictures are named right. As soon as the "
        f"seen classes compete, {percent(float(found.curve.unseen[none]))} are: the method prefers what it "
        f"was shown. Area below the curve of unseen against seen: {percent(found.curve.area)}."
    )
    if found.chosen_gamma is None:
        return words
    at = found.curve.at(found.chosen_gamma)
    return (
        f"{words} The dashed line is γ = {number(found.chosen_gamma)}, chosen on seen classes that were left "
        f"out: harmonic mean {percent(float(found.curve.harmonic[at]))}."
    )


def counted(found: Setting) -> str:
    """Which pictures, how many, which parameters."""
    division, facts = found.division, found.animals.facts
    chosen = "" if found.chosen_gamma is not None else " Parameters are the method's usual ones."
    return (
        f"{facts['title']}: {len(division.seen)} seen and {len(division.unseen)} unseen classes with "
        f"pictures, of {len(found.animals.table.classes)} in the table; {int(division.train.sum())} pictures "
        f"to learn from, {int(division.aside.sum())} of seen and {int(division.asked.sum())} of unseen "
        f"classes judged; mean over classes; {facts['network']}, frozen.{chosen} {facts['source']}"
    )


SHARES = ("nearly all of them", "more than half of them", "less than half of them", SHOW)


def competition(found: Setting) -> str:
    """The question before the slider."""
    return (
        f"Among the {len(found.division.unseen)} unseen classes alone, "
        f"{percent(float(np.nanmean(found.alone())))} of their pictures are named right. Now the "
        f"{len(found.division.seen)} seen classes may be answered, too. How many of these stay right?"
    )


def lost(found: Setting) -> tuple[str, str]:
    """What stays right when seen classes compete: one of `SHARES`, and a sentence."""
    alone = float(np.nanmean(found.alone()))
    together = float(found.curve.unseen[found.curve.at(0.0)])
    share = together / alone if alone else 0.0
    answer = SHARES[0] if share > 0.9 else SHARES[1] if share > 0.5 else SHARES[2]
    return answer, f"{percent(together)} of the pictures are named right then."


def unseen_classes(
    found: Setting, gamma: float, counts: NDArray[np.intp], taught: Mapping[str, Taught]
) -> tuple[list[str], list[list[str]]]:
    """Each unseen class: its pictures, how often it is said, how often it is right."""
    names = found.animals.table.classes
    together = found.together(gamma * found.spread)[~found.seen]
    rows = zip(found.division.unseen, counts, found.alone(), together, strict=True)
    return (
        ["unseen class", "pictures", "said", "right among the unseen", "right among all", "in the label set"],
        [
            [
                names[one], str(int((found.animals.labels == one).sum())), str(int(said)),
                percent(float(alone)), percent(float(all_)), in_network(taught[names[one]]),
            ]
            for one, said, alone, all_ in rows
        ],
    )  # fmt: skip


def hubs(found: Setting, counts: NDArray[np.intp], skew: float) -> str:
    """Whether a few classes take all the pictures."""
    names = [found.animals.table.classes[one] for one in found.division.unseen]
    most, least = int(counts.argmax()), int(counts.argmin())
    return (
        f"Said: how often a class is the answer, for all pictures of unseen classes among these alone. "
        f"{names[most]} takes {counts[most]} of {int(counts.sum())}, {names[least]} {counts[least]}; "
        f"skewness {number(skew)}, 0 where all are said alike. A class that is near to everything is a hub. "
        f"Methods that map pictures to attributes pull all pictures towards the middle and make hubs; from "
        f"attributes to pictures there are fewer."
    )


LEAK = (
    "The method was shown no picture of these classes. The network below it may have been: it learned 1,000 "
    "classes of ImageNet, and some of them are these animals, under the same name or as a near kind."
)


def label_set(found: Setting, taught: Mapping[str, Taught]) -> tuple[list[str], list[list[str]]]:
    """Every class of the table: seen or not, and whether the network knows it."""
    names = found.animals.table.classes
    pictured = set(found.places.tolist())
    return (
        ["class", "here", "in the network's label set"],
        [
            [
                name,
                ("unseen" if found.new[place] else "seen")
                + ("" if place in pictured else ", no pictures"),
                in_network(taught[name]),
            ]
            for place, name in enumerate(names)
        ],
    )


DESCRIPTIONS = (
    "An attribute table has to be written by somebody who knows the classes. A word costs nothing: its "
    "vector comes from texts, so a class needs only a name. It says less of how the class looks."
)
DESCRIBED = (
    "The same method and pictures, with its usual parameters for all three; nothing is chosen. Best harmonic "
    "mean: at the best place of the slider, which nobody knows beforehand."
)
CONSE = (
    "ConSE takes another way with words: it learns nothing from these pictures and mixes the words of the "
    "network's own classes."
)


def descriptions(made: Mapping[str, Setting]) -> tuple[list[str], list[list[str]]]:
    """By what classes are described: accuracy among the unseen ones, and the best harmonic mean."""
    return (
        ["described by", "numbers", "right among the unseen", "best harmonic mean", "area"],
        [
            [
                name,
                str(len(one.animals.table.attributes)),
                percent(float(np.nanmean(one.alone()))),
                percent(float(one.curve.harmonic.max())),
                percent(one.curve.area),
            ]
            for name, one in made.items()
        ],
    )

"""What stands in the diagrams of adaptation: goals and figures of the parts, gradients in words."""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from wsl_core.figures.diagram_parts import Box, Gradient, Kind
from wsl_core.figures.ink import number, percent

LOWER, RAISE = (
    "gradient that asks for less of its loss (+)",
    "turned round: asks for more of it (−)",
)
LOSSES = {"classifier": "loss", "domain_classifier": "domain_loss", "critics": "critics_loss"}
SOURCE = ("Source pictures", ("labelled",))
TARGET = ("Target pictures", ("no labels",))

Figures = Mapping[str, float]


class Part(Protocol):
    """A part of what is trained: `name` as in the figures, `title` for people, what it `wants`."""

    @property
    def name(self) -> str:
        """As in the figures."""

    @property
    def title(self) -> str:
        """For people."""

    @property
    def wants(self) -> str:
        """Its goal, as half a sentence."""


def by_name(wants: Sequence[Part]) -> dict[str, Part]:
    """Parts by their names."""
    return {one.name: one for one in wants}


def part_of(gradient: Gradient) -> str:
    """The part at which a gradient over weights ends."""
    return gradient.name.removeprefix("gradient_")


def norm_in(norms: Figures, name: str) -> float | None:
    """A norm among the figures of a step; None where there is none."""
    value = norms.get(name)
    return None if value is None or math.isnan(value) else abs(value)


def gradient(
    norms: Figures,
    name: str,
    way: tuple[str, str],
    lane: int,
    words: str,
    kind: Kind = "kept",
    *,
    signed: bool = True,
) -> Gradient:
    """A gradient with the norm that was measured, in a lane, from a column to another one."""
    return Gradient(*way, lane, norm_in(norms, name), kind, words, name, signed=signed)


def negative(weight: float) -> str:
    """Minus lambda."""
    return number(-weight, 3) if weight else "0"


def want(wants: str) -> str:
    """A goal, as it stands in a box."""
    return f"wants: {wants}"


def part_box(
    column: str, lanes: tuple[int, int], part: Part, norms: Figures, *, weights: bool = False
) -> Box:
    """A part with its goal; with `weights` also what the arrows do not show."""
    facts = (*accuracy(part.name, norms), *(apart(part.name, norms) if weights else ()))
    return Box(column, lanes, part.title, (want(part.wants), *facts))


def loss_box(column: str, lane: int, title: str, norms: Figures, name: str) -> Box:
    """Where a gradient begins."""
    return Box(column, (lane, lane), title, (number(norms[name], 3),) if name in norms else ())


def apart(name: str, norms: Figures) -> tuple[str, ...]:
    """Loss, and norm over the weights."""
    found = []
    if name in LOSSES and LOSSES[name] in norms:
        found.append(f"loss {number(norms[LOSSES[name]], 3)}")
    if f"gradient_{name}" in norms:
        found.append(f"on its weights: {number(norms[f'gradient_{name}'], 3)}")
    return tuple(found)


def accuracy(name: str, norms: Figures) -> tuple[str, ...]:
    """How often the domain classifier is right."""
    if name != "domain_classifier" or "domain_accuracy" not in norms:
        return ()
    share = percent(norms["domain_accuracy"], 0)
    return (f"right {share} (chance: 50 %)".replace(" %", "\u00a0%"),)


def teacher(part: Mapping[str, Part], norms: Figures) -> list[str]:
    """A sentence on the averaged teacher, where there is one."""
    if "teacher" not in part:
        return []
    one = part["teacher"]
    sure = norms.get("teacher_sure")
    share = f" It is sure of {percent(sure, 0)} at this step." if sure is not None else ""
    return [
        f"{one.title}: wants to {one.wants}. It follows the network; no gradient reaches it.{share}"
    ]


def title_of(part: Mapping[str, Part], gradient: Gradient, second: bool) -> str:
    """The title of the part at which a gradient of ADDA ends."""
    name = part_of(gradient)
    return part["source_encoder" if name == "encoder" and not second else name].title


def said(one: Gradient) -> str:
    """A gradient in words, for those who do not see it."""
    if one.norm is None:
        return "not measured"
    if not one.norm:
        return f"0, no arrow: {one.words}"
    if not math.isfinite(one.norm):
        return "not finite"
    sign = {"kept": "plus ", "turned": "minus ", "mixed": ""}[one.kind] if one.signed else ""
    return f"{sign}{number(one.norm, 3)}, asks to {one.words}"


def told(
    step: int, wants: Sequence[Part], norms: Figures, gradients: str, notes: Sequence[str] = ()
) -> str:
    """The alternative text."""
    goals = ". ".join(
        ", ".join(
            (f"{one.title} wants: {one.wants}", *accuracy(one.name, norms), *apart(one.name, norms))
        )
        for one in wants
    )
    return " ".join(
        [f"Parts of the network at step {step}. {goals}. Gradients: {gradients}", *notes]
    ).strip()

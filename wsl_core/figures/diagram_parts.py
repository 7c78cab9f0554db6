"""Parts of a network and what passes between them, described without places.

Positions are (column, lane): columns follow the forward pass, lanes lie beside each other. A `Way` says
where they lie: to the right on wide places, downwards on narrow ones. `along` is the coordinate of the
forward pass, `across` the other one. Gradients go back against the forward pass, and their thickness is the
same function of the norm everywhere: its square root, so that a quarter of the norm is half as thick.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wsl_core.figures.ink import number

THICKEST, THINNEST = 28.0, 1.5  # of a gradient's arrow, in the drawing's units
Kind = Literal["kept", "turned", "mixed"]
State = Literal["", "frozen", "absent"]
COLOURS: Mapping[Kind, str] = {"kept": "#3f7fc4", "turned": "#c2551b", "mixed": "#9a62c4"}
DIRECTIONS: Mapping[Kind, str] = {"kept": "lower", "turned": "raise", "mixed": "both"}
SIGNS: Mapping[Kind, str] = {"kept": "+", "turned": "−", "mixed": ""}
GROUND = "var(--st-background-color,Canvas)"


@dataclass(frozen=True)
class Box:
    """A part of the network, or data: a title, and lines of text below it.

    Attributes:
        column: where along the forward pass.
        lanes: first and last lane it spans.
        title: in bold.
        lines: sentences below it, wrapped.
        state: frozen parts have a dashed outline; absent ones, that are not made yet, are pale, too.
        low: on wide places, only as high as data need.
    """

    column: str
    lanes: tuple[int, int]
    title: str
    lines: tuple[str, ...] = ()
    state: State = ""
    low: bool = False


@dataclass(frozen=True)
class Forward:
    """What a part gives to another one: a thin grey arrow from `tail` to `head`, (column, lane) each."""

    tail: tuple[str, int]
    head: tuple[str, int]


@dataclass(frozen=True)
class Gradient:
    """What is passed back in a lane, from the column `tail` to the column `head`.

    Attributes:
        norm: that was measured, 0 or more; None for one that passes but was not measured by itself.
        kind: "kept" asks for less of the loss it comes from, "turned" for more of it, "mixed" both.
        words: what it asks for.
        name: of the figure, such as `gradient_label`.
        tip: whether it ends in an arrow head.
        signed: whether plus or minus is written.
    """

    tail: str
    head: str
    lane: int
    norm: float | None
    kind: Kind
    words: str
    name: str
    tip: bool = True
    signed: bool = True

    @property
    def written(self) -> str:
        """The norm with its sign, or why there is none."""
        if self.norm is None:
            return ""
        if not self.norm or not math.isfinite(self.norm):
            return "0: no arrow" if not self.norm else number(self.norm)
        return f"{SIGNS[self.kind] if self.signed else ''}{number(self.norm, 3)}"


@dataclass(frozen=True)
class Twist:
    """A ribbon that is turned over in a column: `before` comes in, `after` leaves; beside it, words."""

    column: str
    lane: int
    before: Gradient
    after: Gradient
    title: str
    words: str


@dataclass(frozen=True)
class Junction:
    """Gradients of several lanes that were measured together only; they join before `trunk`.

    Attributes:
        trunk: their sum, as it arrives.
        branches: (lane, kind, words) of each.
    """

    trunk: Gradient
    branches: tuple[tuple[int, Kind, str], ...]


@dataclass(frozen=True)
class Way:
    """One of the two ways to lay a diagram out.

    Attributes:
        wide: to the right; otherwise downwards.
        columns: (start, end) along the forward pass, by name.
        lanes: (start, end) across it.
        forward: where the forward arrow runs in a lane, from its start.
        ribbon: where the middle of the gradient runs.
        size: of the text.
    """

    wide: bool
    columns: Mapping[str, tuple[float, float]]
    lanes: Sequence[tuple[float, float]]
    forward: float
    ribbon: float
    size: float

    def at(self, along: float, across: float) -> str:
        """x and y."""
        x, y = (along, across) if self.wide else (across, along)
        return f"{x:.1f} {y:.1f}"

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height."""
        along = max(end for _, end in self.columns.values())
        across = self.lanes[-1][1]
        return (along, across) if self.wide else (across, along)


@dataclass(frozen=True)
class Diagram:
    """Everything that is drawn, without places in pixels."""

    boxes: Sequence[Box]
    forwards: Sequence[Forward]
    gradients: Sequence[Gradient] = ()
    twists: Sequence[Twist] = ()
    junctions: Sequence[Junction] = ()

    def norms(self) -> list[float]:
        """All that are drawn with a thickness."""
        every = (
            *self.gradients,
            *(one for twist in self.twists for one in (twist.before, twist.after)),
            *(one.trunk for one in self.junctions),
        )
        return [one.norm for one in every if one.norm is not None and math.isfinite(one.norm)]


def thickness(norm: float, largest: float) -> float:
    """Of an arrow, in the drawing's units: `THICKEST` at the largest norm, and never below `THINNEST`.

    Args:
        norm: 0 or more; of 0 there is no arrow.
        largest: the norm of the thickest arrow, more than 0.
    """
    if not norm:
        return 0.0
    return max(THINNEST, THICKEST * math.sqrt(min(1.0, norm / largest)))

"""Words beside a chart's levels, where curves and other words leave them room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wsl_core.figures.axes import Axis
from wsl_core.figures.lines import Line

LETTER = 6.4  # mean width of a letter, in units of the drawing
ASCENT, DESCENT = 12.0, 4.0  # of a line of words around its foot
LEAD = 16.0  # between the feet of two lines of words
MARGIN = 4.0  # between words and the ends of the plot
EVERY = 4.0  # units between two places at which a curve is looked at


@dataclass(frozen=True)
class Words:
    """Words at the right end of the plot or at its left.

    Attributes:
        left, right: ends of the words.
        foot: height on which they stand, in units of the drawing, downwards.
        anchor: "end" at the right, "start" at the left.
    """

    left: float
    right: float
    foot: float
    anchor: str

    def over(self, other: "Words") -> bool:
        """Whether two lines of words lie on each other."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and abs(self.foot - other.foot) < LEAD


def placed(
    words: Sequence[tuple[float, str]], lines: Sequence[Line], across: Axis, up: Axis
) -> list[Words]:
    """Where each of (value, words) stands: above its level or below it, at the right or at the left.

    Words under words are worse than any curve under words; of equal places the first in this order is taken.
    Values from high to low, so that those that are taken already lie above.
    """
    curves = [_heights(one, across, up) for one in lines] if words else []
    taken: list[Words] = []
    for value, text in words:
        here = _places(up.place(value), LETTER * len(text), across, up)
        costs = [
            (
                sum(one.over(other) for other in taken),
                sum(_crossings(one, heights) for heights in curves),
            )
            for one in here
        ]
        taken.append(here[costs.index(min(costs))])
    return taken


def _places(level: float, width: float, across: Axis, up: Axis) -> list[Words]:
    right, left = across.end - MARGIN, across.start + MARGIN
    above, below = level - 5, level + 15
    feet = [one for one in (above, below) if up.end + ASCENT <= one <= up.start - DESCENT]
    return [
        Words(right - width, right, foot, "end")
        if anchor == "end"
        else Words(left, left + width, foot, anchor)
        for anchor in ("end", "start")
        for foot in feet or [below]
    ]


def _heights(line: Line, across: Axis, up: Axis) -> Callable[[np.ndarray], np.ndarray]:
    """The height of a curve at places across the plot; NaN beyond its ends."""
    known = [(across.place(step), up.place(v)) for step, v in line.points() if v is not None]
    x, y = np.array(known, float).reshape(-1, 2).T
    return lambda places: (
        np.interp(places, x, y, left=np.nan, right=np.nan) if len(x) else places * np.nan
    )


def _crossings(words: Words, heights: Callable[[np.ndarray], np.ndarray]) -> int:
    y = heights(np.arange(words.left, words.right + EVERY, EVERY))
    return int(((y > words.foot - ASCENT) & (y < words.foot + DESCENT)).sum())

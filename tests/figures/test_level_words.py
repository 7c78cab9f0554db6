"""Words of a chart's levels: seen whole, where curves leave room."""

import math
from itertools import combinations

import pytest

from wsl_core.figures.axes import Axis
from wsl_core.figures.level_words import ASCENT, DESCENT, Words, placed
from wsl_core.figures.lines import Line

ACROSS, UP = Axis(0, 100, 50, 370), Axis(0, 1, 190, 10)
TESTED = "91.0 %: tested"


def line(*points: tuple[float, float]) -> Line:
    return Line("a", [step for step, _ in points], [value for _, value in points])


def inside(words: Words, step: float, value: float) -> bool:
    """Whether a point of a curve lies under the words."""
    x, y = ACROSS.place(step), UP.place(value)
    return words.left <= x <= words.right and words.foot - ASCENT <= y <= words.foot + DESCENT


@pytest.mark.parametrize(
    ("curve", "anchor", "below"),
    [
        (line(), "end", False),
        (line((0, 0.55), (100, 0.55)), "end", True),
        (line((60, 0.55), (70, 0.45), (100, 0.55)), "start", False),
        (line((0, 0.55), (55, 0.55), (56, 0.45), (100, 0.45)), "end", False),
    ],
    ids=["nothing", "above", "both at the right", "one at each end"],
)
def test_words_stand_where_no_curve_is(curve: Line, anchor: str, below: bool) -> None:
    (words,) = placed([(0.5, TESTED)], [curve], ACROSS, UP)
    assert words.anchor == anchor
    assert (words.foot > UP.place(0.5)) == below
    for step in range(101):
        value = curve.at(step)
        assert value is None or not inside(words, step, value[1])


def test_between_points_that_are_far_apart_the_curve_is_followed() -> None:
    falling = line((50, 1.0), (100, 0.2))  # crosses the height of the words half-way
    (words,) = placed([(0.5, "50.0 %: by chance, as a coin would")], [falling], ACROSS, UP)
    assert words.anchor == "start"


def test_a_gap_and_what_is_not_measured_hide_no_words() -> None:
    unknown = Line("a", [0, 50, 100], [math.nan, None, math.inf])
    (words,) = placed([(0.5, TESTED)], [unknown, line()], ACROSS, UP)
    assert (words.anchor, words.foot) == ("end", UP.place(0.5) - 5)


@pytest.mark.parametrize("value", [0, 0.01, 0.05, 0.95, 0.99, 1])
def test_words_stay_in_the_plot(value: float) -> None:
    (words,) = placed([(value, TESTED)], [], ACROSS, UP)
    assert UP.end <= words.foot - ASCENT
    assert words.foot <= UP.start
    assert ACROSS.start < words.left < words.right < ACROSS.end


def test_words_rather_cross_a_curve_than_other_words() -> None:
    curves = [line((0, value), (100, value)) for value in (0.45, 0.48, 0.53, 0.56)]
    levels = [(value, TESTED) for value in (0.52, 0.51, 0.5, 0.49)]
    for one, other in combinations(placed(levels, curves, ACROSS, UP), 2):
        assert not one.over(other)

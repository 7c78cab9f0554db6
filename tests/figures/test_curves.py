"""Charts: values where they belong, gaps where nothing was measured, and figures in the words."""

import math
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from wsl_core.figures.axes import Axis, tick
from wsl_core.figures.curves import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Level,
    Line,
    chart,
    described,
    side_by_side,
)


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


def paths(html: str) -> list[str]:
    return [one.get("d", "") for one in parsed(html).iter("path") if one.get("class") == "line"]


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def test_known_values_lie_at_known_places() -> None:
    html = chart([Line("a", [0, 50, 100], [0.0, 0.5, 1.0])], "Accuracy", unit="%")
    middle = ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
    assert corners(paths(html)[0]) == [(LEFT, BOTTOM), middle, (RIGHT, TOP)]


def test_powers_of_ten_are_equally_far_apart() -> None:
    html = chart([Line("a", [0, 1, 2, 3], [0.01, 0.1, 1.0, 10.0])], "Loss", logarithmic=True)
    heights = [y for _, y in corners(paths(html)[0])]
    assert heights[0] == BOTTOM
    assert heights[-1] == TOP
    assert heights[0] - heights[1] == pytest.approx(heights[2] - heights[3], abs=0.11)


def test_zero_on_a_logarithmic_axis_lies_at_its_lower_end() -> None:
    html = chart([Line("a", [0, 1], [0.0, 1.0])], "Loss", logarithmic=True, low=0.01)
    assert corners(paths(html)[0])[0][1] == BOTTOM


@pytest.mark.parametrize("gap", [math.nan, math.inf, None])
def test_a_value_that_is_not_finite_leaves_a_gap(gap: float | None) -> None:
    (path,) = paths(chart([Line("a", [0, 1, 2, 3, 4], [1.0, 2.0, gap, 3.0, 4.0])], "Loss"))
    assert path.count("M") == 2
    assert path.count("L") == 2
    assert "nan" not in path


def test_a_value_between_gaps_is_a_dot() -> None:
    html = chart([Line("a", [0, 1, 2], [math.nan, 1.0, math.nan])], "Loss")
    dots = list(parsed(html).iter("circle"))
    assert len(dots) == 1


@pytest.mark.parametrize("values", [[], [math.nan, math.nan], [None, math.inf]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_chart_without_values_says_so(values: list[float | None], logarithmic: bool) -> None:
    html = chart(
        [Line("a", range(len(values)), values)], "Loss", logarithmic=logarithmic, at=3, until=9
    )
    assert not paths(html)
    assert "nothing measured yet" in html
    assert "a: nothing measured" in (parsed(html).get("aria-label") or "")


def test_a_chart_without_lines_is_drawn() -> None:
    assert "nothing measured yet" in chart([], "Loss")


def test_equal_values_have_a_place() -> None:
    for value in (0.0, 5.0, -2.0):
        for _, y in corners(paths(chart([Line("a", [0, 1], [value, value])], "Loss"))[0]):
            assert TOP <= y <= BOTTOM


def test_the_words_hold_the_figures() -> None:
    line = Line("target", [0, 10, 20], [0.3, 0.85, 0.8])
    words = described([line], "Accuracy", unit="%", levels=[Level(0.5, "by chance")], at=12)
    for figure in (
        "30.0 % at step 0",
        "80.0 % at step 20",
        "85.0 % at step 10",
        "50.0 %: by chance",
    ):
        assert figure in words
    assert "marked 85.0 % at step 10" in words
    assert (
        parsed(chart([line], "Accuracy", unit="%"))
        .get("aria-label", "")
        .startswith("Accuracy by step")
    )
    assert parsed(chart([line], "Accuracy", alt="mine")).get("aria-label") == "mine"


def test_the_mark_takes_the_last_value_before_it() -> None:
    line = Line("a", [0, 10, 20, 30], [1.0, 2.0, math.nan, 4.0])
    assert line.at(25) == (10, 2.0)
    assert line.at() == (30, 4.0)
    assert line.at(-1) is None
    html = chart([line], "Loss", at=25)
    assert "<b" in html
    assert ">2.00<" in html


def test_a_marked_step_is_where_the_axis_has_it() -> None:
    html = chart([Line("a", [0, 100], [0.0, 1.0])], "Loss", at=25)
    (mark,) = [one for one in parsed(html).iter("line") if one.get("class") == "mark"]
    assert float(mark.get("x1", "")) == pytest.approx(LEFT + (RIGHT - LEFT) / 4)


def test_a_level_is_drawn_at_its_value() -> None:
    html = chart([], "Domain accuracy", unit="%", levels=[Level(0.5, "by chance")])
    (level,) = [one for one in parsed(html).iter("line") if one.get("class") == "level"]
    assert float(level.get("y1", "")) == pytest.approx((TOP + BOTTOM) / 2)
    assert "50.0 %: by chance" in html


def test_words_of_levels_that_are_near_stand_apart() -> None:
    levels = [Level(0.5, "one"), Level(0.52, "two"), Level(0.51, "three"), Level(0.9, "four")]
    texts = parsed(chart([], "Accuracy", unit="%", levels=levels)).iter("text")
    places = [
        (one.get("text-anchor"), float(one.get("y", "")))
        for one in texts
        if ":" in (one.text or "")
    ]
    assert len(places) == 4
    for one, other in combinations(places, 2):
        assert one[0] != other[0] or abs(one[1] - other[1]) >= 16


def test_names_are_text_and_never_markup() -> None:
    html = chart([Line("<b>&\"'", [0], [1.0])], "<i>", levels=[Level(0.1, "</svg>")])
    assert parsed(side_by_side([html, html])) is not None
    assert "<i>" not in html


def test_dashed_and_faded_lines_look_different() -> None:
    html = chart(
        [Line("a", [0, 1], [0, 1], dashed=True), Line("b", [0, 1], [1, 0], faded=True)], "Loss"
    )
    dashed, faded = (one for one in parsed(html).iter("path") if one.get("class") == "line")
    assert dashed.get("stroke-dasharray")
    assert not faded.get("stroke-dasharray")
    assert faded.get("opacity")


def test_labels_of_the_steps_never_overlap() -> None:
    for last in (7, 100, 1234, 46_100, 200_000):
        html = chart([Line("a", [0, last], [0, 1])], "Loss")
        spans = []
        for one in parsed(html).iter("text"):
            if float(one.get("y", "")) > BOTTOM + 10:
                width, x = 8.0 * len(one.text or ""), float(one.get("x", ""))
                spans.append(
                    (x - width, x)
                    if one.get("text-anchor") == "end"
                    else (x - width / 2, x + width / 2)
                )
        spans.sort()
        assert len(spans) > 1
        assert all(a[1] < b[0] for a, b in pairwise(spans)), last


def test_ticks_are_round_and_few() -> None:
    assert Axis(0, 2000, 0, 1).ticks() == [0, 500, 1000, 1500, 2000]
    assert Axis(0, 1, 0, 1).ticks() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert Axis(1e-3, 10, 0, 1, logarithmic=True).ticks() == pytest.approx([1e-3, 1e-2, 0.1, 1, 10])
    assert [tick(value) for value in (0, 0.2, -5, 1e-4, 2e6)] == ["0", "0.2", "−5", "1e−4", "2e6"]

"""Scatters: points where they belong and always inside, and as many in the words as were drawn."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from wsl_core.figures.ink import CLASSES, DOMAINS
from wsl_core.figures.scatter import EDGE, SIDE, limits_of, placed, scatter

SQUARE = ((0.0, 1.0), (0.0, 1.0))


def drawn(html: str, kind: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(html).iter("path") if one.get("class") == kind]


def words(html: str) -> str:
    return ElementTree.fromstring(html).get("aria-label", "")


def test_corners_of_the_limits_are_corners_of_the_drawing() -> None:
    found = placed(np.array([[0, 0], [1, 1], [0.5, 0.5]]), SQUARE)
    assert found.tolist() == [[EDGE, SIDE - EDGE], [SIDE - EDGE, EDGE], [SIDE / 2, SIDE / 2]]


def test_points_beyond_the_limits_stay_inside_and_are_counted() -> None:
    points = np.array([[5.0, 0.5], [-3.0, 9.0], [0.5, 0.5]])
    found = placed(points, SQUARE)
    assert ((found >= EDGE) & (found <= SIDE - EDGE)).all()
    assert "2 points lie beyond the axes" in words(scatter(points, [0, 0, 0], ["a"], limits=SQUARE))


def test_limits_hold_all_points_on_one_scale() -> None:
    points = np.random.default_rng(0).normal(size=(3, 50, 2)) * (5, 1)
    (x0, x1), (y0, y1) = limits_of(points)
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert ((points > (x0, y0)) & (points < (x1, y1))).all()


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.full((4, 2), np.nan), np.zeros((4, 2))])
def test_nothing_to_spread_out_still_has_limits(points: np.ndarray) -> None:
    (x0, x1), (y0, y1) = limits_of(points)
    assert x1 > x0
    assert y1 > y0
    html = scatter(points, [0] * len(points), ["a"])
    assert "nan" not in html.split("<svg")[1]


def test_marks_tell_the_domains_apart() -> None:
    points = np.array([[0.25, 0.5], [0.5, 0.5], [0.75, 0.5]])
    html = scatter(points, [0, 0, 1], ["a", "b"], marks=[0, 1, 1], limits=SQUARE)
    circles, crosses = drawn(html, "circle"), drawn(html, "cross")
    assert len(circles) == 1
    assert len(crosses) == 2
    at = EDGE + (SIDE - 2 * EDGE) / 4
    assert circles[0].get("d") == f"M{at:g} {SIDE / 2:g}h0"
    assert [one.get("stroke") for one in crosses] == [CLASSES[0], CLASSES[1]]
    assert words(html) == "3 points: a 1 source and 1 target, b 1 target."


def test_all_points_are_drawn_once() -> None:
    rng = np.random.default_rng(0)
    groups, marks = rng.integers(0, 10, 200), rng.integers(0, 2, 200)
    html = scatter(rng.normal(size=(200, 2)), groups, list("0123456789"), marks=marks)
    count = sum(
        len(re.findall("M", one.get("d", "")))
        for one in drawn(html, "circle") + drawn(html, "cross")
    )
    assert count == 200


def test_points_without_a_finite_place_are_left_out_in_words() -> None:
    points = np.array([[0.1, 0.2], [np.nan, 0.2], [0.3, np.inf]])
    html = scatter(points, [0, 0, 0], ["a"])
    assert "2 points have no finite place" in words(html)
    assert len(re.findall("M", drawn(html, "circle")[0].get("d", ""))) == 1


def test_more_classes_than_colours_are_said_to_share_them() -> None:
    points = np.random.default_rng(0).normal(size=(43, 2))
    html = scatter(points, range(43), [f"sign {i}" for i in range(43)])
    assert "43 groups share 10 colours" in html
    assert "share" not in scatter(points[:10], range(10), [str(i) for i in range(10)])


def test_domains_have_one_legend_entry_each() -> None:
    points = np.random.default_rng(0).normal(size=(6, 2))
    domains = [0, 1] * 3
    html = scatter(points, domains, ["source", "target"], marks=domains, colours=DOMAINS)
    assert html.count("source</span>") == 1
    assert html.count("target</span>") == 1
    assert "<x>" not in scatter(points, domains, ["<x>", "y"])

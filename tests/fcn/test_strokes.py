"""Ink of strokes: known pixels, and a drawing by brute force."""

import itertools

import numpy as np
import pytest

from wsl_core.errors import ParameterError
from wsl_core.fcn.strokes import drawn


def test_a_straight_line_has_the_width_of_the_pen() -> None:
    ink = drawn([[(-5, 10), (50, 10)]], 20, 40, pen=3)
    assert ink[9:12].min() == 255
    assert ink[:9].max() == ink[12:].max() == 0
    wider = drawn([[(-5, 10), (50, 10)]], 20, 40, pen=4)
    assert (wider[8] == 128).all()
    assert (wider[12] == 128).all()


def test_one_point_is_a_dot_and_nothing_is_paper() -> None:
    assert drawn([], 8, 9, pen=2).tolist() == np.zeros((8, 9)).tolist()
    ink = drawn([[(4, 3)]], 8, 9, pen=1)
    assert ink[3, 4] == 255
    assert ink.astype(int).sum() == 255


def test_a_stroke_is_as_dark_as_the_distance_to_it_says() -> None:
    path = np.random.default_rng(1).uniform(-4, 40, (6, 2))
    points = np.concatenate(
        [a + np.linspace(0, 1, 3000)[:, None] * (b - a) for a, b in itertools.pairwise(path)]
    )
    y, x = np.mgrid[:30, :36]
    away = [np.hypot(x - px, y - py) for px, py in points]
    slow = np.clip(1.2 + 0.5 - np.min(away, axis=0), 0, 1)
    assert np.abs(drawn([path], 30, 36, pen=2.4) / 255 - slow).max() < 0.01


@pytest.mark.parametrize("stroke", [[], [1, 2], [(1, 2, 3)], [(0, float("nan"))], "7", [None]])
def test_what_is_no_stroke_is_refused(stroke: object) -> None:
    with pytest.raises(ParameterError, match="list of points"):
        drawn([stroke], 10, 10, pen=2)  # type: ignore[list-item]

"""Paths of two shares: where they are drawn, and what is said of them."""

import re
from xml.etree import ElementTree

import pytest

from wsl_core.figures.paths import BOTTOM, LEFT, RIGHT, TOP, Path, paths


def drawn(*found: Path, low: float = 0.0, level: str = "") -> str:
    return paths(found, "Title", across="x", up="y", low=low, level=level)


def test_the_corners_are_the_ends_of_both_axes() -> None:
    figure = drawn(Path("run", [0.2, 1.0], [0.0, 1.0]), low=0.2)
    line = re.search(r'class="line" d="([^"]+)"', figure)[1]
    numbers = [float(one) for one in re.findall(r"[\d.]+", line)]
    assert numbers == pytest.approx([LEFT, BOTTOM, RIGHT, TOP])


def test_the_level_stands_at_one_half() -> None:
    figure = drawn(Path("run", [0.2], [0.5]), low=0.2, level="cannot tell")
    x = LEFT + 0.3 / 0.8 * (RIGHT - LEFT)
    assert f'x1="{x:.1f}"' in figure
    assert "cannot tell" in figure


def test_words_tell_both_ends_and_text_is_escaped() -> None:
    figure = drawn(Path("<b>", [0.9, float("nan"), 0.5], [0.1, 0.2, 0.8]))
    root = ElementTree.fromstring(figure)
    words = root.get("aria-label")
    assert words == "Title. <b>: x from 90.0 % to 50.0 %, while y goes from 10.0 % to 80.0 %."
    assert "<b>" not in figure.replace('"' + words + '"', "")


def test_a_run_of_which_nothing_is_known_is_left_out() -> None:
    figure = drawn(Path("empty", [], []))
    assert 'class="line"' not in figure
    ElementTree.fromstring(figure)

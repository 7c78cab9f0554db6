"""Colours that can be seen on both schemes, and how numbers are written."""

import math

import pytest

from wsl_core.figures.diagram_parts import COLOURS
from wsl_core.figures.ink import CLASSES, DOMAINS, SERIES, number, percent

GROUNDS = ("#fbfaf7", "#14171a")  # of the light and of the dark scheme


def luminance(colour: str) -> float:
    """WCAG 2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", sorted({*SERIES, *DOMAINS, *COLOURS.values()}))
@pytest.mark.parametrize("ground", GROUNDS)
def test_lines_and_arrows_stand_out_three_to_one(colour: str, ground: str) -> None:
    low, high = sorted((luminance(colour), luminance(ground)))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_there_are_ten_different_colours_for_classes() -> None:
    assert len(set(CLASSES)) == 10


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"), (0.12345, "0.123"), (-2.5, "−2.50"), (0.99996, "1.00"), (1234.5, "1234"),
        (3e-7, "3.00e−7"), (2.5e9, "2.50e9"), (math.nan, "not measured"), (None, "not measured"),
        (math.inf, "not finite"),
    ],
)  # fmt: skip
def test_a_number_has_three_digits_and_a_true_minus(value: float | None, words: str) -> None:
    assert number(value, 3) == words


def test_a_share_is_written_as_per_cent() -> None:
    assert percent(0.8215) == "82.2 %"
    assert percent(0.5, 0) == "50 %"
    assert percent(math.nan) == "not measured"

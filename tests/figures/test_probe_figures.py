"""Accuracy against depth, and the confusion matrix: what is drawn and what is said."""

import re

import numpy as np
import pytest

from wsl_core.figures.confusion import confusion
from wsl_core.figures.depth import BOTTOM, TOP, Series, depth

LAYERS = ("stem", "stage1", "<head>")
ONE = Series("Soft-max", (0.2, None, 0.9), (0.05, None, 0.0))


def test_every_value_has_a_point_at_its_height() -> None:
    drawn = depth(LAYERS, [ONE], "Accuracy by layer", marked="stage1")
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)" r="3.2"', drawn)]
    assert heights == pytest.approx([BOTTOM + v * (TOP - BOTTOM) for v in (0.2, 0.9)], abs=0.06)
    assert drawn.count('class="spread"') == 1
    assert drawn.count('class="marked"') == 1
    assert "<head>" not in drawn
    assert "&lt;head&gt;" in drawn


def test_the_words_have_every_value() -> None:
    drawn = depth(LAYERS, [ONE], "Accuracy by layer")
    words = re.search(r'aria-label="([^"]*)"', drawn)
    assert words is not None
    assert words[1] == (
        "Accuracy by layer, from the input up. Soft-max: stem 20.0 % ± 5.0, &lt;head&gt; 90.0 % ± 0.0."
    )


def test_no_line_leads_to_what_stands_apart() -> None:
    whole = Series("a", (0.1, 0.2, 0.3))
    joined, apart = (
        re.search(r'<path d="(M[^"]*)" fill="none" stroke="#', depth(LAYERS, [whole], "t", apart=x))
        for x in ((), ("<head>",))
    )
    assert joined is not None
    assert apart is not None
    assert (joined[1].count("L"), apart[1].count("L")) == (2, 1)


def test_a_confusion_matrix_draws_what_happened() -> None:
    counts = np.array([[3, 1], [0, 2]])
    drawn = confusion(counts, ["cat", "<dog>"], "told")
    assert drawn.count("<title>") == 3
    assert "cat taken for &lt;dog&gt;: 1 of 4" in drawn
    assert "cat: 3 of 4 right" in drawn
    assert 'aria-label="told"' in drawn

"""Schedules of lambda and of the learning rate, against the papers' formulas and figures."""

import math

import pytest

from wsl_core.transfer.adaptation.schedules import lambda_at, rate_at


@pytest.mark.parametrize("progress", [0.0, 0.1, 0.3, 0.77, 1.0])
def test_lambda_is_that_of_the_paper(progress: float) -> None:
    formula = 2 / (1 + math.exp(-10 * progress)) - 1
    assert lambda_at(progress) == pytest.approx(formula, abs=1e-12)
    assert lambda_at(progress, largest=0.3) == pytest.approx(0.3 * formula, abs=1e-12)


def test_lambda_begins_at_nothing_and_is_most_of_itself_early() -> None:
    assert lambda_at(0.0) == 0.0
    assert lambda_at(0.1) == pytest.approx(0.46, abs=0.005)
    assert lambda_at(0.3) == pytest.approx(0.91, abs=0.006)
    assert lambda_at(0.5, gamma=0) == 0.0


def test_the_rate_stays_has_a_tail_or_falls_as_in_the_paper() -> None:
    assert rate_at(0.9, 0.01) == 0.01
    assert rate_at(1.0, 0.01, "paper") == pytest.approx(0.01 * 0.1656, rel=1e-3)
    assert rate_at(0.5, 0.01, "paper") == pytest.approx(0.01 / 6**0.75)
    assert rate_at(0.7, 0.01, "tail", 0.7) == 0.01
    assert rate_at(0.85, 0.01, "tail", 0.7) == pytest.approx(0.005)
    assert 0 < rate_at(1.0, 0.01, "tail", 0.7) < 0.001

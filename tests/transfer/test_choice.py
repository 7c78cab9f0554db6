"""Criteria without target labels, the proxy A-distance, and summaries: values worked out by hand."""

import math

import numpy as np
import pytest

from wsl_core.transfer.adaptation import choice
from wsl_core.transfer.adaptation.linear import Linear, proxy_distance
from wsl_core.transfer.adaptation.results import gap_covered, summarised

SURE = np.eye(4)[[0, 1, 2, 3, 0, 1, 2, 3]]
ONE = np.eye(4)[[2] * 8]
EVEN = np.full((8, 4), 0.25)


def test_infomax_is_high_where_all_is_sure_and_all_classes_occur() -> None:
    assert choice.infomax(SURE) == pytest.approx(math.log(4))
    assert choice.infomax(ONE) == pytest.approx(0, abs=1e-9)
    assert choice.infomax(EVEN) == pytest.approx(0, abs=1e-9)


def test_entropy_cannot_tell_a_collapsed_network_from_a_good_one() -> None:
    assert choice.entropy(SURE) == choice.entropy(ONE) == pytest.approx(0, abs=1e-9)
    assert choice.entropy(EVEN) == pytest.approx(-math.log(4))


def test_neighbourhoods_are_dense_where_predictions_are_alike() -> None:
    """In each of two clusters of four, three neighbours: log 3; without any, spread over all."""
    two = np.eye(2)[[0, 0, 0, 0, 1, 1, 1, 1]]
    assert choice.snd(two) == pytest.approx(math.log(3), abs=1e-6)
    assert choice.snd(np.eye(8)) == pytest.approx(math.log(7))


def test_reverse_validation_is_high_where_the_classes_lie_in_the_same_places() -> None:
    draw = np.random.default_rng(0)
    labels = draw.integers(3, size=200)
    middles = np.array([[4.0, 0], [0, 4], [-4, -4]])
    source = (middles[labels] + draw.normal(size=(200, 2))).astype(np.float32)
    names = draw.integers(3, size=150)
    target = (middles[names] + draw.normal(size=(150, 2))).astype(np.float32)
    assert choice.reverse(source, labels, target, names) > 0.95
    assert choice.reverse(source, labels, target, (names + 1) % 3) < 0.05
    assert choice.reverse(source, labels, target, np.zeros_like(names)) == 0


def test_probabilities_are_those_of_a_softmax_also_for_large_scores() -> None:
    found = choice.probabilities(np.array([[1000.0, 1000, -1000], [0, math.log(3), -math.inf]]))
    assert np.allclose(found, [[0.5, 0.5, 0], [0.25, 0.75, 0]])


@pytest.mark.parametrize("classes", [2, 3])
def test_a_linear_classifier_knows_what_it_has_seen_alone(classes: int) -> None:
    draw = np.random.default_rng(1)
    labels = draw.integers(classes, size=300)
    features = (np.eye(classes)[labels] * 5 + draw.normal(size=(300, classes))).astype(np.float32)
    found = Linear.fit(features, labels, classes + 1)
    scores = found.scores(features)
    assert scores.shape == (300, classes + 1)
    assert (scores.argmax(1) == labels).mean() > 0.95


def test_the_proxy_distance_is_2_for_domains_apart_and_0_for_the_same() -> None:
    draw = np.random.default_rng(2)
    one, other = draw.normal(size=(2, 4000, 5))
    assert proxy_distance(one, one + 20) == 2
    assert proxy_distance(one, other) < 0.25
    assert 0.3 < proxy_distance(one, other + 0.4) < 1.9
    # As many of each, so that a large domain is not guessed.
    assert proxy_distance(one[:50], draw.normal(size=(5000, 5))) < 0.8


def facts(accuracy: float, centred: float | None = None) -> dict[str, float | int | str]:
    return {
        "accuracy": accuracy, "accuracy_centred": accuracy if centred is None else centred,
        "seconds": 10.0, "steps": 7, "data": "subset",
    }  # fmt: skip


def test_the_gap_is_measured_from_the_better_source_only() -> None:
    found = summarised(
        [facts(0.8), facts(0.9)], [facts(0.3, 0.5), facts(0.3, 0.5)], [facts(0.9), facts(1.0)]
    )
    assert found.to_json() == {
        "accuracy_mean": 0.85, "accuracy_sd": 0.0707, "source_only": 0.3, "source_only_centred": 0.5,
        "target": 0.95, "gap_covered": 0.7778, "seconds_per_seed": 10.0, "steps": 7, "data": "subset",
    }  # fmt: skip


def test_the_lectures_gap_is_29_and_a_half() -> None:
    """Its slide prints 29.3 beside accuracies that give 29.5."""
    assert gap_covered(0.7107, 0.5919, 0.9951) == pytest.approx(0.2946, abs=5e-4)


def test_what_cannot_be_measured_is_none() -> None:
    alone = summarised([facts(0.8)], [facts(0.3)], [])
    assert (alone.accuracy_sd, alone.target, alone.gap_covered) == (None, None, None)
    assert gap_covered(0.8, 0.9, 0.85) is None

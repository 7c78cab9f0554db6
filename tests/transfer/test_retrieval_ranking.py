"""Figures of rankings: cases made by hand, scikit-learn, chance by drawing."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.neighbors import KNeighborsClassifier

from wsl_core.errors import DatasetError
from wsl_core.transfer.retrieval import Ranked, measure
from wsl_core.transfer.retrieval.measurement import measuring
from wsl_core.transfer.retrieval.ranking import (
    average_precision,
    average_precision_at_r,
    expected_average_precision,
    vote,
)


def test_average_precision_by_hand() -> None:
    # Relevant at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
    assert average_precision([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 1]) == pytest.approx(29 / 36)
    assert average_precision([0.9, 0.8], [0, 1]) == 0.5
    assert average_precision([0.1, 0.2, 0.3], [1, 1, 1]) == 1
    assert math.isnan(average_precision([0.5], [0]))


def test_a_tie_is_decided_for_nobody() -> None:
    for hits in ([1, 0, 0], [0, 1, 0]):
        assert average_precision([0.5, 0.5, 0.1], hits) == 0.5


def test_at_r_stops_at_the_number_of_relevant_pictures() -> None:
    # Two relevant, at ranks 1 and 3: only the first two ranks count.
    assert average_precision_at_r([0.9, 0.8, 0.7], [1, 0, 1]) == 0.5
    assert average_precision([0.9, 0.8, 0.7], [1, 0, 1]) == pytest.approx(5 / 6)


@pytest.mark.parametrize("levels", [7, 1000])
def test_average_precision_is_that_of_scikit_learn(levels: int) -> None:
    random = np.random.default_rng(levels)
    for _ in range(20):
        scores, hits = random.integers(0, levels, 60) / levels, random.random(60) < 0.2
        hits[0] = True
        assert average_precision(scores, hits) == pytest.approx(
            average_precision_score(hits, scores)
        )


def test_the_figure_of_chance_is_the_mean_over_random_orders() -> None:
    random = np.random.default_rng(0)
    hits = np.arange(12) < 3
    drawn = [average_precision(random.random(12), hits) for _ in range(20_000)]
    assert expected_average_precision(12, 3) == pytest.approx(np.mean(drawn), abs=0.005)
    assert expected_average_precision(5, 5) == pytest.approx(1)


def test_a_tied_vote_goes_to_the_more_alike() -> None:
    assert vote(np.array([4, 2, 2, 4]), np.array([0.9, 0.8, 0.7, 0.5], np.float32)) == 2
    assert vote(np.array([4, 2, 2]), np.array([0.9, 0.1, 0.1], np.float32)) == 2


def ranked(count: int, classes: int, seed: int, width: int = 16) -> Ranked:
    """Random vectors around one centre a class."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(classes, width))
    labels = np.arange(count) % classes
    vectors = centres[labels] + 1.5 * random.normal(size=(count, width))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Ranked(
        vectors, tuple(f"class {k}" for k in labels), tuple(f"{seed} {i}" for i in range(count))
    )


def test_queries_against_a_base_are_as_scikit_learn_says() -> None:
    queries, base = ranked(30, 4, 1), ranked(90, 4, 2)
    found = measure(queries, base, neighbours=1)
    products = queries.vectors @ base.vectors.T
    names = np.array(base.labels)
    each = [
        average_precision_score(names == name, row)
        for name, row in zip(queries.labels, products, strict=True)
    ]
    facts = found.to_json()
    assert found.precisions == pytest.approx(each)
    assert facts["map"] == pytest.approx(np.mean(each))
    nearest = KNeighborsClassifier(1, metric="cosine").fit(base.vectors, names)
    share = np.mean(nearest.predict(queries.vectors) == np.array(queries.labels))
    assert facts["precision_at_1"] == facts["knn_accuracy"] == pytest.approx(share)
    assert facts["chance_precision_at_1"] == pytest.approx(
        np.mean([np.mean(names == name) for name in queries.labels])
    )
    assert (facts["queries"], facts["base"], facts["duplicates"]) == (30, 90, 0)


def test_leaving_one_out_leaves_out_the_query_itself() -> None:
    """Each query against all others, put together by hand."""
    whole = ranked(24, 3, 3)
    names = np.array(whole.labels)
    expected, first = [], []
    for i in range(24):
        rest = np.arange(24) != i
        scores = whole.vectors[rest] @ whole.vectors[i]
        expected.append(average_precision_score(names[rest] == names[i], scores))
        first.append(names[rest][scores.argmax()] == names[i])
    found = measure(whole, whole)
    assert found.precisions == pytest.approx(expected)
    assert found.first.tolist() == first


def test_exact_duplicates_are_left_out_and_counted() -> None:
    """Copies of every picture would make the first place always right; nothing changes with them."""
    whole = ranked(24, 3, 3)
    twice = Ranked(
        np.concatenate([whole.vectors, whole.vectors]),
        whole.labels + whole.labels,
        whole.digests + whole.digests,
    )
    assert measure(twice, twice).duplicates == 24
    queries, base = ranked(10, 3, 4), whole
    spoilt = Ranked(
        np.concatenate([base.vectors, queries.vectors]),
        base.labels + queries.labels,
        base.digests + queries.digests,
    )
    for q in range(10):
        alone = Ranked(
            queries.vectors[q : q + 1], queries.labels[q : q + 1], queries.digests[q : q + 1]
        )
        others = [i for i in range(34) if i != 24 + q]
        without = Ranked(
            spoilt.vectors[others],
            tuple(spoilt.labels[i] for i in others),
            tuple(spoilt.digests[i] for i in others),
        )
        with_copy, without_copy = measure(alone, spoilt), measure(alone, without)
        assert with_copy.precisions == pytest.approx(without_copy.precisions)
        assert (with_copy.duplicates, without_copy.duplicates) == (1, 0)


def test_every_class_weighs_the_same_in_the_balanced_figure() -> None:
    """One class is found perfectly by many queries, the other badly by one."""
    base = Ranked(np.eye(3, dtype=np.float32), ("a", "b", "a"), ("x", "y", "z"))
    queries = Ranked(
        np.array([[1, 0, 0.9], [1, 0, 0.9], [1, 0, 0.9], [1, 0.1, 0.9]], np.float32),
        ("a", "a", "a", "b"),
        ("1", "2", "3", "4"),
    )
    facts = measure(queries, base).to_json()
    assert facts["map"] == pytest.approx((3 + 1 / 3) / 4)
    assert facts["map_class_balanced"] == pytest.approx((1 + 1 / 3) / 2)
    assert facts["classes"]["b"] == {"queries": 1, "map": pytest.approx(1 / 3)}


def test_a_query_with_nothing_to_be_found_is_left_out_and_counted() -> None:
    base = Ranked(np.eye(2, dtype=np.float32), ("a", "b"), ("x", "y"))
    queries = Ranked(np.eye(2, dtype=np.float32), ("a", "c"), ("1", "2"))
    facts = measure(queries, base).to_json()
    assert (facts["map"], facts["queries"], facts["queries_without_relevant"]) == (1, 1, 1)
    assert facts["classes"]["c"]["map"] is None


def test_one_class_is_refused_in_words() -> None:
    one = Ranked(np.eye(2, dtype=np.float32), ("a", "a"), ("x", "y"))
    with pytest.raises(DatasetError, match=r"only the class 'a'.*two classes or more"):
        measure(one, one)
    lonely = Ranked(np.eye(2, dtype=np.float32), ("a", "b"), ("x", "y"))
    with pytest.raises(DatasetError, match="nothing to be found"):
        measure(lonely, lonely)


def test_progress_is_told() -> None:
    whole = ranked(600, 3, 1)
    shares = list(measuring(whole, whole))
    assert len(shares) == 3
    assert shares == sorted(shares)
    assert shares[-1] == 1

"""One picture under every scheme: known vectors, sums, ranks, and heads that are read together."""

import numpy as np
import pytest

from tests.fcn.hand_made_heads import head
from wsl_core.errors import ParameterError
from wsl_core.fcn import comparison
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.networks import ClassMaps, ClassNames

VECTOR = np.array([[2, -1, 0.5], [3, 0, -2]], np.float32)  # of weak-supervision.md, A4
CLASSES = ("one", "two", "three")


@pytest.fixture
def maps(hand_made) -> ClassMaps:
    return hand_made(np.random.default_rng(3).normal(0, 2, (8, 4, 5)))


@pytest.fixture
def vector() -> dict[str, comparison.Reading]:
    settings = {
        "lse": {"beta": 1},
        "weldon": {"positive": "2", "negative": "1"},
        "wildcat": {"positive": "2", "negative": "2", "alpha": 0.5},
    }
    return comparison.of_values(VECTOR[None], ClassNames(("",), ("z",)), settings)


def test_every_scheme_without_learned_parts_reads_any_maps(vector) -> None:
    assert list(vector) == [name for name in SCHEMES if name != "spleap"]
    assert vector["wildcat"].maps_a_class == 1


@pytest.mark.parametrize(
    ("scheme", "score"),
    [("max", 3), ("average", 2.5 / 6), ("lse", 1.63010712548), ("weldon", 0.5),
     ("wildcat", 2.5 + 0.5 * -1.5)],
)  # fmt: skip
def test_scores_are_those_of_the_reference(vector, scheme: str, score: float) -> None:
    one = vector[scheme].of(0)
    assert one.score == pytest.approx(score, abs=1e-6)
    assert one.contribution.sum() == pytest.approx(score, abs=1e-5)
    assert float(vector[scheme].scores[0]) == pytest.approx(score, abs=1e-6)


def test_weights_are_those_of_the_reference(vector) -> None:
    assert np.array_equal(vector["max"].of(0).weight, [[0, 0, 0], [1, 0, 0]])
    assert np.allclose(vector["weldon"].of(0).weight, [[0.5, 0, 0], [0.5, 0, 1]])
    expected = [[0.24126326, 0.01201179, 0.05383311], [0.65582152, 0.03265143, 0.00441889]]
    assert np.allclose(vector["lse"].of(0).weight, expected, atol=1e-6)


def test_how_many_cells_carry_a_score(vector) -> None:
    assert vector["max"].of(0).effective_cells == pytest.approx(1)
    assert vector["average"].of(0).effective_cells == pytest.approx(6)
    shares = np.array([0.25, 0.25, 0.5])  # of WELDON (2, 1): weights 1/2, 1/2 and 1
    entropy = -(shares * np.log(shares)).sum()
    assert vector["weldon"].of(0).effective_cells == pytest.approx(np.exp(entropy))


def test_evidence_is_the_mean_of_each_kind_of_region(vector) -> None:
    assert vector["weldon"].of(0).evidence == pytest.approx((2.5, -2))
    assert vector["max"].of(0).evidence == pytest.approx((3, 0))


def test_only_a_scheme_that_leaves_cells_out_selects(vector) -> None:
    selecting = {name for name, reading in vector.items() if reading.of(0).selects}
    assert selecting == {"max", "weldon", "wildcat"}


def test_in_shares_average_pooling_leaves_one_and_the_map(vector) -> None:
    weight, contribution = vector["average"].of(0).in_shares
    assert np.allclose(weight, 1)
    assert np.allclose(contribution, VECTOR, atol=1e-6)
    for reading in vector.values():
        one = reading.of(0)
        assert one.in_shares[1].mean() == pytest.approx(one.score, abs=1e-5)


def test_the_networks_own_maps_give_its_own_ranking_under_average_pooling(maps) -> None:
    readings = comparison.untrained(maps, {})
    average = readings["average"]
    assert np.allclose(average.scores, maps.scores, atol=1e-5)
    ranked = average.ranking(3)
    assert [one.index for one in ranked] == [one.index for one in maps.top(3)]
    assert [one.rank for one in ranked] == [average.rank(one.index) for one in ranked] == [1, 2, 3]
    for name, reading in readings.items():
        assert reading.scores[5] == pytest.approx(reading.of(5).score, abs=1e-5), name


def test_one_class_alone_is_what_all_together_give(maps) -> None:
    for name in ("max", "lse", "weldon", "wildcat"):
        alone = comparison.of_class(maps, 2, name)
        among = comparison.untrained(maps, {})[name].of(2)
        assert alone.score == pytest.approx(among.score, abs=1e-5)
        assert np.array_equal(alone.positive, among.positive)


def test_agreement_names_the_schemes_behind_every_first_class(hand_made) -> None:
    peak, broad = np.zeros((2, 3)), np.ones((2, 3))
    peak[0, 1] = 5
    first = comparison.agreement(comparison.untrained(hand_made([peak, broad]), {}))
    assert first["class a"][0] == "Max"
    assert first["class b"] == ["Average (GAP)"]
    assert sum(len(titles) for titles in first.values()) == 5


def test_heads_are_read_together_as_one_by_one(maps) -> None:
    heads = [head(name, CLASSES, 8) for name in SCHEMES]
    for alone, together in zip(
        [one.read(maps) for one in heads], comparison.read_all(heads, maps), strict=True
    ):
        assert np.allclose(alone.part_maps, together.part_maps, atol=1e-5)
        assert np.allclose(alone.scores, together.scores, atol=1e-4)
    assert comparison.read_all([], maps) == []


def test_every_trained_scheme_pools_the_maps_of_its_own_head(maps) -> None:
    heads = [head(name, CLASSES, 8, seed=i) for i, name in enumerate(reversed(SCHEMES))]
    read = comparison.read_all(heads, maps)
    readings = comparison.trained(read, {})
    assert list(readings) == list(SCHEMES)
    for one in read:
        name = one.head.card.scheme
        reading = readings[name]
        assert np.allclose(reading.scores, one.scores, atol=1e-5)
        for index in range(len(CLASSES)):
            pooled = reading.of(index)
            assert pooled.score == pytest.approx(float(one.scores[index]), abs=1e-4)
            total = float(pooled.contribution.sum(dtype=np.float64)) + pooled.bias
            assert total == pytest.approx(pooled.score, abs=1e-4)
            assert np.allclose(pooled.class_map, one.map(index), atol=1e-4), name


def test_the_bias_beside_the_cells_is_spleaps_alone(maps) -> None:
    readings = comparison.trained(
        comparison.read_all([head(name, CLASSES, 8) for name in SCHEMES], maps), {}
    )
    assert [name for name, reading in readings.items() if reading.of(1).bias] == ["spleap"]


@pytest.mark.parametrize("scheme", ["wildcat", "spleap"])
def test_a_weight_is_what_the_score_gains_when_all_maps_of_a_class_rise_in_a_cell(
    maps, scheme: str
) -> None:
    (read,) = comparison.read_all([head(scheme, CLASSES, 8)], maps)
    reading = comparison.trained([read], {})[scheme]
    weight, step = reading.of(1).weight, 1e-3
    for row, column in np.ndindex(weight.shape):
        values = reading.maps.astype(np.float64)
        values[:, row, column] += step
        found, parameters = reading.scheme, reading.parameters
        higher = found.score(values, parameters, reading.learned)[1]
        before = found.score(reading.maps.astype(np.float64), parameters, reading.learned)[1]
        assert (higher - before) / step == pytest.approx(weight[row, column], abs=2e-3)


def test_m_maps_a_class_are_its_modalities(maps) -> None:
    (read,) = comparison.read_all([head("wildcat", CLASSES, 8)], maps)
    reading = comparison.trained([read], {})["wildcat"]
    assert reading.modalities(2).shape == (4, 4, 5)
    assert np.allclose(reading.modalities(2).mean(axis=0), read.map(2), atol=1e-5)


def test_sliders_replace_what_the_card_says_but_not_how_many_maps_there_are(maps) -> None:
    (read,) = comparison.read_all([head("wildcat", CLASSES, 8)], maps)
    asked = {"wildcat": {"alpha": 0, "positive": "1", "negative": "0", "maps": 2}}
    reading = comparison.trained([read], asked)["wildcat"]
    assert reading.maps_a_class == 4
    assert np.allclose(reading.scores, read.logits.max(axis=(1, 2)), atol=1e-5)


def test_a_parameter_outside_its_range_is_refused_in_words(maps) -> None:
    with pytest.raises(ParameterError, match="LSE does not accept 1000 for beta"):
        comparison.untrained(maps, {"lse": {"beta": 1000}})
    with pytest.raises(ParameterError, match="learned"):
        comparison.of_class(maps, 0, "spleap")

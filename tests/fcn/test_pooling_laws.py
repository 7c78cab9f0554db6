"""Laws that the pooling schemes keep on any map."""

import numpy as np
import pytest

from wsl_core.fcn.pooling import (
    SCHEMES,
    Count,
    LSEParameters,
    Pooled,
    Share,
    SPLeaPWeights,
    WELDONParameters,
    WILDCATParameters,
    scheme,
)

BETAS = (0.01, 0.1, 1, 5, 20, 100)
ALL = Share(1.0)


@pytest.fixture(params=[0, 1, 2])
def maps(request: pytest.FixtureRequest) -> np.ndarray:
    """(3 pictures, 8 maps, 5, 4): of usual size, of large size, with many equal values."""
    values = np.random.default_rng(request.param).normal(size=(3, 8, 5, 4))
    return [values * 4, values * 300 - 50, np.round(values)][request.param]


def learned(classes: int = 3, parts: int = 8, dtype: type = np.float64) -> SPLeaPWeights:
    rng = np.random.default_rng(9)
    arrays = rng.normal(size=parts), rng.normal(size=(classes, parts)), rng.normal(size=classes)
    return SPLeaPWeights(*(a.astype(dtype) for a in arrays))


def pool(name: str, maps: np.ndarray) -> Pooled:
    return SCHEMES[name].pool(maps, None, learned(dtype=maps.dtype) if name == "spleap" else None)


def lse(maps: np.ndarray, beta: float) -> np.ndarray:
    return scheme("lse").score(maps, LSEParameters(beta=beta))


def test_lse_lies_between_mean_and_maximum_and_grows_with_beta(maps: np.ndarray) -> None:
    mean, highest = maps.mean((-1, -2)), maps.max((-1, -2))
    scores = np.array([lse(maps, beta) for beta in BETAS])
    assert (scores > mean).all()
    assert (scores < highest).all()
    assert (np.diff(scores, axis=0) > 0).all()
    for beta, score in zip(BETAS, scores, strict=True):
        assert (score >= highest - np.log(20) / beta - 1e-9).all()


def test_lse_tends_to_mean_and_maximum(maps: np.ndarray) -> None:
    def at(beta: float) -> np.ndarray:
        return scheme("lse").score(maps, LSEParameters.model_construct(beta=beta))

    np.testing.assert_allclose(at(1e-9), maps.mean((-1, -2)), atol=1e-4)
    np.testing.assert_allclose(at(1e6), maps.max((-1, -2)), atol=1e-5)


def test_weldon_of_all_cells_without_negative_ones_is_the_average(maps: np.ndarray) -> None:
    parameters = WELDONParameters(positive=ALL, negative=Count(0))
    average, weldon = scheme("average").pool(maps), scheme("weldon").pool(maps, parameters)
    np.testing.assert_allclose(weldon.scores, average.scores, atol=1e-9)
    np.testing.assert_allclose(weldon.weights, average.weights, rtol=1e-12)


def test_weldon_of_one_cell_without_negative_ones_is_max(maps: np.ndarray) -> None:
    parameters = WELDONParameters(positive=Count(1), negative=Count(0))
    one, weldon = scheme("max").pool(maps), scheme("weldon").pool(maps, parameters)
    np.testing.assert_array_equal(weldon.scores, one.scores)
    np.testing.assert_array_equal(weldon.weights, one.weights)
    np.testing.assert_array_equal(weldon.positive, one.positive)


@pytest.mark.parametrize(("scale", "factor"), [("sum", 2), ("half", 1)])
def test_weldon_of_all_cells_both_ways(maps: np.ndarray, scale: str, factor: int) -> None:
    parameters = scheme("weldon").read({"positive": "100%", "negative": "100%", "scale": scale})
    scores = scheme("weldon").score(maps, parameters)
    np.testing.assert_allclose(scores, factor * maps.mean((-1, -2)), atol=1e-9)


@pytest.mark.parametrize("scale", ["sum", "half"])
def test_wildcat_with_one_map_and_full_alpha_is_weldon(maps: np.ndarray, scale: str) -> None:
    k = {"positive": 3, "negative": "40%", "scale": scale}
    weldon = scheme("weldon").pool(maps, scheme("weldon").read(k))
    wildcat = scheme("wildcat").pool(maps, scheme("wildcat").read(k | {"maps": 1, "alpha": 1}))
    for name in Pooled.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(wildcat, name), getattr(weldon, name))


@pytest.mark.parametrize("scale", ["sum", "half"])
def test_wildcat_is_continuous_in_alpha_at_0(maps: np.ndarray, scale: str) -> None:
    def at(alpha: float) -> np.ndarray:
        return scheme("wildcat").score(
            maps, scheme("wildcat").read({"alpha": alpha, "scale": scale})
        )

    np.testing.assert_allclose(at(1e-9), at(0), atol=1e-5)
    assert np.abs(at(1) - at(0)).min() > 1e-3


def test_negative_regions_are_the_lowest_cells(maps: np.ndarray) -> None:
    pooled = scheme("weldon").pool(maps, WELDONParameters(positive=Count(3), negative=Count(6)))
    assert (pooled.positive.sum((-1, -2)) == 3).all()
    assert (pooled.negative.sum((-1, -2)) == 6).all()
    for values, high, low in zip(
        maps.reshape(-1, 20), pooled.positive.reshape(-1, 20), pooled.negative.reshape(-1, 20), strict=True
    ):  # fmt: skip
        assert values[high].min() >= values[~high].max()
        assert values[low].max() <= values[~low].min()


SHIFT = {"max": 1, "average": 1, "lse": 1, "weldon": 2, "wildcat": 1.7}


@pytest.mark.parametrize("name", SHIFT)
def test_a_shift_of_the_maps_shifts_the_score(maps: np.ndarray, name: str) -> None:
    moved = SCHEMES[name].score(maps + 10) - SCHEMES[name].score(maps)
    np.testing.assert_allclose(moved, 10 * SHIFT[name], atol=1e-8)
    weights = SCHEMES[name].pool(maps).weights.sum((-1, -2))
    np.testing.assert_allclose(weights, SHIFT[name] / SCHEMES[name].maps_a_class(), atol=1e-9)


def test_a_shift_of_halved_wildcat(maps: np.ndarray) -> None:
    parameters = WILDCATParameters(scale="half", alpha=0.4)
    moved = scheme("wildcat").score(maps + 10, parameters) - scheme("wildcat").score(
        maps, parameters
    )
    np.testing.assert_allclose(moved, 10 * 1.4 / 2, atol=1e-8)


@pytest.mark.parametrize("name", SCHEMES)
def test_contributions_add_up_to_the_score(maps: np.ndarray, name: str) -> None:
    pooled = pool(name, maps)
    expected = pooled.scores - (learned().bias if name == "spleap" else 0)
    np.testing.assert_allclose(pooled.contributions.sum((-1, -2)), expected, atol=1e-8, rtol=1e-8)
    single = pool(name, maps.astype(np.float32))
    reach = np.abs(maps).max() * (10 if name == "spleap" else 1)
    assert single.scores.dtype == single.contributions.dtype == single.weights.dtype == np.float32
    missing = single.contributions.sum((-1, -2)) - expected
    assert np.abs(missing).max() < 1e-5 * reach


def test_integrated_gradients_add_up_where_one_cell_stands_out() -> None:
    """The hardest case of the quadrature: many equal cells, and one whose turn comes late."""
    maps = np.zeros((1, 33, 33))
    maps[0, 3, 4] = 7
    for beta in BETAS:
        for dtype, tolerance in ((np.float64, 1e-7), (np.float32, 1e-4)):
            pooled = scheme("lse").pool(maps.astype(dtype), LSEParameters(beta=beta))
            missing = pooled.contributions.sum() - lse(maps, beta)[0]
            assert abs(missing) < tolerance * 7, beta


@pytest.mark.parametrize("name", SCHEMES)
def test_the_order_of_cells_makes_no_difference_and_that_of_classes_is_kept(name: str) -> None:
    rng = np.random.default_rng(5)
    maps = rng.normal(size=(2, 8, 5, 4))
    order = rng.permutation(20)
    mixed = maps.reshape(2, 8, 20)[..., order].reshape(2, 8, 5, 4)
    pooled, other = pool(name, maps), pool(name, mixed)
    np.testing.assert_allclose(other.scores, pooled.scores, atol=1e-12)
    for which in ("weights", "contributions", "positive", "negative", "class_maps"):
        value = getattr(pooled, which)
        moved = value.reshape(*value.shape[:-2], 20)[..., order].reshape(value.shape)
        np.testing.assert_allclose(getattr(other, which), moved, atol=1e-12)
    if name not in ("spleap", "wildcat"):
        classes = rng.permutation(8)
        np.testing.assert_array_equal(
            pool(name, maps[:, classes]).scores, pooled.scores[:, classes]
        )


@pytest.mark.parametrize("name", SCHEMES)
def test_a_constant_map_and_a_map_of_one_cell(name: str) -> None:
    factor = SHIFT.get(name, 1)
    for shape in ((8, 3, 4), (8, 1, 1)):
        for value in (0.0, 2.5, -1e4):
            pooled = pool(name, np.full(shape, value, np.float32))
            expected = factor * value
            if name == "spleap":
                expected = learned().combination.sum(-1) * value + learned().bias
            np.testing.assert_allclose(pooled.scores, expected, rtol=1e-5, atol=1e-5)
            for array in (pooled.weights, pooled.contributions, pooled.class_maps):
                assert np.isfinite(array).all()


def test_equal_cells_are_selected_by_their_first_index() -> None:
    pooled = scheme("weldon").pool(np.zeros((1, 2, 3)), WELDONParameters(positive=2, negative=3))
    assert pooled.positive.ravel().tolist() == [True, True, False, False, False, False]
    assert pooled.negative.ravel().tolist() == [True, True, True, False, False, False]
    assert scheme("max").pool(np.zeros((1, 2, 3))).positive.ravel().tolist() == [True] + [False] * 5


@pytest.mark.parametrize("name", SCHEMES)
def test_large_values_in_single_precision_do_not_overflow(name: str) -> None:
    maps = np.random.default_rng(3).choice([-1e4, -9e3, 0, 1e4], size=(8, 6, 5))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        single = pool(name, maps.astype(np.float32))
    double = pool(name, maps)
    for which in ("scores", "weights", "contributions"):
        found, expected = getattr(single, which), getattr(double, which)
        size = np.abs(expected).max()
        np.testing.assert_allclose(found, expected, atol=1e-5 * size)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for beta in BETAS:
            score = lse(maps.astype(np.float32), beta)
            np.testing.assert_allclose(score, lse(maps, beta), rtol=1e-6)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_map_that_is_not_finite_has_no_score(name: str) -> None:
    maps = np.zeros((8, 3, 3))
    maps[:, 1, 1] = np.nan
    assert np.isnan(pool(name, maps).scores).all()

"""The pooling schemes against the reference's check vectors and against plain loops."""

import subprocess
import sys

import numpy as np
import pytest

from tests.fcn import pooling_oracle as oracle
from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling import (
    SCHEMES,
    Count,
    LSEParameters,
    MaxParameters,
    Share,
    SPLeaPWeights,
    WELDONParameters,
    WILDCATParameters,
    class_wise_mean,
    scheme,
)

Z = np.array([[[2, -1, 0.5], [3, 0, -2]]])
Z2 = np.array([[1, 2, -0.5], [-1, 4, 0]])


def flat(values: np.ndarray) -> list[float]:
    return values.ravel().tolist()


def test_max_is_the_highest_cell() -> None:
    pooled = scheme("max").pool(Z)
    assert pooled.scores.tolist() == [3]
    assert flat(pooled.weights) == [0, 0, 0, 1, 0, 0]
    assert flat(pooled.contributions) == [0, 0, 0, 3, 0, 0]
    assert flat(pooled.positive) == [False, False, False, True, False, False]
    assert not pooled.negative.any()


def test_average_is_the_mean() -> None:
    pooled = scheme("average").pool(Z)
    assert pooled.scores == pytest.approx([0.416666666667], abs=1e-12)
    assert flat(pooled.weights) == pytest.approx([1 / 6] * 6)
    expected = [0.33333333, -0.16666667, 0.08333333, 0.5, 0, -0.33333333]
    assert flat(pooled.contributions) == pytest.approx(expected, abs=1e-8)
    assert pooled.positive.all()
    assert not pooled.negative.any()


@pytest.mark.parametrize(
    ("beta", "score", "tolerance"),
    [
        (1, 1.63010712548, 1e-11),
        (5, 2.64299197738, 1e-11),
        (10, 2.82082859297, 1e-11),
        (0.1, 0.560811130639, 1e-12),
        (100, 2.98208240531, 1e-11),
    ],
)
def test_lse_scores(beta: float, score: float, tolerance: float) -> None:
    assert scheme("lse").score(Z, LSEParameters(beta=beta)) == pytest.approx([score], abs=tolerance)


def test_lse_with_a_small_beta_is_the_mean_and_half_the_variance() -> None:
    tiny = LSEParameters.model_construct(beta=1e-3)  # below what the pages offer
    assert scheme("lse").score(Z, tiny) == pytest.approx([0.418100810], abs=1e-9)
    smaller = LSEParameters.model_construct(beta=1e-6)
    score = scheme("lse").score(Z.astype(np.float32), smaller)
    assert score == pytest.approx([Z.mean() + 0.5e-6 * Z.var()], abs=1e-6)


@pytest.mark.parametrize(
    ("beta", "weights", "contributions"),
    [
        (
            1,
            [0.24126326, 0.01201179, 0.05383311, 0.65582152, 0.03265143, 0.00441889],
            [0.479923, -0.069437, 0.059508, 1.264617, 0, -0.104504],
        ),
        (
            5,
            [0.00669282, 0, 3.7e-6, 0.99330317, 3e-7, 0],
            [0.215202, -0.014552, 0.014381, 2.449246, 0, -0.021286],
        ),
        (10, [4.54e-5, 0, 0, 0.9999546, 0, 0], [0.108935, -0.007276, 0.007191, 2.722622, 0, -0.010643]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lse_weights_and_integrated_gradients(
    beta: float, weights: list[float], contributions: list[float], dtype: type
) -> None:
    pooled = scheme("lse").pool(Z.astype(dtype), LSEParameters(beta=beta))
    assert flat(pooled.weights) == pytest.approx(weights, abs=1e-7)
    assert flat(pooled.contributions) == pytest.approx(contributions, abs=2e-6)
    assert pooled.contributions.sum() == pytest.approx(pooled.scores[0], abs=1e-6)
    # Weight times value does not add up, by KL(weights, uniform) / beta.
    gap = {1: 0.825950940, 5: 0.350305024, 10: 0.179126009}[beta]
    assert (pooled.weights * Z).sum() - pooled.scores[0] == pytest.approx(gap, abs=1e-6)


@pytest.mark.parametrize(
    ("sharpness", "score", "gradient", "slope"),
    [
        (1, 2.45605806498, [0.131233, -0.029502, -0.051468, 1.01255, -0.047542, -0.015272], 0.878371147),
        (5, 2.99329700184, [-0.026547, 0, -0.000042, 1.026594, -0.000004, 0], 0.006673797),
    ],
)  # fmt: skip
def test_a_part_of_spleap_is_the_soft_max_weighted_mean(
    sharpness: float, score: float, gradient: list[float], slope: float
) -> None:
    def learned(lam: float) -> SPLeaPWeights:
        return SPLeaPWeights(np.array([lam]), np.ones((1, 1)), np.array([0.25]))

    pooled = scheme("spleap").pool(Z, learned=learned(sharpness))
    assert pooled.scores == pytest.approx([score + 0.25], abs=1e-11)
    assert flat(pooled.weights) == pytest.approx(gradient, abs=1e-6)
    assert pooled.weights.shape == (1, 1, 2, 3)
    assert pooled.weights.sum() == pytest.approx(1)
    assert pooled.contributions.sum() == pytest.approx(score)
    assert pooled.class_maps.mean() == pytest.approx(score)
    step = 1e-5
    ends = [scheme("spleap").score(Z, learned=learned(sharpness + d))[0] for d in (step, -step)]
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize(
    ("positive", "negative", "score", "weights", "contributions"),
    [
        (1, 1, 1, [0, 0, 0, 1, 0, 1], [0, 0, 0, 3, 0, -2]),
        (2, 1, 0.5, [0.5, 0, 0, 0.5, 0, 1], [1, 0, 0, 1.5, 0, -2]),
        (2, 2, 1, [0.5, 0.5, 0, 0.5, 0, 0.5], [1, -0.5, 0, 1.5, 0, -1]),
        ("25%", "25%", 1, [0.5, 0.5, 0, 0.5, 0, 0.5], [1, -0.5, 0, 1.5, 0, -1]),
        ("40%", "40%", 1, [0.5, 0.5, 0, 0.5, 0, 0.5], [1, -0.5, 0, 1.5, 0, -1]),
        ("20%", "20%", 1, [0, 0, 0, 1, 0, 1], [0, 0, 0, 3, 0, -2]),
        ("5%", "5%", 1, [0, 0, 0, 1, 0, 1], [0, 0, 0, 3, 0, -2]),
        ("50%", "50%", 5 / 6, [1 / 3] * 6, [2 / 3, -1 / 3, 0.5 / 3, 1, 0, -2 / 3]),
        (4, 4, 0.75, [0.25, 0.25, 0.5, 0.25, 0.5, 0.25], [0.5, -0.25, 0.25, 0.75, 0, -0.5]),
        (99, 99, 2 * 2.5 / 6, [1 / 3] * 6, [2 / 3, -1 / 3, 0.5 / 3, 1, 0, -2 / 3]),
    ],
)  # fmt: skip
def test_weldon(
    positive: int | str, negative: int | str, score: float, weights: list[float],
    contributions: list[float],
) -> None:  # fmt: skip
    k = {"positive": positive, "negative": negative}
    pooled = scheme("weldon").pool(Z, scheme("weldon").read(k))
    assert pooled.scores == pytest.approx([score], abs=1e-12)
    assert flat(pooled.weights) == pytest.approx(weights)
    assert flat(pooled.contributions) == pytest.approx(contributions)
    half = scheme("weldon").pool(Z, scheme("weldon").read(k | {"scale": "half"}))
    assert half.scores == pytest.approx([score / 2], abs=1e-12)
    assert flat(half.weights) == pytest.approx([w / 2 for w in weights])


@pytest.mark.parametrize("scale", ["sum", "half"])
def test_without_negative_regions_weldon_is_k_max_and_nothing_is_halved(scale: str) -> None:
    pooled = scheme("weldon").pool(
        Z, scheme("weldon").read({"positive": 3, "negative": 0, "scale": scale})
    )
    assert pooled.scores == pytest.approx([1.83333333333])
    assert flat(pooled.weights) == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3, 0, 0])
    assert not pooled.negative.any()


@pytest.mark.parametrize(
    ("k", "score", "gradient", "of_mean", "of_first", "of_second"),
    [
        (1, 1.3, [0, 0, 0, 0, 1, 0.7], [0, 0, 0, 0, 2, -0.7], {5: -0.7}, {4: 2}),
        ("20%", 1.3, [0, 0, 0, 0, 1, 0.7], [0, 0, 0, 0, 2, -0.7], {5: -0.7}, {4: 2}),
        (
            2, 1.4, [0.5, 0, 0.35, 0, 0.5, 0.35], [0.75, 0, 0, 0, 1, -0.35],
            {0: 0.5, 2: 0.0875, 5: -0.35}, {0: 0.25, 2: -0.0875, 4: 1},
        ),
        (
            "34%", 1.4, [0.5, 0, 0.35, 0, 0.5, 0.35], [0.75, 0, 0, 0, 1, -0.35],
            {0: 0.5, 2: 0.0875, 5: -0.35}, {0: 0.25, 2: -0.0875, 4: 1},
        ),
    ],
)  # fmt: skip
def test_wildcat(
    k: int | str, score: float, gradient: list[float], of_mean: list[float],
    of_first: dict[int, float], of_second: dict[int, float],
) -> None:  # fmt: skip
    maps = np.concatenate([Z, Z2[None]])
    given = {"maps": 2, "positive": k, "negative": k, "alpha": 0.7}
    pooled = scheme("wildcat").pool(maps, scheme("wildcat").read(given))
    assert pooled.scores == pytest.approx([score])
    assert flat(pooled.class_maps) == [1.5, 0.5, 0, 1, 2, -1]
    assert flat(pooled.contributions) == pytest.approx(of_mean)
    assert pooled.weights.shape == (2, 2, 3)
    for weights in pooled.weights:  # every map gets its true gradient, g / M
        assert flat(weights) == pytest.approx([g / 2 for g in gradient])
    shares = pooled.weights * maps
    for found, expected in zip(shares, (of_first, of_second), strict=True):
        assert flat(found) == pytest.approx([expected.get(i, 0) for i in range(6)])
    half = scheme("wildcat").score(maps, scheme("wildcat").read(given | {"scale": "half"}))
    assert half == pytest.approx([score / 2])


@pytest.mark.parametrize("shape", [(6, 3, 4), (2, 6, 5, 3), (2, 2, 6, 1, 4)])
def test_the_schemes_are_those_of_plain_loops(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(shape))
    # Rounded to halves: many cells are equal, so their order is tested too.
    for maps in (rng.normal(size=shape) * 3, np.round(rng.normal(size=shape) * 2) / 2):
        n = shape[-1] * shape[-2]
        rows = maps.reshape(-1, n)
        ways = {
            "max": (MaxParameters(), lambda c: oracle.select(c, 1, 0, 0, 1)),
            "average": (None, lambda c: oracle.select(c, len(c), 0, 0, 1)),
            "lse": (LSEParameters(beta=2), lambda c: oracle.log_sum_exp(c, 2)),
            "weldon": (
                WELDONParameters(positive=Count(3), negative=Share(0.3), scale="half"),
                lambda c: oracle.select(c, 3, round(0.3 * len(c)), 1, 0.5),
            ),
        }  # fmt: skip
        for name, (parameters, answer) in ways.items():
            pooled = scheme(name).pool(maps, parameters)
            answers = [answer(row) for row in rows.tolist()]
            assert pooled.scores.shape == shape[:-2]
            same(pooled.scores, [a.score for a in answers])
            same(pooled.weights, [a.gradient for a in answers])
            off = 1e-7 if name == "lse" else 1e-10  # how well Simpson's rule knows the integral
            same(pooled.contributions, [a.contributions for a in answers], off)
            same(pooled.class_maps, rows)
        parameters = WILDCATParameters(maps=3, positive=2, negative=3, alpha=0.4)
        pooled = scheme("wildcat").pool(maps, parameters)
        answers = [oracle.wildcat(m, 2, 3, 0.4, 1) for m in rows.reshape(-1, 3, n).tolist()]
        assert pooled.scores.shape == (*shape[:-3], 2)
        same(pooled.scores, [a.score for a in answers])
        same(pooled.weights, [[np.array(a.gradient) / 3] * 3 for a in answers])
        same(pooled.contributions, [a.contributions for a in answers])


@pytest.mark.parametrize("batch", [(), (3,)])
def test_spleap_is_that_of_plain_loops(batch: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    maps = rng.normal(size=(*batch, 4, 3, 2)) * 2
    sharpness, combination, bias = np.array([0, 1, 4, -2.0]), rng.normal(size=(2, 4)), [1.0, -2.0]
    learned = SPLeaPWeights(sharpness, combination, np.array(bias))
    pooled = scheme("spleap").pool(maps, learned=learned)
    assert pooled.weights.shape == (*batch, 2, 4, 3, 2)
    for j, parts in enumerate(maps.reshape(-1, 4, 6).tolist()):
        for c in range(2):
            score, gradient, shares = oracle.spleap(
                parts, sharpness.tolist(), combination[c].tolist()
            )
            same(pooled.scores.reshape(-1, 2)[j, c], score + bias[c])
            same(pooled.weights.reshape(-1, 2, 4, 6)[j, c], gradient)
            same(pooled.contributions.reshape(-1, 2, 6)[j, c], shares)
            same(pooled.class_maps.reshape(-1, 2, 6)[j, c], 6 * np.array(shares))


def same(found: np.ndarray, expected: object, off: float = 1e-10) -> None:
    np.testing.assert_allclose(found.ravel(), np.ravel(expected), rtol=0, atol=off)


def test_importing_the_schemes_and_pooling_an_array_imports_no_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "from wsl_core.fcn.pooling import SCHEMES\n"
        "z = np.ones((4, 2, 2))\n"
        "print([s.pool(z) for n, s in SCHEMES.items() if n != 'spleap'] != [])\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_the_registry_is_in_the_order_of_the_lecture() -> None:
    assert list(SCHEMES) == ["max", "average", "lse", "spleap", "weldon", "wildcat"]
    for name, one in SCHEMES.items():
        assert one.name == name
        assert one.source
        assert one.about.endswith(".")
        for field in one.parameters.model_fields.values():
            assert field.title
            assert str(field.description).endswith(".")
        assert one.maps_a_class() == (4 if name == "wildcat" else 1)
    assert scheme("wildcat").maps_a_class(WILDCATParameters(maps=7)) == 7


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("lse", {"beta": 1000}, "LSE does not accept 1000 for beta. It should be less than or equal to 100"),
        ("lse", {"beta": 0}, "greater than or equal to 0.01"),
        ("lse", {"beta": float("nan")}, "beta"),
        ("lse", {"sharpness": 5}, "no parameter named 'sharpness'. It has: beta."),
        ("max", {"beta": 5}, "It has: none."),
        ("weldon", {"positive": "0%"}, "above 0% and at most 100%"),
        ("weldon", {"positive": 1.0}, "could be a count or a share"),
        ("weldon", {"positive": 0}, "nothing speaks for a class"),
        ("weldon", {"negative": -1}, "from 0 on"),
        ("weldon", {"scale": "third"}, "It should be 'sum' or 'half'."),
        ("wildcat", {"alpha": 1.5}, "alpha"),
        ("wildcat", {"maps": 0}, "maps"),
        ("spleap", {"parts": 0}, "parts"),
    ],
)  # fmt: skip
def test_parameters_are_refused_in_words(name: str, values: dict, sentence: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        scheme(name).read(values)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_maps_that_do_not_fit_are_refused_in_words() -> None:
    with pytest.raises(ParameterError, match=r"named 'median'.*max, average, lse"):
        scheme("median")
    with pytest.raises(ParameterError, match="6 maps cannot be shared out"):
        scheme("wildcat").score(np.ones((6, 2, 2)))
    with pytest.raises(ParameterError, match="5 maps"):
        class_wise_mean(np.ones((5, 2, 2)), 2)
    with pytest.raises(ParameterError, match=r"these have shape \(2, 3\)"):
        scheme("max").score(np.ones((2, 3)))
    with pytest.raises(ParameterError, match="at least one cell"):
        scheme("lse").score(np.ones((2, 0, 3)))
    with pytest.raises(ParameterError, match="these are int64"):
        scheme("average").pool(np.ones((1, 2, 3), np.int64))
    with pytest.raises(ParameterError, match="not list"):
        scheme("weldon").score([[[1.0]]])
    with pytest.raises(ParameterError, match=r"its own parameters \(beta\), not WELDONParameters"):
        scheme("lse").score(Z, WELDONParameters())
    with pytest.raises(ParameterError, match="values that are learned"):
        scheme("spleap").score(Z)
    learned = SPLeaPWeights(np.ones(2), np.ones((3, 2)), np.zeros(3))
    with pytest.raises(ParameterError, match="learned 2 parts, and these are the maps of 1"):
        scheme("spleap").pool(Z, learned=learned)
    with pytest.raises(ParameterError, match="do not fit each other"):
        SPLeaPWeights(np.ones(2), np.ones((2, 3)), np.zeros(2))

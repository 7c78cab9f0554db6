"""The same schemes in torch: NumPy's numbers, autograd's gradients, a module to train with."""

import numpy as np
import pytest
import torch

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling import SCHEMES, Pooled, SPLeaPWeights, WELDONParameters, scheme
from wsl_core.fcn.pooling.torch_pooling import Pooling

SETTINGS = {
    "max": [{}],
    "average": [{}],
    "lse": [{"beta": 0.01}, {"beta": 5}, {"beta": 100}],
    "spleap": [{"parts": 4}],
    "weldon": [{}, {"positive": 3, "negative": 0}, {"positive": 5, "negative": 5, "scale": "half"}],
    "wildcat": [{"maps": 2}, {"maps": 4, "alpha": 0}, {"maps": 1, "positive": "60%", "scale": "half"}],
}  # fmt: skip
CASES = [(name, values) for name, all_values in SETTINGS.items() for values in all_values]
every_case = pytest.mark.parametrize(("name", "values"), CASES)


def learned(name: str, kind: type = torch.Tensor) -> SPLeaPWeights | None:
    if name != "spleap":
        return None
    rng = np.random.default_rng(7)
    arrays = [rng.normal(size=4), rng.normal(size=(3, 4)), rng.normal(size=3)]
    return SPLeaPWeights(*(arrays if kind is np.ndarray else map(torch.from_numpy, arrays)))


def random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape) * 3


@every_case
def test_torch_gives_what_numpy_gives(name: str, values: dict) -> None:
    parameters = scheme(name).read(values)
    for maps in (random(1, 2, 4, 3, 4), np.round(random(2, 4, 3, 3)), np.zeros((4, 2, 2))):
        with_numpy = scheme(name).pool(maps, parameters, learned(name, np.ndarray))
        with_torch = scheme(name).pool(torch.from_numpy(maps), parameters, learned(name))
        for which in Pooled.__dataclass_fields__:
            found = getattr(with_torch, which)
            assert isinstance(found, torch.Tensor)
            expected = getattr(with_numpy, which)
            assert found.dtype == torch.from_numpy(np.asarray(expected)).dtype
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-10, atol=1e-12)


@every_case
def test_the_closed_form_of_the_weights_is_the_gradient_of_the_score(
    name: str, values: dict
) -> None:
    parameters = scheme(name).read(values)
    maps = torch.from_numpy(random(3, 4, 3, 4)).requires_grad_()
    pooled = scheme(name).pool(maps, parameters, learned(name))
    m = scheme(name).maps_a_class(parameters)
    for k in range(len(pooled.scores)):
        (gradient,) = torch.autograd.grad(pooled.scores[k], maps, retain_graph=True)
        if name == "spleap":
            torch.testing.assert_close(pooled.weights[k], gradient)
            continue
        own = torch.zeros_like(gradient)
        own[k * m : (k + 1) * m] = pooled.weights[k * m : (k + 1) * m]
        torch.testing.assert_close(gradient, own)
    for which in ("class_maps", "weights", "contributions"):
        assert not getattr(pooled, which).requires_grad


@every_case
def test_gradcheck(name: str, values: dict) -> None:
    parameters = scheme(name).read(values)
    maps = torch.from_numpy(random(4, 2, 4, 2, 3)).requires_grad_()
    if name == "spleap":
        given = learned(name)
        arrays = [given.sharpness, given.combination, given.bias]

        def score(maps: torch.Tensor, *arrays: torch.Tensor) -> torch.Tensor:
            return scheme(name).score(maps, parameters, SPLeaPWeights(*arrays))

        inputs = [array.requires_grad_() for array in arrays]
        assert torch.autograd.gradcheck(score, (maps, *inputs))
        return
    assert torch.autograd.gradcheck(lambda maps: scheme(name).score(maps, parameters), (maps,))


def test_of_equal_cells_one_gets_the_gradient() -> None:
    maps = torch.ones(1, 2, 3, requires_grad=True)
    for name, parameters in (("max", None), ("weldon", WELDONParameters(positive=1, negative=0))):
        (gradient,) = torch.autograd.grad(scheme(name).score(maps, parameters).sum(), maps)
        assert gradient.flatten().tolist() == [1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("beta", [0.01, 1, 100])
def test_lse_of_large_values_has_finite_gradients_in_single_precision(beta: float) -> None:
    maps = torch.tensor([[[1e4, -1e4], [9999.0, 0]]], requires_grad=True)
    score = Pooling("lse", 1, {"beta": beta})(maps)
    (gradient,) = torch.autograd.grad(score.sum(), maps)
    assert torch.isfinite(score).all()
    assert gradient.sum() == pytest.approx(1, abs=1e-5)
    expected = torch.softmax(beta * maps.double().flatten(), 0)
    torch.testing.assert_close(gradient.double().flatten(), expected.detach(), atol=1e-5, rtol=1e-4)


@every_case
def test_the_module_is_the_scheme(name: str, values: dict) -> None:
    torch.manual_seed(0)
    pooling = Pooling(name, 3, values)
    assert name in repr(pooling)
    maps = torch.randn(2, pooling.channels, 4, 5)
    scores = pooling(maps)
    assert scores.shape == (2, 3)
    torch.testing.assert_close(
        scores, scheme(name).score(maps, scheme(name).read(values), pooling.learned)
    )
    names = {"sharpness", "combination", "bias"} if name == "spleap" else set()
    assert set(dict(pooling.named_parameters())) == names
    with pytest.raises(ParameterError, match=f"takes {pooling.channels} maps"):
        pooling(torch.randn(2, pooling.channels + 1, 4, 5))


def test_spleap_learns() -> None:
    """Pictures of two classes that differ in one cell; all that SPLeaP learns takes part."""
    torch.manual_seed(0)
    noise = torch.randn(64, 1, 4, 4)
    labels = torch.arange(64) % 2
    noise[labels == 1, :, 1, 2] = 4
    pooling = Pooling("spleap", 1, {"parts": 1})
    before = [values.detach().clone() for values in pooling.parameters()]
    losses = []
    for _ in range(100):
        scores = pooling(noise)[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels.float())
        pooling.zero_grad()
        loss.backward()
        with torch.no_grad():
            for values in pooling.parameters():
                values.sub_(0.5 * values.grad)
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
    for old, new in zip(before, pooling.parameters(), strict=True):
        assert (old - new).abs().min() > 0.01
    kept = pooling.state_dict()
    again = Pooling("spleap", 1, {"parts": 1})
    again.load_state_dict(kept)
    torch.testing.assert_close(again(noise), pooling(noise))


def test_the_module_refuses_in_words() -> None:
    with pytest.raises(ParameterError, match="no pooling scheme"):
        Pooling("median", 3)
    with pytest.raises(ParameterError, match="beta"):
        Pooling("lse", 3, {"beta": 1e3})
    with pytest.raises(ParameterError, match="its own parameters"):
        Pooling("lse", 3, WELDONParameters())
    with pytest.raises(ParameterError, match="a class at least"):
        Pooling("max", 0)


def test_every_scheme_is_tested_here() -> None:
    assert set(SETTINGS) == set(SCHEMES)

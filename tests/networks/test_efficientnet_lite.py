import warnings
from functools import cache

import numpy as np
import pytest
import timm
import torch
from torch import nn

from wsl_core.networks import CARDS, torch_runtime
from wsl_core.networks.torch_runtime import Built

LITE = [name for name in CARDS if name.startswith("efficientnet_lite")]
SIZES = [(225, 225), (257, 321)]


@cache
def built(name: str) -> Built:
    return torch_runtime.build(CARDS[name])


@cache
def timms(name: str, eps: float = 1e-3) -> nn.Module:
    """timm's network of that name with our weights, tensor by tensor in the order of the layers."""
    ours = torch_runtime.classifier(CARDS[name.removeprefix("tf_")])
    with warnings.catch_warnings(), torch.device("meta"):  # without random weights, which take time
        warnings.simplefilter("ignore")
        theirs = timm.create_model(name, bn_eps=eps).eval()
    values = ours.state_dict().values()
    named = dict(zip(theirs.state_dict(), values, strict=True))
    theirs.load_state_dict(named, assign=True)
    return theirs


def picture(height: int, width: int) -> torch.Tensor:
    """Smooth structure and noise, normalised."""
    rng = np.random.default_rng(height + width)
    coarse = torch.from_numpy(rng.normal(size=(1, 3, 9, 9)).astype(np.float32))
    smooth = nn.functional.interpolate(coarse, (height, width), mode="bicubic")
    noise = torch.from_numpy(rng.normal(size=(1, 3, height, width)).astype(np.float32))
    return (0.6 * smooth + 0.1 * noise).clamp(-1, 1)


@torch.inference_mode()
def scores(name: str, x: torch.Tensor) -> np.ndarray:
    network = built(name).network
    return network.classifier(network(x)["head"].mean(dim=(2, 3))).numpy()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", LITE)
@torch.inference_mode()
def test_scores_are_those_of_timms_network(name: str, size: tuple[int, int]) -> None:
    x = picture(*size)
    expected = timms(name)(x).numpy()
    assert np.ptp(expected) > 1  # the weights say something
    assert np.abs(scores(name, x) - expected).max() < 1e-4


@pytest.mark.parametrize("size", [(225, 225), (449, 321)], ids=str)
@torch.inference_mode()
def test_at_accepted_sides_tensorflows_padding_is_ours(size: tuple[int, int]) -> None:
    x = picture(*size)
    expected = timms("tf_efficientnet_lite0")(x).numpy()
    assert np.abs(scores("efficientnet_lite0", x) - expected).max() < 1e-4


@torch.inference_mode()
def test_at_other_sides_tensorflows_padding_differs() -> None:
    x = picture(224, 224)
    expected = timms("tf_efficientnet_lite0")(x).numpy()
    assert np.abs(scores("efficientnet_lite0", x) - expected).max() > 0.1


@torch.inference_mode()
def test_the_usual_eps_gives_other_scores() -> None:
    x = picture(225, 225)
    wrong = timms("efficientnet_lite0", eps=1e-5)(x).numpy()
    assert np.abs(scores("efficientnet_lite0", x) - wrong).max() > 0.1


@pytest.mark.parametrize("name", LITE)
def test_every_tensor_of_the_weights_is_used(name: str) -> None:
    random = torch_runtime.build(CARDS[name], random=True).network.state_dict()
    loaded = built(name).network.state_dict()
    same = [
        key
        for key, value in loaded.items()
        if torch.equal(value, random[key]) and not key.endswith("num_batches_tracked")
    ]
    assert same == []


@pytest.mark.parametrize("name", LITE)
def test_taps_are_those_of_the_card_from_the_input_up(name: str) -> None:
    found = built(name)
    with torch.inference_mode():
        values = found.network(picture(65, 97))
    assert tuple(values) == CARDS[name].taps
    sides = [value.shape[2] for value in values.values()]
    assert sides == sorted(sides, reverse=True)
    assert {tap: value.shape[1] for tap, value in values.items()} == found.channels

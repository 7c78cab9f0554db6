"""Networks of timm's by their names: described, converted, or refused with the reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from wsl_core import jobs, networks
from wsl_core.errors import NetworkError, WeightsError
from wsl_core.networks import Card, receptive_field, timm_networks, torch_runtime
from wsl_core.networks.sources import DownloadedWeights, OwnWeights
from wsl_core.settings import settings


def described(name: str) -> Card:
    with torch.device("meta"):
        return timm_networks.described(name)


@pytest.mark.parametrize(
    ("name", "head", "step", "offset"),
    [
        ("resnet18", "linear", 32, 1),
        ("mobilenetv3_small_050", "cells", 32, 1),
        ("tf_efficientnet_lite0", "linear", 32, 1),
        ("convnext_atto", "cells", 32, 0),
        ("regnety_002", "linear", 32, 1),
    ],
)
@torch.inference_mode()
def test_a_network_of_timms_is_described_and_converted(
    name: str, head: str, step: int, offset: int, picture: Callable
) -> None:
    card = described(name)
    assert (card.head, card.sides.step, card.sides.offset) == (head, step, offset)
    classifier = torch_runtime.classifier(card, random=True)
    network = torch_runtime.fully_convolutional(card, classifier)
    assert sum(value.numel() for value in classifier.parameters()) == card.parameters
    side = card.sides.nearest(card.training_side)
    x = picture(side)
    expected, values = classifier(x), network(x)
    assert float(expected.std()) > 0.05
    difference = float((network.scores(x) - expected).abs().max())
    assert difference < 1e-4 * float(expected.max() - expected.min())
    assert set(card.taps) <= set(values)
    geometry = receptive_field.geometries(network)[card.features]
    first, last = geometry.to_pixels([0, values[card.features].shape[2] - 1])
    assert first + last == pytest.approx(side - 1)


def test_a_card_says_how_to_get_the_weights() -> None:
    published = described("resnet18.tv_in1k").weights
    assert isinstance(published, DownloadedWeights)
    assert published.sha256 == "f37072fd"
    with pytest.raises(WeightsError, match=r"cannot be fetched.*timm-convnextv2_atto.safetensors"):
        described("convnextv2_atto").weights_path()
    assert isinstance(described("convnextv2_atto").weights, OwnWeights)


def test_squeeze_and_excitation_is_in_the_caution() -> None:
    assert "blocks.0.0.se" in described("mobilenetv3_small_050").caution
    assert described("resnet18").caution == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("resnet_18", "no network named 'resnet_18'.*resnet18"),
        ("resnet18.no_such_tag", "timm cannot make"),
        ("vit_tiny_patch16_224", r"no map of places.*tokens of shape \(1, 197, 192\)"),
        ("swin_tiny_patch4_window7_224", "head.global_pool"),
        ("vgg11", "depend on the picture"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(name: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        described(name)


def test_a_card_is_described_in_a_worker_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    card = networks.card("timm:resnet18")
    assert card == described("resnet18")
    monkeypatch.setattr(jobs, "run", lambda *_: pytest.fail("a worker was started"))
    assert networks.card("timm:resnet18") == card


def test_refusals_cross_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(NetworkError, match="no map of places"):
        networks.card("timm:vit_tiny_patch16_224")
    assert not list(tmp_path.rglob("card-*"))

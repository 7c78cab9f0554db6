"""Shapes, parameters and multiply-accumulates, against published numbers and torch's own shapes."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from wsl_core import jobs
from wsl_core.errors import NetworkError
from wsl_core.networks import CARDS, card, counting, layers, torch_runtime
from wsl_core.networks.convolutionalization import FullyConvolutional
from wsl_core.networks.layers import Layer, Layers, Step
from wsl_core.settings import settings

NAMES = [*CARDS, "lenet"]


@cache
def without_values(name: str) -> FullyConvolutional:
    with torch.device("meta"):
        return torch_runtime.fully_convolutional(
            card(name), torch_runtime.without_values(card(name))
        )


@cache
def counted(name: str) -> Layers:
    return counting.count(without_values(name))[0]


def named(name: str) -> dict[str, Layer]:
    return {layer.name: layer for layer in counted(name)}


# 10**9 multiply-accumulates, counted independently (1000 classes; `fully` are those of the layers that
# were fully connected).
@pytest.mark.parametrize(
    ("name", "side", "windows", "whole", "fully"),
    [
        ("vgg16", 224, 1, 15.470, 0.124),
        ("vgg16", 448, 8, 69.30, 7.91),
        ("vgg16", 512, 10, 92.54, None),
        ("vgg16", 1024, 26, 404.29, 83.6),
        ("vgg16_bn", 224, 1, 15.470, 0.124),
        ("alexnet", 224, 1, 0.714, 0.0586),
        ("alexnet", 448, 8, 6.526, 3.75),
        ("alexnet", 512, 10, 9.511, None),
        ("alexnet", 1024, 26, 54.58, 39.6),
        ("resnet18", 224, 7, 1.814, None),
        ("resnet50", 224, 7, 4.089, None),
        ("googlenet", 224, 7, 1.498, None),
        ("densenet121", 224, 7, 2.834, None),
        ("convnext_tiny", 224, 7, 4.456, None),
        ("mobilenet_v3_large", 224, 7, 0.217, None),
    ],
)
def test_multiply_accumulates_are_those_counted_elsewhere(
    name: str, side: int, windows: int, whole: float, fully: float | None
) -> None:
    found = counted(name)
    dense = [layer for layer in found if layer.published_shape]
    total = layers.multiply_accumulates(found, side, side)
    if windows == 7:  # published for the classifier, whose last layers see one pooled cell
        total -= sum(layer.multiply_accumulates(side, side) - layer.per_cell for layer in dense)
    assert found[-1].cells(side) == windows
    assert total / 1e9 == pytest.approx(whole, rel=5e-3 if windows == 7 else 3e-4)
    if fully is not None:
        cost = layers.multiply_accumulates(dense, side, side)
        assert cost / 1e9 == pytest.approx(fully, rel=5e-3)


@pytest.mark.parametrize(
    ("name", "layer", "shape", "published", "parameters"),
    [
        ("vgg16", "classifier.0", (4096, 512, 7, 7), (4096, 25088), 102_760_448 + 4096),
        ("vgg16", "classifier.3", (4096, 4096, 1, 1), (4096, 4096), 16_781_312),
        ("vgg16", "classifier.6", (1000, 4096, 1, 1), (1000, 4096), 4_097_000),
        ("vgg16", "features.0", (64, 3, 3, 3), None, 1792),
        ("alexnet", "classifier.1", (4096, 256, 6, 6), (4096, 9216), 37_752_832),
        ("lenet", "fc1", (120, 32, 5, 5), (120, 800), 96_120),
    ],
)
def test_fully_connected_layers_are_recorded_before_and_after(
    name: str,
    layer: str,
    shape: tuple[int, ...],
    published: tuple[int, ...] | None,
    parameters: int,
) -> None:
    found = named(name)[layer]
    assert (found.shape, found.published_shape) == (shape, published)
    assert found.parameters == parameters


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_counted_once(name: str) -> None:
    assert layers.parameters(counted(name)) == card(name).parameters


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_cells_and_channels_are_those_of_torch(name: str) -> None:
    network, chosen = without_values(name), card(name)
    channels = counting.count(network)[1]
    for side in (chosen.sides.smallest, 250, 331):
        values = network(torch.empty(1, 3, side, side, device="meta"))
        assert counted(name)[-1].cells(side) == values[chosen.features].shape[2]
        for tap in chosen.taps:
            assert channels[tap] == values[tap].shape[1], tap


@pytest.mark.parametrize("side", range(1, 20))
@pytest.mark.parametrize(("kernel", "padding"), [(2, 0), (3, 0), (3, 1)])
def test_rounding_up_is_torchs(side: int, kernel: int, padding: int) -> None:
    pool = torch.nn.MaxPool2d(kernel, 2, padding, ceil_mode=True)
    step = Step(kernel, 2, padding, ceil=True)
    if side + 2 * padding < kernel and step.cells(side) < 1:
        return
    assert step.cells(side) == pool(torch.zeros(1, 1, side, side)).shape[2]


def test_layers_survive_their_file() -> None:
    found = counted("alexnet")
    assert layers.from_json(layers.to_json(found)) == found


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def test_layers_need_no_weights_and_are_counted_once(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[float] = []
    found = layers.of("vgg16", report=lambda share, doing: reports.append(share))
    assert found == counted("vgg16")
    assert reports
    monkeypatch.setattr(jobs, "run", lambda *_: pytest.fail("a worker was started"))
    assert layers.of("vgg16") == found
    (file,) = cache_folder.rglob("layers-vgg16-*.json")
    file.write_text("{")
    monkeypatch.setattr(
        jobs, "run", lambda *_: iter([jobs.Result({"value": layers.to_json(found)})])
    )
    assert layers.of("vgg16") == found  # counted again where the file is damaged


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(NetworkError, match="Did you mean vgg16"):
        layers.of("vgg_16")

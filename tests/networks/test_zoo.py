"""What the cards say of torchvision's networks is what torchvision says."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torchvision.models import get_model, get_model_weights

from wsl_core.errors import WeightsError
from wsl_core.networks import CARDS, torch_runtime
from wsl_core.networks.initialisation import initialise
from wsl_core.networks.sources import DownloadedWeights
from wsl_core.networks.torchvision_networks import build

TORCHVISION = [n for n, card in CARDS.items() if isinstance(card.weights, DownloadedWeights)]


@pytest.mark.parametrize("name", TORCHVISION)
def test_a_card_says_what_torchvision_publishes(name: str) -> None:
    card, published = CARDS[name], get_model_weights(name).IMAGENET1K_V1
    meta, transforms = published.meta, published.transforms()
    assert card.weights.url == published.url
    assert card.weights.sha256 == published.url.removesuffix(".pth").rpartition("-")[2]
    assert len(card.weights.sha256) == 8
    assert card.megabytes == pytest.approx(meta["_file_size"] * 2**20 / 1e6, abs=0.06)
    assert card.parameters == meta["num_params"]
    assert card.published_top1 == pytest.approx(meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100)
    assert card.classes == len(meta["categories"])
    assert [card.training_side] == transforms.crop_size
    if name != "googlenet":
        assert card.mean == pytest.approx([255 * value for value in transforms.mean])
        assert card.std == pytest.approx([255 * value for value in transforms.std])


def test_there_are_nine_of_torchvision_in_the_order_of_the_menu() -> None:
    assert list(CARDS)[3:] == TORCHVISION
    assert len(TORCHVISION) == 9


def scaled(rgb: torch.Tensor, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    return (rgb - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)


@torch.inference_mode()
def test_googlenet_is_fed_what_its_published_weights_want(picture: Callable) -> None:
    theirs = get_model("googlenet", weights=None, init_weights=False, transform_input=True).eval()
    initialise(theirs, 64)
    tensors = theirs.state_dict()
    assert any(name.startswith("aux1.") for name in tensors)  # as in the published file
    ours = build(CARDS["googlenet"], tensors)
    rgb = (127 + 50 * picture(77)).clamp(0, 255)
    usual = get_model_weights("googlenet").IMAGENET1K_V1.transforms()
    card = CARDS["googlenet"]
    normalised = scaled(rgb / 255, usual.mean, usual.std)
    expected, found = theirs(normalised), ours(scaled(rgb, card.mean, card.std))
    assert float((found - expected).abs().max()) < 1e-4 * float(expected.max() - expected.min())


def test_densenets_published_names_are_understood() -> None:
    with torch.device("meta"):
        names = get_model("densenet121", weights=None).state_dict()
    tensors = {
        name.replace("norm1", "norm.1").replace("norm2", "norm.2")
        .replace("conv1", "conv.1").replace("conv2", "conv.2"): torch.full(value.shape, 0.5)
        for name, value in names.items()
        if not name.endswith("num_batches_tracked")  # older than the counters
    }  # fmt: skip
    assert "features.denseblock1.denselayer1.norm.1.weight" in tensors
    network = build(CARDS["densenet121"], tensors)
    assert (
        float(network.state_dict()["features.denseblock1.denselayer1.conv1.weight"].mean()) == 0.5
    )
    assert int(network.features.norm0.num_batches_tracked) == 0


def test_weights_of_another_of_torchvisions_are_refused_with_tensor_and_shapes(
    random_network: Callable,
) -> None:
    tensors = random_network("resnet18").classifier.state_dict()
    wrong = tensors | {"fc.weight": torch.zeros(10, 512)}
    with pytest.raises(
        WeightsError, match=r"ResNet-18: the tensor fc.weight has shape \(10, 512\).*\(1000, 512\)"
    ):
        build(CARDS["resnet18"], wrong)
    with pytest.raises(WeightsError, match=r"ResNet-50: the tensor layer1.0"):
        build(CARDS["resnet50"], tensors)


@torch.inference_mode()
def test_random_weights_are_the_same_for_the_same_seed() -> None:
    first, second, other = (
        torch_runtime.build(CARDS["resnet18"], random=True, seed=seed).weight for seed in (0, 0, 1)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)

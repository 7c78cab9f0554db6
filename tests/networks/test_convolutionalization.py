"""A classifier slid over a picture is a convolution: proofs, for every network of the zoo."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models import alexnet, vgg16, vgg16_bn

from wsl_core.errors import NetworkError
from wsl_core.networks import CARDS, Geometry, counting, receptive_field
from wsl_core.networks.convolutionalization import FullyConvolutional, convolutionalize
from wsl_core.networks.dilation import without_padding
from wsl_core.networks.heads import as_convolution
from wsl_core.networks.initialisation import initialise

NAMES = [*CARDS, "lenet"]
LINEAR = [name for name in CARDS if CARDS[name].head == "linear"]
CELLS = [name for name in CARDS if CARDS[name].head == "cells"]


def relative(found: Tensor, expected: Tensor) -> float:
    """Largest difference as a share of the range of what was expected, which must say something."""
    assert float(expected.std()) > 0.1
    return float((found - expected).abs().max() / (expected.max() - expected.min()))


def one_cell_sides(network: FullyConvolutional) -> tuple[int, int]:
    """The smallest and the largest input that give one cell."""
    layers, _ = counting.count(network)
    sides = [side for side in range(1, 300) if layers[-1].cells(side) == 1]
    return sides[0], sides[-1]


@pytest.mark.parametrize("name", NAMES)
@torch.inference_mode()
def test_one_cell_says_what_the_classifier_says(
    name: str, random_network: Callable, picture: Callable
) -> None:
    made = random_network(name)
    for side in one_cell_sides(made.dense):
        x = picture(side)
        dense = made.dense.dense(x)
        assert dense.shape == (1, made.card.classes, 1, 1)
        assert relative(dense[..., 0, 0], made.classifier(x)) < 1e-4
        assert relative(made.dense.scores(x), made.classifier(x)) < 1e-4


@pytest.mark.parametrize("name", LINEAR)
@torch.inference_mode()
def test_at_the_training_side_the_mean_of_the_map_is_the_classifiers_score(
    name: str, random_network: Callable, picture: Callable
) -> None:
    made = random_network(name)
    x = picture(made.card.sides.nearest(made.card.training_side))
    dense = made.dense.dense(x)
    assert relative(dense.mean((2, 3)), made.classifier(x)) < 1e-4
    assert made.dense.kind == "linear"


@pytest.mark.parametrize("name", CELLS)
@torch.inference_mode()
def test_where_more_follows_the_pooling_the_score_is_the_networks_own_and_not_the_mean(
    name: str, random_network: Callable, picture: Callable
) -> None:
    made = random_network(name)
    x = picture(224)
    assert made.dense.kind == "cells"
    assert relative(made.dense.scores(x), made.classifier(x)) < 1e-4
    assert relative(made.dense.dense(x).mean((2, 3)), made.classifier(x)) > 1e-2


@pytest.mark.parametrize("name", CARDS)
def test_random_weights_neither_die_away_nor_explode(
    name: str, random_network: Callable, picture: Callable
) -> None:
    made = random_network(name)
    with torch.inference_mode():
        values = made.dense(picture(made.card.sides.nearest(made.card.training_side)))
    for tap, value in values.items():
        assert 0.01 < float(value.std()) < 100, tap


def narrow(network: nn.Module, share: int) -> nn.Module:
    """torchvision's layers with fewer channels, one after the other, and nothing else changed."""
    torch.manual_seed(0)
    channels = 3
    for index, layer in enumerate(network.features):
        if isinstance(layer, nn.Conv2d):
            network.features[index] = nn.Conv2d(
                channels,
                layer.out_channels // share,
                layer.kernel_size,
                layer.stride,
                layer.padding,
            )
            channels = layer.out_channels // share
        elif isinstance(layer, nn.BatchNorm2d):
            network.features[index] = nn.BatchNorm2d(channels)
    inputs = channels * int(np.prod(network.avgpool.output_size))
    for index, layer in enumerate(network.classifier):
        if isinstance(layer, nn.Linear):
            outputs = layer.out_features // share
            network.classifier[index] = nn.Linear(inputs, outputs)
            inputs = outputs
    network.eval().requires_grad_(requires_grad=False)
    initialise(network, 224)
    return network


def small(architecture: Callable[..., nn.Module]) -> nn.Module:
    with torch.device("meta"):
        large = architecture(weights=None)
    return narrow(large, 16).to("cpu")


LAYOUTS = pytest.mark.parametrize("architecture", [alexnet, vgg16, vgg16_bn])


@LAYOUTS
@torch.inference_mode()
def test_without_padding_every_cell_is_the_classifier_run_on_its_window(
    architecture: Callable[..., nn.Module], picture: Callable
) -> None:
    classifier = small(architecture)
    dense = without_padding(convolutionalize(classifier))
    for (
        layer
    ) in classifier.modules():  # the classifier itself, its fully connected layers as they are
        if isinstance(layer, nn.Conv2d):
            layer.padding = (0, 0)
    geometry = receptive_field.geometries(dense)["features"]
    side, jump = int(geometry.receptive_field), int(geometry.jump)
    x = picture(side + 2 * jump, side + 3 * jump + 5)
    maps = dense.dense(x)
    assert maps.shape[2:] == (3, 4)
    for row in range(3):
        for column in range(4):
            first, last = geometry.window((row, column))
            top, left = (int(one) for one in first)
            assert tuple(last - first + 1) == (side, side)
            window = x[..., top : top + side, left : left + side]
            assert relative(maps[..., row, column], classifier(window)) < 1e-4


@LAYOUTS
@torch.inference_mode()
def test_with_padding_as_trained_windows_differ_because_a_crop_has_zeros_around_it(
    architecture: Callable[..., nn.Module], picture: Callable
) -> None:
    classifier = small(architecture)
    dense = convolutionalize(classifier)
    x = picture(448)
    maps, jump = dense.dense(x), 32
    differences = [
        relative(
            maps[..., i, i],
            classifier(x[..., jump * i : jump * i + 224, jump * i : jump * i + 224]),
        )
        for i in (0, 3, 6)
    ]
    assert all(np.isfinite(differences))
    assert min(differences) > 0.005
    assert max(differences) < 1


def exact_cells(geometry: Geometry, side: int, count: int) -> list[int]:
    """Cells of a crop whose windows lie inside it."""
    first, last = geometry.window(np.arange(count))
    return [int(i) for i in np.flatnonzero((first >= 0) & (last <= side - 1))]


@pytest.mark.parametrize(
    ("name", "tap", "cells"), [("vgg16", "pool5", 14), ("resnet18", "layer4", 7)]
)
@torch.inference_mode()
def test_the_difference_ends_where_a_cells_window_lies_inside_the_crop(
    name: str, tap: str, cells: int, random_network: Callable, picture: Callable
) -> None:
    if name == "vgg16":
        network = convolutionalize(small(vgg16), taps={"pool5": "features.30"})
    else:
        network = random_network(name).dense
    geometry = receptive_field.geometries(network)[tap]
    x = picture(640 + 128)
    whole, crop = network(x)[tap], network(x[..., 64:704, 64:704])[tap]
    difference = (whole[..., 2:22, 2:22] - crop).abs().amax((0, 1)) / float(crop.max() - crop.min())
    exact = exact_cells(geometry, 640, 20)
    assert len(exact) == cells  # of 20 a side: the border is (field - jump) / 2 wide
    inside = difference[exact][:, exact]
    assert float(inside.max()) < 1e-5
    outside = torch.ones(20, 20, dtype=torch.bool)
    outside[exact[0] : exact[-1] + 1, exact[0] : exact[-1] + 1] = False
    assert float(difference[outside].max()) > 1e-3


def test_fully_connected_layers_become_windows_of_their_weights() -> None:
    linear = nn.Linear(2 * 3 * 3, 5)
    layer = as_convolution(linear, channels=2)
    assert layer.weight.shape == (5, 2, 3, 3)
    assert layer.weight.data_ptr() == linear.weight.data_ptr()  # seen otherwise, not copied
    x = torch.randn(4, 2, 3, 3)
    assert torch.allclose(layer(x).flatten(1), linear(x.flatten(1)), atol=1e-6)


class Ending(nn.Module):
    """Two layers and an ending of one's choice."""

    def __init__(self, *ending: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU())
        self.ending = nn.Sequential(*ending)

    def forward(self, x: Tensor) -> Tensor:
        return self.ending(self.body(x))


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ((nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)), "linear"),
        ((nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(8, 4)), "linear"),
        ((nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(8), nn.Linear(8, 4)), "cells"),
        ((nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(8), nn.Linear(8, 4)), "cells"),
        ((nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 9, 1), nn.Flatten(), nn.Linear(9, 4)), "cells"),
        (
            (nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 6), nn.Tanh(), nn.Linear(6, 4)),
            "linear",
        ),
        ((nn.Flatten(), nn.Linear(8 * 16, 6), nn.ReLU(), nn.Linear(6, 4)), "linear"),
    ],
    ids=lambda value: (
        "-".join(type(one).__name__ for one in value) if isinstance(value, tuple) else ""
    ),
)
@torch.no_grad()
def test_every_ending_gives_the_classifiers_score(
    ending: tuple[nn.Module, ...], kind: str, picture: Callable
) -> None:
    torch.manual_seed(1)
    classifier = Ending(*ending).eval()
    network = convolutionalize(classifier)
    pooled_to = next((e.output_size for e in ending if isinstance(e, nn.AdaptiveAvgPool2d)), 4)
    x = picture(2 * pooled_to if pooled_to > 1 else 12)
    assert network.kind == kind
    assert torch.allclose(network.scores(x), classifier(x), atol=1e-5)
    assert network.dense(picture(20)).shape[1] == 4


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ((nn.AdaptiveAvgPool2d(1), nn.Flatten()), "ending.0.*do not come from a linear layer"),
        ((nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 4)), "ending.0 is not known"),
        (
            (nn.AdaptiveAvgPool2d((2, 3)), nn.Flatten(), nn.Linear(48, 5), nn.Linear(5, 4)),
            "ending.2.*no square map of 8 channels",
        ),
        ((nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 4)), "several places at once"),
        ((nn.Unflatten(1, (2, 4)), nn.Flatten(), nn.Linear(8, 4)), "ending.0 is not known"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_layers_name(
    ending: tuple[nn.Module, ...], words: str
) -> None:
    with pytest.raises(NetworkError, match=words):
        convolutionalize(Ending(*ending))


def test_a_tap_that_is_not_there_is_refused() -> None:
    classifier = Ending(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    with pytest.raises(NetworkError, match=r"tap deep is the layer layer9"):
        convolutionalize(classifier, taps={"deep": "layer9"})


def test_branches_keep_their_padding(random_network: Callable) -> None:
    with pytest.raises(NetworkError, match=r"layer1.0 \(add\) joins branches"):
        without_padding(random_network("resnet18").dense)

"""Finer strides: dilation gives the cells that shift-and-stitch gives."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.networks import receptive_field
from wsl_core.networks.convolutionalization import convolutionalize
from wsl_core.networks.dilation import dilated


class Valid(nn.Sequential):
    """Convolutions and poolings without padding, and fully connected layers; float64."""

    def __init__(self) -> None:
        torch.manual_seed(2)
        super().__init__(
            *(nn.Conv2d(3, 5, 3), nn.Tanh(), nn.MaxPool2d(2, 2), nn.Conv2d(5, 7, 3), nn.ReLU()),
            *(nn.MaxPool2d(3, 2), nn.Flatten(), nn.Linear(7 * 4, 6), nn.Tanh(), nn.Linear(6, 4)),
        )
        self.double()


def shift_and_stitch(
    network: Callable[[Tensor], Tensor], x: Tensor, factor: int, jump: int
) -> Tensor:
    """The network on every shifted input, its maps interleaved."""
    fine = jump // factor
    shifted = [
        [network(x[..., fine * down :, fine * right :]) for right in range(factor)]
        for down in range(factor)
    ]
    rows = sum(one[0].shape[2] for one in shifted)
    columns = sum(one.shape[3] for one in shifted[0])
    whole = torch.empty(*shifted[0][0].shape[:2], rows, columns, dtype=x.dtype)
    for down in range(factor):
        for right in range(factor):
            whole[..., down::factor, right::factor] = shifted[down][right]
    return whole


@pytest.mark.parametrize("stride", [2, 1])
@pytest.mark.parametrize("size", [(41, 50), (36, 39)], ids=str)
@torch.no_grad()
def test_dilation_is_shift_and_stitch(stride: int, size: tuple[int, int]) -> None:
    network = convolutionalize(Valid())
    x = torch.randn(1, 3, *size, dtype=torch.float64)
    expected = shift_and_stitch(network.dense, x, 4 // stride, 4)
    found = dilated(network, stride).dense(x)
    assert found.shape == expected.shape
    assert float((found - expected).abs().max()) < 1e-10
    assert float(expected.std()) > 0.01


@pytest.mark.parametrize(
    ("name", "stride"),
    [("resnet18", 16), ("resnet18", 8), ("efficientnet_lite0", 16), ("convnext_tiny", 16)],
)
@torch.no_grad()
def test_every_cell_of_the_network_is_a_cell_of_the_finer_one(
    name: str, stride: int, random_network: Callable, picture: Callable
) -> None:
    made = random_network(name)
    x = picture(made.card.sides.nearest(257))
    coarse = made.dense(x)[made.card.features]
    finer = dilated(made.dense, stride)
    fine = finer(x)[made.card.features]
    every = 32 // stride
    assert fine.shape[2] >= every * (coarse.shape[2] - 1) + 1
    limit = 1e-5 * float(coarse.max() - coarse.min())
    kept = fine[..., ::every, ::every][..., : coarse.shape[2], : coarse.shape[3]]
    assert float((kept - coarse).abs().max()) < limit
    geometry = receptive_field.geometries(finer)[made.card.features]
    before = receptive_field.geometries(made.dense)[made.card.features]
    assert (geometry.jump, geometry.first_centre) == (stride, before.first_centre)
    assert geometry.receptive_field == before.receptive_field


@torch.no_grad()
def test_the_original_keeps_its_stride(random_network: Callable, picture: Callable) -> None:
    made = random_network("resnet18")
    dilated(made.dense, 8)
    assert made.dense(picture(65))["layer4"].shape[2:] == (3, 3)


def test_fully_connected_layers_are_dilated_too(random_network: Callable) -> None:
    finer = dilated(random_network("vgg16").dense, 16)
    geometries = receptive_field.geometries(finer)
    assert (geometries["pool5"].jump, geometries["fc6"].jump) == (16, 16)
    assert geometries["fc6"].first_centre == 111.5


def test_poolings_that_average_cannot_be_dilated_and_are_named(random_network: Callable) -> None:
    with pytest.raises(NetworkError, match=r"features.transition3.pool averages"):
        dilated(random_network("densenet121").dense, 16)


def test_strides_that_a_network_does_not_pass_are_refused(random_network: Callable) -> None:
    with pytest.raises(NetworkError, match=r"no stride of 5 pixels.*1, 2, 4, 8, 16, 32"):
        dilated(random_network("resnet18").dense, 5)

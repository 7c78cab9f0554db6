from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.networks import CARDS, Geometry, receptive_field, torch_runtime

SIDE = 1217  # more than the widest receptive field and one jump


@cache
def constant_network(name: str) -> tuple[nn.Module, dict[str, Geometry]]:
    """The network with weights of one positive constant a layer and nothing but convolutions."""
    built = torch_runtime.build(CARDS[name], random=True)
    network = built.network.double()
    for parent in list(network.modules()):
        for child_name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d | nn.ReLU6):
                setattr(parent, child_name, nn.Identity())
            elif isinstance(child, nn.Conv2d):
                nn.init.constant_(child.weight, 1 / child.weight[0].numel())
    return network, built.geometries


@cache
def gradients(name: str, axis: int) -> dict[str, list[tuple[int, np.ndarray]]]:
    """Of two neighbouring cells of every tap: |gradient| of the input, one pixel wide, along it."""
    network, _ = constant_network(name)
    shape = [1, 3, 1, 1]
    shape[axis] = SIDE
    picture = torch.zeros(*shape, dtype=torch.float64, requires_grad=True)
    found = {}
    for tap, value in network(picture).items():
        middle = value.shape[axis] // 2
        found[tap] = []
        for cell in (middle - 1, middle):
            (slope,) = torch.autograd.grad(
                value.select(axis, cell).sum(), picture, retain_graph=True
            )
            found[tap].append((cell, slope.abs().sum(dim=1).flatten().numpy()))
    return found


def centroid(energy: np.ndarray) -> float:
    return float((energy * np.arange(len(energy))).sum() / energy.sum())


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", CARDS)
def test_gradients_of_cells_are_centred_where_the_geometry_says(name: str, axis: int) -> None:
    _, geometries = constant_network(name)
    measured = gradients(name, axis)
    assert set(measured) == set(CARDS[name].taps)
    for tap, cells in measured.items():
        for cell, energy in cells:
            assert centroid(energy) == pytest.approx(
                float(geometries[tap].to_pixels(cell)), abs=0.1
            ), tap


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", CARDS)
def test_neighbouring_cells_are_one_jump_apart(name: str, axis: int) -> None:
    _, geometries = constant_network(name)
    for tap, ((_, here), (_, following)) in gradients(name, axis).items():
        assert centroid(following) - centroid(here) == pytest.approx(
            geometries[tap].jump, abs=0.1
        ), tap


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", CARDS)
def test_a_cell_sees_its_receptive_field_and_nothing_else(name: str, axis: int) -> None:
    _, geometries = constant_network(name)
    for tap, cells in gradients(name, axis).items():
        for cell, energy in cells:
            seen = np.flatnonzero(energy)
            assert len(seen) == geometries[tap].receptive_field, tap
            assert (seen[0], seen[-1]) == geometries[tap].window(cell), tap


class Stack(nn.Module):
    """Layers one after the other, some of them named as taps."""

    def __init__(self, layers: list[nn.Module], taps: dict[int, str]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.taps = taps

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        found = {}
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i in self.taps:
                found[self.taps[i]] = x
        return found


def vgg16() -> Stack:
    layers: list[nn.Module] = []
    for convolutions in (2, 2, 3, 3, 3):
        for _ in range(convolutions):
            layers += [nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()]
        layers.append(nn.MaxPool2d(2, 2))
    layers.append(nn.Conv2d(3, 3, 7))
    return Stack(layers, {len(layers) - 3: "conv5_3", len(layers) - 2: "pool5", 31: "fc6"})


def alexnet() -> Stack:
    layers = [
        *(nn.Conv2d(3, 3, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(3, 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)),
        nn.Conv2d(3, 3, 6),
    ]
    return Stack(layers, {12: "pool5", 13: "fc6"})


@pytest.mark.parametrize(
    ("network", "tap", "jump", "field", "centre"),
    [
        (vgg16, "conv5_3", 16, 196, 7.5),
        (vgg16, "pool5", 32, 212, 15.5),
        (vgg16, "fc6", 32, 404, 111.5),
        (alexnet, "pool5", 32, 195, 31),
        (alexnet, "fc6", 32, 355, 111),
    ],
)
def test_published_networks_have_their_published_geometry(
    network: type[Stack], tap: str, jump: float, field: float, centre: float
) -> None:
    assert receptive_field.geometries(network())[tap] == Geometry(jump, field, centre)


def test_dilation_widens_the_field_and_keeps_the_jump() -> None:
    stack = Stack([nn.Conv2d(3, 3, 3, dilation=4, padding=4)], {0: "only"})
    assert receptive_field.geometries(stack)["only"] == Geometry(1, 9, 0)


def test_branches_that_join_see_what_any_of_them_sees() -> None:
    class Joined(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.narrow = nn.Conv2d(3, 3, 1, stride=2)
            self.wide = nn.Conv2d(3, 3, 7, stride=2, padding=3)

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"sum": self.narrow(x) + self.wide(x)}

    assert receptive_field.geometries(Joined())["sum"] == Geometry(2, 7, 0)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.AdaptiveAvgPool2d(7), "layers.0"),
        (nn.ConvTranspose2d(3, 3, 3), "layers.0"),
        (nn.Upsample(scale_factor=2), "layers.0"),
        (nn.Conv2d(3, 3, (3, 5)), "layers.0.*kernel_size of \\(3, 5\\)"),
        (nn.Conv2d(3, 3, 3, padding="same"), "layers.0.*padding 'same'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_layers_of_unknown_effect_are_refused_by_name(layer: nn.Module, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        receptive_field.geometries(Stack([layer], {0: "only"}))


def test_unknown_functions_are_refused_by_name() -> None:
    class Stretched(nn.Module):
        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"only": nn.functional.interpolate(x, scale_factor=2)}

    with pytest.raises(NetworkError, match="interpolate"):
        receptive_field.geometries(Stretched())


def test_maps_of_different_jumps_cannot_be_joined() -> None:
    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fine, self.coarse = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1, stride=2)

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"joined": torch.cat([self.fine(x), self.coarse(x)])}

    with pytest.raises(NetworkError, match="different distances"):
        receptive_field.geometries(Mixed())


def test_layers_chosen_by_the_pictures_values_are_refused() -> None:
    class Choosing(nn.Module):
        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"only": x if x.sum() > 0 else -x}

    with pytest.raises(NetworkError, match="depend on the picture"):
        receptive_field.geometries(Choosing())


def test_a_network_without_named_taps_is_refused() -> None:
    with pytest.raises(NetworkError, match="by name"):
        receptive_field.geometries(nn.Sequential(nn.Conv2d(3, 3, 3)))

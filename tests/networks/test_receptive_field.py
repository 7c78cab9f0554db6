from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.networks import CARDS, Geometry, card, receptive_field, torch_runtime
from wsl_core.networks.convolutionalization import POOLED, FullyConvolutional

SIDE = 2401  # more than the widest receptive field and one jump
NAMES = [*CARDS, "lenet"]


class Spread(nn.Module):
    """A convolution, or a pooling, with one positive weight for all its inputs and one output."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        square = [getattr(layer, name, 1) for name in ("kernel_size", "padding", "dilation")]
        self.kernel, self.padding, self.dilation = (
            one[0] if isinstance(one, tuple) else one for one in square
        )
        self.stride = layer.stride
        self.ceil = getattr(layer, "ceil_mode", False)

    def forward(self, x: Tensor) -> Tensor:
        x = x.mean(1, keepdim=True)
        if self.ceil:
            return nn.functional.avg_pool2d(
                x, self.kernel, self.stride, self.padding, ceil_mode=True
            )
        weight = torch.full((1, 1, self.kernel, self.kernel), 1 / self.kernel**2).to(x)
        return nn.functional.conv2d(x, weight, None, self.stride, self.padding, self.dilation)


class Mean(nn.Module):
    """A linear layer on the channels of every cell, likewise."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(-1, keepdim=True)


class Unmoved(nn.Module):
    """A mean over the whole picture that hands on no gradient."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdim=True).detach()


def plain(layer: nn.Module) -> nn.Module | None:
    """What stands for a layer where all weights are one constant; None for a box of layers."""
    if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return Spread(layer)
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        return Unmoved()
    if isinstance(layer, nn.Linear):
        return Mean()
    return nn.Identity() if not list(layer.children()) else None


def without_values(name: str) -> FullyConvolutional:
    with torch.device("meta"):
        return torch_runtime.fully_convolutional(
            card(name), torch_runtime.without_values(card(name))
        )


@cache
def constant_network(name: str) -> tuple[nn.Module, dict[str, Geometry]]:
    """The network with weights of one positive constant a layer and nothing but convolutions.

    All channels of a layer are then equal, so one is enough. Geometries are those of the layers.
    """
    network = without_values(name)
    geometries = receptive_field.geometries(network)
    for parent in list(network.body.modules()):
        for child_name, child in parent.named_children():
            if (stand_in := plain(child)) is not None:
                setattr(parent, child_name, stand_in)
        for own, value in list(parent.named_parameters(recurse=False)):
            setattr(parent, own, nn.Parameter(torch.ones(value.shape, dtype=torch.float64)))
    return network, geometries


@cache
def gradients(name: str, axis: int) -> dict[str, list[tuple[int, np.ndarray]]]:
    """Of two neighbouring cells of every tap: |gradient| of a narrow input, along its long axis."""
    network, _ = constant_network(name)
    narrow = card(name).sides.smallest
    shape = [1, 3, narrow, narrow]
    shape[axis] = SIDE
    picture = torch.ones(*shape, dtype=torch.float64, requires_grad=True)
    found = {}
    for tap, value in network(picture).items():
        if tap == POOLED:
            continue
        middle = value.shape[axis] // 2
        found[tap] = []
        for cell in (middle - 1, middle):
            (slope,) = torch.autograd.grad(
                value.select(axis, cell).sum(), picture, retain_graph=True
            )
            along = slope.abs().sum(dim=(1, 5 - axis)).flatten().numpy()
            found[tap].append((cell, along))
    return found


def centroid(energy: np.ndarray) -> float:
    return float((energy * np.arange(len(energy))).sum() / energy.sum())


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_cells_are_centred_where_the_geometry_says(name: str, axis: int) -> None:
    _, geometries = constant_network(name)
    measured = gradients(name, axis)
    assert set(measured) == set(card(name).taps)
    for tap, cells in measured.items():
        for cell, energy in cells:
            assert centroid(energy) == pytest.approx(
                float(geometries[tap].to_pixels(cell)), abs=0.1
            ), tap


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", NAMES)
def test_neighbouring_cells_are_one_jump_apart(name: str, axis: int) -> None:
    _, geometries = constant_network(name)
    for tap, ((_, here), (_, following)) in gradients(name, axis).items():
        assert centroid(following) - centroid(here) == pytest.approx(
            geometries[tap].jump, abs=0.1
        ), tap


@pytest.mark.parametrize("axis", [2, 3], ids=["rows", "columns"])
@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.parametrize(
    ("name", "tap", "jump", "field", "centre"),
    [
        ("vgg16", "conv5_3", 16, 196, 7.5),
        ("vgg16", "pool5", 32, 212, 15.5),
        ("vgg16", "fc6", 32, 404, 111.5),
        ("vgg16_bn", "pool5", 32, 212, 15.5),
        ("alexnet", "pool5", 32, 195, 31),
        ("alexnet", "fc6", 32, 355, 111),
        ("resnet18", "layer4", 32, 435, 0),
        ("resnet50", "layer4", 32, 427, 0),
    ],
)
def test_published_networks_have_their_published_geometry(
    name: str, tap: str, jump: float, field: float, centre: float
) -> None:
    assert constant_network(name)[1][tap] == Geometry(jump, field, centre)


@pytest.mark.parametrize("name", NAMES)
def test_at_accepted_sides_the_cells_lie_symmetrically(name: str) -> None:
    network, geometries = constant_network(name)
    for side in (card(name).sides.smallest, card(name).sides.nearest(500)):
        with torch.no_grad():
            cells = network(torch.ones(1, 3, side, side))[card(name).features].shape[2]
        first, last = geometries[card(name).features].to_pixels([0, cells - 1])
        assert first + last == pytest.approx(side - 1, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_warns_where_a_cell_depends_on_the_whole_picture(name: str) -> None:
    assert bool(receptive_field.with_whole_picture(without_values(name))) == bool(
        card(name).caution
    )


def test_squeeze_and_excitation_is_named() -> None:
    names = receptive_field.with_whole_picture(without_values("mobilenet_v3_large"))
    assert names[0].startswith("features.4.block.2")


def test_a_normalisation_over_the_whole_map_is_named() -> None:
    stack = Stack([nn.Conv2d(3, 4, 3), nn.GroupNorm(1, 4)], {1: "only"})
    assert receptive_field.with_whole_picture(stack) == ["layers.1"]
    assert receptive_field.geometries(stack)["only"] == Geometry(1, 3, 1)


def test_rounding_up_adds_cells_and_moves_none() -> None:
    down, up = (Stack([nn.MaxPool2d(3, 2, ceil_mode=ceil)], {0: "only"}) for ceil in (False, True))
    assert receptive_field.geometries(down) == receptive_field.geometries(up)


def test_a_normalisation_over_the_width_is_refused() -> None:
    with pytest.raises(NetworkError, match=r"layers\.0"):
        receptive_field.geometries(Stack([nn.LayerNorm(9)], {0: "only"}))


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

"""`Geometry` of every tap, computed from the layers of a torch module.

The module is traced symbolically and a lattice is pushed through it, layer by layer. Layers whose
effect on the lattice is unknown are refused by name, never guessed.
"""

import operator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

from wsl_core.errors import NetworkError
from wsl_core.networks.geometry import Geometry
from wsl_core.networks.layers import Step
from wsl_core.networks.tracing import Traced, spatial, trace


@dataclass(frozen=True)
class Lattice:
    """Cell i of a tensor sees the input pixels low + i * jump .. high + i * jump.

    Attributes:
        jump: pixels from one cell to the next.
        low: first pixel that cell 0 sees.
        high: last pixel that cell 0 sees.
        steps: what changed the number of cells on the way here.
        channels_last: the tensor is (N, rows, columns, C) at the moment.
        whole: the tensor has one cell, which sees the whole picture.
    """

    jump: float
    low: float
    high: float
    steps: tuple[Step, ...] = ()
    channels_last: bool = False
    whole: bool = False

    def geometry(self) -> Geometry:
        """The same, as the three published numbers."""
        return Geometry(self.jump, self.high - self.low + 1, (self.low + self.high) / 2)

    def window(self, step: Step) -> "Lattice":
        """After a convolution or a pooling. (Rounding up adds cells at the end and moves none.)"""
        if self.whole:
            return self
        first = -step.padding * self.jump
        last = (step.dilation * (step.kernel - 1) - step.padding) * self.jump
        steps = self.steps if step.keeps else (*self.steps, step)
        return Lattice(self.jump * step.stride, self.low + first, self.high + last, steps)

    def pooled(self) -> "Lattice":
        """After a mean over all cells."""
        return replace(self, whole=True, steps=(*self.steps, Step(0)))


WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
# What works on each cell by itself leaves the lattice as it is.
POINTWISE = (
    *(nn.BatchNorm2d, nn.Identity, nn.Dropout, nn.Dropout2d, nn.ReLU, nn.ReLU6, nn.SiLU, nn.Mish),
    *(nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid, nn.GELU, nn.Tanh, nn.ELU, nn.LeakyReLU, nn.PReLU),
)
POINTWISE_FUNCTIONS: set[Any] = {
    *(torch.relu, torch.sigmoid, torch.tanh, torch.square),
    *(functional.relu, functional.relu6, functional.silu, functional.gelu, functional.mish),
    *(functional.hardswish, functional.hardsigmoid, functional.dropout, functional.leaky_relu),
    *("relu", "relu_", "sigmoid", "tanh", "contiguous", "clone", "hardtanh", "square", "float"),
}
POINTWISE_NAMES = {"stochastic_depth", "drop_path", "hard_sigmoid", "hard_swish", "swish"}
MERGING: set[Any] = {
    *(operator.add, operator.iadd, operator.sub, operator.mul, operator.imul, operator.truediv),
    *(torch.add, torch.sub, torch.mul, torch.cat, torch.addcmul),
    *("add", "add_", "mul", "mul_", "addcmul", "sub", "div"),
}
RESHAPING: set[Any] = {
    *(torch.flatten, torch.squeeze, torch.unsqueeze, torch.reshape),
    *("flatten", "view", "reshape", "squeeze", "unsqueeze", "expand", "expand_as"),
}
REDUCING: set[Any] = {torch.mean, "mean", "sum", "norm", "amax", "std", "var"}
# Functions of shapes and checks: their values are no maps.
MEASURING: set[Any] = {"size", "dim", getattr, operator.eq, torch._assert}


def _square(layer: nn.Module, name: str, attribute: str) -> int:
    value = getattr(layer, attribute, 1)
    if isinstance(value, tuple):
        if len(set(value)) != 1:
            raise NetworkError(
                f"The layer {name} has a {attribute} of {value}; only square ones are accepted."
            )
        value = value[0]
    if not isinstance(value, int):
        raise NetworkError(
            f"The layer {name} has the {attribute} {value!r}; a number of pixels is needed."
        )
    return value


def step(layer: nn.Module, name: str) -> Step:
    """What a convolution or a pooling does to the number of cells.

    Raises:
        NetworkError: its window is not square, or its padding is not a number.
    """
    return Step(
        kernel=_square(layer, name, "kernel_size"),
        stride=_square(layer, name, "stride"),
        padding=_square(layer, name, "padding"),
        dilation=_square(layer, name, "dilation"),
        ceil=bool(getattr(layer, "ceil_mode", False)),
    )


def _merge(lattices: list[Lattice], name: str) -> Lattice:
    """A map joined with one cell for the whole picture keeps its lattice: every cell gets the same."""
    maps = [lattice for lattice in lattices if not lattice.whole] or lattices
    if len({(lattice.jump, lattice.channels_last) for lattice in maps}) != 1:
        raise NetworkError(
            f"The layer {name} joins maps with different distances between their cells."
        )
    return replace(maps[0], low=min(one.low for one in maps), high=max(one.high for one in maps))


def _permuted(node: fx.Node, before: Lattice) -> Lattice | None:
    dims: Any = node.args[1:]
    if len(dims) == 1 and isinstance(dims[0], list | tuple):
        dims = dims[0]
    dims = tuple(dims) or tuple(node.kwargs.get("dims", ()))
    changed = {(0, 2, 3, 1): (False, True), (0, 3, 1, 2): (True, False)}.get(dims)
    if changed is None or before.channels_last != changed[0]:
        return None
    return replace(before, channels_last=changed[1])


def normalises_last_axis(layer: nn.LayerNorm) -> bool:
    """Whether a normalisation works on the last axis, as torch's own, or on the channels of a map."""
    return "2d" not in type(layer).__name__


def _of_layer(layer: nn.Module, before: Lattice, name: str) -> Lattice | None:
    """After a layer; None where its effect is not known."""
    last = before.channels_last
    if isinstance(layer, WINDOWED):
        return None if last else before.window(step(layer, name))
    if isinstance(layer, nn.LayerNorm):
        of_channels = last == normalises_last_axis(layer)
        known = len(layer.normalized_shape) == 1 and of_channels
    elif isinstance(layer, nn.Linear):
        known = last
    elif isinstance(layer, nn.BatchNorm2d | nn.GroupNorm):
        # (A group normalisation scales every cell by the whole map, and leaves it where it is.)
        known = not last
    else:
        known = isinstance(layer, POINTWISE)
    return before if known else None


def _of_function(node: fx.Node, before: list[Lattice], name: str) -> Lattice | None:
    target = node.target
    if target in POINTWISE_FUNCTIONS or getattr(target, "__name__", "") in POINTWISE_NAMES:
        return before[0]
    if target in MERGING:
        return _merge(before, name)
    if target in {torch.permute, "permute"}:
        return _permuted(node, before[0])
    return _reduced(node, before[0])


def _reduced(node: fx.Node, before: Lattice) -> Lattice | None:
    """After a mean, a norm or the like: over all cells, or over the channels of each."""
    dims: Any = node.kwargs.get("dim", node.args[1] if len(node.args) > 1 else None)
    if node.target not in REDUCING or not isinstance(dims, int | list | tuple):
        return None
    axes = {dim % 4 for dim in ([dims] if isinstance(dims, int) else dims)}
    if axes == ({1, 2} if before.channels_last else {2, 3}):
        return before.pooled()
    return before if axes == ({3} if before.channels_last else {1}) else None


def lattices(traced: Traced) -> dict[fx.Node, Lattice]:
    """The lattice of every tensor of a traced module.

    Raises:
        NetworkError: names the first layer whose effect on the lattice is unknown.
    """
    found: dict[fx.Node, Lattice] = {}
    for node in traced.graph.nodes:
        before = [found[one] for one in node.all_input_nodes if one in found]
        name = traced.name(node)
        if node.op == "placeholder":
            found[node] = Lattice(1, 0, 0)
            continue
        if node.op in {"output", "get_attr"} or not before or node.target in MEASURING:
            continue
        layer = traced.layer(node)
        if all(one.whole for one in before):
            after: Lattice | None = before[0]  # what is made of one cell is one cell
        elif spatial(node, traced) in {(), (1, 1)}:
            after = before[0].pooled()
        elif layer is not None:
            after = _of_layer(layer, before[0], name)
        else:
            after = _of_function(node, before, name)
        if after is None:
            raise NetworkError(
                f"Where the cells look cannot be computed: the layer {name} is not known."
            )
        found[node] = after
    return found


def with_whole_picture(network: nn.Module) -> list[str]:
    """The layers by which a cell depends on more than its window, such as squeeze-and-excitation."""
    traced = trace(network)
    found = lattices(traced)
    names = []
    for node in traced.graph.nodes:
        if node.op == "output" or node not in found or found[node].whole:
            continue
        joined = any(found[one].whole for one in node.all_input_nodes if one in found)
        if joined or isinstance(traced.layer(node), nn.GroupNorm):
            names.append(traced.name(node))
    return names


def geometries(network: nn.Module) -> dict[str, Geometry]:
    """Geometry of every tap of `network`, whose forward gives a dictionary of taps.

    Outputs of one cell that sees the whole picture have none and are left out.

    Raises:
        NetworkError: names the first layer whose effect on the lattice is unknown.
    """
    traced = trace(network)
    found = lattices(traced)
    (output,) = (node for node in traced.graph.nodes if node.op == "output")
    return {
        name: found[node].geometry()
        for name, node in _named_taps(output.args[0]).items()
        if name and not found[node].whole
    }


def _named_taps(value: Any) -> dict[str, fx.Node]:
    if not isinstance(value, dict):
        raise NetworkError("A network must give its taps by name.")
    return value

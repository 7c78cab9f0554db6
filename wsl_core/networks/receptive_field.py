"""`Geometry` of every tap, computed from the layers of a torch module.

The module is traced symbolically and a lattice is pushed through it, layer by layer. Layers whose
effect on the lattice is unknown are refused by name, never guessed.
"""

import operator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from wsl_core.errors import NetworkError
from wsl_core.networks.geometry import Geometry


@dataclass(frozen=True)
class Lattice:
    """Cell i of a tensor sees the input pixels low + i * jump .. high + i * jump."""

    jump: float
    low: float
    high: float

    def geometry(self) -> Geometry:
        """The same, as the three published numbers."""
        return Geometry(self.jump, self.high - self.low + 1, (self.low + self.high) / 2)

    def window(self, kernel: int, stride: int, padding: int, dilation: int) -> "Lattice":
        """After a convolution or a pooling."""
        first = -padding * self.jump
        last = (dilation * (kernel - 1) - padding) * self.jump
        return Lattice(self.jump * stride, self.low + first, self.high + last)


WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
# What works on each cell by itself leaves the lattice as it is.
POINTWISE = (
    *(nn.BatchNorm2d, nn.Identity, nn.Dropout, nn.Dropout2d, nn.ReLU, nn.ReLU6, nn.SiLU),
    *(nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid, nn.GELU),
)
POINTWISE_FUNCTIONS = {torch.relu, nn.functional.relu, nn.functional.relu6, nn.functional.silu}
MERGING = {operator.add, operator.iadd, operator.mul, torch.add, torch.mul, torch.cat}


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


def _merge(lattices: list[Lattice], name: str) -> Lattice:
    if len({lattice.jump for lattice in lattices}) != 1:
        raise NetworkError(
            f"The layer {name} joins maps with different distances between their cells."
        )
    return Lattice(
        lattices[0].jump, min(one.low for one in lattices), max(one.high for one in lattices)
    )


def geometries(network: nn.Module) -> dict[str, Geometry]:
    """Geometry of every tap of `network`, whose forward gives a dictionary of taps.

    Raises:
        NetworkError: names the first layer whose effect on the lattice is unknown.
    """
    try:
        graph = fx.symbolic_trace(network).graph
    except fx.proxy.TraceError as error:
        raise NetworkError(
            f"Where the cells look cannot be computed: the layers depend on the picture ({error})."
        ) from None
    layers = dict(network.named_modules())
    lattices: dict[fx.Node, Lattice] = {}
    output: dict[str, fx.Node] = {}
    for node in graph.nodes:
        before = [lattices[one] for one in node.all_input_nodes if one in lattices]
        if node.op == "placeholder":
            lattices[node] = Lattice(1, 0, 0)
        elif node.op == "output":
            output = _named_taps(node.args[0])
        elif node.op == "call_module" and isinstance(layer := layers[str(node.target)], WINDOWED):
            parts = ("kernel_size", "stride", "padding", "dilation")
            lattices[node] = before[0].window(
                *(_square(layer, str(node.target), part) for part in parts)
            )
        elif (node.op == "call_module" and isinstance(layers[str(node.target)], POINTWISE)) or (
            node.op == "call_function" and node.target in POINTWISE_FUNCTIONS
        ):
            lattices[node] = before[0]
        elif node.op == "call_function" and node.target in MERGING:
            lattices[node] = _merge(before, node.name)
        else:
            raise NetworkError(
                f"Where the cells look cannot be computed: the layer {node.target} is not known."
            )
    return {name: lattices[node].geometry() for name, node in output.items()}


def _named_taps(value: Any) -> dict[str, fx.Node]:
    if not isinstance(value, dict):
        raise NetworkError("A network must give its taps by name.")
    return value

"""How a classifier comes from its last map to its scores, and the same layers for maps.

The graph is followed back from the scores to the layer that gives up places: an average over all of
them, or a map laid out as a vector. What lies between it and the last layer is the head.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from wsl_core.errors import NetworkError
from wsl_core.networks import receptive_field
from wsl_core.networks.tracing import Traced, spatial

_DROPPED = (nn.Dropout, nn.Dropout2d, nn.Identity, nn.Flatten)


class ChannelNorm(nn.Module):
    """A layer normalisation over the channels of every cell."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, rows, columns) -> the same."""
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Function(nn.Module):
    """A function of torch.nn.functional, as a layer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: Tensor) -> Tensor:
        """Cell by cell."""
        return getattr(functional, self.name)(x)


@dataclass(frozen=True)
class Ending:
    """How a classifier comes from its last map to its scores.

    Attributes:
        map: the last tensor with places.
        tail: the nodes between the layer that gives up places and the classifier, first to last.
        pooled: whether places are averaged; else they are numbered.
        classifier: the last layer.
        name: its path.
    """

    map: fx.Node
    tail: list[fx.Node]
    pooled: bool
    classifier: nn.Linear
    name: str


def ending_of(traced: Traced) -> Ending:
    """Find it.

    Raises:
        NetworkError: the scores do not come from a linear layer, or nothing gives up places.
    """
    (output,) = (node for node in traced.graph.nodes if node.op == "output")
    node = output.args[0]
    while isinstance(node, fx.Node) and _without_effect(node, traced):
        node = node.all_input_nodes[0]
    layer = traced.layer(node) if isinstance(node, fx.Node) else None
    name = traced.name(node) if isinstance(node, fx.Node) else "output"
    if not isinstance(layer, nn.Linear):
        raise _not_understood(name, "the scores do not come from a linear layer")
    above: list[fx.Node] = []  # from the classifier downwards
    flat: int | None = None  # the deepest place where a map is laid out as a vector
    below = node.all_input_nodes[0]
    while len(below.all_input_nodes) == 1 and _applied_to_cells(below, traced):
        if (size := spatial(below, traced)) is not None:
            pooled = size in {(), (1, 1)}
            return Ending(below.all_input_nodes[0], above[::-1], pooled, layer, name)
        if _flattens(below, traced):
            flat = len(above)
        above.append(below)
        below = below.all_input_nodes[0]
    if flat is None:
        raise _not_understood(traced.name(below), "no layer is found where places are given up")
    return Ending(above[flat].all_input_nodes[0], above[:flat][::-1], False, layer, name)


def _flattens(node: fx.Node, traced: Traced) -> bool:
    return isinstance(traced.layer(node), nn.Flatten) or node.target in receptive_field.RESHAPING


def _without_effect(node: fx.Node, traced: Traced) -> bool:
    return (
        isinstance(traced.layer(node), _DROPPED)
        or node.target in {functional.dropout, "contiguous"}
        or _flattens(node, traced)
    )


def _applied_to_cells(node: fx.Node, traced: Traced) -> bool:
    """Whether a layer may stand between the last map and the classifier."""
    if spatial(node, traced) is not None or _without_effect(node, traced):
        return True
    layer = traced.layer(node)
    if layer is None:
        return node.target in receptive_field.POINTWISE_FUNCTIONS
    if isinstance(layer, nn.Conv2d):
        return set(layer.kernel_size) == {1}
    kinds = (*receptive_field.POINTWISE, nn.Linear, nn.LayerNorm, nn.BatchNorm1d)
    return isinstance(layer, kinds)


def converted(traced: Traced, ending: Ending) -> dict[str, nn.Module]:
    """The layers of the head as layers for maps, by their published paths; weights are shared.

    Raises:
        NetworkError: names a layer that has no such form.
    """
    found: dict[str, nn.Module] = {}
    channels = None if ending.pooled else _channels(ending.map, traced)
    for node in ending.tail:
        if _without_effect(node, traced):
            continue
        layer, name = traced.layer(node), traced.name(node)
        if layer is None:
            function = getattr(node.target, "__name__", str(node.target))
            if not hasattr(functional, function):
                raise _not_understood(name, "it is not a layer that is known cell by cell")
            found[node.name] = Function(function)
        elif isinstance(layer, nn.Linear):
            found[name] = as_convolution(layer, channels or layer.in_features, name)
            channels = None
        elif isinstance(layer, nn.LayerNorm) and receptive_field.normalises_last_axis(layer):
            found[name] = ChannelNorm(layer)
        elif isinstance(layer, nn.BatchNorm1d):
            found[name] = _for_maps(layer)
        else:
            found[name] = layer
    if channels not in {None, ending.classifier.in_features}:
        raise _not_understood(
            "that gives the scores", "it reads several places at once, so no layer is left below it"
        )
    return found


def as_convolution(linear: nn.Linear, channels: int, name: str = "") -> nn.Conv2d:
    """A fully connected layer on (channels, k, k) as a convolution; its weights are shared.

    Raises:
        NetworkError: the map that it reads is not square.
    """
    side = math.isqrt(linear.in_features // channels)
    if side * side * channels != linear.in_features:
        raise _not_understood(
            name,
            f"it reads {linear.in_features} numbers, which are no square map of {channels} channels",
        )
    with torch.device("meta"):
        layer = nn.Conv2d(channels, linear.out_features, side, bias=linear.bias is not None)
    weight = linear.weight.detach().view(linear.out_features, channels, side, side)
    layer.weight = nn.Parameter(weight, requires_grad=linear.weight.requires_grad)
    layer.bias = linear.bias
    return layer.eval()


def _for_maps(norm: nn.BatchNorm1d) -> nn.BatchNorm2d:
    with torch.device("meta"):
        layer = nn.BatchNorm2d(norm.num_features, norm.eps, affine=norm.affine)
    layer.weight, layer.bias = norm.weight, norm.bias
    layer.running_mean, layer.running_var = norm.running_mean, norm.running_var
    layer.num_batches_tracked = norm.num_batches_tracked
    return layer.eval()


def _channels(node: fx.Node, traced: Traced) -> int:
    """Channels of the map that a node gives, from the last layer that says so."""
    while node.all_input_nodes:
        layer = traced.layer(node)
        if isinstance(layer, nn.Conv2d):
            return layer.out_channels
        if isinstance(layer, nn.BatchNorm2d):
            return layer.num_features
        if len(node.all_input_nodes) > 1:
            break
        node = node.all_input_nodes[0]
    raise _not_understood(traced.name(node), "the channels of its map are not known")


def _not_understood(name: str, why: str) -> NetworkError:
    return NetworkError(
        f"The network cannot be made fully convolutional: at the layer {name}, {why}."
    )

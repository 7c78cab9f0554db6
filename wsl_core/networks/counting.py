"""The layers of a torch network, counted: the torch side of `layers`."""

import math
from collections.abc import Iterator

import torch
from torch import fx, nn

from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.networks import receptive_field
from wsl_core.networks.cards import Card
from wsl_core.networks.convolutionalization import BELOW, POOLED, FullyConvolutional
from wsl_core.networks.layers import Layer, Layers, Step, to_json
from wsl_core.networks.tracing import Traced, trace


def count(network: FullyConvolutional) -> tuple[Layers, dict[str, int]]:
    """Every layer with weights or with a window, from the input up, and the channels of every tap.

    Raises:
        NetworkError: names the first layer whose effect on the cells is unknown.
    """
    traced = trace(network)
    lattices = receptive_field.lattices(traced)
    found: list[Layer] = []
    seen: set[str] = set()
    for node in traced.graph.nodes:
        target = str(node.target)
        if node.op == "call_module":
            again = target in seen
            if again and lattices[node].whole:
                continue  # the head, a second time, on the pooled features
            record = _record(traced, node, lattices[node].steps, network)
            if record is not None:
                found.append(record if not again else _without_parameters(record))
        elif node.op == "get_attr" and target not in seen:
            found.append(_scale(network.body, target))
        seen.add(target)
    (output,) = (node for node in traced.graph.nodes if node.op == "output")
    last = network.classifier
    found.append(
        Layer(
            name=network.last,
            kind="convolution",
            shape=(last.out_features, last.in_features, 1, 1),
            parameters=_parameters(last),
            per_cell=last.in_features * last.out_features,
            steps=lattices[output.args[0][network.features]].steps,
            published_shape=(last.out_features, last.in_features),
        )
    )
    return tuple(found), _channels(traced)


def _record(
    traced: Traced, node: fx.Node, steps: tuple[Step, ...], network: FullyConvolutional
) -> Layer | None:
    name = str(node.target)
    layer = traced.layers[name]
    shape: tuple[int, ...] = ()
    per_cell, published, kind = 0, None, "normalisation"
    if isinstance(layer, nn.Conv2d):
        kind, shape = "convolution", tuple(layer.weight.shape)
        per_cell = math.prod(shape)
        if name in network.were_linear:
            published = (shape[0], per_cell // shape[0])
    elif isinstance(layer, nn.Linear):
        kind, shape = "linear", tuple(layer.weight.shape)
        per_cell = math.prod(shape)
    elif isinstance(layer, (*receptive_field.WINDOWED, nn.AdaptiveAvgPool2d)):
        kind = "pooling"
    elif not _parameters(layer):
        return None
    else:
        shape = tuple(next(layer.parameters()).shape)
    return Layer(name, kind, shape, _parameters(layer), per_cell, steps, published)


def _without_parameters(layer: Layer) -> Layer:
    return Layer(layer.name, layer.kind, layer.shape, 0, layer.per_cell, layer.steps)


def _scale(network: nn.Module, path: str) -> Layer:
    parent, _, name = path.rpartition(".")
    value = getattr(network.get_submodule(parent), name)
    own = value.numel() if isinstance(value, nn.Parameter) else 0
    return Layer(path, "scale", tuple(value.shape), own, 0, ())


def _parameters(layer: nn.Module) -> int:
    return sum(value.numel() for value in layer.parameters())


def _channels(traced: Traced) -> dict[str, int]:
    """Channels of every tap, followed through the layers."""
    found: dict[fx.Node, int] = {}
    for node in traced.graph.nodes:
        before = [found[one] for one in node.all_input_nodes if one in found]
        layer = traced.layer(node)
        if node.op == "placeholder":
            found[node] = 3
        elif isinstance(layer, nn.Conv2d):
            found[node] = layer.out_channels
        elif isinstance(layer, nn.Linear):
            found[node] = layer.out_features
        elif node.target is torch.cat:
            found[node] = sum(before)
        elif before and node.op != "output":
            found[node] = max(before)  # one scale for all channels is a map of one channel
    (output,) = (node for node in traced.graph.nodes if node.op == "output")
    return {tap: found[node] for tap, node in output.args[0].items() if tap not in {POOLED, BELOW}}


def job(task: Task) -> Iterator[Event]:
    """Job: the layers of the network of `config["card"]`, built without weights; see `layers.of`.

    Raises:
        NetworkError: names a layer that is not understood.
    """
    from wsl_core.networks import torch_runtime

    card = Card.model_validate(task.config["card"])
    yield Progress(0.4, "counting the layers")
    with torch.device("meta"):
        network = torch_runtime.without_values(card)
        found, _ = count(torch_runtime.fully_convolutional(card, network))
    yield Result({"value": to_json(found)})

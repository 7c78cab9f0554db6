"""The graph of a torch module: every layer and function in the order of the computation."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from wsl_core.errors import NetworkError

# Layers that are looked at from outside, with all that is derived from them in other libraries.
WHOLE = (nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)


@dataclass(frozen=True)
class Traced:
    """A graph and the layers it calls.

    Attributes:
        graph: the nodes.
        layers: every module by its path.
        outputs: the node that a module ended with, by its path; the last where it is used twice.
    """

    graph: fx.Graph
    layers: dict[str, nn.Module]
    outputs: dict[str, fx.Node]

    def layer(self, node: fx.Node) -> nn.Module | None:
        """The module that a node calls; None for functions."""
        return self.layers[str(node.target)] if node.op == "call_module" else None

    def name(self, node: fx.Node) -> str:
        """A node in words that lead to it: the path of the module, or the function and where it is."""
        if node.op == "call_module":
            return str(node.target)
        function = getattr(node.target, "__name__", str(node.target))
        stack = node.meta.get("nn_module_stack") or {}
        paths = [str(value[0]) for value in stack.values() if value[0]]
        return f"{paths[-1]} ({function})" if paths else function


class _Tracer(fx.Tracer):
    def __init__(self) -> None:
        super().__init__()
        self.outputs: dict[str, fx.Node] = {}

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, WHOLE) or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        value = super().call_module(m, forward, args, kwargs)
        if isinstance(value, fx.Proxy):
            self.outputs[self.path_of_module(m)] = value.node
        return value


def trace(network: nn.Module) -> Traced:
    """Trace a module symbolically; nothing is computed.

    A fully convolutional network has its graph already, as its `body`.

    Raises:
        NetworkError: which layers run depends on the picture.
    """
    body = getattr(network, "body", network)
    if isinstance(body, fx.GraphModule):
        return Traced(body.graph, dict(body.named_modules()), {})
    tracer = _Tracer()
    try:
        graph = tracer.trace(network)
    except (fx.proxy.TraceError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise NetworkError(
            f"Where the cells look cannot be computed: the layers depend on the picture "
            f"({str(error).splitlines()[0]})."
        ) from None
    # A layer that writes over its input would change a tap that was already named.
    for node in graph.nodes:
        if node.op == "call_function" and node.kwargs.get("inplace"):
            node.kwargs = {**node.kwargs, "inplace": False}
    layers = dict(network.named_modules())
    for layer in layers.values():
        if getattr(layer, "inplace", False):
            layer.inplace = False
    return Traced(graph, layers, tracer.outputs)


def spatial(node: fx.Node, traced: Traced) -> tuple[int, ...] | None:
    """What a pooling leaves of a map: () or (1, 1) of a global mean, (k, k); None of no pooling."""
    layer, function = traced.layer(node), node.target
    size: Any = None
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        size = layer.output_size
    elif function in {torch.nn.functional.adaptive_avg_pool2d}:
        size = node.args[1] if len(node.args) > 1 else node.kwargs["output_size"]
    elif function in {"mean", torch.mean}:
        dims = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
        if not isinstance(dims, list | tuple) or {int(d) % 4 for d in dims} != {2, 3}:
            return None
        return (1, 1) if node.kwargs.get("keepdim", len(node.args) > 2) else ()
    if size is None:
        return None
    return (size, size) if isinstance(size, int) else tuple(size)

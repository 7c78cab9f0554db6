"""A classifier of crops, turned into a network for pictures of any size.

A fully connected layer on a map of C channels and k x k places is a convolution with k x k windows: the
same weights, seen as (outputs, C, k, k). What follows it is a convolution of one place. Global average
pooling followed by a linear layer is that layer applied to every place and then averaged. (Sermanet et
al., "OverFeat", ICLR 2014; Long, Shelhamer and Darrell, CVPR 2015; Oquab et al., CVPR 2015; Zhou et al.,
CVPR 2016.)

This holds for every classifier that ends so, whatever its layers: the graph is followed back from the
scores to the layer that gives up places, which is cut out. What is not understood is refused by name.
"""

import operator
from collections.abc import Mapping
from typing import Any

from torch import Tensor, fx, nn
from torch.nn import functional

from wsl_core.errors import NetworkError
from wsl_core.networks import receptive_field
from wsl_core.networks.heads import converted, ending_of
from wsl_core.networks.tracing import trace

POOLED = "pooled"
BELOW = ""  # names the map below the head among the outputs of a body


class FullyConvolutional(nn.Module):
    """A network for normalised pictures of any size; made by `convolutionalize`.

    Attributes:
        body: all layers but the last, by their paths in the classifier as published; its last output is
            the map below the head, which is averaged, or read by the first fully connected layer.
        classifier: the last, linear layer.
        kind: "linear" where the score is the mean of the class map; "cells" where more than a linear
            layer followed the pooling, which is applied to every cell instead.
        features: the name of the last tap.
        last: the path of the classifier's layer, as published.
        were_linear: paths of the convolutions that were fully connected layers.
    """

    def __init__(
        self,
        body: fx.GraphModule,
        classifier: nn.Linear,
        *,
        kind: str,
        features: str,
        last: str,
        head: tuple[str, ...],
        were_linear: set[str],
    ) -> None:
        super().__init__()
        self._head = head
        self.body, self.classifier, self.kind = body, classifier, kind
        self.features, self.last, self.were_linear = features, last, were_linear

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Pictures (N, 3, h, w) -> every tap (N, C, rows, columns), the features last.

        For the kind "cells" there follows "pooled" (N, C, 1, 1): the features of the network's own
        score.
        """
        found: dict[str, Tensor] = self.body(x)
        del found[BELOW]
        return found

    @property
    def head(self) -> dict[str, nn.Module]:
        """The layers between the pooling and the classifier, as convolutions, by their paths; often none."""
        return {path: self.body.get_submodule(path) for path in self._head}

    def scores(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, h, w) -> (N, K): the network's own score at this size, in logits.

        For the kind "linear" it is the mean of `dense` over all cells.
        """
        values = self(x)
        pooled = values[POOLED].flatten(1) if POOLED in values else None
        if pooled is None:
            pooled = values[self.features].mean((2, 3))
        return self.classifier(pooled)

    def dense(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, h, w) -> class maps (N, K, rows, columns), in logits."""
        weight = self.classifier.weight[:, :, None, None]
        return functional.conv2d(self(x)[self.features], weight, self.classifier.bias)


def convolutionalize(
    classifier: nn.Module, *, taps: Mapping[str, str] | None = None, features: str = "features"
) -> FullyConvolutional:
    """Turn a classifier into a fully convolutional network; the weights are shared, not copied.

    Args:
        classifier: a module, pictures (N, 3, h, w) -> scores (N, K); put into evaluation mode.
        taps: names for layers, each with the path of its module; the order is kept.
        features: the name of the last tap, after which only the linear `classifier` follows. Its own
            entry in `taps`, if there is one, is not looked up.

    Raises:
        NetworkError: names the layer that is not understood, or the tap that is not there.
    """
    traced = trace(classifier.eval())
    ending = ending_of(traced)
    head = converted(traced, ending)
    graph = traced.graph
    (old,) = (node for node in graph.nodes if node.op == "output")
    places = dict(traced.outputs)
    with graph.inserting_before(old):
        below = ending.map
        for path in head:
            below = places[path] = graph.call_module(path, (below,))
        outputs = _outputs(dict(taps or {}), features, places) | {features: below}
        kind = "cells" if ending.pooled and head else "linear"
        if kind == "cells":
            pooled = graph.call_method("mean", (ending.map, (2, 3)), {"keepdim": True})
            for path in head:
                pooled = graph.call_module(path, (pooled,))
            outputs[POOLED] = pooled
    graph.erase_node(old)
    graph.output(outputs | {BELOW: ending.map})
    body = _module(classifier, graph, head)
    receptive_field.lattices(trace(body))  # refuses a layer whose cells cannot be followed
    return FullyConvolutional(
        body,
        ending.classifier,
        kind=kind,
        features=features,
        last=ending.name,
        head=tuple(head),
        were_linear={path for path in head if isinstance(traced.layers.get(path), nn.Linear)},
    ).eval()


def _outputs(
    taps: Mapping[str, str], features: str, places: Mapping[str, fx.Node]
) -> dict[str, fx.Node]:
    for tap, path in taps.items():
        if tap != features and path not in places:
            raise NetworkError(
                f"The tap {tap} is the layer {path}, which the network does not have."
            )
    return {tap: places[path] for tap, path in taps.items() if tap != features}


def _module(
    classifier: nn.Module, graph: fx.Graph, head: Mapping[str, nn.Module]
) -> fx.GraphModule:
    """The graph with the classifier's layers, and those of the head in the place of their originals."""
    parts: dict[str, Any] = {}
    for node in graph.nodes:
        if node.op in {"call_module", "get_attr"}:
            path = str(node.target)
            parts[path] = head[path] if path in head else operator.attrgetter(path)(classifier)
    made = fx.GraphModule(parts, graph)
    made.graph.eliminate_dead_code()
    made.delete_all_unused_submodules()
    made.recompile()
    return made

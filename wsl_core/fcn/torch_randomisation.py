"""Weights left to chance from the top down: the sanity check of Adebayo et al. (NeurIPS 2018)."""

import copy

from torch import fx, nn

from wsl_core.networks import Card, torch_runtime
from wsl_core.networks.convolutionalization import FullyConvolutional


def randomised(
    network: FullyConvolutional, card: Card, which: str, seed: int
) -> FullyConvolutional:
    """A copy of a network in which some weights are random.

    Args:
        network: with the card's weights; left as it is.
        card: of the network.
        which: "head" for the last, linear layer, "head and last block", or "all". The last block
            begins after the last tap from which a convolution wider than one cell leads to the head.
        seed: of the random weights.
    """
    chance = torch_runtime.build(card, random=True, seed=seed).network.state_dict()
    places = {
        "head": ("classifier",),
        "head and last block": ("classifier", *_last_block(network)),
        "all": tuple(name for name, _ in network.named_children()),
    }[which]
    copied = copy.deepcopy(network)
    copied.load_state_dict(
        {
            name: chance[name] if _within(name, places) else tensor
            for name, tensor in network.state_dict().items()
        }
    )
    return copied


def _last_block(network: FullyConvolutional) -> list[str]:
    """Paths of the layers and tensors of the last block."""
    order = list(network.body.graph.nodes)
    taps = list(order[-1].args[0].values())[:-1]  # the last output is the map below the head
    above = ["head"]
    for tap in (*reversed(taps), order[0]):
        above = ["head", *_paths(order[order.index(tap) + 1 :])]
        if any(_wide(layer) for name, layer in network.named_modules() if _within(name, above)):
            break
    return above


def _paths(nodes: list[fx.Node]) -> list[str]:
    return [f"body.{node.target}" for node in nodes if node.op in {"call_module", "get_attr"}]


def _within(name: str, places: "tuple[str, ...] | list[str]") -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _wide(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Conv2d) and max(layer.kernel_size) > 1

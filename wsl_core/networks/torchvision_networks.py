"""torchvision's classifiers, with the tensors that its published files hold."""

import re

import torch
from torch import Tensor, nn

from wsl_core.networks.cards import Card

OPTIONS: dict[str, dict[str, bool]] = {
    # The two auxiliary classifiers served its training only.
    "googlenet": {"aux_logits": False, "transform_input": False, "init_weights": False}
}
# DenseNet's file was written when names of layers could hold dots.
_DOTTED = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12])\.")


def build(card: Card, weights: dict[str, Tensor] | None) -> nn.Module:
    """The classifier of `card`, in evaluation mode.

    Args:
        card: of one of torchvision's.
        weights: tensors by their published names; None leaves every tensor without values, on the meta
            device.

    Raises:
        WeightsError: a tensor is missing, left over or of another shape.
    """
    from torchvision.models import get_model

    from wsl_core.networks.weights import assign

    with torch.device("meta"):
        network = get_model(card.name, weights=None, **OPTIONS.get(card.name, {}))
    if weights is not None:
        network = network.to_empty(device="cpu")
        names = {name: name for name in network.state_dict()}
        assign(network, renamed(weights), names, card.title)
    return network.eval().requires_grad_(requires_grad=False)


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Published tensors under the names that torchvision's modules have today."""
    return {
        _DOTTED.sub(r"\1\2.", name): value
        for name, value in weights.items()
        if not name.startswith(("aux1.", "aux2."))
    }

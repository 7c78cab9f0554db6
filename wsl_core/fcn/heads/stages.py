"""The last stages of a network, to be trained further; imported in workers only.

A stage is a direct part of the network's torch module that a tap is named after, as in EfficientNet-Lite
(stage1 .. stage7, head) and ResNet (layer1 .. layer4). Batch normalisation stays as it was published:
the batches are too small and the pictures too few to measure it anew.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.errors import ParameterError
from wsl_core.fcn.heads.request import below
from wsl_core.networks import Card, torch_runtime

SAME = 1e-3  # how far the stages may differ from the whole network, relative to the largest feature


@dataclass(frozen=True, eq=False)
class Stages:
    """The last stages.

    Attributes:
        below: the tap whose cells enter.
        names: of the stages, in their order.
        layers: cells (N, C', h', w') of the tap below -> features (N, C, h, w).
    """

    below: str
    names: tuple[str, ...]
    layers: nn.Sequential

    def parameters(self) -> dict[str, nn.Parameter]:
        """What is trained, by its name in the network: weights of convolutions."""
        return {
            name: value for name, value in self.layers.named_parameters() if value.requires_grad
        }

    def tensors(self) -> dict[str, NDArray[np.float16]]:
        """The retrained tensors, in float16, by their names in the network."""
        return {
            name: value.detach().half().numpy().copy() for name, value in self.parameters().items()
        }


def last_stages(card: Card, first: str) -> Stages:
    """The stages from `first` up to the features.

    Raises:
        ParameterError: the network has no such tap, or is no chain of stages.
    """
    under = below(card, first)
    with torch.random.fork_rng(devices=[]):  # weights are drawn before the published ones are read
        whole = torch_runtime.classifier(card)
    children = dict(whole.named_children())
    names = list(children)
    features = card.layer(card.features)
    if not {card.layer(under), features} <= set(names):
        raise _no_chain(card)
    chosen = names[names.index(card.layer(under)) + 1 : names.index(features) + 1]
    layers = nn.Sequential()
    for name in chosen:
        layers.add_module(name, children[name])
    stages = Stages(under, tuple(chosen), layers.eval())
    _check(card, whole, stages)
    for module in layers.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.requires_grad_(requires_grad=True)
    layers.to(memory_format=torch.channels_last)
    return stages


def _check(card: Card, whole: nn.Module, stages: Stages) -> None:
    """See that the stages, one after the other, are what the network computes."""
    side = card.sides.nearest(card.training_side)
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        values = torch_runtime.fully_convolutional(card, whole)(x)
        try:
            found = stages.layers(values[stages.below])
        except RuntimeError:
            raise _no_chain(card) from None
    wanted: Tensor = values[card.features]
    if found.shape != wanted.shape or (found - wanted).abs().max() > SAME * wanted.abs().max():
        raise _no_chain(card)


def _no_chain(card: Card) -> ParameterError:
    return ParameterError(
        f"The last stages of {card.title} cannot be trained further here: its layers are no chain of "
        f"stages. Choose a network of the EfficientNet-Lite or ResNet family, or train the head alone."
    )

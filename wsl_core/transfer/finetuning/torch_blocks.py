"""A network as a chain of blocks, each treated as a plan says; imported in workers only.

What is frozen stays in evaluation mode whatever `train` is asked for: a batch normalisation in training mode
moves its statistics although none of its parameters has a gradient, and the frozen part then computes
something else than it did before.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.errors import ParameterError
from wsl_core.networks import Card, torch_runtime
from wsl_core.networks.torch_optimisers import Adam
from wsl_core.transfer.finetuning.plan import CLASSIFIER, Plan, Treatment
from wsl_core.transfer.finetuning.strategies import Classifier

SAME = 1e-3  # how far the chain may differ from the whole network, relative to the largest score
HIDDEN, DROPOUT = 128, 0.5  # of the small deep net
MOMENTUM = 0.3  # of trained statistics: a small set gives few batches to measure them by
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
_POOLING = (nn.AdaptiveAvgPool2d, nn.AvgPool2d, nn.Flatten, nn.Dropout, nn.Identity)


class Blocks(nn.Module):
    """Normalised pictures (N, 3, h, w) -> scores (N, K).

    Attributes:
        plan: what happens to each block.
        chain: the blocks below the classifier, by name; the names of their tensors are the network's own.
        classifier: reads pooled features (N, C).
        classes: K.
        depth: how many blocks at the bottom are frozen.
    """

    def __init__(
        self, card: Card, classes: int, plan: Plan, kind: Classifier = "linear", seed: int = 0
    ) -> None:
        """Copy, freeze and reset.

        Raises:
            ParameterError: the network is no chain of blocks, or its classifier is to be copied for other
                classes.
            WeightsError: its weights are missing or damaged.
        """
        super().__init__()
        self.card, self.plan = card, plan
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            published = torch_runtime.classifier(card)
            chain, last = _taken_apart(card, published)
            if any(one.state == "reset" for one in plan[:-1]):
                new, _ = _taken_apart(card, torch_runtime.classifier(card, random=True, seed=seed))
                for one in plan[:-1]:
                    if one.state == "reset":
                        chain[one.block] = new[one.block]
            self.chain = nn.ModuleDict(chain)
            if plan[-1].state == "reset":
                self.classifier = _classifier(kind, last.in_features, classes)
            elif last.out_features != classes:
                raise ParameterError(
                    f"The classifier of {card.title} has {last.out_features} classes, and these pictures "
                    f"have {classes}. Let it be begun anew: {CLASSIFIER}=reset."
                )
            else:
                self.classifier = last
        self.classes = classes
        self.depth = next((i for i, one in enumerate(plan) if one.factor), len(plan))
        self.depth = min(self.depth, len(plan) - 1)
        for one, module in self.each():
            for value in _trainable(module, one):
                value.requires_grad_(requires_grad=True)
            for layer in module.modules():
                if one.normalise and isinstance(layer, _NORMS):
                    layer.momentum = MOMENTUM
        self.to(memory_format=torch.channels_last)
        self.train(mode=False)

    def each(self) -> Iterator[tuple[Treatment, nn.Module]]:
        """Every block with its treatment."""
        modules = (*self.chain.values(), self.classifier)
        yield from zip(self.plan, modules, strict=True)

    def train(self, mode: bool = True) -> "Blocks":
        """Training mode for what is trained; batch normalisation only where it is, too."""
        super().train(mode)
        for one, module in self.each():
            if not one.factor:
                module.eval()
            elif not one.normalise:
                for layer in module.modules():
                    if isinstance(layer, _NORMS):
                        layer.eval()
        return self

    def below(self, x: Tensor, depth: int) -> Tensor:
        """What the first `depth` blocks make of pictures; pooled where those are all of them."""
        for block in list(self.chain.values())[:depth]:
            x = block(x)
        return pooled(x) if depth == len(self.chain) else x

    def above(self, x: Tensor, depth: int) -> Tensor:
        """Scores from what `below` gave."""
        if depth < len(self.chain):
            for block in list(self.chain.values())[depth:]:
                x = block(x)
            x = pooled(x)
        found: Tensor = self.classifier(x)
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Scores of pictures, in logits."""
        return self.above(self.below(x, self.depth), self.depth)

    def optimisers(self) -> dict[str, tuple[Adam, float]]:
        """One a trained block, with its factor."""
        found = {}
        for one, module in self.each():
            if one.factor:
                named = {f"{one.block}.{name}": value for name, value in module.named_parameters()}
                moved = {name: value for name, value in named.items() if value.requires_grad}
                found[one.block] = (Adam(moved), one.factor)
        return found

    def moved(self) -> dict[str, Tensor]:
        """Everything that training changes, by block and name: parameters, and statistics that move."""
        found: dict[str, Tensor] = {}
        for one, module in self.each():
            if not one.factor:
                continue
            found |= {
                f"{one.block}/{name}": value.data
                for name, value in module.named_parameters()
                if value.requires_grad
            }
            if one.normalise:
                found |= {f"{one.block}/{name}": value for name, value in module.named_buffers()}
        return found

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor]) -> None:
        """The counterpart of `moved`."""
        for name, value in self.moved().items():
            value.copy_(tensors[name])

    @torch.no_grad()
    def rounded(self) -> dict[str, NDArray[np.generic]]:
        """What is delivered, by the network's own names: weights as float16, to which they are rounded here.

        The classifier is there where it is one linear layer, as "weight" and "bias".
        """
        found: dict[str, NDArray[np.generic]] = {}
        for name, value in self.moved().items():
            block, _, inner = name.partition("/")
            if not value.is_floating_point():
                continue  # how many batches a normalisation has seen
            if value.ndim > 1:
                value.copy_(value.half())
            array = value.half().numpy() if value.ndim > 1 else value.numpy()
            if block != CLASSIFIER:
                found[f"network.{inner}"] = array.copy(order="C")
        if isinstance(self.classifier, nn.Linear):
            found["weight"] = self.classifier.weight.detach().half().numpy().copy()
            found["bias"] = self.classifier.bias.detach().numpy().copy()
        return found


def pooled(x: Tensor) -> Tensor:
    """(N, C, h, w) -> (N, C), the mean over cells; features without places stay."""
    return x.mean((2, 3)) if x.ndim == 4 else x


def _trainable(module: nn.Module, one: Treatment) -> Iterator[nn.Parameter]:
    """Parameters of a block that are trained: where batch normalisation stays, all but its own."""
    if not one.factor:
        return
    for layer in module.modules():
        if one.normalise or not isinstance(layer, _NORMS):
            yield from layer.parameters(recurse=False)


def _classifier(kind: Classifier, channels: int, classes: int) -> nn.Module:
    if kind == "net":
        return nn.Sequential(
            nn.Linear(channels, HIDDEN), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, classes)
        )
    layer = nn.Linear(channels, classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _taken_apart(card: Card, network: nn.Module) -> tuple[dict[str, nn.Module], nn.Linear]:
    """The blocks of a network, each a chain of its direct parts up to a tap, and its last layer.

    Raises:
        ParameterError: its layers are no such chain.
    """
    parts = dict(network.named_children())
    names = list(parts)
    last = parts[names[-1]]
    ends = [card.layer(tap) for tap in card.taps]
    if not isinstance(last, nn.Linear) or not set(ends) <= set(names[:-1]) or card.head != "linear":
        raise _no_chain(card)
    chain: dict[str, nn.Module] = {}
    start = 0
    for tap, end in zip(card.taps, ends, strict=True):
        stop = names.index(end) + 1
        if tap == card.taps[-1]:  # what follows the last tap belongs to it, but for the pooling
            while not isinstance(parts[names[stop]], (nn.Linear, *_POOLING)):
                stop += 1
        block = nn.Sequential()
        for name in names[start:stop]:
            block.add_module(name, parts[name])
        chain[tap], start = block, stop
    side = card.sides.nearest(card.training_side)
    x = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted = network(x)
        try:
            for block in chain.values():
                x = block(x)
            found = last(pooled(x))
        except RuntimeError:
            raise _no_chain(card) from None
    if (found - wanted).abs().max() > SAME * wanted.abs().max():
        raise _no_chain(card)
    return chain, last


def _no_chain(card: Card) -> ParameterError:
    return ParameterError(
        f"{card.title} cannot be fine-tuned block by block here: its layers are no chain of blocks. Choose a "
        f"network of the EfficientNet-Lite or ResNet family."
    )

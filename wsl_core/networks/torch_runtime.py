"""Networks in PyTorch: built from their cards, run where a GPU or a gradient needs them.

Imported inside workers, or when the torch runtime is asked for by name; never by the pages.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.networks import counting, initialisation, receptive_field, weights
from wsl_core.networks.cards import Card
from wsl_core.networks.convolutionalization import FullyConvolutional, convolutionalize
from wsl_core.networks.dilation import dilated
from wsl_core.networks.geometry import Geometry
from wsl_core.networks.layers import Layers
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings


@dataclass(frozen=True)
class Built:
    """A torch network and what is computed from it.

    Attributes:
        network: normalised pictures (N, 3, h, w) -> every tap by name; its `classifier` is the last layer.
        weight: (classes, channels) of the classifier.
        bias: (classes,).
        geometries: of every tap.
        channels: of every tap.
        layers: every layer, for its shape and its cost.
    """

    network: FullyConvolutional
    weight: Tensor
    bias: Tensor
    geometries: dict[str, Geometry]
    channels: dict[str, int]
    layers: Layers


def classifier(
    card: Card, *, random: bool = False, seed: int = 0, path: str | Path | None = None
) -> nn.Module:
    """The network as published: normalised pictures (N, 3, h, w) -> scores (N, K), in logits.

    Args:
        card: of the network.
        random: fill it with random values instead; only where a test or a user asks for it.
        seed: of the random values.
        path: of a weights file to use instead of the published one.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
    """
    tensors = None if random else weights.read(card, Path(path) if path else None)
    network = _builder(card)(card, tensors).eval()
    if random:
        if any(value.is_meta for value in network.state_dict().values()):
            network = network.to_empty(device="cpu")
        initialisation.initialise(network, card.training_side, seed)
    return network.requires_grad_(requires_grad=False)


def without_values(card: Card) -> nn.Module:
    """The classifier of `card` before any weights are given to it."""
    return _builder(card)(card, None).eval()


def _builder(card: Card) -> Callable[[Card, dict[str, Tensor] | None], nn.Module]:
    module, _, function = card.build.partition(":")
    found: Callable[[Card, dict[str, Tensor] | None], nn.Module] = getattr(
        importlib.import_module(module), function
    )
    return found


def fully_convolutional(card: Card, network: nn.Module) -> FullyConvolutional:
    """The classifier of `card`, for pictures of any size, with the card's taps.

    Raises:
        NetworkError: names a layer that is not understood.
    """
    taps = {tap: card.layer(tap) for tap in card.taps}
    return convolutionalize(network, taps=taps, features=card.features)


def build(
    card: Card,
    *,
    random: bool = False,
    seed: int = 0,
    weights: str | Path | None = None,
    stride: int | None = None,
) -> Built:
    """Build the network of `card` for pictures of any size and load its weights.

    Args:
        card: of the network.
        random: fill it with random values instead; only where a test or a user asks for it.
        seed: of the random values.
        weights: path of a weights file to use instead of the published one.
        stride: pixels between the cells of the features; None for the network's own.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
        NetworkError: where its cells look cannot be computed, or a layer cannot be converted.
    """
    network = fully_convolutional(card, classifier(card, random=random, seed=seed, path=weights))
    if stride is not None:
        network = dilated(network, stride)
    last = network.classifier
    bias = torch.zeros(last.out_features) if last.bias is None else last.bias
    layers, channels = counting.count(network)
    return Built(
        network=network,
        weight=last.weight.detach(),
        bias=bias.detach(),
        geometries=receptive_field.geometries(network),
        channels=channels,
        layers=layers,
    )


def of_recipe(recipe: Recipe) -> Built:
    """`build`, from what is written in a recipe."""
    return build(
        recipe.card,
        random=recipe.random,
        seed=recipe.seed,
        weights=recipe.path,
        stride=recipe.stride,
    )


class TorchRuntime:
    """A network on a GPU where there is one, else on the processor."""

    name = "torch"

    def __init__(self, recipe: Recipe, precision: str) -> None:
        """Build and load; `precision` is "float32" or "bfloat16"."""
        self.card, self.built = recipe.card, of_recipe(recipe)
        self.weight: NDArray[np.float32] = self.built.weight.numpy()
        self.bias: NDArray[np.float32] = self.built.bias.numpy()
        self.geometries, self.channels = self.built.geometries, self.built.channels
        self.layers = self.built.layers
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if precision == "bfloat16" and self.device.type == "cpu" and not _processor_has_bfloat16():
            raise NetworkError(
                "This processor has no bfloat16 arithmetic. Use float32, which every processor has."
            )
        if settings().threads:
            torch.set_num_threads(settings().threads)
        self.autocast = precision == "bfloat16"
        self.network = self.built.network.to(self.device)
        self.mean = torch.tensor(self.card.mean, device=self.device).view(3, 1, 1)
        self.std = torch.tensor(self.card.std, device=self.device).view(3, 1, 1)

    def run(self, pictures: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """Pictures (N, h, w, 3) uint8 -> each tap (N, channels, rows, columns) float32."""
        rgb = torch.from_numpy(np.array(pictures)).to(self.device)
        x = (rgb.permute(0, 3, 1, 2).float() - self.mean) / self.std
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.autocast),
        ):
            values = self.network(x)
        return [values[tap].float().cpu().numpy() for tap in taps]


def _processor_has_bfloat16() -> bool:
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, check, lambda: False)() for check in checks)

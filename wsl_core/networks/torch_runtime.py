"""Networks in PyTorch: built from their cards, run where a GPU or a gradient needs them.

Imported inside workers, or when the torch runtime is asked for by name; never by the pages.
"""

import importlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.networks import receptive_field, weights
from wsl_core.networks.cards import Card
from wsl_core.networks.geometry import Geometry
from wsl_core.settings import settings


@dataclass(frozen=True)
class Built:
    """A torch network and what is computed from it.

    Attributes:
        network: normalised pictures (N, 3, h, w) -> every tap by name; its `classifier` is the head.
        weight: (classes, channels) of the linear head.
        bias: (classes,).
        geometries: of every tap.
        channels: of every tap.
    """

    network: nn.Module
    weight: Tensor
    bias: Tensor
    geometries: dict[str, Geometry]
    channels: dict[str, int]


def build(card: Card, *, random: bool = False) -> Built:
    """Build the network of `card` and load its weights.

    Args:
        card: of the network.
        random: leave the random initialisation instead; only where a test or a user asks for it.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
        NetworkError: where its cells look cannot be computed.
    """
    module, _, function = card.build.partition(":")
    builder = getattr(importlib.import_module(module), function)
    network: nn.Module = builder(card, None if random else weights.read(card))
    side = card.sides.smallest
    with torch.no_grad():
        taps = network(torch.zeros(1, 3, side, side))
    return Built(
        network=network,
        weight=network.classifier.weight.detach(),
        bias=network.classifier.bias.detach(),
        geometries=receptive_field.geometries(network),
        channels={tap: value.shape[1] for tap, value in taps.items()},
    )


class TorchRuntime:
    """A network on a GPU where there is one, else on the processor."""

    name = "torch"

    def __init__(self, card: Card, precision: str) -> None:
        """Build and load; `precision` is "float32" or "bfloat16"."""
        self.card, self.built = card, build(card)
        self.weight: NDArray[np.float32] = self.built.weight.numpy()
        self.bias: NDArray[np.float32] = self.built.bias.numpy()
        self.geometries, self.channels = self.built.geometries, self.built.channels
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if precision == "bfloat16" and self.device.type == "cpu" and not _processor_has_bfloat16():
            raise NetworkError(
                "This processor has no bfloat16 arithmetic. Use float32, which every processor has."
            )
        if settings().threads:
            torch.set_num_threads(settings().threads)
        self.autocast = precision == "bfloat16"
        self.network = self.built.network.to(self.device)
        self.mean = torch.tensor(card.mean, device=self.device).view(3, 1, 1)
        self.std = torch.tensor(card.std, device=self.device).view(3, 1, 1)

    def run(self, picture: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """One picture (h, w, 3) uint8 -> each tap (channels, rows, columns) float32."""
        rgb = torch.from_numpy(np.array(picture)).to(self.device)
        x = (rgb.permute(2, 0, 1).float() - self.mean) / self.std
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.autocast),
        ):
            values = self.network(x[None])
        return [values[tap][0].float().cpu().numpy() for tap in taps]


def _processor_has_bfloat16() -> bool:
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, check, lambda: False)() for check in checks)

"""Networks of the zoo with random weights, built once for all tests that look at them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
import torch
from torch import nn

from wsl_core.networks import Card, card, torch_runtime
from wsl_core.networks.convolutionalization import FullyConvolutional


@dataclass(frozen=True)
class Random:
    """A network as published and fully convolutional, sharing random weights."""

    card: Card
    classifier: nn.Module
    dense: FullyConvolutional


@pytest.fixture(scope="session")
def random_network() -> Callable[[str], Random]:
    """A network of the zoo by its name."""

    @cache
    def build(name: str) -> Random:
        classifier = torch_runtime.classifier(card(name), random=True)
        return Random(
            card(name), classifier, torch_runtime.fully_convolutional(card(name), classifier)
        )

    return build


@pytest.fixture(scope="session")
def picture() -> Callable[..., torch.Tensor]:
    """A normalised picture (1, 3, height, width): structure of all sizes, the same every time."""

    def draw(height: int, width: int | None = None, seed: int = 3) -> torch.Tensor:
        random = torch.Generator().manual_seed(seed)
        size = (height, width or height)
        drawn = torch.zeros(1, 3, *size)
        for cells in (2, 5, 17, 53):
            coarse = torch.randn(1, 3, cells, cells, generator=random)
            drawn += nn.functional.interpolate(coarse, size, mode="bilinear")
        return drawn / drawn.std()

    return draw

"""Networks for adaptation as torch modules, from the tables in `architectures`; imported in workers only."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn

from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation.architectures import (
    VECTORS,
    Architecture,
    Convolution,
    architecture,
)
from wsl_core.transfer.adaptation.torch_normalisation import DomainNorm


class Chain(nn.Sequential):
    """Layers one after the other, those of batch normalisation told the domain."""

    def forward(self, x: Tensor, domain: int) -> Tensor:
        """Of a batch of one domain."""
        for layer in self:
            x = layer(x, domain) if isinstance(layer, DomainNorm) else layer(x)
        return x


class Flat(nn.Module):
    """(N, C, h, w) -> (N, M), one cell after the other: the order in memory, so that nothing is copied."""

    def forward(self, x: Tensor) -> Tensor:
        """Vectors stay as they are."""
        return x if x.ndim == 2 else x.permute(0, 2, 3, 1).flatten(1)


def unflattened(x: Tensor, shape: torch.Size) -> Tensor:
    """The counterpart of `Flat`: (N, M) -> (N, C, h, w) of the shape (C, h, w); vectors stay as they are."""
    if len(shape) == 1:
        return x
    channels, height, width = shape
    return x.unflatten(1, (height, width, channels)).permute(0, 3, 1, 2)


class Network(nn.Module):
    """A classifier in three parts.

    Attributes:
        maps: inputs -> (N, M), what domain classifiers see.
        hidden: (N, M) -> (N, D) features.
        output: features -> (N, K) scores.
        inputs: shape of an input, (C, H, W) or (D,).
        shape: of the maps before they were flattened, (C, h, w) or (M,).
    """

    def __init__(
        self, plan: Architecture, shape: tuple[int, ...], classes: int, domains: int = 2
    ) -> None:
        """Draw the weights from torch's generator.

        Args:
            plan: the layers.
            shape: of an input, (C, H, W) or (D,).
            classes: K.
            domains: sets of statistics for batch normalisation.

        Raises:
            ParameterError: the pictures are too small for the layers.
        """
        super().__init__()
        self.inputs = shape
        self.maps = Chain(*_maps(plan, shape[0], domains))
        self.shape = _output_shape(self.maps, plan, shape)
        widths = (self.shape.numel(), *plan.hidden)
        self.hidden = nn.Sequential(*dense(widths), nn.Dropout(plan.dropout))
        self.output = nn.Linear(widths[-1], classes)
        if len(shape) == 3:
            self.to(memory_format=torch.channels_last)

    @property
    def normalised(self) -> bool:
        """Whether there is any batch normalisation."""
        return any(isinstance(layer, DomainNorm) for layer in self.maps)

    def encode(self, x: Tensor, domain: int) -> Tensor:
        """(N, D) features."""
        features: Tensor = self.hidden(self.maps(x, domain))
        return features

    def classify(self, maps: Tensor) -> Tensor:
        """(N, M) -> (N, K) scores."""
        scores: Tensor = self.output(self.hidden(maps))
        return scores

    def forward(self, x: Tensor, domain: int) -> Tensor:
        """(N, K) scores."""
        return self.classify(self.maps(x, domain))


def build(
    name: str,
    shape: tuple[int, ...],
    classes: int,
    *,
    dropout: float | None = None,
    domains: int = 2,
) -> tuple[Network, Architecture]:
    """A network and its plan.

    Args:
        name: of the architecture; features take the one for features, whatever it says.
        shape: of an input, (C, H, W) or (D,).
        classes: K.
        dropout: instead of the architecture's own, of maps and features.
        domains: sets of statistics for batch normalisation.

    Raises:
        ParameterError: there is no such architecture, or the pictures are too small for it.
    """
    plan = architecture(VECTORS if len(shape) == 1 else name)
    if len(shape) == 3 and not isinstance(plan.maps[0], Convolution):
        raise ParameterError(f"The architecture {name!r} takes features, and these are pictures.")
    if dropout is not None:
        plan = replace(plan, dropout=dropout, map_dropout=dropout if plan.map_dropout else 0.0)
    return Network(plan, shape, classes, domains), plan


def dense(widths: Sequence[int]) -> list[nn.Module]:
    """Fully connected layers, each with ReLU."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers


def judge(inputs: int, widths: Sequence[int]) -> nn.Sequential:
    """A domain classifier: (N, inputs) -> (N, 1), a logit that is positive for the source."""
    return nn.Sequential(*dense((inputs, *widths)), nn.Linear(widths[-1], 1))


def _maps(plan: Architecture, channels: int, domains: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for one in plan.maps:
        if isinstance(one, Convolution):
            layers.append(nn.Conv2d(channels, one.channels, one.kernel, one.stride, one.padding))
            channels = one.channels
        else:
            layers.append(nn.Linear(channels, one))
            channels = one
        if plan.normalised:
            layers.append(DomainNorm(channels, domains))
        layers.append(nn.ReLU())
        if isinstance(one, Convolution) and one.pool:
            layers.append(nn.MaxPool2d(one.pool, one.pool_stride))
    pictures = isinstance(plan.maps[0], Convolution)
    if plan.map_dropout:
        layers.append((nn.Dropout2d if pictures else nn.Dropout)(plan.map_dropout))
    return [*layers, Flat()]


def _output_shape(maps: Chain, plan: Architecture, shape: tuple[int, ...]) -> torch.Size:
    """The shape before the maps are flattened."""
    was = maps.training
    maps.eval()
    try:
        with torch.no_grad():
            x = torch.zeros(1, *shape)
            for layer in maps[:-1]:
                x = layer(x, 0) if isinstance(layer, DomainNorm) else layer(x)
    except RuntimeError:
        x = torch.zeros(1, 0)
    finally:
        maps.train(was)
    if not x.numel():
        raise ParameterError(
            f"Pictures of {shape[1]} x {shape[2]} pixels are too small for {plan.title.lower()}. Choose "
            f"another network, or enlarge them."
        )
    return x.shape[1:]

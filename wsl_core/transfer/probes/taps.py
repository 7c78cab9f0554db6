"""All taps of a network for a few pictures in one forward pass, each pooled to its grid.

Pictures are fed as squares, nothing cropped: the windows of a grid are then the same parts of every picture.
The last two rows are what the network itself goes on with: its 1-by-1 features, and its scores.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.errors import NetworkError, ParameterError
from wsl_core.images import Photo
from wsl_core.networks import Network
from wsl_core.networks.cards import Card
from wsl_core.networks.network import resized
from wsl_core.products import on_one_thread
from wsl_core.settings import settings
from wsl_core.transfer.probes.grid import AVERAGE, Grid

POOLED, LOGITS = "pooled", "logits"


@dataclass(frozen=True)
class Tap:
    """A row of the probes.

    Attributes:
        name: of the network's card, or "pooled" or "logits".
        channels: of the layer.
        cells: of its map, along either axis.
        grid: windows along either axis.
        poolings: of the windows' cells.
    """

    name: str
    channels: int
    cells: int
    grid: int
    poolings: tuple[str, ...] = (AVERAGE,)

    @property
    def values(self) -> int:
        """How many one picture has."""
        return self.channels * self.grid**2


def names(card: Card) -> tuple[str, ...]:
    """Of all taps, from the input up.

    A network whose head is more than one linear layer ends with its last map: its pooled features and
    scores are the output of another pass.
    """
    return (*card.taps, POOLED, LOGITS) if card.head == "linear" else card.taps


def chosen(card: Card, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The taps that are asked for, in the network's order; all where none are named.

    Raises:
        NetworkError: one that the network does not have.
    """
    there = names(card)
    unknown = next((one for one in asked if one not in there), None)
    if unknown is not None:
        raise NetworkError(
            f"{card.title} has no tap named {unknown!r}. There are: {', '.join(there)}."
        )
    return tuple(one for one in there if not asked or one in asked)


def square(card: Card, pixels: int) -> int:
    """The side that is fed: the nearest that the network accepts.

    Raises:
        ParameterError: outside the limits.
    """
    largest = settings().max_side
    if not card.sides.smallest <= pixels <= largest:
        raise ParameterError(
            f"The size {pixels} is outside the limits. Accepted is a side from {card.sides.smallest} to "
            f"{largest} pixels."
        )
    return card.sides.nearest(pixels)


class Tapping:
    """A network with its grids.

    Attributes:
        network: whose layers are tapped.
        side: of the input, in pixels.
        taps: its rows, from the input up.
    """

    def __init__(self, network: Network, pixels: int) -> None:
        """Find the grids.

        Raises:
            ParameterError: a side outside the network's limits.
        """
        self.network, self.side = network, square(network.card, pixels)
        blank = np.zeros((1, self.side, self.side, 3), np.uint8)
        maps = network.features(blank, network.card.taps)
        self._grids = {
            name: Grid.over(network.geometry(name), one.shape[1], one.shape[2], self.side)
            for name, one in maps.items()
        }
        rows = [self._tap(name, one.shape[1]) for name, one in maps.items()]
        if network.card.head == "linear":
            classes, channels = network.runtime.weight.shape
            rows += [Tap(POOLED, channels, 1, 1), Tap(LOGITS, classes, 1, 1)]
        self.taps = tuple(rows)

    def fed(self, photo: Photo) -> NDArray[np.uint8]:
        """(side, side, 3): the whole picture."""
        return resized(photo.pixels, self.side, self.side)

    def _tap(self, name: str, channels: int) -> Tap:
        grid = self._grids[name]
        return Tap(name, channels, grid.cells, len(grid.starts), grid.poolings)

    def values(self, batch: NDArray[np.uint8]) -> dict[str, NDArray[np.float16]]:
        """Every tap in each of its poolings, in one pass.

        Args:
            batch: (N, side, side, 3) uint8.

        Returns:
            by "TAP.POOLING" (N, values) float16.
        """
        return self.network.reduced(batch, self.network.card.taps, self._reduced)

    @on_one_thread()
    def _reduced(self, maps: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float16]]:
        found = {
            f"{name}.{pooling}": rows.astype(np.float16)
            for name, one in maps.items()
            for pooling, rows in self._grids[name].pooled(one).items()
        }
        if self.network.card.head == "linear":
            pooled = maps[self.network.card.features].mean(axis=(2, 3))
            runtime = self.network.runtime
            scores = pooled @ runtime.weight.T + runtime.bias
            found[f"{POOLED}.{AVERAGE}"] = pooled.astype(np.float16)
            found[f"{LOGITS}.{AVERAGE}"] = scores.astype(np.float16)
        return found


def load(name: str, weights: str, pixels: int) -> Tapping:
    """A network ready to be tapped.

    Raises:
        NetworkError: no such network or weights.
        ParameterError: a side outside its limits.
    """
    return Tapping(networks.load(name, weights=weights), pixels)

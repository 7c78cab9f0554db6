"""A picture as one vector: the generalised mean of a layer's cells, over the picture or a window of it.

    g_c = (sum_j w_j a_jc ^ p) ^ (1 / p)     Radenović, Tolias, Chum, TPAMI 2019, eq. 1, with weights w

Weights of the cells add up to 1; those of a window are the shares of each cell's stretch that lie in it, on
exact geometry. Powers keep signs, since some layers have negative values. A vector of length 1 a size fed is
added to the others, and the sum brought to length 1.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.jobs.parts import completed
from wsl_core.networks import Geometry, Network, Placement
from wsl_core.networks.geometry import Axis
from wsl_core.networks.network import BATCH, resized
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.retrieval.parameters import PIXELS, DescriptorParameters

Float32 = NDArray[np.float32]
Box = tuple[float, float, float, float]
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Fed:
    """A picture made ready for a layer: small, whatever the size of the photo.

    Attributes:
        inputs: for each size (height, width, 3) uint8.
        picture_size: (height, width) of the photo in pixels.
        digest: of the photo.
    """

    inputs: tuple[NDArray[np.uint8], ...] = field(repr=False)
    picture_size: tuple[int, int]
    digest: str


@dataclass(frozen=True, eq=False)
class Look:
    """A layer of one picture at every size fed.

    Attributes:
        maps: for each size (channels, rows, columns) float32.
        placements: how each lies on the picture.
        digest: of the picture.
    """

    maps: tuple[Float32, ...] = field(repr=False)
    placements: tuple[Placement, ...]
    digest: str

    @property
    def picture_size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        one = self.placements[0]
        return one.down.picture_side, one.across.picture_side


class Layer(Protocol):
    """Where maps come from."""

    geometry: Geometry

    def fit(self, height: int, width: int, size: int) -> tuple[int, int]:
        """Input (height, width) for a picture."""

    def run(self, batch: NDArray[np.uint8]) -> Float32:
        """Pictures (N, h, w, 3) uint8 -> (N, channels, rows, columns) float32."""


class NetworkLayer:
    """A tap of a network."""

    def __init__(self, network: Network, tap: str) -> None:
        self._network, self._tap = network, tap
        self.geometry = network.geometry(tap)

    def fit(self, height: int, width: int, size: int) -> tuple[int, int]:
        """Input (height, width) that the network accepts."""
        return self._network.card.sides.fit(height, width, size)

    def run(self, batch: NDArray[np.uint8]) -> Float32:
        """The tap of every picture."""
        return self._network.features(batch, (self._tap,))[self._tap]


class PixelLayer:
    """The picture itself, one cell a pixel: what a network must beat."""

    geometry = Geometry(1, 1, 0)

    def fit(self, height: int, width: int, size: int) -> tuple[int, int]:
        """The picture's own shape at this longer side."""
        longer = max(height, width)
        return max(1, round(height * size / longer)), max(1, round(width * size / longer))

    def run(self, batch: NDArray[np.uint8]) -> Float32:
        """Values of 0 .. 1, a map a colour."""
        maps: Float32 = np.ascontiguousarray(batch.transpose(0, 3, 1, 2), np.float32)
        maps /= 255
        return maps


class Descriptor:
    """Turns pictures into vectors; the same parameters and weights give the same vectors.

    Attributes:
        how: its parameters; the layer is named.
        identity: of the network and its weights; see `identity.of`.
    """

    def __init__(self, how: DescriptorParameters, network: Network | None = None) -> None:
        """Load the network.

        Args:
            how: its parameters.
            network: one that is loaded already, of the name and weights of `how`.

        Raises:
            NetworkError: no such network, weights or layer.
        """
        self.layer: Layer
        if how.network == PIXELS:
            self.how, self.layer = how.model_copy(update={"tap": PIXELS}), PixelLayer()
        else:
            if network is None and how.weights == "published":
                network = networks.load(how.network)
            network = network or networks.load(how.network, weights=how.weights)
            tap = how.tap or network.card.features
            self.how, self.layer = how.model_copy(update={"tap": tap}), NetworkLayer(network, tap)
        self.identity = identity.of(self.how)

    def look(self, photo: Photo) -> Look:
        """The layer of one picture at every size.

        Raises:
            ParameterError: a size outside the network's limits.
        """
        return completed(self.looking([self.fed(photo)]))[0]

    def fed(self, photo: Photo) -> Fed:
        """A photo made ready for `looking`.

        Raises:
            ParameterError: a size outside the network's limits.
        """
        shapes = [self.layer.fit(photo.height, photo.width, size) for size in self.how.sizes]
        inputs = tuple(resized(photo.pixels, *shape) for shape in shapes)
        return Fed(inputs, (photo.height, photo.width), photo.digest)

    def looking(self, pictures: Sequence[Fed]) -> Generator[None, None, list[Look]]:
        """The layer of several pictures, pausing after every forward pass.

        Those that are fed at one shape go together.
        """
        shown = []
        for number in range(len(self.how.sizes)):
            shown.append((yield from self._of_size(pictures, number)))
        return [
            Look(tuple(m for m, _ in each), tuple(p for _, p in each), one.digest)
            for one, *each in zip(pictures, *shown, strict=True)
        ]

    def _of_size(
        self, pictures: Sequence[Fed], number: int
    ) -> Generator[None, None, list[tuple[Float32, Placement]]]:
        alike: dict[tuple[int, ...], list[int]] = {}
        for i, one in enumerate(pictures):
            alike.setdefault(one.inputs[number].shape[:2], []).append(i)
        found: dict[int, tuple[Float32, Placement]] = {}
        for (height, width), which in alike.items():
            for start in range(0, len(which), BATCH):
                part = which[start : start + BATCH]
                maps = self.layer.run(np.stack([pictures[i].inputs[number] for i in part]))
                cells = maps.shape[2], maps.shape[3]
                for i, values in zip(part, maps, strict=True):
                    fed, whole = (height, width), pictures[i].picture_size
                    found[i] = values, Placement.of(self.layer.geometry, cells, fed, whole)
                yield
        return [found[i] for i in range(len(pictures))]

    def vector(self, look: Look, region: Box | None = None) -> Float32:
        """(D,) of length 1: the picture, or a region of it.

        Args:
            look: of the picture.
            region: left, top, width, height in pixels of the picture.

        Raises:
            ParameterError: a region that is not inside the picture.
        """
        whole = np.sum([unit(one.values) for one in self.pooled(look, region)], axis=0)
        return unit(whole).astype(np.float32)

    def pooled(self, look: Look, region: Box | None = None) -> list["Pooled"]:
        """The same before it is normalised, with the weights of the cells, for each size."""
        if region is not None:
            check_region(region, look.picture_size)
        found = []
        for values, placement in zip(look.maps, look.placements, strict=True):
            weights = windows(placement, self.how.grid, region)
            powered = _powered(values, self.how.power)
            flat = weights.reshape(len(weights), -1) @ powered.reshape(len(values), -1).T
            root = _powered(flat, 1 / self.how.power)
            found.append(Pooled(root.reshape(-1), weights, powered))
        return found


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooled layer and what it is made of.

    Attributes:
        values: (windows * channels,) float32.
        weights: (windows, rows, columns), each window's adding up to 1.
        powered: (channels, rows, columns), the cells to the power, with their signs.
    """

    values: Float32
    weights: Float32
    powered: Float32

    def contributions(self, direction: Float32, power: float) -> Float32:
        """What each cell adds to the product of `values` and a direction, exactly.

        By Euler's theorem on homogeneous functions g_c = sum_j w_j a_jc^p |g_c|^(1-p).

        Args:
            direction: (windows * channels,).
            power: that the layer was pooled with.

        Returns:
            (rows, columns), in the unit of the product, which is their sum.
        """
        size = np.abs(self.values)
        scaled = np.where(size > TINY, direction * np.maximum(size, TINY) ** (1 - power), 0.0)
        each = scaled.reshape(len(self.weights), -1) @ self.powered.reshape(len(self.powered), -1)
        return (each.reshape(self.weights.shape) * self.weights).sum(axis=0).astype(np.float32)


def _powered(values: Float32, power: float) -> Float32:
    """The power of the size, with the sign."""
    found = np.sign(values) * np.abs(values) ** power
    return np.asarray(found, np.float32)


def windows(placement: Placement, grid: int, region: Box | None = None) -> Float32:
    """Weights of the cells of every window of a grid laid over a picture or a region of it.

    Args:
        placement: how the cells lie on the picture.
        grid: windows a side.
        region: left, top, width, height in pixels; None for the picture.

    Returns:
        (grid ** 2, rows, columns) float32, row by row, each adding up to 1. The whole picture in one window
        weighs all cells alike, as the network's own pooling does.
    """
    down, across = placement.down, placement.across
    if region is None and grid == 1:
        return np.full((1, down.cells, across.cells), 1 / (down.cells * across.cells), np.float32)
    left, top, width, height = region or (0, 0, across.picture_side, down.picture_side)
    rows = np.stack([_shares(down, *_part(top, height, k, grid)) for k in range(grid)])
    columns = np.stack([_shares(across, *_part(left, width, k, grid)) for k in range(grid)])
    weights = rows[:, None, :, None] * columns[None, :, None, :]
    return weights.reshape(-1, down.cells, across.cells).astype(np.float32)


def _part(low: float, length: float, number: int, parts: int) -> tuple[float, float]:
    return low + length * number / parts, low + length * (number + 1) / parts


def _shares(axis: Axis, low: float, high: float) -> NDArray[np.float64]:
    """(cells,) adding up to 1: how much of each cell's stretch lies between two edges."""
    edges = np.array([axis.edges(cell) for cell in range(axis.cells)])
    inside = np.minimum(edges[:, 1], high) - np.maximum(edges[:, 0], low)
    shares = np.maximum(inside, 0) / np.maximum(edges[:, 1] - edges[:, 0], TINY)
    if shares.sum() < TINY:  # beyond the outermost cells of a layer that does not reach the border
        shares = np.zeros(axis.cells)
        shares[np.argmin(np.abs(axis.centres() + 0.5 - (low + high) / 2))] = 1
    return shares / shares.sum()


def check_region(region: Box, picture_size: tuple[int, int]) -> None:
    """Refuse a region that is not inside a picture.

    Args:
        region: left, top, width, height in pixels.
        picture_size: (height, width) in pixels.

    Raises:
        ParameterError: it is empty, or leaves the picture.
    """
    left, top, width, height = region
    tall, wide = picture_size
    inside = left >= 0 and top >= 0 and left + width <= wide and top + height <= tall
    if not (inside and width > 0 and height > 0):
        raise ParameterError(
            f"The region {','.join(f'{one:g}' for one in region)} is not inside the picture, which is {wide} "
            f"px wide and {tall} px high. Accepted are left, top, width and height in its pixels, with an "
            f"area: choose a region inside it."
        )


def unit(vectors: Float32) -> Float32:
    """(..., D) brought to length 1; a vector of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Float32 = vectors / np.maximum(lengths, TINY)
    return found

"""Asking an index: the nearest of all vectors, and which cells of both pictures make them near.

Vectors have length 1, so the similarity of two pictures is their product, the cosine: -1 .. 1. It is also a
sum over the cells of either picture, which `heat` gives exactly.
"""

from collections.abc import Collection as Some
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.networks import Placement
from wsl_core.transfer.retrieval.descriptor import (
    TINY,
    Box,
    Descriptor,
    Float32,
    Look,
    unit,
    windows,
)
from wsl_core.transfer.retrieval.index import Index
from wsl_core.transfer.retrieval.projection import Projection, compared


@dataclass(frozen=True)
class Neighbour:
    """A picture of an index that was found.

    Attributes:
        number: its place in the index.
        name: its path below the root.
        label: its class, where its folder says one.
        similarity: cosine, -1 .. 1.
    """

    number: int
    name: str
    label: str | None
    similarity: float


@dataclass(frozen=True, eq=False)
class Heat:
    """What each cell of a picture adds to its similarity with another.

    Attributes:
        similarity: cosine, the sum over the cells of all maps.
        maps: for each size fed (rows, columns) float32, signed.
        placements: how each lies on the picture.
    """

    similarity: float
    maps: tuple[Float32, ...] = field(repr=False)
    placements: tuple[Placement, ...] = field(repr=False)


@dataclass(frozen=True)
class Pair:
    """Two cells, each the most alike to the other of all in its picture.

    Attributes:
        asked: (row, column) in the map of the picture that was asked with.
        found: (row, column) in the other's.
        similarity: cosine of the two cells.
    """

    asked: tuple[int, int]
    found: tuple[int, int]
    similarity: float


def vector(index: Index, descriptor: Descriptor, look: Look, region: Box | None = None) -> Float32:
    """(d,) of length 1 that is compared with the index's.

    Args:
        index: whose projection is applied.
        descriptor: that made the look; see `Index.descriptor`.
        look: of the picture that is asked with.
        region: left, top, width, height in pixels of that picture; None for all of it.

    Raises:
        NetworkError: the descriptor is not the index's.
        ParameterError: a region that is not inside the picture.
    """
    index.check(descriptor)
    return compared(descriptor.vector(look, region), index.projection)


def ask(index: Index, asked: Float32, top: int = 10, without: Some[int] = ()) -> list[Neighbour]:
    """The nearest pictures, the most alike first; of equal ones the first in the index.

    Args:
        index: to search.
        asked: (d,) of length 1; see `vector`, or a row of `index.vectors` to ask with a picture of it.
        top: how many; all there are where there are fewer.
        without: numbers of pictures that are passed over.

    Raises:
        ParameterError: a vector of another width, or `top` below 1.
    """
    numbers, similarities = nearest(asked[None], index.vectors, min(top + len(without), len(index)))
    pairs = zip(numbers[0].tolist(), similarities[0].tolist(), strict=True)
    kept = [(number, value) for number, value in pairs if number not in without][:top]
    return [Neighbour(n, index.card.pictures[n].name, index.labels[n], value) for n, value in kept]


def ask_entry(index: Index, number: int, top: int = 10) -> list[Neighbour]:
    """The nearest to a picture of the index, itself left out.

    Raises:
        ParameterError: there is no such picture, or `top` below 1.
    """
    if not 0 <= number < len(index):
        raise ParameterError(
            f"The index has no picture number {number}. Accepted is 0 to {len(index) - 1}."
        )
    return ask(index, index.vectors[number], top, {number})


def nearest(
    queries: Float32, base: Float32, top: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The most alike rows, by one matrix product.

    Args:
        queries: (Q, d) of length 1.
        base: (N, d) of length 1.
        top: how many, 1 .. N.

    Returns:
        their numbers (Q, top) and cosines (Q, top), the most alike first, of equal ones the first.

    Raises:
        ParameterError: `top` outside 1 .. N, or rows of different widths.
    """
    if not 1 <= top <= len(base):
        raise ParameterError(
            f"{top} neighbours are asked of {len(base):,} pictures. Accepted is 1 to {len(base):,}."
        )
    if queries.shape[1:] != base.shape[1:]:
        raise ParameterError(
            f"Vectors of {queries.shape[-1]} values are compared with vectors of {base.shape[-1]}. Make "
            f"both in the same way."
        )
    products = queries @ base.T
    numbers = np.empty((len(queries), top), np.int64)
    for row, values in enumerate(products):
        last = np.partition(values, len(base) - top)[len(base) - top]
        at_least = np.flatnonzero(values >= last)  # more than `top` where the last is shared
        numbers[row] = at_least[np.argsort(-values[at_least], kind="stable")[:top]]
    return numbers, np.take_along_axis(products, numbers, axis=1).astype(np.float32)


def heat(
    descriptor: Descriptor,
    projection: Projection | None,
    look: Look,
    other: Float32,
    region: Box | None = None,
) -> Heat:
    """What each cell of a picture adds to its similarity with another vector.

    Args:
        descriptor: that made the look.
        projection: of the index.
        look: of the picture.
        other: (d,) of length 1, what it is compared with.
        region: left, top, width, height in pixels, where only a region of the picture is compared.

    Returns:
        signed maps that add up to the similarity. What the mean that is subtracted takes away is taken from
        every cell in proportion to its weight in the pooling, and from cells outside the region nothing.

    Raises:
        ParameterError: a region that is not inside the picture.
    """
    pooled = descriptor.pooled(look, region)
    lengths = [max(float(np.linalg.norm(one.values)), TINY) for one in pooled]
    summed = np.sum([one.values / n for one, n in zip(pooled, lengths, strict=True)], axis=0)
    whole = max(float(np.linalg.norm(summed)), TINY)
    if projection is None:
        direction, taken = other, 0.0
    else:
        own = projection.apply(summed / whole)
        direction = projection.basis @ other / max(float(np.linalg.norm(own)), TINY)
        taken = float(projection.mean @ direction)
    maps = []
    for one, length in zip(pooled, lengths, strict=True):
        added = one.contributions(direction / (length * whole), descriptor.how.power)
        maps.append(added - taken / len(pooled) * one.weights.mean(axis=0))
    similarity = float(np.sum([values.sum(dtype=np.float64) for values in maps]))
    return Heat(similarity, tuple(maps), look.placements)


def pairs(asked: Look, found: Look, most: int = 5, region: Box | None = None) -> list[Pair]:
    """Cells of two pictures that are most alike to each other, on the map of the largest size fed.

    Args:
        asked: the picture that was asked with.
        found: the other.
        most: how many pairs, the most alike first.
        region: of the picture that was asked with; only cells that look there are paired.
    """
    one, other = asked.maps[-1], found.maps[-1]
    left, right = _cells(one), _cells(other)
    alike = left @ right.T
    if region is not None:
        outside = windows(asked.placements[-1], 1, region)[0].ravel() == 0
        alike[outside] = -np.inf
    best, back = alike.argmax(axis=1), alike.argmax(axis=0)
    mutual = [(float(alike[i, j]), i, int(j)) for i, j in enumerate(best) if back[j] == i]
    ranked = sorted((one for one in mutual if one[0] > -np.inf), key=lambda one: (-one[0], one[1]))
    return [
        Pair(_place(i, one.shape[2]), _place(j, other.shape[2]), value)
        for value, i, j in ranked[:most]
    ]


def _cells(values: Float32) -> Float32:
    """(channels, rows, columns) -> (cells, channels) of length 1."""
    return unit(values.reshape(len(values), -1).T)


def _place(cell: int, columns: int) -> tuple[int, int]:
    return cell // columns, cell % columns

"""The network as it was published: what it says of one window, and of the whole picture squeezed.

Where its answer for a window differs from the fully convolutional one, the cells say why: a crop has
zeros around it (the padding of every layer), where the whole picture goes on. That reaches every cell
which sees beyond the window: all of them where the receptive field is wider than it, not only the
outermost.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.sliding_window import SlidingWindow, dense
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, ClassScore, Network
from wsl_core.networks.network import resized

Float32 = NDArray[np.float32]


def crop(photo: Photo, window: SlidingWindow, row: int, column: int) -> Photo:
    """A window of the picture as the network is fed it, (side, side) pixels.

    Raises:
        ParameterError: a window outside the picture.
    """
    pixels = resized(photo.pixels, *window.input_size)[window.pixels_of(row, column)]
    return Photo.from_array(pixels, f"{photo.name}, row {row}, column {column}")


def classify(network: Network, cut: Photo, count: int = 5) -> list[ClassScore]:
    """What the unconverted network says of a crop: the `count` likeliest classes, best first."""
    return network.class_maps(cut, "full").top(count)


@dataclass(frozen=True, eq=False)
class Difference:
    """Why the network's own score of a window is not the dense one, in logits.

    Attributes:
        naive: the network's own score of the crop.
        dense: the mean of the whole picture's map over the window's cells.
        cells: (m, m) map of the crop minus map of the whole picture. Their mean is `naive - dense`
            where the head is linear.
        beyond: (m, m) share of what each cell sees that lies outside the window, 0 .. 1: the crop has
            zeros there. Where it is 0, both maps are equal (global context excepted).
    """

    naive: float
    dense: float
    cells: Float32 = field(repr=False)
    beyond: Float32 = field(repr=False)

    @property
    def value(self) -> float:
        """Naive minus dense."""
        return self.naive - self.dense

    @property
    def head(self) -> float:
        """The part that no cell explains: 0 for a linear head."""
        return self.value - float(self.cells.mean())

    @property
    def ring(self) -> float:
        """Mean size of the difference in the window's outermost cells."""
        return float(np.abs(self.cells[self._outermost()]).mean())

    @property
    def centre(self) -> float | None:
        """Mean size of the difference in all other cells; None where there are none."""
        inner = self.cells[~self._outermost()]
        return float(np.abs(inner).mean()) if inner.size else None

    def _outermost(self) -> NDArray[np.bool_]:
        edge = np.ones(self.cells.shape, bool)
        edge[1:-1, 1:-1] = False
        return edge


def difference(
    network: Network,
    photo: Photo,
    maps: ClassMaps,
    window: SlidingWindow,
    row: int,
    column: int,
    which: str | int,
    alone: ClassMaps | None = None,
) -> Difference:
    """One window, seen alone and as a part of the whole picture.

    Args:
        network: of the maps.
        photo: the picture.
        maps: of the whole picture.
        window: on the same picture at the same size.
        row: of the window.
        column: of the window.
        which: the class.
        alone: of the crop by itself, where somebody has looked at it already.

    Raises:
        ParameterError: a window outside the picture, or windows of another size.
        ClassNameError: no class, or more than one, is named so.
    """
    index = maps.classes.find(which)
    if alone is None:
        alone = network.class_maps(crop(photo, window, row, column), "full")
    whole = maps.map(index)[window.cells_of(row, column)]
    return Difference(
        naive=alone.score(index).score,
        dense=float(dense(maps, window, index)[row, column]),
        cells=alone.map(index) - whole,
        beyond=_beyond(network, window),
    )


def _beyond(network: Network, window: SlidingWindow) -> Float32:
    """Share of each cell's receptive field that lies outside the window, (m, m)."""
    first, last = network.geometry().window(np.arange(window.cells))
    within = np.minimum(last, window.side - 1) - np.maximum(first, 0) + 1
    share = np.clip(within, 0, None) / (last - first + 1)
    return np.asarray(1 - np.outer(share, share), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Transfers:
    """One picture in two ways.

    Attributes:
        squeezed: class maps of the whole picture at the training side, its proportions lost.
        kept: class maps at the size asked for, nothing cropped, its proportions kept.
    """

    squeezed: ClassMaps
    kept: ClassMaps

    @property
    def stretch(self) -> float:
        """How much wider than high a square of the picture becomes when squeezed: 1 for none."""
        height, width = self.squeezed.picture_size
        return height / width


def squeezed(network: Network, photo: Photo) -> Photo:
    """The picture at the network's training side, width and height alike.

    Its coordinates stay those of the picture, so that class maps lie where they belong.
    """
    side = network.card.sides.nearest(network.card.training_side)
    return replace(photo, pixels=resized(photo.pixels, side, side))


def transfers(network: Network, photo: Photo, size: int | str = 449) -> Transfers:
    """The lecture's naive transfer, resized to the training side, beside any size.

    Raises:
        ParameterError: a size outside the limits.
    """
    return Transfers(
        network.class_maps(squeezed(network, photo), "full"), network.class_maps(photo, size)
    )

"""Finer class maps from the same network: shifted copies of the picture, their cells interleaved.

With a factor f the picture is shifted by every multiple of jump / f in both directions, f * f passes in
all, and the cells of all passes are put side by side (Long, Shelhamer and Darrell, CVPR 2015, section
3.2). Without padding that is what dilation gives in one pass (`networks.load(..., stride=...)`), and
what sliding the window by jump / f gives.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.networks import Card, ClassMaps, Geometry, Network, Placement
from wsl_core.networks.kept import Report
from wsl_core.networks.network import resized

LARGEST_MEGABYTES = 512
"""Of the features of the finer map, in memory."""


class ShiftParameters(BaseModel):
    """How much finer the cells become."""

    model_config = ConfigDict(frozen=True)

    factor: Literal[2, 4, 8] = Field(
        2,
        title="Finer by",
        description="Cells along a side for each one that a single pass gives; it takes the square of "
        "it in passes.",
    )


def shift_and_stitch(
    network: Network,
    photo: Photo,
    size: int | str,
    factor: int,
    report: Report | None = None,
) -> ClassMaps:
    """Class maps whose cells lie jump / factor apart, over the same picture.

    A shifted picture lies on a canvas larger by one jump, in the mean colour, which the normalisation
    turns into zeros: nothing of it is cut off, and the canvas has sides that the network accepts. Kept
    are the cells whose centres lie between those of the first and the last of a single pass, so every
    `factor`-th of them is that pass's own, unchanged.

    Args:
        network: that looks.
        photo: the picture.
        size: its longer side when fed, in pixels, or "full" for its own.
        factor: 2, 4 or 8; it must divide the distance between two cells.
        report: called before each pass with the share done (0 .. 1) and what is being done; an
            exception that it raises ends the work.

    Returns:
        maps of factor * (cells - 1) + 1 cells along each axis. The score is their mean where the head
        is linear, so it is not exactly that of a single pass.

    Raises:
        ParameterError: a size outside the limits, a factor that is not accepted, or maps that would be
            too large.
    """
    jump = int(network.geometry().jump)
    accepted = [f for f in (2, 4, 8) if jump % f == 0]
    if factor not in accepted:
        raise ParameterError(
            f"Cells of {network.card.title}, {jump} px apart, cannot be made finer by {factor}. Accepted "
            f"is {' or '.join(map(str, accepted))}."
        )
    single = network.class_maps(photo, size)
    rows, columns = (factor * (cells - 1) + 1 for cells in single.cells)
    megabytes = single.features.itemsize * len(single.features) * rows * columns / 1e6
    if megabytes > LARGEST_MEGABYTES:
        raise ParameterError(
            f"Maps of {columns} x {rows} cells would take {megabytes:.0f} MB. Accepted are "
            f"{LARGEST_MEGABYTES} MB: choose a smaller size or factor."
        )
    features = np.zeros((len(single.features), rows, columns), np.float32)
    features[:, ::factor, ::factor] = single.features
    pixels = resized(photo.pixels, *single.input_size)
    step = jump // factor
    for down, across in _shifts(factor):
        if report is not None:
            done = down * factor + across
            report(done / factor**2, f"pass {done + 1} of {factor**2}")
        canvas = _canvas(pixels, jump, down * step, across * step, network.card)
        (shifted,) = network.features(canvas[None], (network.card.features,)).values()
        rows_seen = slice(1, -1) if down else slice(None, -1)
        columns_seen = slice(1, -1) if across else slice(None, -1)
        features[:, down::factor, across::factor] = shifted[0][:, rows_seen, columns_seen]
    return replace(single, features=features, placement=_finer(single.placement, factor))


def _shifts(factor: int) -> Iterator[tuple[int, int]]:
    """Every shift but none at all, which is the single pass."""
    return ((i // factor, i % factor) for i in range(1, factor**2))


def _canvas(
    pixels: NDArray[np.uint8], jump: int, down: int, across: int, card: Card
) -> NDArray[np.uint8]:
    """The picture on a canvas one jump larger, so that its pixel `down` lies under a cell's centre.

    A picture that is shifted lies jump - shift pixels from the canvas's edge: cell 1 of the canvas is
    centred where cell 0 would be if the picture began `shift` pixels later.
    """
    height, width = pixels.shape[:2]
    canvas = np.empty((height + jump, width + jump, 3), np.uint8)
    canvas[:] = np.rint(np.clip(card.mean, 0, 255)).astype(np.uint8)
    top, left = (jump - shift if shift else 0 for shift in (down, across))
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def _finer(placement: Placement, factor: int) -> Placement:
    down, across = placement.down, placement.across
    coarse = down.geometry
    geometry = Geometry(coarse.jump / factor, coarse.receptive_field, coarse.first_centre)
    cells = (factor * (down.cells - 1) + 1, factor * (across.cells - 1) + 1)
    size = (down.input_side, across.input_side)
    return Placement.of(geometry, cells, size, (down.picture_side, across.picture_side))

"""Square pieces of photographs, cut at random places and sizes."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError

LEAST = 48
"""Least height and width of a photograph, in pixels."""


def patches(
    random: np.random.Generator,
    count: int,
    photographs: Sequence[NDArray[np.uint8]],
    side: int,
    reach: tuple[float, float] = (0.75, 3.0),
) -> NDArray[np.uint8]:
    """Pieces (count, side, side, 3), every photograph as often as any other, half of them mirrored.

    Args:
        random: drawn from.
        count: how many.
        photographs: (height, width, 3) uint8 each, at least 48 pixels on a side.
        side: of a piece, in pixels.
        reach: least and largest side that is cut and brought to `side`, as a multiple of it; no piece
            is larger than its photograph.

    Raises:
        ParameterError: there is no photograph, or one is too small or not of three channels.
    """
    if not photographs:
        raise ParameterError(
            "Pieces are cut of photographs, and none was given: give at least one."
        )
    for one in photographs:
        if one.ndim != 3 or one.shape[2] != 3 or min(one.shape[:2]) < LEAST:
            raise ParameterError(
                f"A photograph has shape {one.shape}; accepted are pictures of three channels, at least "
                f"{LEAST} pixels on each side."
            )
    chosen = random.integers(0, len(photographs), count)
    scale, place = random.uniform(*reach, count), random.random((count, 2))
    mirrored = random.random(count) < 0.5
    found = np.empty((count, side, side, 3), np.uint8)
    for k in range(count):
        photograph = photographs[chosen[k]]
        cut = min(round(side * scale[k]), *photograph.shape[:2])
        top, left = (int(place[k, i] * (photograph.shape[i] - cut + 1)) for i in (0, 1))
        piece = photograph[top : top + cut, left : left + cut]
        if cut != side:
            way = cv2.INTER_AREA if cut > side else cv2.INTER_LINEAR
            piece = cv2.resize(piece, (side, side), interpolation=way)
        found[k] = piece[:, ::-1] if mirrored[k] else piece
    return found

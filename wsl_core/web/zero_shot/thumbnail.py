"""The thumbnail of the Zero-shot page: the visitor's picture, and the attributes that it seems to have."""

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import percent
from wsl_core.images import Photo
from wsl_core.networks.network import resized
from wsl_core.web import forward
from wsl_core.web.pictures import Chosen
from wsl_core.web.zero_shot import animals
from wsl_core.web.zero_shot.view import ZeroShotView

FULL, EMPTY = np.array([11, 110, 95], float), np.array([241, 238, 230], float)
STRIP = 0.28  # of the height, for the attributes
ROWS = 5  # of cells
NAMED = 3  # attributes in the words


def described(chosen: Chosen, small: Photo, side: int) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture, and below it a cell for every attribute, dark where there.

    Args:
        chosen: the picture.
        small: the same with fewer pixels.
        side: longer side of the JPEG.

    Raises:
        WslError: why there is none.
    """

    def made() -> tuple[bytes, str]:
        predictor = animals.predictor(ZeroShotView().split)
        values = predictor.predict(animals.row_of(chosen.photo)[None])[0]
        table = animals.known().table
        most = np.argsort(table.values.mean(axis=0) - values)[:NAMED]
        told = ", ".join(
            f"{table.attributes[one]} {percent(float(values[one]), 0)}" for one in most
        )
        text = (
            f"{chosen.title}, and below it {len(values)} attributes that it seems to have: {told}."
        )
        return Photo.from_array(_drawn(small.pixels, values)).jpeg(side), text

    return forward.derived(("zero-shot thumbnail", chosen.photo.digest, side), made)


def _drawn(pixels: NDArray[np.uint8], values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The picture (height, width, 3) with its lower part given to cells."""
    height, width = pixels.shape[:2]
    columns = -(-len(values) // ROWS)
    cells = np.zeros(ROWS * columns)
    cells[: len(values)] = values
    shades = EMPTY + cells.reshape(ROWS, columns, 1) * (FULL - EMPTY)
    low = max(ROWS, int(STRIP * height))
    strip = np.repeat(shades, -(-low // ROWS), axis=0)[:low]
    strip = strip[:, np.arange(width) * columns // width]
    kept = resized(pixels, height - low, round(width * (height - low) / height))
    top = np.full((height - low, width, 3), EMPTY.astype(np.uint8), np.uint8)
    left = (width - kept.shape[1]) // 2
    top[:, left : left + kept.shape[1]] = kept
    return np.concatenate([top, strip.astype(np.uint8)])

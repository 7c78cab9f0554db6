"""Small pictures in rows as one picture: the same digits before, during and after, as a file to show."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.errors import ParameterError

GAP = 2  # pixels between pictures, before they are enlarged
LARGEST = 16


def sheet(
    pictures: NDArray[np.uint8], *, zoom: int = 2, gap: int = GAP, kind: str = "PNG"
) -> bytes:
    """A picture file with a row of pictures for each row of the array; clear between them.

    Args:
        pictures: (R, C, H, W, 3) uint8 RGB, or (R, C, H, W) grey; at least one row and one column.
        zoom: whole pixels that one becomes along each side, 1 to 16; nothing is smoothed.
        gap: pixels between two pictures, before they are enlarged.
        kind: "PNG" or "WEBP", both without loss.

    Raises:
        ParameterError: another shape, type or kind, a zoom out of range, or a gap below 0.
    """
    pictures = np.asarray(pictures)
    if pictures.ndim == 4:
        pictures = np.repeat(pictures[..., None], 3, axis=-1)
    if (
        pictures.ndim != 5
        or pictures.shape[-1] != 3
        or pictures.dtype != np.uint8
        or not pictures.size
    ):
        raise ParameterError(
            f"Rows of small pictures are uint8 values of shape (rows, columns, height, width, 3); these are "
            f"{pictures.dtype} values of shape {pictures.shape}."
        )
    if not 1 <= zoom <= LARGEST or gap < 0 or kind not in ("PNG", "WEBP"):
        raise ParameterError(
            f"Pictures in rows are enlarged 1 to {LARGEST} times, with a gap of 0 or more, as PNG or WEBP; "
            f"asked for were {zoom} times, a gap of {gap} and {kind}."
        )
    rows, columns, height, width, _ = pictures.shape
    canvas = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), np.uint8)
    for r in range(rows):
        for c in range(columns):
            y, x = r * (height + gap), c * (width + gap)
            canvas[y : y + height, x : x + width, :3] = pictures[r, c]
            canvas[y : y + height, x : x + width, 3] = 255
    canvas = canvas.repeat(zoom, axis=0).repeat(zoom, axis=1)
    file = io.BytesIO()
    options = {"lossless": True} if kind == "WEBP" else {"compress_level": 6}
    Image.fromarray(canvas).save(file, kind, **options)
    return file.getvalue()

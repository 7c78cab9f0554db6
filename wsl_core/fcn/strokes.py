"""Strokes of a round pen, drawn into ink with smooth edges."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.errors import ParameterError

Floats = NDArray[np.float64]


def drawn(strokes: Iterable[ArrayLike], height: int, width: int, pen: float) -> NDArray[np.uint8]:
    """The ink (height, width) of strokes, 0 for bare paper and 255 for ink.

    Args:
        strokes: each (points, 2), the x and y of its points in pixels, where the middle of the pixel at
            the top left is (0, 0); one point alone is a dot. Parts beyond the border are cut off.
        height: of the ink, in pixels.
        width: of the ink, in pixels.
        pen: width of the pen, in pixels.

    Raises:
        ParameterError: a stroke is not a list of finite points.
    """
    ink = np.zeros((height, width))
    for stroke in strokes:
        path = _path(stroke)
        for start, end in zip(path, path[1:] if len(path) > 1 else path, strict=False):
            _add_segment(ink, start, end, pen)
    return np.round(255 * ink).astype(np.uint8)


def _path(stroke: ArrayLike) -> Floats:
    """A stroke as an array (points, 2)."""
    try:
        path = np.asarray(stroke, dtype=float)
    except (TypeError, ValueError):
        path = np.empty(0)
    if path.ndim != 2 or path.shape[1] != 2 or not len(path) or not np.isfinite(path).all():
        raise ParameterError(
            "A stroke is not a list of points. Accepted are lists of [x, y], in pixels of the canvas."
        )
    return path


def _add_segment(ink: Floats, start: Floats, end: Floats, pen: float) -> None:
    """Darken `ink` (0 to 1) along one segment: full within the pen, fading over one pixel."""
    reach, sides = pen / 2 + 1, np.array(ink.shape[::-1])
    low = np.clip(np.floor(np.minimum(start, end) - reach), 0, sides).astype(int)
    high = np.clip(np.ceil(np.maximum(start, end) + reach) + 1, 0, sides).astype(int)
    x, y = np.arange(low[0], high[0]), np.arange(low[1], high[1])[:, None]
    along = end - start
    length = float(along @ along) or 1.0
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length, 0, 1)
    distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    patch = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(patch, np.clip(pen / 2 + 0.5 - distance, 0, 1), out=patch)

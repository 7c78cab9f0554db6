"""Photographs as drawings of their edges: dark lines on white paper, found by Canny's method.

How much detail is drawn varies from picture to picture, as it does between people who sketch.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

BLUR = (1.0, 3.0)  # pixels; what is finer is not drawn
DRAWN = (0.05, 0.15)  # share of the pixels whose gradient begins a line
FADING = 0.5  # a line goes on down to this share of the gradient that began it
LINE = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2))
SOFTENED = 0.6  # pixels


def edge_drawings(
    random: np.random.Generator, photographs: NDArray[np.uint8], times: int
) -> NDArray[np.uint8]:
    """Drawings of every photograph, one after the other.

    Args:
        random: how much is drawn comes from it, evenly within `BLUR` and `DRAWN`.
        photographs: (N, height, width, 3) uint8.
        times: drawings of each.

    Returns:
        (N * times, height, width, 3) uint8, the first N of them a drawing of each photograph.

    Source: J. Canny, A computational approach to edge detection, PAMI 8(6), 1986.
    """
    rounds = [
        _drawing(one, random.uniform(*BLUR), random.uniform(*DRAWN))
        for _ in range(times)
        for one in photographs
    ]
    return np.stack(rounds)


def _drawing(photograph: NDArray[np.uint8], blur: float, drawn: float) -> NDArray[np.uint8]:
    """(height, width, 3) uint8."""
    grey = cv2.GaussianBlur(cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY), (0, 0), blur)
    across, down = cv2.Scharr(grey, cv2.CV_16S, 1, 0), cv2.Scharr(grey, cv2.CV_16S, 0, 1)
    begins = float(np.quantile(np.hypot(across, down, dtype=np.float32), 1 - drawn))
    lines = cv2.Canny(across, down, FADING * begins, begins, L2gradient=True)
    ink = cv2.GaussianBlur(cv2.dilate(lines, LINE), (0, 0), SOFTENED)
    return np.repeat((255 - ink)[..., None], 3, axis=2)

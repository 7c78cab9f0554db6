"""Messages of the CRF's two kernels: what every pixel hears from all others.

`Approximate` filters with a separable Gaussian and a permutohedral lattice, in a time that grows with the
number of pixels; `Exact` adds up all pairs and is what the other is checked against.
"""

import math
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.permutohedral import Lattice

Float32 = NDArray[np.float32]
MOST_EXACT = 3100  # pixels: 64 x 48 and a little; two kernels of as many squared take 150 MB
REACH = 4.0  # standard deviations; beyond, a Gaussian is below .0004
TINY = 1e-20


class Messages(Protocol):
    """Anything that sends the labels of all pixels to all pixels."""

    def __call__(self, shares: Float32) -> Float32:
        """(L, height, width) shares of the labels -> the same shape, weighted sums over all pixels."""


class Approximate:
    """Both kernels in a time that grows with the number of pixels."""

    def __init__(self, pixels: NDArray[np.uint8], how: CrfParameters) -> None:
        """Build what filtering needs, once a picture.

        Args:
            pixels: (height, width, 3) uint8, RGB.
            how: the kernels.

        Raises:
            ParameterError: the kernels are too narrow for the picture.
        """
        self._how, self._shape = how, pixels.shape[:2]
        self._kernels = []
        if how.smoothness_weight:
            self._kernels.append(self._kernel(how.smoothness_weight, self._smoothed))
        if how.appearance_weight:
            self._lattice = Lattice(_positions(pixels, how))
            self._kernels.append(self._kernel(how.appearance_weight, self._alike))

    def __call__(self, shares: Float32) -> Float32:
        """(L, height, width) shares of the labels -> the same shape, weighted sums over all pixels."""
        found = np.zeros_like(shares)
        for kernel in self._kernels:
            found += kernel(shares)
        return found

    def _kernel(
        self, weight: float, filtered: Callable[[Float32], Float32]
    ) -> Callable[[Float32], Float32]:
        """The messages of one kernel, normalised and without a pixel's own as `how` says."""
        itself = 0.0 if self._how.itself else 1.0

        def heard(shares: Float32) -> Float32:
            return filtered(shares) - itself * shares

        if not self._how.normalised:
            return lambda shares: weight * heard(shares)
        total = heard(np.ones((1, *self._shape), np.float32))
        root = np.sqrt(1 / np.maximum(total, TINY)).astype(np.float32)
        return lambda shares: weight * root * heard(root * shares)

    def _smoothed(self, values: Float32) -> Float32:
        width = self._how.smoothness_width
        radius = math.ceil(REACH * width)
        taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / width) ** 2)
        border = cv2.BORDER_CONSTANT  # nothing speaks from outside the picture
        return np.stack(
            [cv2.sepFilter2D(one, cv2.CV_32F, taps, taps, borderType=border) for one in values]
        )

    def _alike(self, values: Float32) -> Float32:
        return self._lattice.filter(values.reshape(len(values), -1)).reshape(values.shape)


class Exact:
    """Both kernels by the sum over all pairs of pixels; for small pictures."""

    def __init__(self, pixels: NDArray[np.uint8], how: CrfParameters) -> None:
        """Build the matrix of all pairs.

        Args:
            pixels: (height, width, 3) uint8, RGB; at most `MOST_EXACT` of them.
            how: the kernels.

        Raises:
            ParameterError: there are too many pixels.
        """
        height, width = pixels.shape[:2]
        if height * width > MOST_EXACT:
            raise ParameterError(
                f"The picture has {height * width:,} pixels. Accepted for the exact CRF are up to "
                f"{MOST_EXACT:,}, since it adds up all pairs: take a smaller picture, or the approximate one."
            )
        places = _positions(pixels, how)[:, :2] * how.appearance_width / how.smoothness_width
        self._pairs = how.smoothness_weight * _matrix(places, how)
        self._pairs += how.appearance_weight * _matrix(_positions(pixels, how), how)

    def __call__(self, shares: Float32) -> Float32:
        """(L, height, width) shares of the labels -> the same shape, weighted sums over all pixels."""
        flat = shares.reshape(len(shares), -1) @ self._pairs
        return np.asarray(flat.reshape(shares.shape), np.float32)


def _positions(pixels: NDArray[np.uint8], how: CrfParameters) -> NDArray[np.float64]:
    """(N, 5) places and colours in standard deviations of the appearance kernel."""
    height, width = pixels.shape[:2]
    down, across = np.mgrid[:height, :width].reshape(2, -1) / how.appearance_width
    colours = pixels.reshape(-1, 3) / how.colour_width
    return np.column_stack([across, down, colours])


def _matrix(points: NDArray[np.float64], how: CrfParameters) -> NDArray[np.float64]:
    """(N, N) of a Gaussian kernel, normalised and with or without its diagonal as `how` says."""
    squares = (points**2).sum(1)
    distances = squares[:, None] + squares - 2 * points @ points.T
    found: NDArray[np.float64] = np.exp(-0.5 * np.maximum(distances, 0))
    if not how.itself:
        np.fill_diagonal(found, 0)
    if how.normalised:
        root = 1 / np.sqrt(np.maximum(found.sum(0), TINY))
        found *= root[:, None] * root
    return found

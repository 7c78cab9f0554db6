"""The fully connected CRF by mean field, one update at a time.

    Q_i(l) = exp(-U_i(l) + sum_j k_ij Q_j(l)) / Z_i

All pixels are updated at once. Labels that differ cost the same whichever they are (Potts), so that a
label's own messages are all that counts.

Source: P. Krähenbühl, V. Koltun, NIPS 2011, algorithm 1.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.kernels import Approximate, Exact, Messages

Float32 = NDArray[np.float32]
LEAST = 1e-5  # probability, so that no label is ruled out before the neighbours are heard


def iterate(
    pixels: NDArray[np.uint8],
    probabilities: Float32,
    how: CrfParameters | None = None,
    *,
    exact: bool = False,
) -> Iterator[Float32]:
    """The shares of the labels before the first update, and after each.

    Args:
        pixels: (height, width, 3) uint8, RGB.
        probabilities: (L, height, width) of every label at every pixel; they need not add up to 1.
        how: kernels and number of updates; those of weak class maps by default.
        exact: add up all pairs of pixels, on small pictures.

    Yields:
        (L, height, width) float32, adding up to 1 over the labels.

    Raises:
        ParameterError: shapes that do not fit, no label, numbers that are no probabilities, or too many
            pixels for the exact sum.
    """
    how = how or CrfParameters()
    _check(pixels, probabilities)
    log = np.log(np.maximum(probabilities, LEAST)).astype(np.float32)
    shares = _softmax(log)
    yield shares
    if how.iterations:
        messages: Messages = (Exact if exact else Approximate)(pixels, how)
    for _ in range(how.iterations):
        shares = _softmax(log + messages(shares))
        yield shares


def refine(
    pixels: NDArray[np.uint8],
    probabilities: Float32,
    how: CrfParameters | None = None,
    *,
    exact: bool = False,
) -> Float32:
    """(L, height, width) after the last update; see `iterate`."""
    *_, last = iterate(pixels, probabilities, how, exact=exact)
    return last


def _softmax(scores: Float32) -> Float32:
    powers = np.exp(scores - scores.max(0))
    found: Float32 = powers / powers.sum(0)
    return found


def _check(pixels: NDArray[np.uint8], probabilities: Float32) -> None:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ParameterError(
            f"The picture has the shape {pixels.shape} and the type {pixels.dtype}. Accepted are height, "
            f"width and three colours in bytes."
        )
    if (
        probabilities.ndim != 3
        or probabilities.shape[1:] != pixels.shape[:2]
        or not len(probabilities)
    ):
        raise ParameterError(
            f"The probabilities have the shape {probabilities.shape}. Accepted are one or more labels at "
            f"each of the picture's {pixels.shape[0]} x {pixels.shape[1]} pixels: draw them at its size."
        )
    if not np.isfinite(probabilities).all() or probabilities.min() < 0:
        raise ParameterError(
            "Some probabilities are negative or no numbers. Accepted are finite ones from 0 on."
        )

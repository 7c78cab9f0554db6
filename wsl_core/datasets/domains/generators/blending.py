"""MNIST-M: digits blended into photographs, and the digits of the offline pairs.

All functions take digits (N, height, width) uint8, 0 for paper and 255 for ink, and return pictures
(N, height, width, 3) uint8.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators import colours
from wsl_core.datasets.domains.generators.patches import patches

Digits = NDArray[np.uint8]
Pictures = NDArray[np.uint8]


def padded(digits: Digits, side: int) -> Digits:
    """Digits in the middle of an empty square: MNIST's 28 x 28 within 32 x 32, as in MNIST-M."""
    before = (side - digits.shape[1]) // 2
    after = side - digits.shape[1] - before
    return np.pad(digits, ((0, 0), (before, after), (before, after)))


def in_channels(digits: Digits) -> Pictures:
    """Digits in red, green and blue: a view of the same bytes, which cannot be written to."""
    return np.broadcast_to(digits[..., None], (*digits.shape, 3))


def differences(digits: Digits, backgrounds: Pictures) -> Pictures:
    """|background - digit|, channel by channel (Ganin and Lempitsky, 2015, section 4.1).

    In bytes the difference would wrap around where the digit is brighter than the background; it is
    taken in 16 bits.
    """
    difference = backgrounds.astype(np.int16) - digits[..., None].astype(np.int16)
    return np.abs(difference).astype(np.uint8)


def mnist_m(
    digits: Digits,
    photographs: Sequence[NDArray[np.uint8]],
    seed: int = 0,
    side: int = 32,
    *,
    solid: bool = True,
) -> Pictures:
    """Pictures like those of MNIST-M: each digit blended into a piece of a photograph.

    The published set cuts its pieces of BSDS500 at their own size; so do these, from whatever
    photographs are given.

    Args:
        digits: at most `side` high and wide; they are padded.
        photographs: (height, width, 3) uint8 each.
        seed: the same seed, digits and photographs give the same pictures.
        side: height and width of the pictures.
        solid: ink is full wherever there is any, as in the published set (there the grey edges of
            MNIST's digits are as negative as their middle); else as it is.

    Raises:
        ParameterError: there is no photograph.
    """
    random = np.random.default_rng(seed)
    backgrounds = patches(random, len(digits), photographs, side, (1.0, 1.0))
    ink = np.where(digits > 0, np.uint8(255), np.uint8(0)) if solid else digits
    return differences(padded(ink, side), backgrounds)


def dimmed(digits: Digits, seed: int = 0) -> Pictures:
    """Digits at 30 % contrast (25 to 35 %) under a ramp of light and with noise.

    The ramp goes in a random direction over a range of 90 to 150; a network notices it, while plain
    dimming with even noise is no shift at all for one with convolutions.
    """
    random = np.random.default_rng(seed)
    count, side = digits.shape[:2]
    contrast = random.uniform(0.25, 0.35, (count, 1, 1))
    level = random.uniform(60, 110, (count, 1, 1))
    ramp = colours.ramps(random, count, side, random.uniform(45, 75, count) * np.sqrt(2))
    pictures = digits * contrast + level + ramp
    pictures = pictures + random.normal(0, 8, digits.shape)
    return in_channels(np.clip(pictures, 0, 255).astype(np.uint8))


def coloured(digits: Digits, seed: int = 0) -> Pictures:
    """Digits and paper in two random colours, whose brightness differs by at least 60 of 255."""
    random = np.random.default_rng(seed)
    found = np.empty((len(digits), 2, 3))
    missing = np.arange(len(digits))
    while len(missing):
        found[missing] = random.uniform(0, 255, (len(missing), 2, 3))
        apart = np.abs(np.diff(found[missing] @ colours.BRIGHTNESS, axis=1))[:, 0]
        missing = missing[apart < 60]
    ink, paper = found[:, 0, None, None], found[:, 1, None, None]
    share = digits[..., None] / 255
    return np.asarray(paper + share * (ink - paper), np.uint8)

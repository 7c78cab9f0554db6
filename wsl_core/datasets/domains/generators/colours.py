"""Colours, lights and blurs that generators share; pictures are float32, 0 to 255, in batches."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)
"""Shares of red, green and blue in the brightness of a colour (ITU-R BT.601)."""


def tinted(
    random: np.random.Generator, brightness: Floats, grey: NDArray[np.bool_], strength: float
) -> Floats:
    """Colours (N, 3) of given brightness (N,) and random hue.

    Args:
        random: drawn from.
        brightness: 0 to 255.
        grey: (N,) bool; where true, red, green and blue are equal.
        strength: mean of the saturation, which is exponential; dark and bright colours have less.
    """
    count = len(brightness)
    hue = random.uniform(0, 2 * np.pi, count)[:, None] + np.array([0, 2, 4]) * np.pi / 3
    away = np.cos(hue)
    away -= (away @ BRIGHTNESS)[:, None]
    saturation = np.minimum(random.exponential(strength, count), 1.5) * ~grey
    room = np.minimum(brightness, 255 - brightness) * 0.5 + 20
    return np.clip(brightness[:, None] + away * (saturation * room)[:, None], 0, 255)


def ramps(
    random: np.random.Generator, count: int, side: int, strength: Floats
) -> NDArray[np.float32]:
    """Straight ramps of light (count, side, side) from -strength to +strength in a random direction."""
    angle = random.uniform(0, 2 * np.pi, count)
    across = np.linspace(-1, 1, side)
    plane = np.cos(angle)[:, None, None] * across + np.sin(angle)[:, None, None] * across[:, None]
    return (plane * (strength / np.sqrt(2))[:, None, None]).astype(np.float32)


def clouds(random: np.random.Generator, count: int, side: int, cells: int) -> NDArray[np.float32]:
    """Smooth noise (count, side, side) of mean 0 and deviation about 1 with `cells` bumps a side."""
    coarse = random.standard_normal((count, cells, cells)).astype(np.float32)
    return np.stack(
        [cv2.resize(one, (side, side), interpolation=cv2.INTER_CUBIC) for one in coarse]
    )


def blurred(
    random: np.random.Generator,
    pictures: NDArray[np.float32],
    sigma: Floats,
    sides: NDArray[np.integer],
    motion: Floats,
) -> NDArray[np.float32]:
    """Pictures (N, side, side, 3) out of focus, moved, and taken with fewer pixels.

    Args:
        random: directions of motion.
        pictures: left as they are.
        sigma: (N,) deviation of the Gaussian, in pixels; below 0.3 none.
        sides: (N,) side to which a picture is reduced before it is enlarged again.
        motion: (N,) length of the movement, in pixels; below 1.5 none.
    """
    angle = random.uniform(0, np.pi, len(pictures))
    side = pictures.shape[1]
    blurred = np.empty_like(pictures)
    for k, picture in enumerate(pictures):
        blurred[k] = picture
        if motion[k] >= 1.5:
            kernel = _trace(motion[k], angle[k])
            blurred[k] = cv2.filter2D(blurred[k], -1, kernel, borderType=cv2.BORDER_REPLICATE)
        if sigma[k] >= 0.3:
            deviation = float(sigma[k])
            blurred[k] = cv2.GaussianBlur(
                blurred[k], (0, 0), deviation, borderType=cv2.BORDER_REPLICATE
            )
        if sides[k] < side:
            small = cv2.resize(blurred[k], (int(sides[k]),) * 2, interpolation=cv2.INTER_AREA)
            blurred[k] = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
    return blurred


def _trace(length: float, angle: float) -> NDArray[np.float32]:
    """The kernel of a straight movement: a line of a length, summing to 1."""
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1,) * 2, np.float32)
    steps = np.linspace(-length / 2, length / 2, 4 * reach + 1)
    rows, columns = np.round(np.outer([np.sin(angle), np.cos(angle)], steps)).astype(int) + reach
    np.add.at(kernel, (rows, columns), 1)
    return kernel / kernel.sum()


def sharpened(pictures: NDArray[np.float32], amount: Floats) -> NDArray[np.float32]:
    """Pictures (N, side, side, 3) with their finest details exaggerated by `amount` (N,); none below 0."""
    result = pictures.copy()
    for k in np.flatnonzero(amount > 0):
        smooth = cv2.GaussianBlur(pictures[k], (0, 0), 0.8, borderType=cv2.BORDER_REPLICATE)
        result[k] += amount[k] * (pictures[k] - smooth)
    return result


def finished(
    random: np.random.Generator, pictures: NDArray[np.float32], noise: Floats
) -> NDArray[np.uint8]:
    """Pictures (N, side, side, 3) with noise of the camera, of deviation `noise` (N,), as bytes."""
    grain = random.standard_normal(pictures.shape, np.float32)
    return np.clip(pictures + grain * noise[:, None, None, None], 0, 255).astype(np.uint8)

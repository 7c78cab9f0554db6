"""SYN SIGNS: the 43 German signs of GTSRB drawn in code, after the set of the DANN paper.

Moiseev et al. (2013) rendered the 100,000 pictures that Ganin and Lempitsky (2015) adapt from; these are
drawn anew and are not theirs. A sign is drawn flat (`sign_templates`), put before a piece of a photograph
with a post and perhaps other signs, seen in perspective, lit, and taken with a camera that is far away,
moves, and is exposed for something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators import colours
from wsl_core.datasets.domains.generators.patches import patches
from wsl_core.datasets.domains.generators.sign_canvas import SIDE
from wsl_core.datasets.domains.generators.sign_templates import CLASSES, templates

PICTURE = 32
"""Height and width of a picture, in pixels."""

FINE = 2
"""How much finer signs are seen before light and camera."""

BATCH = 128
SCENE = PICTURE * FINE

PAINTS = np.array([
    (0, 0, 0), (225, 225, 225), (22, 22, 24), (190, 32, 40), (25, 75, 160), (240, 180, 25),
    (125, 125, 125), (30, 140, 70),
], np.float32)  # fmt: skip
"""Red, green and blue of `sign_canvas.COLOURS` in even light."""


@dataclass(frozen=True)
class Ranges:
    """What is drawn; lengths in pixels of a picture of 32 x 32, shares of its side where said so.

    Pairs are ends of a uniform distribution; where a deviation is given, it is a normal one.
    """

    width: tuple[float, float] = (0.64, 0.92)  # of the sign, as a share of the side
    position: float = 0.025  # deviation of its middle along either axis, as a share of the side
    aspect: float = 0.06  # deviation of the logarithm of width to height
    rotation: float = 0.06  # deviation, radians
    perspective: float = 0.022  # deviation of each corner, as a share of the sign
    paint: float = 0.1  # deviation of the logarithm of each paint's brightness, by age and dirt
    bleached: tuple[float, float] = (0.0, 0.3)  # share of grey in the paints
    post: float = 0.7  # probability of a post below the sign
    plate: float = 0.12  # probability of a plate below the sign
    company: float = 0.25  # probability of another sign above or below
    exposure: tuple[float, float] = (-1.6, 0.6)  # logarithm of the light on the sign, base e
    behind: float = 0.5  # deviation of the logarithm of the background's light against the sign's
    sky: float = 0.35  # probability that the background is bright and smooth
    gamma: float = 0.2  # deviation of the logarithm of the exponent
    tint: float = 0.08  # deviation of the logarithm of red, green, blue
    haze: float = (
        7.0  # light between sign and camera, 0 to 255: mean of an exponential distribution
    )
    light: tuple[float, float] = (0.0, 0.45)  # ramp across the picture, as a part of the brightness
    shade: float = 0.2  # probability that a shadow falls on a part of the picture
    fringe: float = 0.4  # probability that red and blue are seen half a pixel apart
    sharpened: tuple[float, float] = (-0.8, 1.0)  # by the camera: amount; below 0 not at all
    blur: tuple[float, float] = (-0.3, 1.0)  # deviation of the Gaussian; below 0.3 none
    small: tuple[int, int] = (12, 64)  # side that the picture was taken at; above 32 as it is
    motion: tuple[float, float] = (0.0, 4.0)  # of the camera, in every third picture
    noise: tuple[float, float] = (0.0, 3.5)  # deviation


RANGES = Ranges()


def syn_signs(
    count: int,
    photographs: Sequence[NDArray[np.uint8]],
    seed: int = 0,
    ranges: Ranges = RANGES,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Traffic signs, (count, 32, 32, 3) uint8, and their classes, (count,) int64, 0 to 42.

    Every class is as frequent as any other, up to one, in random order. The same seed and photographs
    give the same pictures; some 600 are drawn a second.

    Args:
        count: how many.
        photographs: (height, width, 3) uint8 each, at least 48 pixels on a side; of them backgrounds are cut.
        seed: of all that is random.
        ranges: what is drawn.

    Raises:
        ParameterError: there is no photograph.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(CLASSES))
    pictures = np.empty((count, PICTURE, PICTURE, 3), np.uint8)
    for first in range(0, count, BATCH):
        part = slice(first, first + BATCH)
        pictures[part] = _drawn(random, labels[part], photographs, ranges)
    return pictures, labels


def _drawn(
    random: np.random.Generator,
    labels: NDArray[np.int64],
    photographs: Sequence[NDArray[np.uint8]],
    ranges: Ranges,
) -> NDArray[np.uint8]:
    count = len(labels)

    def uniform(ends: tuple[float, float]) -> NDArray[np.float64]:
        return random.uniform(*ends, count)

    def scattered(deviation: float, *shape: int) -> NDArray[np.float64]:
        return np.exp(random.normal(0, deviation, (count, *shape)))

    exposure = np.exp(uniform(ranges.exposure))
    scenes = _backgrounds(random, count, photographs, ranges)
    scenes *= (exposure * scattered(ranges.behind))[:, None, None, None]
    paints = PAINTS * scattered(ranges.paint, len(PAINTS), 1)
    grey = paints @ colours.BRIGHTNESS
    paints += (grey[..., None] - paints) * uniform(ranges.bleached)[:, None, None]
    paints *= exposure[:, None, None]
    for k in range(count):
        _place(random, scenes[k], labels[k], paints[k].astype(np.float32), ranges)

    scenes *= scattered(ranges.tint, 3)[:, None, None]
    scenes += random.exponential(ranges.haze, count)[:, None, None, None]
    scenes *= 1 + colours.ramps(random, count, SCENE, uniform(ranges.light))[..., None]
    scenes *= _shades(random, count, ranges.shade)[..., None]
    apart = random.random(count) < ranges.fringe
    scenes[apart, :, 1:, 0] = scenes[apart, :, :-1, 0]
    scenes[apart, :, :-1, 2] = scenes[apart, :, 1:, 2]
    pictures = np.stack(
        [cv2.resize(one, (PICTURE, PICTURE), interpolation=cv2.INTER_AREA) for one in scenes]
    )
    motion = uniform(ranges.motion) * (random.random(count) < 1 / 3)
    pictures = colours.blurred(
        random, pictures, uniform(ranges.blur), random.integers(*ranges.small, count), motion
    )
    pictures = colours.sharpened(pictures, uniform(ranges.sharpened))
    gamma = scattered(ranges.gamma).astype(np.float32)[:, None, None, None]
    exposed = 255 * np.clip(pictures / 255, 0, 1) ** gamma
    return colours.finished(random, exposed.astype(np.float32), uniform(ranges.noise))


def _backgrounds(
    random: np.random.Generator,
    count: int,
    photographs: Sequence[NDArray[np.uint8]],
    ranges: Ranges,
) -> NDArray[np.float32]:
    """Pieces (count, SCENE, SCENE, 3) of photographs, mirrored and dulled at random, or of a sky."""
    found = patches(random, count, photographs, SCENE).astype(np.float32)
    found = np.clip(
        128 + (found - 128) * random.uniform(0.8, 2, count)[:, None, None, None], 5, 255
    )
    found *= random.uniform(0.3, 1.1, count)[:, None, None, None]
    dull = random.uniform(0, 0.8, count)[:, None, None, None]
    found += ((found @ colours.BRIGHTNESS)[..., None] - found) * dull
    sky = np.array([215, 225, 245]) * random.uniform(0.7, 1.25, (count, 1))
    sky = sky[:, None, None] + colours.clouds(random, count, SCENE, 4)[..., None] * 8
    # Before a sky there may be a roof or a tree: the piece stays where it is dark.
    bright = (random.random(count) < ranges.sky)[:, None, None, None]
    level = random.uniform(0, 160, count)[:, None, None]
    clear = np.clip(((found @ colours.BRIGHTNESS) - level) / 40, 0, 1)[..., None]
    return np.where(bright, found + (sky - found) * clear, found).astype(np.float32)


def _place(
    random: np.random.Generator,
    scene: NDArray[np.float32],
    label: int,
    paints: NDArray[np.float32],
    ranges: Ranges,
) -> None:
    """Put a post, plates and signs into a scene, in place; the sign of the class comes last."""
    width = random.uniform(*ranges.width) * SCENE
    aspect = np.exp(random.normal(0, ranges.aspect))
    size = np.array([width * np.sqrt(aspect), width / np.sqrt(aspect)])
    middle = SCENE / 2 + random.normal(0, ranges.position, 2) * SCENE
    if random.random() < ranges.post:
        half = random.uniform(0.02, 0.06) * width
        left, right = (round(middle[0] + side * half) for side in (-1, 1))
        scene[round(middle[1]) :, left : right + 1] = paints[6] * random.uniform(0.3, 1.2)
    if random.random() < ranges.plate:
        top = round(middle[1] + size[1] * random.uniform(0.5, 0.6))
        left, right = (round(middle[0] + side * size[0] * 0.45) for side in (-1, 1))
        scene[top:, left:right] = paints[1]
        scene[top + 2 : top + 3, left:right] = paints[2]
    if random.random() < ranges.company:
        away = np.array([0, random.choice([-1, 1]) * random.uniform(1.02, 1.12) * size[1]])
        other = int(random.integers(len(CLASSES)))
        _lay(scene, other, paints, _corners(random, middle + away, size, ranges))
    _lay(scene, label, paints, _corners(random, middle, size, ranges))


def _corners(
    random: np.random.Generator,
    middle: NDArray[np.float64],
    size: NDArray[np.float64],
    ranges: Ranges,
) -> NDArray[np.float32]:
    """Where the corners (4, 2) of a sign's square are seen."""
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    angle = random.normal(0, ranges.rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = square + random.normal(0, ranges.perspective, (4, 2))
    return np.asarray(moved * size @ turn.T + middle, np.float32)


_SQUARE = np.array([(2, 2), (SIDE - 3, 2), (SIDE - 3, SIDE - 3), (2, SIDE - 3)], np.float32)


def _lay(
    scene: NDArray[np.float32],
    label: int,
    paints: NDArray[np.float32],
    corners: NDArray[np.float32],
) -> None:
    """Lay a sign over a scene, in place."""
    shares = templates()[label]
    sign = np.dstack([shares[..., 1:] @ paints[1:], 1 - shares[..., 0]])
    matrix = cv2.getPerspectiveTransform(_SQUARE, corners)
    seen = cv2.warpPerspective(sign, matrix, (SCENE, SCENE), flags=cv2.INTER_LINEAR)
    scene *= 1 - seen[..., 3:]
    scene += seen[..., :3]


def _shades(random: np.random.Generator, count: int, probability: float) -> NDArray[np.float32]:
    """Factors (count, SCENE, SCENE) of a shadow with a straight edge, 1 where there is none."""
    angle = random.uniform(0, 2 * np.pi, count)[:, None, None]
    across = np.linspace(-0.5, 0.5, SCENE)
    place = np.cos(angle) * across + np.sin(angle) * across[:, None]
    within = np.clip((place - random.uniform(-0.3, 0.3, count)[:, None, None]) * 16 + 0.5, 0, 1)
    depth = random.uniform(0.25, 0.75, count) * (random.random(count) < probability)
    return (1 - within * depth[:, None, None]).astype(np.float32)

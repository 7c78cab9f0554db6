"""SYN NUMBERS: house numbers rendered from fonts, after the set of the DANN paper.

Ganin and Lempitsky (2015) made some 500,000 pictures from Windows fonts, "by varying the text (that
includes different one-, two-, and three-digit numbers), positioning, orientation, background and stroke
colors, and the amount of blur". Their pictures are published; these are drawn anew, from free fonts and
from digits drawn by a pen, and so are not theirs. The label is the digit in the middle.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators import colours
from wsl_core.datasets.domains.generators.glyphs import HEIGHT, SIDE, Glyphs, glyphs

PICTURE = 32
"""Height and width of a picture, in pixels."""

BATCH = 256
FAR = -3.0 * PICTURE  # a distance without ink in reach


@dataclass(frozen=True)
class Ranges:
    """What is drawn; lengths in pixels of a picture of 32 x 32, brightness from 0 to 255.

    Pairs are ends of a uniform distribution; where a mean and a deviation are given, a normal one.
    """

    height: tuple[float, float] = (17.0, 31.0)  # of the digits
    aspect: tuple[float, float] = (0.55, 1.15)  # width of a digit, as a part of the font's
    position: float = 1.8  # deviation of the middle digit's place, along either axis
    rotation: float = 0.09  # deviation, radians
    slant: float = 0.13  # deviation of the shear
    weight: tuple[float, float] = (-0.015, 0.065)  # added around strokes, as a part of the height
    gap: tuple[float, float] = (-0.01, 0.3)  # between neighbours, as a part of the height
    neighbour: float = 0.6  # probability, on either side
    brightness: tuple[float, float] = (25.0, 235.0)  # of the background
    contrast: tuple[float, float] = (22.0, 210.0)  # ink to background; small ones more often
    grey: float = 0.4  # probability that a picture has no colour
    colourful: float = 0.3  # mean saturation of the others
    plate: float = 0.3  # probability that an edge of a plate, or a wall, runs through the picture
    relief: float = 0.3  # probability that digits cast a shadow
    outline: float = 0.12  # probability that digits are outlined in a third colour
    light: tuple[float, float] = (0.0, 0.45)  # ramp across the picture, as a part of the brightness
    texture: tuple[float, float] = (0.0, 14.0)  # deviation of the smooth noise of the background
    blur: tuple[float, float] = (0.0, 2.1)  # deviation of the Gaussian
    small: tuple[int, int] = (9, 40)  # side that the picture was taken at; above 32 as it is
    motion: tuple[float, float] = (0.0, 2.5)  # of the camera
    noise: tuple[float, float] = (0.0, 4.0)  # deviation


RANGES = Ranges()


def syn_numbers(
    count: int, seed: int = 0, ranges: Ranges = RANGES
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """House numbers, (count, 32, 32, 3) uint8, and the digits in their middle, (count,) int64.

    Every digit is as frequent as any other, up to one, in random order. The same seed gives the same
    pictures; some 2,500 are drawn a second.

    Raises:
        DatasetError: matplotlib's fonts are not there.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % 10)
    pictures = np.empty((count, PICTURE, PICTURE, 3), np.uint8)
    for first in range(0, count, BATCH):
        part = slice(first, first + BATCH)
        pictures[part] = _drawn(random, glyphs(), labels[part], ranges)
    return pictures, labels


def _drawn(
    random: np.random.Generator, shapes: Glyphs, labels: NDArray[np.int64], ranges: Ranges
) -> NDArray[np.uint8]:
    count = len(labels)

    def uniform(ends: tuple[float, float]) -> NDArray[np.float64]:
        return random.uniform(*ends, count)

    def happens(probability: float) -> NDArray[np.bool_]:
        return random.random(count) < probability

    ink, cast = _inks(random, shapes, labels, ranges)
    grey = happens(ranges.grey)
    below = uniform(ranges.brightness)
    low, high = ranges.contrast
    contrast = low + (high - low) * random.beta(1.1, 1.8, count)
    room = np.stack([below, 255 - below])  # ink that would be cut off goes the other way
    brighter = np.where(room.min(0) < contrast, room[1] > room[0], happens(0.5))
    above = np.clip(below + np.where(brighter, contrast, -contrast), 0, 255)
    ground = colours.tinted(random, below, grey, ranges.colourful)
    digits = colours.tinted(random, above, grey, ranges.colourful)
    pictures = np.broadcast_to(ground[:, None, None], (count, PICTURE, PICTURE, 3)).astype(
        np.float32
    )

    beyond = colours.tinted(random, uniform(ranges.brightness), grey, ranges.colourful)
    _cover(pictures, _half_planes(random, count) * happens(ranges.plate)[:, None, None], beyond)
    pictures += (
        colours.clouds(random, count, PICTURE, 6) * uniform(ranges.texture)[:, None, None]
    )[..., None]
    third = colours.tinted(random, uniform(ranges.brightness), grey, ranges.colourful)
    dark = np.where(random.random(count) < 0.75, 0.35, 1.5)[:, None] * ground
    relief = happens(ranges.relief) * random.uniform(0.4, 1, count)
    _cover(pictures, np.clip(cast + 0.5, 0, 1) * relief[:, None, None], dark)
    width = random.uniform(0.8, 2, count)[:, None, None]
    outlined = happens(ranges.outline)[:, None, None]
    _cover(pictures, np.clip(ink + width + 0.5, 0, 1) * outlined, third)
    _cover(pictures, np.clip(ink + 0.5, 0, 1), digits)

    pictures *= 1 + colours.ramps(random, count, PICTURE, uniform(ranges.light))[..., None]
    pictures = colours.blurred(
        random,
        pictures,
        uniform(ranges.blur),
        random.integers(*ranges.small, count),
        uniform(ranges.motion) * happens(0.5),
    )
    return colours.finished(random, pictures, uniform(ranges.noise))


def _cover(
    pictures: NDArray[np.float32], share: NDArray[np.floating], colour: NDArray[np.floating]
) -> None:
    """Lay a colour (N, 3) over pictures, in place, by a share (N, side, side) from 0 to 1."""
    share = share[..., None].astype(np.float32)
    pictures += share * (colour[:, None, None].astype(np.float32) - pictures)


def _half_planes(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Shares (count, side, side) beyond an edge that is nearly upright or level, off the middle."""
    angle = random.integers(0, 4, count) * np.pi / 2 + random.normal(0, 0.1, count)
    away = random.uniform(0.28, 0.6, count)[:, None, None]
    across = np.linspace(-0.5, 0.5, PICTURE)
    place = np.cos(angle)[:, None, None] * across + np.sin(angle)[:, None, None] * across[:, None]
    return np.clip((place - away) * PICTURE + 0.5, 0, 1).astype(np.float32)


def _inks(
    random: np.random.Generator, shapes: Glyphs, labels: NDArray[np.int64], ranges: Ranges
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distances (N, side, side) to the digits' outlines and to those of their shadows, in pixels."""
    count = len(labels)
    family = random.choice(len(shapes.shares), count, p=shapes.shares)
    text = np.stack([random.integers(0, 10, count), labels, random.integers(0, 10, count)], axis=1)
    families = np.repeat(family[:, None], 3, axis=1)
    # Fonts for text give a 1 its foot; on walls it mostly has none.
    bare = (text == 1) & (random.random(count) < 0.5)[:, None]
    families[bare] = len(shapes.shares) - 1 - (random.random(bare.sum()) < 0.4)
    chosen = shapes.choose(random, families, text)
    widths = shapes.widths[chosen]
    gap = random.uniform(*ranges.gap, (count, 2))
    places = np.zeros((count, 3))
    places[:, 0] = -(widths[:, 0] + widths[:, 1]) / 2 - gap[:, 0]
    places[:, 2] = (widths[:, 1] + widths[:, 2]) / 2 + gap[:, 1]
    there = random.random((count, 3)) < ranges.neighbour
    there[:, 1] = True

    height = random.uniform(*ranges.height, count)
    aspect = random.uniform(*ranges.aspect, count)
    angle, slant = random.normal(0, ranges.rotation, count), random.normal(0, ranges.slant, count)
    middle = random.normal(0, ranges.position, (count, 2)) + (PICTURE - 1) / 2
    weight = random.uniform(*ranges.weight, count) * height
    shift = random.uniform(-1, 1, (count, 2)) * np.maximum(1, height / 16)[:, None]
    linear = np.empty((count, 2, 2))
    linear[:, 0, 0], linear[:, 0, 1] = np.cos(angle) * aspect, np.cos(angle) * slant - np.sin(angle)
    linear[:, 1, 0], linear[:, 1, 1] = np.sin(angle) * aspect, np.sin(angle) * slant + np.cos(angle)
    linear *= (height / HEIGHT)[:, None, None]
    # One scale for distances, though the two axes have their own: strokes stay visible either way.
    scale = height / HEIGHT * np.sqrt(aspect)
    ink = np.full((count, PICTURE, PICTURE), FAR, np.float32)
    cast = np.full_like(ink, FAR)
    for k in range(count):
        for digit in np.flatnonzero(there[k]):
            offset = linear[k] @ [places[k, digit] * HEIGHT, 0]
            _add(ink[k], shapes.fields[chosen[k, digit]], linear[k], middle[k] + offset)
            _add(cast[k], shapes.fields[chosen[k, digit]], linear[k], middle[k] + offset + shift[k])
    factor, more = scale[:, None, None], weight[:, None, None]
    return (ink * factor + more).astype(np.float32), (cast * factor + more).astype(np.float32)


def _add(
    distance: NDArray[np.float32],
    field: NDArray[np.float32],
    linear: NDArray[np.float64],
    middle: NDArray[np.float64],
) -> None:
    """Add a digit to a field of distances, in place; distances stay in the pixels of its own field."""
    away = middle - linear @ [(SIDE - 1) / 2, (SIDE - 1) / 2]
    matrix = np.concatenate([linear, away[:, None]], axis=1)
    warped = cv2.warpAffine(
        field, matrix, (PICTURE, PICTURE), flags=cv2.INTER_LINEAR, borderValue=FAR
    )
    np.maximum(distance, warped, out=distance)

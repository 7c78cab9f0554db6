"""Digits rendered from fonts, white on black and framed like MNIST's: the source of `rendered-digits`."""

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators.glyphs import HEIGHT, SIDE, glyphs

PICTURE = 28
"""Height and width of a digit's picture, in pixels, as MNIST's."""

TALL = 20.0
"""MNIST scales every digit to fit into 20 x 20 pixels and puts its centre of mass into the middle."""


def printed_digits(count: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Digits (count, 28, 28) uint8, 0 for paper and 255 for ink, and their labels (count,) int64.

    Height 18 to 20 px, width 65 to 105 % of the font's, slanted by -0.1 to 0.45, turned by up to 0.15
    radians, strokes thinned or thickened by up to 0.6 px. Every digit is as frequent as any other, up to
    one, in random order; the same seed gives the same digits.

    Raises:
        DatasetError: matplotlib's fonts are not there.
    """
    random = np.random.default_rng(seed)
    shapes = glyphs()
    labels = random.permutation(np.arange(count) % 10)
    family = random.choice(len(shapes.shares), count, p=shapes.shares)
    chosen = shapes.choose(random, family, labels)
    height, aspect = random.uniform(18, TALL, count), random.uniform(0.65, 1.05, count)
    slant, angle = random.uniform(-0.1, 0.45, count), random.uniform(-0.15, 0.15, count)
    weight = random.uniform(-0.3, 0.6, count)
    pictures = np.empty((count, PICTURE, PICTURE), np.uint8)
    for k in range(count):
        cos, sin = np.cos(angle[k]), np.sin(angle[k])
        linear = np.array([[cos, -sin], [sin, cos]]) @ [[aspect[k], -slant[k]], [0, 1]]
        linear *= height[k] / HEIGHT
        away = (PICTURE - 1) / 2 - linear @ np.full(2, (SIDE - 1) / 2)
        matrix = np.column_stack([linear, away])
        field = cv2.warpAffine(shapes.fields[chosen[k]], matrix, (PICTURE,) * 2, borderValue=-SIDE)
        ink = np.clip(field * height[k] / HEIGHT + weight[k] + 0.5, 0, 1)
        pictures[k] = _centred(ink) * 255
    return pictures, labels


def _centred(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ink with its centre of mass in the middle, by whole pixels."""
    mass = max(float(ink.sum()), 1.0)
    places = np.arange(PICTURE)
    down = round((PICTURE - 1) / 2 - float(ink.sum(1) @ places) / mass)
    right = round((PICTURE - 1) / 2 - float(ink.sum(0) @ places) / mass)
    return np.roll(ink, (down, right), axis=(0, 1))

"""Tiny pairs of domains for tests: blobs, and pictures of bars."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Half:
    values: NDArray[Any]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Values:
    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Toy:
    source: Half
    target: Values
    evaluation: Half


def blobs(degrees: float = 20, count: int = 300, seed: int = 0) -> Toy:
    """Four blobs in a slanted plane of eight dimensions; the target is turned in it and moved along it."""
    draw = np.random.default_rng(seed)
    slant, _ = np.linalg.qr(draw.normal(size=(8, 8)))
    middles = np.array([[3.0, 0], [1.6, 0.9], [-1.5, 0.8], [-2.5, -1.2]])

    def half(*, turned: bool) -> Half:
        labels = draw.integers(4, size=count)
        plane = middles[labels] + draw.normal(0, 0.25, (count, 2))
        angle = np.radians(degrees) if turned else 0.0
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        plane = plane @ turn + (np.array([4.0, -3.0]) if turned else 0)
        rest = draw.normal(0, 0.1, (count, 6))
        return Half((np.concatenate([plane, rest], 1) @ slant).astype(np.float32), labels)

    source, target, evaluation = half(turned=False), half(turned=True), half(turned=True)
    return Toy(source, Values(target.values), evaluation)


def bars(count: int = 60, side: int = 20, seed: int = 0) -> Toy:
    """Pictures of an upright or a lying bar, white on black; in the target on grey, and noisy."""
    draw = np.random.default_rng(seed)

    def half(*, grey: bool) -> Half:
        labels = draw.integers(2, size=count)
        pictures = np.zeros((count, side, side, 3))
        for picture, label in zip(pictures, labels, strict=True):
            place = int(draw.integers(2, side - 4))
            picture[
                (slice(None), slice(place, place + 3)) if label else slice(place, place + 3)
            ] = 230
        if grey:
            pictures = 90 + pictures / 3 + draw.normal(0, 20, pictures.shape)
        return Half(pictures.clip(0, 255).astype(np.uint8), labels)

    source, target, evaluation = half(grey=False), half(grey=True), half(grey=True)
    return Toy(source, Values(target.values), evaluation)

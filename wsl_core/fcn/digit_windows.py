"""The windows of a canvas that LeNet is trained on, digits in the middle and all that is not.

A network slid over a canvas mostly sees windows without a digit in their middle: bare paper, a digit
at the edge, halves of two neighbours, scribbles. Each kind is drawn here, on the fly. How far a digit
counts as "in the middle" is a ramp and not an edge, so that the map of its class has one summit.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from wsl_core.datasets.digits import SIDE, Digits
from wsl_core.fcn.strokes import drawn
from wsl_core.networks.lenet import WINDOW

FULL, NONE = 3.0, 7.0
"""Pixels from the middle (the larger of both axes) up to which a digit's target is 1, and 0 beyond."""

SCRIBBLE_SIDE = 64


@dataclass(frozen=True)
class Windows:
    """A source of training windows.

    Attributes:
        digits: to draw from.
        scribbles: (N, 64, 64) uint8 ink, of which windows are cut.
    """

    digits: Digits
    scribbles: NDArray[np.uint8]

    def draw(self, random: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Windows (count, 1, 32, 32), 0 for paper to -1 for ink, and targets (count, 10), 0 to 1.

        Three in five hold a digit near the middle, one in five a digit further off, one in five none;
        neighbours stand beside them, scribbles lie where there is no digit in the middle.
        """
        kind = random.random(count)
        reach = np.where(kind < 0.6, 4.5, 20)
        offset = random.uniform(-1, 1, (count, 2)) * reach[:, None]
        there = kind < 0.8
        ink, labels = torch.zeros(count, 1, WINDOW, WINDOW), np.zeros(count, np.int64)
        labels[there] = self._add_digits(random, ink, offset, there)
        for _ in range(2):
            angle = random.uniform(0, 2 * math.pi, count)
            direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
            direction *= (random.uniform(22, 32, count) / abs(direction).max(axis=1))[:, None]
            self._add_digits(random, ink, offset + direction, random.random(count) < 0.35)
        distance = np.where(there, abs(offset).max(axis=1), np.inf)
        self._add_scribbles(random, ink, (random.random(count) < 0.5) & (distance > NONE))
        targets = np.zeros((count, 10), np.float32)
        targets[np.arange(count), labels] = np.clip((NONE - distance) / (NONE - FULL), 0, 1)
        ink *= torch.from_numpy(random.uniform(0.6, 1, (count, 1, 1, 1)).astype(np.float32))
        return -ink, torch.from_numpy(targets)

    def _add_digits(
        self,
        random: np.random.Generator,
        ink: Tensor,
        offset: NDArray[np.float64],
        there: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Put a random digit into the windows `there`, `offset` (x, y) from the middle; their labels."""
        count = int(there.sum())
        which = random.integers(0, len(self.digits), count)
        if not count:
            return self.digits.labels[which]
        pictures = torch.from_numpy(self.digits.pictures[which]).float().div(255)[:, None]
        pictures = _thickened(pictures, random.uniform(-0.4, 0.7, count))
        scale = random.uniform(0.75, 1.3, (count, 1)) * random.uniform(0.9, 1.1, (count, 2))
        matrix = _inverse(
            scale, random.uniform(-0.25, 0.25, count), random.uniform(-0.2, 0.2, count)
        )
        shift = -(matrix @ offset[there][..., None])
        grid = np.concatenate([matrix * WINDOW / SIDE, shift * 2 / SIDE], axis=2)
        sampling = functional.affine_grid(
            torch.from_numpy(grid.astype(np.float32)),
            [count, 1, WINDOW, WINDOW],
            align_corners=False,
        )
        windows = torch.from_numpy(np.flatnonzero(there))
        seen = functional.grid_sample(pictures, sampling, align_corners=False)
        ink[windows] = torch.maximum(ink[windows], seen)
        return self.digits.labels[which]

    def _add_scribbles(
        self, random: np.random.Generator, ink: Tensor, there: NDArray[np.bool_]
    ) -> None:
        """Put a part of some scribble into the windows `there`."""
        for window in np.flatnonzero(there):
            scribble = self.scribbles[random.integers(len(self.scribbles))]
            top, left = random.integers(0, SCRIBBLE_SIDE - WINDOW + 1, 2)
            part = scribble[top : top + WINDOW, left : left + WINDOW].astype(np.float32) / 255
            ink[window, 0] = torch.maximum(ink[window, 0], torch.from_numpy(part))


def _thickened(ink: Tensor, amount: NDArray[np.float64]) -> Tensor:
    """Ink thickened (amount up to 1) or thinned (down to -1) by parts of a pixel to each side."""
    share = torch.from_numpy(amount.astype(np.float32))[:, None, None, None]
    thick = functional.max_pool2d(ink, 3, 1, 1)
    thin = -functional.max_pool2d(-ink, 3, 1, 1)
    return torch.lerp(ink, torch.where(share > 0, thick, thin), share.abs())


def _inverse(
    scale: NDArray[np.float64], angle: NDArray[np.float64], shear: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, 2, 2): from window to digit, the inverse of scaling, shearing and turning (radians)."""
    cosine, sine, none, one = np.cos(angle), np.sin(angle), 0 * angle, 1 + 0 * angle
    turn = np.stack([cosine, -sine, sine, cosine], axis=1).reshape(-1, 2, 2)
    slant = np.stack([one, shear, none, one], axis=1).reshape(-1, 2, 2)
    forwards = turn @ slant @ (scale[..., None] * np.eye(2))
    return np.asarray(np.linalg.inv(forwards), dtype=np.float64)


def scribbles(seed: int, count: int) -> NDArray[np.uint8]:
    """Drawings (count, 64, 64) that are no digits: long lines, grids, waves, spirals, dots, hatching."""
    random = np.random.default_rng([seed, count])
    kinds = (_lines, _grid, _wave, _spiral, _dots, _zigzag)
    return np.stack(
        [
            drawn(
                kinds[int(random.integers(len(kinds)))](random),
                SCRIBBLE_SIDE,
                SCRIBBLE_SIDE,
                pen=float(random.uniform(1.2, 4)),
            )
            for _ in range(count)
        ]
    )


Path = NDArray[np.float64]
_FAR = 1.5 * SCRIBBLE_SIDE


def _lines(random: np.random.Generator) -> list[Path]:
    """One to three straight lines right across."""
    through = random.uniform(0, SCRIBBLE_SIDE, (int(random.integers(1, 4)), 2))
    angles = random.uniform(0, math.pi, len(through))
    directions = _FAR * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return [
        np.stack([point - along, point + along])
        for point, along in zip(through, directions, strict=True)
    ]


def _grid(random: np.random.Generator) -> list[Path]:
    """Squared or ruled paper."""
    step, start = random.uniform(6, 24), random.uniform(0, 24)
    places = np.arange(start - 24, SCRIBBLE_SIDE, step)
    down = [np.array([(place, -1), (place, _FAR)]) for place in places]
    across = [np.array([(-1, place), (_FAR, place)]) for place in places]
    return (random.choice([0, 1, 2]) and across) or down + across


def _wave(random: np.random.Generator) -> list[Path]:
    """A wavy line right across."""
    t = np.linspace(-0.2, 1.2, 60) * SCRIBBLE_SIDE
    swing = random.uniform(2, 14) * np.sin(2 * math.pi * t / random.uniform(8, 40))
    centre, angle = random.uniform(10, SCRIBBLE_SIDE - 10), random.uniform(0, math.pi)
    turn = np.array([(math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))])
    middle = SCRIBBLE_SIDE / 2
    return [np.stack([t - middle, swing + centre - middle], axis=1) @ turn + middle]


def _spiral(random: np.random.Generator) -> list[Path]:
    """Several turns of a pen on the spot."""
    t = np.linspace(0, 1, 90)[:, None]
    turns = 2 * math.pi * random.uniform(3, 6) * t
    size = random.uniform(5, 24, 2) * random.uniform(0.4, 1) + random.uniform(-6, 6) * t
    drift = random.uniform(-30, 30, 2) * t
    centre = random.uniform(12, SCRIBBLE_SIDE - 12, 2)
    return [centre + drift + size * np.concatenate([np.cos(turns), np.sin(turns)], axis=1)]


def _dots(random: np.random.Generator) -> list[Path]:
    """Dots and short dashes."""
    places = random.uniform(0, SCRIBBLE_SIDE, (int(random.integers(2, 14)), 2))
    return [np.stack([place, place + random.uniform(-4, 4, 2)]) for place in places]


def _zigzag(random: np.random.Generator) -> list[Path]:
    """Hatching: a pen to and fro."""
    count = int(random.integers(6, 16))
    t = np.arange(count) * random.uniform(2, 6)
    swing = random.uniform(8, 30) * (np.arange(count) % 2) + random.uniform(-2, 2, count)
    start, path = random.uniform(0, 30, 2), np.stack([t, swing], axis=1)
    return [start + (path if random.random() < 0.5 else path[:, ::-1])]

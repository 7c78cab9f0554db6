"""Pictures changed at random: a warp, then light; imported in workers only.

What is drawn comes from a NumPy generator, so that a step sees the same whichever run it belongs to.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Change:
    """How far pictures are changed; everything is drawn evenly within its range, for each picture.

    Attributes:
        rotation: largest, in radians.
        scale: largest change of size, as a share.
        aspect: largest change of width against height, as a share.
        shear: largest.
        shift: largest, in pixels.
        gamma: largest logarithm of the exponent.
        gain: smallest and largest logarithm of the factor.
        tint: largest change of one channel, as a share.
        noise: standard deviation, of 0..1.
        blur: share of the pictures that are blurred.
    """

    rotation: float = 0.0
    scale: float = 0.0
    aspect: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    gamma: float = 0.0
    gain: tuple[float, float] = (0.0, 0.0)
    tint: float = 0.0
    noise: float = 0.0
    blur: float = 0.0

    @property
    def bends(self) -> bool:
        """Whether more is moved than whole pixels."""
        return any((self.rotation, self.scale, self.aspect, self.shear))


CHANGES = {
    "none": Change(),
    "shift": Change(shift=3),
    "affine": Change(rotation=0.25, scale=0.2, aspect=0.15, shear=0.2, shift=2),
    "signs": Change(rotation=0.2, scale=0.2, aspect=0.1, shear=0.15, shift=2.4, gamma=0.8, gain=(-1.8, 0.6),
                    tint=0.15, noise=0.04, blur=0.45),
}  # fmt: skip
"""Every augmentation, by name."""


def changed(
    pictures: Tensor, name: str, random: np.random.Generator, *, negatives: bool = False
) -> Tensor:
    """Pictures changed at random, each in its own way.

    Args:
        pictures: (N, 3, H, W) from 0 to 1.
        name: of the augmentation.
        random: what is drawn comes from it.
        negatives: turn half of them into negatives, at random.
    """
    change = CHANGES[name]
    if change.bends:
        pictures = _warped(pictures, change, random)
    elif change.shift:
        pictures = _rolled(pictures, int(change.shift), random)
    if change.gain != (0.0, 0.0) or change.gamma or change.tint:
        pictures = _lit(pictures, change, random)
    if change.blur:
        blurred = functional.avg_pool2d(pictures, 3, 1, 1, count_include_pad=False)
        pictures = torch.where(_some(len(pictures), change.blur, random), blurred, pictures)
    if change.noise:
        noise = random.standard_normal(tuple(pictures.shape), dtype=np.float32)
        pictures = (pictures + change.noise * torch.from_numpy(noise)).clamp(0, 1)
    if negatives:
        pictures = torch.where(_some(len(pictures), 0.5, random), 1 - pictures, pictures)
    return pictures.contiguous(memory_format=torch.channels_last)


def _some(count: int, share: float, random: np.random.Generator) -> Tensor:
    return torch.from_numpy(random.random(count) < share)[:, None, None, None]


def _drawn(count: int, low: float, high: float, random: np.random.Generator) -> Tensor:
    return torch.from_numpy(random.uniform(low, high, count).astype(np.float32))


def _rolled(pictures: Tensor, most: int, random: np.random.Generator) -> Tensor:
    """Moved by whole pixels; what leaves on one side comes in on the other."""
    height, width = pictures.shape[2:]
    down, right = (torch.from_numpy(random.integers(-most, most + 1, len(pictures))) for _ in "yx")
    rows = (torch.arange(height)[None] - down[:, None]) % height
    columns = (torch.arange(width)[None] - right[:, None]) % width
    number = torch.arange(len(pictures))[:, None, None]
    # Indices before and after the slice bring the channels to the end: (N, H, W, 3).
    return pictures[number, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _warped(pictures: Tensor, change: Change, random: np.random.Generator) -> Tensor:
    """Turned, scaled, sheared and moved; the border goes on outside."""
    count, side = len(pictures), pictures.shape[2]

    def draw(most: float) -> Tensor:
        return _drawn(count, -most, most, random)

    angle, shear = draw(change.rotation), draw(change.shear)
    size, aspect = torch.exp(draw(change.scale)), torch.exp(draw(change.aspect) / 2)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    wide, high = size * aspect, size / aspect
    rows = [
        torch.stack(
            [cosine * wide, (shear * cosine - sine) * high, draw(2 * change.shift / side)], 1
        ),
        torch.stack(
            [sine * wide, (shear * sine + cosine) * high, draw(2 * change.shift / side)], 1
        ),
    ]
    grid = functional.affine_grid(torch.stack(rows, 1), list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _lit(pictures: Tensor, change: Change, random: np.random.Generator) -> Tensor:
    """Other gamma, brighter or darker, and tinted."""
    count = len(pictures)
    gamma = torch.exp(_drawn(count, -change.gamma, change.gamma, random))[:, None, None, None]
    gain = torch.exp(_drawn(count, *change.gain, random))[:, None, None, None]
    tint = 1 + _drawn(3 * count, -change.tint, change.tint, random).reshape(count, 3, 1, 1)
    return (pictures.clamp(min=1e-6) ** gamma * gain * tint).clamp(0, 1)

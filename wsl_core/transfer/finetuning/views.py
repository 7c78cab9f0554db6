"""How a picture is seen in training: whole, mirrored, then cropped and mirrored at random.

A picture has a fixed number of views, so that what a frozen network makes of them is computed once. View 0
is the picture as it is tested. A crop keeps the picture's shape and is enlarged to the same size.
"""

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks.network import resized
from wsl_core.transfer.finetuning.examples import Samples

SMALLEST = 0.7  # side of a crop, over that of the picture


def view(
    samples: Samples, picture: int, number: int, seed: int, *, mirror: bool = True
) -> NDArray[np.uint8]:
    """A picture in one of its views, (height, width, 3) uint8 as it is fed.

    Args:
        samples: the pictures.
        picture: its number.
        number: 0 whole; 1 whole and mirrored, from 2 on cropped and every other one mirrored. Without
            mirroring all but 0 are cropped.
        seed: of the crops.
        mirror: whether a mirrored picture still shows its class.
    """
    pixels, fed = samples.pictures[picture], samples.fed[picture]
    if number >= (2 if mirror else 1):
        random = np.random.default_rng([seed, 2, picture, number])
        share = random.uniform(SMALLEST, 1.0)
        sides = [max(1, round(share * side)) for side in pixels.shape[:2]]
        top, left = (
            int(random.integers(whole - side + 1))
            for whole, side in zip(pixels.shape[:2], sides, strict=True)
        )
        pixels = pixels[top : top + sides[0], left : left + sides[1]]
    found = resized(np.ascontiguousarray(pixels), *fed)
    return np.ascontiguousarray(found[:, ::-1]) if mirror and number % 2 else found

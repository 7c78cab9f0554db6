"""Label pictures as VOC's: one byte a pixel, and the 256 colours in which everybody knows them.

The colour of a label spreads its bits over red, green and blue, the highest bits first, so that labels
that differ little are of colours that differ much (VOCdevkit, VOCcode/VOClabelcolormap.m).
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def _colours() -> NDArray[np.uint8]:
    rest, found = np.arange(256), np.zeros((256, 3), int)
    for bit in range(7, -1, -1):
        for channel in range(3):
            found[:, channel] |= (rest >> channel & 1) << bit
        rest >>= 3
    return found.astype(np.uint8)


COLOURS = _colours()
"""(256, 3) red, green and blue of every label; 0, the background, is black, 255 is not judged."""


def painted(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(height, width) labels -> (height, width, 3) their colours."""
    return COLOURS[labels]


def png(labels: NDArray[np.uint8]) -> bytes:
    """A palette PNG whose values are the labels, (height, width) uint8, as VOC publishes its masks."""
    picture = Image.fromarray(np.ascontiguousarray(labels, np.uint8))
    picture.putpalette(COLOURS.tobytes())  # one byte a pixel and a palette: mode P
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()

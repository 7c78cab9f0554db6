"""Masks of the gallery's pictures, labelled as VOC's: exact where objects were pasted, else outlines."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.datasets import voc
from wsl_core.datasets.gallery_objects import SHOWS
from wsl_core.images.cutouts import COLLAGES, OUTLINED, outlined
from wsl_core.images.scenes import SCENES

Labels = NDArray[np.uint8]
EXACT = "known, since the picture was composed"
TRACED = "outlined by hand on the gallery's photograph"
DEPTH = "taken from the depth that was measured with the photograph"


def label(key: str) -> int:
    """The label of VOC's class that a gallery photograph shows; 0 where it shows none."""
    return 1 + voc.CLASSES.index(SHOWS[key]) if key in SHOWS else 0


@lru_cache(maxsize=8)
def mask(key: str) -> tuple[Labels, str] | None:
    """The mask of a gallery picture, and how it is known; None where it is not.

    Args:
        key: of the picture.

    Returns:
        (height, width) uint8, 0 background, 1 + place of a class of VOC.

    Raises:
        ImageError: a photograph that it is made from is not installed.
    """
    if key in COLLAGES:
        collage = COLLAGES[key]
        table = np.array([0, *(label(part.key) for part in collage.parts)], np.uint8)
        return table[collage.owners()], EXACT
    if key in SCENES:
        return _of_scene(key), EXACT
    if key in OUTLINED:
        return outlined(key) * np.uint8(label(key)), DEPTH if key == "motorcycle" else TRACED
    return None


def _of_scene(key: str) -> Labels:
    """What was outlined in a photograph, where the scene shows it."""
    scene = SCENES[key]
    canvas = Image.new("L", scene.size)
    for item in scene.objects:
        left, top, right, bottom = item.box
        size, number = (right - left, bottom - top), label(item.key)
        shape = Image.new("L", size)
        if number:
            whole = Image.fromarray(outlined(item.key) * np.uint8(number))
            shape = whole.crop(item.cut).resize(size, Image.Resampling.NEAREST)
        canvas.paste(shape, (left, top))
    return np.asarray(canvas)

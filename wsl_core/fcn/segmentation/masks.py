"""Masks as VOC publishes them: palette PNGs whose bytes are labels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.datasets.labelled import LabelledPicture, read_mask
from wsl_core.errors import DatasetError
from wsl_core.fcn.segmentation.measure import NOT_JUDGED
from wsl_core.fcn.segmentation.palette import COLOURS


def read(picture: LabelledPicture, classes: int) -> NDArray[np.uint8]:
    """The mask of a picture, (height, width): 0 background, 1 + place of a class, 255 not to be judged.

    Args:
        picture: one that has a mask.
        classes: how many there are, the background not counted.

    Raises:
        DatasetError: it cannot be read, is of another size than the picture, its palette is not VOC's, or
            it holds labels that are no classes.
    """
    found = read_mask(picture)
    assert picture.mask is not None  # else it could not be read
    labels = np.unique(found)
    with Image.open(picture.mask) as file:
        colours = np.array(file.getpalette() or (), np.uint8).reshape(-1, 3)
        palette = file.mode == "P"
    known = labels[labels < len(colours)]
    odd = known[(colours[known] != COLOURS[known]).any(1) & (known != NOT_JUDGED)]
    if palette and (len(odd) or len(known) < len(labels)):
        one = odd[0] if len(odd) else labels[-1]
        colour = f"the colour {tuple(colours[one].tolist())}" if one < len(colours) else "no colour"
        raise DatasetError(
            f"The mask {picture.mask.name} gives its label {one} {colour}. Accepted is VOC's palette, where "
            f"it is {tuple(COLOURS[one].tolist())}, or grey values: with other palettes labels mean other "
            f"classes. Get the set again."
        )
    wrong = labels[(labels > classes) & (labels != NOT_JUDGED)]
    if len(wrong):
        raise DatasetError(
            f"The mask {picture.mask.name} holds the label {wrong[0]}. Accepted are 0 to {classes}, as there "
            f"are {classes} classes and the background, and {NOT_JUDGED}. Get the set again."
        )
    return found

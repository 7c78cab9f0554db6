"""Thin parts of objects, which smoothing takes away first: how many of their pixels have the right label."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.segmentation.on_picture import at_size

Labels = NDArray[np.uint8]
PART = 40  # the longer side over this is the diameter of a disc that thin parts have no room for


class Thin(NamedTuple):
    """Pixels of an object's thin parts.

    Attributes:
        pixels: how many there are in the mask.
        right: how many of them have the object's label.
    """

    pixels: int
    right: int

    @property
    def share(self) -> float | None:
        """Of those that are right, 0 to 1; None where nothing is thin."""
        return self.right / self.pixels if self.pixels else None


def thin_parts(mask: Labels, number: int) -> NDArray[np.bool_]:
    """(height, width) what opening by a disc takes away from a label's area.

    Args:
        mask: (height, width) labels.
        number: which of them.
    """
    area = (mask == number).astype(np.uint8)
    side = max(3, round(max(mask.shape) / PART) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(area > cv2.morphologyEx(area, cv2.MORPH_OPEN, disc))


def found_of_thin(labels: Labels, mask: Labels, number: int) -> Thin:
    """How much of a label's thin parts is found.

    Args:
        labels: (h, w), of the mask's size or of a smaller drawing.
        mask: (height, width) true labels.
        number: which of them.
    """
    parts = thin_parts(mask, number)
    right = at_size(labels, *mask.shape)[parts] == number
    return Thin(int(parts.sum()), int(right.sum()))

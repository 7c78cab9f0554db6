"""Mean intersection over union from one confusion matrix over all pictures.

    IoU_c = both / (labelled + predicted - both)        Everingham et al., IJCV 2015, eq. 4

Pixels that are not to be judged (255 in VOC's masks) are left out. A class that is neither labelled nor
predicted has no figure and is left out of the mean; one that is only predicted counts 0.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError

NOT_JUDGED = 255


@dataclass
class Confusion:
    """Pixels by their label and what they were taken for; grows picture by picture.

    Attributes:
        classes: (K,) names, the background first.
        pixels: (K, K) counts, a row a label, a column a prediction.
    """

    classes: tuple[str, ...]
    pixels: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is counted yet."""
        self.pixels = np.zeros((len(self.classes),) * 2, np.int64)

    def add(self, mask: NDArray[np.uint8], predicted: NDArray[np.integer]) -> None:
        """Count a picture.

        Args:
            mask: (height, width) labels, 255 where none is to be judged.
            predicted: (height, width) labels.

        Raises:
            ParameterError: shapes that differ, or labels that are no classes.
        """
        if mask.shape != predicted.shape:
            raise ParameterError(
                f"The mask is of {mask.shape[0]} x {mask.shape[1]} pixels and the prediction of "
                f"{predicted.shape[0]} x {predicted.shape[1]}. Accepted are two of one size: draw the "
                f"prediction at the picture's size."
            )
        judged = mask != NOT_JUDGED
        labels, found = mask[judged].astype(np.int64), predicted[judged].astype(np.int64)
        count = len(self.classes)
        most = max(labels.max(initial=0), found.max(initial=0))
        if most >= count or found.min(initial=0) < 0:
            raise ParameterError(
                f"A label {most} was found. Accepted are 0 to {count - 1}, as there are {count} classes, and "
                f"{NOT_JUDGED} in masks: check which set they belong to."
            )
        self.pixels += np.bincount(labels * count + found, minlength=count**2).reshape(count, count)

    def overlaps(self) -> dict[str, float | None]:
        """Intersection over union of each class, 0 to 1; None for one that occurs nowhere."""
        both = self.pixels.diagonal()
        either = self.pixels.sum(0) + self.pixels.sum(1) - both
        pairs = zip(self.classes, both.tolist(), either.tolist(), strict=True)
        return {name: one / all_ if all_ else None for name, one, all_ in pairs}

    @property
    def miou(self) -> float | None:
        """Their mean; None before anything is counted."""
        found = [one for one in self.overlaps().values() if one is not None]
        return sum(found) / len(found) if found else None

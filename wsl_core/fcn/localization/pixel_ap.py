"""PxAP class by class, over the pictures whose objects were outlined by people."""

import numpy as np

from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.per_class import PerClass
from wsl_core.fcn.localization.pixel_precision import PxAP


class PixelAP:
    """For every class PxAP over the pictures that show it and have an official mask."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._of: dict[int, PxAP] = {}
        self._images: dict[int, int] = {}
        self._classes = 0
        self.pictures = 0
        """How many pictures had a mask of a class that they show."""

    def update(self, evidence: Evidence) -> None:
        """Take in one picture; nothing where it has no mask."""
        self._classes = len(evidence.labels)
        for index, counts in zip(evidence.masked.tolist(), evidence.pixels[:, 0], strict=True):
            self._of.setdefault(index, PxAP()).add(counts)
            self._images[index] = self._images.get(index, 0) + 1
        self.pictures += bool(len(evidence.pixels))

    def compute(self) -> PerClass:
        """Over the pictures so far; NaN for a class without a mask."""
        values = np.full(self._classes, np.nan)
        for index, metric in self._of.items():
            values[index] = metric.compute()
        images = [self._images.get(index, 0) for index in range(self._classes)]
        return PerClass(values, np.array(images, np.int64))

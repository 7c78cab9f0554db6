"""PxAP: are the object's pixels higher than all others? (Choe et al., CVPR 2020)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wsl_core.errors import ParameterError

IGNORED = 255


class PxAP:
    """Average precision over the pixels of all pictures together, at thresholds a thousandth apart.

    Each map is stretched to 0 .. 1 by its own extremes, as the published program asks for; there is no
    envelope.
    """

    def __init__(self, steps: int = 1000) -> None:
        self.steps = steps
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._counts: NDArray[np.int64] = np.zeros((2, self.steps + 1), np.int64)

    def update(self, values: ArrayLike, mask: ArrayLike) -> None:
        """Take in one map (rows, columns) and its mask of the same shape: 1 object, 0 not, 255 ignored.

        Raises:
            ParameterError: map and mask of different shapes.
        """
        drawn, truth = np.asarray(values, float), np.asarray(mask)
        if drawn.shape != truth.shape:
            raise ParameterError(
                f"The map is of shape {drawn.shape} and the mask of {truth.shape}. Resize the mask to "
                f"the map, without interpolation."
            )
        span = np.ptp(drawn)
        scaled = (drawn - drawn.min()) / span if span > 0 else np.zeros_like(drawn)
        level = np.floor(scaled * self.steps + 1e-9).astype(int)
        for kind in (0, 1):
            self._counts[kind] += np.bincount(level[truth == kind], minlength=self.steps + 1)

    def compute(self) -> float:
        """Over the pixels so far, 0 .. 1; NaN where no pixel is of an object."""
        wrong, right = np.cumsum(self._counts[:, ::-1], axis=1)
        if not right[-1]:
            return float("nan")
        precision = right / np.maximum(right + wrong, 1)
        return float(np.sum(np.diff(right, prepend=0) * precision) / right[-1])

"""Distances in deviations within classes: where pictures of one class differ, a difference tells little.

    x -> (S / s + shrinkage I)^(-1/2) x,   S = covariance within the seen classes, s = its mean eigenvalue

then length 1. Fisher's measure with the covariance drawn towards a multiple of the identity (O. Ledoit,
M. Wolf, 2004), since there are fewer pictures than features. With a large shrinkage nothing changes.
"""

from dataclasses import dataclass, field

import numpy as np

from wsl_core.transfer.zero_shot.scaling import Float, Labels, unit


@dataclass(frozen=True, eq=False)
class Within:
    """The measure.

    Attributes:
        directions: (R, D) orthonormal, those in which pictures of one class differ.
        change: (R,) what a length along each is multiplied by, less 1; all others stay as they are.
    """

    directions: Float = field(repr=False)
    change: Float = field(repr=False)

    @classmethod
    def of(cls, rows: Float, labels: Labels, means: Float, shrinkage: float) -> "Within":
        """From the rows (N, D) of the seen classes, their labels (N,) and the classes' means (classes, D)."""
        apart = (rows - means[labels]).astype(np.float64)
        values, vectors = np.linalg.eigh(apart @ apart.T / len(rows))
        kept = values > values[-1] * 1e-8
        if not values[-1] > 0:  # one picture a class
            return cls(np.zeros((0, rows.shape[1])), np.zeros(0))
        values = values[kept]
        directions = (vectors[:, kept].T @ apart) / np.sqrt(values * len(rows))[:, None]
        change = np.sqrt(shrinkage / (values / values.mean() + shrinkage)) - 1
        return cls(directions, change)

    def apply(self, rows: Float) -> Float:
        """(N, D) -> (N, D) of length 1."""
        return unit(rows + ((rows @ self.directions.T) * self.change) @ self.directions)

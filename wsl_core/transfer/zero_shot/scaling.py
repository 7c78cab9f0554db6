"""What is done to rows and signatures before a method sees them; both learn from the seen classes alone.

Rows are centred on the training pictures and brought to length 1, as in few-shot learning.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.floating]
Labels = NDArray[np.integer]
TINY = 1e-12


def unit(values: Float) -> Float:
    """(..., D) brought to length 1; a row of zeros stays one."""
    return values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), TINY)


@dataclass(frozen=True, eq=False)
class Rows:
    """Centring of the rows of pictures, and length 1.

    Attributes:
        mean: (D,) of the training pictures.
    """

    mean: Float = field(repr=False)

    @classmethod
    def of(cls, features: Float) -> "Rows":
        """With the mean of the training pictures (N, D)."""
        return cls(features.mean(axis=0))

    def apply(self, features: Float) -> Float:
        """(N, D) centred and of length 1."""
        return unit(features - self.mean)


@dataclass(frozen=True)
class OfLengthOne:
    """Signatures of length 1, as Xian et al. (TPAMI 2018) have them."""

    @classmethod
    def of(cls, signatures: Float) -> "OfLengthOne":
        """Whatever the signatures of the seen classes are."""
        return cls()

    def apply(self, signatures: Float) -> Float:
        """(classes, A) of length 1."""
        return unit(signatures)


@dataclass(frozen=True, eq=False)
class Binary:
    """Attributes that a class has or has not: above one threshold for the whole table, or not.

    Lampert, Nickisch, Harmeling, CVPR 2009, section 4, cut AwA's percentages at their overall mean.

    Attributes:
        threshold: in the table's unit.
    """

    threshold: float

    @classmethod
    def of(cls, signatures: Float) -> "Binary":
        """Cut at the mean of the seen classes' signatures (classes, A)."""
        return cls(float(signatures.mean()))

    def apply(self, signatures: Float) -> Float:
        """(classes, A) of 0 and 1."""
        return np.asarray(signatures > self.threshold, np.float64)


@dataclass(frozen=True)
class AsGiven:
    """Nothing is done."""

    @classmethod
    def of(cls, values: Float) -> "AsGiven":
        """Whatever the values are."""
        return cls()

    def apply(self, values: Float) -> Float:
        """The same."""
        return values

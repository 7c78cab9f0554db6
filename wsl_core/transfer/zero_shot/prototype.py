"""Attributes to visual prototypes: where would a class with these attributes lie among the pictures?

Kernel ridge regression from the signatures of the seen classes to the means of their pictures, then the
cosine of a picture with each prototype. It maps classes to pictures, not pictures to attributes, so that no
prototype shrinks towards the middle and wins them all (Shigeto et al., ECML 2015). With one row a class:

    P(s) = k(s, S) (K + ridge I)^-1 M,    k(s, t) = exp(-|s - t|^2 / (width * mean |s_i - s_j|^2))

A class is thus a blend of the seen ones that are like it, and `blend` says of which. Cosines are measured in
deviations within classes (`within`).
"""

from dataclasses import dataclass, field

import numpy as np

from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import Float, Labels, unit
from wsl_core.transfer.zero_shot.within import Within


@dataclass(frozen=True, eq=False)
class Prototypes:
    """The fitted map.

    Attributes:
        measure: what rows are measured in.
        means: (seen classes, D) of length 1, the mean rows, so measured.
        signatures: (seen classes, A).
        solved: (seen classes, seen classes), the inverse of K + ridge I.
        reach: the squared distance of signatures at which the kernel falls to 1 / e.
    """

    measure: Within = field(repr=False)
    means: Float = field(repr=False)
    signatures: Float = field(repr=False)
    solved: Float = field(repr=False)
    reach: float

    def blend(self, signatures: Float) -> Float:
        """(classes, A) -> the weights of the seen classes in each prototype (classes, seen classes)."""
        return _kernel(signatures, self.signatures, self.reach) @ self.solved

    def of(self, signatures: Float) -> Float:
        """(classes, A) -> prototypes (classes, D) of length 1, in the measure's own unit."""
        return unit(self.blend(signatures) @ self.means)

    def scores(self, rows: Float, signatures: Float) -> Float:
        """Cosines (N, classes), -1 .. 1."""
        return self.measure.apply(rows) @ self.of(signatures).T


def class_means(rows: Float, labels: Labels, classes: int) -> Float:
    """The mean row of each class (classes, D)."""
    sums = np.zeros((classes, rows.shape[1]))
    np.add.at(sums, labels, rows)
    return sums / np.bincount(labels, minlength=classes)[:, None]


def fit(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> Prototypes:
    """From rows (N, D) of length 1, labels (N,) and the signatures (classes, A) of the seen classes."""
    count = len(signatures)
    measure = Within.of(rows, labels, class_means(rows, labels, count), how.shrinkage)
    means = unit(class_means(measure.apply(rows), labels, count))
    between = _squares(signatures, signatures)
    mean = between.sum() / max(count * (count - 1), 1)
    reach = how.width * max(float(mean), np.finfo(float).tiny)
    solved = np.linalg.inv(np.exp(-between / reach) + how.ridge * np.eye(count))
    return Prototypes(measure, means, signatures, solved, reach)


def _kernel(some: Float, others: Float, reach: float) -> Float:
    return np.exp(-_squares(some, others) / reach)


def _squares(some: Float, others: Float) -> Float:
    """Squared distances (some, others)."""
    lengths = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.maximum(lengths - 2 * some @ others.T, 0)

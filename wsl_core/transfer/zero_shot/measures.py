"""The figures of zero-shot learning: mean per-class accuracy, seen and unseen together, hubs.

Protocol of Y. Xian, C. Lampert, B. Schiele, Z. Akata, TPAMI 2018: accuracy is the mean over classes, so that
a class with many pictures does not decide; where seen and unseen classes compete, the harmonic mean of both
accuracies counts. W.-L. Chao et al., ECCV 2016: a constant taken off the scores of seen classes trades one
for the other; the whole trade is a curve, and its area a figure without a choice.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.zero_shot.scaling import Float, Labels


def class_accuracies(predicted: Labels, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Of each class the share of its pictures that are recognised (classes,); NaN without pictures.

    Args:
        predicted: (N,) of 0 .. classes - 1.
        labels: (N,) of 0 .. classes - 1.
        classes: how many.
    """
    counts = np.bincount(labels, minlength=classes)
    right = np.bincount(labels[predicted == labels], minlength=classes)
    return np.where(counts > 0, right / np.maximum(counts, 1), np.nan)


def per_class_accuracy(predicted: Labels, labels: Labels, classes: int) -> float:
    """The mean over the classes that have pictures, 0 .. 1."""
    return float(np.nanmean(class_accuracies(predicted, labels, classes)))


def harmonic(seen: Float | float, unseen: Float | float) -> NDArray[np.float64]:
    """The harmonic mean of two accuracies, 0 where both are."""
    one, other = np.asarray(seen, np.float64), np.asarray(unseen, np.float64)
    both = one + other
    return np.where(both > 0, 2 * one * other / np.where(both > 0, both, 1), 0.0)


@dataclass(frozen=True, eq=False)
class Stacking:
    """Calibrated stacking: what a constant off the seen classes' scores does.

    Attributes:
        gammas: (G,) ascending; before the first all pictures go to seen classes, after the last none. The
            accuracies at a place hold from its gamma up to the next one.
        seen: (G,) accuracy of the pictures of seen classes, falling.
        unseen: (G,) accuracy of those of unseen classes, rising.
    """

    gammas: NDArray[np.float64] = field(repr=False)
    seen: NDArray[np.float64] = field(repr=False)
    unseen: NDArray[np.float64] = field(repr=False)

    @property
    def harmonic(self) -> NDArray[np.float64]:
        """(G,) of both."""
        return harmonic(self.seen, self.unseen)

    @property
    def area(self) -> float:
        """Below the curve of unseen over seen accuracy (AUSUC), 0 .. 1."""
        return float(np.trapezoid(self.unseen[::-1], self.seen[::-1]))

    def at(self, gammas: Float | float) -> NDArray[np.intp]:
        """The places that hold at some gammas, in their shape."""
        return np.maximum(np.searchsorted(self.gammas, gammas, side="right") - 1, 0)


def stacking(scores: Float, labels: Labels, seen: NDArray[np.bool_]) -> Stacking:
    """The curve over all gammas at which something changes.

    Args:
        scores: (N, classes), the highest wins.
        labels: (N,) of 0 .. classes - 1.
        seen: (classes,) whether a class is seen; both kinds are there.
    """
    kinds = [np.flatnonzero(seen), np.flatnonzero(~seen)]
    best = [kind[scores[:, kind].argmax(axis=1)] for kind in kinds]
    rows = np.arange(len(labels))
    # A picture goes to a seen class as long as gamma is below its lead.
    lead = np.asarray(scores[rows, best[0]] - scores[rows, best[1]], np.float64)
    gammas = np.concatenate([[-np.inf], np.unique(lead)])
    curves = []
    for kind, guess in zip(kinds, best, strict=True):
        total = np.zeros(len(gammas))
        there = [one for one in kind if (labels == one).any()]
        for one in there:
            own = labels == one
            turn = np.searchsorted(gammas, np.sort(lead[own & (guess == one)]))
            right = np.bincount(turn, minlength=len(gammas)) / own.sum()
            turned = np.cumsum(right)
            total += turned if kind is kinds[1] else turned[-1] - turned
        curves.append(total / max(len(there), 1))
    return Stacking(gammas, curves[0], curves[1])


def calibrated(scores: Float, seen: NDArray[np.bool_], gamma: float) -> NDArray[np.intp]:
    """The class of each picture (N,) where `gamma` is taken off the scores of seen classes.

    A tie goes to the unseen class, as in `stacking`.
    """
    shifted = np.where(seen, scores - gamma, scores)
    order = np.concatenate([np.flatnonzero(~seen), np.flatnonzero(seen)])
    return order[shifted[:, order].argmax(axis=1)]


def predicted_counts(predicted: Labels, classes: int) -> NDArray[np.intp]:
    """How often each class is predicted (classes,): a hub takes many, others none."""
    return np.bincount(predicted, minlength=classes)


def hubness(counts: NDArray[np.integer]) -> float:
    """Skewness of how often classes are predicted; 0 where all are alike, large where few take all.

    M. Radovanović, A. Nanopoulos, M. Ivanović, JMLR 2010, section 2.
    """
    deviations = counts - counts.mean()
    spread = float(np.sqrt((deviations**2).mean()))
    return float((deviations**3).mean() / spread**3) if spread > 0 else 0.0

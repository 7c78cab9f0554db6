"""A method on every draw of unseen classes: chosen on left-out seen classes, then judged once."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.attributes import AttributeSet
from wsl_core.jobs.parts import told
from wsl_core.transfer.zero_shot.choosing import Choice, choosing, fitted
from wsl_core.transfer.zero_shot.division import Division, divided, folds
from wsl_core.transfer.zero_shot.features import Pictures
from wsl_core.transfer.zero_shot.measures import (
    Stacking,
    calibrated,
    class_accuracies,
    harmonic,
    predicted_counts,
    stacking,
)
from wsl_core.transfer.zero_shot.methods import MethodCard
from wsl_core.transfer.zero_shot.parameters import ZeroShotParameters
from wsl_core.transfer.zero_shot.scaling import Float


@dataclass(frozen=True, eq=False)
class Measured:
    """One draw.

    Attributes:
        division: seen and unseen classes.
        choice: what was chosen on folds.
        alone: (unseen classes,) accuracy of each among the unseen ones.
        together: (classes,) accuracy of each among all, with gamma.
        curve: of all gammas.
        counts: (unseen classes,) how often each was predicted among the unseen ones.
        confusion: (classes, classes) pictures of a class, by what was said, with gamma.
        seen: (classes,) whether a class is seen, in the order of `together`.
    """

    division: Division = field(repr=False)
    choice: Choice
    alone: NDArray[np.float64]
    together: NDArray[np.float64]
    curve: Stacking = field(repr=False)
    counts: NDArray[np.intp]
    confusion: NDArray[np.intp] = field(repr=False)
    seen: NDArray[np.bool_]

    @property
    def figures(self) -> dict[str, float]:
        """Of the draw, 0 .. 1: unseen alone; seen, unseen and harmonic among all; area of the curve."""
        seen = float(np.nanmean(self.together[self.seen]))
        unseen = float(np.nanmean(self.together[~self.seen]))
        none = self.curve.at(0.0)
        return {
            "unseen": float(self.alone.mean()),
            "seen": seen,
            "unseen_among_all": unseen,
            "harmonic": float(harmonic(seen, unseen)),
            "harmonic_uncalibrated": float(self.curve.harmonic[none]),
            "ausuc": self.curve.area,
        }


def measuring(
    card: MethodCard,
    found: AttributeSet,
    pictures: Pictures,
    unseen: Sequence[Sequence[int]],
    how: ZeroShotParameters,
) -> Generator[float, None, list[Measured]]:
    """A method on every draw.

    Args:
        card: the method.
        found: the set; its table describes the classes unless the method has its own way.
        pictures: rows, labels and splits.
        unseen: of each draw the numbers of its unseen classes.
        how: parameters.

    Yields:
        the share that is done, 0 .. 1.
    """
    table = found.table
    signatures = card.describe(table.classes, how) if card.describes else table.values
    measured = []
    for number, classes in enumerate(unseen):
        division = divided(
            pictures.labels, classes, how.seed + number, pictures.test, names=table.classes
        )
        parts = folds(division, pictures.labels, how.seed, how.repeats)
        chooser = card if how.chosen else card.kept()
        steps = choosing(chooser, pictures.rows, pictures.labels, signatures, parts, how)
        choice = yield from told(steps, partial(_share, number, len(unseen)))
        measured.append(judged(card, pictures, signatures, division, choice))
    return measured


def _share(number: int, count: int, share: float) -> float:
    return (number + share) / count


def judged(
    card: MethodCard, pictures: Pictures, signatures: Float, division: Division, choice: Choice
) -> Measured:
    """A method with chosen parameters, on the pictures that took no part so far."""
    model = fitted(card, pictures.rows, pictures.labels, signatures, division, choice.how)
    classes = np.sort(np.concatenate([division.seen, division.unseen]))
    seen = np.isin(classes, division.seen)
    of = division.aside | division.asked
    places = np.searchsorted(classes, pictures.labels[of])
    scores = model.scores(pictures.rows[of], signatures[classes])
    asked_ = division.asked[of]
    predicted = scores[asked_][:, ~seen].argmax(axis=1)
    truth = np.searchsorted(division.unseen, pictures.labels[division.asked])
    count = len(division.unseen)
    said = calibrated(scores, seen, choice.gamma)
    confusion = np.zeros((len(classes), len(classes)), np.intp)
    np.add.at(confusion, (places, said), 1)
    return Measured(
        division,
        choice,
        class_accuracies(predicted, truth, count),
        class_accuracies(said, places, len(classes)),
        stacking(scores, places, seen),
        predicted_counts(predicted, count),
        confusion,
        seen,
    )

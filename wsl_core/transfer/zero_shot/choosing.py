"""A method's parameters and its gamma, chosen on folds of the seen classes; no unseen class takes part.

What counts is the mean accuracy among the left-out classes alone. The values that are given stay unless
others of the grid beat them by more than a standard error of the difference, over the folds (the rule of one
standard
error: L. Breiman et al., Classification and Regression Trees, 1984): so few classes would choose by chance.
Gamma is the one with the best mean harmonic accuracy over the folds.
"""

import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wsl_core.transfer.zero_shot.division import Division
from wsl_core.transfer.zero_shot.measures import Stacking, per_class_accuracy, stacking
from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.methods import Fitted, MethodCard
from wsl_core.transfer.zero_shot.scaling import Float, Labels


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen.

    Attributes:
        how: with the chosen values.
        values: of the grid's fields alone.
        accuracy: mean over the folds among the left-out classes; None where there was nothing to leave out.
        gamma: off the scores of seen classes.
        harmonic: mean over the folds at gamma; None where there was nothing to leave out.
    """

    how: MethodParameters = field(repr=False)
    values: dict[str, Any]
    accuracy: float | None
    gamma: float
    harmonic: float | None


def fitted(
    card: MethodCard,
    features: Float,
    labels: Labels,
    signatures: Float,
    division: Division,
    how: MethodParameters,
) -> Fitted:
    """A method on the training pictures of a division.

    Args:
        card: the method.
        features: (N, D) of all pictures.
        labels: (N,) of 0 .. classes - 1.
        signatures: (classes, A) of all classes.
        division: says which take part.
        how: parameters.
    """
    places = np.searchsorted(division.seen, labels[division.train])
    return card.fit(features[division.train], places, signatures[division.seen], how)


def choosing(
    card: MethodCard,
    features: Float,
    labels: Labels,
    signatures: Float,
    parts: Sequence[Division],
    how: MethodParameters,
) -> Generator[float, None, Choice]:
    """Choose by folds.

    Args:
        card: the method.
        features: (N, D) of all pictures.
        labels: (N,) of 0 .. classes - 1.
        signatures: (classes, A) of all classes.
        parts: the folds; none where there are too few seen classes, and what is given is kept.
        how: parameters; those in the card's grid are chosen.

    Yields:
        the share that is done, 0 .. 1.
    """
    if not parts:
        return Choice(how, {name: getattr(how, name) for name in card.grid}, None, 0.0, None)
    found: list[tuple[list[float], dict[str, Any], list[Stacking]]] = []
    given = tuple(getattr(how, name) for name in card.grid)
    combinations = list(dict.fromkeys([given, *itertools.product(*card.grid.values())]))
    for number, combination in enumerate(combinations):
        values = dict(zip(card.grid, combination, strict=True))
        tried = how.model_copy(update=values)
        accuracies, curves = [], []
        for place, part in enumerate(parts):
            yield (number + place / len(parts)) / len(combinations)
            model = fitted(card, features, labels, signatures, part, tried)
            alone, curve = _judged(model, features, labels, signatures, part)
            accuracies.append(alone)
            curves.append(curve)
        found.append((accuracies, values, curves))
    accuracies, values, curves = found[best([one[0] for one in found])]
    gamma, harmonic = _gamma(curves)
    accuracy = float(np.mean(accuracies))
    return Choice(how.model_copy(update=values), values, accuracy, gamma, harmonic)


def best(accuracies: Sequence[Sequence[float]]) -> int:
    """The place of what is chosen.

    Args:
        accuracies: of each candidate those of all folds; what was given comes first.

    Returns:
        the best on average, or 0 where that is within a standard error of the difference.
    """
    values = np.asarray(accuracies)
    place = int(values.mean(axis=1).argmax())
    ahead = values[place] - values[0]
    error = ahead.std(ddof=1) / np.sqrt(len(ahead)) if len(ahead) > 1 else 0.0
    return place if ahead.mean() > error else 0


def _judged(
    model: Fitted, features: Float, labels: Labels, signatures: Float, part: Division
) -> tuple[float, Stacking]:
    """Accuracy among the left-out classes alone, and the curve of both."""
    classes = np.sort(np.concatenate([part.seen, part.unseen]))
    judged = part.aside | part.asked
    scores = model.scores(features[judged], signatures[classes])
    places = np.searchsorted(classes, labels[judged])
    own = np.searchsorted(classes, part.unseen)
    asked = part.asked[judged]
    alone = per_class_accuracy(
        scores[asked][:, own].argmax(axis=1), np.searchsorted(own, places[asked]), len(own)
    )
    return alone, stacking(scores, places, np.isin(classes, part.seen))


def _gamma(curves: Sequence[Stacking]) -> tuple[float, float]:
    """The middle of the best stretch, and the mean harmonic accuracy there."""
    edges = np.unique(np.concatenate([one.gammas[1:] for one in curves]))
    means = np.mean([one.harmonic[one.at(edges)] for one in curves], axis=0)
    place = int(means.argmax())
    after = edges[min(place + 1, len(edges) - 1)]
    return float((edges[place] + after) / 2), float(means[place])

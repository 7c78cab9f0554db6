"""Heads measured on the same episodes: mean per-class accuracy, and its 95 % interval over the draws.

The interval, 1.96 sd / sqrt(E), says how far the mean over other draws of examples may lie; it covers neither
other classes nor another network.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.few_shot.episodes import Episode
from wsl_core.transfer.few_shot.heads import HEADS, HeadParameters
from wsl_core.transfer.few_shot.preparation import Preparation
from wsl_core.transfer.few_shot.softmax import Float32

NORMAL = 1.96  # standard deviations that hold 95 % of a normal distribution


@dataclass(frozen=True, eq=False)
class Measured:
    """A head with so many shots.

    Attributes:
        head: its name.
        shots: examples a class.
        accuracies: mean per-class accuracy of each draw, 0 .. 1.
        per_class: of each draw and class of the set; NaN where the class took no part.
    """

    head: str
    shots: int
    accuracies: NDArray[np.float64]
    per_class: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Over the draws."""
        return float(self.accuracies.mean())

    @property
    def sd(self) -> float | None:
        """Standard deviation over the draws; None for a single one."""
        return float(self.accuracies.std(ddof=1)) if len(self.accuracies) > 1 else None

    @property
    def interval(self) -> float | None:
        """Half the width of the 95 % interval of the mean; None for a single draw."""
        return None if self.sd is None else NORMAL * self.sd / math.sqrt(len(self.accuracies))


def measuring(
    features: Float32,
    episodes: Sequence[Episode],
    classes: int,
    shots: Sequence[int],
    heads: Sequence[str],
    how: HeadParameters,
) -> Generator[float, None, list[Measured]]:
    """All heads on all episodes.

    Args:
        features: (N, D) of length 1, of the pictures that episodes are of.
        episodes: one a draw, drawn with the largest number of shots.
        classes: of the set.
        shots: examples a class, each at most as many as the episodes have.
        heads: their names.
        how: their parameters.

    Yields:
        the share that is done, 0 .. 1.
    """
    size = len(episodes), classes
    found = {(head, count): np.full(size, np.nan) for count in shots for head in heads}
    for number, episode in enumerate(episodes):
        yield number / len(episodes)
        asked, truth = episode.asked()
        for count in shots:
            examples = features[episode.support[:, :count].ravel()]
            labels = np.repeat(np.arange(episode.ways), count)
            ready = Preparation.of(examples)
            for head in heads:
                fitted = HEADS[head].fit(ready.apply(examples), labels, episode.ways, how)
                right = fitted.scores(ready.apply(features[asked])).argmax(axis=1) == truth
                counts = np.bincount(truth, minlength=episode.ways)
                with np.errstate(invalid="ignore"):
                    shares = np.bincount(truth, right, minlength=episode.ways) / counts
                found[head, count][number, episode.classes] = shares
    return [
        Measured(head, count, np.nanmean(values, axis=1), values)
        for (head, count), values in found.items()
    ]

"""What choosing a threshold on the pictures that are measured is worth: the trap of MaxBoxAcc.

The best of many thresholds on a set of pictures is also the luckiest one there. Chosen on half of the
pictures and measured on the other half, it is not (Choe et al., CVPR 2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.fcn.localization.box_accuracy import THRESHOLDS
from wsl_core.fcn.localization.evidence import Evidence

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ThresholdChoice:
    """Box accuracy (a box covers a true one by half) at a threshold chosen in two ways.

    Attributes:
        maps: in each half, pairs of a picture and a class that it shows.
        draws: how often the maps were split into halves anew.
        chosen_here: mean accuracy of the best threshold on the half that it was chosen on.
        chosen_elsewhere: mean accuracy of that threshold on the other half.
        deviation: of the difference, over the draws.
        thresholds: (lowest, highest) that was ever the best.
    """

    maps: int
    draws: int
    chosen_here: float
    chosen_elsewhere: float
    deviation: float
    thresholds: tuple[float, float]

    @property
    def gain(self) -> float:
        """What choosing on the measured pictures adds."""
        return self.chosen_here - self.chosen_elsewhere


def covered(evidence: Sequence[Evidence]) -> NDArray[np.bool_]:
    """(maps, thresholds): whether the largest region's box covers a true box by half."""
    none = np.empty((0, 2, len(THRESHOLDS)), np.float32)
    overlaps = np.concatenate([none, *(one.overlaps for one in evidence)])
    return overlaps[:, 0] >= np.float32(0.5)


def choose(
    right: NDArray[np.bool_],
    maps: int | None = None,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    draws: int = 200,
    seed: int = 0,
) -> ThresholdChoice:
    """Split the maps into halves again and again; choose on one half, measure on both.

    Args:
        right: (N, T) whether each map is right at each threshold, as `covered` gives it.
        maps: in each half; half of all where none is given, or where there are not as many.
        thresholds: T shares of a map's maximum.
        draws: how many splits.
        seed: of the splits.

    Raises:
        ParameterError: fewer than two maps.
    """
    if len(right) < 2:
        raise ParameterError(
            f"There are {len(right)} maps with a known box, and two halves need two or more. Measure on "
            f"more pictures."
        )
    count = min(maps or len(right), len(right) // 2)
    random = np.random.default_rng(seed)
    here, elsewhere, chosen = (np.empty(draws) for _ in range(3))
    for draw in range(draws):
        order = random.permutation(len(right))
        first, second = (
            right[part].mean(axis=0) for part in (order[:count], order[count : 2 * count])
        )
        best = int(first.argmax())
        here[draw], elsewhere[draw], chosen[draw] = first[best], second[best], thresholds[best]
    return ThresholdChoice(
        count,
        draws,
        float(here.mean()),
        float(elsewhere.mean()),
        float((here - elsewhere).std(ddof=1)) if draws > 1 else 0.0,
        (float(chosen.min()), float(chosen.max())),
    )

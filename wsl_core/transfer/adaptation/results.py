"""From the facts of finished runs to the figures that are reported."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """A method on a pair, over seeds; rates are fractions, what could not be measured is None.

    Attributes:
        accuracy_mean: on the target's evaluation half.
        accuracy_sd: over seeds, with n - 1; None for one seed.
        source_only: the baseline, the source's mean taken from the target's pictures.
        source_only_centred: the same networks, with the target's own mean.
        target: trained on labelled target data.
        gap_covered: (accuracy_mean - s) / (target - s), s the better source only.
        seconds_per_seed: of one training of the method.
        steps: of one training of the method.
        data: "full", "subset", "generated", "shipped", or two of them.
    """

    accuracy_mean: float
    accuracy_sd: float | None
    source_only: float
    source_only_centred: float
    target: float | None
    gap_covered: float | None
    seconds_per_seed: float
    steps: int
    data: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; rates to four digits."""
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def summarised(
    adapted: Sequence[Facts], source_only: Sequence[Facts], target: Sequence[Facts]
) -> Summary:
    """The figures of runs with several seeds.

    Args:
        adapted: facts of the method's runs, at least one.
        source_only: of runs of source only, at least one.
        target: of runs on labelled target data; none where there are no such data.
    """
    accuracies = [one["accuracy"] for one in adapted]
    mean = statistics.fmean(accuracies)
    low = statistics.fmean(one["accuracy"] for one in source_only)
    centred = statistics.fmean(one["accuracy_centred"] for one in source_only)
    ceiling = statistics.fmean(one["accuracy"] for one in target) if target else None
    return Summary(
        accuracy_mean=mean,
        accuracy_sd=statistics.stdev(accuracies) if len(accuracies) > 1 else None,
        source_only=low,
        source_only_centred=centred,
        target=ceiling,
        gap_covered=gap_covered(mean, max(low, centred), ceiling),
        seconds_per_seed=statistics.fmean(one["seconds"] for one in adapted),
        steps=adapted[0]["steps"],
        data=adapted[0]["data"],
    )


def gap_covered(accuracy: float, source_only: float, target: float | None) -> float | None:
    """(accuracy - source_only) / (target - source_only); None where there is no gap above it."""
    if target is None or not math.isfinite(target) or target <= source_only:
        return None
    return (accuracy - source_only) / (target - source_only)

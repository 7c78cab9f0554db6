"""What was measured of localization, from the rows of a result file, beside what was published.

`benchmarks/results/localization.csv` is long: a row is one value. Its columns: head ("max" ...
"wildcat", "pronet"; "wslocalization" is the beam search; "untrained" has no training), initialisation, seed,
network, sizes, mirror, class (empty for a figure over all), metric (as in the JSON of `evaluate
localization`: "point_map", "classification_map"; per class "point_ap", "classification_ap"), value (0 .. 1,
empty where there is none), images (that show the class), data, pictures, date.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from wsl_core.errors import DatasetError

COLUMNS = (
    "head", "initialisation", "seed", "network", "sizes", "mirror", "class", "metric", "value", "images",
    "data", "pictures", "date",
)  # fmt: skip
HEADS = {
    "Deep MIL": "max", "ProNet": "pronet", "WSLocalization": "wslocalization", "SPLeaP": "spleap",
    "WELDON": "weldon", "WILDCAT": "wildcat",
}  # fmt: skip
"""Which of our heads stands for a published method."""
FREQUENT = 20
"""Pictures from which on a class counts as frequent; fewer make an unsteady figure."""
METRICS = {"point localization": "point_map", "classification": "classification_map"}
"""Our metric for a published table."""


@dataclass(frozen=True)
class Measured:
    """One figure of one head, over its seeds.

    Attributes:
        head: its name.
        initialisation: "random" or "relatives"; empty for none.
        network: whose features it reads.
        sizes: longer sides fed, as the file has them.
        mirror: whether mirrored maps were fused.
        metric: what was measured.
        class_name: of which class; empty for the mean over all.
        values: one a seed, 0 .. 1.
        images: pictures that show the class; 0 where the file does not say.
        data: set and split.
        pictures: how many there were.
        date: of the latest.
    """

    head: str
    initialisation: str
    network: str
    sizes: str
    mirror: bool
    metric: str
    class_name: str
    values: tuple[float, ...]
    images: int
    data: str
    pictures: int
    date: str

    @property
    def mean(self) -> float:
        """Over the seeds; NaN where nothing was measured."""
        return fmean(self.values) if self.values else math.nan

    @property
    def deviation(self) -> float | None:
        """Standard deviation over the seeds; None for a single one."""
        return stdev(self.values) if len(self.values) > 1 else None

    @property
    def setting(self) -> tuple[str, str, str, str, bool]:
        """Head, initialisation, network, sizes, mirror: what one row of a table is."""
        return self.head, self.initialisation, self.network, self.sizes, self.mirror


def read(rows: Iterable[Mapping[str, str]]) -> list[Measured]:
    """All figures of a result file, those of several seeds put together, in its order.

    Raises:
        DatasetError: a column is missing, or a value is none; the sentence names the row.
    """
    found: dict[tuple[object, ...], list[Mapping[str, str]]] = {}
    for number, row in enumerate(rows, 2):
        lacking = [name for name in COLUMNS if row.get(name) is None]
        if lacking:
            raise _damaged(number, f"has no column {lacking[0]}")
        try:
            if row["value"] and not 0 <= float(row["value"]) <= 1:
                raise _damaged(number, f"holds the value {row['value']}, which is not from 0 to 1")
            int(row["pictures"]), int(row["images"] or 0)
        except ValueError:
            raise _damaged(number, "holds something that is not a number") from None
        same = tuple(row[name] for name in COLUMNS if name not in ("seed", "value", "date"))
        found.setdefault(same, []).append(row)
    return [_together(group) for group in found.values()]


def _damaged(number: int, what: str) -> DatasetError:
    return DatasetError(
        f"The result file for localization is damaged: line {number} {what}. Make it again by `make heads`."
    )


def _together(group: Sequence[Mapping[str, str]]) -> Measured:
    one = group[0]
    return Measured(
        head=one["head"],
        initialisation=one["initialisation"],
        network=one["network"],
        sizes=one["sizes"],
        mirror=one["mirror"].lower() in ("true", "1", "yes"),
        metric=one["metric"],
        class_name=one["class"],
        values=tuple(float(row["value"]) for row in group if row["value"]),
        images=int(one["images"] or 0),
        data=one["data"],
        pictures=int(one["pictures"]),
        date=max(row["date"] for row in group),
    )


def over_all(found: Iterable[Measured], metric: str) -> list[Measured]:
    """The figures over all classes of one metric, best first."""
    chosen = [one for one in found if one.metric == metric and not one.class_name and one.values]
    return sorted(chosen, key=lambda one: -one.mean)


def of_classes(
    found: Iterable[Measured], setting: tuple[str, str, str, str, bool], metric: str
) -> dict[str, Measured]:
    """The figure of each class under one setting."""
    return {
        one.class_name: one
        for one in found
        if one.metric == metric and one.class_name and one.setting == setting
    }


def best(found: Iterable[Measured], head: str, metric: str) -> Measured | None:
    """The best setting of a head; None where it was not measured."""
    return next((one for one in over_all(found, metric) if one.head == head), None)

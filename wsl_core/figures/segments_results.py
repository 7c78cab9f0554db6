"""What was measured of segmentation, from the rows of a result file.

`benchmarks/results/segmentation.csv` is long: a row is one value. Its columns: head, network, sizes, mirror,
labels ("given" or "predicted": whose image labels), crf ("true" or "false"), class (empty for the mean),
metric ("miou", per class "iou"), value (0 .. 1), data, pictures, date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wsl_core.errors import DatasetError

Setting = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Segmented:
    """One figure.

    Attributes:
        head: its name.
        network: whose features it reads.
        sizes: longer sides fed, as the file has them.
        mirror: whether mirrored maps were fused.
        labels: "given" or "predicted".
        crf: whether the CRF refined the labels.
        class_name: of which class; empty for the mean over all.
        value: 0 .. 1.
        data: set and split.
        pictures: how many there were.
        date: when.
    """

    head: str
    network: str
    sizes: str
    mirror: bool
    labels: str
    crf: bool
    class_name: str
    value: float
    data: str
    pictures: int
    date: str

    @property
    def setting(self) -> Setting:
        """All but the CRF: what stands in one row of a table."""
        return self.head, self.network, self.sizes, str(self.mirror), self.labels


def read(rows: Iterable[Mapping[str, str]]) -> list[Segmented]:
    """The figures of a result file.

    Raises:
        DatasetError: a row that says no such figure.
    """
    found = []
    for line, row in enumerate(rows, 2):
        try:
            if not row["value"]:
                continue
            found.append(
                Segmented(
                    row["head"], row["network"], row["sizes"], row["mirror"].lower() == "true",
                    row["labels"], row["crf"].lower() == "true", row["class"], float(row["value"]),
                    row["data"], int(row["pictures"]), row["date"],
                )
            )  # fmt: skip
        except (KeyError, ValueError) as error:
            raise DatasetError(
                f"Line {line} of the measured figures of segmentation cannot be read ({error}). Measure anew "
                f"by python -m benchmarks.segmentation --write."
            ) from None
    return found


@dataclass(frozen=True)
class Pair:
    """A setting before and after the CRF; None where that was not measured."""

    before: Segmented | None
    after: Segmented | None

    @property
    def either(self) -> Segmented:
        """One of the two."""
        one = self.before or self.after
        assert one is not None
        return one

    @property
    def best(self) -> float:
        """The larger of the two."""
        return max(one.value for one in (self.before, self.after) if one)


def pairs(found: Sequence[Segmented], labels: str, class_name: str = "") -> list[Pair]:
    """Every setting with these image labels, the best first.

    Args:
        found: all figures.
        labels: "given" or "predicted".
        class_name: of a class; empty for the mean over all.
    """
    here = [one for one in found if one.labels == labels and one.class_name == class_name]
    settings = dict.fromkeys(one.setting for one in here)
    made = []
    for setting in settings:
        both = {one.crf: one for one in here if one.setting == setting}
        made.append(Pair(both.get(False), both.get(True)))
    return sorted(made, key=lambda one: -one.best)

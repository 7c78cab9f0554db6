"""The animals that come with the program: their table of attributes, and rows of features of their pictures.

Written by `python -m wsl_core.transfer.zero_shot.shipping`; `assets/zero_shot/README.md` says whence. No
picture is among them, so everything that needs attributes alone works without WSL_DATA.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.attributes import AttributeTable
from wsl_core.datasets.attributes.table import plain
from wsl_core.errors import DatasetError

HERE = files("wsl_core.transfer.zero_shot") / "shipped"


@dataclass(frozen=True, eq=False)
class Animals:
    """Classes, their attributes, and pictures as rows.

    Attributes:
        table: (50 classes, 85 attributes); classes as people write them, "grizzly bear".
        rows: (N, D) float32 of length 1, as `ZeroShotFeatures` makes them by default.
        labels: (N,) rows of the table.
        splits: by name the classes that are unseen, those without pictures included.
        relatives: by class the indices of ImageNet's classes that show it or a near kind.
        chosen: by split and method what was chosen on left-out seen classes: {"values": ..., "gamma": ...}.
        facts: source, network, date.
        names: (N,) of the pictures' files in the set's folder.
    """

    table: AttributeTable
    rows: NDArray[np.float32] = field(repr=False)
    labels: NDArray[np.intp] = field(repr=False)
    splits: Mapping[str, tuple[str, ...]]
    relatives: Mapping[str, Sequence[int]] = field(repr=False)
    chosen: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    names: tuple[str, ...] = field(repr=False, default=())

    def described_by(self, table: AttributeTable) -> "Animals":
        """The same pictures, with their classes described by another table; nothing is chosen for it.

        Raises:
            DatasetError: a class that has pictures here is not in it.
        """
        pictured = [self.table.classes[one] for one in np.unique(self.labels)]
        there = {plain(one) for one in table.classes}
        if lacking := [one for one in pictured if one not in there]:
            raise DatasetError(
                f"The table has no row for {', '.join(lacking[:5])}"
                f"{f' and {len(lacking) - 5} more' if len(lacking) > 5 else ''}. Accepted is one that "
                f"describes the {len(pictured)} animals whose features come with the program: "
                f"{', '.join(pictured)}. Add the rows; further classes are welcome."
            )
        number = np.array(
            [table.index(one) if plain(one) in there else -1 for one in self.table.classes]
        )
        splits = {
            name: tuple(table.classes[table.index(one)] for one in of if one in there)
            for name, of in self.splits.items()
        }
        return replace(self, table=table, labels=number[self.labels], splits=splits, chosen={})


@cache
def animals() -> Animals:
    """The animals.

    Raises:
        DatasetError: they do not come with this installation, or are damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        facts = json.loads((HERE / "animals.json").read_text(encoding="utf-8"))
        arrays = load((HERE / "animals.safetensors").read_bytes())
        raw = arrays["rows"].astype(np.float32)
        table = AttributeTable.of(
            [plain(one) for one in facts["classes"]], facts["attributes"],
            arrays["percentages"].astype(np.float64), facts["title"],
        )  # fmt: skip
        return Animals(
            table,
            raw / np.linalg.norm(raw, axis=1, keepdims=True),
            arrays["labels"].astype(np.intp),
            {name: tuple(map(plain, of)) for name, of in facts["splits"].items()},
            {plain(name): tuple(of) for name, of in facts["relatives"].items()},
            facts["chosen"],
            {name: facts[name] for name in ("title", "source", "network", "sizes", "date")},
            tuple(facts["names"]),
        )
    except (OSError, ValueError, KeyError, SafetensorError):
        raise DatasetError(
            "The animals with their attributes do not come with this installation, or are damaged. Install "
            "the program again."
        ) from None

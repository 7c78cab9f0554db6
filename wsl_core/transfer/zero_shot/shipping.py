"""Make the animals of the page again, without measuring: `python -m wsl_core.transfer.zero_shot.shipping
AwA2`.

`python -m benchmarks.zero_shot --write` does it with what it chose on left-out seen classes, so that the page
shows the same figures.
"""

import datetime
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from wsl_core import whole_files
from wsl_core.datasets import attributes
from wsl_core.datasets.collection import printable
from wsl_core.jobs.parts import completed
from wsl_core.transfer.zero_shot.features import read
from wsl_core.transfer.zero_shot.parameters import ZeroShotFeatures

HERE = Path(__file__).resolve().parent / "shipped"
STEPS = 255  # of a row's values: a byte each, so that the file stays small
SOURCE = (
    "The table and its classes: D. Osherson et al., Cognitive Science 15(2), 1991; C. Kemp et al., AAAI "
    "2006; C. Lampert, H. Nickisch, S. Harmeling, CVPR 2009. The pictures are of the same classes, from "
    "several collections, and are not Animals with Attributes 2's own."
)


def chosen(results: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """What measurements chose, by split and method, from their facts."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for facts in results:
        first = facts["draws"][0]
        found.setdefault(facts["split"], {})[facts["method"]] = {
            "values": first["chosen"], "gamma": first["gamma"],
        }  # fmt: skip
    return found


def ship(data: Path, results: Sequence[Mapping[str, Any]] = ()) -> None:
    """Write both files.

    Args:
        data: folder of the set.
        results: facts of `zero_shot_job`, one a split and method.

    Raises:
        DatasetError: the set is missing or damaged.
    """
    found, how = attributes.read(data), ZeroShotFeatures()
    pictures = completed(read(found.collection(), found.table, how, "features"))
    scale = pictures.rows.max(axis=1, keepdims=True) / STEPS  # rows have no value below 0
    table = found.table
    percentages = np.where(table.missing, -1, 100 * table.values)
    arrays = {
        "rows": np.round(pictures.rows / scale).astype(np.uint8),
        "labels": pictures.labels.astype(np.int16),
        "percentages": percentages.astype(np.float32),
    }
    names = [one.name for one in found.pictures if printable(one.name) not in pictures.skipped]
    facts = {
        "title": found.title,
        "source": SOURCE,
        "date": datetime.date.today().isoformat(),
        "network": how.network,
        "sizes": list(how.sizes),
        "classes": table.classes,
        "attributes": table.attributes,
        "splits": dict(found.splits),
        "relatives": found.relatives or {},
        "chosen": chosen(results),
        "names": names,
    }
    whole_files.write(HERE / "animals.safetensors", save(arrays))
    whole_files.write(HERE / "animals.json", f"{json.dumps(facts)}\n".encode())


if __name__ == "__main__":
    ship(Path(sys.argv[1]))

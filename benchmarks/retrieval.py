"""How well features that were learned for something else find pictures of the same class.

    python -m benchmarks.retrieval --json --write

The pictures of `test` ask, those of `train` are searched, all ranks count; nothing is trained. Beside the
descriptor that the program uses stand a plainer one, the first layer alone, what a network without training
gives at both depths, and the reduced picture itself. Recipes are fixed: none is changed by
what is measured here.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core.errors import DatasetError, WslError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.settings import settings
from wsl_core.transfer.retrieval import PIXELS
from wsl_core.transfer.retrieval.evaluation import retrieval_job

NAME, DATA = "retrieval", "caltech101"
PACKAGES = ("openvino", "numpy", "pillow")
FIRST_LAYER = {"tap": "stem", "sizes": (257,), "power": 1.0, "grid": 16, "components": 0}
"""About 9,000 values, as layer probes take them, since a mean over all places says too little there."""
ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "plain": {"sizes": (257,), "power": 1.0, "components": 0},
    "first layer": FIRST_LAYER,
    "random": {"weights": "random"},
    "random, first layer": {"weights": "random"} | FIRST_LAYER,
    "pixels": {"network": PIXELS},
}
"""What is measured, and what of each differs from the defaults."""
CHANCE = "chance"
TITLES = {
    "default": "the program's own: two sizes, power mean, 128 components",
    "plain": "the features that the classes read, their mean over the picture",
    "first layer": "the first layer alone, on a grid",
    "random": "a network without training, otherwise the program's own",
    "random, first layer": "a network without training, its first layer on a grid",
    "pixels": "16 x 16 mean colours",
    CHANCE: "any order",
}
FIGURES = ("map", "precision_at_1", "map_class_balanced", "knn_accuracy")


def measured(name: str, data: str) -> dict[str, Any]:
    """One entry, as a row.

    Raises:
        WslError: the data are not there, or cannot be read.
    """
    result, told = None, 0.0
    for event in retrieval_job(Task({"data": data, **ENTRIES[name]})):
        if isinstance(event, Result):
            result = event
        elif isinstance(event, Progress) and event.share >= told + 0.1:
            told = event.share
            measure.say(f"{name}: {event.doing}")
    if result is None:
        raise DatasetError(f"Nothing was measured on {data}.")
    precisions = result.arrays["average_precision"]
    judged = precisions[np.isfinite(precisions)]
    facts, how = result.facts, result.facts["descriptor"]
    return (
        {"entry": name}
        | {figure: round(facts[figure], 4) for figure in FIGURES}
        | {
            "map_se": round(float(judged.std(ddof=1) / len(judged) ** 0.5), 4),
            "network": how["network"],
            "weights": how["weights"],
            "tap": how["tap"],
            "sizes": " ".join(map(str, how["sizes"])),
            "power": how["power"],
            "grid": how["grid"],
            "dimensions": facts["dimensions"],
            "components": facts["components"],
            "neighbours": facts["neighbours"],
            "chance_map": round(facts["chance_map"], 4),
            "chance_precision_at_1": round(facts["chance_precision_at_1"], 4),
            "protocol": facts["protocol"],
            "queries": facts["queries"],
            "base": facts["base"],
            "classes": len(facts["classes"]),
            "duplicates": facts["duplicates"],
            "skipped": len(facts["skipped"]),
            "ranks": facts["ranks"],
            "data": "Caltech-101, a subset",
            "seed": 0,
        }
    )


def rows(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows with the circumstances, chance last."""
    last = found[-1]
    nothing = dict.fromkeys(
        ("network", "weights", "tap", "sizes", "power", "grid", "dimensions", "components",
         "map_class_balanced", "knn_accuracy", "map_se"), "",
    )  # fmt: skip
    chance = last | nothing
    chance |= {
        "entry": CHANCE,
        "map": last["chance_map"],
        "precision_at_1": last["chance_precision_at_1"],
    }
    where = measure.circumstances(PACKAGES)
    return [one | where for one in (*found, chance)]


def merged(
    new: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """New rows in the place of known ones, in the order of the entries; the others stay."""
    by_name = {row["entry"]: row for row in (*known, *new)}
    return [by_name[name] for name in (*ENTRIES, CHANCE) if name in by_name]


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """The figures of every entry, in per cent."""
    head = ("vectors", "values", "mAP", "P@1", "class by vote of 5")
    lines = [
        (
            TITLES[row["entry"]],
            row["dimensions"] or "-",
            *(f"{float(row[key]):.1%}" for key in ("map", "precision_at_1")),
            f"{float(row['knn_accuracy']):.1%}" if row["knn_accuracy"] != "" else "-",
        )
        for row in results
    ]
    return measure.table([head, *lines])


def main() -> int:
    """The command line; 2 where the request is refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help=f"keep benchmarks/results/{NAME}.csv")
    parser.add_argument("--data", metavar="FOLDER", help=f"{DATA} in WSL_DATA by default")
    parser.add_argument("--only", nargs="*", choices=list(ENTRIES),
                        help="all by default; the rows of others stay as they are")  # fmt: skip
    arguments = parser.parse_args()
    place = settings().data
    if arguments.data is None and place is None:
        measure.say(
            "WSL_DATA names no folder. Accepted is the folder of labelled picture sets: set it."
        )
        return 2
    data = arguments.data or str(place / DATA)  # type: ignore[operator]
    try:
        found = [measured(name, data) for name in arguments.only or ENTRIES]
    except WslError as error:
        measure.say(str(error))
        return 2
    results = rows(found)
    if arguments.json:
        import json

        print(json.dumps({"rows": results}, indent=1))
    else:
        print(table(results))
    if arguments.write:
        measure.write(NAME, merged(results, measure.read(NAME) if arguments.only else []))
    return 0


if __name__ == "__main__":
    sys.exit(main())

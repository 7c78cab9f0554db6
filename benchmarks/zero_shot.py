"""How well are classes recognised that no picture showed, by their attributes?

    python -m benchmarks.zero_shot [--only METHOD ...] [--json] [--write]

WSL_DATA names the folder of labelled sets. Every method that reads attributes, on the animals (proposed and
standard split of AwA2's classes, as far as there are pictures of them) and on the birds; two of them also on
20 random draws of unseen classes of either. Parameters and the constant of calibrated stacking are chosen on
left-out seen classes, for every draw anew. ConSE, by the names of the classes, with each source of word
vectors, without and with taxonomy, on the fixed splits. `--write` keeps `results/zero_shot.csv` and
`results/zero_shot_words.csv`, and ships what was chosen for the animals (`assets/zero_shot`). Figures are
kept in WSL_CACHE: what was broken off goes on where it was.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import whole_files
from wsl_core.datasets import attributes
from wsl_core.errors import WordError, WslError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.settings import settings
from wsl_core.transfer.zero_shot import METHODS
from wsl_core.transfer.zero_shot.evaluation import asked, zero_shot_job
from wsl_core.transfer.zero_shot.parameters import RANDOM, ZeroShotParameters
from wsl_core.transfer.zero_shot.vectors.sources import SOURCES

NAME, WORDS = "zero_shot", "zero_shot_words"
ENTRIES = (
    ("awa2", "proposed"), ("awa2", "standard"), ("cub", "proposed"), ("awa2", "random"), ("cub", "random"),
)  # fmt: skip
DRAWN = ("prototype", "eszsl")
"""Methods that are quick enough for 20 draws with a choice for each."""
TITLES = {"awa2": "animals", "cub": "birds"}
REPEATS = {"prototype": 3, "eszsl": 3}
FEWER = 1
"""Deals of the seen classes into folds for the methods that are slow to fit."""
PACKAGES = ("numpy", "openvino")
FIGURES = ("unseen", "seen", "unseen_among_all", "harmonic", "harmonic_uncalibrated", "ausuc")


def by_attributes() -> list[str]:
    """The methods that are measured."""
    return [name for name, card in METHODS.items() if not card.describes]


def measured(
    data: Path, folder: str, split: str, method: str, **described: str | bool
) -> dict[str, Any]:
    """The facts of one entry, from what is kept or measured; `described` says by which words.

    Raises:
        WslError: the set is missing or damaged.
    """
    how = ZeroShotParameters(
        data=str(data / folder),
        method=method,
        split=split,
        repeats=REPEATS.get(method, FEWER),
        **described,
    )  # type: ignore[arg-type]
    how = how.model_copy(update={"asked": asked(attributes.read(Path(how.data)), how)})
    config = how.model_dump(mode="json")
    without = {name: value for name, value in config.items() if name != "data"}
    grid = json.dumps([without, {k: list(v) for k, v in METHODS[method].grid.items()}])
    kept = settings().cache / NAME / f"{hashlib.sha256(grid.encode()).hexdigest()[:16]}.json"
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text())
        return found
    told, started = 0.0, time.process_time()
    for event in zero_shot_job(Task(config)):
        if isinstance(event, Progress):
            if event.doing.startswith("features"):
                started = time.process_time()
            if time.monotonic() - told > 10:
                told = time.monotonic()
                measure.say(f"{folder}, {split}, {method}: {event.doing}")
    assert isinstance(event, Result)
    seconds = round(time.process_time() - started, 1)
    facts = {**event.facts, **described, "folder": folder, "cpu_s": seconds}
    kept.parent.mkdir(parents=True, exist_ok=True)
    whole_files.write(kept, json.dumps(facts).encode())
    return facts


def by_words(data: Path) -> list[dict[str, Any]]:
    """ConSE on the fixed splits; a source without a word for one of a set's classes is left out there."""
    found = []
    for folder, split in ENTRIES:
        for vectors, taxonomy in product(SOURCES, (False, True)) if split != RANDOM else ():
            words = {"vectors": vectors, "taxonomy": taxonomy}
            try:
                found.append(measured(data, folder, split, "conse", **words))
            except WordError as error:
                measure.say(f"{folder}, {vectors}: {error}")
    return found


def rows(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a set, split and method, with the circumstances in every row."""
    found = []
    for one in results:
        first = one["draws"][0]
        figures: dict[str, Any] = {}
        for name in FIGURES:
            spread = one["deviation"][name]
            figures[name] = round(one[name], 5)
            figures[f"{name}_sd"] = "" if spread is None else round(spread, 5)
        known = [one["in_network"][name]["kind"] for name in first["unseen_classes"]]
        found.append(
            {
                "data": f"{one['data']}, a subset",
                "folder": one["folder"],
                "split": one["split"],
                "method": one["method"],
                **{name: one[name] for name in ("vectors", "taxonomy") if name in one},
                **figures,
                "draws": len(one["draws"]),
                "hubness": round(sum(d["hubness"] for d in one["draws"]) / len(one["draws"]), 4),
                "seen_classes": len(one["seen_classes"]),
                "unseen_classes": len(one["unseen_classes"]),
                "unseen_by_name_in_network": known.count("name") if len(one["draws"]) == 1 else "",
                "unseen_relatives_in_network": known.count("relative")
                if len(one["draws"]) == 1
                else "",
                "pictures": one["pictures"],
                "unseen_judged": first["unseen_judged"],
                "seen_judged": first["seen_judged"],
                "chosen": json.dumps(first["chosen"])
                if len(one["draws"]) == 1
                else "for every draw",
                "gamma": round(first["gamma"], 4) if len(one["draws"]) == 1 else "",
                "network": one["network"],
                "sizes": ",".join(map(str, one["sizes"])),
                "seed": one["seed"],
                "cpu_s": one["cpu_s"],
                **measure.circumstances(PACKAGES),
            }
        )
    return found


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """A row a set and split, and of each a line a method."""
    head = (
        "pictures",
        "unseen classes",
        "method",
        "unseen alone",
        "harmonic mean",
        "not calibrated",
        "area",
    )
    lines = []
    for row in results:
        every = int(row["seen_classes"]) + int(row["unseen_classes"])
        named = row["split"] if int(row["draws"]) == 1 else f"{row['draws']} draws"
        kind = f"{named}, {row['unseen_classes']} of {every}"
        cells = (
            _percent(row, name) for name in ("unseen", "harmonic", "harmonic_uncalibrated", "ausuc")
        )
        lines.append((TITLES.get(row["folder"], row["folder"]), kind, _named(row), *cells))
    return measure.table([head, *lines], left=3)


def _named(row: Mapping[str, Any]) -> str:
    said = [METHODS[row["method"]].title, row.get("vectors") or ""]
    said += ["taxonomy"] if str(row.get("taxonomy")) == "True" else []
    return ", ".join(filter(None, said))


def _percent(row: Mapping[str, Any], name: str) -> str:
    spread = row[f"{name}_sd"]
    value = f"{100 * float(row[name]):.1f}"
    return value if spread in ("", None) else f"{value} ± {100 * float(spread):.1f}"


def main() -> int:
    """The command line; status 2 where there are no pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zero_shot", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument(
        "--only", nargs="+", choices=by_attributes(), default=by_attributes(), help="methods"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--write", action="store_true", help="keep the figures, and ship what was chosen"
    )
    arguments = parser.parse_args()
    data = settings().data
    if data is None or not all((data / one).is_dir() for one, _ in ENTRIES):
        measure.say("There are no labelled pictures. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        results = [
            measured(data, folder, split, method)
            for folder, split in ENTRIES
            for method in arguments.only
            if split != RANDOM or method in DRAWN
        ]
        words = by_words(data)
    except WslError as error:
        measure.say(str(error))
        return 2
    lines, told = rows(results), rows(words)
    if arguments.write:
        measure.write(NAME, lines)
        measure.write(WORDS, told)
        ship(data, [one for one in results if one["folder"] == "awa2" and one["split"] != RANDOM])
    found = [*lines, *told]
    print(json.dumps({"rows": found}, indent=1) if arguments.json else table(found))
    return 0


def ship(data: Path, results: Sequence[Mapping[str, Any]]) -> None:
    """Make the animals of the page anew, with what was chosen."""
    from wsl_core.transfer.zero_shot import shipping

    shipping.ship(data / "awa2", results)


if __name__ == "__main__":
    sys.exit(main())

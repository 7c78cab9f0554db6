"""Which way of using a trained network wins with ten pictures a class; which end of it is to be retrained.

    python -m benchmarks.finetuning --write

The race: ten classes of Caltech-101, the first by name, ten pictures each to learn from (two of them kept
aside to stop early), up to twenty others each to be tested on, drawn anew for every seed from all pictures of
the subset. Strategies and their recipes are fixed: they were chosen on validation parts of other classes.
The cases: digits that come with the program, faint or under other names; each block of LeNet alone is
trained, at the rate that does best on the validation part. Both go into `assets/finetuning`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import whole_files
from wsl_core.errors import WslError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.jobs.parts import completed
from wsl_core.settings import settings
from wsl_core.transfer.finetuning import STRATEGIES, cases, finished
from wsl_core.transfer.finetuning.race import race
from wsl_core.transfer.finetuning.torch_cases import setup

NAME, DATA = "finetuning", "caltech101"
PLACE = Path(__file__).parents[1] / "assets" / "finetuning"
PACKAGES = ("torch", "numpy", "pillow")
CLASSES = 10
DECIMALS = 4
DROPPED = ("labels", "names", "skipped")
SUBSET = "Caltech-101, a subset"
DIGITS = "Digits of MNIST that come with the program"
KINDS = {
    "race": "The race, in per cent:",
    "input": "LeNet on faint digits, what is trained of it:",
    "labels": "LeNet on digits that go by other names, what is trained of it:",
}
"""What is measured, and how a table of it is introduced."""


def raced(data: str, seed: int) -> dict[str, Any]:
    """The facts of one race.

    Raises:
        WslError: the data are not there, or cannot be read.
    """
    names = sorted(one.name for one in Path(data).iterdir() if one.is_dir())[:CLASSES]
    config = {"data": data, "classes": names, "mixed": True, "seed": seed}
    told = 0.0
    for event in race(Task(config)):
        if isinstance(event, Progress) and event.share >= told + 0.1:
            told = event.share
            measure.say(f"race, seed {seed}: {event.doing}")
        elif isinstance(event, Result):
            return slim(event.facts)
    raise WslError("The race ended without a result.")


def slim(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is shipped of a race: no names of pictures, four decimals."""
    kept = {name: value for name, value in facts.items() if name not in DROPPED}
    kept["skipped_count"] = len(facts["skipped"])
    kept["strategies"] = [
        {name: value for name, value in one.items() if name != "predictions"}
        for one in facts["strategies"]
    ]
    found: dict[str, Any] = rounded(kept)
    return found


def rounded(value: Any) -> Any:
    """Numbers with four decimals, at any depth."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def of_case(name: str, title: str, layers: str, seed: int) -> dict[str, Any]:
    """The facts of one setup of a case, at the rate that does best on the validation part."""
    best = completed(setup(name, layers, seed)) | {"name": title, "title": title}
    kept = {key: value for key, value in best.items() if key not in ("predictions", "factors")}
    slimmed: dict[str, Any] = rounded(kept)
    return slimmed


def all_cases(seeds: int) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Every setup of both cases, over the seeds."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in cases.CASES:
        found[name] = {}
        for title, layers in cases.setups().items():
            found[name][title] = [of_case(name, title, layers, seed) for seed in range(seeds)]
            told = finished.over([one["accuracy"] for one in found[name][title]])
            measure.say(f"{name}, {title}: {told.mean:.1%}")
    return found


def rows(races: Sequence[Mapping[str, Any]], of_cases: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a strategy of the race and a setup of a case."""
    found = []
    if races:
        for place, one in enumerate(races[0]["strategies"]):
            own = [race["strategies"][place] for race in races]
            found.append(_row("race", one["name"], own, races[0]["counts"], SUBSET))
    for case, setups in of_cases.items():
        counts = {"train": 60, "validation": 40, "test": cases.TESTED}
        found += [_row(case, title, own, counts, DIGITS) for title, own in setups.items()]
    return found


def _row(
    kind: str, name: str, own: Sequence[Mapping[str, Any]], counts: Mapping[str, int], data: str
) -> dict[str, Any]:
    accuracy = finished.over([one["accuracy"] for one in own])
    last = [one["curve"][-1] for one in own]
    spread = accuracy.deviation
    return {
        "kind": kind,
        "name": name,
        "accuracy_mean": round(accuracy.mean, DECIMALS),
        "accuracy_sd": "" if spread is None else round(spread, DECIMALS),
        "train_accuracy": round(finished.over([one["train_accuracy"] for one in last]).mean, 4),
        "validation_accuracy": round(
            finished.over([one["validation_accuracy"] for one in last]).mean, 4
        ),
        "cpu_s": round(finished.over([one["cpu_s"] for one in own]).mean, 1),
        "seeds": len(own),
        **{name: counts[name] for name in ("train", "validation", "test")},
        "data": data,
    }


def table(results: Sequence[Mapping[str, Any]], kind: str) -> str:
    """The figures of the race or of a case, in per cent."""
    head = ("trained", "test", "last epoch: training", "validation", "CPU s")
    lines = []
    for row in results:
        if row["kind"] == kind:
            spread = f" ± {100 * float(row['accuracy_sd']):.1f}" if row["accuracy_sd"] != "" else ""
            lines.append(
                (
                    f"`{row['name']}`" if row["name"] in STRATEGIES else row["name"],
                    f"{100 * float(row['accuracy_mean']):.1f}{spread}",
                    f"{100 * float(row['train_accuracy']):.0f}",
                    f"{100 * float(row['validation_accuracy']):.0f}",
                    f"{float(row['cpu_s']):.0f}",
                )
            )
    return measure.table([head, *lines])


def packed(value: Any) -> Any:
    """The same with every curve as columns."""
    if isinstance(value, Mapping):
        return {
            name: finished.columns(one) if name == "curve" else packed(one)
            for name, one in value.items()
        }
    return [packed(one) for one in value] if isinstance(value, list) else value


def draws(count: str) -> str:
    """How many draws of pictures there were, in words."""
    return "one draw" if int(count) == 1 else f"means and standard deviations over {count} draws"


def ship(name: str, content: Mapping[str, Any], command: str, data: str) -> None:
    """Write a file of `assets/finetuning`."""
    about = {"data": data, "command": command} | measure.circumstances(PACKAGES)
    content = packed(content)
    text = json.dumps({"version": finished.VERSION, "about": about, **content}, ensure_ascii=False)
    PLACE.mkdir(parents=True, exist_ok=True)
    whole_files.write(PLACE / name, f"{text}\n".encode())
    measure.say(f"Written to assets/finetuning/{name}")


def main() -> int:
    """Measure, print, and write what was asked for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--only", choices=("race", "cases"), help="one of the two; both if left out"
    )
    parser.add_argument("--seeds", type=int, default=3, help="draws, from seed 0 on (default 3)")
    parser.add_argument(
        "--write", action="store_true", help="write the results and what is shipped"
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    args = parser.parse_args()
    folder = settings().data
    try:
        races: list[dict[str, Any]] = []
        if args.only != "cases":
            if folder is None or not (folder / DATA).is_dir():
                raise WslError(
                    f"The race needs {DATA} in the folder that WSL_DATA names. Set WSL_DATA, or ask for "
                    f"--only cases, which need no data."
                )
            races = [raced(str(folder / DATA), seed) for seed in range(args.seeds)]
        of_cases = {} if args.only == "race" else all_cases(args.seeds)
    except WslError as error:
        print(error, file=sys.stderr)
        return 2
    where = measure.circumstances(PACKAGES)
    found = [one | where for one in rows(races, of_cases)]
    if args.write:
        only = f"--only {args.only} " if args.only else ""
        command = f"python -m benchmarks.finetuning {only}--seeds {args.seeds} --write"
        if races:
            ship(finished.RACE, {"races": races}, command, SUBSET)
        if of_cases:
            ship(finished.CASES, {"cases": of_cases}, command, DIGITS)
        fresh = {one["kind"] for one in found}
        kept = [one for one in measure.read(NAME) if one["kind"] not in fresh]
        measure.write(NAME, [*found, *kept])
    if args.json:
        print(json.dumps(found, indent=1))
    else:
        for kind in dict.fromkeys(one["kind"] for one in found):
            print(f"{kind}\n{table(found, kind)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How far do a few labelled pictures a class go, on frozen features?

    python -m benchmarks.few_shot [--finetuning] [--json] [--write]

WSL_DATA names the folder of labelled sets. Examples are drawn from `train` of the Caltech-101 subset, queries
from `test`; all choices were made inside `train` (see `wsl_core.transfer.few_shot.parameters`). Every
head meets the same draws. `--write` keeps `benchmarks/results/few_shot.csv`, and what the page opens with,
`assets/few_shot/caltech101.json`. `--finetuning` measures something else: the heads beside fine-tuning, on a
few draws of 20 classes at the size that fine-tuning can afford; `benchmarks/results/few_shot_finetuning.csv`.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core import whole_files
from wsl_core.datasets import collection
from wsl_core.errors import WslError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.jobs.parts import completed
from wsl_core.settings import settings
from wsl_core.transfer.few_shot import HEADS, FewShotParameters
from wsl_core.transfer.few_shot.episodes import drawn
from wsl_core.transfer.few_shot.evaluation import chosen, few_shot_job, pools_of
from wsl_core.transfer.few_shot.features import read
from wsl_core.transfer.few_shot.measurement import measuring

TABLE, FINETUNING = "few_shot", "few_shot_finetuning"
SHIPPED = Path(__file__).parents[1] / "assets" / "few_shot" / "caltech101.json"
DATA = "Caltech-101, a subset of 100 classes"
SHOTS = (1, 2, 5, 10, 25)
"""25, not 30: the smallest class has 26 pictures in `train`."""
ENTRIES = ({"ways": 100, "draws": 20}, {"ways": 20, "draws": 100}, {"ways": 5, "draws": 600})
PACKAGES = ("numpy", "openvino")
BESIDE = {"ways": 20, "draws": 3, "shots": (1, 5), "sizes": (129,)}
STRATEGY = "probe-then-tune"
"""With the strategy's own defaults."""


def measured(data: Path, entry: Mapping[str, int]) -> Result:
    """One entry, with the CPU seconds that it took beside the features.

    Raises:
        WslError: the set is missing or damaged.
    """
    how = FewShotParameters(data=str(data / "caltech101"), shots=SHOTS, **entry)
    started, told = time.process_time(), 0.0
    for event in few_shot_job(Task(how.model_dump(mode="json"))):
        if isinstance(event, Progress) and "features" in event.doing:
            started = time.process_time()
        if isinstance(event, Progress) and time.monotonic() - told > 10:
            told = time.monotonic()
            measure.say(f"{entry['ways']}-way: {event.doing}")
    assert isinstance(event, Result)
    event.facts["heads_cpu_s"] = round(time.process_time() - started, 1)
    return event


def beside_finetuning(data: Path) -> list[dict[str, Any]]:
    """Rows of the heads and of fine-tuning on the same draws, at the same size.

    Raises:
        WslError: the set is missing or damaged.
    """
    from wsl_core.transfer.few_shot.finetuned import finetuning
    from wsl_core.transfer.finetuning import FineTuneParameters

    how = FewShotParameters.model_validate({"data": str(data / "caltech101"), **BESIDE})
    found, sides = chosen(how, collection.of(how.data, how.most, how.archive_megabytes))
    looked = completed(read(found, how))
    pools = pools_of(looked, sides)
    ways = pools.check(max(how.shots), how.ways)
    episodes = list(
        drawn(
            pools, looked.digests, shots=max(how.shots), ways=ways, queries=how.queries, draws=how.draws,
            seed=how.seed,
        )
    )  # fmt: skip
    heads = measuring(looked.features, episodes, len(pools.names), how.shots, how.heads, how)
    results = completed(heads)
    started = time.process_time()
    tuning = FineTuneParameters(size=how.sizes[0])
    steps = finetuning(STRATEGY, found, looked, episodes, how.shots, tuning)
    results += completed(steps, lambda share: measure.say(f"{STRATEGY}: {share:.0%}"))
    shared = {
        "data": DATA, "ways": ways, "draws": how.draws, "seed": how.seed, "network": how.network,
        "size": how.sizes[0], "strategy": STRATEGY,
        "strategy_cpu_s": round(time.process_time() - started, 1), **measure.circumstances(("torch",)),
    }  # fmt: skip
    return [
        {
            "head": one.head,
            "shots": one.shots,
            "accuracy": round(one.mean, 5),
            "interval_95": None if one.interval is None else round(one.interval, 5),
            **shared,
        }
        for one in results
    ]


def rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a head and number of shots, with the circumstances in every row."""
    shared = {
        "data": DATA,
        **{
            k: facts[k]
            for k in ("protocol", "pictures", "classes", "draws", "seed", "network", "power")
        },
        "queries_per_draw": round(facts["queries_per_draw"], 1),
        "sizes": ",".join(map(str, facts["sizes"])),
        "mirrored": facts["mirrored"],
        **{k: facts[k] for k in ("c", "scale", "cosine_steps", "heads_cpu_s")},
        **measure.circumstances(PACKAGES),
    }
    return [
        {
            "ways": facts["ways"],
            "head": one["head"],
            "shots": one["shots"],
            "accuracy": round(one["accuracy"], 5),
            "interval_95": round(one["interval_95"], 5),
            "sd": round(one["sd"], 5),
            **shared,
        }
        for one in facts["results"]
    ]


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """A row for ways and head, a column for shots."""
    shots = list(dict.fromkeys(int(row["shots"]) for row in results))
    heading = ("ways", "head", *("one-shot" if n == 1 else f"{n} shots" for n in shots))
    found = {(int(r["ways"]), r["head"], int(r["shots"])): r for r in results}
    lines = []
    for ways, head in dict.fromkeys((int(r["ways"]), r["head"]) for r in results):
        cells = [found[ways, head, n] for n in shots]
        values = (
            f"{100 * float(one['accuracy']):.1f} ± {100 * float(one['interval_95']):.1f}"
            for one in cells
        )
        lines.append((f"{ways}", HEADS[head].title, *values))
    return measure.table([heading, *lines], left=2)


def shipped(results: Sequence[Result], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the page opens with: all rows, and for all classes at once the accuracy of each class."""
    largest = max(results, key=lambda one: one.facts["ways"])
    per_class = {
        name: np.round(np.nanmean(values, axis=0), 4).tolist()
        for name, values in largest.arrays.items()
    }
    names = largest.facts["class_names"]
    return {"rows": list(lines), "classes": names, "per_class": per_class}


def main() -> int:
    """The command line; status 2 where there are no pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.few_shot", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument(
        "--finetuning", action="store_true", help="the heads beside fine-tuning instead"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--write", action="store_true", help="keep results/few_shot.csv and the page's file"
    )
    arguments = parser.parse_args()
    data = settings().data
    if data is None or not (data / "caltech101").is_dir():
        measure.say("There are no labelled pictures. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        if arguments.finetuning:
            lines = beside_finetuning(data)
            if arguments.write:
                measure.write(FINETUNING, lines)
            print(json.dumps({"rows": lines}, indent=1))
            return 0
        results = [measured(data, entry) for entry in ENTRIES]
    except WslError as error:
        measure.say(str(error))
        return 2
    lines = [row for one in results for row in rows(one.facts)]
    if arguments.write:
        measure.write(TABLE, lines)
        SHIPPED.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(shipped(results, lines), indent=1, ensure_ascii=False)
        whole_files.write(SHIPPED, text.encode())
    print(json.dumps({"rows": lines}, indent=1) if arguments.json else table(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

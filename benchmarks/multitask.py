"""Does a second task help the first? Alone against together, by data size and branching point, over seeds.

    python -m benchmarks.multitask [--only DATA ...] [--seeds 3] [--write] [--ship] [--json] [--list]
    python -m benchmarks.multitask --choose [--only DATA ...]

Every task set is trained at each of its fractions: each task alone, and together with 1 to 4 shared blocks.
With 3 shared blocks and all pictures also: learned loss weights, gradient surgery, and networks widened to
the parameters or to the cost of the separate ones. All have the same pictures, steps for each task, rate and
first weights.

A training is kept in WSL_CACHE, so that a run that was broken off goes on where it was. `--write` keeps
`results/multitask.csv`, a row a task; rows of task sets that were not asked for stay. `--ship` writes the
curves that the page opens with into `assets/multitask`. `--choose` tries learning rates for the tasks alone,
on a fifth of each training part, and prints what each gives: that is how the recipes' rates were chosen.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.multitask_trainings import SHARED, Entry, Trainings, entries, one_training
from wsl_core.errors import WslError
from wsl_core.transfer.multitask import TASK_SETS, MultitaskParameters, Request, card
from wsl_core.transfer.multitask.architecture import matched, network_size, separate_size
from wsl_core.transfer.multitask.finished import Finished
from wsl_core.transfer.multitask.results import Comparison, summarised
from wsl_core.transfer.multitask.task_sets import BLOCKS

TABLE = "multitask"
SEEDS = 3
RATES = (1e-3, 3e-3, 1e-2)
TRIED_ON = 5  # a fifth of the training part is held out to choose on
ASSETS = Path(__file__).parents[1] / "assets" / "multitask"


def of_entry(trainings: Trainings, entry: Entry, seeds: int, *, anew: bool) -> list[Comparison]:
    """The comparisons of the first seeds that are there."""
    found = []
    for seed in range(seeds):
        one = trainings.comparison(entry.request(seed), anew=anew)
        if one is None:
            break
        found.append(one)
    return found


def rows(entry: Entry, found: Sequence[Comparison]) -> Iterator[dict[str, Any]]:
    """One a task."""
    own, summary, how = card(entry.data), summarised(found), found[0].parameters
    blocks = matched(own.shape, own.blocks, own.outputs, how.shared, how.match)
    apart = separate_size(own.shape, own.blocks, own.outputs)
    one = network_size(own.shape, blocks, own.outputs, how.shared)
    facts = max((one.facts for one in found), key=lambda facts: str(facts["date"]))
    for name, task in summary.tasks.items():
        yield {
            "data": entry.data,
            "variant": entry.variant,
            "shared": entry.shared,
            "fraction": entry.fraction,
            "pictures": summary.pictures,
            "task": name,
            "measure": own.task(name).measure,
            "alone_mean": _cell(task.alone.mean),
            "alone_sd": _cell(task.alone.deviation),
            "together_mean": _cell(task.together.mean),
            "together_sd": _cell(task.together.deviation),
            "change_mean": _cell(task.change.mean),
            "change_low": _cell(task.change.low),
            "change_high": _cell(task.change.high),
            "verdict": task.change.verdict,
            "delta_mean": _cell(summary.delta.mean),
            "delta_low": _cell(summary.delta.low),
            "delta_high": _cell(summary.delta.high),
            "cosine": _cell(summary.cosine.mean if summary.cosine else None),
            "parameters_alone": apart.parameters,
            "parameters_together": one.parameters,
            "cost_alone": apart.cost,
            "cost_together": one.cost,
            "seeds": len(found),
            "steps": how.steps,
            "batch": how.batch,
            "rate": how.rate,
            "said": facts["said"],
            "held_out": facts["held_out"],
            "seconds": facts["seconds"],
            "command": entry.command(len(found)),
            **{name: facts[name] for name in ("date", "machine", "versions")},
        }


def _cell(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """For people: percent, a row a task."""
    head = ("tasks", "variant", "task", "pictures", "shared", "alone", "together", "change", "says")
    lines = []
    for one in found:
        low, high = percent(one["change_low"]), percent(one["change_high"])
        lines.append(
            (
                one["data"],
                one["variant"],
                one["task"],
                one["pictures"],
                f"{one['shared']} of {BLOCKS}",
                percent(one["alone_mean"]),
                percent(one["together_mean"]),
                f"{percent(one['change_mean'])} ({low} to {high})",
                one["verdict"],
            )
        )
    return measure.table([head, *lines], left=3)


def brief(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of one branching point and fixed loss weights, for a README: every data size."""
    return [one for one in found if int(one["shared"]) == SHARED and one["variant"] == "fixed"]


def percent(value: Any) -> str:
    """One decimal; a dash for what could not be measured."""
    return "-" if value in ("", None) else f"{100 * float(value):.1f}".replace("-", "−")


def choose(data: str) -> list[tuple[str, str, str]]:
    """What each rate gives the tasks alone, on a fifth of the training part that is not learned from."""
    trainings = Trainings(data)
    whole = trainings.read()
    held = list(range(0, len(whole.train), TRIED_ON))
    rest = [place for place in range(len(whole.train)) if place % TRIED_ON]
    import numpy as np

    tried = replace(whole, train=whole.train[np.array(rest)], held_out=whole.train[np.array(held)])
    found = []
    for rate in RATES:
        told = []
        for fraction in (whole.card.fractions[0], 1.0):
            how = Request(
                data=data, multitask=MultitaskParameters(rate=rate, fraction=fraction)
            ).settled()
            train = tried.drawn(fraction, 0)
            for name in whole.card.names:
                one = one_training(tried, train, (name,), how.alone())
                told.append(one.rate(name))
        found.append((data, f"{rate:g}", ", ".join(percent(one) for one in told)))
        measure.say(f"{data}, rate {rate:g}: {found[-1][-1]}")
    return found


def main() -> int:
    """The command line; 1 where something could not be trained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.multitask", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--only", nargs="*", default=list(TASK_SETS), choices=list(TASK_SETS), metavar="DATA",
                        help="these task sets; all of them by default")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N",
                        help=f"from seed 0 on; {SEEDS} by default")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true",
                        help=f"keep benchmarks/results/{TABLE}.csv")  # fmt: skip
    parser.add_argument("--ship", action="store_true", help="write the curves for the page")
    parser.add_argument("--list", action="store_true", help="train nothing: take what is kept")
    parser.add_argument("--choose", action="store_true", help="try learning rates on a fifth")
    arguments = parser.parse_args()
    refused: list[str] = []
    found: list[dict[str, Any]] = []
    for data in arguments.only:
        try:
            if arguments.choose:
                found += [
                    dict(zip(("data", "rate", "alone"), one, strict=True)) for one in choose(data)
                ]
                continue
            trainings, kept = Trainings(data), {}
            for entry in entries(data):
                own = of_entry(trainings, entry, arguments.seeds, anew=not arguments.list)
                if own:
                    kept[entry] = own
                    found += rows(entry, own)
            if arguments.ship and kept:
                shown = [one for entry, own in kept.items() for one in own]
                Finished.of(data, shown).save(ASSETS / f"{data}.json")
        except WslError as error:
            refused.append(f"{data}: {error}")
            measure.say(refused[-1])
    if arguments.choose:
        print(measure.table([("data", "rate", "alone"), *(tuple(one.values()) for one in found)]))
        return 1 if refused else 0
    print(
        json.dumps({"rows": found, "refused": refused}, indent=1)
        if arguments.json
        else table(found)
    )
    if arguments.write and found:
        done = {str(one["data"]) for one in found}
        others = [one for one in measure.read(TABLE) if one["data"] not in done]
        order = list(TASK_SETS)
        whole = sorted([*others, *found], key=lambda one: order.index(str(one["data"])))
        measure.write(TABLE, whole)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())

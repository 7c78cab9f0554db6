"""Which pooling scheme is the best at equal effort, and by more than chance?

    python -m benchmarks.pooling_schemes [--pronet [START ...]] [--json] [--write] [--anew]

Heads for VOC's 20 classes on the frozen default network, as `train-head` trains them, in WSL_DATA/voc.

- Choice: for every scheme the same four pairs of learning rate and decay, each trained on four fifths of
  `train`, from ImageNet's classes, and judged on the fifth that is left, by the mean of classification mAP
  and point mAP. The start at random takes the same pair.
- Table: with the chosen pair, three seeds of both starts trained on all of `train`, scored on `val`: mean
  and standard deviation over the seeds. `val` is read when all choices are made.
- WSLocalization is the beam search on the maps of the same heads for max pooling. ProNet is the shipped
  one, of one seed; with `--pronet` it is trained as often as the others, from the starts that are named
  (both, if none is), with the rate and decay that were chosen for LSE. "untrained" are ImageNet's maps,
  grouped.

A head is trained once: figures are kept in WSL_CACHE, and a run that was broken off goes on where it was
(`--anew` forgets them). The features of `train` take 5 GB there, once: set WSL_FEATURES_MEGABYTES. On one
core the whole takes an hour and a half.

`results/pooling_schemes.csv` has a row a scheme and start, `results/pooling_trainings.csv` one a training,
those of the choice included.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks import measure
from benchmarks.judged_pictures import MIRROR, SIZES
from benchmarks.pooling_trials import VAL, Setting, Trial, Trials, place
from wsl_core import networks
from wsl_core.datasets import labelled
from wsl_core.errors import DatasetError, WslError
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.figures.pooling_schemes import METRICS, PRONET
from wsl_core.settings import settings

PACKAGES = ("torch", "openvino", "numpy")
GRID = ((1e-3, 0.1), (1e-3, 2.0), (3e-3, 0.1), (3e-3, 2.0))
"""Learning rate and decay, the same pairs for every scheme."""
STARTS = ("relatives", "random")
CHOSEN_FROM = "relatives"  # the start from which rate and decay are chosen; both starts use them
SEEDS = (0, 1, 2)
STREAM = "lse"  # whose rate and decay ProNet takes
TABLE, TRAININGS = "pooling_schemes", "pooling_trainings"


def choose(trials: Trials) -> tuple[dict[str, Setting], list[Trial]]:
    """The best pair of the grid for every scheme, and all that was tried.

    Args:
        trials: on a part of the training pictures.
    """
    chosen, tried = {}, []
    for scheme in SCHEMES:
        found = [
            trials.run(Setting(scheme, CHOSEN_FROM, SEEDS[0], rate, decay)) for rate, decay in GRID
        ]
        tried += found
        chosen[scheme] = max(found, key=lambda one: one.merit).setting
    return chosen, tried


def measured(trials: Trials, chosen: dict[str, Setting], pronet: Sequence[str]) -> list[Trial]:
    """No training at all; then every scheme, start and seed with what was chosen; then ProNet."""
    found = [trials.untrained()]
    for start in STARTS:
        found += [
            trials.run(chosen[scheme].from_start(start, seed))
            for scheme in SCHEMES
            for seed in SEEDS
        ]
    if not pronet:
        return [*found, trials.shipped(PRONET)]
    own = chosen[STREAM].of(PRONET)
    found += [trials.run(own.from_start(start, seed)) for start in pronet for seed in SEEDS]
    return found


def run(root: Path, *, pronet: Sequence[str] = (), anew: bool = False) -> dict[str, Any]:
    """All trainings as the object that `--json` prints.

    Args:
        root: of VOC.
        pronet: starts from which ProNet is trained, too; none to measure the shipped one.
        anew: forget what earlier runs have found.

    Raises:
        DatasetError: the set is missing or damaged.
    """
    if anew:
        place().unlink(missing_ok=True)
    network, train = networks.load(), labelled.read("voc", root, "train", 2012)
    chosen, tried = choose(Trials.of_fifth(network, train))
    val = labelled.read("voc", root, "val", 2012)
    found = measured(Trials(network, train, val, VAL), chosen, pronet)
    common = {
        "network": network.card.name,
        "sizes": ",".join(map(str, SIZES)),
        "mirror": str(MIRROR).lower(),
        "trained_on": train.title,
        "training_pictures": len(train.pictures),
        "data": val.title,
        "pictures": len(val.pictures),
        **measure.circumstances(PACKAGES),
        "date": max(one.date for one in found),
    }
    rows = [one | common for one in table_rows(found)]
    return {
        **common,
        "rows": rows,
        "trainings": [row for one in tried + found for row in one.rows()],
    }


def table_rows(found: Sequence[Trial]) -> list[dict[str, Any]]:
    """A row a method and start: mean and deviation over its seeds, in their order."""
    rows = []
    for method, start in dict.fromkeys(
        (method, one.setting.start) for one in found for method in one.figures
    ):
        same = [one for one in found if method in one.figures and one.setting.start == start]
        first = same[0].setting
        row: dict[str, Any] = {
            "method": method,
            "scheme": first.scheme,
            "start": start,
            "seeds": len(same) if start else 0,
            "rate": first.rate,
            "decay": first.decay,
        }
        for metric in METRICS:
            values = [one.figures[method][metric] for one in same]
            row[metric] = round(fmean(values), 6)
            row[f"{metric}_deviation"] = round(stdev(values), 6) if len(values) > 1 else ""
            drawn = [one.figures[method][f"{metric}_bootstrap"] for one in same]
            row[f"{metric}_bootstrap"] = round(fmean(drawn), 6)
        rows.append(row)
    return rows


HEAD = {
    "classification_map": "classification mAP",
    "classification_map_frequent": "frequent",
    "point_map": "point mAP",
    "point_map_frequent": "frequent",
}
"""Metrics in the order of the printed table; frequent are classes with 20 pictures or more."""


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Means and deviations in percent, the two starts apart, the highest point mAP first."""
    head = ("method", "start", "rate, decay", *HEAD.values())
    lines = [
        (
            f"`{row['method']}`", row["start"] or "none",
            f"{row['rate']}, {row['decay']}" if row["start"] else "none",
            *(cell(row, name) for name in HEAD),
        )
        for row in sorted(rows, key=lambda row: (row["start"], -float(row["point_map"])))
    ]  # fmt: skip
    return measure.table([head, *lines], left=3)


def cell(row: Mapping[str, Any], metric: str) -> str:
    """A figure in percent with its deviation over the seeds."""
    mean, deviation = float(row[metric]), row[f"{metric}_deviation"]
    return f"{100 * mean:.1f}" + (f" ± {100 * float(deviation):.1f}" if deviation else "")


def main() -> int:
    """The command line; 2 where refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pooling_schemes", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument(
        "--pronet",
        nargs="*",
        choices=STARTS,
        metavar="START",
        help="train ProNet, too, from these starts, or from both: twenty minutes each",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true",
                        help=f"keep benchmarks/results/{TABLE}.csv and {TRAININGS}.csv")  # fmt: skip
    parser.add_argument("--anew", action="store_true", help="train all heads again")
    arguments = parser.parse_args()
    try:
        folder = settings().data
        if folder is None:
            raise DatasetError(
                "Set WSL_DATA to the folder of labelled sets; VOC lies in its folder voc."
            )
        starts = STARTS if arguments.pronet == [] else arguments.pronet or ()
        result = run(folder / "voc", pronet=starts, anew=arguments.anew)
    except WslError as error:
        measure.say(str(error))
        return 2
    print(json.dumps(result, indent=1) if arguments.json else table(result["rows"]))
    if arguments.write:
        measure.write(TABLE, result["rows"])
        measure.write(TRAININGS, result["trainings"])
    return 0


if __name__ == "__main__":
    sys.exit(main())

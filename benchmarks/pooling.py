"""What do all pooling schemes cost beside the one forward pass that they share?

    python -m benchmarks.pooling [--json] [--write] [--rounds 20] [--size 449]

The default network on the default runtime, one picture. Six schemes, each with scores, pooling weights and
contributions of all 20 VOC classes, read the same features: trained heads where they are installed,
otherwise heads of the same shapes with random weights, which cost the same. Contestants:

- forward: `Network.class_maps` alone.
- forward and all schemes: the same, then `comparison.read_all` for six heads, and `pooled_by` of each.
- pool again: the pooling alone, on maps that are there, as when a slider moves.

Medians over interleaved rounds. Before anything is timed, contributions are checked to add up to the
scores. Targets: `all_schemes_over_forward` at most 1.15, `repool_ms` at most 50.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core import networks
from wsl_core.datasets import voc
from wsl_core.errors import WslError
from wsl_core.fcn import comparison
from wsl_core.fcn.heads import Head, HeadCard, HeadMaps, TrainingData, names
from wsl_core.fcn.pooling import SCHEMES, SPLeaPWeights
from wsl_core.images import gallery
from wsl_core.networks import Card, ClassMaps
from wsl_core.settings import settings

PACKAGES = ("openvino", "numpy", "array-api-compat")
PICTURE = "cat"
FORWARD, ALL, AGAIN = "forward", "forward and all schemes", "pool again"
OVER_FORWARD, REPOOL_MS = 1.15, 50.0  # targets


def random_head(scheme: str, card: Card, channels: int) -> Head:
    """A head of the usual shapes that was never trained."""
    found, classes = SCHEMES[scheme], len(voc.CLASSES)
    parameters: Any = found.parameters()
    parts = scheme == "spleap"
    rows = parameters.parts if parts else classes * found.maps_a_class(parameters)
    draw = np.random.default_rng(0)

    def normal(*shape: int) -> Any:
        return draw.normal(0, 0.05, shape).astype(np.float32)

    learned = None
    if parts:
        learned = SPLeaPWeights(np.ones(rows, np.float32), normal(classes, rows), normal(classes))
    about = HeadCard(
        name=scheme,
        title=found.title,
        network=card.name,
        features=card.features,
        classes=voc.CLASSES,
        scheme=scheme,
        parameters=parameters.model_dump(mode="json"),
        data=TrainingData(title="none: random weights", split="none", pictures=1, subset=True),
    )
    return Head(about, normal(rows, channels), normal(rows), learned)


def heads(card: Card, channels: int) -> tuple[list[Head], bool]:
    """A head for every scheme, and whether they are trained: all or none."""
    if set(SCHEMES) <= set(names()):
        trained = [Head.load(name) for name in SCHEMES]
        if all(one.card.network == card.name and not one.card.finetuned for one in trained):
            return trained, True
    return [random_head(scheme, card, channels) for scheme in SCHEMES], False


def pool(read: Sequence[HeadMaps]) -> None:
    """Scores, weights and contributions of all classes under every scheme."""
    for one in read:
        scheme, parameters = one.head.card.pooling
        scheme.pool(one.part_maps, parameters, one.head.learned)


def check(read: Sequence[HeadMaps]) -> float:
    """The largest difference between a score and its contributions, in shares of the map's reach."""
    worst = 0.0
    for one in read:
        pooled, learned = one.pooled_by, one.head.learned
        bias = 0 if learned is None else np.asarray(learned.bias)
        sums = pooled.contributions.sum(axis=(1, 2), dtype=np.float64) + bias
        reach = float(np.abs(pooled.class_maps).max())
        worst = max(worst, float(np.abs(sums - pooled.scores).max()) / reach)
    if worst > 1e-4:
        raise SystemExit(f"Contributions differ from scores by {worst:.2g} of the map's reach.")
    return worst


def run(size: int, rounds: int, threads: int | None, patience: float) -> dict[str, Any]:
    """All measurements as the object that `--json` prints."""
    threads = threads or os.cpu_count() or 1
    os.environ["WSL_THREADS"] = str(threads)  # before the settings are read
    settings.cache_clear()
    network, photo = networks.load(), gallery.load(PICTURE)

    def look() -> ClassMaps:
        return network.class_maps(photo, size)

    maps = look()
    found, trained = heads(network.card, len(maps.features))
    read = comparison.read_all(found, maps)
    worst = check(read)  # which also fills `part_maps`, so that `pool` pools and does nothing else

    def every() -> None:
        for one in comparison.read_all(found, look()):
            one.pooled_by  # noqa: B018

    timing = measure.interleaved(
        {FORWARD: look, ALL: every, AGAIN: lambda: pool(read)}, rounds, patience=patience
    )
    milliseconds = {name: round(value, 2) for name, value in timing.milliseconds.items()}
    ratio = milliseconds[ALL] / milliseconds[FORWARD]
    return {
        "all_schemes_over_forward": round(ratio, 3),
        "repool_ms": milliseconds[AGAIN],
        "target_over_forward": OVER_FORWARD,
        "target_repool_ms": REPOOL_MS,
        "milliseconds": milliseconds,
        "largest_difference": float(f"{worst:.2g}"),
        "heads": "trained" if trained else "random",
        "schemes": len(found),
        "classes": len(voc.CLASSES),
        "size": size,
        "cells": list(maps.cells),
        "network": networks.DEFAULT,
        "picture": PICTURE,
        "rounds": rounds,
        "threads": threads,
        "rounds_repeated": timing.repeated,
        "others_busy": timing.others_busy,
        **measure.circumstances(PACKAGES),
    }


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a contestant, with the circumstances in every row."""
    shared = ("heads", "schemes", "classes", "size", "network", "picture", "rounds", "threads",
              "rounds_repeated", "others_busy", "date", "machine", "versions")  # fmt: skip
    forward = result["milliseconds"][FORWARD]
    return [
        {"contestant": name, "milliseconds": value, "over_forward": round(value / forward, 3)}
        | {key: result[key] for key in shared}
        for name, value in result["milliseconds"].items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Milliseconds, and how many times the forward pass they are."""
    first = results[0]
    head = (
        f"six schemes, {first['classes']} classes, {first['heads']} heads",
        "ms",
        "over forward",
    )
    lines = [
        (
            row["contestant"],
            f"{float(row['milliseconds']):.1f}",
            f"{float(row['over_forward']):.2f}",
        )
        for row in results
    ]
    return measure.table([head, *lines])


def main() -> int:
    """The command line; 1 where the machine was too busy for figures worth keeping, 2 where refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pooling", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/pooling.csv")
    parser.add_argument("--rounds", type=int, default=20, help="20 by default")
    parser.add_argument("--size", type=int, default=449, help="longer side; 449 by default")
    parser.add_argument("--threads", type=int, help="of the forward pass; every core by default")
    parser.add_argument("--patience", type=float, default=120, metavar="SECONDS",
                        help="for running disturbed rounds again; 120 by default")  # fmt: skip
    arguments = parser.parse_args()
    try:
        result = run(arguments.size, arguments.rounds, arguments.threads, arguments.patience)
    except WslError as error:
        measure.say(str(error))
        return 2
    results = rows(result)
    print(json.dumps(result, indent=1) if arguments.json else table(results))
    if arguments.write:
        if result["others_busy"] > measure.QUIET:
            measure.say("Not written: other processes disturbed the measurement. Try again later.")
            return 1
        measure.write("pooling", results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

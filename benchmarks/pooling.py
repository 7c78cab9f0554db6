"""What do all pooling schemes cost beside the one forward pass that they share, and what do others cost?

    python -m benchmarks.pooling [--json] [--write] [--rounds 20] [--size 449]

The default network on the default runtime, one picture. Six schemes, each with scores, pooling weights and
contributions of all 20 VOC classes, read the same features: trained heads where they are installed,
otherwise heads of the same shapes with random weights, which cost the same. Contestants:

- forward: `Network.class_maps` alone.
- forward and all schemes: the same, then `comparison.read_all` for six heads, and `pooled_by` of each.
- pool again: the pooling alone, on maps that are there, as when a slider moves.

Beside them, at what they cost from the picture on:

- ProNet: `ProNet.look`, its streams at their own sizes, mirrored where its card says so, then the crops.
- WSLocalization: the forward pass, one head, and a beam search for each of its classes.
- fine-tuned head: a forward pass of its own network and `Head.read`, where such a head is installed.

Medians over interleaved rounds. Before anything is timed, contributions are checked to add up to the
scores. Targets: `all_schemes_over_forward` at most 1.15, `repool_ms` at most 50.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core import networks
from wsl_core.datasets import voc
from wsl_core.errors import WslError
from wsl_core.fcn import comparison, pronet
from wsl_core.fcn.heads import Head, HeadCard, HeadMaps, TrainingData, names
from wsl_core.fcn.localization import search
from wsl_core.fcn.pooling import SCHEMES, SPLeaPWeights
from wsl_core.images import Photo, gallery
from wsl_core.networks import Card, ClassMaps, Network
from wsl_core.settings import settings

PACKAGES = ("openvino", "numpy", "array-api-compat")
PICTURE = "cat"
FORWARD, ALL, AGAIN = "forward", "forward and all schemes", "pool again"
PRONET, SEARCH, FINETUNED = "ProNet", "WSLocalization", "fine-tuned head"
SEARCHED = "weldon"  # the head whose maps are searched
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


def beside(
    network: Network, photo: Photo, size: int, searched: Head
) -> dict[str, Callable[[], object]]:
    """ProNet, WSLocalization and, where it is installed, the fine-tuned head, each from the picture on.

    Args:
        network: the default one.
        photo: the picture.
        size: its longer side as fed; ProNet has sizes of its own.
        searched: the head whose maps WSLocalization searches.
    """
    installed = names()
    trained = pronet.load("pronet") if "pronet" in installed else None
    whole = (
        trained
        if isinstance(trained, pronet.ProNet) and trained.card.network == network.card.name
        else pronet.ProNet.random(network, voc.CLASSES)
    )

    def searches() -> None:
        maps = searched.read(network.class_maps(photo, size))
        for index in range(len(maps.classes)):
            search(maps, index)

    found: dict[str, Callable[[], object]] = {
        PRONET: lambda: whole.look(network, photo), SEARCH: searches,
    }  # fmt: skip
    if "finetuned" in installed:
        head = Head.load("finetuned")
        own = head.network()
        found[FINETUNED] = lambda: head.read(own.class_maps(photo, size)).pooled_by
    return found


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

    others = beside(network, photo, size, found[list(SCHEMES).index(SEARCHED)])
    timing = measure.interleaved(
        {FORWARD: look, ALL: every, AGAIN: lambda: pool(read), **others}, rounds, patience=patience
    )
    milliseconds = {name: round(value, 2) for name, value in timing.milliseconds.items()}

    def over(name: str) -> float | None:
        there = milliseconds.get(name)
        return there and round(there / milliseconds[FORWARD], 3)

    return {
        "all_schemes_over_forward": over(ALL),
        "repool_ms": milliseconds[AGAIN],
        "target_over_forward": OVER_FORWARD,
        "target_repool_ms": REPOOL_MS,
        "pronet_over_forward": over(PRONET),
        "wslocalization_over_forward": over(SEARCH),
        "finetuned_over_forward": over(FINETUNED),
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
    return measure.conclude(
        "pooling", result, results, table(results), as_json=arguments.json, keep=arguments.write
    )


if __name__ == "__main__":
    sys.exit(main())

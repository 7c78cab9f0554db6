"""`wsl zero-shot`: how well classes are recognised that no picture showed, by their attributes or words."""

import argparse
import sys
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.datasets import attributes
from wsl_core.transfer.zero_shot import METHODS
from wsl_core.transfer.zero_shot.evaluation import JOB, asked, refuse_early
from wsl_core.transfer.zero_shot.parameters import ZeroShotParameters

DESCRIPTION = """\
Recognise classes that no picture showed: they are described by attributes (furry, four legs, tail) or by
words, and a method learns from pictures of other classes what these mean. Sets are read as they are published
(AwA2, CUB, SUN, aPY), or as a table attributes.csv beside a folder a class.

Accuracy is the mean over classes. "Unseen" is among the unseen classes alone; "seen" and the harmonic mean
are where seen and unseen ones compete, with a constant off the scores of seen classes. Parameters and
constant are chosen on seen classes that are left out. For each class the table says whether the network was
taught it. Features are kept in WSL_CACHE. The measurement is a run (see wsl runs); the same command goes on
with it.
"""
PROTOCOL = {
    "method": "NAME",
    "split": "NAME",
    "draws": "N",
    "unseen": "N",
    "repeats": "N",
    "seed": "N",
}
WORDS = {"vectors": "NAME", "taxonomy": None}
METHOD = {
    "width": "X", "ridge": "X", "shrinkage": "X", "picture_penalty": "X", "class_penalty": "X", "c": "X",
    "margin": "X", "epochs": "N", "rate": "X", "loss": "NAME", "hidden": "N", "dimensions": "N",
    "network_rate": "X", "weight_decay": "X",
}  # fmt: skip
HOW = {"network": "NAME", "sizes": "N,N", "power": "X"}
SWITCHES = ("negatives", "chosen", "mirrored")
TAUGHT = {"name": "yes", "relative": "a relative", "no": "no"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "--data",
        required=True,
        metavar="FOLDER",
        help=ZeroShotParameters.model_fields["data"].description,
    )
    for fields in (PROTOCOL, WORDS, METHOD, HOW):
        arguments.add(parser, ZeroShotParameters, fields)
    for name in SWITCHES:
        parser.add_argument(
            arguments.flag(name),
            action=argparse.BooleanOptionalAction,
            default=argparse.SUPPRESS,
            help=ZeroShotParameters.model_fields[name].description,
        )
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(ZeroShotParameters, args)
    how = how.model_copy(update={"data": str(Path(how.data).absolute())})
    found = attributes.read(Path(how.data))
    refuse_early(found, how)
    config = how.model_copy(update={"asked": asked(found, how)}).model_dump(mode="json")
    facts = following.result(JOB, config).facts
    following.taken(JOB, config)
    for name, sentence in facts["skipped"].items():
        print(f"Skipped {name}: {sentence}", file=sys.stderr)
    if args.json:
        arguments.printed(facts)
    else:
        _print(facts)
    return SKIPPED if facts["skipped"] else DONE


def _print(found: dict[str, Any]) -> None:
    draws = found["draws"]
    first = draws[0]
    print(
        f"{found['data']}, {METHODS[found['method']].title}, {found['split']} split ({found['split_from']}): "
        f"{len(found['seen_classes'])} seen and {len(found['unseen_classes'])} unseen classes with pictures "
        f"of the table's {found['table_classes']}; {first['train']:,} pictures to learn from, "
        f"{first['unseen_judged']:,} of unseen and {first['seen_judged']:,} of seen classes to be judged."
    )
    what = f"{len(draws)} draws, mean and deviation" if len(draws) > 1 else "one split"
    print(f"{found['network']}, sizes {', '.join(map(str, found['sizes']))} px; {what}.\n")
    rows = (
        ("unseen, among themselves", "unseen"),
        ("seen, among all", "seen"),
        ("unseen, among all", "unseen_among_all"),
        ("harmonic mean of these two", "harmonic"),
        ("the same without the constant", "harmonic_uncalibrated"),
        ("area of seen over unseen", "ausuc"),
    )
    print_table(
        ("ACCURACY, MEAN OVER CLASSES", "%"),
        [(title, _percent(found[key], found["deviation"][key])) for title, key in rows],
    )
    unseen = {name for one in draws for name in one["unseen_classes"]}
    predicted = {
        name: sum(one["predicted"].get(name, 0) for one in draws) for name in sorted(unseen)
    }
    print()
    print_table(
        ("UNSEEN CLASS", "%", "PREDICTED", "IN THE NETWORK'S LABELS"),
        [
            (name, f"{100 * found['classes'][name]:.1f}", count, _taught(found["in_network"][name]))
            for name, count in predicted.items()
        ],
    )


def _percent(value: float, spread: float | None) -> str:
    return f"{100 * value:.1f}" + ("" if spread is None else f" +- {100 * spread:.1f}")


def _taught(one: dict[str, Any]) -> str:
    classes = ", ".join(one["classes"])
    return f"{TAUGHT[one['kind']]}: {classes}" if classes else TAUGHT[one["kind"]]

"""`wsl few-shot`: how far a few labelled pictures a class go, on frozen features."""

import argparse
import sys
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.datasets import collection
from wsl_core.transfer.few_shot import HEADS, JOB, FewShotParameters
from wsl_core.transfer.few_shot.evaluation import asked, chosen, refuse_early

DESCRIPTION = """\
Measure classifiers that are made from a few labelled pictures of each class, on the frozen features of a
network: nearest class mean, cosine classifier, linear probe. Examples are drawn many times, the same ones
for every head. With a table of splits, examples come from one split and queries from another; without, both
from all pictures, never the same ones. One shot is one-shot learning.

Accuracy is the mean over classes, then over draws; the 95 % interval says how far other draws would move it.
Features are kept in WSL_CACHE. The measurement is a run (see wsl runs); the same command goes on with it.
"""
EPISODES = {
    "shots": "N,N",
    "ways": "N",
    "draws": "N",
    "queries": "N",
    "seed": "N",
    "heads": "NAME,NAME",
}
SET = {"split_file": "CSV", "support": "NAME", "asked_of": "NAME", "mixed": None}
HOW = {
    "network": "NAME", "weights": "WHICH", "sizes": "N,N", "power": "X", "c": "X", "scale": "X",
    "cosine_steps": "N", "most": "N", "archive_megabytes": "X",
}  # fmt: skip
NAMED = 3  # duplicates that are named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "--data",
        required=True,
        metavar="FOLDER",
        help=FewShotParameters.model_fields["data"].description,
    )
    for fields in (EPISODES, SET, HOW):
        arguments.add(parser, FewShotParameters, fields)
    parser.add_argument(
        arguments.flag("mirrored"),
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help=FewShotParameters.model_fields["mirrored"].description,
    )
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(FewShotParameters, args)
    table = None if how.split_file is None else str(Path(how.split_file).absolute())
    how = how.model_copy(update={"data": str(Path(how.data).absolute()), "split_file": table})
    found, sides = chosen(how, collection.of(how.data, how.most, how.archive_megabytes))
    refuse_early(how, found, sides)
    how = how.model_copy(update={"asked": asked(how, found)})
    config = how.model_dump(mode="json")
    facts = following.result(JOB, config).facts
    following.taken(JOB, config)
    for sentence in facts["skipped"].values():
        print(f"Skipped: {sentence}", file=sys.stderr)
    if facts["duplicates"]:
        print(_duplicates(facts["duplicates"]), file=sys.stderr)
    if args.json:
        arguments.printed(facts)
    else:
        _print(facts)
    return SKIPPED if facts["skipped"] else DONE


def _duplicates(groups: list[list[str]]) -> str:
    named = "; ".join(" = ".join(group) for group in groups[:NAMED])
    more = f"; and {len(groups) - NAMED} more" if len(groups) > NAMED else ""
    what = "1 picture lies" if len(groups) == 1 else f"{len(groups)} pictures lie"
    return (
        f"{what} there more than once ({named}{more}). A copy of an example is never a "
        f"query of the same draw."
    )


def _print(found: dict[str, Any]) -> None:
    print(
        f"{found['data']}, {found['ways']}-way, {found['protocol']}: {found['draws']} draws, "
        f"{found['queries_per_draw']:,.0f} queries each; {found['pictures']:,} pictures, "
        f"{found['classes']} classes."
    )
    sizes = ", ".join(map(str, found["sizes"]))
    mirrored = ", mirrored too" if found["mirrored"] else ""
    print(f"{found['network']} ({found['weights']} weights), sizes {sizes} px{mirrored}.\n")
    print_table(
        ("%, WITH 95 % INTERVAL", *map(_shots, found["shots"])),
        [
            (HEADS[name].title, *(_cell(found, name, shots) for shots in found["shots"]))
            for name in found["accuracy"]
        ],
    )


def _shots(shots: int) -> str:
    return "ONE-SHOT" if shots == 1 else f"{shots} SHOTS"


def _cell(found: dict[str, Any], head: str, shots: int) -> str:
    interval = found["interval_95"][head][str(shots)]
    spread = "" if interval is None else f" +- {100 * interval:.1f}"
    return f"{100 * found['accuracy'][head][str(shots)]:.1f}{spread}"

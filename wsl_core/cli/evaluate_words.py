"""`wsl evaluate words`: how well words that a network was never taught are placed on pictures."""

import argparse
import sys
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.transfer.zero_shot.placed_evaluation import (
    FIGURES,
    JOB,
    Words,
    WordsEvaluationParameters,
)

DESCRIPTION = """\
Measure how well any word is placed: the names of a set's classes are placed on its pictures by way of the
default network's own classes, and the highest cell is right where it lies in a box of the class.

Beside it: wrong words (the names of all classes that a picture does not show) on the same boxes, and the
picture's middle. All figures are means over classes. Nothing is trained.

The evaluation is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last checkpoint.
"""
SET = {"format": "NAME", "year": "N", "split": "NAME", "skip_missing": None}
HOW = {
    "vectors": "NAME", "taxonomy": None, "size": "N", "temperature": "X", "kept": "N", "evenness": "X",
    "tolerance": "PX",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "--data",
        required=True,
        metavar="ROOT",
        help=WordsEvaluationParameters.model_fields["data"].description,
    )
    arguments.add(parser, WordsEvaluationParameters, SET | HOW)
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(WordsEvaluationParameters, args)
    how = how.model_copy(update={"data": str(Path(how.data).absolute())})
    Words.of(how.read().classes, how.placing)
    config = how.model_dump(mode="json")
    facts = following.result(JOB, config).facts
    following.taken(JOB, config)
    facts |= {"parameters": how.placing.model_dump(mode="json"), "tolerance": how.tolerance}
    for name in facts["missing"]:
        print(f"Skipped {name}: its file or annotation is missing.", file=sys.stderr)
    for name in facts["unplaced"]:
        print(f"Not placed: {name} has no relative among the network's classes.", file=sys.stderr)
    if args.json:
        arguments.printed(facts)
    else:
        _print(facts)
    return SKIPPED if facts["missing"] else DONE


def _print(found: dict[str, Any]) -> None:
    how = found["parameters"]
    taxonomy = ", with taxonomy" if how["taxonomy"] else ""
    print(
        f"{found['data']}: {found['images']} pictures, {found['asked']} classes in them. Words by "
        f"{how['vectors']}{taxonomy}; {found['tolerance']:g} px may be missed.\n"
    )
    header = ("POINTING, %", "WRONG WORD, %", "CENTRE, %")
    rows = [("mean over classes", found["asked"], *_percent(found))]
    rows += [("of several classes", "", *_percent(found["several"]))]
    rows += [(name, one["pictures"], *_percent(one)) for name, one in found["classes"].items()]
    print_table(("", "PICTURES", *header), rows)


def _percent(figures: dict[str, Any]) -> list[float | str]:
    """One decimal; a dash for what could not be measured."""
    return ["-" if figures[one] is None else round(100 * figures[one], 1) for one in FIGURES]

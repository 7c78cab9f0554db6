"""`wsl evaluate retrieval`: how well features find pictures of the same class, which nobody told them."""

import argparse
import sys
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.datasets import collection
from wsl_core.transfer.retrieval.evaluation import JOB, chosen
from wsl_core.transfer.retrieval.indexing import asked
from wsl_core.transfer.retrieval.parameters import RetrievalParameters

DESCRIPTION = """\
Measure how well the features of a network find pictures of the same class: mean average precision over all
ranks, and how often the very first is right. Nothing is trained; labels serve for scoring alone.

With a table of splits, pictures of one split ask and those of another are searched; without, every picture
asks all others. The query itself and exact duplicates of it are left out. The measurement is a run (see wsl
runs). If it is interrupted or killed, the same command goes on from the last checkpoint.
"""
SET = {"split_file": "CSV", "queries": "NAME", "base": "NAME", "leave_one_out": None}
HOW = {
    "network": "NAME", "weights": "WHICH", "tap": "NAME", "sizes": "N,N", "power": "X", "grid": "N",
    "components": "N", "neighbours": "N", "most": "N", "archive_megabytes": "X",
}  # fmt: skip
TABLE = (  # of what, the key of its figure, and that of its mean over classes and of chance
    ("mean average precision, all ranks", "map", "map_class_balanced", "chance_map"),
    ("precision at 1", "precision_at_1", "precision_at_1_class_balanced", "chance_precision_at_1"),
    ("mean average precision at R", "map_at_r", None, None),
    ("class by vote", "knn_accuracy", "knn_accuracy_class_balanced", None),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "--data",
        required=True,
        metavar="FOLDER",
        help=RetrievalParameters.model_fields["data"].description,
    )
    arguments.add(parser, RetrievalParameters, SET)
    arguments.add(parser, RetrievalParameters, HOW)
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(RetrievalParameters, args)
    table = None if how.split_file is None else str(Path(how.split_file).absolute())
    places = {"data": str(Path(how.data).absolute()), "split_file": table}
    how = how.model_copy(update=places)
    found, _ = chosen(how, collection.of(how.data, how.most, how.archive_megabytes))
    how = how.model_copy(update={"asked": asked(how, found)})
    config = how.model_dump(mode="json")
    facts = following.result(JOB, config).facts
    following.taken(JOB, config)
    for sentence in facts["skipped"].values():
        print(f"Skipped: {sentence}", file=sys.stderr)
    if args.json:
        arguments.printed(facts)
    else:
        _print(facts)
    return SKIPPED if facts["skipped"] else DONE


def _print(found: dict[str, Any]) -> None:
    how = found["descriptor"]
    print(
        f"{found['data']}, {found['protocol']}: {found['queries']:,} queries, {found['base']:,} pictures "
        f"searched, {len(found['classes'])} classes; {found['duplicates']} exact duplicates left out, "
        f"{found['queries_without_relevant']} queries without a picture to be found."
    )
    sizes = ", ".join(map(str, how["sizes"]))
    print(f"{how['network']} ({how['weights']} weights), layer {how['tap']}, sizes {sizes} px.\n")
    print_table(
        ("%", "ALL QUERIES", "MEAN OF CLASSES", "CHANCE"),
        [(title, *(_percent(found, key) for key in keys)) for title, *keys in TABLE],
    )


def _percent(found: dict[str, Any], key: str | None) -> float | str:
    """One decimal; nothing where there is no such figure."""
    return "" if key is None else round(100 * found[key], 1)

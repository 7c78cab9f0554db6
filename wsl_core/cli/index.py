"""`wsl index`: the pictures of a folder, of class folders or of a zip file, made searchable."""

import argparse
import sys
from pathlib import Path

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.datasets import collection
from wsl_core.transfer.retrieval.index import Index, check_place
from wsl_core.transfer.retrieval.indexing import JOB, asked
from wsl_core.transfer.retrieval.parameters import IndexParameters

DESCRIPTION = """\
Make pictures searchable: each becomes one vector of features of a network, as they are, without training.
Then ask with wsl query.

Pictures are those of a folder and the folders in it, or of a zip file, which is never unpacked to where its
names say. Where they lie in class folders, the classes are kept. The work is a run (see wsl runs). If it is
interrupted or killed, the same command goes on from the last checkpoint.
"""
HOW = {
    "network": "NAME", "weights": "WHICH", "tap": "NAME", "sizes": "N,N", "power": "X", "grid": "N",
    "components": "N", "most": "N", "archive_megabytes": "X",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "source", metavar="FOLDER", help=IndexParameters.model_fields["source"].description
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="Folder for the index: a new one, or that of an earlier index, which is replaced.",
    )
    arguments.add(parser, IndexParameters, HOW)
    arguments.add_json(parser, "what was indexed")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, index, and write the index; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(IndexParameters, args)
    how = how.model_copy(update={"source": str(Path(how.source).absolute())})
    out = Path(args.out)
    check_place(out)
    found = collection.of(how.source, how.most, how.archive_megabytes)
    how = how.model_copy(update={"asked": asked(how, found)})
    config = how.model_dump(mode="json")
    result = following.result(JOB, config)
    index = Index.of(result.facts, result.arrays).save(out, found)
    following.taken(JOB, config)
    for sentence in index.card.skipped.values():
        print(f"Skipped: {sentence}", file=sys.stderr)
    facts = index.facts()
    if args.json:
        arguments.printed({"out": args.out} | facts)
    else:
        classes = f" of {facts['classes']} classes" if facts["classes"] else ""
        print(
            f"{args.out}: {facts['pictures']:,} pictures{classes}, {facts['skipped_count']} skipped; "
            f"{facts['network']}, layer {facts['tap']}, {facts['dimensions']} values a picture."
        )
    return SKIPPED if index.card.skipped else DONE

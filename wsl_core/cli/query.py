"""`wsl query`: the pictures of an index that are most alike to a picture, or to a region of it."""

import argparse
import time
from pathlib import Path

from wsl_core import images
from wsl_core.cli import DONE, arguments
from wsl_core.cli.tables import print_table
from wsl_core.errors import NetworkError
from wsl_core.transfer import retrieval
from wsl_core.transfer.retrieval import Index, QueryParameters
from wsl_core.transfer.retrieval.index import digest

DESCRIPTION = """\
Find the pictures of an index that are most alike to a picture, or to a region of it, by the cosine of their
vectors: 1 for the same, around 0 for what has nothing in common.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument("picture", metavar="PICTURE", help="That is asked with.")
    parser.add_argument(
        "--index", required=True, metavar="DIR", help="Folder that wsl index wrote."
    )
    arguments.add(parser, QueryParameters, {"region": "X,Y,W,H", "top": "N"})
    parser.add_argument(
        "--network",
        metavar="NAME",
        help="That is expected; an index of another one is refused. Left out, the index's own is used.",
    )
    arguments.add_json(parser, "the neighbours")


def run(args: argparse.Namespace) -> int:
    """Ask, and print the neighbours; the exit status.

    Raises:
        WslError: the request is refused.
    """
    how = arguments.read(QueryParameters, args)
    index = Index.load(Path(args.index))
    own = index.card.descriptor.network
    if args.network is not None and args.network != own:
        raise NetworkError(
            f"The index in {args.index} was made with the network {own}, and {args.network} is asked for. "
            f"Vectors of different networks cannot be compared: use {own}, or make the index again."
        )
    photo = images.read(args.picture)
    descriptor = index.descriptor()
    look = descriptor.look(photo)
    asked = retrieval.vector(index, descriptor, look, how.region)
    began = time.perf_counter()
    vectors = index.vectors  # made ready once
    ready = time.perf_counter()
    found = retrieval.ask(index, asked, how.top)
    done = time.perf_counter()
    same = digest(photo)
    rows = [
        {
            "rank": rank,
            "name": one.name,
            "label": one.label,
            "similarity": one.similarity,
            "same_picture": index.card.pictures[one.number].sha256 == same,
        }
        for rank, one in enumerate(found, 1)
    ]
    if args.json:
        facts = {
            "picture": args.picture,
            "region": how.region,
            "index": args.index,
            "network": own,
            "tap": index.card.descriptor.tap,
            "pictures": len(vectors),
            "prepare_ms": 1000 * (ready - began),
            "query_ms": 1000 * (done - ready),
            "neighbours": rows,
        }
        arguments.printed(facts)
        return DONE
    print_table(
        ("RANK", "COSINE", "CLASS", "PICTURE"),
        [
            (
                row["rank"],
                f"{row['similarity']:.3f}",
                row["label"] or "-",
                f"{row['name']} (the very picture)" if row["same_picture"] else row["name"],
            )
            for row in rows
        ],
    )
    return DONE

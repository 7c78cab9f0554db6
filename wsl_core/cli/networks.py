"""`wsl networks`: the cards of the networks, as a table or as JSON; `wsl networks fetch`: weights.

Weights that no package carries are fetched here or on the pages, never by loading a network.
"""

import argparse
import sys
from typing import Any

from wsl_core import networks
from wsl_core.cli import DONE, REFUSED, arguments
from wsl_core.cli.tables import print_table
from wsl_core.errors import ParameterError, WeightsError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.networks import download


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = (
        "List the networks: what they are, how accurate they were published to be, and whether\n"
        "their weights are on this machine."
    )
    arguments.add_json(parser, "the list")
    actions = parser.add_subparsers(metavar="fetch", title="actions")
    fetching = actions.add_parser(
        "fetch",
        help="fetch the weights of a network that no package carries",
        description="Fetch the published weights of a network into the folder of WSL_CACHE, checked.",
    )
    fetching.set_defaults(run=fetch)
    fetching.add_argument("name", metavar="NAME", help="A network of the list, or timm:NAME.")
    fetching.add_argument("--yes", action="store_true", help="Fetch without asking.")
    fetching.add_argument(  # suppressed, or it would undo a --json before the word fetch
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="Print what was done as one JSON object on standard output, and nothing else there.",
    )


def run(args: argparse.Namespace) -> int:
    """Print the cards; the exit status."""
    facts = [_facts(card) for card in networks.CARDS.values()]
    if args.json:
        arguments.printed({"networks": facts})
        return DONE
    print_table(
        ("NAME", "TITLE", "MB", "CLASSES", "SIDES", "TRAINED AT", "TOP-1", "WEIGHTS", "LICENCE"),
        [
            (
                one["name"] + (" (default)" if one["default"] else ""),
                one["title"],
                one["megabytes"],
                one["classes"],
                "{step} k + {offset}".format(**one["sides"]),
                one["training_side"],
                one["published_top1"],
                _whereabouts(one),
                one["licence"],
            )
            for one in facts
        ],
    )
    print("\nTop-1 is the share of ImageNet's validation set named right, as published:")
    for source in dict.fromkeys(one["published_source"] for one in facts):
        print(f"  {source}")
    if any(one["to_fetch"] for one in facts):
        print("What is to be fetched is fetched by: wsl networks fetch NAME")
    for reason in dict.fromkeys(one["missing"] for one in facts if not one["to_fetch"]):
        if reason:
            print(reason)
    return DONE


def _whereabouts(facts: dict[str, Any]) -> str:
    """Whether a network's weights are on this machine, in a word or two."""
    if facts["to_fetch"]:
        return f"to fetch, {facts['megabytes']:.0f} MB"
    if facts["weights"] is None:
        return "missing"
    return "your own" if facts["brought"] else "there"


def _facts(card: networks.Card) -> dict[str, Any]:
    """What is shown of a card, and where its weights are."""
    weights, missing = None, None
    try:
        weights = str(card.weights_path())
    except WeightsError as error:
        missing = str(error)
    kept = {"name", "title", "classes", "sides", "training_side"}
    kept |= {"published_top1", "published_source"}
    return card.model_dump(include=kept) | {
        "megabytes": card.megabytes,
        "weights_origin": card.weights.origin,
        "licence": card.licence,
        "default": card.name == networks.DEFAULT,
        "weights": weights,
        "brought": card.brought_weights() is not None,
        "to_fetch": download.missing(card) is not None,
        "missing": missing,
    }


def fetch(args: argparse.Namespace) -> int:
    """Fetch the weights of one network; the exit status."""
    card = networks.card(args.name)
    weights = download.missing(card)
    if weights is not None and (sentence := download.forbidden(card, weights)):
        raise WeightsError(sentence)
    if weights is not None and not (args.yes or _agreed(card, weights)):
        print("Nothing was fetched.", file=sys.stderr)
        return REFUSED
    for event in download.fetch(Task(config={"name": args.name})):
        if isinstance(event, Progress):
            _tell(event)
        elif isinstance(event, Result):
            result = event
    facts = {"network": card.name, "fetched": weights is not None} | result.facts
    if args.json:
        arguments.printed(facts)
    elif weights is None:
        print(f"The weights of {card.title} are on this machine already: {facts['file']}")
    else:
        print(f"The weights of {card.title} are there and checked: {facts['file']}")
    return DONE


def _agreed(card: networks.Card, weights: download.DownloadedWeights) -> bool:
    """Ask whoever sits at the terminal.

    Raises:
        ParameterError: nobody does, and `--yes` was not given.
    """
    what = (
        f"the weights of {card.title}, {weights.megabytes:.0f} MB from {download.source(weights)}"
    )
    if not sys.stdin.isatty():
        raise ParameterError(
            f"Nobody can be asked here whether to fetch {what}. Say --yes to fetch without asking."
        )
    print(f"Fetch {what}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _tell(event: Progress) -> None:
    """One line that renews itself at a terminal; a line for the beginning and the end elsewhere."""
    if sys.stderr.isatty():
        end = "\n" if event.share == 1 else ""
        print(f"\r\033[K{event.doing} ({event.share:.0%})", end=end, file=sys.stderr, flush=True)
    elif event.share in {0, 1}:
        print(event.doing, file=sys.stderr)

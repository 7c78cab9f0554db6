"""`wsl networks`: the cards of the networks, as a table or as JSON."""

import argparse
from typing import Any

from wsl_core import networks
from wsl_core.cli import DONE, arguments
from wsl_core.cli.tables import print_table
from wsl_core.errors import WeightsError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = (
        "List the networks: what they are, how accurate they were published to be, and whether\n"
        "their weights are on this machine."
    )
    arguments.add_json(parser, "the list")


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
                "missing" if one["weights"] is None else "your own" if one["brought"] else "there",
                one["licence"],
            )
            for one in facts
        ],
    )
    print("\nTop-1 is the share of ImageNet's validation set named right, as published:")
    for source in dict.fromkeys(one["published_source"] for one in facts):
        print(f"  {source}")
    for reason in dict.fromkeys(one["missing"] for one in facts if one["missing"]):
        print(reason)
    return DONE


def _facts(card: networks.Card) -> dict[str, Any]:
    """What is shown of a card, and where its weights are."""
    weights, missing = None, None
    try:
        weights = str(card.weights_path())
    except WeightsError as error:
        missing = str(error)
    kept = {"name", "title", "megabytes", "classes", "sides", "training_side"}
    kept |= {"published_top1", "published_source", "weights_origin", "licence"}
    return card.model_dump(include=kept) | {
        "default": card.name == networks.DEFAULT,
        "weights": weights,
        "brought": card.brought_weights() is not None,
        "missing": missing,
    }

"""`wsl evaluate`: measures over labelled pictures; each is a command of its own, `evaluate_WHAT.py`."""

import argparse

# A new measure: its module in this folder (localization is evaluate_localization.py), and what it says.
MEASURES = {
    "localization": "classification, points and boxes, by a head trained from image labels or none",
    "segmentation": "segments from class maps against masks, before and after the CRF",
    "words": "words that a network was never taught, placed on pictures with boxes",
    "retrieval": "mean average precision of finding pictures of the same class by their features",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the measures; each declares its own arguments when it is chosen."""
    parser.description = "Measure on labelled pictures how good maps and features are."
    measures = parser.add_subparsers(metavar="WHAT", required=True, title="what is measured")
    for name, summary in MEASURES.items():
        measures.add_parser(name, command=f"evaluate-{name}", help=summary)


def run(args: argparse.Namespace) -> int:
    """Never reached: the measure that was chosen puts its own `run` in the place of this one."""
    raise NotImplementedError

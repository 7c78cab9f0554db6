"""The arguments of every evaluation of a head: which set, whose maps, and how they are looked at."""

import argparse
from collections.abc import Mapping

from wsl_core.cli import arguments
from wsl_core.fcn.evaluated import EvaluatedParameters

SET = {"format": "NAME", "year": "N", "split": "NAME", "skip_missing": None}


def add(
    parser: argparse.ArgumentParser,
    model: type[EvaluatedParameters],
    how: Mapping[str, str | None],
) -> None:
    """Declare them.

    Args:
        parser: of the command.
        model: that declares the fields.
        how: the evaluation's own fields, with what stands for their values.
    """
    about = {name: field.description for name, field in model.model_fields.items()}
    parser.add_argument("--data", required=True, metavar="ROOT", help=about["data"])
    arguments.add(parser, model, SET)
    which = parser.add_mutually_exclusive_group(required=True)
    arguments.add(which, model, {"head": "NAME|DIR", "network": "NAME"})
    arguments.add(parser, model, how)
    parser.add_argument(
        "--flip",
        dest="mirror",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help=about["mirror"],
    )

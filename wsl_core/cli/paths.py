"""`wsl paths`: every folder and limit, with the environment variable that sets it."""

import argparse
import os
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, arguments
from wsl_core.cli.tables import print_table
from wsl_core.settings import Settings, settings, variable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = (
        "Show every folder and limit of the program, and the environment variable that sets it."
    )
    arguments.add_json(parser, "the folders and limits")


def run(args: argparse.Namespace) -> int:
    """Print the settings of this process; the exit status.

    Raises:
        ParameterError: an environment variable holds a value that is not accepted.
    """
    facts = [_facts(name, getattr(settings(), name)) for name in Settings.model_fields]
    if args.json:
        arguments.printed({"settings": facts})
        return DONE
    print_table(
        ("VARIABLE", "VALUE", "FROM", "WHAT IT SETS"),
        [
            (
                one["variable"],
                "-" if one["value"] is None else str(one["value"]),
                "environment" if one["set"] else "default",
                one["description"],
            )
            for one in facts
        ],
    )
    return DONE


def _facts(name: str, value: Any) -> dict[str, Any]:
    return {
        "name": name,
        "variable": variable(name),
        "value": str(value) if isinstance(value, Path) else value,
        "set": bool(os.environ.get(variable(name))),
        "description": Settings.model_fields[name].description,
    }

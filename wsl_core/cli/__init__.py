"""The command line: a registry of commands, one parser, one place where errors become a status.

A command is a module of this folder with `add_arguments(parser)` and `run(args)`, which returns the
exit status. It is imported when it is chosen, so that `wsl --help` is there at once.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from wsl_core import __version__
from wsl_core.errors import ParameterError, WslError

DONE, SKIPPED, REFUSED, INTERRUPTED, UNREAD = 0, 1, 2, 130, 141

# A new command: its module in this folder (train-head is train_head.py), and what it does, in one line.
COMMANDS = {
    "heatmap": "paint over pictures which regions make which class",
    "segment": "colour pictures by what each pixel shows, from labels of whole pictures alone",
    "train-head": "train a head for classes of your own, from labels of whole pictures",
    "finetune": "race ways of using a trained network on a few pictures of classes of your own",
    "adapt": "adapt a classifier from labelled pictures of one kind to unlabelled ones of another",
    "multitask": "learn several tasks in one network, and compare with each task alone",
    "evaluate": "measure on labelled pictures how good heads, maps and features are",
    "index": "make the pictures of a folder or zip file searchable by what they show",
    "query": "find the pictures of an index that are most alike to a picture or a region of it",
    "few-shot": "measure classifiers that are made from a few labelled pictures of each class",
    "zero-shot": "recognise classes that no picture showed, by attributes or words",
    "probe": "measure what each layer of a network knows about classes of your own",
    "generate": "make labelled pictures for domain adaptation: digits, house numbers, signs",
    "serve": "serve a class in the local network: address, QR code, limits",
    "networks": "list the networks",
    "runs": "list, show, cancel, resume or prune runs: trainings and other long work",
    "paths": "show every folder and limit, and the environment variable that sets it",
}

STATUSES = """\
exit status:
  0    all done
  1    some pictures, or all, were skipped: each is named on standard error
  2    refused: the request itself cannot be carried out
  130  interrupted
"""


class Parser(argparse.ArgumentParser):
    """A parser that refuses in a sentence, and asks a command for its arguments when it is chosen."""

    def __init__(self, *, command: str | None = None, **options: Any) -> None:
        layout = argparse.RawDescriptionHelpFormatter
        super().__init__(allow_abbrev=False, formatter_class=layout, epilog=STATUSES, **options)
        self.command = command

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse does it, after the command has added its arguments."""
        if self.command is not None:
            module = importlib.import_module(f"wsl_core.cli.{self.command.replace('-', '_')}")
            self.command = None
            self.set_defaults(run=module.run)
            module.add_arguments(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Turn argparse's message into a sentence.

        Raises:
            ParameterError: always.
        """
        sentence = message[0].upper() + message[1:].replace("recognized", "recognised")
        raise ParameterError(f"{sentence.rstrip('.')}. See {self.prog} --help.")


def parser() -> Parser:
    """The parser of all commands."""
    whole = Parser(
        prog="wsl", description="Beyond ImageNet: class activation maps at any picture size."
    )
    whole.add_argument("--version", action="version", version=__version__)
    commands = whole.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for name, summary in COMMANDS.items():
        commands.add_parser(name, command=name, help=summary)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status.

    Args:
        argv: the arguments; those of the process if not given.
    """
    try:
        args = parser().parse_args(argv)
        status: int = args.run(args)
        sys.stdout.flush()
    except WslError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough, as in `wsl networks | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    return status

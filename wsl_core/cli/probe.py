"""`wsl probe`: how much each layer of a network knows about classes it was not trained for."""

import argparse
import sys
from pathlib import Path

from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.transfer.probes import CLASSIFIERS, JOB, ProbeParameters, Probes
from wsl_core.transfer.probes.request import pictures_of, with_digest

DESCRIPTION = """\
Tap the features of every layer of a network, put linear classifiers on each, and measure them on labelled
pictures: the protocol of Zeiler and Fergus (ECCV 2014). In each of several random draws, so many pictures
of each class are trained on and others tested; an accuracy is the mean of those of the classes. Every choice
is made within the training pictures. A table of splits (path, class, split) is measured besides.

The measurement is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last layer that was finished; features are kept, so another measurement of the same pictures is quick.
"""
SET = {
    "train": "N",
    "test": "N",
    "splits": "N",
    "split_file": "CSV",
    "seed": "N",
    "examples": "N,N",
}
HOW = {
    "network": "NAME", "weights": "WHICH", "size": "PIXELS", "taps": "NAME,NAME", "most": "N",
    "archive_megabytes": "X",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "--data",
        required=True,
        metavar="FOLDER",
        help=ProbeParameters.model_fields["data"].description,
    )
    arguments.add(parser, ProbeParameters, SET)
    arguments.add(parser, ProbeParameters, HOW)
    parser.add_argument(
        "--no-svm",
        dest="svm",
        action="store_false",
        help="Fit soft-max and the ridge preview alone.",
    )
    arguments.add_json(parser, "every layer's figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = arguments.read(ProbeParameters, args)
    table = None if how.split_file is None else str(Path(how.split_file).absolute())
    how = how.model_copy(update={"data": str(Path(how.data).absolute()), "split_file": table})
    config = with_digest(how, pictures_of(how)).model_dump(mode="json")
    found = Probes.of(following.result(JOB, config).facts)
    following.taken(JOB, config)
    for sentence in found.skipped.values():
        print(f"Skipped: {sentence}", file=sys.stderr)
    for name, twin in found.duplicates.items():
        print(f"Left out: {name} has the same pixels as {twin}.", file=sys.stderr)
    if args.json:
        arguments.printed(found.to_json())
    else:
        _print(found)
    return SKIPPED if found.skipped else DONE


def _print(found: Probes) -> None:
    tests = f"{min(found.tests):,}" if found.tests else "no"
    print(
        f"{found.data}: {len(found.classes)} classes, {found.pictures:,} pictures in {found.splits} draws of "
        f"{found.train} a class to train on and at most {found.test} to test on ({tests} in all); "
        f"{len(found.duplicates)} exact duplicates left out, {len(found.skipped)} pictures skipped."
    )
    print(
        f"{found.network} ({found.weights} weights), squares of {found.size} px. Mean per-class accuracy in "
        f"%, with standard deviation over the draws"
        + (
            ".\n"
            if found.fixed is None
            else f"; fixed: {found.fixed[0]:,} to train on, {found.fixed[1]:,} to test on.\n"
        )
    )
    heads = [f"{CLASSIFIERS[name].title.upper()}" for name in found.classifiers]
    columns = [h for head in heads for h in (head, *(["FIXED"] if found.fixed else []))]
    rows = []
    for layer in found.layers:
        cells: list[str] = []
        for name in found.classifiers:
            cells.append(_with_deviation(layer.mean(name), layer.deviation(name)))
            if found.fixed is not None:
                cells.append(_percent(layer.fixed(name)))
        rows.append((layer.name, str(layer.values or ""), *cells))
    print_table(("LAYER", "VALUES", *columns), rows)


def _with_deviation(mean: float | None, deviation: float | None) -> str:
    return _percent(mean) + ("" if deviation is None else f" ± {100 * deviation:.1f}")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"

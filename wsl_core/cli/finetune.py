"""`wsl finetune`: strategies of fine-tuning raced on a few pictures of one's own classes."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from wsl_core import networks
from wsl_core.cli import DONE, SKIPPED, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.errors import ParameterError
from wsl_core.transfer.finetuning import JOB, STRATEGIES, delivered, strategy
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning.examples import asked, check, pictures_of
from wsl_core.transfer.finetuning.finished import Course, Race
from wsl_core.transfer.finetuning.parameters import RaceParameters

DESCRIPTION = """\
Race ways of using a trained network on a few pictures of your own classes: frozen features, everything at
full rate, small rates, a probe first, some layers only, from scratch. All see the same pictures; a share of
them is kept aside to stop early, and the test pictures are seen once, at the end. Accuracy is the mean over
the classes.

Pictures lie in class folders, or in a zip file of them, which is never unpacked. The work is a run (see wsl
runs). If it is interrupted or killed, the same command goes on from the last checkpoint.

strategies:
"""
HOW = {
    "data": "FOLDER", "strategies": "NAME,NAME", "classes": "NAME,NAME", "train": "N", "test": "N",
    "mixed": None, "network": "NAME", "size": "N", "layers": "HOW", "epochs": "N", "rate": "X",
    "factor": "X", "falling": "X", "batch": "N", "views": "N", "validation": "SHARE", "patience": "N",
    "seed": "N", "most": "N", "archive_megabytes": "X",
}  # fmt: skip
SWITCHES = ("mirror", "balance")  # on unless turned off


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    lines = [f"  {one.name:<16} {one.sentence}" for one in STRATEGIES.values()]
    parser.description = DESCRIPTION + "\n".join(lines)
    arguments.add(parser, RaceParameters, HOW)
    for name in SWITCHES:
        parser.add_argument(
            arguments.flag(name),
            action=argparse.BooleanOptionalAction,
            default=argparse.SUPPRESS,
            help=RaceParameters.model_fields[name].description,
        )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="Folder for race.json with the curves, and a folder with a head for every strategy that makes "
        "one, for wsl heatmap --head.",
    )
    arguments.add_json(parser, "the accuracies")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, race, and write what was asked for; the exit status.

    Raises:
        WslError: the request is refused, or the run failed.
    """
    how = _asked(args)
    out = Path(args.out) if args.out else None
    if out is not None and out.is_file():
        raise ParameterError(f"--out {out} is a file. Accepted is a folder, there or not.")
    found = pictures_of(how, {})
    check(found, how)
    how = how.model_copy(update={"asked": asked(found)})
    config = how.model_dump(mode="json")
    result = following.result(JOB, config)
    race = Race.of(result.facts)
    if out is not None:
        _write(out, result.facts, result.arrays)
    following.taken(JOB, config)
    for sentence in result.facts["skipped"].values():
        print(f"Skipped: {sentence}", file=sys.stderr)
    if copies := result.facts["duplicates"]:
        print(
            f"Left out: {len(copies)} copies of other pictures, {copies[0]} first.", file=sys.stderr
        )
    if args.json:
        arguments.printed(_summary(race))
    else:
        _print(race)
    return SKIPPED if result.facts["skipped"] else DONE


def _asked(args: argparse.Namespace) -> RaceParameters:
    """The request.

    Raises:
        ParameterError: a value, strategy or block that is not accepted.
        NetworkError: no such network.
    """
    how = arguments.read(RaceParameters, args)
    if not how.data:
        raise ParameterError(
            "No pictures are named. Give a folder of class folders, or a zip file of them, with --data."
        )
    card = networks.card(how.network)
    card.sides.fit(1, 1, how.size)
    names = plans.blocks_of(card)
    for name in how.strategies:
        strategy(name).plan(how, names)
    if how.layers and "layers" not in how.strategies:
        raise ParameterError(
            "--layers says what the strategy layers does, which is not among --strategies. Add it there, or "
            "leave --layers out."
        )
    return how.model_copy(update={"data": str(Path(how.data).absolute())})


def _summary(race: Race) -> dict[str, Any]:
    return {
        "data": race.title,
        "classes": list(race.classes),
        "network": race.parameters["network"],
        "seed": race.parameters["seed"],
        "pictures": dict(race.counts),
        "strategies": {one.name: one.accuracy for one in race.courses},
        "cpu_s": {one.name: one.facts["cpu_s"] for one in race.courses},
        "skipped_count": len(race.facts["skipped"]),
        "duplicates_count": len(race.facts["duplicates"]),
    }


def _write(place: Path, facts: dict[str, Any], arrays: dict[str, Any]) -> None:
    """The curves, and the heads.

    Raises:
        ParameterError: the folder cannot be written.
        HeadError: a head cannot be written.
    """
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / "race.json").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise ParameterError(
            f"The race cannot be written to {place} ({(error.strerror or 'the disk refused').lower()}). "
            f"Choose a folder of yours with --out, with space left."
        ) from None
    for one in facts["strategies"]:
        if one["delivered"]:
            delivered.save(place / one["name"], facts, arrays, one["name"])


def _print(race: Race) -> None:
    counts = race.counts
    print(
        f"{race.title}: {len(race.classes)} classes, {counts['train']} pictures to learn from, "
        f"{counts['validation']} kept aside, {counts['test']} tested.\n"
    )
    rows = [
        (
            one.name,
            round(100 * one.accuracy, 1),
            _percent(one, "train_accuracy"),
            _percent(one, "validation_accuracy"),
            round(one.facts["cpu_s"]),
        )
        for one in race.courses
    ]
    print_table(("%", "TEST", "TRAINING", "VALIDATION", "CPU S"), rows)


def _percent(one: Course, name: str) -> float | str:
    """Of the last epoch; a dash for what was not measured."""
    value = one.curve[-1].get(name) if one.curve else None
    return "-" if value is None else round(100 * value, 1)

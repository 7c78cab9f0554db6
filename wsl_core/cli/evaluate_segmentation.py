"""`wsl evaluate segmentation`: how well segments from image labels fit those that people drew."""

import argparse
import sys
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, evaluated, following
from wsl_core.cli.tables import print_table
from wsl_core.fcn.segmentation.evaluation import JOB, EvaluationParameters
from wsl_core.fcn.segmentation.setting import Setting

DESCRIPTION = """\
Measure how well segments made from class maps fit VOC's masks: mean intersection over union of the classes
and the background, from one table over the pixels of all pictures. The head learned from labels of whole
pictures alone.

The classes of a picture are those that the head predicts, or with --given-labels those that its annotation
names, which is easier: the figures of the two are not comparable. With --crf the labels are refined by a
fully connected CRF, and both figures are given.

The evaluation is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last checkpoint.
"""
HOW = {
    "given_labels": None, "crf": None, "sizes": "N,N", "background": "SHARE", "alike": "X", "sharpness": "X",
    "present": "SHARE",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    evaluated.add(parser, EvaluationParameters, HOW)
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and print the figures; the exit status.

    Raises:
        WslError: the request is refused, or the evaluation failed.
    """
    setting = Setting.of(arguments.read(EvaluationParameters, args))
    config = setting.how.model_dump(mode="json")
    found = following.result(JOB, config).facts
    following.taken(JOB, config)
    for name in found["missing"]:
        print(f"Skipped {name}: a file of it is missing.", file=sys.stderr)
    if args.json:
        arguments.printed(found | setting.facts)
    else:
        _print(found, setting)
    return SKIPPED if found["missing"] else DONE


def _print(found: dict[str, Any], setting: Setting) -> None:
    facts, before = setting.facts, found.get("before")
    subset = ", a part of the published set" if facts["subset"] else ""
    who = (
        f"Head {setting.card.name} ({setting.card.title}) on {setting.network}"
        if setting.card
        else f"{setting.network} without training, its ImageNet maps grouped"
    )
    labels = "given" if facts["given_labels"] else "predicted by the head"
    sizes = ", ".join(map(str, facts["sizes"]))
    print(f"{found['data']}: {found['images']} pictures with masks{subset}.")
    print(
        f"{who}; longer side {sizes} px{', upright and mirrored' if facts['mirror'] else ''}; image labels "
        f"{labels}.\n"
    )
    header = ("IoU, %", *(("BEFORE THE CRF", "AFTER") if before else ("CLASS MAPS",)))
    parts = (before, found) if before else (found,)
    rows = [("mean", *(_percent(one["miou"]) for one in parts))]
    rows += [
        (name, *(_percent(one["classes"][name]) for one in parts)) for name in found["classes"]
    ]
    print_table(header, rows)


def _percent(value: float | None) -> float | str:
    """One decimal; a dash for a class that occurs nowhere."""
    return "-" if value is None else round(100 * value, 1)

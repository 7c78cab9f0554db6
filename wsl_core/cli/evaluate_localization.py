"""`wsl evaluate localization`: how well a head, or a network without training, names and finds objects."""

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

from wsl_core.cli import DONE, SKIPPED, arguments, evaluated, following, result_file
from wsl_core.cli.tables import print_table
from wsl_core.errors import ParameterError
from wsl_core.fcn.heads import folder
from wsl_core.fcn.localization import JOB, EvaluationParameters
from wsl_core.fcn.localization.results import FREQUENT
from wsl_core.fcn.localization.setting import Setting

DESCRIPTION = f"""\
Measure how well a head trained from image labels names what a picture shows, and how well its maps say
where: average precision of classes and of points, boxes, and the picture's middle as the baseline.

With --network the network's own ImageNet maps are grouped into VOC's classes, without any training.
Figures of "frequent" classes are means over those with {FREQUENT} pictures or more. A set of class folders
has no boxes: only classification is measured.

The evaluation is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last checkpoint.
"""
HOW = {"sizes": "N,N", "pointed": "HOW", "threshold": "SHARE"}
ON_CARD = (
    "point_map", "classification_map", "point_map_frequent", "classification_map_frequent", "centre_map",
    "half_pixel_map",
)  # fmt: skip
TABLE = (  # of what, and the keys of its figure: over all classes, frequent ones, of the centre
    ("classification mAP", "classification_map", "classification_map_frequent", None),
    ("point mAP", "point_map", "point_map_frequent", "centre_map"),
    ("point mAP, maps stretched", "half_pixel_map", "half_pixel_map_frequent", None),
    ("pointing accuracy", "pointing", None, "centre_pointing"),
    ("CorLoc", "corloc", None, "centre_corloc"),
    ("MaxBoxAcc", "max_box_acc", None, "centre_max_box_acc"),
    ("MaxBoxAccV2", "max_box_acc_v2", None, "centre_max_box_acc_v2"),
    ("PxAP", "pixel_ap", None, "centre_pixel_ap"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    evaluated.add(parser, EvaluationParameters, HOW)
    parser.add_argument(
        "--write",
        metavar="FILE",
        help="Add the figures to a table (CSV), a row a figure; those of the same setting are replaced.",
    )
    parser.add_argument(
        "--into-card",
        action="store_true",
        help="Put the figures on the head's card. It is then measured as its card says.",
    )
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, measure, and write what was asked for; the exit status.

    Raises:
        WslError: the request is refused, or the evaluation failed.
    """
    how = arguments.read(EvaluationParameters, args)
    if args.into_card:
        _check_card(how)
    if args.write is not None:
        result_file.read(Path(args.write))
    setting = Setting.of(how)
    config = setting.how.model_dump(mode="json")
    found = following.result(JOB, config).facts
    if args.write is not None:
        result_file.add(Path(args.write), result_file.rows(found, setting.facts))
    if args.into_card:
        _file(setting, found)
    following.taken(JOB, config)
    for name in found["missing"]:
        print(f"Skipped {name}: its file or annotation is missing.", file=sys.stderr)
    if args.json:
        arguments.printed(found | setting.facts)
    else:
        _print(found, setting)
    return SKIPPED if found["missing"] else DONE


def _check_card(how: EvaluationParameters) -> None:
    """Refuse figures that would not say how good the head is as its card says it is used."""
    others = {"--sizes": how.sizes, "--flip or --no-flip": how.mirror}
    given = [name for name, value in others.items() if value is not None]
    if how.pointed != "peak":
        given.append("--pointed")
    if how.head is None:
        raise ParameterError(
            "--into-card needs a head, and a network has no such card: give --head."
        )
    if given:
        raise ParameterError(
            f"--into-card measures a head with the sizes, mirroring and points of its card. Leave out "
            f"{', '.join(given)}, or leave out --into-card."
        )


def _file(setting: Setting, found: dict[str, Any]) -> None:
    """Put the figures on the card of the head."""
    if setting.card is None or setting.how.head is None:
        return
    facts = setting.facts
    figures = {name: found[name] for name in ON_CARD} | {
        "pictures": found["images"],
        "subset": facts["subset"],
        "sizes": facts["sizes"],
        "mirror": facts["mirror"],
        "date": datetime.date.today().isoformat(),
    }
    folder.add_figures(Path(setting.how.head), setting.card, setting.pictures.title, figures)


def _print(found: dict[str, Any], setting: Setting) -> None:
    facts = setting.facts
    subset = ", a part of the published set" if facts["subset"] else ""
    who = (
        f"Head {setting.card.name} ({setting.card.title}) on {setting.network}"
        if setting.card
        else f"{setting.network} without training, its ImageNet maps grouped"
    )
    sizes = ", ".join(map(str, facts["sizes"]))
    mirrored = ", upright and mirrored" if facts["mirror"] else ""
    points = ", points by beam search" if facts["pointed"] == "beam" else ""
    print(f"{found['data']}: {found['images']} pictures{subset}.")
    print(f"{who}; longer side {sizes} px{mirrored}{points}.\n")
    print_table(
        ("%", "ALL CLASSES", "FREQUENT", "CENTRE"),
        [(title, *(_percent(found[key]) if key else "" for key in keys)) for title, *keys in TABLE],
    )
    print()
    print_table(
        ("CLASS", "PICTURES", "CLASSIFICATION AP, %", "POINT AP, %"),
        [
            (name, one["images"], _percent(one["classification_ap"]), _percent(one["point_ap"]))
            for name, one in found["classes"].items()
        ],
    )
    frequent = len(found["frequent"])
    print(
        f"\nFrequent are classes with {FREQUENT} pictures or more, here {frequent}. Centre: every point in "
        f"the middle of its picture. Box figures use the best threshold on these pictures (MaxBoxAcc), or "
        f"{facts['threshold']} of the map's maximum (CorLoc)."
    )


def _percent(value: float | None) -> float | str:
    """One decimal; a dash for what could not be measured."""
    return "-" if value is None else round(100 * value, 1)

"""Are weights and preprocessing right? Top-1 of every network on pictures with known classes.

    python -m benchmarks.top1 [--json] [--write]

WSL_DATA names the folder of labelled sets; 167 ImageNet pictures, one for every sixth class, are in its
`imagenet/samples`. Each network sees the central square of the shorter side, at the accepted side
nearest to the one it was trained at, and chooses among all 1,000 classes.

These pictures are not the validation set and were probably trained on, so the figure is no estimate of
the published one: it shows that nothing is wired wrongly (a wrong epsilon costs ten points).
"""

import argparse
import csv
import json
import math
import sys
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import images, networks
from wsl_core.errors import WeightsError, WslError
from wsl_core.images import Photo
from wsl_core.settings import settings

PACKAGES = ("torch", "openvino", "numpy", "pillow")
PICTURES = "ImageNet samples, one for every sixth class, probably from the training set"


def central_square(photo: Photo) -> Photo:
    """The middle of a picture, as wide as its shorter side."""
    rows, columns = photo.pixels.shape[:2]
    side = min(rows, columns)
    top, left = (rows - side) // 2, (columns - side) // 2
    return Photo.from_array(photo.pixels[top : top + side, left : left + side], photo.name)


def labelled(folder: Path) -> list[tuple[Path, int]]:
    """Pictures and their classes, from `labels.csv`."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [(folder / row["file"], int(row["class_index"])) for row in csv.DictReader(file)]


def run(folder: Path) -> dict[str, Any]:
    """Top-1 of every network, as the object that `--json` prints."""
    samples = [(central_square(images.read(path)), label) for path, label in labelled(folder)]
    found = {}
    for card in networks.CARDS.values():
        try:
            network = networks.load(card.name)
        except WeightsError as error:
            measure.say(f"{card.title} is left out. {error}")
            continue
        side = card.sides.nearest(card.training_side)
        right = sum(
            network.class_maps(photo, side).top(1)[0].index == label for photo, label in samples
        )
        share = right / len(samples)
        found[card.name] = {
            "side": side,
            "right": right,
            "top1": round(share, 4),
            "standard_error": round(math.sqrt(share * (1 - share) / len(samples)), 4),
            "published_top1": card.published_top1,
            "published_source": card.published_source,
        }
        measure.say(f"{card.title}: {right} of {len(samples)}")
    facts = measure.circumstances(PACKAGES)
    return {"pictures": len(samples), "picture_set": PICTURES, "networks": found, **facts}


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a network, with the circumstances in every row."""
    shared = {key: result[key] for key in ("picture_set", "date", "machine", "versions")}
    return [
        {"network": name, "pictures": result["pictures"], **figures, **shared}
        for name, figures in result["networks"].items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Measured beside published, a row a network."""
    lines = [
        (
            row["network"],
            f"{row['side']} px",
            f"{row['right']} of {row['pictures']}",
            f"{100 * float(row['top1']):.1f} %",
            f"{100 * float(row['published_top1']):.1f} %",
        )
        for row in results
    ]
    return measure.table([("network", "side", "right", "top-1", "published"), *lines])


def main() -> int:
    """The command line; status 2 where there are no pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.top1", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/top1.csv")
    arguments = parser.parse_args()
    data = settings().data
    if data is None or not (data / "imagenet" / "samples" / "labels.csv").is_file():
        measure.say("There are no labelled pictures. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        result = run(data / "imagenet" / "samples")
    except WslError as error:
        measure.say(str(error))
        return 2
    if arguments.write:
        measure.write("top1", rows(result))
    print(json.dumps(result, indent=1) if arguments.json else table(rows(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

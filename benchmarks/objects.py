"""Where do objects lie, and how large are they: in ImageNet's pictures, and in VOC's scenes?

    python -m benchmarks.objects [--json] [--write]

WSL_DATA names the folder of labelled sets. VOC's boxes were drawn by people; taken are all objects of
the pictures of the training split, and of each picture the largest one. The ImageNet samples have no
boxes: their box is this program's estimate, that of the largest region of the labelled class's map above
0.2 of its maximum. So the two kinds of boxes are not measured alike, and the file says which is which.

`results/objects.csv` holds maps of 12 x 12 places and quantiles of every set, so that the figure can be
drawn without pictures or a network (`wsl_core.figures.objects`). "what" says what the values of a row are:

- coverage: share of the boxes that cover each place of one row of places ("row", 0 on top).
- centres: share of the boxes whose centre lies there.
- area: of a box as a share of the picture; at the quantiles, then the mean.
- offset: distance from the picture's centre to the box's, where the picture is 1 wide and 1 high.
- objects: how many a picture has.
- holds_centre: share of the boxes that hold the picture's centre.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from benchmarks.top1 import labelled
from wsl_core import images, networks
from wsl_core.datasets import voc
from wsl_core.errors import WslError
from wsl_core.fcn import activation_maps
from wsl_core.settings import settings

PACKAGES = ("openvino", "numpy", "pillow")
PLACES = 12
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = (*map(str, QUANTILES), "mean")
SIZE, THRESHOLD = 449, 0.2
DRAWN = "boxes drawn by people"
ESTIMATED = "this program's estimate: the class map's box at 0.2 of its maximum"


@dataclass(frozen=True)
class Boxes:
    """The boxes of one set.

    Attributes:
        edges: (boxes, 4) left, top, right, bottom as shares of width and height, 0 .. 1.
        objects: how many boxes each picture has.
        source: who says where the objects are.
    """

    edges: NDArray[np.float64]
    objects: Sequence[int]
    source: str


def of_voc(root: Path) -> tuple[Boxes, Boxes]:
    """All annotated boxes of the training split, and those of the largest object of each picture."""
    every, largest, counts = [], [], []
    for picture in voc.pictures(root, "train"):
        sides = np.array([picture.width, picture.height] * 2)
        boxes = np.array([one.box for one in picture.objects]).reshape(-1, 4) / sides
        every.append(boxes)
        counts.append(len(boxes))
        if len(boxes):
            largest.append(boxes[_areas(boxes).argmax()])
    return (
        Boxes(np.concatenate(every), counts, DRAWN),
        Boxes(np.array(largest), [min(count, 1) for count in counts], DRAWN),
    )


def of_imagenet(folder: Path) -> Boxes:
    """The estimated box of the labelled class of every ImageNet sample; some have none."""
    network, edges, counts = networks.load(), [], []
    for path, label in labelled(folder):
        photo = images.read(path)
        found = activation_maps.box(network.class_maps(photo, SIZE), label, THRESHOLD)
        counts.append(0 if found is None else 1)
        if found is not None:
            edges.append(np.array(found.box) / ([photo.width, photo.height] * 2))
    return Boxes(np.array(edges), counts, ESTIMATED)


def _areas(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    return (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])


def coverage(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of each place the boxes cover, on average: (PLACES, PLACES), row 0 on top."""
    low = np.arange(PLACES) / PLACES

    def covered(first: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.float64]:
        until = np.minimum(last[:, None], low + 1 / PLACES)
        return np.clip(until - np.maximum(first[:, None], low), 0, None) * PLACES

    down, across = covered(edges[:, 1], edges[:, 3]), covered(edges[:, 0], edges[:, 2])
    return np.einsum("br,bc->rc", down, across) / len(edges)


def summary(boxes: Boxes) -> dict[str, Any]:
    """What is said of one set, as in the result file."""
    edges = boxes.edges
    centres = (edges[:, :2] + edges[:, 2:]) / 2
    places = np.minimum((centres * PLACES).astype(int), PLACES - 1)
    counted = np.zeros((PLACES, PLACES))
    np.add.at(counted, (places[:, 1], places[:, 0]), 1 / len(edges))
    holds = ((edges[:, :2] <= 0.5) & (edges[:, 2:] >= 0.5)).all(axis=1)
    return {
        "source": boxes.source,
        "pictures": len(boxes.objects),
        "boxes": len(edges),
        "without_box": sum(count == 0 for count in boxes.objects),
        "holds_centre": round(float(holds.mean()), 4),
        "area": _quantiles(_areas(edges)),
        "offset": _quantiles(np.hypot(*(centres - 0.5).T)),
        "objects": _quantiles(np.array(boxes.objects, float)),
        "coverage": coverage(edges).round(4).tolist(),
        "centres": counted.round(5).tolist(),
    }


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    found = [*np.quantile(values, QUANTILES), values.mean()]
    return {name: round(float(value), 4) for name, value in zip(NAMES, found, strict=True)}


def run(data: Path) -> dict[str, Any]:
    """All sets, as the object that `--json` prints."""
    every, largest = of_voc(data / "voc")
    measure.say(f"VOC: {len(every.edges)} boxes in {len(every.objects)} pictures")
    estimated = of_imagenet(data / "imagenet" / "samples")
    measure.say(f"ImageNet: {len(estimated.edges)} boxes in {len(estimated.objects)} pictures")
    sets = {
        "ImageNet samples": estimated,
        "VOC 2012 train subset, largest object": largest,
        "VOC 2012 train subset, all objects": every,
    }
    return {
        "sets": {name: summary(boxes) for name, boxes in sets.items()},
        "network": networks.DEFAULT,
        "size": SIZE,
        **measure.circumstances(PACKAGES),
    }


COUNTS = ("pictures", "boxes", "without_box")
QUANTITIES, MAPS = ("area", "offset", "objects"), ("coverage", "centres")


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a quantity, or a row of places; the circumstances are in every row."""
    shared = {key: result[key] for key in ("network", "size", "date", "machine", "versions")}
    found = []
    for name, facts in result["sets"].items():
        about = {key: facts[key] for key in ("source", *COUNTS)}
        lines: list[tuple[str, object, list[float]]] = [
            ("holds_centre", "", [facts["holds_centre"]]),
            *((what, "", list(facts[what].values())) for what in QUANTITIES),
            *((what, i, values) for what in MAPS for i, values in enumerate(facts[what])),
        ]
        found += [
            {"set": name, "what": what, "row": i, "values": " ".join(map(str, values))}
            | about
            | shared
            for what, i, values in lines
        ]
    return found


def table(result: dict[str, Any]) -> str:
    """Counts, median area and offset, and what lies in the middle."""
    lines = [
        (
            name,
            facts["pictures"],
            facts["boxes"],
            f"{facts['objects']['mean']:.1f}",
            f"{100 * facts['area']['0.5']:.0f} %",
            f"{facts['offset']['0.5']:.2f}",
            f"{100 * facts['holds_centre']:.0f} %",
        )
        for name, facts in result["sets"].items()
    ]
    head = ("set", "pictures", "boxes", "a picture", "median area", "offset", "hold the centre")
    return measure.table([head, *lines])


def main() -> int:
    """The command line; status 2 where there are no pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.objects", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/objects.csv")
    arguments = parser.parse_args()
    data = settings().data
    if data is None or not (data / "imagenet" / "samples" / "labels.csv").is_file():
        measure.say("There are no labelled pictures. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        result = run(data)
    except WslError as error:
        measure.say(str(error))
        return 2
    if arguments.write:
        measure.write("objects", rows(result))
    print(json.dumps(result, indent=1) if arguments.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

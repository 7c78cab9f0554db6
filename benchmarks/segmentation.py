"""How well do segments from image labels fit VOC's masks, and what does the fully connected CRF cost?

    python -m benchmarks.segmentation [--json] [--write] [--heads average,finetuned] [--no-table]

- `crf_s`: 10 updates of the mean field, 3 labels, 500 x 375 pixels, the parameters of weak class maps; the
  lattice included. `crf_deeplab_s`: the same with DeepLab's narrower kernels. Both in processor time, which
  other processes disturb least; `crf_wall_s` by the clock. Medians.
- `exact_agreement`: share of the pixels of pieces of photographs whose label is that of the exact sum.
- The table, on all pictures of VOC's `val` that have a mask: mIoU of each head, before and after the CRF,
  with the annotation's image labels and with predicted ones. Thresholds were chosen on masks of `train`,
  nothing on `val`.

Targets: `crf_s` at most 1.5, `exact_agreement` at least .99; mIoU 47 before and 53 after with given labels,
43 and 49 with predicted ones.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation import crf
from wsl_core.fcn.segmentation.crf_parameters import PRESETS, CrfParameters
from wsl_core.fcn.segmentation.evaluation import EvaluationParameters, Way, evaluate
from wsl_core.fcn.segmentation.reading import reader
from wsl_core.fcn.segmentation.setting import Setting
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.images import gallery
from wsl_core.settings import settings

NAME, CRF = "segmentation", "crf"
PACKAGES = ("openvino", "numpy", "opencv-python-headless")
HEADS = ("average", "finetuned")
PICTURES, PIECES, PIECE = ("coffee", "astronaut", "temple"), 4, (40, 52)
TIMED, ROUNDS, LABELS = (375, 500), 5, 3
WAYS = [Way(given, refined) for given in (True, False) for refined in (False, True)]
HEADING = ("head", "image labels", "before the CRF", "after")


def smooth(random: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """(labels, height, width) probabilities that change slowly, as those of class maps do."""
    coarse = random.normal(size=(LABELS, 4, 5)).astype(np.float32)
    scores = [cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in coarse]
    powers = np.exp(2 * np.stack(scores))
    return np.asarray(powers / powers.sum(0), np.float32)


def times(how: CrfParameters, rounds: int = ROUNDS) -> tuple[float, float]:
    """Seconds of the processor and of the clock, medians."""
    height, width = TIMED
    photo = gallery.load(PICTURES[0]).pixels
    pixels = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    shares = smooth(np.random.default_rng(0), height, width)
    spent = []
    for _ in range(rounds):
        begun, clock = time.process_time(), time.perf_counter()
        crf.refine(pixels, shares, how)
        spent.append((time.process_time() - begun, time.perf_counter() - clock))
    processor, wall = (statistics.median(one[k] for one in spent) for k in (0, 1))
    return round(processor, 3), round(wall, 3)


def agreement(how: CrfParameters) -> float:
    """Share of pixels with the label of the exact sum, over pieces of photographs."""
    height, width = PIECE
    agreed = []
    for name in PICTURES:
        photo = gallery.load(name).pixels
        for seed in range(PIECES):
            random = np.random.default_rng(seed)
            top = random.integers(photo.shape[0] - height)
            left = random.integers(photo.shape[1] - width)
            piece = np.ascontiguousarray(photo[top : top + height, left : left + width])
            shares = smooth(random, height, width)
            exact, near = (
                crf.refine(piece, shares, how, exact=one).argmax(0) for one in (True, False)
            )
            agreed.append(float((exact == near).mean()))
    return round(float(np.mean(agreed)), 5)


def scheme(head: str, data: Path) -> list[dict[str, Any]]:
    """Rows of a head: mIoU and every class, with given and predicted labels, with and without the CRF."""
    setting = Setting.of(EvaluationParameters(data=str(data), head=head))
    how, facts = setting.how, setting.facts
    read = reader(setting.pictures.classes, head=how.head, sizes=how.sizes, mirror=how.mirror)
    last = [0]

    def report(share: float) -> None:
        if int(20 * share) > last[0]:
            last[0] = int(20 * share)
            measure.say(f"{head}: {share:.0%}")

    about = {
        "head": head,
        "network": facts["network"],
        "sizes": ",".join(map(str, facts["sizes"])),
        "mirror": str(facts["mirror"]).lower(),
        "stride": facts["stride"],
        **{name: getattr(how, name) for name in UnaryParameters.model_fields},
        "data": setting.pictures.title,
        "pictures": len(setting.pictures.pictures),
    }
    found: list[dict[str, Any]] = evaluate(read, setting.pictures, WAYS, how, report)
    rows = []
    for way, one in zip(WAYS, found, strict=True):
        labels = "given" if way.given_labels else "predicted"
        this = about | {"labels": labels, "crf": str(way.crf).lower()}
        rows.append(this | {"class": "", "metric": "miou", "value": _number(one["miou"])})
        for name, value in one["classes"].items():
            rows.append(this | {"class": name, "metric": "iou", "value": _number(value)})
    return rows


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """A row a head and kind of image labels: mIoU before and after the CRF."""
    means = [row for row in rows if row["metric"] == "miou"]
    value = {(row["head"], row["labels"], row["crf"]): float(row["value"]) for row in means}
    lines = [
        (f"`{head}`", labels, *(f"{value[head, labels, crf]:.1%}" for crf in ("false", "true")))
        for labels in ("given", "predicted")
        for head in dict.fromkeys(row["head"] for row in means)
    ]
    return measure.table([HEADING, *lines], left=2)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--heads", default=",".join(HEADS), help="names or folders of heads")
    parser.add_argument("--no-table", action="store_true", help="times and agreement alone")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="keep the figures")
    args = parser.parse_args(argv)
    processor, wall = times(PRESETS["weak-cam"])
    found: dict[str, Any] = {
        "crf_s": processor,
        "crf_wall_s": wall,
        "crf_deeplab_s": times(PRESETS["deeplab"])[0],
        "exact_agreement": agreement(PRESETS["weak-cam"]),
    }
    about = measure.circumstances(PACKAGES)
    rows: list[dict[str, Any]] = []
    if not args.no_table:
        data = settings().data
        if data is None:
            raise ParameterError(
                "The table needs VOC: set WSL_DATA to the folder of labelled sets."
            )
        rows = [dict(row) for row in measure.read(NAME)]
        for head in args.heads.split(","):
            others = [row for row in rows if row["head"] != head]
            rows = [*others, *(row | about for row in scheme(head, data / "voc"))]
            if args.write:  # so that what is broken off is not lost
                measure.write(NAME, rows)
    if args.json:
        print(json.dumps(found | {"schemes": rows} | about, indent=1))
    else:
        print(f"{table(rows)}\n\n{found}" if rows else found)
    if args.write:
        measure.write(CRF, [found | about])
    return 0


if __name__ == "__main__":
    sys.exit(main())

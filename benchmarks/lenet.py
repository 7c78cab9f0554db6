"""Does LeNet read digits, find them on a canvas, and say the same in one pass as window by window?

    python -m benchmarks.lenet [--json] [--write]

WSL_DATA names the folder of labelled sets; MNIST is in its `mnist`. Only the test half is used, on which
nothing was trained or chosen: all 10,000 digits, each centred in a window of 32 x 32 pixels; 500 scenes
of 3 to 6 of them on a canvas of 160 x 320 pixels, composed with the seeds 0 to 499; and every window of
the first scenes, cut out and given to the classifier with its fully connected layers.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from wsl_core import networks
from wsl_core.datasets.digits import SIDE, Digits, mnist
from wsl_core.errors import WslError
from wsl_core.fcn import digit_canvas
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, Network
from wsl_core.settings import settings

PACKAGES = ("torch", "openvino", "numpy")
SCENES = 500
COMPARED = 5  # scenes whose windows are classified one by one
WITHIN = 6.0  # pixels from a digit's middle at which it counts as found
WINDOW = 32


def maps_of(network: Network, ink: NDArray[np.uint8]) -> ClassMaps:
    """The ten maps of a canvas, at its own size."""
    return network.class_maps(Photo.from_array(digit_canvas.paper(ink), "canvas"), "full")


def accuracy(network: Network, digits: Digits) -> float:
    """The share of digits, centred in a window, whose own class has the highest score."""
    margin = (WINDOW - SIDE) // 2
    right = sum(
        int(maps_of(network, np.pad(picture, margin)).scores.argmax()) == label
        for picture, label in zip(digits.pictures, digits.labels, strict=True)
    )
    return right / len(digits)


def on_scenes(network: Network, digits: Digits, count: int) -> dict[str, float]:
    """How many digits of scenes are found, and how often one is seen that is not there."""
    placed = hits = alarms = 0
    for seed in range(count):
        scene = digit_canvas.compose(digits, seed)
        maps = maps_of(network, scene.ink)
        detected = digit_canvas.found(maps.logits, maps.placement)
        matches = digit_canvas.matched(detected, scene.digits, WITHIN)
        matched = sum(match is not None for match in matches)
        placed, hits = placed + len(scene.digits), hits + matched
        alarms += len(detected) - matched
    return {
        "placed": placed,
        "found": round(hits / placed, 4),
        "false_alarms_per_scene": round(alarms / count, 4),
    }


def window_by_window(network: Network, digits: Digits, count: int) -> dict[str, float]:
    """The largest difference, in logits, between a cell and the classifier on the cell's window."""
    import torch

    from wsl_core.networks.torch_runtime import classifier

    alone, largest, windows = classifier(network.card), 0.0, 0
    for seed in range(count):
        ink = digit_canvas.compose(digits, seed).ink
        views = np.lib.stride_tricks.sliding_window_view(ink, (WINDOW, WINDOW))[::4, ::4]
        grey = torch.tensor(-views.reshape(-1, 1, WINDOW, WINDOW).astype(np.float32) / 255)
        with torch.inference_mode():
            scores = alone(grey.expand(-1, 3, -1, -1)).numpy()
        logits = maps_of(network, ink).logits
        largest = max(largest, float(np.abs(logits.reshape(10, -1).T - scores).max()))
        windows += len(grey)
    return {"windows": windows, "largest_difference": float(f"{largest:.2g}")}


def run(root: Path) -> dict[str, Any]:
    """All figures, as the object that `--json` prints."""
    digits, network = mnist(root, "test"), networks.load("lenet")
    share = accuracy(network, digits)
    measure.say(f"{100 * share:.2f} % of {len(digits)} digits are recognised")
    scenes = on_scenes(network, digits, SCENES)
    measure.say(f"{100 * scenes['found']:.2f} % of {scenes['placed']} digits on scenes are found")
    return {
        "digits": len(digits),
        "accuracy": round(share, 4),
        "scenes": SCENES,
        **scenes,
        "threshold": digit_canvas.THRESHOLD,
        "within_px": WITHIN,
        **window_by_window(network, digits, COMPARED),
        **measure.circumstances(PACKAGES),
    }


def table(results: list[dict[str, Any]]) -> str:
    """Question and figure, a row each."""
    first = results[0]
    lines = [
        (f"MNIST's {int(first['digits']):,} test digits recognised", _percent(first["accuracy"])),
        (
            f"digits found, of {int(first['placed']):,} on {first['scenes']} scenes",
            _percent(first["found"]),
        ),
        ("false alarms a scene", f"{float(first['false_alarms_per_scene']):.3f}"),
        (
            f"largest difference between a cell and its window, of {int(first['windows']):,}",
            f"{float(first['largest_difference']):.1e} logits",
        ),
    ]
    return measure.table([("measured on MNIST's test half", "figure"), *lines])


def _percent(share: float | str) -> str:
    return f"{100 * float(share):.2f} %"


def main() -> int:
    """The command line; status 2 where there is no MNIST."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lenet", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/lenet.csv")
    arguments = parser.parse_args()
    data = settings().data
    if data is None:
        measure.say("There are no digits. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        result = run(data / "mnist")
    except WslError as error:
        measure.say(str(error))
        return 2
    if arguments.write:
        measure.write("lenet", [result])
    print(json.dumps(result, indent=1) if arguments.json else table([result]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

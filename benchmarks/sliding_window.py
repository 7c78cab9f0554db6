"""Is the convolution as much faster than the sliding window as its multiply-accumulates say?

    python -m benchmarks.sliding_window [--json] [--write] [--rounds 3] [--side 1025]

The default network, one picture of SIDE x SIDE pixels, scores of all 1,000 classes for every window of
225 x 225 pixels, 32 pixels apart. All contestants run in OpenVINO in one process, with the same weights
and threads:

- dense: `Network.class_maps` and `dense`: one pass, then the mean over each window's cells.
- naive: the package's own reference, `naive`: windows are cut out, a few of them take a pass.
- batches of 1, 4 and 16: the same network, compiled for so many windows of this one size a pass.
- two at a time: two passes side by side, on half the threads each.

The speed-up is over the fastest of the ways that classify crops. Medians over interleaved rounds. Scores
are compared before anything is timed: all ways that classify crops must agree; dense differs from them
by what padding does, and the file says how much.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from wsl_core import networks
from wsl_core.errors import WslError
from wsl_core.fcn import sliding_window
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.images import Photo, gallery
from wsl_core.networks import Network, exported
from wsl_core.networks.network import resized
from wsl_core.networks.openvino_runtime import quiet_openvino
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings

PACKAGES = ("openvino", "numpy", "pillow")
PICTURE = "cat"
DENSE, NAIVE, TWO = "dense", "naive", "two at a time"
BATCHES = (1, 4, 16)
Float32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def naive(network: Network, photo: Photo, window: SlidingWindow) -> Float32:
    """The package's own naive way, (classes, windows)."""
    *_, (_, scores) = sliding_window.naive(network, photo, window)
    return scores.reshape(len(scores), -1)


def crops(photo: Photo, window: SlidingWindow) -> Iterator[Pixels]:
    """Every window of the picture, row by row."""
    pixels = resized(photo.pixels, *window.input_size)
    for i in range(window.count):
        yield pixels[window.pixels_of(*divmod(i, window.columns))]


class Compiled:
    """The network compiled for `batch` crops a pass, with `streams` passes side by side."""

    def __init__(self, network: Network, side: int, batch: int, streams: int) -> None:
        openvino = quiet_openvino()
        core = openvino.Core()
        folder = exported.ensure(Recipe.of(network.card)).folder
        whole = core.read_model(folder / "network.xml")
        features = whole.output(network.card.features).node
        model = openvino.Model([features], whole.get_parameters(), network.card.name)
        model.reshape([batch, side, side, 3])
        options = {"INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": str(streams)}
        if settings().threads:
            options["INFERENCE_NUM_THREADS"] = str(settings().threads)
        self.batch, self.head = batch, network.runtime
        self.queue = openvino.AsyncInferQueue(core.compile_model(model, "CPU", options), streams)

    def scores(self, photo: Photo, window: SlidingWindow) -> Float32:
        """Of every window, (classes, windows)."""
        pooled = np.zeros((window.count + self.batch, self.head.weight.shape[1]), np.float32)

        def keep(request: Any, start: int) -> None:
            values = request.get_output_tensor(0).data
            pooled[start : start + self.batch] = values.mean(axis=(2, 3))

        self.queue.set_callback(keep)
        waiting: list[Pixels] = []
        start = 0
        for crop in crops(photo, window):
            waiting.append(crop)
            if len(waiting) == self.batch or start + len(waiting) == window.count:
                waiting += [crop] * (self.batch - len(waiting))
                self.queue.start_async({0: np.stack(waiting)}, userdata=start)
                start, waiting = start + self.batch, []
        self.queue.wait_all()
        return self.head.weight @ pooled[: window.count].T + self.head.bias[:, None]


def run(side: int, rounds: int, threads: int | None, patience: float) -> dict[str, Any]:
    """All measurements as the object that `--json` prints."""
    threads = threads or os.cpu_count() or 1
    os.environ["WSL_THREADS"] = str(threads)  # before the settings are read
    settings.cache_clear()
    network = networks.load()
    photo = Photo.from_array(resized(gallery.load(PICTURE).pixels, side, side), PICTURE)
    window = SlidingWindow.of(network, photo, side)
    if window.input_size != (side, side):
        raise SystemExit(f"The network does not accept a side of {side} px; it must be 32 k + 1.")

    def dense() -> Float32:
        return sliding_window.dense(network.class_maps(photo, side), window)

    contestants: dict[str, Callable[[], Float32]] = {
        DENSE: dense,
        NAIVE: lambda: naive(network, photo, window),
    }
    for batch in BATCHES:
        batched = Compiled(network, window.side, batch, 1)
        contestants[f"batches of {batch}"] = lambda it=batched: it.scores(photo, window)
    if threads > 1:
        pair = Compiled(network, window.side, 1, 2)
        contestants[TWO] = lambda: pair.scores(photo, window)
    scores = {name: call() for name, call in contestants.items()}
    same_scores(scores)
    differences = np.abs(scores[DENSE].reshape(scores[NAIVE].shape) - scores[NAIVE])
    timing = measure.interleaved(contestants, rounds, warm_up=0, patience=patience)
    milliseconds = {name: round(value, 1) for name, value in timing.milliseconds.items()}
    rival = min((name for name in milliseconds if name != DENSE), key=milliseconds.__getitem__)
    costs = sliding_window.costs(network, window)
    speedup = milliseconds[rival] / milliseconds[DENSE]
    return {
        "speedup": round(speedup, 2),
        "mac_ratio": round(costs.ratio, 2),
        "speedup_over_mac_ratio": round(speedup / costs.ratio, 3),
        "rival": rival,
        "speedup_over": {
            name: round(value / milliseconds[DENSE], 2)
            for name, value in milliseconds.items()
            if name != DENSE
        },
        "milliseconds": milliseconds,
        "windows": window.count,
        "dense_gmac": round(costs.dense / 1e9, 3),
        "naive_gmac": round(costs.naive / 1e9, 3),
        "largest_difference": round(float(differences.max()), 3),
        "mean_difference": round(float(differences.mean()), 3),
        "side": side,
        "network": networks.DEFAULT,
        "picture": PICTURE,
        "rounds": rounds,
        "threads": threads,
        "rounds_repeated": timing.repeated,
        "others_busy": timing.others_busy,
        **measure.circumstances(PACKAGES),
    }


def same_scores(scores: dict[str, Float32]) -> None:
    """Stop unless all ways that classify crops say the same."""
    for name in scores.keys() - {DENSE, NAIVE}:
        difference = float(np.abs(scores[name] - scores[NAIVE]).max())
        if not difference < 1e-2:
            raise SystemExit(
                f"The scores of {name} differ by {difference:.4f}: something is wrong."
            )


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a contestant, with the circumstances in every row."""
    shared = ("mac_ratio", "windows", "dense_gmac", "naive_gmac", "largest_difference",
              "mean_difference", "side", "network", "picture", "rounds", "threads", "rounds_repeated",
              "others_busy", "date", "machine", "versions")  # fmt: skip
    dense = result["milliseconds"][DENSE]
    return [
        {"contestant": name, "milliseconds": value, "over_dense": round(value / dense, 2)}
        | {key: result[key] for key in shared}
        for name, value in result["milliseconds"].items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Milliseconds and ratios, and what the ratio of multiply-accumulates is."""
    first = results[0]
    lines = [
        (row["contestant"], f"{float(row['milliseconds']):.0f}", f"{float(row['over_dense']):.1f}")
        for row in results
    ]
    head = (f"{first['windows']} windows at {first['side']} px", "ms", "over dense")
    counted = ("multiply-accumulates", "", f"{float(first['mac_ratio']):.1f}")
    return measure.table([head, *lines, counted])


def main() -> int:
    """The command line; 1 where the machine was too busy for figures worth keeping, 2 where refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sliding_window", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--write", action="store_true", help="keep benchmarks/results/sliding_window.csv"
    )
    parser.add_argument("--rounds", type=int, default=3, help="3 by default")
    parser.add_argument("--side", type=int, default=1025, help="32 k + 1; 1025 by default")
    parser.add_argument("--threads", type=int, help="of every contestant; every core by default")
    parser.add_argument("--patience", type=float, default=240, metavar="SECONDS",
                        help="for running disturbed rounds again; 240 by default")  # fmt: skip
    arguments = parser.parse_args()
    try:
        result = run(arguments.side, arguments.rounds, arguments.threads, arguments.patience)
    except WslError as error:
        measure.say(str(error))
        return 2
    results = rows(result)
    return measure.conclude(
        "sliding_window",
        result,
        results,
        table(results),
        as_json=arguments.json,
        keep=arguments.write,
    )


if __name__ == "__main__":
    sys.exit(main())

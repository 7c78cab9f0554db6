"""How long do all 1,000 class maps take, against a plain forward pass and against other tools?

    python -m benchmarks.class_maps [--json] [--write] [--rounds 15] [--sizes 449x449 ...]

Everything runs the default network with the same weights on the same picture, resized to each size
beforehand, in one process, with the same number of threads:

- eager: timm's network in PyTorch, a normalised picture in, 1,000 scores out.
- ours: `Network.class_maps(photo, size).logits`, the picture's bytes in, 1,000 maps out.
- ours, one class: the same for one map.
- other tools, one class each, called as their documentation shows.

Ratios are of medians over interleaved rounds. Before anything is timed, scores and maps are compared:
a contestant that computed something else would not count.
"""

import argparse
import copy
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core import networks
from wsl_core.errors import NetworkError
from wsl_core.images import Photo, gallery
from wsl_core.networks.network import resized

SIZES = ("225x225", "449x449", "641x481", "1025x1025")
PICTURE = "cat"
PACKAGES = ("torch", "openvino", "timm", "numpy", "torchcam", "grad-cam", "captum")
EAGER, OURS, ONE_CLASS, BFLOAT16 = "eager", "ours", "ours, one class", "ours, bfloat16"
Contestants = dict[str, Callable[[], object]]


@cache
def eager_network() -> Any:
    """The default network as timm builds it, with the weights that ours has; copy it before hooking."""
    import timm

    from wsl_core.networks import weights

    card = networks.card(networks.DEFAULT)
    network = timm.create_model(card.name, pretrained=False, bn_eps=1e-3)
    # Both hold the same layers in the same order under other names; load_state_dict checks the shapes.
    theirs = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    ours = {k: v for k, v in weights.read(card).items() if not k.endswith("num_batches_tracked")}
    network.load_state_dict(dict(zip(theirs, ours.values(), strict=True)), strict=False)
    return network.eval()


def photo_of(size: str) -> Photo:
    """The gallery's picture at exactly `size`, "WIDTHxHEIGHT"."""
    width, height = (int(side) for side in size.split("x"))
    return Photo.from_array(resized(gallery.load(PICTURE).pixels, height, width), PICTURE)


def normalised(photo: Photo) -> Any:
    """The photo as the eager network wants it: (1, 3, h, w) float32, contiguous."""
    import torch

    card = networks.card(networks.DEFAULT)
    pixels = (photo.pixels - np.float32(card.mean)) / np.float32(card.std)
    return torch.from_numpy(pixels.transpose(2, 0, 1)[None]).contiguous()


def other_tools(picture: Any, index: int) -> Contestants:
    """One map of class `index` by each installed tool, every tool with a network of its own.

    The layer is the last one before the average, as for ours. Gradients are needed, so these run
    outside inference mode, torch-cam's CAM excepted.
    """
    import torch

    found: Contestants = {}
    try:
        from torchcam.methods import CAM, GradCAM

        cam = CAM(copy.deepcopy(eager_network()), "bn2", "classifier")
        gradients = GradCAM(copy.deepcopy(eager_network()), "bn2")

        def torchcam_cam() -> object:
            with torch.inference_mode():
                scores = cam.model(picture)
                return cam(index, scores)

        found["torch-cam CAM"] = torchcam_cam
        found["torch-cam Grad-CAM"] = lambda: gradients(index, gradients.model(picture))
    except ImportError:
        measure.say("torch-cam is not installed and left out.")
    try:
        from pytorch_grad_cam import GradCAM as PytorchGradCAM
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

        network = copy.deepcopy(eager_network())
        grad_cam = PytorchGradCAM(model=network, target_layers=[network.bn2])
        targets = [ClassifierOutputTarget(index)]
        found["grad-cam Grad-CAM"] = lambda: grad_cam(input_tensor=picture, targets=targets)
    except ImportError:
        measure.say("grad-cam is not installed and left out.")
    try:
        from captum.attr import LayerGradCam

        network = copy.deepcopy(eager_network())
        layer = LayerGradCam(network, network.bn2)
        found["captum LayerGradCam"] = lambda: layer.attribute(picture, target=index)
    except ImportError:
        measure.say("captum is not installed and left out.")
    return found


@cache
def bfloat16_network() -> networks.Network | None:
    """The default network in bfloat16; None where the processor does not have it."""
    try:
        return networks.load(precision="bfloat16")
    except NetworkError:
        return None


def same_scores(maps: networks.ClassMaps, scores: Any) -> None:
    """Stop unless the means of our maps are the eager network's scores."""
    difference = float(np.abs(maps.logits.mean(axis=(1, 2)) - scores).max())
    if difference > 1e-3:
        raise SystemExit(f"The scores differ by {difference:.4f}: these are not the same networks.")


def times_at(size: str, rounds: int, patience: float) -> measure.Timing:
    """Every contestant at one size."""
    import torch

    photo = photo_of(size)
    picture, longer = normalised(photo), max(photo.width, photo.height)
    eager, ours, half = eager_network(), networks.load(), bfloat16_network()

    def forward() -> Any:
        with torch.inference_mode():
            return eager(picture)

    maps = ours.class_maps(photo, longer)
    if maps.input_size != (photo.height, photo.width):
        raise SystemExit(f"The network does not accept {size}; sides must be 32 k + 1.")
    same_scores(maps, forward()[0].numpy())
    index = maps.top(1)[0].index
    contestants: Contestants = {
        EAGER: forward,
        OURS: lambda: ours.class_maps(photo, longer).logits,
        ONE_CLASS: lambda: ours.class_maps(photo, longer).map(index),
    }
    if half is not None:
        contestants[BFLOAT16] = lambda: half.class_maps(photo, longer).logits
    everyone = contestants | other_tools(picture, index)
    return measure.interleaved(everyone, rounds, patience=patience)


def run(sizes: list[str], rounds: int, threads: int | None, patience: float) -> dict[str, Any]:
    """All measurements as the object that `--json` prints."""
    import torch

    if threads:
        torch.set_num_threads(threads)
    os.environ["WSL_THREADS"] = str(torch.get_num_threads())  # before the settings are read
    timings = {}
    for size in sizes:
        timings[size] = timing = times_at(size, rounds, patience)
        ratio = timing.milliseconds[OURS] / timing.milliseconds[EAGER]
        measure.say(
            f"{size}: ours {ratio:.2f} of eager; {timing.repeated} disturbed rounds run again; in those "
            f"that count, other processes took {100 * timing.others_busy:.0f} % of the processors"
        )
    milliseconds = {
        name: {size: round(timings[size].milliseconds[name], 3) for size in sizes}
        for name in timings[sizes[0]].milliseconds
    }

    def over_eager(name: str) -> dict[str, float] | None:
        if name not in milliseconds:
            return None
        return {
            size: round(value / milliseconds[EAGER][size], 4)
            for size, value in milliseconds[name].items()
        }

    own = (EAGER, OURS, ONE_CLASS, BFLOAT16)
    return {
        "ours_over_eager": over_eager(OURS),
        "bf16_over_eager": over_eager(BFLOAT16),
        "ours_one_class_over_eager": over_eager(ONE_CLASS),
        "other_tools": {name: over_eager(name) for name in milliseconds if name not in own},
        "milliseconds": milliseconds,
        "network": networks.DEFAULT,
        "picture": PICTURE,
        "rounds": rounds,
        "threads": torch.get_num_threads(),
        "rounds_repeated": {size: timing.repeated for size, timing in timings.items()},
        "others_busy": {size: timing.others_busy for size, timing in timings.items()},
        **measure.circumstances(PACKAGES),
    }


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row per contestant and size, with the circumstances in every row."""
    shared = ("network", "picture", "rounds", "threads", "date", "machine", "versions")
    eager = result["milliseconds"][EAGER]
    return [
        {
            "contestant": name,
            "size": size,
            "milliseconds": value,
            "over_eager": round(value / eager[size], 4),
            "rounds_repeated": result["rounds_repeated"][size],
            "others_busy": result["others_busy"][size],
            **{key: result[key] for key in shared},
        }
        for name, values in result["milliseconds"].items()
        for size, value in values.items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Ratio to eager, with milliseconds, a row a contestant and a column a size."""
    sizes = list(dict.fromkeys(row["size"] for row in results))
    cells = {
        (row["contestant"], row["size"]): f"{float(row['over_eager']):.2f} "
        f"({float(row['milliseconds']):.0f} ms)"
        for row in results
    }
    names = list(dict.fromkeys(row["contestant"] for row in results))
    lines = [[name, *(cells[name, size] for size in sizes)] for name in names]
    return measure.table([["time over eager", *sizes], *lines])


def main() -> int:
    """The command line; status 1 where the machine was too busy for figures worth keeping."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.class_maps", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--write", action="store_true", help="keep benchmarks/results/class_maps.csv"
    )
    parser.add_argument("--rounds", type=int, default=15, help="15 by default")
    parser.add_argument(
        "--sizes", nargs="+", default=list(SIZES), help="WIDTHxHEIGHT, 32 k + 1 each"
    )
    parser.add_argument(
        "--threads", type=int, help="of every contestant; PyTorch's choice by default"
    )
    parser.add_argument("--patience", type=float, default=60, metavar="SECONDS",
                        help="of each size, for running disturbed rounds again; 60 by default")  # fmt: skip
    arguments = parser.parse_args()
    result = run(arguments.sizes, arguments.rounds, arguments.threads, arguments.patience)
    results = rows(result)
    return measure.conclude(
        "class_maps", result, results, table(results), as_json=arguments.json, keep=arguments.write
    )


if __name__ == "__main__":
    sys.exit(main())

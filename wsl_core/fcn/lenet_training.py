"""Training of LeNet on the windows of a canvas: a job, and the command that makes the shipped weights.

    python -m wsl_core.fcn.lenet_training [--data ROOT]

ROOT is MNIST's folder; without it, `mnist` in WSL_DATA. Only MNIST's training half is used, and its last
digits are held out, for choices. The same seed gives the same weights on the same machine.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, Field
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from wsl_core import jobs, networks
from wsl_core.datasets.digits import SIDE, Digits, mnist
from wsl_core.errors import DatasetError, WslError
from wsl_core.fcn.digit_windows import Windows, scribbles
from wsl_core.jobs.configuration import configured
from wsl_core.networks.lenet import WINDOW, LeNet, coloured
from wsl_core.settings import settings

WEIGHTS = Path(networks.__file__).parent / "shipped" / "lenet.safetensors"
SHEET = Path(__file__).parents[1] / "datasets" / "shipped" / "mnist.png"
_NORM = "_norm"


class LeNetTraining(BaseModel):
    """How LeNet is trained."""

    steps: int = Field(2500, ge=1, le=100_000, description="Updates of the weights.")
    batch: int = Field(128, ge=2, le=4096, description="Windows an update.")
    rate: float = Field(4e-3, gt=0, le=1, description="Largest learning rate.")
    decay: float = Field(0.02, ge=0, le=1, description="Weight decay.")
    scribbles: int = Field(3000, ge=1, le=100_000, description="Drawings that are no digits.")
    held_out: int = Field(5000, ge=1, description="Digits, the last, that are not trained on.")
    checkpoint_every: int = Field(500, ge=1, description="Updates from one checkpoint to the next.")
    seed: int = Field(0, ge=0, description="Of the weights' initial values and of the windows.")

    def rate_at(self, step: int) -> float:
        """The learning rate of an update: rising over the first twentieth, then a cosine to 0."""
        rise = min(1.0, (step + 1) / (0.05 * self.steps))
        return self.rate * rise * 0.5 * (1 + float(np.cos(np.pi * step / self.steps)))


def train(task: jobs.Task) -> Iterator[jobs.Event]:
    """Train LeNet; a job.

    `task.config` holds the fields of `LeNetTraining`, `task.arrays` the training digits: `pictures`
    (N, 28, 28) uint8 and `labels` (N,). The result's arrays are the weights by name, its facts the share
    of held-out digits that are recognised, `accuracy`, and how many there were, `held_out`.

    Raises:
        ParameterError: a field is outside its range.
        DatasetError: there are no digits, or too few.
    """
    how = configured(LeNetTraining, task.config, "training")
    if missing := {"pictures", "labels"} - set(task.arrays):
        raise DatasetError(
            f"The training needs digits: give {' and '.join(sorted(missing))} as arrays."
        )
    digits = Digits(task.arrays["pictures"], task.arrays["labels"].astype(np.int64))
    if len(digits) <= how.held_out:
        raise DatasetError(
            f"There are {len(digits)} digits, and {how.held_out} are to be held out. Give more digits, "
            f"or hold fewer out."
        )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        yield from _updates(how, digits, task.checkpoint)
    finally:
        torch.set_num_threads(threads)


def _updates(
    how: LeNetTraining, digits: Digits, checkpoint: jobs.Checkpoint | None
) -> Iterator[jobs.Event]:
    """The training itself, from the checkpoint on where there is one."""
    network = _with_normalisation(how.seed)
    optimiser = torch.optim.AdamW(network.parameters(), how.rate, weight_decay=how.decay)
    start = 0
    if checkpoint:
        start = checkpoint.step
        _restore(network, optimiser, checkpoint)
    yield jobs.Progress(start / how.steps, "drawing scribbles", start)
    windows = Windows(digits[: -how.held_out], scribbles(how.seed, how.scribbles))
    for step in range(start, how.steps):
        for group in optimiser.param_groups:
            group["lr"] = how.rate_at(step)
        # A generator for each step: what a step sees does not depend on where the run was resumed.
        pictures, targets = windows.draw(np.random.default_rng([how.seed, step]), how.batch)
        loss = functional.binary_cross_entropy_with_logits(network(pictures), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        done = step + 1
        if done % 5 == 0 or done == how.steps:  # a job is cancelled at its next event
            yield jobs.Progress(done / how.steps, "training", done, {"loss": loss.item()})
        if done % how.checkpoint_every == 0 and done < how.steps:
            yield _checkpoint(network, optimiser, done)
    trained = _folded(network)
    share = accuracy(trained, digits[-how.held_out :])
    weights = {name: tensor.numpy() for name, tensor in coloured(trained.state_dict()).items()}
    yield jobs.Result({"accuracy": share, "held_out": how.held_out}, weights)


def _grey() -> LeNet:
    """A network for grey windows, made without touching torch's own random numbers."""
    with torch.random.fork_rng(devices=[]):
        return LeNet(channels=1)


def _with_normalisation(seed: int) -> nn.Sequential:
    """A LeNet for grey windows with batch normalisation after every layer but the last.

    It learns several times as fast; `_folded` takes the normalisation away again. The last layer begins
    with low scores, since most of its targets are 0.
    """
    network, layers = _grey(), nn.Sequential()
    random = torch.Generator().manual_seed(seed)
    for name, layer in network.named_children():
        layers.add_module(name, layer)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=random)
            nn.init.zeros_(layer.bias)
        if isinstance(layer, nn.Conv2d):
            layers.add_module(f"{name}{_NORM}", nn.BatchNorm2d(layer.out_channels))
        elif isinstance(layer, nn.Linear) and name != "classifier":
            layers.add_module(f"{name}{_NORM}", nn.BatchNorm1d(layer.out_features))
    nn.init.normal_(network.classifier.weight, std=0.05, generator=random)
    nn.init.constant_(network.classifier.bias, -2.5)
    return layers.to(memory_format=torch.channels_last)


def _folded(layers: nn.Sequential) -> LeNet:
    """The same network without normalisation, which is linear once trained: part of weight and bias."""
    network = _grey().eval()
    parts = dict(layers.eval().named_children())
    weights: dict[str, Tensor] = {}
    for name, layer in parts.items():
        if norm := parts.get(f"{name}{_NORM}"):
            fuse = fuse_conv_bn_eval if isinstance(layer, nn.Conv2d) else fuse_linear_bn_eval
            layer = fuse(layer, norm)  # noqa: PLW2901
        if not name.endswith(_NORM):
            weights |= {f"{name}.{key}": value for key, value in layer.state_dict().items()}
    network.load_state_dict(weights)
    return network


def _checkpoint(network: nn.Sequential, optimiser: torch.optim.AdamW, step: int) -> jobs.Checkpoint:
    """Weights, running statistics, and the optimiser's two moments of each weight."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for name, tensor in network.named_parameters():
        moments = optimiser.state[tensor]
        tensors |= {f"first.{name}": moments["exp_avg"], f"second.{name}": moments["exp_avg_sq"]}
    return jobs.Checkpoint(step, {name: value.numpy().copy() for name, value in tensors.items()})


def _restore(
    network: nn.Sequential, optimiser: torch.optim.AdamW, checkpoint: jobs.Checkpoint
) -> None:
    """The counterpart of `_checkpoint`."""

    def stored(kind: str, name: str) -> Tensor:
        return torch.tensor(checkpoint.arrays[f"{kind}.{name}"])

    network.load_state_dict({name: stored("network", name) for name in network.state_dict()})
    for name, tensor in network.named_parameters():
        optimiser.state[tensor] = {
            "step": torch.tensor(float(checkpoint.step)),
            "exp_avg": stored("first", name),
            "exp_avg_sq": stored("second", name),
        }


def accuracy(network: LeNet, digits: Digits) -> float:
    """The share of digits, centred in a window, whose own class has the highest score.

    Args:
        network: for grey windows, or for coloured ones.
        digits: at least one.
    """
    margin = (WINDOW - SIDE) // 2
    channels = network.get_submodule("conv1").in_channels
    right = 0
    with torch.inference_mode():
        for start in range(0, len(digits), 500):
            part = digits[start : start + 500]
            ink = torch.tensor(part.pictures).float().div(255)[:, None]
            windows = functional.pad(-ink, [margin] * 4).expand(-1, channels, -1, -1)
            right += int((network(windows).argmax(dim=1).numpy() == part.labels).sum())
    return right / len(digits)


def sheet(digits: Digits, each: int = 6) -> Image.Image:
    """The first `each` digits of every class on one picture, black on white, a column a class."""
    columns = [
        digits.pictures[digits.labels == label][:each].reshape(-1, SIDE) for label in range(10)
    ]
    return Image.fromarray(255 - np.hstack(columns))


def main() -> int:
    """The command line; status 2 where there is no MNIST."""
    from safetensors.numpy import save_file

    parser = argparse.ArgumentParser(prog="python -m wsl_core.fcn.lenet_training", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--data", type=Path, help="MNIST's folder", metavar="ROOT")
    arguments = parser.parse_args()
    try:
        root = arguments.data or (settings().data or Path()) / "mnist"
        digits, test = mnist(root), mnist(root, "test")
    except WslError as error:
        print(error, file=sys.stderr)
        return 2
    how = LeNetTraining()
    arrays: dict[str, NDArray[Any]] = {"pictures": digits.pictures, "labels": digits.labels}
    for event in train(jobs.Task(how.model_dump(), arrays)):
        if isinstance(event, jobs.Progress) and event.step and event.step % 100 == 0:
            print(f"{event.step} of {how.steps}: loss {event.figures['loss']:.4f}", file=sys.stderr)
        if isinstance(event, jobs.Result):
            WEIGHTS.parent.mkdir(exist_ok=True)
            facts = how.model_dump() | event.facts | {"digits": len(digits)}
            # In one entry: several would be written in a random order, and the file be another.
            save_file(event.arrays, WEIGHTS, metadata={"training": json.dumps(facts)})
            print(f"{event.facts['accuracy']:.4f} of the held-out digits are recognised.")
    SHEET.parent.mkdir(exist_ok=True)
    sheet(test).save(SHEET, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

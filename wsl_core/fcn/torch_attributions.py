"""The job behind `attributions`: gradients and covered pictures, in torch; runs in a worker.

Every method here explains a module that takes pictures as they are seen, RGB from 0 to 255, so that
its units are those of the picture: the normalisation is part of what is explained. A method is a
generator: it yields the share that it has done, so that it can be followed and cancelled, and returns
what it found. Batches are cut by their pixels, so that memory does not grow with steps, draws
or patches.
"""

import functools
import importlib
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerGradCam, NoiseTunnel, Saliency
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core import networks
from wsl_core.fcn.attribution_methods import (
    MEAN_COLOUR,
    AttributionParameters,
    check,
    find,
    places,
)
from wsl_core.fcn.torch_randomisation import randomised
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.jobs.parts import told
from wsl_core.networks import Card, Geometry, torch_runtime
from wsl_core.networks.convolutionalization import FullyConvolutional
from wsl_core.settings import settings

# Pixels of a batch, but one picture at least: what a gradient remembers of every layer, and what a
# forward pass holds at a time, is then some 400 MB in the default network.
GRADIENT_PIXELS, FORWARD_PIXELS = 210_000, 600_000
BUILDING = 0.02  # share of the work that is done when the network is there
RANGE = 255.0


@dataclass(frozen=True)
class Found:
    """Values of a method, (rows, columns) or (height, width), and what else it found."""

    values: Tensor
    completeness: dict[str, float] | None = None


Work = Generator[float, None, Found]


class Explained(nn.Module):
    """Pictures (N, 3, h, w), RGB of 0 .. 255 -> the network's own scores, (N, K) in logits.

    `cells` passes on, unchanged, the map whose mean over cells becomes the score: a place for hooks.
    """

    def __init__(self, network: FullyConvolutional, card: Card) -> None:
        """The network in evaluation mode, and its card."""
        super().__init__()
        self.network, self.cells = network, nn.Identity()
        self.register_buffer("mean", torch.tensor(card.mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(card.std).view(3, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores of a batch."""
        x, network = (pictures - self.mean) / self.std, self.network
        layers: list[nn.Module] = []
        if network.kind == "linear":
            cells = network(x)[network.features]
        else:  # more layers follow the pooling: the last map is the body's
            *_, cells = network.body(x).values()
            layers = list(network.head.values())
        pooled = self.cells(cells).mean((2, 3), keepdim=True)
        for layer in layers:
            pooled = layer(pooled)
        scores: Tensor = network.classifier(pooled.flatten(1))
        return scores


def attribute(task: Task) -> Iterator[Event]:
    """Job: attribute the score of one class on `task.arrays["picture"]`, uint8 (h, w, 3), as fed.

    Config: "network", a card's name; "index" of the class, None for the likeliest; "parameters" of
    the attribution. The result holds the array "values" and, where weights are randomised, another
    one, "randomised", of the same shape.

    Raises:
        WslError: an unknown network or method, weights that are missing, a patch that does not fit.
    """
    parameters = AttributionParameters.model_validate(task.config["parameters"])
    method, card = find(parameters.method), networks.card(task.config["network"])
    check(parameters, *task.arrays["picture"].shape[:2])
    if settings().threads:
        torch.set_num_threads(settings().threads)
    yield Progress(0, "building the network")
    built = _built(card.name)
    pixels = torch.from_numpy(np.array(task.arrays["picture"]))
    picture = pixels.permute(2, 0, 1)[None].float()
    begun = time.perf_counter()
    explained = Explained(built.network, card)
    with torch.no_grad():
        scores = explained(picture)[0]
    index = task.config["index"]
    index = int(scores.argmax()) if index is None else index
    facts: dict[str, Any] = {
        "index": index,
        "score": float(scores[index]),
        "geometry": asdict(_geometry(built, card, method.level)),
    }
    work = _resolved(method.work)
    runs = 1 if parameters.randomise == "none" else 2
    found = yield from _followed(
        work(explained, picture, index, parameters), method.title, BUILDING, 1 / runs
    )
    arrays = {"values": _array(found.values)}
    if runs == 2:
        yield Progress(0.5, "randomising the weights")
        chance = randomised(built.network, card, parameters.randomise, parameters.seed)
        explained = Explained(chance, card)
        with torch.no_grad():
            facts["randomised_score"] = float(explained(picture)[0, index])
        doing = f"{method.title}, random weights"
        again = yield from _followed(
            work(explained, picture, index, parameters), doing, 0.5 + BUILDING, 1
        )
        arrays["randomised"] = _array(again.values)
    facts |= {"completeness": found.completeness, "seconds": time.perf_counter() - begun}
    yield Result(facts, arrays)


def grad_cam(
    explained: Explained, picture: Tensor, index: int, parameters: AttributionParameters
) -> Work:
    """The map below the pooling, each channel times the score's mean gradient; summed, signed."""
    yield 0.0
    values = LayerGradCam(explained, explained.cells).attribute(
        picture, target=index, relu_attributions=False
    )
    return Found(values[0, 0].detach())


def gradient(
    explained: Explained, picture: Tensor, index: int, parameters: AttributionParameters
) -> Work:
    """The gradient of the score, of each pixel the colour in which it is largest; no sign.

    The signed sum of the colours, or of their gradients, would cancel where they disagree.
    """
    yield 0.0
    watched = picture.clone().requires_grad_()
    return Found(_largest(Saliency(explained).attribute(watched, target=index, abs=False)))


def smoothgrad(
    explained: Explained, picture: Tensor, index: int, parameters: AttributionParameters
) -> Work:
    """The mean gradient over noisy copies, then as `gradient`; noise is not cut at black and white."""
    tunnel, sigma = NoiseTunnel(Saliency(explained)), parameters.noise * RANGE
    total, batch = torch.zeros_like(picture), _batch(picture, GRADIENT_PIXELS)
    watched = picture.clone().requires_grad_()
    for first in range(0, parameters.draws, batch):
        yield first / parameters.draws
        count = min(batch, parameters.draws - first)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1000 * parameters.seed + first)
            mean = tunnel.attribute(
                watched, nt_samples=count, stdevs=sigma, target=index, abs=False
            )
        total += mean * count
    return Found(_largest(total / parameters.draws))


def integrated_gradients(
    explained: Explained, picture: Tensor, index: int, parameters: AttributionParameters
) -> Work:
    """Shares of the score's difference from the baseline's, summed over the colours of a pixel.

    The way from the baseline is walked in stretches, one gradient at the middle of each; the shares of
    all stretches add up to those of the whole way. Stretches are short at first and grow (their ends
    are (i / steps) squared): a classifier gathers most of its score while the picture is still faint,
    and equal stretches would step over that.
    """
    start = torch.zeros_like(picture)
    if parameters.baseline == MEAN_COLOUR:
        start = start + explained.mean
    ends = torch.linspace(0, 1, parameters.steps + 1).square().view(-1, 1, 1, 1)
    shares, method = torch.zeros_like(picture), IntegratedGradients(explained)
    batch = _batch(picture, GRADIENT_PIXELS)
    for first in range(0, parameters.steps, batch):
        yield first / parameters.steps
        way = torch.lerp(start, picture, ends[first : first + batch + 1])
        stretches = method.attribute(
            way[1:], way[:-1], target=index, n_steps=1, method="gausslegendre"
        )
        shares += stretches.sum(0, keepdim=True)
    with torch.no_grad():
        score, base = (float(explained(one)[0, index]) for one in (picture, start))
    total = float(shares.sum(dtype=torch.float64))
    return Found(shares[0].sum(0).detach(), {"total": total, "difference": score - base})


def occlusion(
    explained: Explained, picture: Tensor, index: int, parameters: AttributionParameters
) -> Work:
    """How much the score falls when a patch is covered, averaged over the patches that hold a pixel.

    Patches stand `step` apart from the upper left corner on; the last ones end at the border. Written
    out here because captum's gives no sign of life, nor can it be stopped, before it is done.
    """
    height, width = picture.shape[2:]
    patch, step = parameters.patch, parameters.step
    cover = explained.mean.expand_as(picture[0])
    if parameters.fill != MEAN_COLOUR:
        cover = _blurred(picture, patch)
    corners = [
        (top, left) for top in places(height, patch, step) for left in places(width, patch, step)
    ]
    fall = torch.zeros(height, width, dtype=torch.float64)
    times = torch.zeros(height, width)
    with torch.no_grad():
        whole = float(explained(picture)[0, index])
    batch = _batch(picture, FORWARD_PIXELS)
    for first in range(0, len(corners), batch):
        yield first / len(corners)
        some = [
            (slice(top, top + patch), slice(left, left + patch))
            for top, left in corners[first : first + batch]
        ]
        covered = picture.repeat(len(some), 1, 1, 1)
        for one, (rows, columns) in zip(covered, some, strict=True):
            one[:, rows, columns] = cover[:, rows, columns]
        with torch.no_grad():
            scores = explained(covered)[:, index]
        for score, (rows, columns) in zip(scores.tolist(), some, strict=True):
            fall[rows, columns] += whole - score
            times[rows, columns] += 1
    return Found(fall / times)


@functools.lru_cache(maxsize=2)
def _built(name: str) -> torch_runtime.Built:
    """A network, kept for the next attribution of this worker."""
    return torch_runtime.build(networks.card(name))


def _resolved(work: str) -> Any:
    module, _, function = work.partition(":")
    return getattr(importlib.import_module(module), function)


def _followed(work: Work, doing: str, begin: float, end: float) -> Generator[Progress, None, Found]:
    """Turn the shares that a method yields into progress from `begin` to `end`; what it returns."""
    return told(work, lambda share: Progress(begin + share * (end - begin), doing))


def _geometry(built: torch_runtime.Built, card: Card, level: str) -> Geometry:
    """Of the cells that the class maps are made of, or of pixels, each its own cell."""
    return built.geometries[card.features] if level == "cells" else Geometry(1, 1, 0)


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.numpy(), dtype=np.float32)


def _largest(gradients: Tensor) -> Tensor:
    """(1, 3, h, w) -> (h, w): the size of each pixel's largest one."""
    return gradients[0].detach().abs().amax(0)


def _batch(picture: Tensor, pixels: int) -> int:
    """How many pictures of this size make `pixels` pixels, at least one."""
    return max(1, pixels // (picture.shape[2] * picture.shape[3]))


def _blurred(picture: Tensor, patch: int) -> Tensor:
    """(1, 3, h, w) -> (3, h, w), without detail of the size of a patch."""
    import cv2

    pixels = picture[0].permute(1, 2, 0).numpy()
    return torch.from_numpy(cv2.GaussianBlur(pixels, (0, 0), patch / 2)).permute(2, 0, 1)

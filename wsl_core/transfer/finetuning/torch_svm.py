"""The frozen strategy with a support vector machine on pooled features; imported in workers only.

Channels are centred and divided by their spread over the training pictures, which is then made part of the
weights. How much errors count (C) is chosen by accuracy, then loss, on the validation part.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from wsl_core.jobs import Progress
from wsl_core.jobs.parts import within
from wsl_core.transfer.finetuning import svm

if TYPE_CHECKING:
    from wsl_core.transfer.finetuning.torch_blocks import Blocks
    from wsl_core.transfer.finetuning.torch_fitting import Course, Inputs
    from wsl_core.transfer.finetuning.torch_inputs import FrozenOutputs

COSTS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
USUAL = 1e-3  # without a validation part
FILLED = 0.8  # share of the work that the features take
FLOOR = 0.05  # added to a channel's standard deviation, so that a silent one is not blown up
SHARPNESS = 4.0  # margins are multiplied by it, so that their soft-max is no longer all alike
Float64 = NDArray[np.float64]


def fit(blocks: "Blocks", inputs: "Inputs", course: "Course") -> Generator[Progress, None, None]:
    """Fit one machine for each cost, and put the best into the classifier."""
    how, examples = inputs.how, inputs.examples
    views = (0, 1) if how.views > 1 and how.mirror else (0,)
    yield from within(0.0, FILLED, inputs.train.fill(blocks, views))
    yield from within(FILLED, FILLED, inputs.validation.fill(blocks, (0,)))
    features = np.concatenate([_features(blocks, inputs.train, number) for number in views])
    labels = np.tile(examples.train.labels, len(views))
    kept = _features(blocks, inputs.validation, 0) if len(examples.validation) else None
    mean, spread = features.mean(0), features.std(0) + FLOOR
    weights = inputs.weights().numpy()[labels]
    classes = len(examples.classes)
    found: dict[float, tuple[Float64, Float64]] = {}
    kept_at: dict[float, tuple[float, float]] = {}
    for number, cost in enumerate(COSTS, 1):
        weight, bias = svm.fit((features - mean) / spread, labels, classes, cost, weights)
        weight = weight / spread
        found[cost] = weight, bias - weight @ mean
        figures = _figures("train", features, labels, *found[cost])
        if kept is not None:
            figures |= _figures("validation", kept, examples.validation.labels, *found[cost])
            kept_at[cost] = figures["validation_accuracy"], -figures["validation_loss"]
        course.curve.append({"epoch": number, "part": "svm", "cost": cost, **figures})
        done = FILLED + (1 - FILLED) * number / len(COSTS)
        yield Progress(done, "linear support vector machines", number, figures)
    best = max(kept_at, key=lambda cost: kept_at[cost]) if kept_at else USUAL
    course.best = COSTS.index(best) + 1
    weight, bias = (SHARPNESS * torch.from_numpy(one).float() for one in found[best])
    assert isinstance(blocks.classifier, nn.Linear)
    with torch.no_grad():
        blocks.classifier.weight.copy_(weight)
        blocks.classifier.bias.copy_(bias)


def _features(blocks: "Blocks", outputs: "FrozenOutputs", number: int) -> Float64:
    """(N, C) pooled features of all pictures in a view."""
    assert isinstance(blocks.classifier, nn.Linear)
    found = np.zeros((len(outputs.samples), blocks.classifier.in_features))
    for part in outputs.alike([(i, number) for i in range(len(outputs.samples))]):
        found[[i for i, _ in part]] = outputs.of(blocks, part).numpy()
    return found


def _figures(
    what: str, features: Float64, labels: NDArray[np.int64], weight: Float64, bias: Float64
) -> dict[str, float]:
    """Squared hinge, a mean over pictures, and the mean accuracy of the classes."""
    scores = features @ weight.T + bias
    wanted = np.where(labels[:, None] == np.arange(len(bias)), 1.0, -1.0)
    right = scores.argmax(1) == labels
    return {
        f"{what}_loss": float((np.maximum(0, 1 - wanted * scores) ** 2).sum(1).mean()),
        f"{what}_accuracy": float(np.mean([right[labels == k].mean() for k in np.unique(labels)])),
    }

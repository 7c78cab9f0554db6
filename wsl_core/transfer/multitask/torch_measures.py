"""Losses and rates of a task's scores; imported in workers only."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from wsl_core.transfer.multitask.task_data import IGNORED
from wsl_core.transfer.multitask.task_sets import ONE, Task


def loss(task: Task, scores: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of a picture, in nats; with several answers the sum over classes that are known."""
    if task.kind == ONE:
        return functional.cross_entropy(scores, labels)
    known = labels != IGNORED
    each = functional.binary_cross_entropy_with_logits(
        scores, labels.clamp_min(0).float(), reduction="none"
    )
    return (each * known).sum(1).mean()


def rate(task: Task, scores: NDArray[np.float32], labels: NDArray[Any]) -> float:
    """Accuracy, or the mean average precision of the classes that are there, 0 .. 1."""
    if task.kind == ONE:
        return float((scores.argmax(1) == labels).mean())
    found = []
    for own, truth in zip(scores.T, labels.T, strict=True):
        known = truth != IGNORED
        if (truth == 1).any():
            found.append(average_precision(own[known], truth[known] == 1))
    return float(np.mean(found)) if found else 0.0


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Mean over the right ones of the precision down to each, in the order of falling scores.

    Args:
        scores: (N,).
        truth: (N,), at least one True.
    """
    right = truth[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean())


def tensor(labels: NDArray[Any]) -> Tensor:
    """Labels for `loss`."""
    return torch.from_numpy(labels)

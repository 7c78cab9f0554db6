"""Gradients of several tasks on the same weights: their cosine, and what gradient surgery makes of them."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

TINY = 1e-20


def of_tasks(
    losses: Mapping[str, Tensor], weights: Mapping[str, nn.Parameter]
) -> dict[str, Tensor]:
    """The gradient of each loss by all weights, as one row.

    Args:
        losses: by task, scalars of one graph, which is kept.
        weights: at least one, in the order of the row's parts.
    """
    parameters = list(weights.values())
    return {
        name: torch.cat(
            [part.reshape(-1) for part in torch.autograd.grad(loss, parameters, retain_graph=True)]
        )
        for name, loss in losses.items()
    }


def cosine(first: Tensor, second: Tensor) -> float:
    """g . h / (|g| |h|), -1 .. 1; 0 where one of them vanishes."""
    lengths = float(first.norm() * second.norm())
    return float(first @ second) / lengths if lengths > TINY else 0.0


def surgery(gradients: Sequence[Tensor], orders: Sequence[Sequence[int]]) -> Tensor:
    """The sum of the gradients after each has lost what points against another one (PCGrad).

        g_i <- g_i - (g_i . g_j / |g_j|^2) g_j   where g_i . g_j < 0, with g_j as it was at first

    Yu et al., Gradient surgery for multi-task learning, NeurIPS 2020, algorithm 1.

    Args:
        gradients: one row a task.
        orders: for each task, in which order the others are looked at.
    """
    total = torch.zeros_like(gradients[0])
    for own, order in zip(gradients, orders, strict=True):
        left = own.clone()
        for other in order:
            against = gradients[other]
            product = left @ against
            if product < 0:
                left -= product / (against @ against).clamp_min(TINY) * against
        total += left
    return total

"""Batch normalisation with statistics for each domain; imported in workers only.

In training a batch of one domain is normalised by its own mean and spread, and moves the running statistics
of that domain alone; afterwards each domain is read with its own. Scale and shift, which are learned, are
shared. With one set of statistics for both, "source only" would learn from the target's batches, and no
domain would be read as it was trained.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

MOMENTUM = 0.1  # share of a new batch in the running statistics


class DomainNorm(nn.Module):
    """Batch normalisation over N, and over H and W where there are any.

    Attributes:
        mean, variance: (domains, C) running statistics.
        weight, bias: (C,) learned, shared.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int, domains: int = 2) -> None:
        """Begin with mean 0 and variance 1 in every domain."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.momentum = MOMENTUM
        self.register_buffer("mean", torch.zeros(domains, channels))
        self.register_buffer("variance", torch.ones(domains, channels))

    def forward(self, x: Tensor, domain: int) -> Tensor:
        """Normalise a batch of one domain, (N, C) or (N, C, H, W)."""
        return functional.batch_norm(
            x, self.mean[domain], self.variance[domain], self.weight, self.bias, self.training,
            self.momentum,
        )  # fmt: skip


def norms(module: nn.Module) -> list[DomainNorm]:
    """The layers of batch normalisation in a module."""
    return [layer for layer in module.modules() if isinstance(layer, DomainNorm)]


@contextmanager
def batch_statistics(module: nn.Module) -> Iterator[list[DomainNorm]]:
    """Everything as after training (no dropout), but batches normalised by their own statistics."""
    was = module.training
    module.eval()
    layers = norms(module)
    for layer in layers:
        layer.train()
    try:
        yield layers
    finally:
        module.train(was)


@torch.no_grad()
def measure(module: nn.Module, batches: Iterable[Tensor], domain: int) -> None:
    """Measure a domain's statistics anew: the mean over batches, instead of a running one.

    Args:
        module: called as module(batch, domain).
        batches: standardised inputs, of equal size but for the last.
        domain: whose statistics are replaced.
    """
    with batch_statistics(module) as layers:
        try:
            for number, batch in enumerate(batches):
                for layer in layers:
                    layer.momentum = 1 / (number + 1)
                module(batch, domain)
        finally:
            for layer in layers:
                layer.momentum = MOMENTUM

"""A trunk that branches: shared blocks, then private ones and a last layer for each task; workers only.

A block's first weights depend on the seed and its place alone. So a private block starts where the shared
one in its place would, and a network that shares nothing is, bit for bit, that of each task by itself.
"""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from wsl_core.transfer.multitask.architecture import Block, matched
from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.task_sets import TaskSetCard

TRUNK, HEAD = 0, 1  # parts that draw their own weights


class MultitaskNetwork(nn.Module):
    """Values in, scores of each task out.

    Attributes:
        trunk: the shared blocks.
        branches: by task, its private blocks and its last layer.
    """

    def __init__(
        self,
        card: TaskSetCard,
        tasks: Sequence[str],
        how: MultitaskParameters,
        mean: Tensor,
        spread: Tensor,
    ) -> None:
        """With first weights.

        Args:
            card: of the task set.
            tasks: names of those that are learned.
            how: number of shared blocks, what is matched, seed.
            mean: of each channel, taken off; broadcasts against a batch.
            spread: of each channel, divided by.
        """
        super().__init__()
        outputs = [len(card.task(name).classes) for name in tasks]
        blocks = matched(card.shape, card.blocks, outputs, how.shared, how.match)
        shared, shape = [], card.shape
        for place, one in enumerate(blocks[: how.shared]):
            shared.append(_layer(one, shape, (how.seed, TRUNK, place)))
            shape = one.after(shape)
        self.trunk = nn.Sequential(*shared)
        self.branches = nn.ModuleDict()
        for name, count in zip(tasks, outputs, strict=True):
            own, end = [], shape
            for place, one in enumerate(blocks[how.shared :], how.shared):
                own.append(_layer(one, end, (how.seed, TRUNK, place)))
                end = one.after(end)
            key = (how.seed, HEAD, card.names.index(name))
            self.branches[name] = nn.Sequential(*own, nn.Flatten(), _linear(end, count, key))
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)

    def forward(self, values: Tensor) -> dict[str, Tensor]:
        """Scores (N, classes) by task."""
        common = self.trunk((values.float() - self.mean) / self.spread)
        return {name: branch(common) for name, branch in self.branches.items()}

    @property
    def shared(self) -> Mapping[str, nn.Parameter]:
        """Weights that all tasks share, by name; empty where they share none."""
        return dict(self.trunk.named_parameters())


def _layer(block: Block, shape: tuple[int, ...], key: tuple[int, int, int]) -> nn.Module:
    if block.kind == "dense":
        return nn.Sequential(nn.Flatten(), _linear(shape, block.width, key), nn.ReLU())
    with _seeded(key):
        convolution = nn.Conv2d(shape[0], block.width, block.kernel, padding=block.kernel // 2)
    pooled = [nn.MaxPool2d(block.pool)] if block.pool > 1 else []
    return nn.Sequential(convolution, nn.ReLU(), *pooled)


def _linear(shape: tuple[int, ...], width: int, key: tuple[int, int, int]) -> nn.Linear:
    with _seeded(key):
        return nn.Linear(math.prod(shape), width)


@contextlib.contextmanager
def _seeded(key: tuple[int, int, int]) -> Iterator[None]:
    """What is drawn inside depends on the key alone, and what is drawn outside is not disturbed."""
    outside = torch.get_rng_state()
    torch.manual_seed(int(np.random.SeedSequence(key).generate_state(1)[0]))
    try:
        yield
    finally:
        torch.set_rng_state(outside)

"""The layers of a multitask network as plain values: which are shared, how many numbers, how much work.

A trunk is a row of blocks. The first `shared` of them are the same for all tasks; of the others, and of the
last linear layer, every task has its own. Counts are of weights and biases, work is multiply-accumulates of
one forward pass through what is counted, biases left out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Match = Literal["trunk", "parameters", "cost"]
FINEST = 0.02  # steps in which a width is searched
WIDEST = 6.0


@dataclass(frozen=True)
class Block:
    """A layer with weights, ReLU, and max-pooling where it reduces the map.

    Attributes:
        kind: "conv" looks at a window of each place, with padding; "dense" at everything.
        width: channels, or features, that it gives.
        kernel: side of the window of a convolution.
        pool: side of the window of max-pooling, which is its stride too; 1 for none.
    """

    kind: Literal["conv", "dense"]
    width: int
    kernel: int = 3
    pool: int = 1

    @property
    def words(self) -> str:
        """As a diagram names it."""
        if self.kind == "dense":
            return f"dense, {self.width}"
        pooled = f", max {self.pool} × {self.pool}" if self.pool > 1 else ""
        return f"conv {self.kernel} × {self.kernel}, {self.width}{pooled}"

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of its output: (features,), or (channels, rows, columns)."""
        if self.kind == "dense":
            return (self.width,)
        return (self.width, *(side // self.pool for side in shape[1:]))

    def parameters(self, shape: tuple[int, ...]) -> int:
        """Weights and biases for an input of this shape."""
        return self.width * (self._fan_in(shape) + 1)

    def cost(self, shape: tuple[int, ...]) -> int:
        """Multiply-accumulates for an input of this shape."""
        places = math.prod(shape[1:]) if self.kind == "conv" else 1
        return self.width * self._fan_in(shape) * places

    def _fan_in(self, shape: tuple[int, ...]) -> int:
        return shape[0] * self.kernel**2 if self.kind == "conv" else math.prod(shape)


@dataclass(frozen=True)
class Size:
    """How large networks are: numbers that are learned, and multiply-accumulates a picture."""

    parameters: int
    cost: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.parameters + other.parameters, self.cost + other.cost)


def blocks_size(shape: tuple[int, ...], blocks: Sequence[Block]) -> tuple[Size, tuple[int, ...]]:
    """Size of a row of blocks on an input of this shape, and the shape of what they give."""
    found = Size(0, 0)
    for one in blocks:
        found += Size(one.parameters(shape), one.cost(shape))
        shape = one.after(shape)
    return found, shape


def network_size(
    shape: tuple[int, ...], blocks: Sequence[Block], outputs: Sequence[int], shared: int
) -> Size:
    """Size of one network for all tasks.

    Args:
        shape: of the input.
        blocks: of the trunk.
        outputs: of each task's last layer.
        shared: how many blocks the tasks share.
    """
    found, between = blocks_size(shape, blocks[:shared])
    for count in outputs:
        branch, end = blocks_size(between, [*blocks[shared:], Block("dense", count)])
        assert end == (count,)
        found += branch
    return found


def separate_size(shape: tuple[int, ...], blocks: Sequence[Block], outputs: Sequence[int]) -> Size:
    """Size of the networks that learn each task alone, taken together."""
    return network_size(shape, blocks, outputs, 0)


def matched(
    shape: tuple[int, ...],
    blocks: Sequence[Block],
    outputs: Sequence[int],
    shared: int,
    match: Match,
) -> tuple[Block, ...]:
    """The blocks with the shared ones widened until the network is as large as the separate ones together.

    Args:
        shape: of the input.
        blocks: of the trunk.
        outputs: of each task's last layer.
        shared: how many blocks the tasks share.
        match: "trunk" leaves the blocks as they are; "parameters" and "cost" come as near as whole
            channels allow.
    """
    if match == "trunk" or shared == 0 or len(outputs) < 2:
        return tuple(blocks)
    target = getattr(separate_size(shape, blocks, outputs), match)

    def widened(factor: float) -> tuple[Block, ...]:
        wide = [replace(one, width=round(factor * one.width)) for one in blocks[:shared]]
        return (*wide, *blocks[shared:])

    def distance(factor: float) -> float:
        size = network_size(shape, widened(factor), outputs, shared)
        return float(abs(getattr(size, match) - target))

    factors = [1 + FINEST * step for step in range(round((WIDEST - 1) / FINEST) + 1)]
    return widened(min(factors, key=distance))

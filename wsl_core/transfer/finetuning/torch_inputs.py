"""Views of pictures as tensors, and what the frozen part makes of them, computed once; in workers only."""

from collections.abc import Generator, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from wsl_core.jobs import Progress
from wsl_core.networks import Card
from wsl_core.transfer.finetuning.examples import Samples
from wsl_core.transfer.finetuning.parameters import FineTuneParameters
from wsl_core.transfer.finetuning.torch_blocks import Blocks
from wsl_core.transfer.finetuning.views import view

MOST = 1_000_000_000  # bytes of kept outputs; what is beyond is computed whenever it is needed
TOGETHER = 16  # pictures of one shape a pass
Seen = tuple[int, int]
"""A picture and its view."""


class FrozenOutputs:
    """What the first blocks of a network as published make of some pictures, in each of their views.

    Strategies on the same pictures share it: whatever is frozen is the published network.
    """

    def __init__(self, card: Card, samples: Samples, how: FineTuneParameters) -> None:
        """Nothing is computed yet.

        Args:
            card: of the network.
            samples: the pictures.
            how: says how they are seen.
        """
        self.card, self.samples, self.how = card, samples, how
        self._kept: dict[tuple[int, Seen], Tensor] = {}
        self._bytes = 0
        self._mean = torch.tensor(card.mean).view(3, 1, 1)
        self._std = torch.tensor(card.std).view(3, 1, 1)

    def fill(self, blocks: Blocks, views: Sequence[int]) -> Generator[Progress, None, None]:
        """Compute them for all pictures in these views, as far as there is room."""
        if not blocks.depth:
            return
        everything = [(i, number) for i in range(len(self.samples)) for number in views]
        done = 0
        for part in self.alike(everything):
            self.of(blocks, part)
            done += len(part)
            yield Progress(done / len(everything), f"frozen features, {done} of {len(everything)}")

    def of(self, blocks: Blocks, seen: Sequence[Seen]) -> Tensor:
        """What the frozen blocks make of pictures of one shape, (N, ...)."""
        depth = blocks.depth
        if not depth:
            return self.pictures(seen)
        missing = [one for one in seen if (depth, one) not in self._kept]
        fresh: dict[Seen, Tensor] = {}
        if missing:
            with torch.no_grad():
                values = blocks.below(self.pictures(missing), depth)
            fresh = dict(zip(missing, values, strict=True))
            size = values[0].numel() * values.element_size()
            for one, value in fresh.items():
                if self._bytes + size <= MOST:
                    self._kept[depth, one] = value.clone()
                    self._bytes += size
        return torch.stack([fresh[one] if one in fresh else self._kept[depth, one] for one in seen])

    def pictures(self, seen: Sequence[Seen]) -> Tensor:
        """Normalised pictures (N, 3, h, w) of one shape."""
        seed, mirror = self.how.seed, self.how.mirror
        rgb = np.stack([view(self.samples, i, number, seed, mirror=mirror) for i, number in seen])
        x = torch.from_numpy(rgb).permute(0, 3, 1, 2).float()
        return ((x - self._mean) / self._std).contiguous(memory_format=torch.channels_last)

    def alike(self, seen: Sequence[Seen], most: int = TOGETHER) -> Iterator[list[Seen]]:
        """The same pictures in groups of one shape."""
        groups: dict[tuple[int, int], list[Seen]] = {}
        for one in seen:
            groups.setdefault(self.samples.fed[one[0]], []).append(one)
        for group in groups.values():
            for start in range(0, len(group), most):
                yield group[start : start + most]

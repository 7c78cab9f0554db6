"""From values as they are stored to batches that a network sees; imported in workers only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wsl_core.transfer.adaptation.contract import SOURCE, TARGET, Labelled, Unlabelled
from wsl_core.transfer.adaptation.parameters import AdaptationParameters
from wsl_core.transfer.adaptation.torch_augmentation import changed

FLOOR = 1e-3  # least spread that is divided by
PART = 500  # values in a forward pass without gradient
ORDER, CHANGE, SAMPLE = 1, 2, 4  # streams of random numbers, beside the domain


class Order:
    """Values in an order drawn anew every time all were seen; any batch of it can be asked for.

    Every batch is full, also where the domain ends within it or is smaller than one.
    """

    def __init__(self, count: int, seed: int, domain: int) -> None:
        self.count, self.seed, self.domain = count, seed, domain
        self._epoch, self._order = -1, np.empty(0, np.int64)

    def batch(self, number: int, size: int) -> NDArray[np.int64]:
        """Indices of the batch `number`, from 0 on."""
        parts, start, left = [], number * size, size
        while left:
            epoch, place = divmod(start, self.count)
            if epoch != self._epoch:
                draw = np.random.default_rng([self.seed, ORDER, self.domain, epoch])
                self._epoch, self._order = epoch, draw.permutation(self.count)
            part = self._order[place : place + left]
            parts.append(part)
            start, left = start + len(part), left - len(part)
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Inputs:
    """How values are standardised: pictures go from 0..255 to 0..1 first.

    Attributes:
        mean: (2, C, 1, 1) of each domain's pictures, or (2, D) of its features.
        spread: (2, D) of its features; None for pictures.
        each: pictures are brought to mean 0 and spread 1 by themselves, whatever their domain.
    """

    mean: Tensor
    spread: Tensor | None
    each: bool

    @classmethod
    def of(cls, source: NDArray[Any], target: NDArray[Any], how: AdaptationParameters) -> "Inputs":
        """Measured on both domains. Where half of the source is shown as negatives, its mean is 1/2."""
        if source.ndim == 2:
            mean = np.stack([source.mean(0), target.mean(0)])
            spread = np.stack([source.std(0), target.std(0)]) + FLOOR
            return cls(torch.from_numpy(mean), torch.from_numpy(spread), each=False)
        means = [
            values.reshape(-1, 3).mean(0, dtype=np.float64) / 255 for values in (source, target)
        ]
        if how.negatives:
            means[SOURCE] = np.full(3, 0.5)
        mean = np.stack(means).astype(np.float32)[:, :, None, None]
        return cls(torch.from_numpy(mean), None, how.inputs == "picture")

    def raw(self, values: NDArray[Any]) -> Tensor:
        """(N, 3, H, W) from 0 to 1, in the order of channels last; features as they are."""
        x = torch.from_numpy(np.ascontiguousarray(values))
        return x if x.ndim == 2 else x.permute(0, 3, 1, 2).float().div_(255)

    def standardised(self, x: Tensor, domain: int) -> Tensor:
        """By the statistics of a domain."""
        if self.spread is not None:
            return (x - self.mean[domain]) / self.spread[domain]
        if self.each:
            middle = x.mean((1, 2, 3), keepdim=True)
            spread = x.std((1, 2, 3), keepdim=True, correction=0)
            return (x - middle) / (spread + FLOOR)
        return x - self.mean[domain]

    def back(self, x: Tensor, domain: int) -> NDArray[np.uint8]:
        """Standardised pictures as (N, H, W, 3) from 0 to 255 again."""
        pictures = (x + self.mean[domain]).clamp(0, 1) * 255
        return pictures.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


class Problem:
    """Both domains, in batches; the target's labels are not among what is kept.

    Attributes:
        how: the parameters, settled.
        inputs: how values are standardised.
        classes: K, one more than the largest label of the source.
        batch: values of each domain in a step.
        shape: of an input, (C, H, W) or (D,).
    """

    def __init__(self, source: Labelled, target: Unlabelled, how: AdaptationParameters) -> None:
        self.how = how
        self.source, self.target = source.values, target.values
        self.labels = torch.from_numpy(np.asarray(source.labels, np.int64))
        self.inputs = Inputs.of(self.source, self.target, how)
        self.classes = int(self.labels.max()) + 1
        self.pictures = self.source.ndim == 4
        assert how.batch is not None
        self.batch = how.batch
        size = self.source.shape[1:]
        self.shape = (size[2], *size[:2]) if self.pictures else size
        self._orders = [
            Order(len(values), how.seed, domain)
            for domain, values in ((SOURCE, self.source), (TARGET, self.target))
        ]

    def source_batch(self, number: int) -> tuple[Tensor, Tensor]:
        """Standardised inputs of a step, changed at random where that is asked for, and their labels."""
        chosen = self._orders[SOURCE].batch(number, self.batch)
        x = self.inputs.raw(self.source[chosen])
        augmentation, negatives = self.how.augmentation or "none", bool(self.how.negatives)
        if self.pictures and (augmentation != "none" or negatives):
            random = np.random.default_rng([self.how.seed, CHANGE, SOURCE, number])
            x = changed(x, augmentation, random, negatives=negatives)
        return self.inputs.standardised(x, SOURCE), self.labels[torch.from_numpy(chosen)]

    def target_batch(self, number: int) -> Tensor:
        """Standardised inputs of a step."""
        return self.inputs.standardised(self._target(number), TARGET)

    def strong_batch(self, number: int) -> Tensor:
        """The same pictures as `target_batch`, strongly changed; features with noise instead."""
        x = self._target(number)
        random = np.random.default_rng([self.how.seed, CHANGE, TARGET, number])
        if not self.pictures:
            noise = random.standard_normal(tuple(x.shape), dtype=np.float32)
            return self.inputs.standardised(x, TARGET) + 0.3 * torch.from_numpy(noise)
        x = changed(x, self.how.strong or "none", random, negatives=bool(self.how.strong_negatives))
        return self.inputs.standardised(x, TARGET)

    def sample(self, domain: int, most: int) -> NDArray[np.int64]:
        """Indices of at most so many values of a domain, drawn without regard to their order."""
        count = len((self.source, self.target)[domain])
        return np.random.default_rng([self.how.seed, SAMPLE, domain]).permutation(count)[:most]

    def batches(self, domain: int, most: int = 10_000) -> Iterator[Tensor]:
        """At most so many values of a domain, standardised, in parts."""
        values, chosen = (self.source, self.target)[domain], self.sample(domain, most)
        for start in range(0, len(chosen), PART):
            part = self.inputs.raw(values[chosen[start : start + PART]])
            yield self.inputs.standardised(part, domain)

    def _target(self, number: int) -> Tensor:
        return self.inputs.raw(self.target[self._orders[TARGET].batch(number, self.batch)])

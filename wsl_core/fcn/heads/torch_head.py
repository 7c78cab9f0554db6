"""A head while it is trained: standardised channels, a 1x1 convolution, pooling; imported in workers only.

The pictures of a batch have different shapes. All their cells go through the convolution as one matrix,
and pooling, which does not mind the order of cells, takes pictures of equally many cells together.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel
from torch import Tensor, nn
from torch.nn import functional

from wsl_core.fcn.pooling import SPLeaPWeights
from wsl_core.fcn.pooling.torch_pooling import Pooling

Float32 = NDArray[np.float32]


class TrainableHead(nn.Module):
    """Cells of several pictures -> scores of K classes, in logits.

    The weights belong to standardised channels, (x - mean) / spread; `folded` makes them those of the
    channels themselves. SPLeaP's part maps go through ReLU: a part is there or not, it speaks against
    nothing by itself (the paper asks for a non-linear classifier a part; which one is our choice).
    """

    def __init__(
        self,
        scheme: str,
        classes: int,
        parameters: BaseModel,
        start: Float32,
        mean: Float32,
        spread: Float32,
    ) -> None:
        """A head at its start.

        Args:
            scheme: name of the pooling scheme.
            classes: K.
            parameters: of the scheme.
            start: (maps, C) weights for standardised channels.
            mean: (C,) of the channels.
            spread: (C,) what they are divided by.
        """
        super().__init__()
        self.scheme = scheme
        self.weight = nn.Parameter(torch.tensor(start))
        self.bias = nn.Parameter(torch.zeros(len(start)))
        self.pooling = Pooling(scheme, classes, parameters)
        self.start: Tensor
        self.mean: Tensor
        self.spread: Tensor
        for name, value in (("start", start), ("mean", mean), ("spread", spread)):
            self.register_buffer(name, torch.tensor(value), persistent=False)

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight (maps, C) and bias (maps,) for channels as they are."""
        weight = self.weight / self.spread
        return weight, self.bias - weight @ self.mean

    def forward(self, cells: Tensor, counts: Sequence[int]) -> Tensor:
        """Score pictures.

        Args:
            cells: (sum of counts, C), those of one picture after the other.
            counts: how many cells each picture has.

        Returns:
            (pictures, K).
        """
        weight, bias = self.folded()
        maps = functional.linear(cells, weight, bias)
        if self.scheme == "spleap":
            maps = functional.relu(maps)
        alike = defaultdict(list)
        for number, (part, count) in enumerate(zip(maps.split(list(counts)), counts, strict=True)):
            alike[count].append((number, part))
        order, scores = [], []
        for group in alike.values():
            order += [number for number, _ in group]
            scores.append(self.pooling(torch.stack([part.T[:, None] for _, part in group])))
        return torch.cat(scores)[torch.tensor(order).argsort()]

    @torch.no_grad()
    def set_prior(self, logits: Tensor) -> None:
        """Choose biases such that maps without evidence give the scores `logits` (K,).

        A constant c on all maps adds c times the sum of the pooling weights to a score. SPLeaP has a bias
        of its own for each class, after pooling.
        """
        if self.scheme == "spleap":
            self.pooling.bias.copy_(logits)
            return
        maps = len(self.bias) // len(logits)
        gain = self.pooling(torch.ones(1, len(self.bias), 1, 4))[0]
        self.bias.copy_((logits / gain).repeat_interleave(maps))

    @torch.no_grad()
    def decay(self, amount: float) -> None:
        """Draw the weights towards their start by a share of the way."""
        self.weight.lerp_(self.start, min(1.0, amount))

    @torch.no_grad()
    def tensors(self) -> tuple[Float32, Float32, SPLeaPWeights | None]:
        """Weight, rounded to float16, bias, and what SPLeaP has learned; for channels as they are."""
        weight, bias = self.folded()
        learned = None
        if self.scheme == "spleap":
            pooling = self.pooling
            values = (pooling.sharpness, pooling.combination, pooling.bias)
            learned = SPLeaPWeights(*(value.detach().numpy().copy() for value in values))
        return weight.half().float().numpy(), bias.numpy().copy(), learned


def loss(scores: Tensor, targets: Tensor, single: bool) -> Tensor:
    """What is made small, a mean over pictures.

    Several classes a picture: binary cross-entropy of each, averaged over classes; a class that is unknown
    in a picture counts as nothing there. One class a picture: cross-entropy after the softmax.

    Args:
        scores: (N, K) logits.
        targets: (N, K) 1 present, 0 absent, -1 unknown.
        single: whether each picture has exactly one class.
    """
    if single:
        return functional.cross_entropy(scores, targets.argmax(1))
    known = targets >= 0
    wanted = targets.clamp(min=0).to(scores.dtype)
    each = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    return torch.where(known, each, torch.zeros(())).sum() / targets.numel()

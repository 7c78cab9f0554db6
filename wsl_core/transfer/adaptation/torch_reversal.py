"""The gradient reversal layer (Ganin and Lempitsky, ICML 2015); imported in workers only.

Forward it gives what it is given; backward it multiplies by -lambda. So one backward pass makes the domain
classifier above it better and the features below it worse for that classifier. Lambda stands here alone,
never in the loss too, and the domain classifier's own gradient is left as it is.
"""

from typing import Any

import torch
from torch import Tensor


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, weight: float) -> Tensor:
        context.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * -context.weight, None


def reversal(x: Tensor, weight: float) -> Tensor:
    """`x`, whose gradient will be -weight times that of the result.

    Args:
        x: any shape.
        weight: lambda; 0 cuts the gradient off.
    """
    found: Tensor = _Reversal.apply(x, weight)
    return found

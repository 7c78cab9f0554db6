"""The two losses of a linear classifier: soft-max, and the squared hinge of a support vector machine.

Both are sums over pictures; the objective is  C sum(loss) + |W|^2 / 2,  with an intercept that is not
penalised.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Loss = Callable[[Floats, NDArray[np.int64]], tuple[float, Floats]]


def softmax(scores: Floats, labels: NDArray[np.int64]) -> tuple[float, Floats]:
    """Multinomial logistic loss: -sum_i log p_i(label).

    Args:
        scores: (n, K).
        labels: (n,) from 0 on.

    Returns:
        the sum, and its gradient (n, K) with respect to the scores.
    """
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1, keepdims=True)
    value = float((np.log(sums[:, 0]) - shifted[rows, labels]).sum(dtype=np.float64))
    powers /= sums
    powers[rows, labels] -= 1
    return value, powers


def squared_hinge(scores: Floats, labels: NDArray[np.int64]) -> tuple[float, Floats]:
    """One machine a class against the rest: sum_ik max(0, 1 - y_ik s_ik)^2, y = 1 for the class, else -1.

    Fan et al., "LIBLINEAR", JMLR 2008, L2-regularised L2-loss.

    Args:
        scores: (n, K).
        labels: (n,) from 0 on.

    Returns:
        the sum, and its gradient (n, K) with respect to the scores.
    """
    rows = np.arange(len(labels))
    short = 1 + scores  # of the margin, for y = -1
    short[rows, labels] = 1 - scores[rows, labels]
    np.maximum(short, 0, out=short)
    value = float(np.vdot(short, short))
    short *= 2
    short[rows, labels] *= -1
    return value, short

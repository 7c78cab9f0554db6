"""ALE: a matrix between pictures and attributes, trained so that the right class leads the ranking.

    F(x, y) = x^T W s_y,   loss = beta(r) / r * sum_{m != y} max(0, margin + F(x, m) - F(x, y))

r counts the classes that are not `margin` below the right one, and beta(r) = 1 + 1/2 + ... + 1/r, so that the
first places count most. Z. Akata et al., TPAMI 2016, eq. 9 (the weights of WARP, here with the exact rank).
"""

import numpy as np

from wsl_core.transfer.zero_shot.eszsl import Bilinear
from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import Float, Labels

BATCH = 8  # pictures a step


def fit(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> Bilinear:
    """By stochastic gradient descent from zero, with a rate that falls to nothing.

    Args:
        rows: (N, D) of length 1.
        labels: (N,) of 0 .. classes - 1.
        signatures: (classes, A) of length 1.
        how: margin, epochs, rate, seed.
    """
    random = np.random.default_rng(how.seed)
    weights = np.zeros((rows.shape[1], signatures.shape[1]))
    steps = how.epochs * -(-len(rows) // BATCH)
    step = 0
    for _ in range(how.epochs):
        order = random.permutation(len(rows))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            x, y = rows[part], labels[part]
            _, pull = ranking(x @ weights @ signatures.T, y, how.margin)
            weights -= how.rate * (1 - step / steps) * (x.T @ pull @ signatures) / len(part)
            step += 1
    return Bilinear(weights)


def ranking(scores: Float, labels: Labels, margin: float) -> tuple[Float, Float]:
    """The loss of each picture, and its gradient by the scores.

    Args:
        scores: (N, classes).
        labels: (N,) of the right class.
        margin: by which it is to lead.

    Returns:
        (N,) and (N, classes).
    """
    at = np.arange(len(labels))
    short = np.maximum(margin + scores - scores[at, labels][:, None], 0)
    short[at, labels] = 0
    ranks = (short > 0).sum(axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, scores.shape[1] + 1))])
    weight = harmonic[ranks] / np.maximum(ranks, 1)
    slope = weight[:, None] * (short > 0)
    slope[at, labels] = -slope.sum(axis=1)
    return weight * short.sum(axis=1), slope

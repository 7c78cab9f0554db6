"""Soft-max regression on few rows, as scikit-learn's LogisticRegression has it, and on cosines.

Both are solved in the span of the rows: with fewer rows than features, W = V Q^T loses nothing (the penalty
pulls every other direction to 0), and a fit costs the square of the rows, not of the features.
"""

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.few_shot.lbfgs import Float, minimise

Float32 = NDArray[np.float32]
TINY = 1e-12
EXACT = 1e-5  # of the gradient, for a row


def regression(
    rows: Float32, labels: NDArray[np.integer], classes: int, c: float
) -> tuple[Float32, Float32]:
    """The weights that minimise |W|^2 / 2 + c * sum of cross-entropies; biases are not penalised.

    Args:
        rows: (N, D).
        labels: (N,) of 0 .. classes - 1.
        classes: how many.
        c: weight of the rows against the penalty; 1 in Tian et al., ECCV 2020.

    Returns:
        (classes, D) and (classes,), with biases that add up to 0.
    """
    basis, inside = span(rows)
    wanted = np.eye(classes)[labels]

    def loss(flat: Float) -> tuple[float, Float]:
        weights, bias = flat[:, :-1], flat[:, -1]
        value, slope = _cross_entropy(inside @ weights.T + bias, wanted)
        gradient = np.concatenate([slope.T @ inside, slope.sum(0)[:, None]], axis=1) * c
        gradient[:, :-1] += weights
        return c * value + float((weights**2).sum()) / 2, gradient

    found = minimise(
        loss, np.zeros((classes, inside.shape[1] + 1)), tolerance=EXACT * c * len(rows)
    )
    bias = found[:, -1] - found[:, -1].mean()
    return (found[:, :-1] @ basis).astype(np.float32), bias.astype(np.float32)


def cosine(
    rows: Float32, labels: NDArray[np.integer], classes: int, scale: float, steps: int
) -> Float32:
    """Directions whose cosines with the rows, times a scale, are the logits; they begin at the class means.

    Args:
        rows: (N, D) of length 1.
        labels: (N,) of 0 .. classes - 1, each there.
        classes: how many.
        scale: of the cosines.
        steps: of the optimisation, at most: few rows are fitted perfectly by many directions.

    Returns:
        (classes, D) of length 1.
    """
    basis, inside = span(rows)
    wanted = np.eye(classes)[labels]
    means = wanted.T @ inside / wanted.sum(0)[:, None]

    def loss(weights: Float) -> tuple[float, Float]:
        lengths = np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), TINY)
        directions = weights / lengths
        value, slope = _cross_entropy(scale * inside @ directions.T, wanted)
        pull = scale * slope.T @ inside
        along = (pull * directions).sum(1, keepdims=True)
        return value / len(rows), (pull - along * directions) / lengths / len(rows)

    start = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), TINY)
    found = minimise(loss, start, steps=steps, tolerance=1e-6) @ basis
    return (found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), TINY)).astype(
        np.float32
    )


def span(rows: Float32) -> tuple[Float, Float]:
    """(r, D) orthonormal rows, and the (N, r) coordinates of the given ones in them."""
    exact = rows.astype(np.float64)
    if len(exact) >= exact.shape[1]:
        return np.eye(exact.shape[1]), exact
    basis, _ = np.linalg.qr(exact.T)
    return basis.T, exact @ basis


def _cross_entropy(logits: Float, wanted: Float) -> tuple[float, Float]:
    """The sum over rows, and its gradient by the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponents = np.exp(shifted)
    sums = exponents.sum(axis=1, keepdims=True)
    value = float((np.log(sums[:, 0]) - (shifted * wanted).sum(axis=1)).sum())
    return value, exponents / sums - wanted

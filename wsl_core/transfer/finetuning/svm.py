"""A linear support vector machine, solved exactly: squared hinge, one class against the others.

    minimise 1/2 ||w||^2 + C sum_i max(0, 1 - y_i (w . x_i + b))^2

The objective has a Hessian almost everywhere, so Newton's method ends after some steps (Chapelle, "Training
a support vector machine in the primal", 2007). With fewer pictures than channels the problem is turned into
the span of the pictures first, which leaves the solution as it is.
"""

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
STEPS = 60
ENOUGH = 1e-9  # norm of the gradient, over that at the start


def fit(
    features: NDArray[np.floating], labels: NDArray[np.int64], classes: int, c: float,
    weights: NDArray[np.floating] | None = None,
) -> tuple[Float64, Float64]:  # fmt: skip
    """Weight (K, D) and bias (K,): the scores of x are weight @ x + bias.

    Args:
        features: (N, D), on comparable scales.
        labels: (N,) 0 .. K - 1.
        classes: K.
        c: how much errors count against the size of the weights.
        weights: (N,) how much each picture counts; 1 where None.
    """
    x = np.asarray(features, np.float64)
    basis = None
    if len(x) < x.shape[1]:
        basis, turned = np.linalg.qr(x.T)  # x = turned.T @ basis.T
        x = turned.T
    counts = np.full(len(x), c) if weights is None else c * np.asarray(weights, np.float64)
    rows = [_one(x, np.where(labels == k, 1.0, -1.0), counts) for k in range(classes)]
    found = np.stack(rows)
    weight = found[:, :-1] if basis is None else found[:, :-1] @ basis.T
    return weight, found[:, -1]


def _one(x: Float64, y: Float64, c: Float64) -> Float64:
    """(D + 1,): weights of one class, the bias last, which is not made small."""
    whole = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    w = np.zeros(whole.shape[1])
    own = np.ones(len(w))
    own[-1] = 0.0
    first = None
    value = _objective(whole, y, c, w, own)
    for _ in range(STEPS):
        short = 1 - y * (whole @ w)
        wrong = short > 0
        support, amount = whole[wrong], c[wrong]
        gradient = own * w - 2 * support.T @ (amount * y[wrong] * short[wrong])
        norm = float(np.linalg.norm(gradient))
        first = norm if first is None else first
        if norm <= ENOUGH * max(first, 1e-300):
            break
        hessian = np.diag(own + 1e-12) + 2 * support.T @ (support * amount[:, None])
        step = np.linalg.solve(hessian, gradient)
        share = 1.0
        while share > 1e-6:  # Newton's step may go too far where the set of errors changes
            tried = _objective(whole, y, c, w - share * step, own)
            if tried <= value - 1e-4 * share * float(gradient @ step):
                break
            share /= 2
        w, value = w - share * step, tried
    return w


def _objective(x: Float64, y: Float64, c: Float64, w: Float64, own: Float64) -> float:
    short = np.maximum(0.0, 1 - y * (x @ w))
    return float(0.5 * (own * w) @ w + (c * short**2).sum())

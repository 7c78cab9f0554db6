"""Direct and indirect attribute prediction: first what a picture has, then which class has just that.

    DAP   p(a_m | x) from a logistic regression of its own for each attribute
    IAP   p(a_m | x) = sum_k p(a_m | y_k) p(y_k | x), from a classifier of the seen classes

    class = argmax_z  prod_m  p(a_m = a_m^z | x) / p(a_m = a_m^z)

C. Lampert, H. Nickisch, S. Harmeling, CVPR 2009, eqs. 1 to 5. Priors are the shares of seen classes that have
an attribute. Attributes that all seen classes share, or none has, tell nothing and are left out.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from wsl_core.transfer.few_shot import softmax
from wsl_core.transfer.few_shot.lbfgs import minimise
from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import Float, Labels

CERTAIN = (
    1e-3  # the closest that a probability comes to 0 or 1, as a factor of 0 would decide alone
)


class _Predictor(Protocol):
    def attributes(self, rows: Float) -> Float: ...


@dataclass(frozen=True, eq=False)
class FromAttributes:
    """Classes by the probabilities of their attributes.

    Attributes:
        predictor: gives those of a picture.
        prior: (A,) share of the seen classes that have an attribute.
    """

    predictor: _Predictor = field(repr=False)
    prior: Float = field(repr=False)

    def attributes(self, rows: Float) -> Float:
        """(N, D) -> probabilities (N, A), 0 .. 1."""
        return self.predictor.attributes(rows)

    def scores(self, rows: Float, signatures: Float) -> Float:
        """Log of the product: (N, D) and (classes, A) of 0 and 1 -> (N, classes)."""
        telling = (self.prior > 0) & (self.prior < 1)
        given = np.clip(self.attributes(rows)[:, telling], CERTAIN, 1 - CERTAIN)
        prior, has = self.prior[telling], signatures[:, telling]
        yes, no = np.log(given / prior), np.log((1 - given) / (1 - prior))
        return yes @ has.T + no @ (1 - has).T


@dataclass(frozen=True, eq=False)
class Direct:
    """A logistic regression an attribute.

    Attributes:
        weights: (A, D).
        bias: (A,).
    """

    weights: Float
    bias: Float

    def attributes(self, rows: Float) -> Float:
        """Probabilities (N, A)."""
        return _sigmoid(rows @ self.weights.T + self.bias)


@dataclass(frozen=True, eq=False)
class Indirect:
    """A classifier of the seen classes, and what these have.

    Attributes:
        weights: (seen classes, D).
        bias: (seen classes,).
        has: (seen classes, A) of 0 and 1.
    """

    weights: Float
    bias: Float
    has: Float

    def attributes(self, rows: Float) -> Float:
        """Probabilities (N, A)."""
        logits = rows @ self.weights.T + self.bias
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True) @ self.has


def dap(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> FromAttributes:
    """From rows (N, D), labels (N,) and the signatures (classes, A) of 0 and 1 of the seen classes."""
    weights, bias = logistic(rows, signatures[labels], how.c)
    return FromAttributes(Direct(weights, bias), signatures.mean(axis=0))


def iap(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> FromAttributes:
    """From the same as `dap`."""
    weights, bias = softmax.regression(
        rows.astype(np.float32), labels, classes=len(signatures), c=how.c
    )
    return FromAttributes(Indirect(weights, bias, signatures), signatures.mean(axis=0))


def logistic(rows: Float, wanted: Float, c: float) -> tuple[Float, Float]:
    """For each column the weights that minimise |w|^2 / 2 + c * sum of its cross-entropies.

    Args:
        rows: (N, D).
        wanted: (N, A) of 0 and 1.
        c: weight of the rows against the penalty; biases are not penalised.

    Returns:
        (A, D) and (A,).
    """
    kinds, number = np.unique(wanted, axis=1, return_inverse=True)  # alike columns are fitted once
    basis, inside = softmax.span(rows.astype(np.float32))

    def loss(flat: Float) -> tuple[float, Float]:
        logits = inside @ flat[:, :-1].T + flat[:, -1]
        value = float((np.logaddexp(0, logits) - kinds * logits).sum())
        slope = _sigmoid(logits) - kinds
        gradient = np.concatenate([slope.T @ inside, slope.sum(0)[:, None]], axis=1) * c
        gradient[:, :-1] += flat[:, :-1]
        return c * value + float((flat[:, :-1] ** 2).sum()) / 2, gradient

    start = np.zeros((kinds.shape[1], inside.shape[1] + 1))
    found = minimise(loss, start, tolerance=softmax.EXACT * c * len(rows))[number.reshape(-1)]
    return found[:, :-1] @ basis, found[:, -1]


def _sigmoid(values: Float) -> Float:
    return np.exp(-np.logaddexp(0, -values))

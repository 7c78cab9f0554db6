"""A linear classifier fitted to the end on products of pictures; imported in workers only.

    minimise  C sum_i loss(f(x_i), y_i) + |W|^2 / 2,   f(x) = W x + b,   W = A' X,   so  F = K A + b

The gradient with respect to W is X' (C loss' + A), again a combination of the pictures. So L-BFGS (Nocedal
and Wright, algorithm 7.4) runs on the coefficients A in the metric K, one product with K a step. Its first
guess of the inverse Hessian is that of a ridge, (1 + c X' X)^-1. It needs one factorisation for all fits to
the same pictures, and leaves a few dozen steps where plain L-BFGS takes hundreds. The intercept b is not
penalised.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from wsl_core.transfer.probes.losses import Loss

Floats = NDArray[Any]
HISTORY = 5
STEPS = 400
TOLERANCE = 1e-3
HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Fitted:
    """scores of pictures = their products with the training pictures @ coefficients + intercept.

    Attributes:
        coefficients: (n, K).
        intercept: (K,).
        objective: the minimum that was reached.
        steps: how many it took.
    """

    coefficients: Floats = field(repr=False)
    intercept: Floats = field(repr=False)
    objective: float
    steps: int

    def scores(self, against: Floats) -> Floats:
        """(m, n) products with the training pictures -> (m, K)."""
        return np.asarray(against @ self.coefficients + self.intercept)


@dataclass(frozen=True, eq=False)
class Resolvent:
    """(1 + c K)^-1, factored once.

    Attributes:
        constant: c.
        factor: of 1 + c K, as SciPy has it.
    """

    constant: float
    factor: Any = field(repr=False)

    @classmethod
    def of(cls, products: Floats, constant: float) -> "Resolvent":
        """Factor it.

        Args:
            products: (n, n), K.
            constant: c.
        """
        kind = products.dtype.type
        matrix = kind(constant) * products
        matrix[np.diag_indices(len(matrix))] += 1
        return cls(constant, cho_factor(matrix, overwrite_a=True, check_finite=False))

    def __call__(self, rows: Floats) -> Floats:
        """(n, K) -> (n, K)."""
        return np.asarray(cho_solve(self.factor, rows, check_finite=False))


@dataclass(eq=False)
class _Point:
    """Coefficients, what they give, and the gradient there; `b` is the intercept over its unit."""

    a: Floats
    ka: Floats
    b: Floats
    value: float
    g: Floats
    gb: Floats


@dataclass(eq=False)
class _Pair:
    """A step and the change of the gradient along it, with their products by K."""

    s: tuple[Floats, Floats, Floats]
    y: tuple[Floats, Floats, Floats]
    inverse: float


def fit(
    products: Floats,
    labels: NDArray[np.int64],
    classes: int,
    loss: Loss,
    constant: float,
    start: Fitted | None = None,
    resolvent: Resolvent | None = None,
    tolerance: float = TOLERANCE,
) -> Fitted:
    """Fit a classifier.

    Args:
        products: (n, n) of the training pictures; the precision of the fit is theirs.
        labels: (n,) from 0 on.
        classes: K.
        loss: see `losses`.
        constant: C, inverse of the pull of the weights towards 0.
        start: where to begin, such as the solution for another constant.
        resolvent: of these products, for any constant; the answer does not depend on it.
        tolerance: ends where the decrease that a step promises is below this share of the objective.
    """
    kind, count = products.dtype.type, len(labels)
    curvature = _curvature(constant, loss, classes)
    solve = resolvent or Resolvent.of(products, curvature)
    unit = 1 / np.sqrt(curvature * count)  # of the intercept: its own curvature becomes about 1

    def at(a: Floats, ka: Floats, b: Floats) -> _Point:
        value, slope = loss(ka + b * unit, labels)
        slope *= kind(constant)
        whole = constant * value + 0.5 * _dot(a, ka)
        return _Point(a, ka, b, whole, slope + a, slope.sum(axis=0) * kind(unit))

    def guess(v: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats, Floats]:
        solved = solve(v[0])
        return solved, (v[0] - solved) / kind(solve.constant), v[2]

    zeros, none = np.zeros((count, classes), kind), np.zeros(classes, kind)
    if start is None:
        here = at(zeros, zeros, none)
    else:
        a = start.coefficients.astype(kind)
        here = at(a, products @ a, (start.intercept / unit).astype(kind))
    pairs: list[_Pair] = []
    steps = 0
    kg = products @ here.g
    while steps < STEPS:
        gradient = (here.g, kg, here.gb)
        way = _direction(gradient, pairs, guess)
        promised = _inner(gradient, way)
        if promised <= 2 * tolerance * abs(here.value):
            break
        length = kind(1)
        for _ in range(HALVINGS):
            there = at(
                here.a - length * way[0], here.ka - length * way[1], here.b - length * way[2]
            )
            if there.value <= here.value - 1e-4 * length * promised:
                break
            length *= kind(0.5)
        else:
            break  # no decrease that this precision can see
        kg_there = products @ there.g
        s = (-length * way[0], -length * way[1], -length * way[2])
        y = (there.g - here.g, kg_there - kg, there.gb - here.gb)
        curved = _inner(s, y)
        if curved > 0:
            pairs = [*pairs[1 - HISTORY :], _Pair(s, y, 1 / curved)]
        here, kg, steps = there, kg_there, steps + 1
    return Fitted(here.a, here.b * kind(unit), here.value, steps)


def _curvature(constant: float, loss: Loss, classes: int) -> float:
    """C times the second derivative of the loss at the start: p (1 - p) of soft-max, 2 of the hinge."""
    scores = np.zeros((1, classes))
    _, slope = loss(scores, np.zeros(1, np.int64))
    moved = scores.copy()
    moved[0, -1] = 1e-4
    _, other = loss(moved, np.zeros(1, np.int64))
    return constant * float(other[0, -1] - slope[0, -1]) / 1e-4


def _direction(
    gradient: tuple[Floats, Floats, Floats], pairs: list[_Pair], guess: Any
) -> tuple[Floats, Floats, Floats]:
    """The two loops of L-BFGS."""
    a, ka, b = (one.copy() for one in gradient)
    found, shares = (a, ka, b), []
    for one in reversed(pairs):
        share = one.inverse * _inner(one.s, found)
        _add(found, -share, one.y)
        shares.append(share)
    found = guess(found)
    for one, share in zip(pairs, reversed(shares), strict=True):
        _add(found, share - one.inverse * _inner(one.y, found), one.s)
    return found


def _add(
    one: tuple[Floats, Floats, Floats], share: float, other: tuple[Floats, Floats, Floats]
) -> None:
    for x, y in zip(one, other, strict=True):
        np.add(x, x.dtype.type(share) * y, out=x)


def _inner(one: tuple[Floats, Floats, Floats], other: tuple[Floats, Floats, Floats]) -> float:
    """Of two combinations in the metric of the products."""
    return _dot(one[0], other[1]) + _dot(one[2], other[2])


def _dot(one: Floats, other: Floats) -> float:
    return float(np.vdot(one, other))


def ridge(resolvent: Resolvent, labels: NDArray[np.int64], classes: int) -> Fitted:
    """Least squares on +1 for the class and -1 for the others: the preview, one linear equation.

    minimise  c sum_ik (f_k(x_i) - y_ik)^2 / 2 + |W|^2 / 2  on products that are centred.
    """
    kind = resolvent.factor[0].dtype.type
    targets = np.full((len(labels), classes), -1, kind)
    targets[np.arange(len(labels)), labels] = 1
    mean = targets.mean(axis=0)
    return Fitted(kind(resolvent.constant) * resolvent(targets - mean), mean, 0.0, 1)

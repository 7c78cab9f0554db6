"""ESZSL: one matrix between pictures and attributes, in closed form.

    V = (X X^T + gamma I)^-1 X Y S^T (S S^T + lambda I)^-1      score x^T V s

B. Romera-Paredes, P. Torr, ICML 2015, eq. 4; X has a column a picture, S a column a class, Y is 1 where a
picture shows a class and -1 elsewhere.
"""

from dataclasses import dataclass, field

import numpy as np

from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import Float, Labels


@dataclass(frozen=True, eq=False)
class Bilinear:
    """A fitted matrix V.

    Attributes:
        weights: (D, A).
    """

    weights: Float = field(repr=False)

    def scores(self, rows: Float, signatures: Float) -> Float:
        """(N, D) and (classes, A) -> (N, classes)."""
        return rows @ self.weights @ signatures.T


def fit(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> Bilinear:
    """From rows (N, D), labels (N,) and the signatures (classes, A) of the seen classes."""
    x, s = rows.astype(np.float64), signatures.astype(np.float64)
    wanted = np.where(np.eye(len(s), dtype=bool)[labels], 1.0, -1.0)
    inner = x.T @ wanted @ s
    return Bilinear(_left(x, how.picture_penalty, inner) @ _right(s, how.class_penalty))


def _left(x: Float, gamma: float, inner: Float) -> Float:
    """(X^T X + gamma I)^-1 inner, from the smaller of both products."""
    count, width = x.shape
    if width <= count:
        return np.linalg.solve(x.T @ x + gamma * np.eye(width), inner)
    # Woodbury: inner lies in the span of the rows, and so does the answer.
    solved = np.linalg.solve(x @ x.T + gamma * np.eye(count), x @ inner)
    return (inner - x.T @ solved) / gamma


def _right(s: Float, penalty: float) -> Float:
    return np.linalg.inv(s.T @ s + penalty * np.eye(s.shape[1]))

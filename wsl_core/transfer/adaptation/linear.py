"""Linear classifiers on features, and what is measured with a fresh one; imported in workers only."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.adaptation.contract import Float32

ABSENT = -30.0  # the score of a class that was not there to be learned
FLOOR = 1e-6


@dataclass(frozen=True, eq=False)
class Linear:
    """scores = features @ weight + bias.

    Attributes:
        weight: (D, K).
        bias: (K,).
    """

    weight: Float32
    bias: Float32

    @classmethod
    def fit(
        cls, features: NDArray[Any], labels: NDArray[Any], classes: int, strength: float = 1.0
    ) -> "Linear":
        """Multinomial logistic regression on features of mean 0 and spread 1.

        Args:
            features: (N, D).
            labels: (N,) from 0 on, of two classes or more.
            classes: K; those without an example get a low score everywhere.
            strength: inverse of the pull of the weights towards 0.
        """
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        mean, spread = features.mean(0), features.std(0) + FLOOR
        with threadpool_limits(1):  # sums are taken in one order
            model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
            model.fit((features - mean) / spread, labels)
        rows, offsets = model.coef_, model.intercept_
        if len(rows) == 1:  # two classes: one row for both
            rows, offsets = (
                np.concatenate([-rows, rows]) / 2,
                np.concatenate([-offsets, offsets]) / 2,
            )
        weight, bias = np.zeros((features.shape[1], classes)), np.full(classes, ABSENT)
        weight[:, model.classes_] = rows.T / spread[:, None]
        bias[model.classes_] = offsets - mean @ weight[:, model.classes_]
        return cls(weight.astype(np.float32), bias.astype(np.float32))

    def scores(self, features: NDArray[Any]) -> Float32:
        """(N, K)."""
        found: Float32 = features @ self.weight + self.bias
        return found


def proxy_distance(source: NDArray[Any], target: NDArray[Any], seed: int = 0) -> float:
    """Proxy A-distance of two domains (Ben-David et al., 2010): 2 (1 - 2 error).

    The error is that of a linear classifier of the domains, trained anew on half of the features and tested
    on the other half. The domain classifier of a training is another one: it is fooled on purpose.

    Args:
        source: (N, D) features.
        target: (M, D) features.
        seed: of the halves.

    Returns:
        2 where the domains can be told apart, about 0 where they cannot; never below 0.
    """
    draw, halves = np.random.default_rng(seed), []
    count = min(len(source), len(target))
    for features in (source, target):
        order = draw.permutation(len(features))[:count]
        halves.append((features[order[: count // 2]], features[order[count // 2 :]]))
    (known_s, unknown_s), (known_t, unknown_t) = halves
    labels = np.repeat([0, 1], len(known_s))
    model = Linear.fit(np.concatenate([known_s, known_t]), labels, 2, strength=0.01)
    wrong = (model.scores(unknown_s).argmax(1) != 0).mean() + (
        model.scores(unknown_t).argmax(1) != 1
    ).mean()
    return float(max(0.0, 2 * (1 - wrong)))

"""What a picture seems to have: every attribute predicted, with how far off such a prediction is.

Ridge regression from rows to attributes, in the dual. Its error is measured where it counts: on classes that
took no part. Each seen class is left out in turn, in folds, and the root mean square of what is missed there
is the deviation of an attribute; an attribute that cannot be seen (smelly) shows a wide one.
"""

from dataclasses import dataclass, field

import numpy as np

from wsl_core.transfer.zero_shot.scaling import Float, Labels, Rows

RIDGE = 1.0  # against rows of length 1
FOLDS = 5


@dataclass(frozen=True, eq=False)
class AttributePredictor:
    """The fitted map from pictures to attributes.

    Attributes:
        rows: centring of rows, and length 1.
        weights: (D, A).
        mean: (A,) of the training pictures.
        deviation: (A,) root mean square error on pictures of classes that were left out, 0 .. 1.
        correlation: (A,) between what was predicted and what the class has, there; NaN where an attribute
            does not vary.
    """

    rows: Rows = field(repr=False)
    weights: Float = field(repr=False)
    mean: Float = field(repr=False)
    deviation: Float = field(repr=False)
    correlation: Float = field(repr=False)

    @classmethod
    def of(
        cls, features: Float, labels: Labels, signatures: Float, ridge: float = RIDGE
    ) -> "AttributePredictor":
        """Fit it.

        Args:
            features: (N, D) of length 1.
            labels: (N,) of 0 .. classes - 1.
            signatures: (classes, A), 0 .. 1.
            ridge: penalty.
        """
        wanted = signatures[labels]
        guesses = np.zeros_like(wanted)
        order = np.random.default_rng(0).permutation(len(signatures))
        count = min(FOLDS, len(signatures))
        for place in range(count):
            out = np.isin(labels, order[place::count])
            if out.any() and not out.all():
                rows, weights, mean = _fit(features[~out], wanted[~out], ridge)
                guesses[out] = rows.apply(features[out]) @ weights + mean
        deviation = np.sqrt(((guesses - wanted) ** 2).mean(axis=0))
        return cls(*_fit(features, wanted, ridge), deviation, _correlations(guesses, wanted))

    def predict(self, features: Float) -> Float:
        """(N, D) -> attributes (N, A), 0 .. 1; `deviation` says how far off."""
        return np.clip(self.rows.apply(features) @ self.weights + self.mean, 0, 1)


def _fit(features: Float, wanted: Float, ridge: float) -> tuple[Rows, Float, Float]:
    rows = Rows.of(features)
    x = rows.apply(features).astype(np.float64)
    centre, mean = x.mean(axis=0), wanted.mean(axis=0)
    x = x - centre
    weights = x.T @ np.linalg.solve(x @ x.T + ridge * np.eye(len(x)), wanted - mean)
    return rows, weights, mean - centre @ weights


def _correlations(some: Float, others: Float) -> Float:
    """Of each column."""
    one, other = some - some.mean(axis=0), others - others.mean(axis=0)
    size = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.where(size > 0, (one * other).sum(axis=0) / np.where(size > 0, size, 1), np.nan)

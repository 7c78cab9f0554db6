"""Correlation alignment (Sun, Feng and Saenko, AAAI 2016); imported in workers only.

Features as in subspace alignment. Those of the source are whitened by their own covariance and recoloured
by the target's, both with a ridge: S (Cs + rI)^-1/2 (Ct + rI)^1/2, around the target's mean.
"""

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.linear import Linear
from wsl_core.transfer.adaptation.methods.sa import OnFeatures
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures


class Coral(OnFeatures):
    """The recolouring, and logistic regression on what it gives."""

    def adapted(self) -> AdaptedFeatures:
        """The classifier on recoloured features."""
        reader, features, labels = self.both()
        means = [one.mean(0, dtype=np.float64) for one in features]
        turn = recoloured(features[SOURCE], features[TARGET], self.how.ridge)
        turns = np.stack([turn, np.eye(len(turn))])
        offsets = np.stack([means[TARGET] - means[SOURCE] @ turn, np.zeros(len(turn))])
        turns, offsets = turns.astype(np.float32), offsets.astype(np.float32)
        source = features[SOURCE] @ turns[SOURCE] + offsets[SOURCE]
        linear = Linear.fit(source, labels, self.problem.classes)
        return AdaptedFeatures(reader, turns, offsets, linear)


def recoloured(
    source: NDArray[np.floating], target: NDArray[np.floating], ridge: float
) -> NDArray[np.float64]:
    """(D, D) what centred source features are multiplied by to have the target's covariance."""
    white = _power(np.cov(source.T), ridge, -0.5)
    return white @ _power(np.cov(target.T), ridge, 0.5)


def _power(covariance: NDArray[np.float64], ridge: float, power: float) -> NDArray[np.float64]:
    """A power of a covariance with a ridge."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    found: NDArray[np.float64] = (vectors * (np.maximum(values, 0) + ridge) ** power) @ vectors.T
    return found

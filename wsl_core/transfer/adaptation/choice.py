"""Which network is kept, without target labels: criteria on the unlabelled target.

By default none of them chooses: a fixed number of steps is run and the last network kept. A criterion that
a training itself makes better (entropy under an entropy loss) says nothing about it. The best network by
the target's labels is the oracle; it is the evaluation's business and no choice.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.adaptation.contract import Float32
from wsl_core.transfer.adaptation.linear import Linear

TINY = 1e-12
TEMPERATURE = 0.05


def probabilities(scores: NDArray[Any]) -> NDArray[np.float64]:
    """(N, K) softmax of scores."""
    powers = np.exp(scores.astype(np.float64) - scores.max(1, keepdims=True))
    found: NDArray[np.float64] = powers / powers.sum(1, keepdims=True)
    return found


def entropy(shares: NDArray[np.float64]) -> float:
    """Minus the mean entropy of (N, K) probabilities, in nats: 0 where each is sure, else below."""
    return float((shares * np.log(shares + TINY)).sum(1).mean())


def infomax(shares: NDArray[np.float64]) -> float:
    """Entropy of the mean minus mean entropy, in nats: high where each is sure and all classes occur.

    Source: Bridle, Heading and MacKay, NIPS 1991; 0 to log K.
    """
    mean = shares.mean(0)
    return entropy(shares) - float((mean * np.log(mean + TINY)).sum())


def snd(shares: NDArray[np.float64], temperature: float = TEMPERATURE) -> float:
    """Soft neighbourhood density: mean entropy of similarities to the others, in nats.

    Source: Saito et al., ICCV 2021. High where every value has many neighbours with the same prediction.
    """
    rows = shares / np.linalg.norm(shares, axis=1, keepdims=True)
    alike = rows @ rows.T / temperature
    np.fill_diagonal(alike, -np.inf)
    return -entropy(probabilities(alike))


def reverse(
    source: Float32, labels: NDArray[np.int64], target: Float32, predicted: NDArray[np.int64]
) -> float:
    """Reverse validation (Zhong et al., 2010; Ganin et al., 2016) on features, with a linear classifier.

    A classifier learns the predictions on the target and is tested on the source's labels. (The papers
    train a whole network backwards, which takes as long again as the training.)

    Args:
        source: (N, D) features.
        labels: (N,) of the source.
        target: (M, D) features.
        predicted: (M,) labels that the network gives the target.

    Returns:
        accuracy on the source, 0 to 1; 0 where only one class is predicted.
    """
    if len(np.unique(predicted)) < 2:
        return 0.0
    classes = int(max(labels.max(), predicted.max())) + 1
    backwards = Linear.fit(target, predicted, classes, strength=0.01)
    return float((backwards.scores(source).argmax(1) == labels).mean())


def criteria(
    source: Float32, labels: NDArray[np.int64], target: Float32, scores: Float32
) -> dict[str, float]:
    """All criteria of a network, by name; higher is better.

    Args:
        source: (N, D) features of the source.
        labels: (N,) theirs.
        target: (M, D) features of the target.
        scores: (M, K) of the target.
    """
    shares = probabilities(scores)
    return {
        "infomax": infomax(shares),
        "entropy": entropy(shares),
        "snd": snd(shares),
        "reverse": reverse(source, labels, target, scores.argmax(1)),
    }

"""Initial weights of a head: from ImageNet's classifier where a class has relatives there.

The start of a class is the mean of its relatives' class weights minus the mean of all classes' (the
softmax leaves a common part open). Of M maps a class each starts from a part of the relatives, in the
order of ImageNet's classes, where similar ones are neighbours; the mean over the maps is the same. A
class without relatives starts near zero.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets import relatives
from wsl_core.networks import Network

Float32 = NDArray[np.float32]
SPREAD = 0.01  # standard deviation of a start at random, on standardised channels


def random(rows: int, channels: int, seed: int) -> Float32:
    """(rows, channels) small normal weights."""
    drawn = np.random.default_rng([seed, 1]).normal(0, SPREAD, (rows, channels))
    return drawn.astype(np.float32)


def from_relatives(
    network: Network, classes: Sequence[str], maps: int, spread: Float32, otherwise: Float32
) -> Float32:
    """Weights for standardised channels, `maps` rows a class.

    Args:
        network: a classifier of ImageNet's classes; of another, nothing is known.
        classes: names of the K classes.
        maps: M.
        spread: (C,) what a channel is divided by when it is standardised.
        otherwise: (K * M, C) of the classes without relatives.

    Returns:
        (K * M, C), the maps of a class one after the other.
    """
    start = otherwise.copy()
    if network.card.class_names != "imagenet":
        return start
    weights = network.runtime.weight - network.runtime.weight.mean(0)
    for k, indices in enumerate(relatives.kind_of(classes).values()):
        if indices:
            start[k * maps : (k + 1) * maps] = _grouped(weights[list(indices)], maps) * spread
    return start


def _grouped(weights: Float32, maps: int) -> Float32:
    """(relatives, C) -> (maps, C), means of groups whose own mean is that of all relatives."""
    if len(weights) < maps:
        groups = [weights[[m % len(weights)]] for m in range(maps)]
    else:
        groups = np.array_split(weights, maps)
    means = np.stack([group.mean(0) for group in groups])
    return means + (weights.mean(0) - means.mean(0))

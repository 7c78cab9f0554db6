"""Toys for zero-shot learning: classes whose pictures lie where their attributes say."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Toy:
    """Seen classes first.

    Attributes:
        features: (N, D) float32 of length 1.
        labels: (N,).
        signatures: (classes, A), 0 .. 1.
        seen: how many classes are seen.
    """

    features: np.ndarray
    labels: np.ndarray
    signatures: np.ndarray
    seen: int

    @property
    def train(self) -> np.ndarray:
        """Every other picture of the seen classes."""
        return (self.labels < self.seen) & (np.arange(len(self.labels)) % 2 == 0)


def toy(
    *, seen: int = 12, unseen: int = 4, attributes: int = 8, width: int = 20, each: int = 12,
    noise: float = 0.25, seed: int = 0,
) -> Toy:  # fmt: skip
    """Pictures = a random map of the class's attributes, with noise."""
    random = np.random.default_rng(seed)
    rows: set[tuple[int, ...]] = set()
    while len(rows) < seen + unseen:  # no two classes alike
        rows.add(tuple(random.integers(0, 2, attributes).tolist()))
    ordered = sorted(rows, key=lambda one: random.random())
    signatures = np.array(ordered, float) * 0.8 + 0.1
    signatures += random.uniform(-0.05, 0.05, signatures.shape)
    labels = np.repeat(np.arange(seen + unseen), each)
    places = (signatures - signatures.mean(axis=0)) @ random.standard_normal((attributes, width))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    features = places[labels] + noise * random.standard_normal((len(labels), width)) + 0.5
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return Toy(features.astype(np.float32), labels, signatures, seen)

"""ConSE: a classifier's own guesses, as words, are enough to name what it was never taught.

M. Norouzi et al., "Zero-shot learning by convex combination of semantic embeddings", ICLR 2014:
f(x) = (1 / Z) sum over the T most likely classes of p(y_t | x) s(y_t); the class whose word is nearest to
f(x) wins, by cosine. Nothing is trained.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.attributes.table import spoken
from wsl_core.errors import ParameterError
from wsl_core.transfer.zero_shot import vectors
from wsl_core.transfer.zero_shot.vectors import shipped
from wsl_core.transfer.zero_shot.words_classes import By, class_vectors
from wsl_core.transfer.zero_shot.words_parameters import WordParameters

Float32 = NDArray[np.float32]
GUESSES = 10  # T of the paper
# What stands for a class of the network, chosen on AwA's seen classes: a definition helps a network that
# reads texts, and blurs a mean of words.
BY: dict[str, By] = {"minilm": "definitions", "glove": "names"}


@dataclass(frozen=True, eq=False)
class ConSE:
    """The method; it knows words and no picture.

    Attributes:
        how: which vectors, and whether ancestors count.
        told: (classes, D) vectors of the seen classes, whose names are no ancestors.
    """

    how: WordParameters
    told: Float32

    def scores(self, rows: NDArray[np.floating], signatures: NDArray[np.floating]) -> Float32:
        """Cosines of pictures and classes.

        Args:
            rows: (N, 1000) the network's probabilities.
            signatures: (classes, D) vectors of the classes' names.

        Returns:
            (N, classes), -1 .. 1; the highest wins.

        Raises:
            ParameterError: rows of another width than ImageNet's classes.
        """
        asked = np.asarray(signatures, np.float32)
        own = class_vectors(
            self.how.vectors,
            taxonomy=self.how.taxonomy,
            by=BY[self.how.vectors],
            without=np.concatenate([self.told, asked]),
        )
        if rows.shape[1] != len(own):
            raise ParameterError(
                f"ConSE needs the probabilities of ImageNet's {len(own):,} classes, and these rows have "
                f"{rows.shape[1]:,} numbers. Give the network's own soft-max."
            )
        return embedded(np.asarray(rows, np.float32), own) @ shipped.unit(asked).T


def embedded(probabilities: Float32, own: Float32, guesses: int = GUESSES) -> Float32:
    """(N, K) probabilities and (K, D) vectors of the classes -> (N, D), of length 1: where pictures lie."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :guesses]
    weights = np.take_along_axis(probabilities, best, axis=1)
    return shipped.unit(np.einsum("nt,ntd->nd", weights, own[best]))


def conse(
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    signatures: NDArray[np.floating],
    how: WordParameters,
) -> ConSE:
    """The method, as the registry of zero-shot methods calls it; pictures and labels teach it nothing."""
    return ConSE(how, np.asarray(signatures, np.float32))


def describe(names: Sequence[str], how: WordParameters) -> Float32:
    """(names, D) vectors of classes, from their names.

    Raises:
        WordError: a name has no vector; near words are named.
    """
    return vectors.load(how.vectors).of([spoken(one) for one in names])

"""Subspace alignment (Fernando et al., ICCV 2013); imported in workers only.

Of pictures, the features are those of a network that was trained on the source; of features, they are
taken as they are. Both domains are brought to mean 0 and spread 1 by their own statistics. With the first d
principal directions as columns, Xs and Xt (D, d), the source is read as S Xs Xs^T Xt, the target as T Xt.
With d = D the product Xs Xs^T is the identity, and nothing is aligned but mean and spread: refused.
"""

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation import choice
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET, Float32
from wsl_core.transfer.adaptation.linear import Linear
from wsl_core.transfer.adaptation.methods.source_only import SourceOnly
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures, AdaptedNetwork

MOST = 2000  # values of a domain that the closed form looks at
SIZES = (2, 3, 5, 8, 12, 20, 40, 80)  # dimensions that are tried
FLOOR = 1e-3


class OnFeatures(SourceOnly):
    """A method that works on features in closed form, after a training on the source where needed."""

    @property
    def steps(self) -> int:
        """None on features, which need no network."""
        return super().steps if self.problem.pictures else 0

    def both(self) -> tuple[AdaptedNetwork | None, list[Float32], NDArray[np.int64]]:
        """The reader of features, the features of both domains, and the source's labels."""
        chosen = self.problem.sample(SOURCE, MOST)
        source, labels = self.problem.source[chosen], self.problem.labels.numpy()[chosen]
        target = self.problem.target[self.problem.sample(TARGET, MOST)]
        if not self.problem.pictures:
            return None, [source, target], labels
        reader = AdaptedNetwork(
            self.network, self.how.architecture, self.problem.inputs, TARGET, SOURCE
        )
        return reader, [reader.on_source.features(source), reader.features(target)], labels


class SubspaceAlignment(OnFeatures):
    """The alignment, and logistic regression on what it gives."""

    def begin(self) -> None:
        """Check the dimensions.

        Raises:
            ParameterError: as many as the features have, or more than there are values.
        """
        width = self.plan.hidden[-1] if self.problem.pictures else self.problem.shape[0]
        most = min(width - 1, len(self.problem.source) - 1, len(self.problem.target) - 1)
        if self.how.dimensions is not None and self.how.dimensions > most:
            raise ParameterError(
                f"Subspace alignment to {self.how.dimensions} dimensions is refused: the features have "
                f"{width}, and with all of them the product of the bases is the identity, so that only mean "
                f"and spread would be aligned. Accepted are 1 to {most} here; 5 to 80 are usual."
            )
        self._most = most
        super().begin()

    def adapted(self) -> AdaptedFeatures:
        """The classifier with the dimensions that were asked for, or with the best by InfoMax."""
        reader, features, labels = self.both()
        means = [one.mean(0) for one in features]
        spreads = [one.std(0) + FLOOR for one in features]
        scaled = [(f - m) / s for f, m, s in zip(features, means, spreads, strict=True)]
        sizes = [self.how.dimensions] if self.how.dimensions else self._sizes()
        bases = [basis(one, max(sizes)) for one in scaled]
        found, best = None, -np.inf
        for d in sizes:
            turns = aligned(bases[SOURCE][:, :d], bases[TARGET][:, :d])
            linear = Linear.fit(scaled[SOURCE] @ turns[SOURCE], labels, self.problem.classes)
            scores = linear.scores(scaled[TARGET] @ turns[TARGET])
            value = choice.infomax(choice.probabilities(scores))
            if value > best:
                found, best = (turns, linear), value
        assert found is not None
        turns, linear = found
        raw = [turn / spread[:, None] for turn, spread in zip(turns, spreads, strict=True)]
        offsets = [-mean @ turn for mean, turn in zip(means, raw, strict=True)]
        return AdaptedFeatures(
            reader, np.stack(raw).astype(np.float32), np.stack(offsets).astype(np.float32), linear
        )

    def _sizes(self) -> list[int]:
        return [d for d in SIZES if d <= self._most] or [self._most]


def basis(values: Float32, d: int) -> Float32:
    """The first d principal directions of centred values (N, D), as columns of (D, d).

    Each points to where its largest entry is positive, so that two bases of the same data are the same.
    """
    _, _, rows = np.linalg.svd(values, full_matrices=False)
    columns = rows[:d].T
    signs = np.sign(columns[np.abs(columns).argmax(0), np.arange(columns.shape[1])])
    found: Float32 = columns * signs
    return found


def aligned(source: Float32, target: Float32) -> list[Float32]:
    """What source and target are multiplied by: Xs Xs^T Xt and Xt. The target is never turned."""
    return [source @ (source.T @ target), target]

"""`HeadMaps`: class maps of a trained head, with the scores of its pooling scheme."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.pooling import Pooled
from wsl_core.networks import ClassMaps
from wsl_core.products import on_one_thread

if TYPE_CHECKING:
    from wsl_core.fcn.heads.head import Head

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HeadMaps(ClassMaps):
    """Class maps of a head's classes.

    All that `ClassMaps` has, but the scores are pooled by the head's scheme. A class map of WILDCAT is the
    mean of its M maps, which is one linear map with the mean of their weights. That of SPLeaP is derived
    from its parts and is not linear in the features: `weight` and `bias` are then those of the parts
    combined, without ReLU and pooling.

    Attributes:
        head: the head.
        products: (maps, cells), the head's weight times the features, where that is known already.
    """

    head: "Head" = field(kw_only=True, repr=False)
    products: Float32 | None = field(default=None, kw_only=True, repr=False)

    @cached_property
    @on_one_thread()
    def part_maps(self) -> Float32:
        """(maps, rows, columns): K classes times M maps, or the values of SPLeaP's P parts (>= 0)."""
        flat = self.products
        if flat is None:
            flat = self.head.weight @ self.features.reshape(len(self.features), -1)
        maps = (flat + self.head.bias[:, None]).reshape(-1, *self.cells)
        return maps if self.head.learned is None else np.maximum(maps, 0)

    @cached_property
    def pooled_by(self) -> Pooled:
        """Scores, class maps, pooling weights and contributions of all classes."""
        scheme, parameters = self.head.card.pooling
        return scheme.pool(self.part_maps, parameters, self.head.learned)

    @cached_property
    def logits(self) -> Float32:
        """All class maps, (K, rows, columns)."""
        if self.head.learned is not None:
            return np.asarray(self.pooled_by.class_maps, np.float32)
        return self.part_maps.reshape(len(self.classes), -1, *self.cells).mean(1)

    @cached_property
    def scores(self) -> Float32:
        """(K,) logits, pooled by the head's scheme."""
        scheme, parameters = self.head.card.pooling
        scores = scheme.score(self.part_maps, parameters, self.head.learned)
        return np.asarray(scores, np.float32)

    @cached_property
    def probabilities(self) -> Float32:
        """(K,) the sigmoid of each score, or the softmax of all where a picture has exactly one class."""
        if self.head.card.single:
            powers = np.exp(self.scores - self.scores.max())
            return powers / powers.sum()
        half = np.tanh(self.scores / 2) / 2  # no overflow, unlike 1 / (1 + exp(-score))
        return np.asarray(half + 0.5, np.float32)

    def map(self, which: str | int) -> Float32:
        """The map of one class, (rows, columns), signed, in logits.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        return self.logits[self.classes.find(which)]

"""What ProNet says of a picture: `Streams` of the first stage alone, `ProNetMaps` of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.pronet import boxes
from wsl_core.networks import ClassMaps

if TYPE_CHECKING:
    from wsl_core.fcn.pronet.pipeline import ProNet

Float32 = NDArray[np.float32]
Floats = NDArray[np.float64]
Proposals = Mapping[int, Sequence[int]]


@dataclass(frozen=True, eq=False)
class Streams:
    """What the first stage sees on a picture.

    Attributes:
        maps: of each stream.
        edges: (N, 4) the box of every cell of all streams, in picture pixels.
        confidence: (K, N) logits of all boxes.
    """

    maps: tuple[HeadMaps, ...]
    edges: Floats
    confidence: Float32

    @classmethod
    def of(cls, head: Head, streams: Sequence[ClassMaps], side: float) -> "Streams":
        """From the network's maps at every scale.

        Raises:
            HeadError: they are another network's.
        """
        maps = tuple(head.read(one) for one in streams)
        edges = np.concatenate([boxes.cell_boxes(one.placement, side) for one in maps])
        confidence = np.concatenate(
            [one.logits.reshape(len(one.classes), -1) for one in maps], axis=1
        )
        return cls(maps, edges, confidence)

    @cached_property
    def scores(self) -> Float32:
        """(K,) logits: the mean of the streams' scores."""
        return np.mean([one.scores for one in self.maps], axis=0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class ProNetMaps(HeadMaps):
    """What ProNet says of a picture: scores of both stages, and the best box of a class as its peak.

    As class maps they are the first stage's, all streams fused; `peak` alone is not read from these.

    Attributes:
        pronet: whose they are.
        streams: the first stage.
        proposals: by class, the boxes that were cropped for it, best first, as indices in `streams.edges`.
        crops: (m,) all boxes that were cropped, as indices.
        second: (m, K) logits of the crops in the second stage.
    """

    pronet: "ProNet" = field(kw_only=True, repr=False)
    streams: Streams = field(kw_only=True, repr=False)
    proposals: Proposals = field(kw_only=True, repr=False)
    crops: tuple[int, ...] = field(kw_only=True, repr=False)
    second: Float32 = field(kw_only=True, repr=False)

    @cached_property
    def scores(self) -> Float32:
        """(K,) logits: the mean of both stages, weighted; the second's is that of its best crop."""
        return self._joined(self.streams.scores, self.second.max(axis=0))

    def _joined(self, first: Float32, second: Float32) -> Float32:
        share = self.pronet.parameters.second_share
        return np.asarray((1 - share) * first + share * second, np.float32)

    def confidences(self, which: str | int) -> list[tuple[int, float]]:
        """The boxes of a class and their confidence in logits, best first.

        Both stages joined for boxes that were cropped for the class; of a class without crops the best
        box of the first stage alone.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        index = self.classes.find(which)
        first = self.streams.confidence[index]
        own = list(self.proposals.get(index, ()))
        if not own:
            top = int(first.argmax())
            return [(top, float(first[top]))]
        rows = [self.crops.index(one) for one in own]
        joined = self._joined(first[own], self.second[rows, index])
        order = np.argsort(-joined, kind="stable")
        return [(own[i], float(joined[i])) for i in order]

    def box(self, which: str | int) -> tuple[float, float, float, float]:
        """The best box of a class: left, top, right, bottom edges in picture pixels.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        left, top, right, bottom = self.streams.edges[self.confidences(which)[0][0]].tolist()
        return left, top, right, bottom

    def peak(self, which: str | int) -> tuple[float, float]:
        """(x, y) in picture pixels: the centre of the best box of a class.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        left, top, right, bottom = self.box(which)
        return (left + right - 1) / 2, (top + bottom - 1) / 2

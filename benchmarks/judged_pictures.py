"""Labelled pictures that are looked at once, and heads measured on them; for `benchmarks.pooling_trials`.

A head is linear in the features, so that fused features serve all heads, and give the points and scores of
`wsl_core.fcn.localization.evaluation` exactly.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from wsl_core import images
from wsl_core.datasets.labelled import PRESENT, UNKNOWN, LabelledPicture, LabelledPictures
from wsl_core.fcn import activation_maps
from wsl_core.fcn.localization import beam_search
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.pointing import right_points
from wsl_core.fcn.localization.precision import average_precision
from wsl_core.fcn.localization.results import Localization
from wsl_core.figures.pooling_schemes import METRICS
from wsl_core.networks import ClassMaps, Network

SIZES, MIRROR = (321, 449, 641), True
DRAWS = 200  # samples of a bootstrap
Read = Callable[[ClassMaps], ClassMaps]
Figures = dict[str, float]


class Judge:
    """Labelled pictures with their fused maps, on which any head of the network is measured."""

    def __init__(self, network: Network, pictures: LabelledPictures) -> None:
        """Nothing is looked at yet."""
        self.network, self.pictures = network, pictures

    @cached_property
    def _maps(self) -> list[ClassMaps]:
        """Of every picture, fused over sizes and mirror images as `evaluation.reader` does."""
        measure.say(f"Looking at {self.pictures.title}")
        return [self._look(one) for one in self.pictures.pictures]

    def _look(self, picture: LabelledPicture) -> ClassMaps:
        photo = images.read(picture.path)
        return activation_maps.fuse(
            [
                self.network.class_maps(photo, size, mirrored=flip)
                for size in SIZES
                for flip in ((False, True) if MIRROR else (False,))
            ]
        )

    def read(self, read: Read, *, beam: bool = False) -> Localization:
        """A head, from its reading of the fused maps; with `beam` points are those of the beam search."""
        return self._found((read(maps) for maps in self._maps), beam)

    def look(self, look: Callable[[images.Photo], ClassMaps]) -> Localization:
        """What looks at pictures itself."""
        return self._found(look(images.read(one.path)) for one in self.pictures.pictures)

    def _found(self, maps: Iterator[ClassMaps], beam: bool = False) -> Localization:
        evidence = tuple(
            evidence_of(one, picture, beam)
            for one, picture in zip(maps, self.pictures.pictures, strict=True)
        )
        return Localization(self.pictures.title, self.pictures.classes, evidence)


def measured(found: Localization) -> Figures:
    """The four metrics, and what drawing other pictures changes each by."""
    drawn = {f"{name}_bootstrap": value for name, value in bootstrapped(found).items()}
    return figures_of(found) | drawn


def figures_of(found: Localization) -> Figures:
    """The four metrics, 0 .. 1."""
    named, point, frequent = found.classification, found.points.area, found.frequent
    return dict(
        zip(
            METRICS,
            (named.mean_of(frequent), named.mean, point.mean_of(frequent), point.mean),
            strict=True,
        )
    )


def bootstrapped(found: Localization) -> Figures:
    """Standard deviation of each metric over `DRAWS` samples of the pictures, drawn with replacement.

    The samples are the same for every head. Which classes are frequent stays as it is.
    """
    scores = np.stack([one.scores for one in found.evidence])
    labels = np.stack([one.labels for one in found.evidence])
    pointed = np.stack([right_points(one) for one in found.evidence])
    draw, sampled = np.random.default_rng(0), []
    for _ in range(DRAWS):
        chosen = draw.integers(len(labels), size=len(labels))
        both = [
            _precisions(scores[chosen], labels[chosen], hits[chosen])
            for hits in (labels == PRESENT, pointed)
        ]
        sampled.append(
            [np.nanmean(each[of]) for each in both for of in (found.frequent, slice(None))]
        )
    return dict(zip(METRICS, np.std(sampled, axis=0, ddof=1).tolist(), strict=True))


def _precisions(
    scores: NDArray[np.float64], labels: NDArray[np.int8], hits: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(K,) average precisions of (N, K), as `localization.precision` has them."""
    found = []
    for k in range(labels.shape[1]):
        known = labels[:, k] != UNKNOWN
        positives = int((labels[:, k] == PRESENT).sum())
        found.append(average_precision(scores[known, k], hits[known, k], positives))
    return np.array(found)


def evidence_of(maps: ClassMaps, picture: LabelledPicture, beam: bool = False) -> Evidence:
    """Scores and points alone: as `evidence.collect`, without the boxes, which take most of its time."""
    indices = range(len(picture.labels))
    if beam:
        found = [beam_search.search(maps, k).point for k in indices]
        points = [(one.x, one.y) for one in found]
    else:
        points = [maps.peak(k) for k in indices]
    return Evidence(
        size=maps.picture_size,
        labels=np.asarray(picture.labels, np.int8),
        scores=np.asarray(maps.scores, float),
        points=np.array(points),
        objects=picture.objects,
        name=picture.name,
    )

"""One picture in segments: the classes that are there, what every pixel is likely to be, the CRF at work.

found = segment(maps, photo, ["cat", "sofa"], longest=200)
found.before                                    # labels from the class maps alone
for update in found.updates(CrfParameters()):   # the CRF, one update at a time
    update.labels, update.shares
found.overlaps(update.labels, mask)             # {"background": .9, "cat": .7, ...}
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation import crf, unary
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.measure import NOT_JUDGED, Confusion
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

Float32 = NDArray[np.float32]
Labels = NDArray[np.uint8]
BACKGROUND = "background"
MOST = 254  # labels of a byte, without the background and the pixels that are not judged


class Update(NamedTuple):
    """What the CRF says after an update; before the first, what the class maps say.

    Attributes:
        shares: (1 + L, height, width) float32 of the background and the classes, adding up to 1.
        labels: (height, width) uint8, the label with the largest share.
    """

    shares: Float32
    labels: Labels


@dataclass(frozen=True, eq=False)
class Segmentation:
    """A picture, or a smaller drawing of it, before any neighbour is heard.

    Attributes:
        names: (L,) of the classes that are present.
        classes: (L,) their place in the class maps.
        numbers: (L,) their labels: 1 + place, as VOC numbers its classes; 1 to L where there are more
            classes than a byte can number.
        pixels: (height, width, 3) uint8, RGB, of the drawing.
        scale: of the drawing, 1 for the whole picture.
        strengths: (L, height, width) float32, 0 to 1, how much speaks for a class.
        probabilities: (1 + L, height, width) float32, the background first, adding up to 1.
    """

    names: tuple[str, ...]
    classes: tuple[int, ...]
    numbers: tuple[int, ...]
    pixels: NDArray[np.uint8] = field(repr=False)
    scale: float
    strengths: Float32 = field(repr=False)
    probabilities: Float32 = field(repr=False)

    @cached_property
    def before(self) -> Labels:
        """(height, width) uint8 labels from the class maps alone, 0 for the background."""
        return unary.labels(self.probabilities, self.numbers)

    def updates(self, how: CrfParameters | None = None, *, exact: bool = False) -> Iterator[Update]:
        """The state before the CRF's first update, and after each.

        Args:
            how: for the picture at its own size; places are made to reach as far in the drawing.
            exact: add up all pairs of pixels, on small pictures.

        Raises:
            ParameterError: too many pixels for the exact sum.
        """
        fitting = (how or CrfParameters()).at(self.scale)
        for shares in crf.iterate(self.pixels, self.probabilities, fitting, exact=exact):
            yield Update(shares, unary.labels(shares, self.numbers))

    def refined(self, how: CrfParameters | None = None) -> Update:
        """After the last update; see `updates`."""
        *_, last = self.updates(how)
        return last

    def overlaps(self, labels: Labels, mask: Labels) -> dict[str, float | None]:
        """How well labels fit a mask: intersection over union of the background and each class.

        Args:
            labels: (height, width) of this drawing; drawn at the mask's size where that is another.
            mask: (height, width) of the picture, numbered as `numbers`, 255 not to be judged. Classes that
                are not among `names` count as taken for what they were taken for.

        Raises:
            ParameterError: a mask whose sides are not those of the picture or of this drawing.
        """
        height, width = mask.shape
        self._check(height, width)
        found = Confusion(tuple(map(str, range(NOT_JUDGED))))
        found.add(mask, at_size(labels, height, width))
        overlaps = list(found.overlaps().values())
        wanted = zip((BACKGROUND, *self.names), (0, *self.numbers), strict=True)
        return {name: overlaps[number] for name, number in wanted}

    def _check(self, height: int, width: int) -> None:
        rows, columns = self.pixels.shape[:2]
        whole = tuple(round(side / self.scale) for side in (rows, columns))
        if abs(height - whole[0]) * self.scale > 1 or abs(width - whole[1]) * self.scale > 1:
            raise ParameterError(
                f"The mask is of {width} x {height} pixels and the picture of {whole[1]} x {whole[0]}. "
                f"Accepted is a mask of the picture's size: take the one that belongs to it."
            )


def segment(
    maps: ClassMaps,
    photo: Photo,
    present: Sequence[str | int] | None = None,
    how: UnaryParameters | None = None,
    *,
    longest: int | None = None,
) -> Segmentation:
    """What every pixel is likely to be, from the class maps of a picture.

    Args:
        maps: of a head, or of a network, fused over sizes and flips or not.
        photo: the picture.
        present: the classes that it shows, by name or place; those whose probability is at least
            `how.present` where they are not given.
        how: thresholds.
        longest: longer side of the drawing, in pixels; that of the picture where not given or larger.

    Raises:
        ClassNameError: no class, or more than one, is named so.
        ParameterError: a class that is named twice, or too many.
    """
    how = how or UnaryParameters()
    classes = present_classes(maps, present, how)
    height, width = photo.height, photo.width
    scale = min(1.0, (longest or max(height, width)) / max(height, width))
    height, width = max(1, round(height * scale)), max(1, round(width * scale))
    evidence = unary.shared(maps.logits[list(classes)], maps.features, how.alike)
    strength = unary.strengths(evidence, maps.placement, height, width)
    if len(maps.classes) <= MOST:
        numbers = tuple(1 + place for place in classes)
    else:
        numbers = tuple(range(1, 1 + len(classes)))
    return Segmentation(
        tuple(maps.classes.titles[place] for place in classes),
        classes,
        numbers,
        _drawn(photo.pixels, height, width),
        scale,
        strength,
        unary.probabilities(strength, how),
    )


def present_classes(
    maps: ClassMaps, present: Sequence[str | int] | None, how: UnaryParameters
) -> tuple[int, ...]:
    """Places of the classes that a picture shows: those given, else those that are probable."""
    if present is None:
        return tuple(np.flatnonzero(maps.probabilities >= how.present).tolist())
    found = tuple(maps.classes.find(one) for one in present)
    if len(set(found)) < len(found) or len(found) > MOST:
        raise ParameterError(
            f"{len(found)} classes are named, {len(set(found))} of them different. Accepted are up to "
            f"{MOST}, each named once."
        )
    return found


def at_size(labels: Labels, height: int, width: int) -> Labels:
    """Labels drawn at another size, each pixel with the label of the nearest one."""
    if labels.shape == (height, width):
        return labels
    return np.asarray(Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST))


def _drawn(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))

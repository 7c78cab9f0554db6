"""One pixel's update as a sum: what the maps say of it, and what it hears from its neighbours.

log Q(l) = log P(l) + smoothness(l) + appearance(l) - log Z        the first update of the mean field
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.segmentation.crf import LEAST
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.kernels import Approximate
from wsl_core.fcn.segmentation.on_picture import Segmentation

Float32 = NDArray[np.float32]


class Heard(NamedTuple):
    """The first update of a pixel; every array holds the background first, then the classes.

    Attributes:
        row: of the pixel in the drawing, from 0.
        column: likewise.
        maps: (1 + L,) log of what the class maps say.
        smoothness: (1 + L,) heard from near pixels.
        appearance: (1 + L,) heard from near pixels of a like colour.
        before: (1 + L,) shares before the update, adding up to 1.
        after: (1 + L,) shares after it.
    """

    row: int
    column: int
    maps: Float32
    smoothness: Float32
    appearance: Float32
    before: Float32
    after: Float32


def hear(found: Segmentation, how: CrfParameters, pixel: tuple[int, int] | None = None) -> Heard:
    """What a pixel hears in the first update.

    Args:
        found: the picture.
        how: the kernels, for the picture at its own size.
        pixel: (row, column) in the drawing; where not given, the one whose label gains the most by the
            update and was another one before, or simply the one that gains the most.
    """
    fitting = how.at(found.scale)
    log = np.log(np.maximum(found.probabilities, LEAST))
    before = _shares(log)
    near = _messages(found, fitting, before, "appearance_weight")
    alike = _messages(found, fitting, before, "smoothness_weight")
    after = _shares(log + near + alike)
    row, column = pixel or _clearest(before, after)
    at = np.s_[:, row, column]
    return Heard(row, column, log[at], near[at], alike[at], before[at], after[at])


def _messages(found: Segmentation, how: CrfParameters, shares: Float32, without: str) -> Float32:
    return Approximate(found.pixels, how.model_copy(update={without: 0.0}))(shares)


def _shares(scores: Float32) -> Float32:
    powers = np.exp(scores - scores.max(0))
    return np.asarray(powers / powers.sum(0), np.float32)


def _clearest(before: Float32, after: Float32) -> tuple[int, int]:
    label = after.argmax(0)
    gain = np.take_along_axis(after - before, label[None], 0)[0]
    changed = before.argmax(0) != label
    if changed.any():
        gain = np.where(changed, gain, -np.inf)
    row, column = np.unravel_index(int(gain.argmax()), gain.shape)
    return int(row), int(column)

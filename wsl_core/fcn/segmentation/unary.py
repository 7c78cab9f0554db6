"""From class maps to what every pixel is likely to be, before any neighbour is heard.

    q_c = relu(z_c) / max relu(z_c) for each class that is present, background (1 - max_c q_c) ** power

The power is such that a pixel is as likely background as foreground where the largest q is the threshold.
Maps are drawn at the picture's size on exact geometry. A background that falls with the foreground's
strength is that of Ahn and Kwak, CVPR 2018, section 3.1.

Before that, cells share their evidence with cells that look alike: class maps are high on what tells a
class best, and low on the rest of the object. Likeness is the cosine of two cells' features, cut at 0, as in
SEAM (Wang et al., CVPR 2020, section 3.3), where it is learned; here the features are taken as they are.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError
from wsl_core.networks import Placement

Float32 = NDArray[np.float32]
TINY = 1e-6
ROWS = 1024  # cells that are compared with all others at once


class UnaryParameters(BaseModel):
    """How class maps become probabilities.

    All four were chosen on 124 pictures of VOC's train with their masks, for the fine-tuned head.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    background: float = Field(
        0.5, gt=0, lt=1, title="Threshold of the background",
        description="Share of its class's maximum up to which a pixel is rather background.",
    )  # fmt: skip
    alike: float = Field(
        2, ge=0, le=16, title="Sharing among alike cells",
        description="Power of the likeness by which cells share their evidence; 0 for none.",
    )  # fmt: skip
    sharpness: float = Field(
        2, gt=0, le=10, title="Sharpness",
        description="Power of the shares before the CRF: how much they count beside the neighbours.",
    )  # fmt: skip
    present: float = Field(
        0.3, ge=0, le=1, title="Threshold of the labels",
        description="Probability from which a class counts as present, where nobody says what is.",
    )  # fmt: skip


def shared(maps: Float32, features: Float32, power: float) -> Float32:
    """Each cell's evidence, averaged over all cells by how much they look alike.

    Args:
        maps: (L, rows, columns) logits of the classes that are present.
        features: (C, rows, columns) of the same cells.
        power: of the likeness; 0 leaves the maps as they are.

    Returns:
        (L, rows, columns), not negative where anything was shared.
    """
    if not power:
        return maps
    evidence = np.maximum(maps, 0)
    cells = features.reshape(len(features), -1)
    alike = cells / np.maximum(np.linalg.norm(cells, axis=0), TINY)
    flat, found = evidence.reshape(len(maps), alike.shape[1]), []
    for start in range(0, alike.shape[1], ROWS):
        part = np.maximum(alike[:, start : start + ROWS].T @ alike, 0) ** power
        found.append(flat @ (part / np.maximum(part.sum(1, keepdims=True), TINY)).T)
    return np.concatenate(found, axis=1).reshape(maps.shape).astype(np.float32)


def strengths(maps: Float32, placement: Placement, height: int, width: int) -> Float32:
    """Each map's positive part as a share of its largest, at the picture's size.

    Args:
        maps: (L, rows, columns) logits of the classes that are present.
        placement: how the cells lie on the picture.
        height: of the picture, in pixels, or of a smaller drawing of it.
        width: likewise.

    Returns:
        (L, height, width) float32, 0 to 1; 0 throughout for a map without a positive value.
    """
    drawn = np.maximum(placement.resample(maps, height, width), 0)
    most = drawn.max((1, 2), initial=TINY, keepdims=True)
    return np.asarray(drawn / most, np.float32)


def probabilities(strength: Float32, how: UnaryParameters | None = None) -> Float32:
    """The background's and each class's share of every pixel.

    Args:
        strength: (L, height, width), as `strengths` gives them.
        how: threshold and sharpness.

    Returns:
        (1 + L, height, width) float32, the background first, adding up to 1.
    """
    how = how or UnaryParameters()
    threshold = how.background
    power = math.log(threshold) / math.log1p(-threshold)
    strongest = strength.max(0, initial=0)
    both = np.concatenate([(1 - strongest)[None] ** power, strength]) ** how.sharpness
    both = both.astype(np.float32)
    found: Float32 = both / np.maximum(both.sum(0), TINY)
    return found


def labels(shares: Float32, classes: Sequence[int]) -> NDArray[np.uint8]:
    """The label with the largest share at every pixel.

    Args:
        shares: (1 + L, height, width), the background first.
        classes: (L,) the label of each class, 1 to 254.

    Returns:
        (height, width) uint8, 0 for the background.

    Raises:
        ParameterError: there are more or fewer classes than shares.
    """
    if len(classes) + 1 != len(shares):
        raise ParameterError(
            f"There are {len(shares)} maps of shares and {len(classes)} classes. Accepted is one map a class "
            f"and one of the background before them."
        )
    return np.array([0, *classes], np.uint8)[shares.argmax(0)]

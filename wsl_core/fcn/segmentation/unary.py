"""From class maps to what every pixel is likely to be, before any neighbour is heard.

    q_c = relu(z_c) / max relu(z_c) for each class that is present, background (1 - max_c q_c) ** power

The power is such that a pixel is as likely background as foreground where the largest q is the threshold.
Maps are drawn at the picture's size on exact geometry. A background that falls with the foreground's
strength is that of Ahn and Kwak, CVPR 2018, section 3.1.
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


class UnaryParameters(BaseModel):
    """How class maps become probabilities."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    background: float = Field(
        0.15, gt=0, lt=1, title="Threshold of the background",
        description="Share of its class's maximum up to which a pixel is rather background.",
    )  # fmt: skip


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
        how: the threshold.

    Returns:
        (1 + L, height, width) float32, the background first, adding up to 1.
    """
    threshold = (how or UnaryParameters()).background
    power = math.log(threshold) / math.log1p(-threshold)
    strongest = strength.max(0, initial=0)
    both = np.concatenate([(1 - strongest)[None] ** power, strength]).astype(np.float32)
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

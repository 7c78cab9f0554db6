"""Class activation maps: which regions make which class (Zhou et al., CVPR 2016).

Maps are signed and in logits; the score is the mean of the cells, exactly, for a network that ends in
global average pooling and a linear layer. What cannot be read from a map (it is constant, nowhere
positive, not finite) is said in words, never drawn as if it could.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.networks import DEFAULT, ClassMaps, Network
from wsl_core.networks.fused import fuse

Float32 = NDArray[np.float32]


class ActivationMapParameters(BaseModel):
    """What decides the numbers of a class activation map."""

    model_config = ConfigDict(frozen=True)

    network: str = Field(DEFAULT, title="Network", description="The classifier that looks.")
    size: int | str = Field(
        449,
        title="Picture size",
        description="Longer side of the picture as the network sees it, in pixels, or full for its own.",
    )
    scales: bool = Field(
        False,
        title="Three scales",
        description="Average the maps of 0.7, 1 and 1.4 times the size.",
    )
    mirror: bool = Field(
        False, title="Mirror", description="Average with the maps of the mirrored picture."
    )
    threshold: float = Field(
        0.2, ge=0, le=1, title="Threshold",
        description="Share of the map's maximum above which a region is outlined and boxed.",
    )  # fmt: skip

    def forward_key(self) -> tuple[object, ...]:
        """What the maps depend on, for caches; the threshold only reads them."""
        return self.network, self.size, self.scales, self.mirror


SCALES = (0.7, 1.0, 1.4)


@dataclass(frozen=True)
class Region:
    """A connected region of a map above a threshold.

    Attributes:
        box: (left, top, right, bottom) edges in picture pixels.
        share: of the picture's area that the region covers.
        peak: its highest value, in logits.
    """

    box: tuple[float, float, float, float]
    share: float
    peak: float


@dataclass(frozen=True)
class CellSum:
    """The value of one cell as a sum over channels, which adds up: bias + largest + rest = value.

    Attributes:
        value: of the cell, in logits.
        bias: of the class.
        channels: (channel, its share in logits), the largest in size first.
        rest: sum over all channels not listed.
    """

    value: float
    bias: float
    channels: tuple[tuple[int, float], ...]
    rest: float


def compute(network: Network, photo: Photo, parameters: ActivationMapParameters) -> ClassMaps:
    """Class maps of a picture as the parameters ask: one pass, or several fused.

    Raises:
        ParameterError: a size outside the limits.
    """
    sizes: list[int | str] = [parameters.size]
    if parameters.scales:
        height, width = photo.pixels.shape[:2]
        sides = network.card.sides
        sides.fit(height, width, parameters.size)  # refuses what one pass would refuse
        base = max(height, width) if parameters.size == "full" else int(parameters.size)
        sizes = [sides.nearest(base * scale) for scale in SCALES]
    flips = (False, True) if parameters.mirror else (False,)
    return fuse(
        [network.class_maps(photo, size, mirrored=flip) for size in sizes for flip in flips]
    )


def verdict(values: Float32) -> str | None:
    """What keeps a map from being read as "the class is here", as a sentence; None where nothing does."""
    if not np.isfinite(values).all():
        return (
            "This map holds values that are not numbers, so nothing is drawn: the network failed on "
            "this picture."
        )
    if np.ptp(values) < 1e-6:
        return (
            f"This map has the same value everywhere ({values.flat[0]:.2f}): no region stands out."
        )
    if values.max() <= 0:
        return (
            f"This map is nowhere above zero (highest {values.max():.2f}): no region speaks for this "
            f"class, some only speak against it less than others."
        )
    return None


def regions(maps: ClassMaps, which: str | int, threshold: float = 0.2) -> list[Region]:
    """Connected regions of a class's map at or above `threshold` times its maximum, highest peak first.

    The paper's boxes are those of the largest region at 0.2. Regions are found on a grid of at most
    400 pixels a side laid exactly over the picture; neighbours touch at edges and corners.

    Args:
        maps: of the picture.
        which: the class.
        threshold: 0 to 1.

    Returns:
        nothing where the map has no value above zero, or values that are not finite.

    Raises:
        ParameterError: a threshold outside 0 to 1.
        ClassNameError: no class, or more than one, is named so.
    """
    import cv2

    if not 0 <= threshold <= 1:
        raise ParameterError(f"The threshold {threshold} is outside the limits: from 0 to 1.")
    values = maps.map(which)
    if not np.isfinite(values).all() or values.max() <= 0:
        return []
    height, width = maps.picture_size
    scale = min(1.0, 400 / max(height, width))
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    drawn = maps.placement.resample(values, rows, columns)
    above = (drawn >= threshold * drawn.max()) & (drawn > 0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        above.astype(np.uint8), connectivity=8
    )
    found = []
    for label in range(1, count):
        left, top, across, down, area = (int(v) for v in stats[label])
        box = (
            left * width / columns,
            top * height / rows,
            (left + across) * width / columns,
            (top + down) * height / rows,
        )
        found.append(Region(box, area / above.size, float(drawn[labels == label].max())))
    return sorted(found, key=lambda region: -region.peak)


def box(maps: ClassMaps, which: str | int, threshold: float = 0.2) -> Region | None:
    """The largest region above the threshold, as in the paper; None where there is none."""
    return max(regions(maps, which, threshold), key=lambda region: region.share, default=None)


def channel_shares(maps: ClassMaps, which: str | int) -> Float32:
    """Every channel's share in every cell of a class's map, (C, rows, columns), in logits."""
    index = maps.classes.find(which)
    return maps.weight[index][:, None, None] * maps.features


def cell_sum(maps: ClassMaps, which: str | int, row: int, column: int, count: int = 5) -> CellSum:
    """The value of a cell as a sum over channels, the `count` largest in size named.

    Raises:
        ParameterError: a cell outside the map.
    """
    rows, columns = maps.cells
    if not (0 <= row < rows and 0 <= column < columns):
        raise ParameterError(
            f"There is no cell in row {row}, column {column}: this map has {rows} rows and "
            f"{columns} columns, counted from 0."
        )
    index = maps.classes.find(which)
    shares = maps.weight[index].astype(np.float64) * maps.features[:, row, column]
    largest = np.argsort(-np.abs(shares), kind="stable")[:count]
    bias = float(maps.bias[index])
    return CellSum(
        value=bias + float(shares.sum()),
        bias=bias,
        channels=tuple((int(channel), float(shares[channel])) for channel in largest),
        rest=float(np.delete(shares, largest).sum()),
    )

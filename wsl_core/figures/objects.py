"""Where the objects of a set of pictures lie, drawn from the rows of a result file.

`benchmarks/results/objects.csv` says what the values of a row are: see `benchmarks/objects.py`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.colours import Scale, paint
from wsl_core.figures.overlay import png

PLACE = 24  # side of a place, in pixels of the figure
LINE = 2  # width of the outline, in pixels
MEDIAN, MEAN = 2, 5  # of the quantiles in a row: 0.05, 0.25, 0.5, 0.75, 0.95, then the mean


@dataclass(frozen=True, eq=False)
class ObjectSet:
    """One set of pictures; shares are 0 .. 1.

    Attributes:
        name: of the set.
        source: who says where the objects are.
        pictures: how many there are.
        boxes: how many there are.
        coverage: (rows, columns), share of the boxes that cover each place; row 0 on top.
        area: median share of the picture that a box covers.
        offset: median distance of a box's centre from the picture's, which is 1 wide and 1 high.
        objects: a picture has on average.
        holds_centre: share of the boxes that hold the picture's centre.
    """

    name: str
    source: str
    pictures: int
    boxes: int
    coverage: NDArray[np.float32]
    area: float
    offset: float
    objects: float
    holds_centre: float

    def alternative_text(self) -> str:
        """What the figure shows, in words and figures."""
        rows, columns = self.coverage.shape
        row, column = np.unravel_index(int(self.coverage.argmax()), self.coverage.shape)
        corners = self.coverage[[0, 0, -1, -1], [0, -1, 0, -1]]
        return (
            f"{self.name}: how many of {self.boxes} boxes cover each of {rows} by {columns} places. Most, "
            f"{self.coverage.max():.0%}, in row {row + 1}, column {column + 1}; {corners.mean():.0%} in the "
            f"corners on average. Half of the boxes cover less than {self.area:.0%} of their picture."
        )


def sets(rows: Iterable[Mapping[str, str]]) -> list[ObjectSet]:
    """The sets of a result file, in its order."""
    facts: dict[str, dict[str, list[list[float]]]] = {}
    about: dict[str, Mapping[str, str]] = {}
    for row in rows:
        values = [float(value) for value in row["values"].split()]
        facts.setdefault(row["set"], {}).setdefault(row["what"], []).append(values)
        about[row["set"]] = row
    return [
        ObjectSet(
            name,
            about[name]["source"],
            int(about[name]["pictures"]),
            int(about[name]["boxes"]),
            np.array(found["coverage"], np.float32),
            area=found["area"][0][MEDIAN],
            offset=found["offset"][0][MEDIAN],
            objects=found["objects"][0][MEAN],
            holds_centre=found["holds_centre"][0][0],
        )
        for name, found in facts.items()
    ]


def coverage(one: ObjectSet) -> bytes:
    """PNG of the places, from white (no box covers it) to the end of the scale (all do).

    Outlined is a square of the boxes' median area in the middle.
    """
    painted = paint(one.coverage, Scale(1.0))
    strength = painted[..., 3:]
    places = np.rint(strength * painted[..., :3] + (1 - strength) * 255).astype(np.uint8)
    pixels = places.repeat(PLACE, axis=0).repeat(PLACE, axis=1)
    _outline(pixels, math.sqrt(one.area))
    pixels[[0, -1]] = pixels[:, [0, -1]] = 200  # white stands out from a light page
    return png(pixels)


def _outline(pixels: NDArray[np.uint8], share: float) -> None:
    """A dark square around the middle, its sides this share of the picture's."""
    height, width = pixels.shape[:2]
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    inside = np.zeros((height, width), bool)
    inside[top : height - top, left : width - left] = True
    inner = np.zeros_like(inside)
    inner[top + LINE : height - top - LINE, left + LINE : width - left - LINE] = True
    pixels[inside & ~inner] = 16

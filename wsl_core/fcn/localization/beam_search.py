"""WSLocalization: beam search over regions of the feature map (Bency et al., ECCV 2016).

The paper's: no training for localization; a classifier trained from image labels scores what lies inside
a region of its own last feature map, and a beam search looks for the region that it scores highest.

Ours, since only the abstract could be read: the search starts from the whole map; a region is followed
by its halves (first, middle, last) down and across; `width` regions are kept at each step; the best one
of all then moves by single cells as long as its score rises; no region is smaller than `side`. A linear
classifier on mean features gives a region the mean of the class map inside, and of two halves one is
never below the whole, so the best region is nearly always of the smallest size. `side` therefore says how
much context a place needs to be believed (a fifth was best for points on a quarter of VOC's training
pictures, untrained, at one size and at three); 0 gives the highest cell that the beam meets. The region
says where an object is, not how far it reaches: for boxes around objects see `points.boxes`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.fcn.localization.points import Point
from wsl_core.networks import ClassMaps

Floats = NDArray[np.float64]
Window = tuple[int, int, int, int]
"""A region of a map, in cells: first row, first column, last row + 1, last column + 1."""
Score = Callable[[NDArray[np.int64]], Floats]
"""Windows (n, 4) -> their scores (n,)."""


class BeamSearchParameters(BaseModel):
    """How regions are searched."""

    model_config = ConfigDict(frozen=True)

    width: int = Field(
        8, ge=1, le=256, title="Beam width", description="Regions that are kept at every step."
    )
    side: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Smallest side",
        description="Of a region, as a share of the map's longer side; 0 for a single cell.",
    )

    def least(self, cells: tuple[int, int]) -> tuple[int, int]:
        """(rows, columns) of the smallest region on a map of (rows, columns)."""
        side = max(1, round(self.side * max(cells)))
        return min(side, cells[0]), min(side, cells[1])


@dataclass(frozen=True)
class Found:
    """The best region of a class.

    Attributes:
        box: (left, top, right, bottom) edges in picture pixels: all that its cells stand for.
        point: halfway between the centres of its outermost cells, with the class's score.
        score: of the region, in logits.
        path: every region on the way, from the whole map to the best.
    """

    box: tuple[float, float, float, float]
    point: Point
    score: float
    path: tuple[Window, ...]


def mean_inside(values: NDArray[np.float32]) -> Score:
    """Scores of regions as the mean of a map (rows, columns) inside, by one summed-area table."""
    table = np.zeros(np.add(values.shape, 1))
    table[1:, 1:] = values.cumsum(axis=0, dtype=float).cumsum(axis=1)

    def score(windows: NDArray[np.int64]) -> Floats:
        top, left, bottom, right = windows.T
        total = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
        return total / ((bottom - top) * (right - left))

    return score


def search(
    maps: ClassMaps,
    which: str | int,
    parameters: BeamSearchParameters | None = None,
    score: Score | None = None,
) -> Found:
    """The region that the classifier scores highest for a class.

    Args:
        maps: of any network or head, fused or not.
        which: the class.
        parameters: the defaults where there are none.
        score: for heads that are not linear; without it, the mean of the class map inside.

    Raises:
        ClassNameError: no class, or more than one, is named so.
    """
    how = parameters or BeamSearchParameters()
    index = maps.classes.find(which)
    judge = score or mean_inside(maps.map(index))
    rows, columns = maps.cells
    least = how.least(maps.cells)
    best = (0, 0, rows, columns)
    came_from: dict[Window, Window | None] = {best: None}
    scores = _judged(judge, [best])
    beam = [best]
    while beam:
        fresh = _unseen(((one, half) for one in beam for half in _halves(one, least)), came_from)
        scores |= _judged(judge, fresh)
        beam = sorted(fresh, key=lambda one: (-scores[one], one))[: how.width]
        if beam and scores[beam[0]] >= scores[best]:
            best = beam[0]
    # The best moves on by single cells. Its score rises at every turn, so this ends.
    while moved := _unseen(((best, one) for one in _moves(best, (rows, columns))), came_from):
        scores |= _judged(judge, moved)
        top = min(moved, key=lambda one: (-scores[one], one))
        if scores[top] <= scores[best]:
            break
        best = top
    path: list[Window] = []
    step: Window | None = best
    while step:
        path.append(step)
        step = came_from[step]
    return _found(maps, index, scores[best], tuple(reversed(path)))


def _judged(judge: Score, windows: list[Window]) -> dict[Window, float]:
    return dict(zip(windows, judge(np.array(windows)).tolist(), strict=True)) if windows else {}


def _unseen(
    pairs: Iterable[tuple[Window, Window]], came_from: dict[Window, Window | None]
) -> list[Window]:
    """The successors, of pairs (window, successor), that were not met before; they are noted."""
    fresh = []
    for window, successor in pairs:
        if successor not in came_from:
            came_from[successor] = window
            fresh.append(successor)
    return fresh


def _halves(window: Window, least: tuple[int, int]) -> Iterator[Window]:
    """First, middle and last half down and across, none smaller than `least` = (rows, columns)."""
    top, left, bottom, right = window
    for start, length in _parts(bottom - top, least[0]):
        yield top + start, left, top + start + length, right
    for start, length in _parts(right - left, least[1]):
        yield top, left + start, bottom, left + start + length


def _parts(length: int, least: int) -> list[tuple[int, int]]:
    half = max(least, (length + 1) // 2)
    if half >= length:
        return []
    return [(start, half) for start in sorted({0, (length - half) // 2, length - half})]


def _moves(window: Window, cells: tuple[int, int]) -> Iterator[Window]:
    """The window one cell further up, down, left and right, where it stays on the map."""
    top, left, bottom, right = window
    for y, x in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        moved = top + y, left + x, bottom + y, right + x
        if min(moved) >= 0 and moved[2] <= cells[0] and moved[3] <= cells[1]:
            yield moved


def _found(maps: ClassMaps, index: int, score: float, path: tuple[Window, ...]) -> Found:
    top, left, bottom, right = path[-1]
    corners = [(top, left), (bottom - 1, right - 1)]  # a mirrored map has its left at the right
    squares = np.array([maps.placement.square(row, column) for row, column in corners])
    box = *squares[:, :2].min(axis=0).tolist(), *squares[:, 2:].max(axis=0).tolist()
    x, y = np.mean([maps.placement.centre(row, column) for row, column in corners], axis=0)
    return Found(box, Point(float(x), float(y), float(maps.scores[index])), score, path)

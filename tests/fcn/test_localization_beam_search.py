"""WSLocalization: beam search finds the window that the classifier scores highest."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from pydantic import ValidationError

from wsl_core.errors import ClassNameError
from wsl_core.fcn.localization import BeamSearchParameters, search
from wsl_core.fcn.localization.beam_search import mean_inside
from wsl_core.networks import ClassMaps

HandMade = Callable[..., ClassMaps]


def exhaustive(values: np.ndarray, side: int) -> float:
    """The highest mean of all squares of `side` cells."""
    rows, columns = values.shape
    return max(
        float(values[y : y + side, x : x + side].mean())
        for y, x in itertools.product(range(rows - side + 1), range(columns - side + 1))
    )


def test_the_mean_inside_every_window_is_that_of_a_loop() -> None:
    values = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    windows = np.array(
        [
            (top, left, bottom, right)
            for top, bottom in itertools.combinations(range(7), 2)
            for left, right in itertools.combinations(range(6), 2)
        ]
    )
    loop = [values[t:b, x:r].mean() for t, x, b, r in windows]
    assert mean_inside(values)(windows) == pytest.approx(loop, abs=1e-6)


@pytest.mark.parametrize("side", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_no_less_than_the_best_square(
    hand_made: HandMade, side: int, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=(1, 12, 15)).astype(np.float32)
    found = search(hand_made(values), 0, BeamSearchParameters(width=256, side=side / 15))
    best = exhaustive(values[0], side)
    top, left, bottom, right = found.path[-1]
    assert found.score == pytest.approx(values[0, top:bottom, left:right].mean(), abs=1e-5)
    assert found.score >= best - 1e-5
    if bottom - top == right - left == side:  # else a larger window was better still
        assert found.score <= best + 1e-5


def test_a_narrow_beam_finds_an_object_in_noise(hand_made: HandMade) -> None:
    values = np.random.default_rng(0).normal(0, 0.3, size=(1, 14, 14))
    values[0, 9:12, 2:5] += 4
    values[0, 1, 12] = 5  # one loud cell: the highest of all
    maps = hand_made(values, (600, 900))
    found = search(maps, 0, BeamSearchParameters(width=4, side=3 / 14))
    assert found.path[-1] == (9, 2, 12, 5)
    assert (found.point.x, found.point.y) == pytest.approx(maps.placement.centre(10, 3))
    assert maps.peak_cell(0) == (1, 12)  # which the map alone would have taken


def test_windows_on_the_way_lie_in_each_other_until_they_move(hand_made: HandMade) -> None:
    values = np.random.default_rng(4).normal(size=(1, 11, 13))
    found = search(hand_made(values), 0, BeamSearchParameters(width=2, side=2 / 13))
    assert found.path[0] == (0, 0, 11, 13)
    sizes = [(b - t) * (r - x) for t, x, b, r in found.path]
    assert sizes == sorted(sizes, reverse=True)
    for one, other in itertools.pairwise(found.path):
        if one[2] - one[0] != other[2] - other[0] or one[3] - one[1] != other[3] - other[1]:
            assert one[0] <= other[0] < other[2] <= one[2]
            assert one[1] <= other[1] < other[3] <= one[3]
        else:
            assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 2


def test_the_box_is_what_the_cells_stand_for(hand_made: HandMade) -> None:
    values = np.zeros((1, 8, 8))
    values[0, 2:4, 4:6] = 1
    found = search(hand_made(values, (450, 450)), 0)  # fed at 225: two pixels for one
    assert found.path[-1] == (2, 4, 4, 6)
    # Cells 4 and 5 lie on pixels 128 and 160 and stand for 112 .. 176, as edges 112.5 .. 176.5.
    assert found.box == pytest.approx((225, 97, 353, 225))
    assert (found.point.x, found.point.y) == pytest.approx((288.5, 160.5))
    left, top, right, bottom = found.box
    assert (found.point.x, found.point.y) == pytest.approx(
        ((left + right - 1) / 2, (top + bottom - 1) / 2)
    )


def test_a_mirrored_map_gives_the_same_region_of_the_picture(hand_made: HandMade) -> None:
    values = np.random.default_rng(2).normal(size=(1, 6, 9))
    upright = search(hand_made(values), 0)
    mirrored = search(hand_made(values[:, :, ::-1], mirrored=True), 0)
    assert mirrored.box == pytest.approx(upright.box)
    assert mirrored.point == pytest.approx(upright.point) or (
        mirrored.point.x, mirrored.point.y
    ) == pytest.approx((upright.point.x, upright.point.y))  # fmt: skip


def test_any_classifier_can_score_the_windows(hand_made: HandMade) -> None:
    values = np.random.default_rng(1).normal(size=(2, 9, 9)).astype(np.float32)
    asked = []

    def spread(windows: np.ndarray) -> np.ndarray:
        asked.extend(windows.tolist())
        return np.array([np.ptp(values[0, t:b, x:r]) for t, x, b, r in windows])

    found = search(hand_made(values), 0, BeamSearchParameters(side=2 / 9), spread)
    assert found.score == pytest.approx(np.ptp(values[0]))
    assert len({tuple(window) for window in asked}) == len(asked)  # none is judged twice
    assert found.point.score == pytest.approx(values[0].mean(), abs=1e-5)  # the class's own


@pytest.mark.parametrize(
    ("shape", "side", "smallest"),
    [
        ((1, 1), 0.2, (1, 1)),
        ((1, 15), 0.2, (1, 3)),
        ((15, 11), 0.2, (3, 3)),
        ((21, 16), 0.2, (4, 4)),
        ((4, 4), 0, (1, 1)),
        ((3, 2), 1, (3, 2)),
    ],
)
def test_the_smallest_region_is_a_share_of_the_longer_side(
    hand_made: HandMade, shape: tuple[int, int], side: float, smallest: tuple[int, int]
) -> None:
    found = search(hand_made(np.ones((1, *shape))), 0, BeamSearchParameters(side=side))
    top, left, bottom, right = found.path[-1]
    assert (bottom - top, right - left) == smallest
    assert found.score == 1


def test_bad_parameters_and_classes_are_refused(hand_made: HandMade) -> None:
    for bad in ({"width": 0}, {"side": -0.1}, {"side": 2}, {"width": 1000}):
        with pytest.raises(ValidationError):
            BeamSearchParameters(**bad)
    with pytest.raises(ClassNameError):
        search(hand_made(np.ones((1, 3, 3))), 7)

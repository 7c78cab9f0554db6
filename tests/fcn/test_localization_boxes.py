"""Overlap, CorLoc, MaxBoxAcc, PxAP and the points and boxes of maps: vectors and hand-made cases."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from tests.fcn.localization_cases import edges, measured, one_class
from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.errors import ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.localization import CorLoc, MaxBoxAcc, MaxBoxAccV2, PxAP, boxes, point
from wsl_core.fcn.localization.box_accuracy import (
    THRESHOLDS,
    boxes_above,
    overlaps,
    overlaps_on_picture,
)
from wsl_core.fcn.localization.points import highest_points
from wsl_core.networks import ClassMaps

HandMade = Callable[..., ClassMaps]

# Points of maps


def test_a_point_is_where_the_cell_looks_and_not_where_the_map_would_be_stretched(
    hand_made: HandMade,
) -> None:
    values = np.zeros((2, 8, 15))
    values[0, 0, 14] = values[1, 4, 7] = 3
    maps = hand_made(values, (450, 898))  # fed at 225 x 449
    found = point(maps, 0)
    assert (found.x, found.y) == pytest.approx((448.5 * 2 - 0.5, 0.5))
    assert found.score == pytest.approx(3 / 120)
    exact, stretched = highest_points(maps.logits, maps)
    assert exact[1] == pytest.approx([448.5, 128.5 * 2 - 0.5])
    assert stretched[1] == pytest.approx(
        [448.5, 4.5 / 8 * 450 - 0.5]
    )  # the middle of 15 cells agrees
    assert stretched[0] == pytest.approx([14.5 / 15 * 898 - 0.5, 0.5 / 8 * 450 - 0.5])
    assert abs(stretched[0] - exact[0]).max() > 18  # at the corner more than the tolerance


def test_of_equal_cells_the_first_in_reading_order_is_the_point(hand_made: HandMade) -> None:
    values = np.zeros((1, 3, 4))
    values[0, 1, 3] = values[0, 2, 0] = 5
    assert (point(hand_made(values), 0).x, point(hand_made(values), 0).y) == (96, 32)


def test_points_of_mirrored_maps_lie_where_those_of_upright_ones_do(hand_made: HandMade) -> None:
    values = np.random.default_rng(0).normal(size=(6, 4, 7))
    upright, mirrored = hand_made(values), hand_made(values[:, :, ::-1], mirrored=True)
    for one, other in zip(
        highest_points(upright.logits, upright),
        highest_points(mirrored.logits, mirrored),
        strict=True,
    ):
        assert one == pytest.approx(other)


def test_fused_sizes_place_points_on_the_finest_cells(hand_made: HandMade) -> None:
    fine = np.zeros((1, 9, 9))
    fine[0, 3, 5] = 2
    coarse = np.ones((1, 5, 5))
    fused = activation_maps.fuse([hand_made(coarse, (400, 400)), hand_made(fine, (400, 400))])
    alone = hand_made(fine, (400, 400))
    assert (point(fused, 0).x, point(fused, 0).y) == alone.placement.centre(3, 5)


def test_a_class_can_have_several_boxes(hand_made: HandMade) -> None:
    values = np.zeros((1, 7, 9))
    values[0, 1, 1], values[0, 5, 7] = 4, 3
    found = boxes(hand_made(values), 0, 0.5)
    assert [one.peak for one in found] == pytest.approx([4, 3], abs=0.1)
    for one, (x, y) in zip(found, [(32, 32), (224, 160)], strict=True):
        left, top, right, bottom = one.box
        assert left < x < right
        assert top < y < bottom
    assert len(boxes(hand_made(values), 0, 0.9)) == 1


# CorLoc

PAIRS = [
    ((1, 1, 10, 10), (1, 1, 10, 10), 1.0, 1.0),
    ((1, 1, 10, 10), (6, 1, 15, 10), 0.333333, 0.285714),
    ((1, 1, 10, 10), (4, 1, 13, 10), 0.538462, 0.5),
    ((0, 0, 9, 9), (0, 5, 9, 9), 0.5, 0.444444),
]


@pytest.mark.parametrize(("one", "other", "inclusive", "without"), PAIRS)
def test_overlap_counts_the_last_pixel(
    one: tuple, other: tuple, inclusive: float, without: float
) -> None:
    assert intersection_over_union(edges(*one), edges(*other))[0, 0] == pytest.approx(
        inclusive, abs=1e-6
    )
    assert intersection_over_union(one, other)[0, 0] == pytest.approx(without, abs=1e-6)


def test_corloc_of_the_four_pairs() -> None:
    evidence = [
        replace(one_class(0, boxes=[truth]), boxes=np.array([edges(*box)], float))
        for box, truth, _, _ in PAIRS
    ]
    assert measured(CorLoc(), evidence) == 0.75
    assert measured(CorLoc(), [replace(evidence[0], boxes=np.full((1, 4), np.nan))]) == 0
    absent = one_class(5)
    assert measured(CorLoc(), [evidence[0], absent]) == 1  # asked only where the class is


def test_the_best_of_several_objects_counts() -> None:
    one = one_class(0, boxes=[(0, 0, 9, 9), (50, 50, 59, 59)], difficult=[(90, 90, 99, 99)])
    near, hard = (edges(50, 50, 59, 58), edges(90, 90, 99, 99))
    assert measured(CorLoc(), [replace(one, boxes=np.array([near], float))]) == 1
    assert measured(CorLoc(), [replace(one, boxes=np.array([hard], float))]) == 0


def test_the_baseline_of_corloc_is_the_whole_picture() -> None:
    large, small = (one_class(0, boxes=[(0, 0, side, side)]) for side in (149, 99))
    assert measured(CorLoc(), [large.at_the_centre()]) == 1  # 150^2 of 200^2
    assert measured(CorLoc(), [small.at_the_centre()]) == 0


# MaxBoxAcc

UNIT = np.array(
    [[0, 0, 0, 0, 0], [0, 0.4, 0.4, 0.4, 0.6], [0, 0.4, 1, 0.8, 0.6], [0, 0.4, 0.4, 0.4, 0.6]]
)


@pytest.mark.parametrize(
    ("threshold", "box"),
    [
        (0, (1, 1, 4, 3)),
        (0.2, (1, 1, 4, 3)),
        (0.4, (2, 1, 4, 3)),
        (0.6, (2, 2, 4, 3)),
        (0.8, (2, 2, 3, 3)),
    ],
)
def test_the_boxes_of_the_published_case(threshold: float, box: tuple[int, ...]) -> None:
    assert boxes_above(UNIT, threshold)[0].tolist() == list(edges(*box))


def test_exact_boxes_are_not_one_pixel_too_large() -> None:
    square = np.zeros((12, 12))
    square[4:7, 4:7] = 1
    assert boxes_above(square, 0.5)[0].tolist() == [4, 4, 8, 8]
    assert boxes_above(square, 0.5, "exact")[0].tolist() == [4, 4, 7, 7]


def test_the_overlap_of_the_published_case() -> None:
    one, other = edges(1, 2, 5, 6), edges(3, 1, 4, 5)
    assert intersection_over_union(one, other)[0, 0] == pytest.approx(8 / 27)


def test_a_map_without_contrast_has_the_first_pixel_as_box() -> None:
    assert boxes_above(np.zeros((5, 5)), 0.5).tolist() == [[0, 0, 1, 1]]
    assert overlaps(np.full((5, 5), 3.0), [edges(0, 0, 0, 0)]).tolist()[0][0] == 1


def two_maps() -> list[tuple[np.ndarray, list[tuple[float, ...]]]]:
    first, second = np.zeros((2, 12, 12))
    first[2:10, 2:10], first[4:7, 4:7] = 0.5, 1
    second[0:6, 0:6], second[8:11, 8:11] = 0.6, 1
    return [(first, [edges(2, 2, 10, 10)]), (second, [edges(8, 8, 11, 11)])]


@pytest.mark.parametrize(
    ("metric", "at_each", "best"),
    [(MaxBoxAcc, [0.5, 0.5, 0, 0.5], 0.5), (MaxBoxAccV2, [1, 1, 0.5, 0.5], 1)],
)
def test_two_maps_by_hand(metric: type[MaxBoxAcc], at_each: list[float], best: float) -> None:
    taus = (0, 0.25, 0.5, 0.75)
    for tau, value in zip(taus, at_each, strict=True):
        alone = metric([tau])
        for values, truth in two_maps():
            alone.update(values, truth)
        found = alone.compute()
        assert found.value == value
        assert all(accuracy == value for _, accuracy, _ in found.at)  # at all overlaps
    together = metric(taus)
    for values, truth in two_maps():
        together.update(values, truth)
    assert together.compute().value == best
    assert together.compute().count == 2
    together.reset()
    assert math.isnan(together.compute().value)


def test_the_overlap_of_the_first_map_in_the_middle() -> None:
    values, truth = two_maps()[0]
    assert overlaps(values, truth, [0.5])[0, 0] == pytest.approx(0.1975, abs=1e-4)


def test_the_maximum_is_taken_over_the_set_and_not_for_each_picture() -> None:
    # One map is right at low thresholds only, the other at high ones only.
    first, second = np.zeros((2, 12, 12))
    first[2:10, 2:10], first[4:6, 4:6] = 0.5, 1
    second[1:12, 1:12], second[8:11, 8:11] = 0.5, 1
    cases = [(first, [edges(2, 2, 9, 9)]), (second, [edges(8, 8, 10, 10)])]
    metric = MaxBoxAcc([0.1, 0.8])
    each = []
    for values, truth in cases:
        metric.update(values, truth)
        alone = MaxBoxAcc([0.1, 0.8])
        alone.update(values, truth)
        each.append(alone.compute().value)
    assert each == [1, 1]
    assert metric.compute().value == 0.5


def test_v2_is_a_mean_of_three_maxima() -> None:
    square = np.zeros((20, 20))
    square[5:15, 5:15] = 1
    metric = MaxBoxAccV2(rule="exact")
    metric.update(square, [(5, 5, 15, 15)])
    metric.update(square, [(5, 5, 15, 21)])  # .625: .3 and .5 are reached, .7 is not
    found = metric.compute()
    assert [accuracy for _, accuracy, _ in found.at] == [1, 1, 0.5]
    assert found.value == pytest.approx(2.5 / 3)


def test_no_thresholds_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least one"):
        MaxBoxAcc([])


def test_maps_are_drawn_exactly_over_the_picture(hand_made: HandMade) -> None:
    values = np.zeros((1, 7, 7))
    values[0, 5, 1] = 1  # centred on pixel (32, 160) of 193
    maps = hand_made(values, (386, 772))  # the picture is twice as high and four times as wide
    here = np.array(
        [[4 * 8.5, 2 * 136.5, 4 * 56.5, 2 * 184.5]]
    )  # three quarters of a jump around it
    assert overlaps_on_picture(maps, maps.map(0), here)[0].max() > 0.85
    elsewhere = here + np.array([4 * 32, 0, 4 * 32, 0])
    assert overlaps_on_picture(maps, maps.map(0), elsewhere)[0].max() < 0.4


def test_the_baseline_of_max_box_acc_tries_every_size_in_the_middle() -> None:
    one = one_class(0, boxes=[(50, 50, 149, 149)], size=(200, 200)).at_the_centre()
    assert one.overlaps.shape == (1, 2, len(THRESHOLDS))
    assert one.overlaps[0, 0, 50] == 1  # half of each side
    assert one.overlaps[0, 0, 0] == 0.25  # the whole picture
    metric = MaxBoxAcc()
    metric.add(one.overlaps[0])
    assert metric.compute().value == 1


# PxAP


def test_the_published_case_of_pixels() -> None:
    values = np.array([[1, 0.8, 0.2], [0.6, 0.4, 0]])
    mask = np.array([[1, 0, 255], [1, 1, 0]])
    metric = PxAP()
    metric.update(values, mask)
    assert metric.compute() == pytest.approx(0.8055555556)
    valid = mask != 255
    assert average_precision_score(mask[valid], values[valid]) == pytest.approx(0.8055555556)


def test_pixels_of_all_pictures_are_pooled() -> None:
    random = np.random.default_rng(0)
    metric, values, masks = PxAP(), [], []
    for _ in range(4):
        drawn = random.integers(0, 1001, (20, 30)) / 1000
        drawn.flat[:2] = 0, 1
        mask = random.choice([0, 1, 255], (20, 30))
        metric.update(7 * drawn - 3, mask)  # any scale
        values.append(drawn[mask != 255])
        masks.append(mask[mask != 255])
    whole = average_precision_score(np.concatenate(masks), np.concatenate(values))
    each = [average_precision_score(*pair) for pair in zip(masks, values, strict=True)]
    assert metric.compute() == pytest.approx(whole, abs=1e-9)
    assert abs(np.mean(each) - whole) > 1e-4
    metric.reset()
    assert math.isnan(metric.compute())


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ParameterError, match="Resize the mask"):
        PxAP().update(np.zeros((3, 3)), np.zeros((4, 4)))

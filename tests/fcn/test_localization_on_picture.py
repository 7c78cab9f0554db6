"""One class on one picture, what stretching a map does, and what choosing a threshold is worth."""

import numpy as np
import pytest

from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.errors import ParameterError
from wsl_core.fcn import localization
from wsl_core.fcn.localization import half_pixel, threshold_choice
from wsl_core.fcn.localization.untrained import grouped, relatives_of_cell
from wsl_core.networks import Geometry


@pytest.fixture
def maps(hand_made):
    """Class a has its peak in row 3, column 2, at (64, 96); a second region at (192, 32)."""
    values = np.full((1, 5, 8), -1.0)
    values[0, 3, 2] = 8
    values[0, 1, 6] = 5
    return hand_made(values)


@pytest.mark.parametrize(
    ("box", "off"),
    [
        ((40, 80, 90, 120), 0),  # around it
        ((82, 80, 120, 120), 18),  # 18 px to its right: forgiven
        ((83, 80, 120, 120), 19),
        ((20, 20, 60, 79), 18),  # its last pixel is 78, 18 px above; 5 px to its left
        ((20, 20, 60, 78), 19),
    ],
)
def test_a_point_is_forgiven_18_pixels_along_each_axis(maps, box, off: int) -> None:
    found = localization.locate(maps, 0, [box])
    assert (found.point.x, found.point.y) == (64, 96)
    assert found.outside(64, 96) == off
    assert found.right is (off <= 18)


def test_the_nearest_of_several_boxes_counts(maps) -> None:
    found = localization.locate(maps, 0, [(150, 0, 200, 50), (60, 90, 70, 100)])
    assert found.right is True
    assert found.hit(10, 10) is False
    assert found.reach.tolist() == [[132, -18, 218, 68], [42, 72, 88, 118]]


def test_without_a_box_nothing_is_right_or_wrong(maps) -> None:
    found = localization.locate(maps, 0)
    assert (found.right, found.overlap, set(found.overlaps)) == (None, None, {None})


def test_every_box_is_compared_with_every_true_box(maps) -> None:
    truth = [(30.0, 60.0, 100.0, 130.0), (160.0, 0.0, 225.0, 64.0)]
    found = localization.locate(maps, 0, truth, threshold=0.3)
    assert len(found.boxes) == 2
    assert [one.peak for one in found.boxes] == [8, 5]
    for box, overlap in zip(found.boxes, found.overlaps, strict=True):
        assert overlap == pytest.approx(intersection_over_union([box.box], truth).max())
    assert found.overlap == found.overlaps[found.largest]
    assert found.boxes[found.largest].share == max(one.share for one in found.boxes)


def test_a_map_without_a_region_covers_nothing(hand_made) -> None:
    found = localization.locate(hand_made(np.full((1, 3, 3), -2.0)), 0, [(0, 0, 10, 10)])
    assert (found.boxes, found.largest, found.overlap) == ((), None, 0)


def test_the_stretched_point_is_where_a_program_draws_the_cell(maps) -> None:
    x, y = localization.locate(maps, 0).stretched
    assert (x, y) == pytest.approx((2.5 / 8 * 225 - 0.5, 3.5 / 5 * 129 - 0.5))


def test_an_even_side_is_shifted_and_an_odd_one_pulled_to_the_middle() -> None:
    geometry = Geometry(32, 65, 0)
    even, odd = (half_pixel.displacement(geometry, side) for side in (448, 449))
    assert (len(even.exact), len(odd.exact)) == (14, 15)
    assert even.constant
    assert even.shift == even.largest == pytest.approx(15.5)
    assert not odd.constant
    assert odd.shift == pytest.approx(0, abs=1e-9)
    assert odd.moved[0] == pytest.approx(449 / 30 - 0.5) == pytest.approx(-odd.moved[-1])
    assert (np.diff(odd.moved) < 0).all()


def test_where_cells_lie_by_the_half_pixel_rule_nothing_moves() -> None:
    found = half_pixel.displacement(Geometry(32, 196, 15.5), 448)  # VGG16's last features
    assert len(found.exact) == 14
    assert found.largest == pytest.approx(0)


def test_choosing_where_one_measures_is_never_worse_there() -> None:
    right = np.random.default_rng(0).random((60, 30)) < 0.5  # no threshold is better than another
    found = threshold_choice.choose(right, 10, thresholds=np.linspace(0, 1, 30), draws=300)
    assert (found.maps, found.draws) == (10, 300)
    assert found.chosen_elsewhere == pytest.approx(0.5, abs=0.05)
    assert found.gain > 0.2  # the best of thirty coins
    assert found.deviation > 0


def test_a_threshold_that_is_always_right_gains_nothing() -> None:
    right = np.zeros((8, 3), bool)
    right[:, 1] = True
    found = threshold_choice.choose(right, thresholds=(0.1, 0.2, 0.3), draws=5)
    assert (found.chosen_here, found.chosen_elsewhere, found.gain) == (1, 1, 0)
    assert (found.maps, found.thresholds) == (4, (0.2, 0.2))


def test_one_map_has_no_halves() -> None:
    with pytest.raises(ParameterError, match="1 maps with a known box"):
        threshold_choice.choose(np.ones((1, 3), bool))


def test_a_cell_of_grouped_maps_is_its_highest_relative_less_the_mean(network) -> None:
    from wsl_core import images
    from wsl_core.datasets import relatives

    own = network.class_maps(images.gallery.load("cat"), 225)
    found = relatives_of_cell(own, "cat", 2, 3)
    value = grouped(own, relatives.kind_of(["cat", "dog"])).map("cat")[2, 3]
    assert found.highest[0][1] - found.common == pytest.approx(float(value), abs=1e-3)
    assert found.count == len(relatives.kind_of(["cat"])["cat"])
    assert [logit for _, logit in found.highest] == sorted(
        (logit for _, logit in found.highest), reverse=True
    )

import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from wsl_core import images
from wsl_core.errors import ClassNameError, ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.networks import ClassMaps, Network

HandMade = Callable[..., ClassMaps]


def grid(rows: int, columns: int, **cells: float) -> np.ndarray:
    """One map of zeros but for cells named by row and column: r1c2=5.0."""
    values = np.zeros((1, rows, columns), np.float32)
    for place, value in cells.items():
        row, column = place[1:].split("c")
        values[0, int(row), int(column)] = value
    return values


# Fusing


def test_one_map_is_fused_to_itself(hand_made: HandMade) -> None:
    maps = hand_made(grid(3, 4, r1c2=5))
    assert activation_maps.fuse([maps]) is maps


def test_equal_maps_are_fused_to_the_same_values(hand_made: HandMade) -> None:
    values = np.random.default_rng(0).normal(size=(2, 4, 5))
    fused = activation_maps.fuse([hand_made(values), hand_made(values)])
    assert fused.map(1) == pytest.approx(values[1], abs=1e-5)


def test_fused_values_are_means(hand_made: HandMade) -> None:
    fused = activation_maps.fuse([hand_made(grid(3, 3, r1c1=4)), hand_made(grid(3, 3, r1c1=2))])
    assert fused.map(0) == pytest.approx(grid(3, 3, r1c1=3)[0])


def test_a_mirrored_map_is_turned_back_before_it_is_averaged(hand_made: HandMade) -> None:
    upright = grid(3, 5, r0c1=6)
    fused = activation_maps.fuse(
        [hand_made(upright), hand_made(upright[:, :, ::-1], mirrored=True)]
    )
    assert fused.map(0) == pytest.approx(upright[0], abs=1e-5)
    assert not fused.placement.across.mirrored


@pytest.mark.parametrize("first", [0, 1])
def test_the_cells_are_those_of_the_finest(hand_made: HandMade, first: int) -> None:
    coarse = hand_made(np.full((1, 3, 3), 2.0), (129, 129))
    fine = hand_made(np.full((1, 5, 5), 4.0), (129, 129))
    fused = activation_maps.fuse([coarse, fine] if first else [fine, coarse])
    assert fused.cells == (5, 5)
    assert fused.placement == fine.placement
    assert fused.map(0) == pytest.approx(np.full((5, 5), 3.0))


def test_scales_of_a_ramp_do_not_shift_it(hand_made: HandMade) -> None:
    def ramp(cells: int) -> ClassMaps:
        empty = hand_made(np.zeros((1, cells, cells)), (500, 500))
        x = empty.placement.across.centres()
        return hand_made(np.broadcast_to(x, (1, cells, cells)), (500, 500))

    fused = activation_maps.fuse([ramp(33), ramp(9), ramp(17)])
    x = fused.placement.across.centres()
    inside = (x > 8) & (x < 491)  # between the outer centres of all three
    assert inside.sum() > 25
    assert fused.map(0)[:, inside] == pytest.approx(
        np.broadcast_to(x[inside], (33, inside.sum())), abs=1e-2
    )


def test_a_symmetric_picture_has_a_symmetric_map_when_mirrors_are_averaged(
    network: Network,
) -> None:
    half = images.gallery.load("cat").pixels[:, :200]
    photo = images.Photo.from_array(np.concatenate([half, half[:, ::-1]], axis=1))
    once = activation_maps.compute(network, photo, ActivationMapParameters(size=225)).map(281)
    both = activation_maps.compute(
        network, photo, ActivationMapParameters(size=225, mirror=True)
    ).map(281)
    spread = np.ptp(both)
    assert np.abs(both - both[:, ::-1]).max() < 1e-3 * spread
    assert np.abs(once - once[:, ::-1]).max() > 1e-2 * spread


@pytest.mark.data
def test_scales_do_not_shift_the_peak_of_a_pasted_object(network: Network, samples: list) -> None:
    sample = samples[0]
    canvas = np.full((641, 961, 3), 127, np.uint8)
    small = Image.fromarray(sample.photo.pixels).resize((192, 192))
    canvas[192:384, 544:736] = np.asarray(small)
    photo = images.Photo.from_array(canvas)
    once = activation_maps.compute(network, photo, ActivationMapParameters(size=961))
    three = activation_maps.compute(network, photo, ActivationMapParameters(size=961, scales=True))
    assert three.cells[1] == 43  # 1.4 times as many
    here, there = (weighted_centre(maps, sample.index) for maps in (once, three))
    assert np.abs(here - there).max() <= 16


def weighted_centre(maps: ClassMaps, index: int) -> np.ndarray:
    """(x, y) of the centre of mass of what is above half of the map's maximum."""
    drawn = maps.placement.resample(maps.map(index), *maps.picture_size)
    y, x = np.nonzero(drawn > drawn.max() / 2)
    weights = drawn[y, x]
    return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()


def test_parameters_decide_the_passes(network: Network) -> None:
    photo = images.gallery.load("cat")
    sizes: list[tuple[int, bool]] = []

    class Recorded:
        card = network.card

        def class_maps(self, photo: images.Photo, size: int, mirrored: bool) -> ClassMaps:
            sizes.append((size, mirrored))
            return network.class_maps(photo, 65, mirrored=mirrored)

    activation_maps.compute(
        Recorded(), photo, ActivationMapParameters(size=449, scales=True, mirror=True)
    )
    assert sizes == [(s, m) for s in (321, 449, 641) for m in (False, True)]


def test_nothing_cannot_be_fused() -> None:
    with pytest.raises(ParameterError, match="no class maps"):
        activation_maps.fuse([])


def test_maps_of_different_pictures_are_not_fused(hand_made: HandMade) -> None:
    values = grid(3, 3, r1c1=1)
    with pytest.raises(ParameterError, match="same picture and the same network"):
        activation_maps.fuse([hand_made(values, digest="one"), hand_made(values, digest="two")])


@pytest.mark.parametrize("scales", [False, True])
@pytest.mark.parametrize("size", [-5, 0, 32, 5000, "abc"])
def test_sizes_outside_the_limits_are_refused_with_one_pass_and_with_three(
    network: Network, size: int | str, scales: bool
) -> None:
    photo = images.Photo.from_array(np.zeros((50, 60, 3), np.uint8))
    with pytest.raises(ParameterError, match="from 33 to 4097"):
        activation_maps.compute(network, photo, ActivationMapParameters(size=size, scales=scales))


# Verdicts


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full((3, 3), 2.5), r"same value everywhere \(2.50\)"),
        (np.zeros((3, 3)), r"same value everywhere \(0.00\)"),
        (np.array([[-3.0, -1.5]]), r"nowhere above zero \(highest -1.50\)"),
        (np.array([[-3.0, 0.0]]), r"nowhere above zero \(highest 0.00\)"),
        (np.array([[1.0, np.nan]]), "not numbers"),
        (np.array([[1.0, -np.inf]]), "not numbers"),
    ],
)
def test_a_map_that_cannot_be_read_is_told_in_words(values: np.ndarray, words: str) -> None:
    sentence = activation_maps.verdict(values.astype(np.float32))
    assert sentence is not None
    assert re.search(words, sentence)


def test_a_map_that_can_be_read_needs_no_words() -> None:
    assert activation_maps.verdict(np.array([[-5, 0.01]], np.float32)) is None


# Regions


def test_a_region_is_boxed_where_the_interpolated_map_is_above_the_threshold(
    hand_made: HandMade,
) -> None:
    (region,) = activation_maps.regions(hand_made(grid(5, 7, r2c3=10)), 0, threshold=0.5)
    # Linear between cells: 0.5 is reached 16 px from the centre (96, 64), along both axes.
    left, top, right, bottom = region.box
    assert (left, right) == pytest.approx((96.5 - 16, 96.5 + 16), abs=1)
    assert (top, bottom) == pytest.approx((64.5 - 16, 64.5 + 16), abs=1)
    assert region.peak == pytest.approx(10)


def test_regions_come_with_the_highest_peak_first(hand_made: HandMade) -> None:
    maps = hand_made(grid(9, 9, r1c1=4, r1c7=8, r7c1=6))
    found = activation_maps.regions(maps, 0, threshold=0.3)
    assert [round(region.peak) for region in found] == [8, 6, 4]
    assert found[0].box[0] > 129 > found[1].box[2]


def test_the_box_is_that_of_the_largest_region_not_of_the_highest(hand_made: HandMade) -> None:
    maps = hand_made(grid(9, 9, r1c1=10, r6c5=8, r6c6=8, r7c5=8, r7c6=8))
    assert activation_maps.regions(maps, 0)[0].peak == pytest.approx(10)
    box = activation_maps.box(maps, 0)
    assert box.peak == pytest.approx(8)
    assert box.share == max(region.share for region in activation_maps.regions(maps, 0))


def test_higher_thresholds_give_smaller_regions(hand_made: HandMade) -> None:
    maps = hand_made(grid(5, 5, r2c2=10))
    shares = [activation_maps.box(maps, 0, threshold).share for threshold in (0.1, 0.4, 0.7, 1.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1] > 0


def test_threshold_0_outlines_what_is_above_zero(hand_made: HandMade) -> None:
    values = np.full((1, 3, 4), -1.0)
    values[:, :, 2:] = 1.0
    (region,) = activation_maps.regions(hand_made(values), 0, threshold=0)
    assert region.box == pytest.approx(
        (49, 0, 97, 65), abs=1
    )  # zero lies halfway between 32 and 64
    assert region.share == pytest.approx(48 / 97, abs=0.02)


def test_boxes_are_in_pixels_of_the_picture_however_large(hand_made: HandMade) -> None:
    small = activation_maps.box(hand_made(grid(5, 7, r2c3=10)), 0)
    large = activation_maps.box(hand_made(grid(5, 7, r2c3=10), (1290, 1930)), 0)
    assert large.box == pytest.approx(np.array(small.box) * 10, abs=10)
    assert large.share == pytest.approx(small.share, rel=0.1)


@pytest.mark.parametrize("value", [-1.0, 0.0, np.nan, np.inf])
def test_maps_without_evidence_have_no_regions(hand_made: HandMade, value: float) -> None:
    maps = hand_made(np.full((1, 3, 3), value))
    assert activation_maps.regions(maps, 0) == []
    assert activation_maps.box(maps, 0) is None


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan")])
def test_thresholds_outside_0_to_1_are_refused(hand_made: HandMade, threshold: float) -> None:
    with pytest.raises(ParameterError, match="from 0 to 1"):
        activation_maps.regions(hand_made(grid(3, 3, r1c1=1)), 0, threshold)


def test_regions_of_an_unknown_class_are_refused(hand_made: HandMade) -> None:
    with pytest.raises(ClassNameError):
        activation_maps.regions(hand_made(grid(3, 3)), "unicorn")


# Cells


@pytest.mark.parametrize("count", [0, 1, 5, 1280, 5000])
def test_the_sum_of_a_cell_adds_up_to_its_value(network: Network, count: int) -> None:
    maps = network.class_maps(images.gallery.load("cat"), 97)
    for row, column in ((0, 0), (1, 2)):
        sum_ = activation_maps.cell_sum(maps, "tabby", row, column, count)
        listed = [share for _, share in sum_.channels]
        assert len(listed) == min(count, 1280)
        assert sum_.bias + sum(listed) + sum_.rest == pytest.approx(sum_.value, abs=1e-9)
        assert sum_.value == pytest.approx(float(maps.map("tabby")[row, column]), abs=1e-4)


def test_the_largest_channels_are_listed_whatever_their_sign(hand_made: HandMade) -> None:
    maps = hand_made(np.array([1.0, -7.0, 3.0]).reshape(3, 1, 1), bias=np.array([0, 0, 2.0]))
    maps.weight[2] = (2, 1, 0.5)
    sum_ = activation_maps.cell_sum(maps, 2, 0, 0, count=2)
    assert sum_.channels == ((1, -7.0), (0, 2.0))
    assert (sum_.bias, sum_.rest, sum_.value) == (2.0, 1.5, -1.5)


def test_the_shares_of_all_channels_add_up_to_the_map(network: Network) -> None:
    maps = network.class_maps(images.gallery.load("cat"), 97)
    shares = activation_maps.channel_shares(maps, 281)
    assert shares.shape == maps.features.shape
    assert shares.sum(axis=0) + maps.bias[281] == pytest.approx(maps.map(281), abs=1e-4)


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (0, -1), (3, 0), (0, 4)])
def test_cells_outside_the_map_are_refused(hand_made: HandMade, row: int, column: int) -> None:
    with pytest.raises(ParameterError, match="3 rows and 4 columns"):
        activation_maps.cell_sum(hand_made(grid(3, 4)), 0, row, column)

import numpy as np
import pytest

from tests.fcn.valid_network import JUMP, valid_network
from wsl_core import images, networks
from wsl_core.errors import ParameterError
from wsl_core.fcn.shift_and_stitch import ShiftParameters, shift_and_stitch
from wsl_core.networks import Geometry, Network


@pytest.fixture(scope="module")
def noise() -> images.Photo:
    pixels = np.random.default_rng(2).integers(0, 256, (42, 58, 3), np.uint8)
    return images.Photo.from_array(pixels)


@pytest.mark.parametrize("factor", [2, 4])
def test_without_padding_the_finer_map_is_that_of_a_finer_stride(
    noise: images.Photo, factor: int
) -> None:
    maps = shift_and_stitch(valid_network(18), noise, "full", factor)
    finer = valid_network(18, JUMP // factor).class_maps(noise, "full")
    assert maps.cells == finer.cells == (factor * 9 + 1, factor * 13 + 1)
    assert np.abs(maps.logits - finer.logits).max() < 1e-5
    assert np.ptp(finer.logits) > 1
    assert maps.placement == finer.placement


@pytest.mark.parametrize("factor", [2, 4])
def test_lenet_stitched_is_lenet_dilated(factor: int) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (60, 76, 3), np.uint8)
    photo = images.Photo.from_array(pixels)
    network, dilated = (
        networks.load("lenet", runtime="torch", weights="random", stride=stride)
        for stride in (None, 4 // factor)
    )
    maps, expected = (
        shift_and_stitch(network, photo, "full", factor),
        dilated.class_maps(photo, "full"),
    )
    assert maps.cells == expected.cells == (factor * 7 + 1, factor * 11 + 1)
    assert maps.placement == expected.placement
    assert np.ptp(expected.logits) > 0.1
    assert np.abs(maps.logits - expected.logits).max() < 1e-5


def test_every_pass_is_one_forward_pass(noise: images.Photo) -> None:
    network, reported = valid_network(18), []
    shift_and_stitch(
        network, noise, "full", 4, lambda share, doing: reported.append((share, doing))
    )
    assert len(network.runtime.passes) == 16
    assert reported[0] == (1 / 16, "pass 2 of 16")
    assert reported[-1] == (15 / 16, "pass 16 of 16")


def test_an_exception_of_the_report_ends_the_work(noise: images.Photo) -> None:
    network = valid_network(18)

    def enough(share: float, doing: str) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shift_and_stitch(network, noise, "full", 4, enough)
    assert len(network.runtime.passes) < 7


def test_the_default_network_keeps_its_own_cells_between_finer_ones(network: Network) -> None:
    photo = images.gallery.load("cat")
    single, finer = network.class_maps(photo, 257), shift_and_stitch(network, photo, 257, 2)
    assert finer.placement.down.geometry == Geometry(16, 851, 0)
    assert finer.input_size == single.input_size
    assert finer.map(281)[::2, ::2] == pytest.approx(single.map(281), abs=1e-4)
    for cell in ((0, 0), (3, 5), (5, 8)):
        place = (2 * cell[0], 2 * cell[1])
        assert finer.placement.centre(*place) == pytest.approx(single.placement.centre(*cell))
    between = finer.placement.centre(1, 1)
    a, b = single.placement.centre(0, 0), single.placement.centre(1, 1)
    assert between == pytest.approx(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))


def test_finer_cells_stand_where_the_object_stands(network: Network) -> None:
    pixels = np.full((449, 449, 3), 127, np.uint8)
    small = images.gallery.load("cat").jpeg(150)
    cat = images.read(small).pixels
    top, left = 290, 30
    pixels[top : top + cat.shape[0], left : left + cat.shape[1]] = cat
    maps = shift_and_stitch(network, images.Photo.from_array(pixels), "full", 2)
    values = np.maximum(maps.map("Egyptian cat"), 0)
    y, x = (axis.centres() for axis in (maps.placement.down, maps.placement.across))
    middle = np.array([values.sum(axis=0) @ x, values.sum(axis=1) @ y]) / values.sum()
    assert np.abs(middle - (left + 75, top + 50)).max() < 40


@pytest.mark.parametrize("factor", [0, 1, 3, 8, 16])
def test_factors_that_do_not_divide_the_jump_are_refused(noise: images.Photo, factor: int) -> None:
    with pytest.raises(ParameterError, match="Accepted is 2 or 4"):
        shift_and_stitch(valid_network(18), noise, "full", factor)


def test_maps_that_would_fill_the_memory_are_refused(network: Network) -> None:
    photo = images.Photo.from_array(np.zeros((1537, 1537, 3), np.uint8))
    with pytest.raises(ParameterError, match="385 x 385 cells would take 759 MB"):
        shift_and_stitch(network, photo, "full", 8)


def test_the_parameter_is_declared_with_its_values() -> None:
    assert ShiftParameters().factor == 2
    with pytest.raises(ValueError, match="2, 4 or 8"):
        ShiftParameters(factor=3)

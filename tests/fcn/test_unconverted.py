import numpy as np
import pytest

from tests.fcn.valid_network import valid_network
from wsl_core import images
from wsl_core.errors import ParameterError
from wsl_core.fcn import unconverted
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.networks import Geometry, Network
from wsl_core.networks.network import resized


def test_a_crop_is_cut_from_the_resized_picture_and_classified(network: Network) -> None:
    photo = images.gallery.load("cat")
    window = SlidingWindow.of(network, photo, 449)
    crop = unconverted.crop(photo, window, 2, 3)
    whole = resized(photo.pixels, *window.input_size)
    assert (crop.pixels == whole[64 : 64 + 225, 96 : 96 + 225]).all()
    best = unconverted.classify(network, crop)
    assert len(best) == 5
    assert 281 <= best[0].index <= 285
    with pytest.raises(ParameterError, match="no window"):
        unconverted.crop(photo, window, 3, 0)


def test_a_difference_is_the_mean_over_the_windows_cells(network: Network) -> None:
    photo = images.gallery.load("cat")
    maps, window = network.class_maps(photo, 449), SlidingWindow.of(network, photo, 449)
    found = unconverted.difference(network, photo, maps, window, 1, 4, "tabby")
    assert found.cells.shape == found.beyond.shape == (8, 8)
    assert found.value == pytest.approx(float(found.cells.mean()), abs=1e-4)
    assert found.head == pytest.approx(0, abs=1e-4)
    sizes = np.abs(found.cells)
    centre = sizes[1:-1, 1:-1]
    assert found.centre == pytest.approx(float(centre.mean()), rel=1e-5)
    assert found.ring == pytest.approx(float((sizes.sum() - centre.sum()) / 28), rel=1e-5)
    # A cell sees 851 px, the window is 225 px wide: each cell sees beyond it, and each may differ.
    assert found.beyond.min() == pytest.approx(1 - (225 / 851) ** 2, abs=1e-5)
    assert found.ring > 0.1


def test_without_padding_there_is_no_difference_and_nothing_beyond() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (42, 58, 3), np.uint8)
    photo, network = images.Photo.from_array(pixels), valid_network(18)
    maps, window = network.class_maps(photo, "full"), SlidingWindow.of(network, photo, "full")
    found = unconverted.difference(network, photo, maps, window, 6, 2, 1)
    assert np.abs(found.cells).max() < 1e-5
    assert not found.beyond.any()
    assert found.dense == pytest.approx(float(maps.map(1)[6:10, 2:6].mean()), abs=1e-5)


def test_what_lies_beyond_the_window_is_counted_in_pixels() -> None:
    network = valid_network(18)
    network.runtime.geometries = {network.card.features: Geometry(4, 11, 2.5)}  # padded by 2.5
    photo = images.Photo.from_array(np.zeros((42, 58, 3), np.uint8))
    maps, window = network.class_maps(photo, "full"), SlidingWindow.of(network, photo, "full")
    found = unconverted.difference(network, photo, maps, window, 0, 0, 0)
    # Along one axis 11 px are seen around 2.5, 6.5, 10.5 and 14.5; pixels 0 .. 17 are the window.
    inside = np.array([8.5, 11, 11, 8.5]) / 11
    assert found.beyond == pytest.approx(1 - np.outer(inside, inside), abs=1e-6)
    assert (found.beyond == 0).sum() == 4


def test_one_cell_has_no_centre_apart_from_its_ring() -> None:
    found = unconverted.Difference(1, 3, np.array([[-2]], np.float32), np.zeros((1, 1), np.float32))
    assert (found.value, found.ring, found.centre) == (-2, 2, None)


def test_squeezing_loses_the_proportions_and_keeps_the_places(network: Network) -> None:
    pixels = np.full((300, 900, 3), 120, np.uint8)
    pixels[:, 600:] = resized(images.gallery.load("cat").pixels, 300, 300)
    photo = images.Photo.from_array(pixels)
    both = unconverted.transfers(network, photo, 897)
    assert both.squeezed.input_size == (225, 225)
    assert both.kept.input_size == (289, 897)
    assert both.squeezed.picture_size == both.kept.picture_size == (300, 900)
    assert both.stretch == pytest.approx(1 / 3)
    for maps in (both.squeezed, both.kept):
        x, y = maps.peak("Egyptian cat")
        assert 560 < x < 900
        assert 0 <= y <= 300
    expected = network.class_maps(images.Photo.from_array(resized(pixels, 225, 225)), "full")
    assert both.squeezed.scores == pytest.approx(expected.scores, abs=1e-5)

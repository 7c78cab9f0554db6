"""What the networks say of real pictures: right classes, at the right places."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image

from wsl_core import images, networks
from wsl_core.networks import CARDS, Network
from wsl_core.networks.network import resized
from wsl_core.networks.sources import PackagedWeights

pytestmark = pytest.mark.data


@cache
def loaded(name: str) -> Network:
    return networks.load(name)


# The shorter side is 256, the square in the middle is fed whole. The pictures are few and easy:
# the figures say that weights, preprocessing and padding fit together, nothing more.
@pytest.mark.parametrize(
    ("name", "at_least"),
    [("efficientnet_lite0", 0.84), ("efficientnet_lite1", 0.85), ("efficientnet_lite2", 0.85)],
)
def test_top_1_of_the_sample_pictures(samples: list, name: str, at_least: float) -> None:
    network = loaded(name)
    size = network.card.sides.nearest(network.card.training_side)
    right = [network.class_maps(one.photo, size).scores.argmax() == one.index for one in samples]
    assert len(right) == 167
    assert np.mean(right) >= at_least


def test_every_network_whose_weights_are_here_has_its_top_1_checked() -> None:
    marks = test_top_1_of_the_sample_pictures.pytestmark
    checked = {name for mark in marks if mark.name == "parametrize" for name, _ in mark.args[1]}
    assert checked == {
        name for name, card in CARDS.items() if isinstance(card.weights, PackagedWeights)
    }


# (What another eps of BatchNorm does is found by the comparison with timm's networks: it changes the
# scores, but hardly which is the highest.)
@pytest.mark.parametrize(
    ("side", "mistaken"),
    [
        (224, lambda pixels: pixels),
        (225, lambda pixels: pixels[..., ::-1]),
        (225, lambda pixels: (127 + pixels * (128 / 255)).astype(np.uint8)),
    ],
    ids=["an even side", "blue for red", "values of 0 to 1"],
)
def test_top_1_would_show_a_mistake_in_feeding(
    network: Network, samples: list, side: int, mistaken: Callable[[np.ndarray], np.ndarray]
) -> None:
    right = []
    for one in samples:
        fed = np.ascontiguousarray(mistaken(resized(one.photo.pixels, side, side)))
        ((features,),) = network.runtime.run(fed[None], (network.card.features,))
        scores = network.runtime.weight @ features.mean(axis=(1, 2)) + network.runtime.bias
        right.append(scores.argmax() == one.index)
    assert np.mean(right) < 0.84


def pasted(sample, rng: np.random.Generator) -> tuple[images.Photo, tuple[int, int, int]]:
    """The sample, 4 to 8 % of a plain grey canvas, and its box as (left, top, side)."""
    canvas = np.full((700, 900, 3), 128, np.uint8)
    side = int(rng.integers(160, 225))
    left, top = int(rng.integers(0, 901 - side)), int(rng.integers(0, 701 - side))
    small = Image.fromarray(sample.photo.pixels).resize((side, side), Image.Resampling.LANCZOS)
    canvas[top : top + side, left : left + side] = np.asarray(small)
    return images.Photo.from_array(canvas), (left, top, side)


def distance(point: tuple[float, float], box: tuple[int, int, int]) -> float:
    """Pixels from a point to a box along the worse axis; 0 inside."""
    left, top, side = box
    x, y = point[0] + 0.5, point[1] + 0.5
    return max(left - x, x - left - side, top - y, y - top - side, 0)


@cache
def _pointed(network: Network, samples: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Of every pasted picture, how far its class's peak lies from its box.

    First with exact placement, then as a map is usually laid over a picture: fed at sides of 32 k
    and stretched, half-pixel, over the whole picture.
    """
    rng = np.random.default_rng(0)
    exact, half_pixel = [], []
    for sample in samples:
        photo, box = pasted(sample, rng)
        exact.append(distance(network.class_maps(photo, "full").peak(sample.index), box))
        even = resized(photo.pixels, 704, 896)
        ((features,),) = network.runtime.run(even[None], (network.card.features,))
        cells = np.tensordot(network.runtime.weight[sample.index], features, axes=1)
        row, column = np.unravel_index(cells.argmax(), cells.shape)
        stretched = (
            (column + 0.5) * photo.width / cells.shape[1] - 0.5,
            (row + 0.5) * photo.height / cells.shape[0] - 0.5,
        )
        half_pixel.append(distance(stretched, box))
    return np.array(exact), np.array(half_pixel)


# Smaller pictures miss more often: these weights see an object some 15 px left of and above the centre
# of their window (learned with padding on one side only), which is half of a box of 96 px at times.
def test_peaks_lie_on_the_pasted_picture(network: Network, samples: list) -> None:
    exact, _ = _pointed(network, tuple(samples[::2]))
    assert np.mean(exact == 0) >= 0.95


def test_half_pixel_placement_would_be_caught(network: Network, samples: list) -> None:
    exact, half_pixel = _pointed(network, tuple(samples[::2]))
    assert np.mean(half_pixel == 0) < np.mean(exact == 0)
    assert half_pixel.mean() > 1.5 * exact.mean()


def test_an_object_moved_by_one_cell_moves_its_map_by_one_cell(
    network: Network, samples: list
) -> None:
    sample = samples[0]
    small = np.asarray(Image.fromarray(sample.photo.pixels).resize((160, 160)))
    seen = []
    for left, top in ((448, 480), (480, 480), (448, 512)):
        canvas = np.full((1121, 1121, 3), 127, np.uint8)
        canvas[top : top + 160, left : left + 160] = small
        maps = network.class_maps(images.Photo.from_array(canvas), "full")
        assert maps.input_size == maps.picture_size
        seen.append((maps.map(sample.index), np.array(maps.peak(sample.index))))
    (here, peak), (right, right_peak), (below, below_peak) = seen
    inside = slice(14, 22)  # the windows of these cells, of 851 px, stay inside the picture
    assert np.ptp(here[inside, inside]) > 1
    near = slice(14, 21)
    moved_right, moved_below = right[inside, 15:22], below[15:22, inside]
    assert np.abs(moved_right - here[inside, near]).max() < 1e-3
    assert np.abs(moved_below - here[near, inside]).max() < 1e-3
    assert (right_peak - peak).tolist() == [32, 0]
    assert (below_peak - peak).tolist() == [0, 32]

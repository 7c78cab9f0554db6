import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.fcn.valid_network import FIELD, ValidRuntime, valid_network
from wsl_core import images, jobs, networks
from wsl_core.errors import ClassNameError, ImageError, ParameterError
from wsl_core.fcn import sliding_window
from wsl_core.fcn.shift_and_stitch import shift_and_stitch
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.networks import Geometry, Network, layers
from wsl_core.networks.cards import Sides
from wsl_core.networks.layers import Layer, Step


@pytest.fixture(scope="module")
def noise() -> images.Photo:
    pixels = np.random.default_rng(1).integers(0, 256, (42, 58, 3), np.uint8)
    return images.Photo.from_array(pixels)


def blank(height: int, width: int) -> images.Photo:
    return images.Photo.from_array(np.zeros((height, width, 3), np.uint8))


def slid(network: Network, photo: images.Photo, window: SlidingWindow, which=None) -> np.ndarray:
    """The scores when the last window is classified."""
    (*_, (done, scores)) = sliding_window.naive(network, photo, window, which)
    assert done == window.count
    return scores


# Where the windows lie


@pytest.mark.parametrize(("height", "width"), [(225, 225), (257, 449), (449, 321), (1025, 1025)])
def test_windows_are_counted_as_a_crop_that_is_moved(
    network: Network, height: int, width: int
) -> None:
    window = SlidingWindow.of(network, blank(height, width), "full")
    tops = range(0, height - 225 + 1, 32)
    lefts = range(0, width - 225 + 1, 32)
    assert (window.side, window.jump, window.cells) == (225, 32, 8)
    assert (window.rows, window.columns, window.count) == (
        len(tops), len(lefts), len(tops) * len(lefts),
    )  # fmt: skip
    for row, column in ((0, 0), (window.rows - 1, window.columns - 1)):
        down, across = window.pixels_of(row, column)
        assert (down.start, across.start) == (tops[row], lefts[column])
        assert (down.stop, across.stop) == (tops[row] + 225, lefts[column] + 225)


@pytest.mark.parametrize("height", [224, 448, 512, 1024])
def test_vgg16_has_the_windows_of_the_table(height: int) -> None:
    network = with_geometry(
        Geometry(32, 404, 111.5), Sides(step=32, offset=0, smallest=224), training_side=224
    )
    window = SlidingWindow.of(network, blank(height, height), "full")
    assert window.rows == window.columns == height // 32 - 6
    assert window.cells == 1  # fc6 is a convolution: a cell is a window
    down, across = window.pixels_of(window.rows - 1, 0)
    assert (down.start, down.stop, across.start) == (32 * (window.rows - 1), height, 0)


@pytest.mark.parametrize(("side", "windows"), [(223, 1), (447, 8), (511, 10), (1023, 26)])
def test_alexnet_has_one_cell_a_window(side: int, windows: int) -> None:
    network = with_geometry(
        Geometry(32, 355, 111), Sides(step=32, offset=31, smallest=223), training_side=224
    )
    window = SlidingWindow.of(network, blank(side, side), "full")
    assert (window.side, window.rows, window.cells) == (223, windows, 1)


def with_geometry(geometry: Geometry, sides: Sides, training_side: int) -> Network:
    """A network that is known by its geometry alone."""
    card = networks.card(networks.DEFAULT).model_copy(
        update={"sides": sides, "training_side": training_side}
    )
    runtime = ValidRuntime(card.features)
    runtime.geometries = {card.features: geometry}
    return Network(card, runtime)


@pytest.mark.slow
@pytest.mark.parametrize("name", networks.CARDS)
def test_the_cells_of_a_window_are_those_that_its_layers_count(name: str) -> None:
    last, card = layers.of(name)[-1], networks.card(name)
    jump, centre = 1, 0.0
    for step in last.steps:
        centre += (step.dilation * (step.kernel - 1) / 2 - step.padding) * jump
        jump *= step.stride
    network = with_geometry(Geometry(jump, 0, centre), card.sides, card.training_side)
    side = card.sides.nearest(card.training_side)
    window = SlidingWindow.of(network, blank(side + 3 * jump, side + 5 * jump), "full")
    assert (window.side, window.cells) == (side, last.cells(side))
    assert window.rows + window.cells - 1 == last.cells(side + 3 * jump)
    assert window.columns + window.cells - 1 == last.cells(side + 5 * jump)


def test_a_stride_of_8_moves_the_window_by_8() -> None:
    network = with_geometry(Geometry(8, 851, 0), Sides(step=32, offset=1, smallest=33), 224)
    window = SlidingWindow.of(network, blank(257, 289), "full")
    assert (window.side, window.cells) == (225, 29)
    assert (window.rows, window.columns) == (5, 9)


def test_the_rectangle_in_the_picture_is_that_of_the_pixels_that_are_cut(network: Network) -> None:
    photo = blank(1000, 1500)
    window = SlidingWindow.of(network, photo, 449)
    height, width = window.input_size
    for row, column in itertools.product(range(window.rows), range(window.columns)):
        down, across = window.pixels_of(row, column)
        expected = (
            across.start * 1500 / width, down.start * 1000 / height,
            across.stop * 1500 / width, down.stop * 1000 / height,
        )  # fmt: skip
        assert window.placement.window(row, column) == pytest.approx(expected, abs=1e-9)
    assert window.placement.window(0, 0)[:2] == (0, 0)
    assert window.placement.window(window.rows - 1, window.columns - 1)[2:] == (1500, 1000)


def test_the_cells_of_a_window_are_centred_in_it_and_no_others_are_held(network: Network) -> None:
    photo = blank(385, 449)
    window, cells = (
        SlidingWindow.of(network, photo, "full"),
        network.geometry().to_pixels(range(15)),
    )
    for row, column in itertools.product(range(window.rows), range(window.columns)):
        for pixels, held in zip(
            window.pixels_of(row, column), window.cells_of(row, column), strict=True
        ):
            inside = [i for i in range(15) if pixels.start <= cells[i] < pixels.stop]
            assert inside == list(range(15))[held]


def test_windows_and_cells_find_each_other() -> None:
    network = valid_network(18)
    window = SlidingWindow.of(network, blank(34, 46), "full")
    for cell in itertools.product(range(8), range(11)):
        rows, columns = window.holding(*cell)
        expected = [
            place
            for place in itertools.product(range(window.rows), range(window.columns))
            if all(
                held.start <= one < held.stop
                for one, held in zip(cell, window.cells_of(*place), strict=True)
            )
        ]
        assert list(itertools.product(rows, columns)) == expected
        assert expected


def test_a_point_has_a_nearest_window(network: Network) -> None:
    photo = blank(1000, 1500)
    window = SlidingWindow.of(network, photo, 641)
    for place in itertools.product(range(window.rows), range(window.columns)):
        x, y = window.placement.centre(*place)
        assert window.nearest(x + 15, y - 15) == place
    assert window.nearest(-50, 5000) == (window.rows - 1, 0)


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (7, 0), (0, 11)])
def test_places_outside_are_refused(place: tuple[int, int]) -> None:
    window = SlidingWindow.of(valid_network(18), blank(42, 58), "full")
    for look in (window.pixels_of, window.cells_of):
        with pytest.raises(ParameterError, match="7 rows and 11 columns"):
            look(*place)


def test_a_picture_shorter_than_the_window_is_refused_with_the_size_that_is_needed(
    network: Network,
) -> None:
    photo = blank(300, 900)
    with pytest.raises(ParameterError, match="Choose a size of 675 px or more"):
        SlidingWindow.of(network, photo, 449)
    assert SlidingWindow.of(network, photo, 675).rows == 1


# Dense


def test_dense_is_the_mean_of_each_windows_cells(noise: images.Photo) -> None:
    network = valid_network(18)
    maps, window = network.class_maps(noise, "full"), SlidingWindow.of(network, noise, "full")
    scores = sliding_window.dense(maps, window)
    assert scores.dtype == np.float32
    assert scores.shape == (3, window.rows, window.columns) == (3, 7, 11)
    for k, row, column in itertools.product(range(3), range(7), range(11)):
        mean = maps.logits[k, row : row + 4, column : column + 4].astype(float).mean()
        assert scores[k, row, column] == pytest.approx(mean, abs=1e-5)
        assert sliding_window.dense(maps, window, k)[row, column] == pytest.approx(mean, abs=1e-5)


def test_nothing_is_lost_in_float32(network: Network) -> None:
    photo = images.gallery.load("cat")
    maps, window = network.class_maps(photo, 641), SlidingWindow.of(network, photo, 641)
    large = replace(maps, features=maps.features + np.float32(1000))
    exact = np.lib.stride_tricks.sliding_window_view(large.logits.astype(float), (8, 8), (1, 2))
    error = np.abs(sliding_window.dense(large, window) - exact.mean(axis=(-2, -1))).max()
    assert error < 4 * np.spacing(np.abs(large.logits).max())


def test_one_window_over_the_whole_picture_has_the_networks_own_score(network: Network) -> None:
    photo = images.Photo.from_array(images.gallery.load("cat").pixels[:300, :300])
    maps, window = network.class_maps(photo, 225), SlidingWindow.of(network, photo, 225)
    scores = sliding_window.dense(maps, window)
    assert scores.shape == (1000, 1, 1)
    assert scores[:, 0, 0] == pytest.approx(maps.scores, abs=1e-4)
    assert slid(network, photo, window)[:, 0, 0] == pytest.approx(maps.scores, abs=1e-4)


def test_windows_of_another_size_are_refused(noise: images.Photo) -> None:
    network = valid_network(18)
    window = SlidingWindow.of(network, noise, 34)
    with pytest.raises(ParameterError, match="Take both at the same size"):
        sliding_window.dense(network.class_maps(noise, "full"), window)


# Windows set closer


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("training_side", [FIELD, 18])
def test_without_padding_finer_maps_say_what_crops_at_finer_places_do(
    noise: images.Photo, training_side: int, factor: int
) -> None:
    network = valid_network(training_side)
    single = SlidingWindow.of(network, noise, "full")
    window, stitched = (
        single.finer(factor),
        shift_and_stitch(network, noise, "full", factor),
    )
    scores, one_by_one = sliding_window.dense(stitched, window), slid(network, noise, window)
    assert scores.shape[1:] == tuple(factor * (n - 1) + 1 for n in (single.rows, single.columns))
    assert np.ptp(scores) > 1
    assert scores == pytest.approx(one_by_one, abs=1e-5)
    coarse = sliding_window.dense(network.class_maps(noise, "full"), single)
    assert scores[:, ::factor, ::factor] == pytest.approx(coarse, abs=1e-5)


@pytest.mark.parametrize("factor", [2, 4])
def test_finer_windows_lie_between_single_ones_and_find_their_cells(factor: int) -> None:
    single = SlidingWindow.of(valid_network(18), blank(34, 46), "full")
    window = single.finer(factor)
    assert (window.side, window.jump, window.factor) == (18, 4 // factor, factor)
    assert window.placement.window(factor, 2 * factor) == single.placement.window(1, 2)
    rows, columns = (
        factor * (n + 3 - 1) + 1 for n in (single.rows, single.columns)
    )  # of the finer cells
    places = list(itertools.product(range(window.rows), range(window.columns)))
    held = {
        place: set(
            itertools.product(*(range(rows + columns)[one] for one in window.cells_of(*place)))
        )
        for place in places
    }
    for cell in itertools.product(range(rows), range(columns)):
        expected = [place for place in places if cell in held[place]]
        assert list(itertools.product(*window.holding(*cell))) == expected
    assert all(len(cells) == 16 for cells in held.values())


def test_finer_maps_and_single_windows_do_not_belong_together(noise: images.Photo) -> None:
    network = valid_network(18)
    window, stitched = (
        SlidingWindow.of(network, noise, "full"),
        shift_and_stitch(network, noise, "full", 2),
    )
    with pytest.raises(ParameterError, match="need 14 x 10 cells"):
        sliding_window.dense(stitched, window)


@pytest.mark.parametrize("factor", [-2, 0, 3, 8])
def test_windows_are_set_closer_by_whole_pixels_only(factor: int) -> None:
    window = SlidingWindow.of(valid_network(18), blank(34, 46), "full")
    with pytest.raises(ParameterError, match="Choose a factor that divides 4"):
        window.finer(factor)


# Naive


@pytest.mark.parametrize("training_side", [FIELD, 18])
def test_without_padding_both_ways_are_equal(noise: images.Photo, training_side: int) -> None:
    network = valid_network(training_side)
    window = SlidingWindow.of(network, noise, "full")
    scores = sliding_window.dense(network.class_maps(noise, "full"), window)
    assert np.ptp(scores) > 1
    assert slid(network, noise, window) == pytest.approx(scores, abs=1e-5)
    assert slid(network, noise, window, 2) == pytest.approx(scores[2], abs=1e-5)


def test_lenet_without_padding_says_the_same_of_a_crop_and_of_its_cell() -> None:
    network = networks.load("lenet", runtime="torch", weights="random")
    pixels = np.random.default_rng(3).integers(0, 256, (80, 100, 3), np.uint8)
    photo = images.Photo.from_array(pixels)
    window = SlidingWindow.of(network, photo, "full")
    assert (window.rows, window.columns, window.cells) == (13, 18, 1)
    scores = sliding_window.dense(network.class_maps(photo, "full"), window)
    assert np.ptp(scores) > 0.1
    assert np.abs(slid(network, photo, window) - scores).max() < 1e-5


def test_naive_is_the_network_run_on_every_crop_of_the_resized_picture(network: Network) -> None:
    photo = images.gallery.load("cat")
    window = SlidingWindow.of(network, photo, 353)
    scores = slid(network, photo, window)
    whole = Image.fromarray(photo.pixels).resize(
        window.input_size[::-1], Image.Resampling.BICUBIC, reducing_gap=3.0
    )
    assert scores.shape == (1000, 1, 5)
    for column in range(5):
        crop = whole.crop((32 * column, 0, 32 * column + 225, 225))
        seen = network.class_maps(images.Photo.from_array(np.asarray(crop)), "full")
        assert scores[:, 0, column] == pytest.approx(seen.scores, abs=1e-4)


def test_windows_are_counted_while_they_are_classified(noise: images.Photo) -> None:
    network = valid_network(18)
    window = SlidingWindow.of(network, noise, "full")
    counts, filled = [], []
    for done, scores in sliding_window.naive(network, noise, window, 0, batch=10):
        counts.append(done)
        filled.append(np.isfinite(scores).sum())
    assert counts == filled == [10, 20, 30, 40, 50, 60, 70, 77]


def test_a_closed_generator_classifies_nothing_more(noise: images.Photo) -> None:
    network = valid_network(18)
    steps = sliding_window.naive(
        network, noise, SlidingWindow.of(network, noise, "full"), 0, batch=10
    )
    next(steps)
    steps.close()
    assert len(network.runtime.passes) == 10
    assert next(steps, None) is None


def test_a_batch_of_nothing_is_refused(noise: images.Photo) -> None:
    network = valid_network(18)
    window = SlidingWindow.of(network, noise, "full")
    with pytest.raises(ParameterError, match="1 or more"):
        next(sliding_window.naive(network, noise, window, batch=0))


def test_both_ways_agree_on_where_the_cats_are(network: Network) -> None:
    photo = images.gallery.load("scene-sizes")
    window = SlidingWindow.of(network, photo, 641)
    one_pass = sliding_window.dense(network.class_maps(photo, 641), window, "tiger cat")
    one_by_one = slid(network, photo, window, "tiger cat")
    # Padding moves the scores, by up to logits, and keeps the order roughly: .87 was measured.
    order = np.corrcoef(*(np.argsort(np.argsort(x.ravel())) for x in (one_pass, one_by_one)))[0, 1]
    assert order > 0.7
    assert np.abs(one_pass - one_by_one).max() > 0.1  # and is not hidden


# The head


def test_a_head_that_is_not_linear_is_pointed_out_and_its_own_score_taken(
    noise: images.Photo,
) -> None:
    network = valid_network(18)
    assert sliding_window.caution(network) == ""
    network.card = network.card.model_copy(update={"head": "cells", "caution": "It squeezes."})
    assert "not linear" in sliding_window.caution(network)
    assert sliding_window.caution(network).endswith("It squeezes.")
    window = SlidingWindow.of(network, noise, "full")
    crop = np.ascontiguousarray(noise.pixels[window.pixels_of(3, 5)])
    ((cells,),) = network.runtime.run(crop[None], (network.card.features,))
    own = network.runtime.weight @ cells.max(axis=(1, 2)) + network.runtime.bias
    assert slid(network, noise, window)[:, 3, 5] == pytest.approx(own, abs=1e-5)


# Costs


def test_costs_are_those_of_both_ways_counted_by_hand(noise: images.Photo) -> None:
    network = valid_network(18)
    counted = sliding_window.costs(network, SlidingWindow.of(network, noise, "full"))
    assert counted.windows == 77
    assert counted.dense == 540 * 10 * 14 + 15 * 10 * 14
    assert counted.one_window == 540 * 4 * 4 + 15  # pooled first, then the head once
    assert counted.ratio == pytest.approx(77 * 8655 / 77700)


# Windows, dense and naive multiply-accumulates in units of 10**9: the table of VGG16.
VGG16_COSTS = [
    (224, 1, 15.470, 15.47),
    (448, 64, 69.30, 990.1),
    (512, 100, 92.54, 1547.0),
    (1024, 676, 404.29, 10457.9),
]


@pytest.mark.parametrize(("side", "windows", "whole", "crops"), VGG16_COSTS)
def test_costs_of_vgg16_are_those_of_the_table(
    side: int, windows: int, whole: float, crops: float
) -> None:
    network = with_geometry(
        Geometry(32, 404, 111.5), Sides(step=32, offset=0, smallest=224), training_side=224
    )
    network.runtime.layers = vgg16_layers()
    counted = sliding_window.costs(network, SlidingWindow.of(network, blank(side, side), "full"))
    assert counted.windows == windows
    assert counted.dense / 1e9 == pytest.approx(whole, abs=0.006)
    assert counted.naive / 1e9 == pytest.approx(crops, rel=5e-5)
    assert counted.ratio == pytest.approx(crops / whole, rel=2e-4)


def vgg16_layers() -> tuple[Layer, ...]:
    """VGG16 as Simonyan and Zisserman publish it (configuration D), fc6 to fc8 as convolutions."""
    found: list[Layer] = []
    steps: tuple[Step, ...] = ()
    before = 3
    for block in ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3):
        for channels in block:
            steps = (*steps, Step(3, padding=1))
            found.append(convolution(before, channels, 3, steps))
            before = channels
        steps = (*steps, Step(2, stride=2))
    for channels, kernel in ((4096, 7), (4096, 1), (1000, 1)):
        steps = (*steps, Step(kernel))
        found.append(convolution(before, channels, kernel, steps, fully_connected=True))
        before = channels
    return tuple(found)


def convolution(
    before: int, after: int, kernel: int, steps: tuple[Step, ...], *, fully_connected: bool = False
) -> Layer:
    shape = (after, before, kernel, kernel)
    per_cell = math.prod(shape)
    published = (after, per_cell // after) if fully_connected else None
    return Layer("layer", "convolution", shape, per_cell + after, per_cell, steps, published)


# The race


def race(picture: np.ndarray | None, **config: object) -> list[object]:
    arrays = {} if picture is None else {"picture": picture}
    return list(sliding_window.race(jobs.Task(config, arrays)))


def test_the_race_counts_windows_and_times_both(
    noise: images.Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = valid_network(18)
    monkeypatch.setattr(networks, "load", lambda name, weights: network)
    *events, result = race(noise.pixels, network="valid", size="full", which=1)
    assert [one.figures["windows"] for one in events[1:]] == [*range(0, 77, 4), 77]
    assert [one.share for one in events] == sorted(one.share for one in events)
    assert events[-1].share == 1
    facts = result.facts
    assert (facts["windows"], facts["rows"], facts["columns"], facts["side"]) == (77, 7, 11, 18)
    assert facts["speedup"] == pytest.approx(facts["naive_s"] / facts["dense_s"])
    assert facts["mac_ratio"] == pytest.approx(77 * 8655 / 77700)
    assert facts["largest_difference"] < 1e-5
    assert result.arrays["naive"] == pytest.approx(result.arrays["dense"], abs=1e-5)
    assert result.arrays["dense"].shape == (7, 11)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"size": [3]}, "race.s size .* is not accepted"),
        ({"speed": 3}, "race.s speed 3 is not accepted"),
        ({"size": 33}, "Choose a size of"),
        ({"size": 20}, "from 33 to"),
    ],
)
def test_a_race_that_cannot_be_run_is_refused(
    network: Network, config: dict, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "load", lambda name, weights: network)
    with pytest.raises(ParameterError, match=words):
        race(np.zeros((300, 400, 3), np.uint8), **config)


def test_a_race_needs_a_picture_and_a_class_that_is_known(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "load", lambda name, weights: network)
    with pytest.raises(ParameterError, match="needs a picture"):
        race(None)
    with pytest.raises(ImageError):
        race(np.zeros((300, 400), np.float32))
    with pytest.raises(ClassNameError):
        race(np.zeros((300, 400, 3), np.uint8), size=449, which="unicorn")

import importlib
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from wsl_core import figures
from wsl_core.errors import ClassNameError, ParameterError
from wsl_core.figures import Scale, overlay
from wsl_core.figures.overlay import BAND
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

HandMade = Callable[..., ClassMaps]


def noise(height: int, width: int) -> Photo:
    pixels = np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)
    return Photo.from_array(pixels, name="noise")


def grey(height: int, width: int) -> Photo:
    return Photo.from_array(np.full((height, width, 3), 128, np.uint8))


def paint_of(picture: np.ndarray, photo: Photo) -> np.ndarray:
    """How much each pixel was changed."""
    return np.abs(picture.astype(int) - photo.pixels.astype(int)).sum(axis=2)


# Colours


def test_zero_is_not_painted_and_strength_grows_with_distance_from_it() -> None:
    values = np.array([-4, -2, -1, 0, 1, 2, 4], np.float32)
    strength = figures.paint(values, Scale(4))[:, 3]
    assert strength.tolist() == [1, 0.5, 0.25, 0, 0.25, 0.5, 1]


def test_red_is_above_zero_and_blue_below() -> None:
    above, below = figures.paint(np.array([3, -3], np.float32), Scale(3))
    assert above[0] > above[2]
    assert below[2] > below[0]


def test_every_colour_above_zero_is_warmer_than_every_colour_below() -> None:
    palette = figures.palette()
    warmth = palette[:, 0] - palette[:, 2]
    middle = len(palette) // 2
    assert warmth[:middle].max() < 0 < warmth[middle + 1 :].min()


def test_the_scale_is_symmetric_and_holds_every_finite_value() -> None:
    maps = [np.array([[1.0, -7.0]], np.float32), np.array([[3.0, np.nan, np.inf]], np.float32)]
    assert Scale.of(maps).limit == 7


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.full((2, 2), np.nan)])
def test_a_scale_of_nothing_is_still_a_scale(values: np.ndarray) -> None:
    assert Scale.of([values]).limit == 1
    assert Scale.of([]).limit == 1


def test_an_absent_class_stays_cold_on_a_shared_scale() -> None:
    present, absent = np.array([[0, 20.0]]), np.array([[-0.4, 0.5]])
    shared = Scale.of([present, absent])
    assert figures.paint(absent, shared)[..., 3].max() < 0.03
    assert figures.paint(absent, Scale.of([absent], own=True))[..., 3].max() == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_painted(bad: float) -> None:
    assert figures.paint(np.array([bad], np.float32), Scale(1))[0, 3] == 0


@pytest.mark.parametrize("limit", [0.003, 0.9, 1, 2.5, 7, 13, 28.4, 1e6])
def test_ticks_are_few_round_symmetric_and_hold_zero(limit: float) -> None:
    ticks = Scale(limit).ticks()
    assert 0 in ticks
    assert 3 <= len(ticks) <= 7
    assert list(ticks) == [-tick for tick in reversed(ticks)]
    assert max(ticks) <= limit * (1 + 1e-6)
    step = ticks[1] - ticks[0]
    assert float(f"{step:.0e}") == pytest.approx(step)


# Overlays


@pytest.mark.parametrize("size", [(1, 1), (37, 53), (300, 20)])
def test_an_overlay_is_as_large_as_the_pixels(hand_made: HandMade, size: tuple[int, int]) -> None:
    maps = hand_made(np.ones((1, 3, 4)), size)
    picture = overlay(noise(*size), maps.map(0), maps.placement)
    assert picture.shape == (*size, 3)
    assert picture.dtype == np.uint8


def test_where_a_map_is_zero_the_photograph_is_as_it_was(hand_made: HandMade) -> None:
    photo = noise(65, 129)
    values = np.zeros((1, 3, 5))
    values[0, :, 0] = 9
    maps = hand_made(values)
    picture = overlay(photo, maps.map(0), maps.placement)
    changed = paint_of(picture, photo) > 0
    assert not changed[:, 32:].any()
    assert changed[:, :16].mean() > 0.9


@pytest.mark.parametrize(("row", "column"), [(2, 3), (1, 5), (3, 1)])
def test_the_paint_of_a_single_hot_cell_is_centred_on_it(
    hand_made: HandMade, row: int, column: int
) -> None:
    values = np.zeros((1, 5, 7))
    values[0, row, column] = 6
    photo = grey(200, 500)
    maps = hand_made(values, (200, 500))
    painted = paint_of(overlay(photo, maps.map(0), maps.placement), photo).astype(float)
    y, x = np.indices(painted.shape)
    centre = (painted * x).sum() / painted.sum(), (painted * y).sum() / painted.sum()
    assert centre == pytest.approx(maps.placement.centre(row, column), abs=0.1)


def test_mirrored_maps_are_painted_upright(hand_made: HandMade) -> None:
    values = np.random.default_rng(0).normal(size=(1, 3, 5))
    photo = noise(65, 129)
    upright, mirrored = hand_made(values), hand_made(values[:, :, ::-1], mirrored=True)
    assert np.array_equal(
        overlay(photo, upright.map(0), upright.placement),
        overlay(photo, mirrored.map(0), mirrored.placement),
    )


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_map_that_holds_no_numbers_leaves_the_photograph_as_it_was(hand_made: HandMade) -> None:
    photo = noise(65, 65)
    maps = hand_made(np.full((1, 3, 3), np.nan))
    assert np.array_equal(overlay(photo, maps.map(0), maps.placement), photo.pixels)


def test_paint_of_full_strength_is_as_opaque_as_asked(hand_made: HandMade) -> None:
    photo = grey(65, 65)
    maps = hand_made(np.full((1, 3, 3), 5.0))
    red = figures.palette()[-1, :3]
    for opacity in (0, 0.25, 1):
        picture = overlay(photo, maps.map(0), maps.placement, opacity=opacity)
        assert picture[30, 30] == pytest.approx(128 + opacity * (red - 128), abs=0.51)


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_opacities_outside_0_to_1_are_refused(hand_made: HandMade, opacity: float) -> None:
    maps = hand_made(np.zeros((1, 3, 3)))
    with pytest.raises(ParameterError, match="from 0 to 1"):
        overlay(noise(65, 65), maps.map(0), maps.placement, opacity=opacity)


def test_a_map_is_painted_the_same_with_a_given_scale_and_with_its_own(hand_made: HandMade) -> None:
    maps = hand_made(np.random.default_rng(0).normal(size=(1, 3, 3)))
    photo, values = noise(65, 65), maps.map(0)
    own = overlay(photo, values, maps.placement)
    assert np.array_equal(own, overlay(photo, values, maps.placement, scale=Scale.of([values])))
    wider = overlay(photo, values, maps.placement, scale=Scale(100))
    assert paint_of(wider, photo).sum() < 0.2 * paint_of(own, photo).sum()


def test_bands_leave_no_seam(hand_made: HandMade, monkeypatch: pytest.MonkeyPatch) -> None:
    height = 2 * BAND + 37
    maps = hand_made(np.random.default_rng(1).normal(size=(1, 9, 3)), (height, 41))
    photo = noise(height, 41)
    in_bands = overlay(photo, maps.map(0), maps.placement)
    monkeypatch.setattr(importlib.import_module("wsl_core.figures.overlay"), "BAND", 10 * height)
    assert np.array_equal(in_bands, overlay(photo, maps.map(0), maps.placement))


def test_a_photograph_of_fewer_pixels_is_painted_at_the_same_place(hand_made: HandMade) -> None:
    values = np.zeros((1, 5, 7))
    values[0, 2, 3] = 6
    maps = hand_made(values, (400, 1000))
    pixels = np.full((100, 250, 3), 128, np.uint8)
    reduced = Photo(pixels, width=1000, height=400, name="reduced", digest="1")
    painted = paint_of(overlay(reduced, maps.map(0), maps.placement), reduced)
    _, x = np.indices(painted.shape)
    column = (painted * x).sum() / painted.sum()
    centre = maps.placement.centre(2, 3)[0]
    assert (column + 0.5) * 4 - 0.5 == pytest.approx(centre, abs=0.5)


def test_png_keeps_every_pixel() -> None:
    pixels = noise(37, 53).pixels
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(figures.png(pixels)))), pixels)


# Sheets


@pytest.fixture
def maps(hand_made: HandMade) -> ClassMaps:
    return hand_made(np.random.default_rng(0).normal(size=(3, 3, 5)) * [[[1]], [[8]], [[2]]])


def test_a_sheet_shows_the_photograph_each_class_and_one_colour_bar(maps: ClassMaps) -> None:
    photo = noise(65, 129)
    sheet = figures.sheet(photo, maps, ["class b", 2])
    pictures = [axes for axes in sheet.axes if axes.images]
    bars = [axes for axes in sheet.axes if axes.get_ylabel() == "logits"]
    assert len(pictures) == 3
    assert len(bars) == 1
    assert np.array_equal(pictures[0].images[0].get_array(), photo.pixels)
    limit = Scale.of([maps.map(1), maps.map(2)]).limit
    assert bars[0].get_ylim() == pytest.approx((-limit, limit))
    assert pictures[1].get_title() == f"class b: {maps.scores[1]:.2f}"


def test_the_maps_of_a_sheet_share_one_scale(maps: ClassMaps) -> None:
    photo = noise(65, 129)
    shared = Scale.of([maps.map(1), maps.map(2)])
    shown = figures.sheet(photo, maps, [1, 2]).axes[2].images[0].get_array()
    assert np.array_equal(shown, overlay(photo, maps.map(2), maps.placement, scale=shared))
    assert not np.array_equal(shown, overlay(photo, maps.map(2), maps.placement))


@pytest.mark.parametrize("form", ["pdf", "png", "svg"])
def test_a_sheet_can_be_kept_whatever_the_photograph_is_called(maps: ClassMaps, form: str) -> None:
    photo = Photo.from_array(noise(65, 129).pixels, name="costs $5_{$.png")
    file = io.BytesIO()
    figures.sheet(photo, maps, [0]).savefig(file, format=form)
    assert len(file.getvalue()) > 1000


def test_a_sheet_of_an_unknown_class_is_refused(maps: ClassMaps) -> None:
    with pytest.raises(ClassNameError):
        figures.sheet(noise(65, 129), maps, ["unicorn"])

"""Outlined regions and small pictures of tensors, pixel by pixel on hand-made cases."""

import numpy as np
import pytest

from wsl_core.figures import Scale
from wsl_core.figures.selection import cell_of_pixels, edge, outlined
from wsl_core.figures.tensors import cells, mosaic
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Placement

GREY = 90


@pytest.fixture
def placement() -> Placement:
    """3 x 4 cells on a picture of 65 x 97 pixels: cell i on pixel 32 i."""
    return Placement.of(Geometry(32, 65, 0), (3, 4), (65, 97), (65, 97))


@pytest.fixture
def photo() -> Photo:
    return Photo.from_array(np.full((65, 97, 3), GREY, np.uint8), "grey")


def drawn(photo: Photo, placement: Placement, positive=(), negative=()) -> np.ndarray:
    masks = []
    for chosen in (positive, negative):
        mask = np.zeros((3, 4), bool)
        for cell in chosen:
            mask[cell] = True
        masks.append(mask)
    return outlined(photo.pixels, photo, placement, *masks)


def test_a_pixel_belongs_to_the_nearest_cell(photo, placement) -> None:
    rows, columns = cell_of_pixels(photo, placement)
    assert [rows[y] for y in (0, 15, 17, 32, 47, 49, 64)] == [0, 0, 1, 1, 1, 2, 2]
    assert [columns[x] for x in (0, 17, 96)] == [0, 1, 3]


def test_the_edge_of_a_region_is_as_wide_as_asked_and_holds_no_corner_more() -> None:
    mask = np.zeros((8, 8), bool)
    mask[2:7, 1:7] = True
    wanted = mask.copy()
    wanted[3:6, 2:6] = False
    assert np.array_equal(edge(mask, 1), wanted)
    assert edge(np.ones((4, 4), bool), 1).sum() == 12  # the picture's end is an end


def test_a_selected_cell_is_framed_white_in_black_and_clear_inside(photo, placement) -> None:
    out = drawn(photo, placement, positive=[(1, 1)])
    changed = (out != GREY).any(axis=2)
    y, x = np.nonzero(changed)
    assert (y.min(), x.min()) == (16, 16) or (y.min(), x.min()) == (17, 17)
    assert y.max() <= 48
    assert x.max() <= 48
    assert (out[y.min(), x.min()] == 255).all()  # outside white
    assert (out[y.min() + 1, 32] == 0).all()  # then black
    assert (out[32, 32] == GREY).all()


def test_two_neighbours_have_no_line_between_them(photo, placement) -> None:
    out = drawn(photo, placement, positive=[(1, 1), (1, 2)])
    assert (out[32, 40:56] == GREY).all()


def test_negative_regions_are_dashed(photo, placement) -> None:
    whole = (drawn(photo, placement, positive=[(1, 1)]) != GREY).any(axis=2)
    dashes = (drawn(photo, placement, negative=[(1, 1)]) != GREY).any(axis=2)
    assert not (dashes & ~whole).any()
    assert 0.3 < dashes.sum() / whole.sum() < 0.7


def test_nothing_selected_changes_nothing(photo, placement) -> None:
    assert np.array_equal(drawn(photo, placement), photo.pixels)


def test_cells_are_red_above_blue_below_and_pale_at_zero() -> None:
    ((high, zero, low),) = cells(np.array([[2.0, 0.0, -2.0]], np.float32), Scale(2.0))
    assert high[0] > 150 > high[2]
    assert low[2] > 100 > low[0]
    assert (zero >= 248).all()


def test_a_mosaic_has_every_map_in_its_place() -> None:
    maps = np.stack([np.full((2, 3), value, np.float32) for value in (1, -1, 0.5)])
    picture = mosaic(maps, Scale(1.0))
    assert picture.shape == (5, 7, 3)
    assert np.array_equal(picture[:2, :3], cells(maps[0], Scale(1.0)))
    assert np.array_equal(picture[:2, 4:], cells(maps[1], Scale(1.0)))
    assert np.array_equal(picture[3:, :3], cells(maps[2], Scale(1.0)))
    assert (picture[2] == 160).all()
    assert mosaic(maps, Scale(1.0), columns=3).shape == (2, 11, 3)

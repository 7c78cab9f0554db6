"""Boxes and points over pictures, bars and lattices in HTML."""

import re
from dataclasses import replace

import numpy as np
import pytest

from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.lattice import lattice
from wsl_core.figures.marks import STYLES, Mark, marked
from wsl_core.images import Photo

GREY = np.full((300, 400, 3), 128, np.uint8)


@pytest.fixture
def photo() -> Photo:
    return Photo.from_array(GREY, "grey.png")


def painted(photo: Photo, *marks: Mark) -> np.ndarray:
    return (marked(photo.pixels, photo, marks) != photo.pixels).any(axis=2)


def rgb(style: str) -> list[int]:
    return [int(STYLES[style].colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_solid_box_is_a_closed_line_and_leaves_the_inside_alone(photo: Photo) -> None:
    done = painted(photo, Mark("truth", (100, 50, 300, 200)))
    assert done[50, 100:300].all()
    assert done[200, 100:300].all()
    assert done[50:200, 100].all()
    assert done[50:200, 300].all()
    assert not done[60:190, 110:290].any()
    assert not done[:45].any()
    assert not done[:, :95].any()


def test_other_lines_have_gaps(photo: Photo) -> None:
    for style in ("found", "beam", "reach"):
        line = painted(photo, Mark(style, (100, 50, 300, 200)))[50, 104:296]
        assert 0.2 < line.mean() < 0.95, style


def test_a_point_is_a_cross_around_its_pixel(photo: Photo) -> None:
    picture = marked(photo.pixels, photo, [Mark("point", (200, 150))])
    rows, columns = np.nonzero((picture != photo.pixels).any(axis=2))
    assert abs(rows.mean() - 150) < 1
    assert abs(columns.mean() - 200) < 1
    assert picture[150, 200].tolist() == rgb("point")


def test_marks_are_in_pixels_of_the_picture_however_large_it_is_drawn(photo: Photo) -> None:
    small = replace(photo, pixels=photo.pixels[::2, ::2])
    done = painted(small, Mark("truth", (100, 50, 300, 200)))
    assert done[25, 55:145].all()
    assert not done[30:95, 55:145].any()


def test_a_word_stands_in_its_corner_and_only_where_it_fits(photo: Photo) -> None:
    with_word = painted(photo, Mark("truth", (100, 50, 300, 200), "truth"))
    assert with_word[53:60, 103:120].mean() > 0.9
    assert not with_word[180:195, 200:290].any()
    narrow = Mark("truth", (100, 50, 112, 200))
    assert (painted(photo, replace(narrow, word="a long word")) == painted(photo, narrow)).all()


def test_a_mark_beyond_the_picture_is_drawn_at_its_border(photo: Photo) -> None:
    done = painted(photo, Mark("truth", (-18, -18, 500, 500)))
    assert done[1:3, 10:390].any(axis=0).all()


def test_styles_can_be_told_apart_without_colour() -> None:
    lines = [(one.dash, one.corner) for name, one in STYLES.items() if one.corner]
    assert len(set(lines)) == len(lines)


def test_bars_are_as_long_as_their_figures_and_say_so() -> None:
    two = Row("cat <b>", (Bar(0.5, "50"), Bar(0.25, "25", spread=0.05)))
    none = Row("dog", (Bar(None, "–"), Bar(None, "")))
    drawn = bars([two, none], ("published", "measured"), "Two & a half.")
    assert re.findall(r"width:([\d.]+)%", drawn) == ["50.0", "25.0", "10.0"]
    assert "left:20.0%" in drawn
    assert 'aria-label="Two &amp; a half."' in drawn
    assert "cat &lt;b&gt;" in drawn
    assert "<b>" not in drawn
    assert drawn.count("published") == drawn.count("measured") == 1


def test_a_kind_without_bars_is_not_in_the_legend() -> None:
    drawn = bars([Row("cat", (Bar(0.5, "50"), Bar(None, "")))], ("published", "measured"), "alt")
    assert "published" in drawn
    assert "measured" not in drawn


def test_a_lattice_has_its_places_in_shares_of_the_side() -> None:
    drawn = lattice((("look", [0.0, 31.5]), ("drawn", [63.5])), 64, "alt")
    assert re.findall(r"left:([\d.]+)%", drawn) == ["0.78", "50.00", "100.00"]

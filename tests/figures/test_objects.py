"""Where objects lie, drawn from rows that are known."""

import io

import numpy as np
import pytest
from PIL import Image

from wsl_core.figures import framed, objects
from wsl_core.images import Photo

SHARED = {"source": "people", "pictures": "10", "boxes": "20", "date": "2026-01-01"}


def row(what: str, values: list[float], index: object = "", name: str = "scenes") -> dict[str, str]:
    return {
        "set": name,
        "what": what,
        "row": str(index),
        "values": " ".join(map(str, values)),
    } | SHARED


@pytest.fixture
def rows() -> list[dict[str, str]]:
    quantiles = [0.05, 0.1, 0.25, 0.5, 0.75, 0.3]
    return [
        row("holds_centre", [0.6]),
        row("area", quantiles),
        row("offset", [0, 0.1, 0.2, 0.3, 0.4, 0.21]),
        row("objects", [1, 1, 2, 3, 9, 2.5]),
        row("coverage", [0.0, 0.5, 0.0], 0),
        row("coverage", [0.25, 1.0, 0.25], 1),
        row("coverage", [0.0, 0.5, 0.0], 2),
        row("area", [0.1, 0.2, 0.81, 0.9, 1, 0.7], name="samples"),
        row("holds_centre", [1.0], name="samples"),
        row("offset", [0] * 6, name="samples"),
        row("objects", [1] * 6, name="samples"),
        row("coverage", [1.0, 0.5], 0, name="samples"),
    ]


def test_the_rows_of_a_set_are_put_together(rows) -> None:
    scenes, samples = objects.sets(rows)
    assert (scenes.name, scenes.source, scenes.pictures, scenes.boxes) == (
        "scenes",
        "people",
        10,
        20,
    )
    assert (scenes.area, scenes.offset, scenes.objects, scenes.holds_centre) == (
        0.25,
        0.2,
        2.5,
        0.6,
    )
    assert scenes.coverage.tolist() == [[0, 0.5, 0], [0.25, 1, 0.25], [0, 0.5, 0]]
    assert samples.coverage.shape == (1, 2)


def test_no_rows_are_no_sets() -> None:
    assert objects.sets([]) == []


def test_white_is_nobody_and_the_darker_the_more_boxes(rows) -> None:
    with Image.open(io.BytesIO(objects.coverage(objects.sets(rows)[0]))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    place = objects.PLACE
    assert pixels.shape == (3 * place, 3 * place, 3)
    centres = pixels[place // 2 :: place, place // 2 :: place]
    assert centres[0, 0].tolist() == [255, 255, 255]
    brightness = centres.sum(axis=2)
    assert brightness[1, 1] < brightness[0, 1] < brightness[1, 0] < brightness[0, 0]


def test_the_outline_encloses_the_median_area(rows) -> None:
    one = objects.sets(rows)[0]
    with Image.open(io.BytesIO(objects.coverage(one))) as image:
        dark = (np.asarray(image.convert("RGB")) == 16).all(axis=2)
    found = np.argwhere(dark)
    height, width = found.max(axis=0) - found.min(axis=0) + 1
    assert height * width / dark.size == pytest.approx(one.area, abs=0.01)
    assert (found.min(axis=0) + found.max(axis=0) + 1).tolist() == list(dark.shape)
    assert not dark[dark.shape[0] // 2, dark.shape[1] // 2]


def test_the_words_say_where_most_boxes_are(rows) -> None:
    text = objects.sets(rows)[0].alternative_text()
    assert "20 boxes" in text
    assert "Most, 100%, in row 2, column 2; 0% in the corners" in text
    assert "less than 25%" in text


def test_a_frame_leaves_what_it_encloses_and_pales_what_it_does_not() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    photo = Photo(
        pixels, width=160, height=120, name="x", digest="x"
    )  # coordinates are twice as fine
    out = framed(photo, (20, 40, 120, 100))
    assert (out[26:44, 16:54] == pixels[26:44, 16:54]).all()
    assert (out[:20] >= 128).all()
    assert (out[20, 10:60] == 255).all()
    assert (out[22, 12:58] == 0).all()
    assert (photo.pixels == pixels).all()

import re
import socket
from pathlib import Path

import numpy as np
import pytest

import wsl_core
from wsl_core.errors import ImageError
from wsl_core.images import gallery, photographs
from wsl_core.images.scenes import SCENES


def test_every_picture_says_what_it_is() -> None:
    assert set(gallery.names()) == set(gallery.GALLERY)
    for key, picture in gallery.GALLERY.items():
        assert picture.key == key
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", key)
        for text in (picture.title, picture.source, picture.licence, picture.credit):
            assert text.strip() == text != ""
        assert re.fullmatch(r"[A-Z].*[^.]\.", picture.caption), key
        assert picture.caption.count(".") == 1, f"{key}: one sentence"


def test_scenes_are_in_the_gallery_and_marked() -> None:
    assert [key for key in gallery.names() if key.startswith("scene-")] == list(SCENES)
    for key, scene in SCENES.items():
        picture = gallery.GALLERY[key]
        assert picture.source.startswith("Composed")
        for item in scene.objects:
            part = gallery.GALLERY[item.key]
            assert item.key in picture.source
            assert part.licence in picture.licence
            assert part.credit in picture.credit


@pytest.mark.parametrize("key", gallery.names())
def test_it_loads_without_a_network(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the gallery opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    gallery.load.cache_clear()
    photo = gallery.load(key)
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    assert photo.pixels.std() > 10
    assert photo.name.startswith(key)
    assert gallery.load(key) is photo


def test_the_files_are_those_that_scikit_image_lists() -> None:
    from skimage.data._registry import registry

    files = {
        "cat": "chelsea.png",
        "coffee": "coffee.png",
        "motorcycle": "motorcycle_left.png",
        "rocket": "rocket.jpg",
        "astronaut": "astronaut.png",
        "photographer": "camera.png",
    }
    for key, file in files.items():
        assert gallery.load(key).digest == registry[f"data/{file}"]


def test_the_pictures_are_those_that_scikit_learn_loads() -> None:
    from sklearn.datasets import load_sample_image

    assert np.array_equal(gallery.load("temple").pixels, load_sample_image("china.jpg"))
    assert np.array_equal(gallery.load("flower").pixels, load_sample_image("flower.jpg"))


def test_an_unknown_key_lists_the_keys() -> None:
    with pytest.raises(ImageError) as caught:
        gallery.load("dog")
    assert "no picture dog" in str(caught.value)
    assert all(key in str(caught.value) for key in gallery.names())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "find_spec", lambda name: None)
    with pytest.raises(ImageError, match=r"picture cat comes with scikit-image.*pip install"):
        gallery.GALLERY["cat"].loader()


def test_the_table_of_assets_lists_every_picture() -> None:
    table = Path(wsl_core.__file__).parents[1] / "assets" / "gallery" / "README.md"
    rows = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4:
            rows[cells[0].strip("`")] = cells[1:]
    for key, picture in gallery.GALLERY.items():
        assert rows[key] == [picture.source, picture.licence, picture.credit]

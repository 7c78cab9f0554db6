"""`wsl heatmap --word` and `wsl evaluate words`: as in Python, and refused in words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wsl_core import images, networks
from wsl_core.datasets import labelled
from wsl_core.images import gallery
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.placed_evaluation import Words, outcomes, summary
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters

Run = Callable[..., Any]
SHOWN = {"cat": "cat", "motorcycle": "motorcycle"}  # a picture of the gallery, and its class


@pytest.fixture
def boxed(tmp_path: Path) -> Path:
    """Two pictures in COCO's layout, each with a box over the right half."""
    root = tmp_path / "boxed"
    (root / "annotations").mkdir(parents=True)
    (root / "val2017").mkdir()
    pictures, objects = [], []
    for number, key in enumerate(SHOWN, 1):
        data = gallery.load(key).jpeg(256)
        photo = images.read(data, name=key)
        (root / "val2017" / f"{key}.jpg").write_bytes(data)
        pictures.append(
            {"id": number, "file_name": f"{key}.jpg", "width": photo.width, "height": photo.height}
        )
        half = photo.width // 2
        objects.append(
            {"id": number, "image_id": number, "category_id": number, "iscrowd": 0,
             "bbox": [half, 0, photo.width - half, photo.height], "area": 1}
        )  # fmt: skip
    facts = {
        "images": pictures,
        "annotations": objects,
        "categories": [{"id": n, "name": name} for n, name in enumerate(SHOWN.values(), 1)],
    }
    file = root / "annotations" / "instances_val2017.json"
    file.write_text(json.dumps(facts), encoding="utf-8")
    return root


def test_a_word_is_placed_as_in_python(wsl: Run, cat: Path, out: Path) -> None:
    ran = wsl("heatmap", cat, "--word", "kitten", "--taxonomy", "--out", out, "--json")
    assert ran.status == 0, ran.err
    carriers = placed.carriers("kitten", PlacedParameters(taxonomy=True))
    found = placed.place(networks.load(), images.read(cat), carriers)
    facts = ran.json
    (picture,) = facts["pictures"]
    (entry,) = picture["classes"]
    assert facts["word"]["word"] == entry["name"] == "kitten"
    assert facts["word"]["taxonomy"] is True
    assert facts["word"]["classes"][0]["title"] == carriers.classes[0].title
    assert entry["peak"] == pytest.approx(found.peak)
    assert np.load(out / entry["map"]) == pytest.approx(found.values, abs=1e-5)
    assert entry["carried_by"][0]["name"] == found.shares[0].carrier.title
    assert images.read(out / entry["overlay"]).width == picture["width"]


def test_the_summary_names_who_carried_the_word(wsl: Run, cat: Path, out: Path) -> None:
    ran = wsl("heatmap", cat, "--word", "kitten", "--size", 321, "--out", out)
    assert ran.status == 0, ran.err
    assert "carried by" in ran.out
    assert "cat" in ran.out.split("carried by")[1].lower()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--word", "theorem"), "no relative"),
        (("--word", ""), "no word"),
        (("--word", "w" * 101), "101 letters"),
        (("--word", "dog", "--top", 2), "not allowed with argument"),
        (("--word", "dog", "--classes", "tabby"), "not allowed with argument"),
        (("--word", "dog", "--head", "wildcat"), "--head does not go with --word"),
        (("--word", "dog", "--scales"), "--scales does not go with --word"),
        (("--word", "dog", "--method", "gradient"), "Leave --method out"),
        (("--word", "dog", "--size", "full"), "--size full"),
        (("--word", "dog", "--vectors", "bert"), "one of minilm, glove"),
        (("--word", "dog", "--network", "lenet"), "10 others"),
        (("--taxonomy",), "--taxonomy belongs to --word"),
    ],
)
def test_refusals(wsl: Run, cat: Path, out: Path, options: tuple[object, ...], part: str) -> None:
    ran = wsl("heatmap", cat, "--out", out, *options)
    assert (ran.status, ran.out) == (2, "")
    assert part in ran.err
    assert not out.exists()


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("vectors", ["minilm", "glove"])
def test_evaluation_is_as_in_python(wsl: Run, boxed: Path, vectors: str) -> None:
    options = ("--format", "coco", "--year", 2017, "--split", "val", "--size", 225)
    ran = wsl("evaluate", "words", "--data", boxed, *options, "--vectors", vectors, "--json")
    assert ran.status == 0, ran.err
    pictures = labelled.read("coco", boxed, "val", 2017)
    how = PlacedParameters(size=225, vectors=vectors)
    words, network = Words.of(pictures.classes, how), networks.load()
    found = [
        one
        for picture in pictures.pictures
        for one in outcomes(
            words.points(placed.look(network, images.read(picture.path), how)),
            picture,
            words.placeable,
        )
    ]
    wanted = summary(pictures.classes, found)
    assert {name: ran.json[name] for name in wanted} == wanted
    assert list(ran.json)[:3] == ["pointing", "wrong_word", "centre"]
    assert ran.json["centre"] == 1  # the box begins in the middle
    assert ran.json["images"] == 2


@pytest.mark.usefixtures("runs")
def test_the_table_of_an_evaluation(wsl: Run, boxed: Path) -> None:
    options = ("--format", "coco", "--year", 2017, "--size", 225)
    ran = wsl("evaluate", "words", "--data", boxed, *options)
    assert ran.status == 0, ran.err
    for part in ("POINTING, %", "WRONG WORD, %", "CENTRE, %", "mean over classes", "motorcycle"):
        assert part in ran.out


@pytest.mark.usefixtures("runs")
def test_a_class_without_a_vector_is_named(wsl: Run, boxed: Path) -> None:
    file = boxed / "annotations" / "instances_val2017.json"
    text = file.read_text(encoding="utf-8").replace('"name": "cat"', '"name": "qqzzvx"')
    file.write_text(text, encoding="utf-8")
    options = ("--format", "coco", "--year", 2017, "--vectors", "glove")
    ran = wsl("evaluate", "words", "--data", boxed, *options)
    assert (ran.status, ran.out) == (2, "")
    assert "qqzzvx" in ran.err


@pytest.mark.usefixtures("runs")
def test_a_set_without_boxes_is_refused(wsl: Run, boxed: Path) -> None:
    file = boxed / "annotations" / "instances_val2017.json"
    facts = json.loads(file.read_text(encoding="utf-8")) | {"annotations": []}
    file.write_text(json.dumps(facts), encoding="utf-8")
    ran = wsl("evaluate", "words", "--data", boxed, "--format", "coco", "--year", 2017)
    assert (ran.status, ran.out) == (2, "")
    assert "boxes" in ran.err

"""`wsl segment` and `wsl evaluate segmentation`: the results of the Python interface, refused in words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.test_heatmap_head import CLASSES, made_head
from tests.fcn import toy_set
from wsl_core import images, networks
from wsl_core.datasets import voc, voc_labels
from wsl_core.fcn.heads import Head, HeadCard, TrainingData
from wsl_core.fcn.segmentation import palette
from wsl_core.fcn.segmentation.evaluation import Way, evaluate
from wsl_core.fcn.segmentation.on_picture import segment
from wsl_core.fcn.segmentation.reading import reader
from wsl_core.fcn.segmentation.unary import UnaryParameters

Run = Callable[..., Any]
BOXES = {"one": {"cat": (0, 0, 33, 65)}, "two": {"dog": (32, 0, 65, 65)}}


@pytest.fixture
def small(cat: Path) -> Path:
    """The cat at 129 px, so that the CRF is quick."""
    with Image.open(cat) as file:
        picture = file.convert("RGB").resize((129, 97))
    picture.save(cat)
    return cat


@pytest.fixture
def head(tmp_path: Path) -> Path:
    made_head(tmp_path / "head")
    return tmp_path / "head"


@pytest.mark.parametrize(
    ("options", "present", "crf"),
    [
        (("--labels", "dog,bird"), [2, 0], True),
        (("--labels", "dog,bird", "--no-crf"), [2, 0], False),
        (("--present", "0.4", "--background", "0.3"), None, True),
    ],
)
def test_the_results_are_those_of_the_python_interface(
    wsl: Run, small: Path, head: Path, out: Path,
    options: tuple[str, ...], present: list[int] | None, crf: bool,
) -> None:  # fmt: skip
    ran = wsl("segment", small, "--out", out, "--head", head, *options, "--json")
    assert ran.status == 0, ran.err
    assert json.loads((out / "manifest.json").read_text()) == ran.json
    photo = images.read(small)
    how = UnaryParameters() if present else UnaryParameters(present=0.4, background=0.3)
    found = segment(reader(CLASSES, head=head)(photo), photo, present, how)
    wanted = found.refined().labels if crf else found.before
    (entry,) = ran.json["pictures"]
    with Image.open(out / entry["labels"]) as file:
        assert (file.mode, file.size) == ("P", (129, 97))
        assert file.getpalette() == palette.COLOURS.ravel().tolist()
        labels = np.asarray(file)
    assert np.array_equal(labels, wanted)
    assert [one["name"] for one in entry["classes"]] == ["background", *found.names]
    for one in entry["classes"]:
        assert one["share"] == pytest.approx((labels == one["label"]).mean())
    with Image.open(out / entry["overlay"]) as file:
        painted = np.asarray(file.convert("RGB"))
    background = labels == 0
    assert np.array_equal(painted[background], photo.pixels[background])
    assert (ran.json["crf"], ran.json["given_labels"]) == (crf, present is not None)


def test_words_for_people(wsl: Run, small: Path, head: Path, out: Path) -> None:
    ran = wsl("segment", small, "--out", out, "--head", head, "--labels", "cat")
    assert ran.status == 0, ran.err
    assert "image labels given, segments refined by the CRF" in ran.out
    assert "  2 cat: " in ran.out
    again = wsl("segment", small, "--out", out, "--head", head)
    assert (again.status, again.out) == (2, "")
    assert "cat.labels.png is there already" in again.err
    assert (
        wsl("segment", small, "--out", out, "--head", head, "--overwrite", "--no-crf").status == 0
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--labels", "unicorn"), "No class is named 'unicorn'"),
        (("--labels", " , "), "--labels names no class"),
        (("--present", "1.5"), "--present 1.5 is not accepted. Accepted is a number from 0 to 1."),
        (
            ("--background", "0"),
            "--background 0 is not accepted. Accepted is a number from above 0 to below 1.",
        ),
        (("--head", "nobody"), "There is no head 'nobody'"),
    ],
)
def test_refusals(
    wsl: Run, small: Path, head: Path, out: Path, options: tuple[str, ...], sentence: str
) -> None:
    ran = wsl("segment", small, "--out", out, "--head", head, *options)
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err
    assert not out.exists()


def test_a_file_that_is_no_picture_is_skipped(wsl: Run, small: Path, head: Path, out: Path) -> None:
    text = small.parent / "text.png"
    text.write_text("no picture")
    ran = wsl("segment", small, text, "--out", out, "--head", head, "--no-crf", "--json")
    assert ran.status == 1
    assert [one["file"] for one in ran.json["skipped"]] == [str(text)]
    assert len(ran.json["pictures"]) == 1


def voc_head(place: Path) -> Path:
    card = HeadCard(
        name="toy", title="Toy", network=networks.DEFAULT, features="features", classes=voc.CLASSES,
        scheme="average", data=TrainingData(title="toys", split="train", pictures=1, subset=True),
        sizes=(65, 97), mirror=True,
    )  # fmt: skip
    weight = np.random.default_rng(0).normal(0, 0.1, (20, 1280)).astype(np.float16)
    Head(card, weight.astype(np.float32), np.zeros(20, np.float32)).save(place)
    return place


@pytest.mark.usefixtures("runs")
def test_evaluation_gives_the_figures_of_the_python_interface(wsl: Run, tmp_path: Path) -> None:
    root, place = toy_set.voc(tmp_path / "set", BOXES), voc_head(tmp_path / "head")
    asked = ("evaluate", "segmentation", "--data", root, "--split", "val", "--head", place)
    ran = wsl(*asked, "--crf", "--given-labels", "--json")
    assert ran.status == 0, ran.err
    pictures = voc_labels.read_with_masks(root, "val")
    read = reader(pictures.classes, head=place)
    before, after = evaluate(read, pictures, [Way(True, False), Way(True, True)])
    assert list(ran.json)[:2] == ["miou", "classes"]
    for name, value in after["classes"].items():
        assert ran.json["classes"][name] == (None if value is None else pytest.approx(value))
    assert ran.json["miou"] == pytest.approx(after["miou"])
    assert ran.json["before"]["miou"] == pytest.approx(before["miou"])
    assert (ran.json["crf"], ran.json["given_labels"], ran.json["sizes"]) == (True, True, [65, 97])
    table = wsl(*asked)
    assert table.status == 0, table.err
    assert "image labels predicted by the head" in table.out
    assert "cow" in table.out


def test_evaluation_refuses_in_words(wsl: Run, tmp_path: Path) -> None:
    root, place = toy_set.voc(tmp_path / "set", BOXES), voc_head(tmp_path / "head")
    asked = ("evaluate", "segmentation", "--data", root, "--head", place)
    for options, sentence in (
        (("--split", "test"), "no split 'test'"),
        (("--format", "coco"), "--format coco is not accepted"),
        (("--background", "1"), "--background 1 is not accepted"),
    ):
        ran = wsl(*asked, *options)
        assert (ran.status, ran.out) == (2, "")
        assert sentence in ran.err

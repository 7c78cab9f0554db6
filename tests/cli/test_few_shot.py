"""`wsl few-shot`: figures, refusals, pictures that are skipped or lie there twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.transfer import retrieval_pictures as made
from wsl_core.jobs import Result, Task
from wsl_core.transfer.few_shot.evaluation import few_shot_job

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
TINY = ("--sizes", "97", "--no-mirrored", "--draws", 4)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("pictures") / "textures", 4)


def test_the_figures_are_those_of_the_job(wsl: Run, pictures: Path) -> None:
    ran = wsl("few-shot", "--data", pictures, "--shots", "1,3", "--ways", 2, *TINY, "--json")
    assert ran.status == 0, ran.err
    config = {"data": str(pictures), "shots": [1, 3], "ways": 2, "sizes": [97], "mirrored": False}
    *_, last = few_shot_job(Task(config | {"draws": 4}))
    assert isinstance(last, Result)
    assert ran.json == json.loads(json.dumps(last.facts))
    for head, values in ran.json["accuracy"].items():
        assert values.keys() == {"1", "3"}
        assert all(0 <= one <= 1 for one in values.values())
        assert ran.json["interval_95"][head].keys() == {"1", "3"}
    assert (ran.json["ways"], ran.json["classes"], ran.json["draws"]) == (2, 3, 4)


def test_people_read_a_table(wsl: Run, pictures: Path) -> None:
    ran = wsl("few-shot", "--data", pictures, "--shots", "1,2", "--heads", "cosine", *TINY)
    assert ran.status == 0, ran.err
    assert "textures, 3-way, examples and queries from all pictures: 4 draws" in ran.out
    assert "ONE-SHOT" in ran.out
    assert "2 SHOTS" in ran.out
    assert "Cosine classifier" in ran.out
    assert "Linear probe" not in ran.out


def test_bad_pictures_and_copies_are_told(wsl: Run, tmp_path: Path) -> None:
    folder = made.class_folders(tmp_path / "set", 3)
    (folder / "dots" / "bad.jpg").write_text("nothing")
    (folder / "rings" / "copy.png").write_bytes((folder / "rings" / "0.png").read_bytes())
    ran = wsl("few-shot", "--data", folder, "--shots", 1, *TINY, "--json")
    assert ran.status == 1
    assert "Skipped: Cannot read bad.jpg" in ran.err
    assert ran.json["skipped_count"] == 1
    assert "1 picture lies there more than once (rings/0.png = rings/copy.png)" in ran.err
    assert ran.json["duplicates"] == [["rings/0.png", "rings/copy.png"]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--data", "PICTURES", "--shots", "1,4"), "Too few pictures for examples and a query in 3 of 3"),
        (("--data", "UNEVEN", "--shots", "2"), "in 1 of 3 classes: dots (1)"),
        (("--data", "PICTURES", "--ways", "4"), "4 ways are asked for, and the set has 3 classes"),
        (("--data", "ONE", "--shots", "1"), "only the class 'dots'"),
        (("--data", "FLAT", "--shots", "1"), "pictures without a class"),
        (("--data", "nowhere"), "is not there"),
        (("--data", "PICTURES", "--shots", "none"), "--shots"),
        (("--data", "PICTURES", "--heads", "svm"), "--heads"),
        (("--data", "PICTURES", "--support", "val"), "does not have both splits"),
        (("--data", "PICTURES", "--split-file", "no.csv"), "cannot be read"),
        (("--data", "PICTURES", "--shots", "1", "--network", "nose"), "nose"),
    ],
)  # fmt: skip
def test_refusals_are_sentences(
    wsl: Run, pictures: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    made.one_pixel(tmp_path / "one" / "dots" / "1.png", 5)
    made.one_pixel(tmp_path / "flat" / "1.png", 5)
    uneven = made.class_folders(tmp_path / "uneven", 4)
    for number in (1, 2, 3):
        (uneven / "dots" / f"{number}.png").unlink()
    named = {
        "PICTURES": pictures, "ONE": tmp_path / "one", "FLAT": tmp_path / "flat", "UNEVEN": uneven,
    }  # fmt: skip
    ran = wsl("few-shot", *(named.get(word, word) for word in words))
    assert ran.status == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err


def test_a_zip_file_is_measured(wsl: Run, pictures: Path, tmp_path: Path) -> None:
    packed = made.zipped(pictures, tmp_path / "set.zip")
    ran = wsl("few-shot", "--data", packed, "--shots", 1, *TINY, "--json")
    assert ran.status == 0, ran.err
    assert ran.json["pictures"] == 12

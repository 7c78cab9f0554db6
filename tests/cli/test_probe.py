"""`wsl probe`: figures, refusals, and pictures that are skipped."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.transfer import retrieval_pictures as made

pytestmark = pytest.mark.usefixtures("runs")
Run = Callable[..., Any]
TINY = ("--train", 4, "--test", 2, "--splits", 2, "--size", 65, "--taps", "stem,pooled")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("pictures") / "textures", 6)


def test_every_layer_is_measured(wsl: Run, pictures: Path) -> None:
    ran = wsl("probe", "--data", pictures, *TINY, "--examples", "1,2", "--json")
    assert ran.status == 0, ran.err
    assert [one["name"] for one in ran.json["layers"]] == ["stem", "pooled", "together"]
    for one in ran.json["layers"]:
        assert 0 <= one["accuracy_mean"] <= 1
        assert 0 <= one["accuracy_sd"] <= 1
        assert one["fit_s"] >= 0
        assert one["classifier"] == "softmax"
        assert set(one["classifiers"]) == {"softmax", "svm", "ridge"}
        assert one["fixed_accuracy"] is None
    assert ran.json["layers"][1]["accuracy_mean"] == 1
    assert set(ran.json["layers"][0]["examples"]) == {"1", "2"}


def test_the_table_for_people_and_what_was_skipped(
    wsl: Run, pictures: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(pictures, tmp_path / "set")
    (root / "rings" / "broken.png").write_bytes(b"no picture")
    shutil.copy(root / "rings" / "0.png", root / "rings" / "twin.png")
    ran = wsl("probe", "--data", root, *TINY, "--no-svm")
    assert ran.status == 1
    assert "Skipped: Cannot read " in ran.err
    assert "broken.png" in ran.err
    assert "Left out: rings/twin.png has the same pixels as rings/0.png." in ran.err
    head = next(line for line in ran.out.splitlines() if line.startswith("LAYER"))
    assert head.split() == ["LAYER", "VALUES", "SOFT-MAX", "RIDGE", "PREVIEW"]
    row = next(line for line in ran.out.splitlines() if line.startswith("pooled"))
    assert row.split()[:5] == ["pooled", "1280", "100.0", "±", "0.0"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--taps", "stem,nothing"), "no tap named 'nothing'. There are: stem, stage1"),
        (("--train", 9), "dots (6), rings (6), stripes (6). Accepted are 10 of each class"),
        (("--examples", "a"), "--examples a is not accepted"),
        (("--split-file", "nowhere.csv"), "nowhere.csv cannot be read"),
    ],
)
def test_refusals(wsl: Run, pictures: Path, words: tuple[Any, ...], sentence: str) -> None:
    ran = wsl("probe", "--data", pictures, *TINY, *words, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err

"""`wsl generate`: sheets that are read back, the same for the same seed, never overwritten unasked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wsl_core.datasets.domains.generate import GENERATORS
from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.readers.handwritten import shipped

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("kind", "classes"), [("syn-numbers", 10), ("syn-signs", 43), ("mnist-m", 10)]
)
def test_each_kind_is_written_and_read_back(wsl: Run, out: Path, kind: str, classes: int) -> None:
    ran = wsl("generate", kind, "--count", "60", "--out", out)
    assert ran.status == 0
    assert f"60 pictures of {kind}" in ran.out
    assert sorted(path.name for path in out.iterdir()) == ["test.json", "test.npz", "test.webp"]
    sheet = sheets.read(out, "test")
    assert sheet.pictures.shape == (60, 32, 32, 3)
    assert set(sheet.labels.tolist()) <= set(range(classes))
    card = json.loads((out / "test.json").read_text())
    assert len(card["classes"]) == classes
    assert (card["kind"], card["seed"], card["split"]) == (kind, 0, "test")
    assert card["made_of"]
    assert card["licence"]


@pytest.mark.parametrize("kind", GENERATORS)
def test_the_seed_and_the_split_decide(wsl: Run, tmp_path: Path, kind: str) -> None:
    def made(name: str, *more: object) -> np.ndarray:
        split = "train" if "train" in more else "test"
        assert wsl("generate", kind, "--count", 9, "--out", tmp_path / name, *more).status == 0
        return sheets.read(tmp_path / name, split).pictures

    first = made("a", "--seed", 3)
    assert np.array_equal(first, made("b", "--seed", 3))
    assert not np.array_equal(first, made("c", "--seed", 4))
    assert not np.array_equal(first, made("d", "--seed", 3, "--split", "train"))


def test_digits_are_mnists_by_their_index(wsl: Run, out: Path) -> None:
    assert wsl("generate", "mnist-m", "--count", 2500, "--out", out).status == 0
    sheet = sheets.read(out, "test")
    _, test = shipped()
    place = sheet.columns["index"] // 5  # every fifth digit is shipped
    assert np.array_equal(sheet.labels, test.labels[place])
    counts = np.bincount(place, minlength=2000)
    assert (counts.min(), counts.max()) == (1, 2)
    same = np.flatnonzero(place == place[0])
    assert len(same) == 1 or not np.array_equal(*sheet.pictures[same[:2]])


@pytest.mark.data
def test_digits_and_photographs_of_wsl_data(
    wsl: Run, out: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_DATA", str(data))
    ran = wsl("generate", "mnist-m", "--count", 5, "--split", "train", "--out", out, "--json")
    assert "31 photographs of BSDS500" in ran.json["made_of"]
    assert sheets.read(out, "train").columns["index"].max() > 10_000


def test_as_json(wsl: Run, out: Path) -> None:
    ran = wsl("generate", "syn-numbers", "--count", 3, "--seed", 8, "--out", out, "--json")
    found = ran.json
    assert (found["kind"], found["count"], found["seed"], found["side"]) == (
        "syn-numbers",
        3,
        8,
        32,
    )
    assert [Path(name).name for name in found["files"]] == ["test.webp", "test.npz"]
    assert found["seconds"] >= 0


def test_nothing_is_overwritten_unasked(wsl: Run, out: Path) -> None:
    first = ("generate", "syn-numbers", "--count", 3, "--out", out)
    assert wsl(*first).status == 0
    before = (out / "test.webp").read_bytes()
    (out / "test-2.webp").write_bytes(b"of an earlier, larger sheet")
    ran = wsl(*first, "--seed", 1)
    assert ran.status == 2
    assert "is there already and nothing was made" in ran.err
    assert (out / "test.webp").read_bytes() == before
    assert wsl(*first, "--seed", 1, "--overwrite").status == 0
    assert (out / "test.webp").read_bytes() != before
    assert not (out / "test-2.webp").exists()
    assert wsl(*first, "--split", "train").status == 0  # another split is not in the way


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ["syn-letters", "--out", "x"],
            "no generator called 'syn-letters'. There are: syn-numbers",
        ),
        (["syn-numbers"], "--out"),
        (["syn-numbers", "--count", "0", "--out", "x"], "--count 0 is not accepted"),
        (["syn-numbers", "--count", "many", "--out", "x"], "--count many is not accepted"),
        (["syn-numbers", "--split", "val", "--out", "x"], "one of train, test"),
        (["syn-numbers", "--seed", "-1", "--out", "x"], "--seed"),
    ],
)
def test_what_is_refused(
    wsl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = wsl("generate", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(wsl: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = wsl("generate", "syn-numbers", "--count", 3, "--out", tmp_path / "file")
    assert ran.status == 2
    assert "cannot be written" in ran.err

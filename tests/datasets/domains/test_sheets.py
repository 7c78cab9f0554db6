"""Sheets: written without loss, read as they are documented, refused in words."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core.datasets.domains.readers import sheets
from wsl_core.errors import DatasetError, ParameterError


def noise(count: int, side: int = 8) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, side, side, 3), np.uint8)


@pytest.mark.parametrize("count", [1, 25, 26, 60])
def test_what_is_written_comes_back(tmp_path: Path, count: int) -> None:
    labels = np.arange(count) % 43
    index = np.arange(count, dtype=np.int32) * 7
    written = sheets.write(tmp_path, "train", noise(count), labels, index=index)
    assert [path.name for path in written] == ["train.webp", "train.npz"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train.npz", "train.webp"]
    back = sheets.read(tmp_path, "train")
    assert np.array_equal(back.pictures, noise(count))
    assert np.array_equal(back.labels, labels)
    assert back.labels.dtype == np.int64
    assert np.array_equal(back.columns["index"], index)


def test_the_layout_is_the_documented_one(tmp_path: Path) -> None:
    sheets.write(tmp_path, "test", noise(30), np.arange(30))
    sheet = np.asarray(Image.open(tmp_path / "test.webp").convert("RGB"))
    side = sheet.shape[1] // 25
    labels = np.load(tmp_path / "test.npz")["y"]
    rows = sheet.reshape(-1, side, 25, side, 3).swapaxes(1, 2)
    assert np.array_equal(rows.reshape(-1, side, side, 3)[: len(labels)], noise(30))
    assert np.array_equal(sheet[8:16, 8:16], noise(30)[26])


def test_many_pictures_go_on_in_further_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "TALLEST", 17)  # two rows of 8 pixels
    written = sheets.write(tmp_path, "train", noise(120), np.arange(120), index=np.arange(120))
    assert [path.stem for path in written[::2]] == ["train", "train-2", "train-3"]
    back = sheets.read(tmp_path, "train")
    assert np.array_equal(back.pictures, noise(120))
    assert back.labels.tolist() == back.columns["index"].tolist() == list(range(120))


def test_nothing_is_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="0 pictures and 0 labels"):
        sheets.write(tmp_path, "train", noise(0), np.arange(0))
    with pytest.raises(ParameterError, match="3 pictures and 2 labels"):
        sheets.write(tmp_path, "train", noise(3), np.arange(2))


def replaced(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def table(**columns: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: np.savez(folder / "test.npz", **columns)  # type: ignore[arg-type]


def picture(width: int, height: int) -> Callable[[Path], None]:
    return lambda folder: Image.new("RGB", (width, height)).save(
        folder / "test.webp", lossless=True
    )


def cut(name: str) -> Callable[[Path], None]:
    def shorten(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    return shorten


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "test.webp").unlink(), r"test\.webp is not there.*two files"),
        (lambda folder: (folder / "test.npz").unlink(), r"test\.npz is not there.*two files"),
        (cut("test.webp"), r"test\.webp is damaged"),
        (replaced("test.webp", b"<html>"), r"test\.webp is damaged or no WebP"),
        (cut("test.npz"), r"test\.npz is damaged"),
        (replaced("test.npz", b"PK"), r"test\.npz is damaged"),
        (table(x=np.arange(60)), r"no column y .*; it has x"),
        (table(y=np.arange(60.0)), "no column y with one whole number"),
        (table(y=np.zeros((60, 1), int)), "no column y with one whole number"),
        (table(y=np.array([{}] * 60)), r"test\.npz is damaged"),  # pickled objects are never loaded
        (table(y=np.arange(76)), "room for 75 pictures, but .* 76 labels"),
        (table(y=np.arange(50)), "room for 75 pictures, but .* 50 labels"),
        (table(y=np.arange(0)), "0 labels"),
        (picture(201, 24), "201 x 24 pixels, which is no whole number of squares"),
        (picture(200, 30), "200 x 30 pixels"),
    ],
)
def test_what_is_no_sheet_is_refused(
    tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    sheets.write(tmp_path, "test", noise(60), np.arange(60))
    harm(tmp_path)
    with pytest.raises(DatasetError, match=said):
        sheets.read(tmp_path, "test")


def test_columns_of_another_length_are_left_out(tmp_path: Path) -> None:
    sheets.write(tmp_path, "test", noise(3), np.arange(3))
    np.savez(tmp_path / "test.npz", y=np.arange(3), about=np.arange(9), scalar=np.array(1))
    assert zipfile.is_zipfile(tmp_path / "test.npz")
    assert sheets.read(tmp_path, "test").columns == {}

"""Pictures of one's own: a sheet or class folders, brought to one size."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core.datasets.domains.evaluation_folder import read
from wsl_core.datasets.domains.readers import sheets
from wsl_core.errors import DatasetError

PICTURES = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), np.uint8)


CLASSES = tuple("0123456789")


def test_a_sheet(tmp_path: Path) -> None:
    sheets.write(tmp_path, "test", PICTURES, np.arange(12) % 10)
    found = read(str(tmp_path), CLASSES, 32)
    assert np.array_equal(found.values, PICTURES)
    assert found.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


@pytest.mark.parametrize("side", [16, 40])
def test_a_sheet_of_another_size(tmp_path: Path, side: int) -> None:
    flat = np.full((5, side, side, 3), 77, np.uint8)
    sheets.write(tmp_path, "test", flat, np.arange(5))
    found = read(tmp_path, CLASSES, 32)
    assert found.values.shape == (5, 32, 32, 3)
    assert (found.values == 77).all()


@pytest.mark.parametrize("names", [("3", "7"), ("00003", "00007")])
def test_class_folders(tmp_path: Path, names: tuple[str, str]) -> None:
    for name, place in zip(names, (0, 1), strict=True):
        (tmp_path / name).mkdir()
        Image.fromarray(PICTURES[place]).save(tmp_path / name / "a.png")
    Image.fromarray(PICTURES[2, ..., 0]).save(tmp_path / names[1] / "grey.png")
    (tmp_path / names[1] / "notes.txt").write_text("no picture")
    found = read(tmp_path, CLASSES, 32)
    assert found.labels.tolist() == [3, 7, 7]
    assert np.array_equal(found.values[:2], PICTURES[:2])
    assert np.array_equal(found.values[2], np.repeat(PICTURES[2, ..., :1], 3, 2))


def test_class_folders_by_name(tmp_path: Path) -> None:
    for name in ("stop", "speed limit 20"):
        (tmp_path / name).mkdir()
        Image.fromarray(PICTURES[0]).save(tmp_path / name / "a.ppm")
    found = read(tmp_path, ("speed limit 20", "speed limit 30", "stop"), 32)
    assert found.labels.tolist() == [0, 2]


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nowhere is not there"):
        read(tmp_path / "nowhere", CLASSES, 32)
    with pytest.raises(DatasetError, match="no class folders"):
        read(tmp_path, CLASSES, 32)
    (tmp_path / "ten").mkdir()
    Image.fromarray(PICTURES[0]).save(tmp_path / "ten" / "a.png")
    with pytest.raises(DatasetError, match="class folder ten, which is none of the 10 classes"):
        read(tmp_path, CLASSES, 32)
    (tmp_path / "ten").rename(tmp_path / "10")
    with pytest.raises(DatasetError, match="by number from 0 to 9"):
        read(tmp_path, CLASSES, 32)
    sheets.write(tmp_path, "test", PICTURES, np.arange(12))
    with pytest.raises(DatasetError, match=r"label sets differ: .* label 10"):
        read(tmp_path, CLASSES, 32)
    (tmp_path / "test.webp").unlink()
    with pytest.raises(DatasetError, match=r"test\.webp is not there"):
        read(tmp_path, CLASSES, 32)

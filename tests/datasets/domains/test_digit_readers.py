"""USPS, MATLAB files, the shipped digits and scikit-learn's: read as published, refused in words."""

import bz2
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from wsl_core.datasets.digits import mnist
from wsl_core.datasets.domains.readers import handwritten, mat
from wsl_core.datasets.domains.readers.usps import usps
from wsl_core.errors import DatasetError

VALUES = np.random.default_rng(0).uniform(-1, 1, (4, 256)).round(3)


def lines(values: np.ndarray = VALUES, labels: tuple[int, ...] = (1, 10, 4, 7)) -> bytes:
    """USPS's text, by its definition."""
    rows = [
        f"{label} " + " ".join(f"{k}:{value:g}" for k, value in enumerate(row, 1)) + " \n"
        for label, row in zip(labels, values, strict=True)
    ]
    return "".join(rows).encode()


def placed(folder: Path, data: bytes) -> Path:
    (folder / "usps.bz2").write_bytes(data)
    return folder


def test_usps_by_its_definition(tmp_path: Path) -> None:
    pictures, labels = usps(placed(tmp_path, bz2.compress(lines())), "train", side=16)
    assert labels.tolist() == [0, 9, 3, 6]
    assert np.array_equal(pictures.reshape(4, 256), np.round((VALUES + 1) * 127.5))
    larger, _ = usps(tmp_path, "train")
    assert larger.shape == (4, 28, 28)
    assert larger.mean() == pytest.approx(pictures.mean(), rel=0.05)


@pytest.mark.data
def test_usps_as_it_is_published(data: Path) -> None:
    train, labels = usps(data / "usps", "train", side=16)
    assert (len(train), len(usps(data / "usps", "test")[1])) == (7291, 2007)
    assert np.bincount(labels).tolist() == [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]
    with bz2.open(data / "usps" / "usps.bz2", "rt") as file:
        first = file.readline().split()
    values = np.array([float(pair.split(":")[1]) for pair in first[1:]])
    assert labels[0] == int(first[0]) - 1
    assert np.abs(train[0].ravel() / 127.5 - 1 - values).max() < 0.5 / 127


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bz2.compress(lines())[:-20], "damaged"),
        (b"<html>not found</html>", "damaged"),
        (bz2.compress(b""), "not USPS in LIBSVM's layout"),
        (bz2.compress(b"1 1:0.5 2:0.5\n"), "not USPS in LIBSVM's layout"),
        (bz2.compress(lines().replace(b" 7:", b" 8:")), "not USPS in LIBSVM's layout"),
        (bz2.compress(lines()[:-30]), "not USPS in LIBSVM's layout"),
        (bz2.compress(b"one two\n"), "not USPS in LIBSVM's layout"),
        (bz2.compress(lines(labels=(1, 2, 3, 11))), "labels outside 1 to 10"),
        (bz2.compress(lines(VALUES * 255)), "values outside -1 to 1"),
        (bz2.compress(lines(np.where(VALUES > 0.99, np.nan, np.nan))), "it is not USPS"),
    ],
)
def test_what_is_not_usps_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        usps(placed(tmp_path, data), "train")


def test_usps_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"usps\.t\.bz2 is not there"):
        usps(tmp_path, "test")


def test_matlab_files(tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (5, 32, 32, 3), np.uint8)
    path = tmp_path / "train_32x32.mat"
    savemat(path, {"X": pictures.transpose(1, 2, 3, 0), "y": np.array([[10], [1], [9], [5], [10]])})
    found, labels = mat.digits(path)
    assert np.array_equal(found, pictures)
    assert labels.tolist() == [0, 1, 9, 5, 0]


def test_what_is_no_matlab_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train_32x32.mat"
    with pytest.raises(DatasetError, match="is not there"):
        mat.digits(path)
    for harm in (b"", b"<html>", bytes(500)):
        path.write_bytes(harm)
        with pytest.raises(DatasetError, match="damaged, or not a MATLAB file"):
            mat.digits(path)
    savemat(path, {"X": np.zeros((32, 32, 3, 4), np.uint8)})
    with pytest.raises(DatasetError, match="not a MATLAB file with X and y"):
        mat.digits(path)
    savemat(path, {"X": np.zeros((32, 32, 3, 4), np.uint8), "y": np.ones((3, 1))})
    with pytest.raises(DatasetError, match=r"shape \(32, 32, 3, 4\) and 3 labels"):
        mat.digits(path)


@pytest.mark.data
def test_the_shipped_digits_are_mnists_unchanged(data: Path) -> None:
    train, test = handwritten.shipped()
    for found, split, step in ((train, "train", 10), (test, "test", 5)):
        whole = mnist(data / "mnist", split)  # type: ignore[arg-type]
        assert np.array_equal(found.pictures, whole.pictures[::step])
        assert np.array_equal(found.labels, whole.labels[::step])


def test_the_shipped_digits_are_enough_and_small() -> None:
    train, test = handwritten.shipped()
    assert (len(train), len(test)) == (6000, 2000)
    assert np.bincount(train.labels).min() > 500
    folder = Path(handwritten.__file__).parents[2] / "shipped"
    assert (
        sum((folder / name).stat().st_size for name in (handwritten.SHEET, handwritten.TABLE)) < 2e6
    )


def test_small_digits_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    expected = load_digits()
    pictures, labels = handwritten.small_digits()
    assert np.array_equal(labels, expected.target)
    assert pictures.shape == (1797, 28, 28)
    large = cv2.resize(expected.images[7] * 255 / 16, (28, 28), interpolation=cv2.INTER_CUBIC)
    assert np.abs(pictures[7] - np.clip(large, 0, 255)).max() <= 0.51

"""MNIST's files: read as published, refused in words."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets.digits import Digits, mnist
from wsl_core.errors import DatasetError

PICTURES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
LABELS = np.arange(7, dtype=np.uint8)


def idx(values: np.ndarray, kind: int = 8) -> bytes:
    """The bytes of an idx file, by its definition."""
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, kind, values.ndim, *values.shape)
    return head + values.tobytes()


def placed(folder: Path, pictures: bytes, labels: bytes, end: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"train-images-idx3-ubyte{end}").write_bytes(pictures)
    (folder / f"train-labels-idx1-ubyte{end}").write_bytes(labels)
    return folder


@pytest.mark.data
def test_the_real_files_hold_what_is_published(data: Path) -> None:
    train, test = mnist(data / "mnist"), mnist(data / "mnist", "test")
    assert (len(train), len(test)) == (60_000, 10_000)
    assert train.pictures.shape[1:] == (28, 28)
    assert train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    counts = np.bincount(test.labels).tolist()
    assert counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train.pictures.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert train.pictures.std() / 255 == pytest.approx(0.3081, abs=5e-5)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("inner", ["", "MNIST/raw"])
def test_both_layouts_are_read_packed_or_not(tmp_path: Path, inner: str, packed: bool) -> None:
    pack: Callable[[bytes], bytes] = gzip.compress if packed else bytes
    placed(tmp_path / inner, pack(idx(PICTURES)), pack(idx(LABELS)), ".gz" if packed else "")
    digits = mnist(tmp_path)
    assert np.array_equal(digits.pictures, PICTURES)
    assert np.array_equal(digits.labels, LABELS)


def test_digits_are_picked_by_slice_and_by_index() -> None:
    digits = Digits(PICTURES, LABELS.astype(np.int64))
    assert digits[2:4].labels.tolist() == [2, 3]
    picked = digits[np.array([5, 1])]
    assert picked.labels.tolist() == [5, 1]
    assert np.array_equal(picked.pictures, PICTURES[[5, 1]])


def test_a_missing_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nowhere is not there"):
        mnist(tmp_path / "nowhere")
    placed(tmp_path, idx(PICTURES), idx(LABELS))
    with pytest.raises(DatasetError, match="t10k-images-idx3-ubyte"):
        mnist(tmp_path, "test")


@pytest.mark.parametrize(
    ("pictures", "labels", "sentence"),
    [
        (idx(PICTURES)[:-1], idx(LABELS), "ends too early"),
        (idx(PICTURES) + b"0", idx(LABELS), "longer than it says"),
        (gzip.compress(idx(PICTURES))[:-30], idx(LABELS), "damaged or was cut short"),
        (gzip.compress(idx(PICTURES))[:300] + b"\xff" * 300, idx(LABELS), "damaged or was cut"),
        (idx(PICTURES, kind=13), idx(LABELS), "begins with 00 00 0d 03, expected is 00 00 08 03"),
        (b"", idx(LABELS), "begins with nothing"),
        (b"<html>not found</html>", idx(LABELS), "not an idx file"),
        (idx(LABELS), idx(LABELS), "begins with 00 00 08 01"),
        (idx(PICTURES[:, :20]), idx(LABELS), "announces 7 x 20 x 28 values"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 28, 28), idx(LABELS), "up to 1000000 digits"),
        (idx(PICTURES), idx(LABELS[:5]), "7 digits but 5 labels"),
        (idx(PICTURES), idx(LABELS + 4), "outside 0 to 9"),
    ],
)
def test_what_is_not_mnist_is_refused(
    tmp_path: Path, pictures: bytes, labels: bytes, sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        mnist(placed(tmp_path, pictures, labels))


def test_no_more_is_unpacked_than_the_header_announces(tmp_path: Path) -> None:
    bomb = gzip.compress(idx(PICTURES) + bytes(50_000_000))
    folder = placed(tmp_path, bomb, idx(LABELS))
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match="longer than it says"):
            mnist(folder)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()

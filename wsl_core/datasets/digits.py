"""MNIST, read from the idx files in which it is published (LeCun, Cortes and Burges, 1998).

An idx file is a magic number (two zero bytes, a type, the number of dimensions), one 32-bit size a
dimension, all with the high byte first, then the values. Only unsigned bytes (type 8) occur here.
"""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

SIDE = 28
"""Height and width of a digit's picture, in pixels."""

LARGEST = 1_000_000
"""Most digits that a file may announce; MNIST has 60,000."""

Split = Literal["train", "test"]
_PREFIX = {"train": "train", "test": "t10k"}
_GET = "Get MNIST's four files again, for example through torchvision.datasets.MNIST."


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits.

    Attributes:
        pictures: (N, 28, 28) uint8, 0 where there is no ink, 255 where there is most; the centre of
            mass of the ink lies in the middle.
        labels: (N,) int64, 0 to 9.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse pictures and labels that do not belong together."""
        if self.pictures.shape[1:] != (SIDE, SIDE):
            raise DatasetError(
                f"The digits have shape {self.pictures.shape}; accepted are pictures of {SIDE} x "
                f"{SIDE} pixels."
            )
        if len(self.pictures) != len(self.labels):
            raise DatasetError(
                f"There are {len(self.pictures)} digits but {len(self.labels)} labels. {_GET}"
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() <= 9:
            raise DatasetError(f"A label is outside 0 to 9, so these are not digits. {_GET}")

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: slice | NDArray[np.integer]) -> "Digits":
        """The digits that a slice or an array of indices names."""
        return Digits(self.pictures[which], self.labels[which])


def mnist(root: Path | str, split: Split = "train") -> Digits:
    """All digits of one half of MNIST.

    Args:
        root: folder with the four files, or torchvision's root, which holds them in `MNIST/raw`; the
            files may be packed (.gz) or not.
        split: "train" (60,000 digits) or "test" (10,000).

    Raises:
        DatasetError: a file is missing, damaged, or not what its name says.
    """
    root = Path(root)
    if not root.is_dir():
        raise DatasetError(
            f"The folder {root} is not there. Give the folder that holds MNIST's four files, or "
            f"torchvision's root, which holds them in MNIST/raw."
        )
    prefix = _PREFIX[split]
    return Digits(
        _idx(_find(root, f"{prefix}-images", 3), 3),
        _idx(_find(root, f"{prefix}-labels", 1), 1).astype(np.int64),
    )


def _find(root: Path, stem: str, dimensions: int) -> Path:
    """The file of one name, as published, as unpacked, or as some programs rename it."""
    names = [f"{stem}{dot}idx{dimensions}-ubyte{end}" for end in ("", ".gz") for dot in "-."]
    for folder in (root / "MNIST" / "raw", root):
        for name in names:
            if (folder / name).is_file():
                return folder / name
    raise DatasetError(
        f"MNIST's file {names[0]} (or {names[0]}.gz) is neither in {root} nor in its folder MNIST/raw. "
        f"{_GET}"
    )


def _idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in an idx file of unsigned bytes; reads no more than the header announces."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            file = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
            header = file.read(4 + 4 * dimensions)
            shape = _shape(path, header, dimensions)
            count = int(np.prod(shape))
            values = file.read(count + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
        raise DatasetError(
            f"The file {path} cannot be read ({error}): it is damaged or was cut short. {_GET}"
        ) from None
    if len(values) != count:
        amount = "ends too early" if len(values) < count else "is longer than it says"
        raise DatasetError(
            f"The file {path.name} {amount}: it announces {' x '.join(map(str, shape))} values. {_GET}"
        )
    return np.frombuffer(values, np.uint8).reshape(shape)


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    """What the header of an idx file announces, once it is what is expected."""
    magic = bytes((0, 0, 8, dimensions))
    if len(header) < 4 + 4 * dimensions or header[:4] != magic:
        raise DatasetError(
            f"The file {path.name} is not an idx file of unsigned bytes in {dimensions} dimensions: it "
            f"begins with {header[:4].hex(' ') or 'nothing'}, expected is {magic.hex(' ')}. {_GET}"
        )
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4", offset=4))
    if shape[0] > LARGEST or shape[1:] != (SIDE, SIDE)[: dimensions - 1]:
        raise DatasetError(
            f"The file {path.name} announces {' x '.join(map(str, shape))} values; accepted are up to "
            f"{LARGEST} digits of {SIDE} x {SIDE} pixels, or their labels. {_GET}"
        )
    return shape

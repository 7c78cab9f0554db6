"""Sheets: pictures of one size in a lossless WebP, 25 to a row, and their labels in an .npz beside it.

`train.webp` goes with `train.npz`, whose `y` has one label a picture in the same order, row by row. WebP
ends at 16,383 pixels, so that further pictures go on in `train-2.webp` and `train-2.npz`, and so forth.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core import whole_files
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.images.reading import BOMBS, DECODER_ERRORS

ACROSS = 25
"""Pictures in a row."""

TALLEST = 16_383
"""Most pixels of a WebP on either side."""

_AGAIN = "Get or generate the sheet again."


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a sheet holds.

    Attributes:
        pictures: (N, side, side, 3) uint8.
        labels: (N,) int64.
        columns: further columns of the .npz by name, (N, ...) each.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    columns: Mapping[str, NDArray] = field(default_factory=dict)


def names(split: str, count: int, side: int) -> list[str]:
    """The stems of the sheets that hold `count` pictures: train, train-2, ..."""
    sheets = max(1, -(-count // _most(side)))
    return [split, *(f"{split}-{k}" for k in range(2, sheets + 1))]


def write(
    folder: Path,
    split: str,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    **columns: NDArray,
) -> list[Path]:
    """Write pictures (N, side, side, 3) and labels (N,) as sheets; all files that were written.

    Files are written beside their places and renamed, so that a half-written one is never read.

    Raises:
        ParameterError: pictures and labels do not belong together, or there is none.
        OSError: the folder cannot be written.
    """
    if not len(labels) or len(labels) != len(pictures):
        raise ParameterError(
            f"{len(pictures)} pictures and {len(labels)} labels were given. A sheet holds at least one "
            "picture, and one label for each."
        )
    most = _most(pictures.shape[1])
    written = []
    for k, stem in enumerate(names(split, len(labels), pictures.shape[1])):
        part = slice(k * most, (k + 1) * most)
        packed = io.BytesIO()
        _tiled(pictures[part]).save(packed, "WEBP", lossless=True, quality=75, method=4)
        table = io.BytesIO()
        chosen: dict[str, Any] = {name: column[part] for name, column in columns.items()}
        np.savez_compressed(table, y=labels[part].astype(np.uint8), **chosen)
        for end, data in ((".webp", packed), (".npz", table)):
            place = folder / f"{stem}{end}"
            whole_files.write(place, data.getvalue())
            written.append(place)
    return written


def read(folder: Path, split: str) -> Sheet:
    """All pictures of one split of a folder, with their labels.

    Raises:
        DatasetError: a file is missing or damaged, or picture and labels do not belong together.
    """
    found = [_read(folder, split)]
    while (folder / f"{split}-{len(found) + 1}.webp").is_file():
        found.append(_read(folder, f"{split}-{len(found) + 1}"))
    if len(found) == 1:
        return found[0]
    first = found[0]
    if any(one.pictures.shape[1:] != first.pictures.shape[1:] for one in found):
        raise DatasetError(
            f"The sheets {split} in {folder} have pictures of several sizes. {_AGAIN}"
        )
    shared = set.intersection(*(set(one.columns) for one in found))
    return Sheet(
        np.concatenate([one.pictures for one in found]),
        np.concatenate([one.labels for one in found]),
        {name: np.concatenate([one.columns[name] for one in found]) for name in sorted(shared)},
    )


def _read(folder: Path, stem: str) -> Sheet:
    picture, table = folder / f"{stem}.webp", folder / f"{stem}.npz"
    for path in (picture, table):
        if not path.is_file():
            raise DatasetError(
                f"{path} is not there. A sheet is two files, {stem}.webp with the pictures and {stem}.npz "
                "with their labels: give the folder that holds both."
            )
    columns = _columns(table)
    try:
        with Image.open(picture, formats=["WEBP"]) as image:
            pixels = np.asarray(image.convert("RGB"))
    except (*DECODER_ERRORS, *BOMBS):
        raise DatasetError(f"{picture} is damaged or no WebP. {_AGAIN}") from None
    side, odd = divmod(pixels.shape[1], ACROSS)
    if odd or not side or pixels.shape[0] % side:
        raise DatasetError(
            f"{picture} is {pixels.shape[1]} x {pixels.shape[0]} pixels, which is no whole number of squares "
            f"with {ACROSS} to a row. {_AGAIN}"
        )
    tiles = pixels.reshape(-1, side, ACROSS, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    labels = columns.pop("y")
    if not 0 < len(labels) <= len(tiles) or len(tiles) - len(labels) >= ACROSS:
        raise DatasetError(
            f"{picture} has room for {len(tiles)} pictures, but {table} has {len(labels)} labels: they do "
            f"not belong together. {_AGAIN}"
        )
    return Sheet(tiles[: len(labels)], labels.astype(np.int64), columns)


def _columns(table: Path) -> dict[str, NDArray]:
    """The columns of an .npz, `y` among them, all of one length."""
    try:
        with np.load(table, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        raise DatasetError(f"{table} is damaged or no NumPy archive. {_AGAIN}") from None
    labels = columns.get("y")
    if labels is None or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DatasetError(
            f"{table} has no column y with one whole number a picture; it has "
            f"{', '.join(columns) or 'nothing'}. {_AGAIN}"
        )
    return {name: one for name, one in columns.items() if one.ndim and len(one) == len(labels)}


def _tiled(pictures: NDArray[np.uint8]) -> Image.Image:
    count, side = pictures.shape[:2]
    filled = np.zeros((-(-count // ACROSS) * ACROSS, *pictures.shape[1:]), np.uint8)
    filled[:count] = pictures
    rows = filled.reshape(-1, ACROSS, side, side, 3).swapaxes(1, 2)
    return Image.fromarray(rows.reshape(-1, ACROSS * side, 3))


def _most(side: int) -> int:
    """Pictures that one sheet can hold."""
    return TALLEST // side * ACROSS

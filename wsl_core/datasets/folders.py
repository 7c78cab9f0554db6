"""Class folders as a set of labelled pictures: one class a picture, no boxes.

Either `ROOT/SPLIT/CLASS/picture.jpg` or `ROOT/CLASS/picture.jpg`, the latter with a table `split.csv`
(path, class, split) where the set is split. Names of pictures are their paths below the root.
"""

import csv
from pathlib import Path

from PIL import Image

from wsl_core.datasets.labelled import (
    ABSENT,
    FORMATS,
    PRESENT,
    LabelledPicture,
    LabelledPictures,
    no_split,
    refuse_missing,
    refuse_twice,
)
from wsl_core.errors import DatasetError
from wsl_core.images.formats import PICTURE_SUFFIXES, decoders
from wsl_core.images.reading import BOMBS, DECODER_ERRORS, SIDEWAYS

TABLE = "split.csv"
_COLUMNS = ("path", "class", "split")
_ORIENTATION = 0x0112  # of the EXIF metadata


def read(
    root: Path, split: str = "train", year: int = 2012, *, skip_missing: bool = False
) -> LabelledPictures:
    """A split of class folders; `year` plays no part; see `labelled.read`.

    The order is that of `split.csv`, else that of the names, class by class. Classes are those of all
    splits, in the order of their names. A set that is not split is read whole as "all" or "train".
    """
    if not root.is_dir():
        raise DatasetError(f"The folder {root} is not there. {FORMATS['folders'].layout}")
    title = f"{root.resolve().name} {split}"
    listed, classes = (_of_table if (root / TABLE).is_file() else _of_folders)(root, split)
    refuse_twice(title, (name for name, _ in listed))
    missing = {name: "picture" for name, _ in listed if not (root / name).is_file()}
    if not skip_missing:
        refuse_missing(title, len(listed), missing)
    there = [(name, label) for name, label in listed if name not in missing]
    pictures = tuple(
        LabelledPicture(
            name,
            root / name,
            *_size(root / name),
            labels=tuple(PRESENT if one == label else ABSENT for one in classes),
        )
        for name, label in there
    )
    return LabelledPictures(title, classes, pictures, single=True, missing=tuple(missing))


Listed = list[tuple[str, str]]
"""Pictures by their path below the root, each with its class."""


def _of_table(root: Path, split: str) -> tuple[Listed, tuple[str, ...]]:
    file = root / TABLE
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{file} cannot be read: {error}. Get the set again.") from None
    for line, row in enumerate(rows, 2):
        if not all(row.get(column) for column in _COLUMNS):
            raise DatasetError(
                f"Row {line} of {file} does not give a path, a class and a split. Accepted is a table "
                f"with the columns {', '.join(_COLUMNS)}: correct it."
            )
    splits = {row["split"] for row in rows} | {"all"}
    if split not in splits:
        raise no_split(root.resolve().name, split, file, splits)
    listed = [(row["path"], row["class"]) for row in rows if split in ("all", row["split"])]
    return listed, tuple(sorted({row["class"] for row in rows}))


def _of_folders(root: Path, split: str) -> tuple[Listed, tuple[str, ...]]:
    within = _folders(root)
    splits = [one for one in within if any(_pictures(below) for below in _folders(one))]
    if splits:
        classes = {below.name for one in splits for below in _folders(one)}
        if split not in {one.name for one in splits}:
            raise no_split(root.resolve().name, split, root, (one.name for one in splits))
        within = _folders(root / split)
    elif not any(_pictures(one) for one in within):
        raise DatasetError(f"There are no class folders in {root}. {FORMATS['folders'].layout}")
    else:
        classes = {one.name for one in within}
        if split not in ("all", "train"):
            raise no_split(root.resolve().name, split, root, ("all",))
    listed = [
        (path.relative_to(root).as_posix(), one.name) for one in within for path in _pictures(one)
    ]
    return listed, tuple(sorted(classes))


def _folders(place: Path) -> list[Path]:
    return sorted(one for one in place.iterdir() if one.is_dir() and one.name[0] not in "._")


def _pictures(place: Path) -> list[Path]:
    files = (one for one in place.iterdir() if one.name[0] != ".")
    return sorted(one for one in files if one.suffix.lower() in PICTURE_SUFFIXES)


def _size(path: Path) -> tuple[int, int]:
    """Width and height of the picture as it is shown, from its header alone."""
    try:
        with Image.open(path, formats=list(decoders())) as image:
            width, height = image.size
            sideways = image.getexif().get(_ORIENTATION) in SIDEWAYS
    except (*DECODER_ERRORS, *BOMBS):
        raise DatasetError(
            f"{path} is not readable as a picture: it is damaged or of another format than its name "
            "says. Replace it or take it out of the set."
        ) from None
    return (height, width) if sideways else (width, height)

"""Pictures that lie together: of a folder, of class folders, or of a zip file; named, not opened.

Labels come from the folders: `CLASS/picture`, or `SPLIT/CLASS/picture`. Where pictures lie otherwise there
are none. A table `split.csv` (path, class, split) beside class folders, or one that is named, says both.
In PASCAL VOC's layout a picture has the label of its largest object, since it has one label here.
"""

import csv
import hashlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from wsl_core import images
from wsl_core.datasets import archive, voc
from wsl_core.errors import DatasetError, ImageError
from wsl_core.images import Photo

TABLE = "split.csv"
COLUMNS = ("path", "class", "split")


@dataclass(frozen=True)
class Entry:
    """A picture of a collection: its path below the root, and what the folders say of it."""

    name: str
    label: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class Collection:
    """Pictures in their order.

    Attributes:
        title: the name of the folder or file.
        root: the folder; None for a zip file.
        entries: each name once.
        contents: the bytes of a picture by its name; raises ImageError.
        stamp_of: of a picture by its name, what changes when the file does.
        table: the text of the set's own `split.csv`, where it has one.
    """

    title: str
    root: Path | None
    entries: tuple[Entry, ...]
    contents: Callable[[str], bytes | Path] = field(repr=False)
    stamp_of: Callable[[str], str] = field(repr=False)
    table: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits over names, labels and splits."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()[:16]

    def stamp(self) -> str:
        """Sixteen hexadecimal digits that change when one of the files does; none is opened."""
        stamps = "\n".join(self.stamp_of(one.name) for one in self.entries)
        return hashlib.sha256(stamps.encode()).hexdigest()[:16]

    def read(self, name: str) -> Photo:
        """A picture.

        Raises:
            ImageError: it cannot be read.
        """
        if printable(name) != name:
            raise ImageError(
                f"Cannot read {printable(name)}: its name is no text in this system's encoding. Rename it."
            )
        return images.read(self.contents(name), name=name)


def printable(name: str) -> str:
    """A file's name as text that can be written anywhere; itself, but for bytes that are none."""
    return name.encode("utf-8", "backslashreplace").decode()


def of_folder(root: Path, most: int) -> Collection:
    """The pictures of a folder and the folders in it, in the order of their paths; hidden ones left out.

    Raises:
        DatasetError: no such folder, no picture in it, or more than `most`.
    """
    if not root.is_dir():
        raise DatasetError(
            f"The folder {root} is not there. Accepted is a folder of pictures, a folder of class folders, "
            f"or a zip file: check its name."
        )
    found = []
    for place, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if one[0] not in "._")
        found += [
            (Path(place) / file).relative_to(root).as_posix() for file in files if _picture(file)
        ]
    names = sorted(found, key=lambda name: PurePosixPath(name).parts)
    _check(names, f"The folder {root}", most)
    table = root / TABLE
    text = _text(table) if table.is_file() else None
    return Collection(
        root.resolve().name,
        root,
        _labelled(names),
        lambda name: root / name,
        lambda name: _stamp(root / name),
        text,
    )


def of_voc(root: Path, most: int) -> Collection:
    """VOC's train and val pictures, each by its largest box; val pictures are those to test on.

    Args:
        root: as `voc.pictures` takes it.
        most: pictures that are accepted.

    Raises:
        DatasetError: a list or annotation that is missing or damaged, no picture, or more than `most`.
    """
    folder = voc.find(root)
    entries = []
    for split, side in (("train", "train"), ("val", "test")):
        for one in voc.pictures(folder, split):
            largest = max(one.objects, key=lambda thing: thing.area, default=None)
            if largest is not None:
                name = one.path.relative_to(folder).as_posix()
                entries.append(Entry(name, largest.name, side))
    _check([one.name for one in entries], f"The set {folder}", most)
    return Collection(
        folder.name,
        folder,
        tuple(entries),
        lambda name: folder / name,
        lambda name: _stamp(folder / name),
    )


def of_zip(source: Path | bytes, title: str, most: int, megabytes: float) -> Collection:
    """The pictures of a zip file; nothing is unpacked. One folder around all of them counts for none.

    Args:
        source: the file, or what it holds.
        title: what to call it.
        most: pictures that are accepted.
        megabytes: that it may be as unpacked.

    Raises:
        DatasetError: no zip file or a damaged one, one that unpacks to more than is accepted, names that
            leave it, links, encrypted pictures, or no picture.
    """
    opened = archive.open_checked(source, title, megabytes)
    members = [name for name in opened.names if _picture(PurePosixPath(name).name)]
    members = [name for name in members if all(p[0] not in "._" for p in PurePosixPath(name).parts)]
    _check(members, f"The zip file {title}", most)
    members.sort(key=lambda name: PurePosixPath(name).parts)
    around = os.path.commonpath(members) if len(members) > 1 else os.path.dirname(members[0])
    shared = PurePosixPath(around).parts[:1]
    whole = f"{shared[0]}/" if shared else ""
    entries = _labelled([name.removeprefix(whole) for name in members])
    table = f"{whole}{TABLE}"
    text = None
    if table in opened.names:
        try:
            text = opened.read(table).decode("utf-8-sig")
        except (ImageError, UnicodeDecodeError) as error:
            raise DatasetError(
                f"The table {table} in {title} cannot be read: {error} Accepted is a text file (UTF-8) with "
                f"the columns {', '.join(COLUMNS)}."
            ) from None
    return Collection(
        title,
        None,
        entries,
        lambda name: opened.read(whole + name),
        lambda name: opened.stamp(whole + name),
        text,
    )


def of(source: str, most: int, megabytes: float, data: bytes | None = None) -> Collection:
    """The pictures of a folder or zip file, as its name says.

    Args:
        source: path of a folder, of VOC, or of a zip file, or the name of one that was uploaded.
        most: pictures that are accepted.
        megabytes: that a zip file may be as unpacked.
        data: what an uploaded zip file holds.

    Raises:
        DatasetError: as `of_folder`, `of_voc` and `of_zip` say.
    """
    if data is not None:
        return of_zip(data, source, most, megabytes)
    place = Path(source)
    if place.is_file():
        return of_zip(place, place.name, most, megabytes)
    return of_voc(place, most) if voc.is_there(place) else of_folder(place, most)


def with_table(found: Collection, file: Path | None = None) -> Collection:
    """The pictures that a table lists, with the classes and splits that it says.

    Args:
        found: the pictures there are.
        file: the table; None for the set's own.

    Raises:
        DatasetError: it cannot be read, is no such table, lists a picture twice, or one that is not there.
    """
    text = found.table if file is None else _text(file)
    name = str(file) if file is not None else f"{TABLE} of {found.title}"
    try:
        rows = list(csv.DictReader(io.StringIO(text or "")))
    except csv.Error as error:
        raise DatasetError(
            f"The table {name} cannot be read: {error}. Get the set again."
        ) from None
    for line, row in enumerate(rows, 2):
        if not all(row.get(column) for column in COLUMNS):
            raise DatasetError(
                f"Row {line} of {name} does not give a path, a class and a split. Accepted is a table with "
                f"the columns {', '.join(COLUMNS)}: correct it."
            )
    there = {one.name for one in found.entries}
    listed = [PurePosixPath(row["path"].replace("\\", "/")).as_posix() for row in rows]
    missing = [one for one in listed if one not in there]
    if missing or not rows or len(set(listed)) < len(listed):
        what = (
            f"{len(missing):,} pictures that are not in {found.title}, such as {missing[0]}"
            if missing
            else "a picture more than once"
            if rows
            else "no picture"
        )
        raise DatasetError(
            f"{name} lists {what}. Accepted is a table of pictures below the folder of the set, each once: "
            f"correct it, or get the set again."
        )
    pairs = zip(listed, rows, strict=True)
    entries = tuple(Entry(one, row["class"], row["split"]) for one, row in pairs)
    return replace(found, entries=entries)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "not there"
    return f"{found.st_size} {found.st_mtime_ns}"


def _labelled(names: Sequence[str]) -> tuple[Entry, ...]:
    """With labels where all pictures lie equally deep, in class folders."""
    parts = [PurePosixPath(name).parts for name in names]
    depths = {len(one) for one in parts}
    if depths == {2}:
        return tuple(Entry(name, one[0]) for name, one in zip(names, parts, strict=True))
    if depths == {3}:
        return tuple(Entry(name, one[1], one[0]) for name, one in zip(names, parts, strict=True))
    return tuple(Entry(name) for name in names)


def _picture(file: str) -> bool:
    return file[0] != "." and PurePosixPath(file).suffix.lower() in images.PICTURE_SUFFIXES


def _check(names: Sequence[str], what: str, most: int) -> None:
    if not names:
        suffixes = ", ".join(sorted(images.PICTURE_SUFFIXES))
        raise DatasetError(
            f"{what} holds no picture. Accepted are files that end in {suffixes}, there or in folders below: "
            f"choose another one."
        )
    if len(names) > most:
        raise DatasetError(
            f"{what} holds {len(names):,} pictures. Accepted are up to {most:,}: take fewer, or raise the "
            f"limit (most)."
        )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"The table {file} cannot be read: {error}. Accepted is a text file (UTF-8) with the columns "
            f"{', '.join(COLUMNS)}."
        ) from None

"""Pictures whose classes are described by attributes: the table, and which classes are unseen."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from wsl_core import images
from wsl_core.datasets.attributes.table import AttributeTable, plain
from wsl_core.datasets.collection import Collection, Entry
from wsl_core.errors import DatasetError

TRAIN, TEST = "train", "test"
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class AttributePicture:
    """A picture of a class.

    Attributes:
        name: of the file, below the root of the set.
        label: its class, as the table names it.
        split: "train" or "test", where the set says so.
        box: left, top, right, bottom of the object in pixels, where a set describes objects.
    """

    name: str
    label: str
    split: str | None = None
    box: Box | None = None

    @property
    def key(self) -> str:
        """Unlike that of every other picture: an object of a picture says its box, too."""
        return self.name if self.box is None else f"{self.name} {','.join(map(str, self.box))}"


@dataclass(frozen=True, eq=False)
class AttributeSet:
    """Pictures and the table that describes their classes.

    Attributes:
        title: for people.
        root: its folder.
        table: of classes and attributes.
        pictures: in the published order.
        splits: by name the classes that are unseen, those without pictures included.
        said: by the name of a split, where it comes from.
        relatives: by class the indices of ImageNet's classes that show it or a near kind, where the set lists
            them (`imagenet_relatives.json`).
    """

    title: str
    root: Path
    table: AttributeTable
    pictures: tuple[AttributePicture, ...] = field(repr=False)
    splits: Mapping[str, tuple[str, ...]]
    said: Mapping[str, str] = field(default_factory=dict)
    relatives: Mapping[str, tuple[int, ...]] | None = field(default=None, repr=False)

    @property
    def pictured(self) -> tuple[str, ...]:
        """The classes that have pictures, in the table's order."""
        there = {one.label for one in self.pictures}
        return tuple(name for name in self.table.classes if name in there)

    def collection(self) -> Collection:
        """The same pictures for readers of features; objects are cut out of theirs."""
        of_key = {one.key: one for one in self.pictures}

        def contents(key: str) -> bytes | Path:
            one = of_key[key]
            place = self.root / one.name
            return place if one.box is None else _cut(place, one.box)

        def stamp(key: str) -> str:
            try:
                found = (self.root / of_key[key].name).stat()
            except OSError:
                return "not there"
            return f"{found.st_size} {found.st_mtime_ns}"

        entries = tuple(Entry(one.key, one.label, one.split) for one in self.pictures)
        return Collection(self.title, self.root, entries, contents, stamp)


def checked(
    title: str,
    root: Path,
    table: AttributeTable,
    pictures: Sequence[AttributePicture],
    splits: Mapping[str, tuple[Sequence[str], Sequence[str] | None]],
    said: Mapping[str, str] | None = None,
) -> AttributeSet:
    """A set whose names fit.

    Args:
        title: for people.
        root: its folder.
        table: of classes and attributes.
        pictures: with labels in any spelling that the table's classes answer to.
        splits: by name its unseen classes, and its seen ones where they are listed.
        said: by the name of a split, where it comes from.

    Raises:
        DatasetError: no picture, a picture twice, a picture or a split that names a class the table has not,
            or a class that is both seen and unseen.
    """
    if not pictures:
        raise DatasetError(
            f"{title} in {root} has no picture of a class of its table. Accepted is a folder for each class, "
            f"named as in the table, or the published layout: put the pictures there."
        )
    spelt = {plain(name): name for name in table.classes}
    twice = [key for key, n in Counter(one.key for one in pictures).items() if n > 1]
    if twice:
        raise DatasetError(f"{title} lists {twice[0]} more than once. List each picture once.")
    named = tuple(
        AttributePicture(one.name, _known(one.label, spelt, title, one.name), one.split, one.box)
        for one in pictures
    )
    kept = {}
    for name, (unseen, seen) in splits.items():
        classes = tuple(_known(one, spelt, title, f"the split {name}") for one in unseen)
        others = {_known(one, spelt, title, f"the split {name}") for one in seen or ()}
        if both := sorted(set(classes) & others):
            raise DatasetError(
                f"The split {name!r} of {title} has {', '.join(both)} among the seen and among the unseen "
                f"classes. A class is one of both: take it out of one list."
            )
        kept[name] = tuple(dict.fromkeys(classes))
    return AttributeSet(title, root, table, named, kept, dict(said or {}))


def in_folders(places: Iterable[Path], root: Path, table: AttributeTable) -> list[AttributePicture]:
    """The pictures of class folders, by the classes of a table; other folders are left alone.

    Args:
        places: where class folders may lie; the first that has any counts.
        root: of the set.
        table: names the classes.
    """
    spelt = {plain(name): name for name in table.classes}
    for place in places:
        found = []
        for folder in (
            sorted(one for one in place.iterdir() if one.is_dir()) if place.is_dir() else ()
        ):
            if plain(folder.name) in spelt:
                files = sorted(folder.iterdir())
                found += [
                    AttributePicture(one.relative_to(root).as_posix(), spelt[plain(folder.name)])
                    for one in files
                    if one.name[0] != "." and one.suffix.lower() in images.PICTURE_SUFFIXES
                ]
        if found:
            return found
    return []


def _known(name: str, spelt: Mapping[str, str], title: str, where: str) -> str:
    if plain(name) not in spelt:
        raise DatasetError(
            f"{title}: {where} names the class {name!r}, which its table of attributes has not. Accepted are "
            f"the classes of the table: add a row for it, or take it out."
        )
    return spelt[plain(name)]


def _cut(place: Path, box: Box) -> bytes:
    """A part of a picture as the bytes of a PNG file, the same every time.

    Raises:
        ImageError: the picture cannot be read.
    """
    pixels = images.read(place, name=place.name).pixels
    left, top, right, bottom = box
    height, width = pixels.shape[:2]
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    out = io.BytesIO()
    Image.fromarray(part).save(out, "PNG", compress_level=1)
    return out.getvalue()

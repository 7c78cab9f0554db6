"""The published layouts of sets with attributes, each with the file that tells it; a registry.

A new one is a card here and a function of its folder.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wsl_core.datasets.attributes import files, splits
from wsl_core.datasets.attributes.beside import with_splits
from wsl_core.datasets.attributes.labelled import (
    TEST,
    TRAIN,
    AttributePicture,
    AttributeSet,
    in_folders,
)
from wsl_core.datasets.attributes.per_picture import apy, sun
from wsl_core.datasets.attributes.table import AttributeTable
from wsl_core.errors import DatasetError

IMAGES = "images.csv"
TABLE = "attributes.csv"
SEEN, UNSEEN = "seen", "unseen"
SPLIT = "split"


@dataclass(frozen=True)
class Layout:
    """A layout.

    Attributes:
        title: of the set.
        files: one of them lies in the folder where it is this layout.
        sentence: what is accepted.
        read: gives the set.
    """

    title: str
    files: tuple[str, ...]
    sentence: str
    read: Callable[[Path], AttributeSet]

    def fits(self, root: Path) -> bool:
        """Whether a folder has one of the files."""
        return any((root / one).is_file() for one in self.files)


def read(root: Path) -> AttributeSet:
    """The set in a folder, whichever layout it has.

    Raises:
        DatasetError: no such folder, none of the layouts, or files that do not fit each other.
    """
    if not root.is_dir():
        raise DatasetError(
            f"The folder {root} is not there. Accepted is {_sentences()}: check its name."
        )
    for layout in LAYOUTS:
        if layout.fits(root):
            return layout.read(root)
    raise DatasetError(f"{root} has no table of attributes. Accepted is {_sentences()}.")


def _sentences() -> str:
    return "; ".join(one.sentence for one in LAYOUTS)


def awa2(root: Path) -> AttributeSet:
    """Animals with Attributes 2: Xian et al., TPAMI 2018; the table of Lampert et al., CVPR 2009."""
    title = "Animals with Attributes"
    table = AttributeTable.of(
        files.numbered(root / "classes.txt"),
        files.numbered(root / "predicates.txt"),
        files.numbers(root / "predicate-matrix-continuous.txt"),
        f"{title} ({root / 'predicate-matrix-continuous.txt'})",
    )
    return _with_pictures(title, root, table, ("JPEGImages", "images"))


def cub(root: Path) -> AttributeSet:
    """Caltech-UCSD Birds 200: Wah et al., 2011."""
    title = "Caltech-UCSD Birds"
    values = next(
        one for one in (root / "attributes" / CUB_VALUES, root / CUB_VALUES) if one.is_file()
    )
    names = (
        values.parent / "attributes.txt",
        root / "attributes.txt",
        root.parent / "attributes.txt",
    )
    there = next((one for one in names if one.is_file()), names[0])
    table = AttributeTable.of(
        files.numbered(root / "classes.txt"), files.numbered(there), files.numbers(values),
        f"{title} ({values})",
    )  # fmt: skip
    if (root / "images.txt").is_file():
        return _cub_lists(title, root, table)
    return _with_pictures(title, root, table, ("images",))


def _cub_lists(title: str, root: Path, table: AttributeTable) -> AttributeSet:
    """With pictures as images.txt, image_class_labels.txt and train_test_split.txt list them."""
    names = files.numbered(root / "images.txt")
    labels = [int(one) for one in files.numbered(root / "image_class_labels.txt")]
    split_file = root / "train_test_split.txt"
    train = files.numbered(split_file) if split_file.is_file() else [""] * len(names)
    if not len(names) == len(labels) == len(train):
        raise DatasetError(
            f"{root}: images.txt lists {len(names)} pictures, image_class_labels.txt {len(labels)} classes "
            f"and train_test_split.txt {len(train)} splits. Accepted are lists of one length: get the set "
            f"again."
        )
    if outside := [one for one in labels if not 1 <= one <= len(table.classes)]:
        raise DatasetError(
            f"{root}/image_class_labels.txt names class {outside[0]}, and there are {len(table.classes)}. "
            f"Get the set again."
        )
    kinds = {"1": TRAIN, "0": TEST}
    pictures = [
        AttributePicture(f"images/{name}", table.classes[label - 1], kinds.get(one))
        for name, label, one in zip(names, labels, train, strict=True)
    ]
    return with_splits(title, root, table, pictures, {})


def plain_table(root: Path) -> AttributeSet:
    """A table of one's own: a CSV file and, beside it, a folder a class.

    A column `split` says which classes are seen and which unseen, where it is there.
    """
    file = root / TABLE
    rows = [[one.strip() for one in row] for row in csv.reader(files.text(file).splitlines())]
    rows = [row for row in rows if any(row)]
    unseen: list[str] = []
    if rows and SPLIT in (head := [one.lower() for one in rows[0]]):
        at = head.index(SPLIT)
        for row in rows[1:]:
            kind = row[at].lower() if len(row) > at else ""
            if kind not in (SEEN, UNSEEN):
                raise DatasetError(
                    f"{file}: the class {row[0]} has {kind!r} as its split. Accepted are {SEEN} and {UNSEEN}."
                )
            unseen += [row[0]] * (kind == UNSEEN)
        rows = [row[:at] + row[at + 1 :] for row in rows]
    table = AttributeTable.of_rows(rows, str(file))
    pictures = in_folders((root / "images", root), root, table)
    given: splits.Splits = {} if not unseen else {splits.PROPOSED: (unseen, None)}
    return with_splits(root.resolve().name, root, table, pictures, given)


def _with_pictures(
    title: str, root: Path, table: AttributeTable, folders: tuple[str, ...]
) -> AttributeSet:
    """With the pictures that images.csv lists, else those of class folders."""
    if not (root / IMAGES).is_file():
        found = in_folders([root / one for one in folders], root, table)
        return with_splits(title, root, table, found, {})
    listed, kinds = files.listed(root / IMAGES)
    given: splits.Splits = {}
    if kinds.get(UNSEEN):
        given[splits.PROPOSED] = sorted(kinds[UNSEEN]), sorted(kinds.get(SEEN, ()))
    return with_splits(title, root, table, listed, given)


CUB_VALUES = "class_attribute_labels_continuous.txt"

LAYOUTS = (
    Layout(
        "Animals with Attributes 2", ("predicate-matrix-continuous.txt",),
        "AwA2 (classes.txt, predicates.txt, predicate-matrix-continuous.txt, JPEGImages/CLASS/picture)",
        awa2,
    ),
    Layout(
        "CUB-200-2011", (CUB_VALUES, f"attributes/{CUB_VALUES}"),
        f"CUB (classes.txt, attributes/{CUB_VALUES}, images.txt)",
        cub,
    ),
    Layout(
        "SUN Attribute", ("attributeLabels_continuous.mat",),
        "SUN (attributes.mat, images.mat, attributeLabels_continuous.mat, images)",
        sun,
    ),
    Layout(
        "aPascal and aYahoo", ("attribute_data/attribute_names.txt", "apascal_train.txt"),
        "aPY (attribute_data with apascal_train.txt, apascal_test.txt, ayahoo_test.txt)",
        apy,
    ),
    Layout(
        "A table of your own", (TABLE,),
        f"a table {TABLE} (class,furry,tail and a row a class) beside a folder a class",
        plain_table,
    ),
)  # fmt: skip
"""Every layout, in the order in which they are looked for."""

"""Sets that describe pictures, not classes: SUN and aPY. A class has the mean of its pictures' attributes."""

from pathlib import Path

import numpy as np

from wsl_core.datasets.attributes import files, splits
from wsl_core.datasets.attributes.beside import with_splits
from wsl_core.datasets.attributes.labelled import (
    TEST,
    TRAIN,
    AttributePicture,
    AttributeSet,
    checked,
)
from wsl_core.datasets.attributes.table import AttributeTable
from wsl_core.errors import DatasetError

APY_LISTS = (("apascal_train.txt", TRAIN), ("apascal_test.txt", TEST), ("ayahoo_test.txt", None))
APY_FOLDERS = ("images", "JPEGImages", "VOC2008/JPEGImages", "ayahoo_test_images")


def sun(root: Path) -> AttributeSet:
    """SUN Attribute: Patterson and Hays, CVPR 2012; a class has the mean of its pictures' attributes."""
    title = "SUN Attribute"
    names = files.words(
        files.variable(files.matlab(root / "images.mat"), "images", root / "images.mat")
    )
    file = root / "attributeLabels_continuous.mat"
    labels = np.asarray(files.variable(files.matlab(file), "labels_cv", file), np.float64)
    attributes = files.words(
        files.variable(files.matlab(root / "attributes.mat"), "attributes", root / "attributes.mat")
    )
    if labels.shape != (len(names), len(attributes)):
        raise DatasetError(
            f"{file} has {' x '.join(map(str, labels.shape))} values, and there are {len(names)} pictures "
            f"and {len(attributes)} attributes. Get the set again."
        )
    scenes = [_scene(one) for one in names]
    classes, place = np.unique(scenes, return_inverse=True)
    table = AttributeTable.of(
        [str(one) for one in classes], attributes, _means(labels, place, len(classes)), title
    )
    folder = "images/" if (root / "images").is_dir() else ""
    pictures = [
        AttributePicture(f"{folder}{name}", scene)
        for name, scene in zip(names, scenes, strict=True)
    ]
    return with_splits(title, root, table, pictures, {})


def _scene(name: str) -> str:
    """`b/bathroom/indoor/sun_x.jpg` shows "bathroom indoor"; the letter is a drawer."""
    return " ".join(name.replace("\\", "/").split("/")[1:-1])


def apy(root: Path) -> AttributeSet:
    """aPascal and aYahoo: Farhadi et al., CVPR 2009; a class has the mean of its objects' attributes.

    Unseen are the classes of aYahoo, in the standard and in the proposed split.
    """
    title = "aPascal and aYahoo"
    folder = root / "attribute_data" if (root / "attribute_data").is_dir() else root
    attributes = files.lines(folder / "attribute_names.txt")
    pictures: list[AttributePicture] = []
    values: list[list[float]] = []
    for name, split in APY_LISTS:
        for number, line in enumerate(files.lines(folder / name), 1):
            parts = line.split()
            try:
                box = [round(float(one)) for one in parts[2:6]]
                numbers = [float(one) for one in parts[6:]]
            except ValueError:
                box, numbers = [], []
            if len(box) != 4 or len(numbers) != len(attributes):
                raise DatasetError(
                    f"Line {number} of {folder / name} does not give a picture, a class, a box and "
                    f"{len(attributes)} attributes. Get the set again."
                )
            left, top, right, bottom = box
            place = _apy_picture(root, parts[0])
            pictures.append(AttributePicture(place, parts[1], split, (left, top, right, bottom)))
            values.append(numbers)
    classes = list(dict.fromkeys(one.label for one in pictures))
    place_of = np.array([classes.index(one.label) for one in pictures])
    table = AttributeTable.of(
        classes, attributes, _means(np.array(values), place_of, len(classes)), title
    )
    unseen = list(dict.fromkeys(one.label for one in pictures if one.split is None))
    seen = list(dict.fromkeys(one.label for one in pictures if one.split is not None))
    given: splits.Splits = dict.fromkeys(splits.SPLITS, (unseen, seen))
    kept = list(dict.fromkeys(pictures))
    return checked(title, root, table, kept, given, dict.fromkeys(given, "the classes of aYahoo"))


def _apy_picture(root: Path, name: str) -> str:
    for folder in APY_FOLDERS:
        if (root / folder / name).is_file():
            return (Path(folder) / name).as_posix()
    return f"{APY_FOLDERS[0]}/{name}"


def _means(values: np.ndarray, place: np.ndarray, count: int) -> np.ndarray:
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, place, values)
    return sums / np.bincount(place, minlength=count)[:, None]

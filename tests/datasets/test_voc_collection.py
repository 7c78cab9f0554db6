"""VOC as a collection: each picture by its largest object, and nothing else of what lies in its folders."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core.datasets import collection, voc
from wsl_core.errors import DatasetError

SHOWN = {  # split, and the classes of each picture with the side of their boxes
    "train": [{"cat": 5}, {"dog": 4, "sofa": 9}, {}],
    "val": [{"person": 8, "horse": 7}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "VOCdevkit" / "VOC2012"
    for name in ("ImageSets/Main", "Annotations", "JPEGImages", "SegmentationClass"):
        (folder / name).mkdir(parents=True)
    for split, pictures in SHOWN.items():
        names = [f"{split}_{k}" for k in range(len(pictures))]
        (folder / f"ImageSets/Main/{split}.txt").write_text("\n".join(names))
        for name, classes in zip(names, pictures, strict=True):
            objects = "".join(
                f"<object><name>{one}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>{side}"
                f"</xmax><ymax>{side}</ymax></bndbox></object>"
                for one, side in classes.items()
            )
            (folder / f"Annotations/{name}.xml").write_text(
                f"<annotation><size><width>20</width><height>16</height></size>{objects}</annotation>"
            )
            picture = Image.fromarray(np.full((16, 20, 3), 90, np.uint8))
            picture.save(folder / f"JPEGImages/{name}.jpg")
            picture.save(folder / f"SegmentationClass/{name}.png")
    return tmp_path


def test_a_picture_is_named_by_its_largest_object(root: Path) -> None:
    found = collection.of(str(root), most=100, megabytes=1)
    assert [(one.name, one.label, one.split) for one in found.entries] == [
        ("JPEGImages/train_0.jpg", "cat", "train"),
        ("JPEGImages/train_1.jpg", "sofa", "train"),
        ("JPEGImages/val_0.jpg", "person", "test"),
    ]
    assert found.title == "VOC2012"
    assert found.read("JPEGImages/val_0.jpg").pixels.shape == (16, 20, 3)
    again = collection.of(str(root / "VOCdevkit" / "VOC2012"), most=100, megabytes=1)
    assert (again.digest, again.stamp()) == (found.digest, found.stamp())


def test_too_many_or_none_are_refused(root: Path) -> None:
    with pytest.raises(DatasetError, match="holds 3 pictures"):
        collection.of(str(root), most=2, megabytes=1)
    for split in ("train", "val"):
        (root / f"VOCdevkit/VOC2012/ImageSets/Main/{split}.txt").write_text("train_2")
    with pytest.raises(DatasetError, match="holds no picture"):
        collection.of(str(root), most=100, megabytes=1)


@pytest.mark.data
def test_the_real_set(data: Path) -> None:
    found = collection.of(str(data / "voc"), most=10_000, megabytes=1)
    assert {one.label for one in found.entries} == set(voc.CLASSES)
    folder = voc.find(data / "voc")
    count = {"train": len(voc.names(folder, "train")), "test": len(voc.names(folder, "val"))}
    for side, number in count.items():
        assert sum(one.split == side for one in found.entries) == number

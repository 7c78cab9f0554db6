import csv
from pathlib import Path

import numpy as np
import pytest

from wsl_core import images
from wsl_core.datasets import voc
from wsl_core.errors import DatasetError

ANNOTATION = """<annotation>
  <filename>2012_000001.jpg</filename>
  <size><width>60</width><height>40</height><depth>3</depth></size>
  <object>
    <name>person</name><difficult>1</difficult>
    <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>60</xmax><ymax>40</ymax></bndbox>
    <part><name>head</name>
      <bndbox><xmin>5</xmin><ymin>6</ymin><xmax>7</xmax><ymax>8</ymax></bndbox></part>
  </object>
  <object>
    <name>dog</name>
    <bndbox><ymax>20</ymax><xmax>30.5</xmax><ymin>20</ymin><xmin>11</xmin></bndbox>
  </object>
</annotation>"""


@pytest.fixture
def devkit(tmp_path: Path) -> Path:
    """The smallest VOCdevkit; gives the folder VOC2012."""
    folder = tmp_path / "VOCdevkit" / "VOC2012"
    for name in ("ImageSets/Main", "Annotations"):
        (folder / name).mkdir(parents=True)
    (folder / "ImageSets/Main/train.txt").write_text("2012_000001\n\n")
    (folder / "ImageSets/Main/dog_train.txt").write_text("2012_000001  1\n")
    (folder / "Annotations/2012_000001.xml").write_text(ANNOTATION)
    return folder


def test_boxes_are_edges_and_parts_are_no_objects(devkit: Path) -> None:
    (picture,) = voc.pictures(devkit)
    assert (picture.name, picture.width, picture.height) == ("2012_000001", 60, 40)
    assert picture.path == devkit / "JPEGImages" / "2012_000001.jpg"
    person, dog = picture.objects
    assert person == voc.VOCObject("person", (0, 1, 60, 40), difficult=True)
    assert dog == voc.VOCObject("dog", (10, 19, 30.5, 20), difficult=False)


def test_the_set_is_found_from_each_folder_of_the_layout(devkit: Path) -> None:
    found = [list(voc.pictures(root)) for root in (devkit, *devkit.parents[:2])]
    assert found[0] == found[1] == found[2] == list(voc.pictures(devkit, "dog_train"))


def test_a_folder_without_the_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder ImageSets/Main"):
        voc.pictures(tmp_path)
    with pytest.raises(DatasetError, match="no VOC 2007"):
        voc.pictures(tmp_path / "nowhere", year=2007)


def test_an_unknown_split_is_refused_with_those_there_are(devkit: Path) -> None:
    with pytest.raises(DatasetError, match=r"no split 'test'.*There are: train\."):
        voc.pictures(devkit, "test")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("</annotation>", "", "cannot be read"),
        ("<width>60</width>", "", "no size/width"),
        ("<xmin>11</xmin>", "", "no bndbox/xmin"),
        ("<name>dog</name>", "", "no name"),
        ("<xmin>11</xmin>", "<xmin>eleven</xmin>", "eleven"),
        ("<xmin>11</xmin>", "<xmin>31</xmin>", "does not lie in 60 x 40 px"),
        ("<xmin>11</xmin>", "<xmin>0</xmin>", "does not lie in 60 x 40 px"),
        ("<xmin>11</xmin>", "<xmin>nan</xmin>", "does not lie in 60 x 40 px"),
        ("<ymax>40</ymax>", "<ymax>41</ymax>", "does not lie in 60 x 40 px"),
    ],
)
def test_damaged_annotations_are_refused_by_name(
    devkit: Path, old: str, new: str, words: str
) -> None:
    assert old in ANNOTATION
    (devkit / "Annotations/2012_000001.xml").write_text(ANNOTATION.replace(old, new))
    with pytest.raises(DatasetError, match=rf"2012_000001\.xml.*{words}"):
        list(voc.pictures(devkit))


def test_a_missing_annotation_is_refused_by_name(devkit: Path) -> None:
    (devkit / "Annotations/2012_000001.xml").unlink()
    with pytest.raises(DatasetError, match=r"2012_000001\.xml of a listed picture"):
        list(voc.pictures(devkit))


@pytest.mark.data
def test_the_labelled_pictures_are_read_whole(data: Path) -> None:
    folder = data / "voc" / "VOCdevkit" / "VOC2012"
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    for split, count in (("train", 1443), ("val", 295)):
        found = list(voc.pictures(data / "voc", split))
        expected = [row for row in listed if row["split"] == split]
        assert len(found) == len(expected) == count
        assert {one.name for picture in found for one in picture.objects} == set(voc.CLASSES)
        sample = found[:: len(found) // 5]
        sizes = [images.read(one.path).pixels.shape[:2] for one in sample]
        assert sizes == [(one.height, one.width) for one in sample]
    with_cats = {one.name for one in found if any(thing.name == "cat" for thing in one.objects)}
    official = np.loadtxt(folder / "ImageSets/Main/cat_val.txt", dtype=str)
    assert with_cats == set(official[official[:, 1] != "-1", 0])

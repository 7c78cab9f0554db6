from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets import voc
from wsl_core.datasets.labelled import LabelledObject, LabelledPictures, read
from wsl_core.errors import DatasetError

CAT, DOG, PERSON = (voc.CLASSES.index(name) for name in ("cat", "dog", "person"))


def xml(*objects: tuple[str, int]) -> str:
    """An annotation of objects by name, each with its mark of difficulty."""
    things = "".join(
        f"<object><name>{name}</name><difficult>{difficult}</difficult><bndbox><xmin>1</xmin>"
        f"<ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>"
        for name, difficult in objects
    )
    return f"<annotation><size><width>60</width><height>40</height></size>{things}</annotation>"


@pytest.fixture
def devkit(tmp_path: Path) -> Path:
    """Three pictures, out of the order of their names; gives the folder VOC2012."""
    folder = tmp_path / "VOCdevkit" / "VOC2012"
    for name in ("ImageSets/Main", "Annotations", "JPEGImages"):
        (folder / name).mkdir(parents=True)
    things = {
        "c": xml(("cat", 1), ("dog", 0), ("dog", 1)),
        "a": xml(("person", 1)),
        "b": xml(("cat", 0)),
    }
    for name, text in things.items():
        (folder / f"Annotations/{name}.xml").write_text(text)
        (folder / f"JPEGImages/{name}.jpg").touch()
    (folder / "ImageSets/Main/train.txt").write_text("c\na\nb\n")
    (folder / "ImageSets/Main/half_a.txt").write_text("b\nc\n")
    (folder / "ImageSets/Main/cat_train.txt").write_text("c  0\na -1\nb  1\n")
    return folder


def labels(found: LabelledPictures) -> dict[str, dict[int, int]]:
    return {
        one.name: {k: label for k, label in enumerate(one.labels) if label}
        for one in found.pictures
    }


def test_labels_come_from_the_annotations_in_the_order_of_the_list(devkit: Path) -> None:
    found = read("voc", devkit.parents[1])
    assert (found.title, found.classes, found.single) == ("VOC 2012 train", voc.CLASSES, False)
    assert list(labels(found).items()) == [
        ("c", {CAT: -1, DOG: 1}),
        ("a", {PERSON: -1}),
        ("b", {CAT: 1}),
    ]
    first = found.pictures[0]
    assert (first.path, first.width, first.height) == (devkit / "JPEGImages/c.jpg", 60, 40)
    assert first.objects == tuple(
        LabelledObject(index, (0, 1, 30, 40), hard)
        for index, hard in ((CAT, True), (DOG, False), (DOG, True))
    )


def test_every_list_of_the_folder_is_a_split(devkit: Path) -> None:
    assert read("voc", devkit, "cat_train").pictures == read("voc", devkit, "train").pictures
    assert [one.name for one in read("voc", devkit, "half_a").pictures] == ["b", "c"]
    with pytest.raises(DatasetError, match=r"no split 'val'.*There are: half_a, train\."):
        read("voc", devkit, "val")


def test_what_is_missing_is_counted_and_named_and_the_rest_is_read_on_request(devkit: Path) -> None:
    (devkit / "JPEGImages/c.jpg").unlink()
    (devkit / "JPEGImages/a.jpg").unlink()
    (devkit / "Annotations/a.xml").unlink()
    with pytest.raises(
        DatasetError,
        match=r"Of 3 pictures .* 2 .*c \(picture\), a \(picture and annotation\).*skip_missing=True",
    ):
        read("voc", devkit)
    found = read("voc", devkit, skip_missing=True)
    assert [one.name for one in found.pictures] == ["b"]
    assert found.missing == ("c", "a")


def test_nothing_left_is_refused_even_on_request(devkit: Path) -> None:
    for path in (devkit / "JPEGImages").iterdir():
        path.unlink()
    with pytest.raises(DatasetError, match="holds no picture: all 3 that it lists are missing"):
        read("voc", devkit, skip_missing=True)


def test_only_the_first_few_missing_are_named(devkit: Path) -> None:
    names = "".join(f"x{i}\n" for i in range(1200))
    (devkit / "ImageSets/Main/large.txt").write_text(names)
    with pytest.raises(DatasetError, match=r"1,200 cannot.*x4 \([^)]*\) and 1,195 more\."):
        read("voc", devkit, "large")


def test_labels_outside_the_classes_are_named(devkit: Path) -> None:
    (devkit / "Annotations/a.xml").write_text(xml(("zebra", 0), ("cat", 0), ("gnu", 1)))
    with pytest.raises(
        DatasetError,
        match=r"2 labels .*'zebra' \(a\), 'gnu' \(a\).* 20 classes: aeroplane.*monitor",
    ):
        read("voc", devkit)
    assert len(read("voc", devkit, "half_a").pictures) == 2


def test_a_picture_listed_twice_is_refused(devkit: Path) -> None:
    (devkit / "ImageSets/Main/train.txt").write_text("c\nb\na\nb\n")
    with pytest.raises(DatasetError, match="VOC 2012 train lists 1 picture more than once: b"):
        read("voc", devkit)


def test_a_damaged_annotation_is_refused_even_where_missing_ones_are_skipped(devkit: Path) -> None:
    (devkit / "Annotations/a.xml").write_text("<annotation>")
    with pytest.raises(DatasetError, match=r"a\.xml cannot be read"):
        read("voc", devkit, skip_missing=True)


def test_an_empty_list_is_refused(devkit: Path) -> None:
    (devkit / "ImageSets/Main/train.txt").write_text("\n")
    with pytest.raises(DatasetError, match="VOC 2012 train holds no picture"):
        read("voc", devkit)


# Pictures with the class, train and val, as the data's README states them.
COUNTS = {
    "aeroplane": (19, 10), "bicycle": (20, 8), "bird": (32, 8), "boat": (17, 7),
    "bottle": (48, 10), "bus": (19, 9), "car": (60, 16), "cat": (292, 34), "chair": (82, 26),
    "cow": (167, 25), "diningtable": (24, 7), "dog": (343, 41), "horse": (255, 25),
    "motorbike": (24, 10), "person": (421, 85), "pottedplant": (44, 17), "sheep": (185, 24),
    "sofa": (48, 26), "train": (18, 12), "tvmonitor": (38, 12),
}  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize(("split", "total"), [("train", 1443), ("val", 295)])
def test_the_subset_agrees_with_its_table_and_with_the_official_lists(
    data: Path, split: str, total: int
) -> None:
    found = read("voc", data / "voc", split)
    assert len(found.pictures) == total
    assert found.missing == ()
    assert found.counts == {name: of[split == "val"] for name, of in COUNTS.items()}
    found.check_trainable()
    lists = data / "voc/VOCdevkit/VOC2012/ImageSets/Main"
    to_ours = {"1": 1, "0": -1, "-1": 0}
    for index, name in enumerate(voc.CLASSES):
        official = np.loadtxt(lists / f"{name}_{split}.txt", dtype=str)
        assert official[:, 0].tolist() == [one.name for one in found.pictures]
        assert [to_ours[label] for label in official[:, 1]] == found.targets[:, index].tolist(), (
            name
        )

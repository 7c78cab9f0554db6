import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from wsl_core.datasets.labelled import LabelledObject, read
from wsl_core.errors import DatasetError

# Three classes with gaps in their numbers and out of order, four pictures, one crowd.
INSTANCES: dict[str, Any] = {
    "images": [
        {"id": 7, "file_name": "007.jpg", "width": 60, "height": 40, "split": "train2017"},
        {"id": 5, "file_name": "005.jpg", "width": 60, "height": 40, "split": "val2017"},
        {"id": 2, "file_name": "002.jpg", "width": 30, "height": 20, "split": "train2017"},
        {"id": 9, "file_name": "009.jpg", "width": 30, "height": 20, "split": "train2017"},
    ],
    "annotations": [
        {"id": 1, "image_id": 2, "category_id": 90, "bbox": [1.5, 2, 10, 4.25], "iscrowd": 0},
        {"id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 60.02, 40], "iscrowd": 1},
        {"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 1},
        {"id": 4, "image_id": 7, "category_id": 1, "bbox": [5, 5, 5, 0]},
        {"id": 5, "image_id": 5, "category_id": 3, "bbox": [5, 5, 5, 5]},
    ],
    "categories": [
        {"id": 3, "name": "car"},
        {"id": 90, "name": "brush"},
        {"id": 1, "name": "person"},
    ],
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write `INSTANCES`, or a changed copy, to a file below the root, and pictures to a folder."""

    def write(
        change: Callable[[Any], Any] = lambda data: None,
        file: str = "instances.json",
        pictures: str = "images",
    ) -> Path:
        data = json.loads(json.dumps(INSTANCES))
        change(data)
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(json.dumps(data))
        (tmp_path / pictures).mkdir(parents=True, exist_ok=True)
        for one in data["images"]:
            (tmp_path / pictures / one["file_name"]).touch()
        return tmp_path

    return write


def without_splits(data: Any) -> None:
    for one in data["images"]:
        del one["split"]


def test_labels_boxes_and_order(write: Write) -> None:
    found = read("coco", write(), "train2017")
    assert (found.title, found.single) == ("COCO train2017", False)
    assert found.classes == ("person", "car", "brush")
    crowded, brush, nothing = found.pictures
    assert [one.name for one in found.pictures] == ["007", "002", "009"]
    assert crowded.labels == (1, -1, 0)
    assert crowded.objects == (
        LabelledObject(1, (0, 0, 60, 40), True),
        LabelledObject(0, (0, 0, 5, 5), True),
        LabelledObject(0, (5, 5, 10, 5), False),
    )
    assert (brush.labels, brush.width, brush.height) == ((0, 0, 1), 30, 20)
    assert brush.objects == (LabelledObject(2, (1.5, 2, 11.5, 6.25), False),)
    assert (nothing.labels, nothing.objects) == ((0, 0, 0), ())


def test_splits_within_one_file(write: Write) -> None:
    root = write()
    assert read("coco", root, "train") == read("coco", root, "train2017")
    assert [one.name for one in read("coco", root, "val").pictures] == ["005"]
    assert len(read("coco", root, "all").pictures) == 4
    with pytest.raises(DatasetError, match=r"no split 'test'.*are: all, train2017, val2017\."):
        read("coco", root, "test")


def test_a_file_that_names_no_splits_is_for_training_only(write: Write) -> None:
    root = write(without_splits)
    assert len(read("coco", root).pictures) == len(read("coco", root, "all").pictures) == 4
    with pytest.raises(DatasetError, match=r"no split 'val'.*There are: all\."):
        read("coco", root, "val")


@pytest.mark.parametrize("pictures", ["train2014", "images/train2014", "images", "."])
def test_a_file_for_each_split_and_where_its_pictures_may_lie(write: Write, pictures: str) -> None:
    root = write(file="annotations/instances_train2014.json", pictures=pictures)
    found = read("coco", root)
    assert found.title == "COCO train2014"
    assert [one.path for one in found.pictures] == [
        root / pictures / f"{name}.jpg" for name in ("007", "005", "002", "009")
    ]
    with pytest.raises(DatasetError, match=r"no split 'val'.*There are: train2014\."):
        read("coco", root, "val")


def test_the_year_decides_between_two(write: Write) -> None:
    for year in (2014, 2017):
        root = write(file=f"annotations/instances_train{year}.json", pictures=f"train{year}")
    assert read("coco", root, year=2014).title == "COCO train2014"
    with pytest.raises(DatasetError, match="There are: train2014, train2017"):
        read("coco", root)


def test_what_is_missing_is_named_and_the_rest_is_read_on_request(write: Write) -> None:
    root = write()
    (root / "images/007.jpg").unlink()
    with pytest.raises(
        DatasetError, match=r"Of 3 pictures that COCO train2017.* 1 .*007 \(picture\)"
    ):
        read("coco", root)
    found = read("coco", root, skip_missing=True)
    assert [one.name for one in found.pictures] == ["002", "009"]
    assert found.missing == ("007",)


def appended(key: str, **entry: Any) -> Callable[[Any], None]:
    return lambda data: data[key].append(entry)


def changed(key: str, index: int, **values: Any) -> Callable[[Any], None]:
    return lambda data: data[key][index].update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda data: data.pop("categories"),
            "instances.json is not .*: categories: Field required",
        ),
        (lambda data: data["images"][1].pop("width"), r"images\.1\.width: Field required"),
        (changed("images", 0, height=0), r"images\.0\.height"),
        (changed("annotations", 3, bbox=[1, 2, 3]), r"annotations\.3\.bbox"),
        (changed("annotations", 3, bbox=[1, 2, -3, 4]), r"annotations\.3\.bbox\.2"),
        (changed("annotations", 3, bbox=[1, float("nan"), 3, 4]), r"annotations\.3\.bbox\.1"),
        (changed("annotations", 3, bbox=[61, 2, 3, 4]), r"does not lie in 007\.jpg \(60 x 40 px\)"),
        (changed("annotations", 3, bbox=[1, -9, 3, 4]), r"does not lie in 007\.jpg \(60 x 40 px\)"),
        (changed("annotations", 3, image_id=44), "objects but are not listed, the first is 44"),
        (
            changed("annotations", 3, category_id=4),
            r"label outside its class list: 'category 4' \(007",
        ),
        (changed("categories", 1, name="car"), "same name or number"),
        (changed("categories", 1, id=3), "same name or number"),
        (changed("images", 2, id=7), "lists 1 picture more than once: number 7"),
        (changed("images", 2, file_name="007.jpg"), "lists 1 picture more than once: 007"),
    ],
)
def test_damage_is_refused_in_words(
    write: Write, change: Callable[[Any], None], words: str
) -> None:
    with pytest.raises(DatasetError, match=words):
        read("coco", write(change), "train", skip_missing=True)


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff"])
def test_what_is_no_json_is_refused(write: Write, text: str) -> None:
    root = write()
    (root / "instances.json").write_text(text, encoding="latin-1")
    with pytest.raises(DatasetError, match=r"instances\.json is not readable as COCO JSON"):
        read("coco", root)


@pytest.mark.data
def test_the_subset_is_read_whole(data: Path) -> None:
    found = read("coco", data / "coco", "all")
    assert len(found.pictures) == 150
    assert sum(len(one.objects) for one in found.pictures) == 1123
    assert len(found.classes) == 80
    assert (found.classes[0], found.classes[11], found.classes[79]) == (
        "person", "stop sign", "toothbrush",
    )  # fmt: skip
    published = json.loads((data / "coco/instances.json").read_text())
    names = {one["id"]: one["name"] for one in published["categories"]}
    for plain, label in ((True, 1), (False, -1)):
        expected = {
            (f"{one['image_id']:012d}", names[one["category_id"]])
            for one in published["annotations"]
            if one["iscrowd"] != plain
        }
        ours = {
            (one.name, found.classes[k])
            for one in found.pictures
            for k in range(80)
            if one.labels[k] == label
        }
        if plain:
            present = expected
        assert ours == (expected if plain else expected - present)
    for one in found.pictures[::15]:
        with Image.open(one.path) as image:
            assert image.size == (one.width, one.height)
    assert len(read("coco", data / "coco", "train").pictures) == 98
    assert len(read("coco", data / "coco", "val2017").pictures) == 52

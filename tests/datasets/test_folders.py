import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core import images
from wsl_core.datasets.labelled import read
from wsl_core.errors import DatasetError


def draw(root: Path, *names: str, size: tuple[int, int] = (6, 4)) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size).save(root / name)


def table(root: Path, *rows: str, head: str = "path,class,split") -> None:
    (root / "split.csv").write_text("\r\n".join((head, *rows)) + "\r\n", encoding="utf-8")


def names(root: Path, split: str = "train") -> list[str]:
    return [one.name for one in read("folders", root, split).pictures]


def test_class_folders_that_are_not_split_are_for_training_only(tmp_path: Path) -> None:
    draw(
        tmp_path, "dog/b.jpg", "dog/a.png", "cat/1.JPG", "_work/x.jpg", ".trash/x.jpg", "dog/.x.jpg"
    )
    (tmp_path / "dog/notes.txt").touch()
    (tmp_path / "emu").mkdir()
    found = read("folders", tmp_path)
    assert (found.classes, found.single) == (("cat", "dog", "emu"), True)
    assert [(one.name, one.labels) for one in found.pictures] == [
        ("cat/1.JPG", (1, 0, 0)), ("dog/a.png", (0, 1, 0)), ("dog/b.jpg", (0, 1, 0)),
    ]  # fmt: skip
    first = found.pictures[0]
    assert (first.path, first.width, first.height) == (tmp_path / "cat/1.JPG", 6, 4)
    assert first.objects == ()
    assert names(tmp_path, "all") == names(tmp_path)
    with pytest.raises(DatasetError, match=r"no split 'val'.*There are: all\."):
        read("folders", tmp_path, "val")
    with pytest.raises(DatasetError, match="no picture of the class 'emu'"):
        found.check_trainable()


def test_folders_of_splits_share_their_classes(tmp_path: Path) -> None:
    draw(tmp_path, "train/dog/a.jpg", "train/cat/a.jpg", "val/dog/a.jpg", "val/yak/a.jpg")
    (tmp_path / "models/latest").mkdir(parents=True)
    train, val = (read("folders", tmp_path, split) for split in ("train", "val"))
    assert train.classes == val.classes == ("cat", "dog", "yak")
    assert [(one.name, one.labels) for one in val.pictures] == [
        ("val/dog/a.jpg", (0, 1, 0)), ("val/yak/a.jpg", (0, 0, 1)),
    ]  # fmt: skip
    with pytest.raises(DatasetError, match=r"no split 'test'.*There are: train, val\."):
        read("folders", tmp_path, "test")
    with pytest.raises(DatasetError, match="no picture of the class 'yak'"):
        train.check_trainable()


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    draw(tmp_path, "train/a.jpg", "tram/a.jpg")
    assert read("folders", tmp_path).classes == ("train", "tram")


def test_a_table_gives_splits_and_order(tmp_path: Path) -> None:
    draw(tmp_path, "dog/a.jpg", "dog/b.jpg", "cat/a.jpg", "cat/b.jpg")
    table(tmp_path, "dog/b.jpg,dog,train", "cat/b.jpg,cat,train", "dog/a.jpg,dog,test")
    assert names(tmp_path) == ["dog/b.jpg", "cat/b.jpg"]
    assert names(tmp_path, "all") == ["dog/b.jpg", "cat/b.jpg", "dog/a.jpg"]
    test = read("folders", tmp_path, "test")
    assert (test.classes, [one.labels for one in test.pictures]) == (("cat", "dog"), [(0, 1)])
    with pytest.raises(DatasetError, match="shows only the class 'dog'"):
        test.check_trainable()
    with pytest.raises(DatasetError, match=r"no split 'val'.*There are: all, test, train\."):
        read("folders", tmp_path, "val")


def test_what_a_table_lists_and_is_missing_is_named(tmp_path: Path) -> None:
    draw(tmp_path, "dog/a.jpg")
    table(tmp_path, "dog/a.jpg,dog,train", "dog/b.jpg,dog,train")
    with pytest.raises(DatasetError, match=r"Of 2 pictures .* 1 .*dog/b\.jpg \(picture\)"):
        read("folders", tmp_path)
    found = read("folders", tmp_path, skip_missing=True)
    assert [one.name for one in found.pictures] == ["dog/a.jpg"]
    assert found.missing == ("dog/b.jpg",)


def test_damaged_tables_are_refused(tmp_path: Path) -> None:
    draw(tmp_path, "dog/a.jpg")
    table(tmp_path, "dog/a.jpg,dog,train", "dog/b.jpg,,train")
    with pytest.raises(DatasetError, match=r"Row 3 of .*split\.csv .* path, a class and a split"):
        read("folders", tmp_path)
    table(tmp_path, "dog/a.jpg,train", head="path,split")
    with pytest.raises(DatasetError, match=r"Row 2 .* columns path, class, split"):
        read("folders", tmp_path)
    table(tmp_path, *2 * ["dog/a.jpg,dog,train"])
    with pytest.raises(DatasetError, match=r"lists 1 picture more than once: dog/a\.jpg"):
        read("folders", tmp_path)
    (tmp_path / "split.csv").write_bytes(b"path,class,split\n\xff\xfe,dog,train\n")
    with pytest.raises(DatasetError, match=r"split\.csv cannot be read"):
        read("folders", tmp_path)


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    draw(tmp_path, "dog/a.jpg")
    (tmp_path / "dog/b.jpg").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"b\.jpg is not readable as a picture"):
        read("folders", tmp_path)


def test_sizes_are_those_of_the_upright_picture(tmp_path: Path) -> None:
    draw(tmp_path, "dog/plain.jpg")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (6, 4)).save(tmp_path / "dog/turned.jpg", exif=turned)
    for one in read("folders", tmp_path).pictures:
        assert images.read(one.path).pixels.shape[:2] == (one.height, one.width)
        assert (one.width, one.height) == ((4, 6) if "turned" in one.name else (6, 4))


@pytest.mark.data
def test_caltech_is_read_as_its_table_says(data: Path) -> None:
    root = data / "caltech101"
    with (root / "split.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for split, total in (("train", 2983), ("test", 584)):
        found = read("folders", root, split)
        assert len(found.pictures) == total
        assert (found.targets.sum(1) == 1).all()
        listed = [(row["path"], row["class"]) for row in rows if row["split"] == split]
        labels = [found.classes[k] for k in np.argmax(found.targets, 1)]
        assert listed == list(zip([one.name for one in found.pictures], labels, strict=True))
        assert len(found.classes) == 100
        found.check_trainable()

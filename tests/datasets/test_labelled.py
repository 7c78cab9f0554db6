"""What holds for every format; each has a test of its own beside this one."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledObject, LabelledPicture, LabelledPictures
from wsl_core.errors import DatasetError

BOX = (0.0, 0.0, 1.0, 1.0)


def of(*labels: tuple[int, ...], classes: str = "abc") -> LabelledPictures:
    """A split with these labels, one row a picture."""
    pictures = tuple(
        LabelledPicture(f"p{i}", Path(f"p{i}.jpg"), 4, 3, row) for i, row in enumerate(labels)
    )
    return LabelledPictures("made-up train", tuple(classes), pictures)


def test_one_plain_object_makes_a_class_present_and_only_difficult_ones_leave_it_unknown() -> None:
    plain, difficult = ([LabelledObject(k, BOX, hard) for k in range(4)] for hard in (False, True))
    objects = [difficult[1], plain[1], plain[2], difficult[2], difficult[3], difficult[3]]
    assert labelled.labels_of(objects, 4) == (0, 1, 1, -1)
    assert labelled.labels_of([], 2) == (0, 0)


def test_targets_and_counts() -> None:
    found = of((1, 0, -1), (1, 1, 0))
    assert found.targets.dtype == np.int8
    np.testing.assert_array_equal(found.targets, [[1, 0, -1], [1, 1, 0]])
    assert found.counts == {"a": 2, "b": 1, "c": 0}


def test_training_needs_a_picture_of_each_class() -> None:
    of((1, 0, 0), (0, 1, 1)).check_trainable()
    with pytest.raises(DatasetError, match="made-up train has no picture of the class 'c'"):
        of((1, 0, -1), (0, 1, 0)).check_trainable()
    with pytest.raises(DatasetError, match="the 7 classes 'c', 'd', 'e', 'f', 'g' and 2 more"):
        of((1, 1, *7 * (0,)), classes="abcdefghi").check_trainable()


@pytest.mark.parametrize(
    ("labels", "classes", "words"),
    [
        (((1, 0), (1, 0)), "ab", "only the class 'a'"),
        (((1,), (1,)), "a", "only the class 'a'"),
        (((0, -1), (0, 0)), "ab", "no class"),
    ],
)
def test_training_needs_two_classes(
    labels: tuple[tuple[int, ...], ...], classes: str, words: str
) -> None:
    with pytest.raises(DatasetError, match=f"shows {words}, so there is nothing to tell it from"):
        of(*labels, classes=classes).check_trainable()


def test_a_split_without_pictures_is_refused() -> None:
    with pytest.raises(DatasetError, match="made-up train holds no picture"):
        of()
    with pytest.raises(DatasetError, match="all 2 that it lists are missing"):
        LabelledPictures("set", ("a",), (), missing=("x", "y"))


def test_a_picture_listed_twice_is_refused() -> None:
    picture = LabelledPicture("p0", Path("p0.jpg"), 4, 3, (1,))
    with pytest.raises(DatasetError, match="lists 1 picture more than once: p0"):
        LabelledPictures("set", ("a",), (picture, picture))


def test_an_unknown_format_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"called 'yolo'\. There are: voc, coco, folders\."):
        labelled.read("yolo", tmp_path)


@pytest.mark.parametrize("format", labelled.FORMATS)
def test_an_empty_folder_is_refused_with_the_layout(format: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"There (is|are) no .* in .*[Tt]he (root|folder) "):
        labelled.read(format, str(tmp_path))
    with pytest.raises(DatasetError, match="nowhere"):
        labelled.read(format, tmp_path / "nowhere")


def test_reading_is_light() -> None:
    program = (
        "import sys; from wsl_core.datasets import coco, folders, relatives, voc_labels; "
        "print({'torch', 'torchvision', 'pandas', 'matplotlib', 'openvino'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"

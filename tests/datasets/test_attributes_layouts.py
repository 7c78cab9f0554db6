"""Sets with attributes in their published layouts, hand-made and small, and the real ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from wsl_core.datasets import attributes
from wsl_core.datasets.attributes import LAYOUTS, AttributeSet
from wsl_core.errors import DatasetError

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


def picture(place: Path, colour: tuple[int, int, int] = (9, 9, 9), side: int = 8) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), colour).save(place)


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        place = root / name.replace("__", "/").replace("_txt", ".txt").replace("_csv", ".csv")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def awa2(root: Path) -> Path:
    write(
        root,
        classes_txt="1\tgrizzly+bear\n2\tseal\n3\tfox\n4\tmole\n",
        predicates_txt="1\tfurry\n2\tswims\n",
        testclasses_txt="seal\n",
        testclasses_proposed_txt="fox\nseal\n",
        trainclasses_proposed_txt="grizzly+bear\nmole\n",
    )
    (root / "predicate-matrix-continuous.txt").write_text("90 10\n20 100\n80 0\n-1 0\n")
    for name in ("grizzly+bear", "seal", "fox"):
        picture(root / "JPEGImages" / name / f"{name}_1.png")
    return root


def cub(root: Path) -> Path:
    write(
        root,
        classes_txt="1 001.Albatross\n2 002.Ani\n",
        attributes__attributes_txt="1 has_bill::hooked\n2 has_bill::flat\n3 black\n",
        attributes__class_attribute_labels_continuous_txt="10 90 0\n0 100 50\n",
        images_txt="1 001.Albatross/a.png\n2 002.Ani/b.png\n3 002.Ani/c.png\n",
        image_class_labels_txt="1 1\n2 2\n3 2\n",
        train_test_split_txt="1 1\n2 0\n3 1\n",
    )
    for name in ("001.Albatross/a.png", "002.Ani/b.png", "002.Ani/c.png"):
        picture(root / "images" / name)
    return root


def sun(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    names = np.array([["a/abbey/s1.png"], ["b/bathroom/indoor/s2.png"], ["a/abbey/s3.png"]], object)
    savemat(root / "images.mat", {"images": names})
    savemat(root / "attributes.mat", {"attributes": np.array([["open"], ["water"]], object)})
    savemat(
        root / "attributeLabels_continuous.mat",
        {"labels_cv": np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.0]])},
    )
    for name in names[:, 0]:
        picture(root / "images" / name)
    return root


def apy(root: Path) -> Path:
    write(
        root,
        attribute_data__attribute_names_txt="Tail\nWheel\n",
        attribute_data__apascal_train_txt="one.png dog 0 0 4 8 1 0\none.png car 4 0 8 8 0 1\n",
        attribute_data__apascal_test_txt="two.png dog 0 0 8 8 0 0\n",
        attribute_data__ayahoo_test_txt="wolf_1.png wolf 1 1 5 5 1 0\ngoat_1.png goat 1 1 5 5 1 0\n",
    )
    canvas = np.zeros((8, 8, 3), np.uint8)
    canvas[:, 4:] = 255
    folder = root / "VOC2008" / "JPEGImages"
    folder.mkdir(parents=True)
    Image.fromarray(canvas).save(folder / "one.png")
    picture(folder / "two.png")
    picture(root / "ayahoo_test_images" / "wolf_1.png")
    picture(root / "ayahoo_test_images" / "goat_1.png")
    return root


def own(root: Path) -> Path:
    write(root, attributes_csv='class,split,furry,tail\n"polar bear",seen,1,1\nfish,unseen,0,1\n')
    picture(root / "polar bear" / "a.png")
    picture(root / "Fish" / "b.png")
    picture(root / "notes" / "c.png")
    return root


MADE = {"awa2": awa2, "cub": cub, "sun": sun, "apy": apy, "own": own}


def test_every_layout_has_a_hand_made_case() -> None:
    assert len(MADE) == len(LAYOUTS)


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_every_layout_gives_pictures_that_can_be_read(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    found = attributes.read(make(tmp_path / "set"))
    pictures = found.collection()
    assert len(pictures.entries) == len(found.pictures)
    for one in pictures.entries:
        assert one.label in found.table.classes
        assert pictures.read(one.name).pixels.ndim == 3


def test_awa2(tmp_path: Path) -> None:
    found = attributes.read(awa2(tmp_path))
    assert found.table.attributes == ("furry", "swims")
    np.testing.assert_allclose(found.table.values[:3], [[0.9, 0.1], [0.2, 1], [0.8, 0]])
    assert found.table.missing.tolist()[3] == [True, False]
    assert found.pictured == ("grizzly+bear", "seal", "fox")
    assert dict(found.splits) == {"standard": ("seal",), "proposed": ("fox", "seal")}
    assert found.relatives is None


def test_cub_with_its_own_lists(tmp_path: Path) -> None:
    found = attributes.read(cub(tmp_path))
    np.testing.assert_allclose(found.table.values, [[0.1, 0.9, 0], [0, 1, 0.5]])
    assert [(one.name, one.label, one.split) for one in found.pictures] == [
        ("images/001.Albatross/a.png", "001.Albatross", "train"),
        ("images/002.Ani/b.png", "002.Ani", "test"),
        ("images/002.Ani/c.png", "002.Ani", "train"),
    ]


def test_sun_classes_have_the_mean_of_their_pictures(tmp_path: Path) -> None:
    found = attributes.read(sun(tmp_path))
    assert found.table.classes == ("abbey", "bathroom indoor")
    np.testing.assert_allclose(found.table.values, [[0.75, 0], [0, 1]])


def test_apy_objects_are_cut_out(tmp_path: Path) -> None:
    found = attributes.read(apy(tmp_path))
    assert found.table.classes == ("dog", "car", "wolf", "goat")
    np.testing.assert_allclose(found.table.values, [[0.5, 0], [0, 1], [1, 0], [1, 0]])
    assert found.splits["proposed"] == found.splits["standard"] == ("wolf", "goat")
    pictures = found.collection()
    left, right = (pictures.read(one.name).pixels for one in pictures.entries[:2])
    assert left.shape == right.shape == (8, 4, 3)
    assert left.max() == 0
    assert right.min() == 255
    assert [one.split for one in found.pictures] == ["train", "train", "test", None, None]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    found = attributes.read(own(tmp_path))
    assert found.pictured == ("polar bear", "fish")
    assert dict(found.splits) == {"proposed": ("fish",)}


def test_the_splits_of_xian_et_al(tmp_path: Path) -> None:
    root = cub(tmp_path)
    names = np.array([[r"/x\images\001.Albatross\a.png"], ["/x/b.png"], ["/x/c.png"]], object)
    savemat(root / "res101.mat", {"image_files": names})
    savemat(
        root / "att_splits.mat",
        {"trainval_loc": [[1]], "test_seen_loc": np.zeros((0, 1)), "test_unseen_loc": [[2], [3]]},
    )
    found = attributes.read(root)
    assert found.splits["proposed"] == ("002.Ani",)
    assert [one.split for one in found.pictures] == ["train", None, None]


def test_lists_in_folders_of_their_own(tmp_path: Path) -> None:
    root = own(tmp_path)
    write(root, standard_split__testclasses_txt="polar_bear\n")
    assert attributes.read(root).splits["standard"] == ("polar bear",)


def break_both(root: Path) -> None:
    write(root, trainclasses_proposed_txt="fox\nmole\n")


def break_unknown(root: Path) -> None:
    write(root, testclasses_txt="unicorn\n")


def break_number(root: Path) -> None:
    (root / "predicate-matrix-continuous.txt").write_text("90 10\n20 x\n80 0\n-1 0\n")


def break_length(root: Path) -> None:
    (root / "predicate-matrix-continuous.txt").write_text("90 10\n20\n80 0\n-1 0\n")


def break_range(root: Path) -> None:
    (root / "predicate-matrix-continuous.txt").write_text("90 10\n20 100\n80 101\n-1 0\n")


def break_rows(root: Path) -> None:
    (root / "predicate-matrix-continuous.txt").write_text("90 10\n20 100\n")


def break_pictures(root: Path) -> None:
    for place in (root / "JPEGImages").rglob("*.png"):
        place.unlink()


def break_listing(root: Path) -> None:
    write(root, images_csv="path,class\nJPEGImages/fox/fox_1.png,fox\nx.png,unicorn\n")


def break_relatives(root: Path) -> None:
    (root / "imagenet_relatives.json").write_text('{"fox": [1]}')


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (break_both, "fox among the seen and among the unseen"),
        (break_unknown, "'unicorn'"),
        (break_number, "Row 2, column 2.*'x'"),
        (break_length, "Row 2 .* has 1 numbers, and row 1 has 2"),
        (break_range, "fox .row 3. has 101 for swims .column 2."),
        (break_rows, "2 x 2 values, and names 4 classes"),
        (break_pictures, "no picture of a class"),
        (break_listing, "x.png names the class 'unicorn'"),
        (break_relatives, "damaged"),
    ],
)
def test_what_does_not_fit_is_refused(
    damage: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    root = awa2(tmp_path)
    damage(root)
    with pytest.raises(DatasetError, match=said):
        attributes.read(root)


def test_no_table_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no table of attributes.*attributes\.csv"):
        attributes.read(tmp_path)
    with pytest.raises(DatasetError, match="is not there"):
        attributes.read(tmp_path / "none")


@pytest.mark.data
def test_the_real_sets(data: Path) -> None:
    animals, birds = (attributes.read(data / name) for name in ("awa2", "cub"))
    check(animals, 50, 85, {"standard": 10, "proposed": 10}, 27)
    check(birds, 200, 312, {"proposed": 10}, 50)
    assert animals.relatives is not None
    assert animals.relatives["horse"] == (339,)


def check(
    found: AttributeSet, classes: int, count: int, splits: dict[str, int], pictured: int
) -> None:
    assert found.table.values.shape == (classes, count)
    assert {name: len(of) for name, of in found.splits.items()} == splits
    assert len(found.pictured) >= pictured
    pictures = found.collection()
    for one in pictures.entries[:: len(pictures.entries) // 5]:
        assert pictures.read(one.name).height > 20

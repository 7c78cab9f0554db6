"""PxAP in an evaluation: masks read, laid on the map's square, counted class by class, kept and read back."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import average_precision_score

from wsl_core import jobs
from wsl_core.datasets import labelled, voc
from wsl_core.datasets.labelled import LabelledPicture, LabelledPictures, read_mask
from wsl_core.errors import DatasetError
from wsl_core.fcn.localization import evaluate, localization_of, pixel_precision
from wsl_core.fcn.localization.evidence import collect, packed, unpacked
from wsl_core.networks import ClassMaps

CLASSES = ("class a", "class b")
SIDE = 225  # 8 x 8 cells, cell i on pixel 32 i
HandMade = Callable[..., ClassMaps]


def palette(path: Path, mask: np.ndarray) -> Path:
    image = Image.fromarray(mask.astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 200, 0, 0, 0, 200, 0] + [9] * 759)
    image.save(path)
    return path


@pytest.fixture
def made(tmp_path: Path, hand_made: HandMade) -> Callable[..., tuple]:
    """A set of blank pictures with labels and masks, None for no mask; and a reader of their maps."""

    def build(cases: list[tuple[tuple[int, int], np.ndarray | None, np.ndarray]]) -> tuple:
        pictures, known = [], {}
        for number, (labels, mask, values) in enumerate(cases):
            path = tmp_path / f"{number}.jpg"
            Image.new("RGB", (SIDE, SIDE), (number, 0, 0)).save(path)
            outlined = None if mask is None else palette(tmp_path / f"{number}.png", mask)
            pictures.append(LabelledPicture(str(number), path, SIDE, SIDE, labels, mask=outlined))
            known[path.name] = hand_made(values)
        whole = LabelledPictures("made val", CLASSES, tuple(pictures))
        return (lambda photo: known[photo.name]), whole

    return build


def halves(left: int, right: int) -> np.ndarray:
    """A mask of two values, side by side."""
    mask = np.full((SIDE, SIDE), left, np.uint8)
    mask[:, SIDE // 2 :] = right
    return mask


def ramp(rising: bool = True) -> np.ndarray:
    """Two maps that rise, or fall, from left to right."""
    along = np.linspace(-3, 5, 8) if rising else np.linspace(5, -3, 8)
    return np.tile(along, (2, 8, 1))


def test_a_map_that_is_highest_on_the_object_is_perfect(made: Callable) -> None:
    found = evaluate(*made([((1, 0), halves(0, 1), ramp())])).as_json()
    assert found["pixel_ap"] == pytest.approx(1, abs=0.005)
    assert found["pixel_images"] == 1
    wrong = evaluate(*made([((1, 0), halves(1, 0), ramp())])).as_json()
    # All of the other half comes first: precision rises from 0 to a half, its mean is 1 - ln 2.
    assert wrong["pixel_ap"] == pytest.approx(1 - math.log(2), abs=0.01)


def test_pixels_that_are_not_judged_count_for_nothing(made: Callable) -> None:
    mask = halves(1, 0)
    mask[:, 100:] = 255
    mask[:5, :100] = 0  # a few that are not of the object
    low = evaluate(*made([((1, 0), mask, ramp())])).as_json()["pixel_ap"]
    assert low == pytest.approx(220 / 225, abs=0.01)  # every column has the same share of it


def test_another_classs_object_is_not_ones_own(made: Callable) -> None:
    read, pictures = made([((1, 1), halves(1, 2), ramp())])
    found = evaluate(read, pictures)
    values = found.pixels.compute()
    assert values.values == pytest.approx([1 - math.log(2), 1], abs=0.01)
    assert values.images.tolist() == [1, 1]
    assert found.as_json()["pixel_ap"] == pytest.approx(values.values.mean())


def test_pixels_are_pooled_over_the_pictures_of_a_class(made: Callable) -> None:
    random = np.random.default_rng(0)
    cases = []
    for _ in range(3):
        mask = np.kron(random.choice([0, 1, 255], (9, 9)), np.ones((25, 25))).astype(np.uint8)
        cases.append(((1, 0), mask, random.normal(0, 4, (2, 8, 8))))
    cases.append(((1, 0), None, ramp()))  # a picture without a mask
    read, pictures = made(cases)
    found = evaluate(read, pictures)
    scores, truth = [], []
    for picture in pictures.pictures[:3]:  # by the published program's own resizing
        maps = read(replace_name(picture))
        small = cv2.resize(read_mask(picture), (224, 224), interpolation=cv2.INTER_NEAREST)
        drawn = maps.placement.resample(maps.map(0), 224, 224)
        scaled = (drawn - drawn.min()) / np.ptp(drawn)
        scores.append(np.floor(1000 * scaled[small != 255] + 1e-9))
        truth.append(small[small != 255])
    wanted = average_precision_score(np.concatenate(truth), np.concatenate(scores))
    assert found.pixels.compute().values[0] == pytest.approx(wanted, abs=1e-3)
    assert math.isnan(found.pixels.compute().values[1])
    figures = found.as_json()
    assert figures["pixel_ap"] == pytest.approx(wanted, abs=1e-3)  # over the one class that has any
    assert figures["pixel_images"] == 3


def replace_name(picture: LabelledPicture) -> object:
    """What the reader of the made set asks a photo for."""
    return type("Photo", (), {"name": picture.path.name})


def test_the_centre_is_the_baseline(made: Callable) -> None:
    middle = np.zeros((SIDE, SIDE), np.uint8)
    middle[50:175, 50:175] = 1
    found = evaluate(*made([((1, 0), middle, -ramp())])).as_json()
    assert found["centre_pixel_ap"] == pytest.approx(1, abs=0.02)
    assert found["pixel_ap"] < 0.6


def test_without_masks_there_is_no_figure(made: Callable) -> None:
    found = evaluate(*made([((1, 0), None, ramp()), ((0, 1), None, ramp())])).as_json()
    assert (found["pixel_ap"], found["centre_pixel_ap"], found["pixel_images"]) == (None, None, 0)


def test_a_class_that_the_mask_does_not_show_changes_nothing(made: Callable) -> None:
    shown = ((1, 0), halves(0, 1), ramp())
    alone = evaluate(*made([shown])).as_json()["pixel_ap"]
    empty = ((1, 0), halves(0, 0), ramp())
    assert evaluate(*made([shown, empty])).as_json()["pixel_ap"] == alone


def test_evidence_is_read_back_as_it_was(made: Callable) -> None:
    cases = [
        ((1, 1), halves(1, 2), ramp()),
        ((1, 0), None, ramp()),
        ((0, 1), halves(0, 2), -ramp()),
    ]
    read, pictures = made(cases)
    found = evaluate(read, pictures)
    arrays = packed(found.evidence, 2)
    assert arrays["pixels"].shape == (3, 2, 2, pixel_precision.STEPS + 1)
    again = unpacked(arrays, pictures.pictures)
    for one, other in zip(found.evidence, again, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert one.masked.tolist() == other.masked.tolist()
    whole = localization_of(pictures, jobs.Result({}, arrays))
    assert whole.as_json() == found.as_json()
    old = {name: value for name, value in arrays.items() if name != "pixels"}
    assert localization_of(pictures, jobs.Result({}, old)).as_json()["pixel_ap"] is None


def test_a_mask_that_is_none_is_refused(made: Callable, tmp_path: Path) -> None:
    read, pictures = made([((1, 0), halves(0, 1), ramp())])
    (picture,) = pictures.pictures
    with pytest.raises(DatasetError, match="has no mask"):
        read_mask(replace(picture, mask=None))
    palette(picture.mask, np.zeros((SIDE, SIDE - 1)))
    with pytest.raises(
        DatasetError, match=r"has the shape \(225, 224\), and its picture 225 x 225 px"
    ):
        collect(read(replace_name(picture)), picture, (0, 1))
    picture.mask.write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"The mask 0\.png cannot be read"):
        evaluate(read, pictures)


@pytest.mark.data
def test_a_real_mask_outlines_its_class(data: Path) -> None:
    pictures = labelled.read("voc", data / "voc", "val").pictures
    masked = [one for one in pictures if one.mask is not None]
    assert len(masked) == 271  # as the set's description says
    one = next(one for one in masked if one.name == "2007_000042")
    mask = read_mask(one)
    train = voc.CLASSES.index("train")
    assert mask.shape == (one.height, one.width)
    assert set(np.unique(mask)) == {0, train + 1, 255}
    rows, columns = np.nonzero(mask == train + 1)
    left, top, right, bottom = np.array([thing.box for thing in one.objects]).T
    assert left.min() - 2 <= columns.min() <= columns.max() <= right.max() + 2
    assert top.min() - 2 <= rows.min() <= rows.max() <= bottom.max() + 2


@pytest.mark.data
def test_maps_of_a_real_picture_are_measured(data: Path, network) -> None:
    from wsl_core.datasets import relatives
    from wsl_core.fcn.localization.untrained import grouped

    whole = labelled.read("voc", data / "voc", "val")
    chosen = [one for one in whole.pictures if one.name in ("2007_000042", "2007_000332")]
    groups = relatives.kind_of(whole.classes)
    found = evaluate(
        lambda photo: grouped(network.class_maps(photo, 449), groups),
        LabelledPictures("two", whole.classes, tuple(chosen)),
    ).as_json()
    assert found["pixel_images"] == 2
    assert 0.3 < found["pixel_ap"] <= 1

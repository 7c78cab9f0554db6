"""Evaluation on a small set in VOC's layout: known answers, given and predicted labels, refusals."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fcn import toy_set
from wsl_core import images, jobs
from wsl_core.datasets import voc, voc_labels
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.fcn.segmentation import evaluation, masks, palette
from wsl_core.fcn.segmentation.evaluation import EvaluationParameters, Way, evaluate
from wsl_core.fcn.segmentation.setting import Setting
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

HandMade = Callable[..., ClassMaps]
WAYS = [Way(given, crf) for given in (True, False) for crf in (False, True)]
CASES = {
    "one": {"cat": (0, 0, 33, 65)},
    "two": {"dog": (32, 0, 65, 65)},
    "three": {"cat": (0, 0, 33, 65), "dog": (40, 0, 65, 65)},
}
CAT, DOG = (4, 4, -4, -4, -4), (-4, -4, -4, 4, 4)  # by column of cells, of which there are five


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_set.voc(tmp_path_factory.mktemp("toys"), CASES)


@pytest.fixture
def read(hand_made: HandMade) -> Callable[[Photo], ClassMaps]:
    """Maps of the 20 classes in another order: cats to the left, dogs to the right, whatever is shown."""
    from dataclasses import replace

    from wsl_core.networks import ClassNames

    names = (*voc.CLASSES[10:], *voc.CLASSES[:10])
    values = np.full((20, 5, 5), -4.0)
    values[names.index("cat")] = np.array(CAT)
    values[names.index("dog")] = np.array(DOG)
    maps = replace(hand_made(values, (65, 65)), classes=ClassNames(("",) * 20, names))
    return lambda photo: maps


def by_hand(root: Path, given: bool) -> float:
    """mIoU without the CRF: a class lies where its map is above half of its maximum."""
    counts = np.zeros((21, 21), np.int64)
    cell = ((np.arange(65) + 0.5) * 129 / 65 - 0.5) / 32
    q = {name: np.interp(cell, np.arange(5), one) / 4 for name, one in (("cat", CAT), ("dog", DOG))}
    for name, boxes in CASES.items():
        mask = np.asarray(Image.open(root / f"VOCdevkit/VOC2012/SegmentationClass/{name}.png"))
        labels = np.zeros((65, 65), np.int64)
        for thing in boxes if given else q:
            labels[:, q[thing] > 0.5] = 1 + voc.CLASSES.index(thing)
        np.add.at(counts, (mask, labels), 1)
    either = counts.sum(0) + counts.sum(1) - counts.diagonal()
    return float((counts.diagonal()[either > 0] / either[either > 0]).mean())


def test_given_and_predicted_labels_before_and_after_the_crf(root: Path, read: Callable) -> None:
    pictures = voc_labels.read_with_masks(root, "val")
    likely = np.sort(read(images.read(pictures.pictures[0].path)).probabilities)
    how = UnaryParameters(present=float(likely[-2]), alike=0)  # both classes, in every picture
    found = dict(zip(WAYS, evaluate(read, pictures, WAYS, how), strict=True))
    for given in (True, False):
        assert found[Way(given, False)]["miou"] == pytest.approx(by_hand(root, given))
        classes = found[Way(given, True)]["classes"]
        assert list(classes) == ["background", *voc.CLASSES]
        assert classes["cow"] is None
    refined = found[Way(True, True)]["miou"]
    assert refined > found[Way(True, False)]["miou"] > found[Way(False, False)]["miou"]


def test_figures_do_not_depend_on_the_order_of_ways(root: Path, read: Callable) -> None:
    pictures = voc_labels.read_with_masks(root, "val")
    for ways in (WAYS, WAYS[::-1], [WAYS[1], WAYS[2]]):
        (counted,) = [next(evaluation.counts(read, pictures, ways))]
        for way, pixels in zip(ways, counted, strict=True):
            (alone,) = next(evaluation.counts(read, pictures, [way]))
            assert np.array_equal(pixels, alone)


def test_a_job_goes_on_where_it_was(
    root: Path, read: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "reader", lambda *_, **__: read)
    config = {
        "data": str(root),
        "head": "average",
        "crf": True,
        "given_labels": True,
        "checkpoint_every": 2,
    }
    events = list(evaluation.evaluation_job(jobs.Task(config)))
    (kept,) = (one for one in events if isinstance(one, jobs.Checkpoint))
    assert kept.step == 2
    whole = events[-1]
    pictures = voc_labels.read_with_masks(root, "val")
    before, after = evaluate(read, pictures, [Way(True, False), Way(True, True)])
    assert {name: whole.facts[name] for name in after} == after
    assert whole.facts["before"] == before
    assert (whole.facts["images"], whole.facts["data"]) == (3, "VOC 2012 segmentation val")
    looked = []
    monkeypatch.setattr(
        evaluation, "reader", lambda *_, **__: lambda photo: looked.append(photo) or read(photo)
    )
    again = list(evaluation.evaluation_job(jobs.Task(config, checkpoint=kept)))[-1]
    assert len(looked) == 1
    assert again.facts == whole.facts


def test_a_setting_takes_what_is_left_open_from_the_card(root: Path) -> None:
    setting = Setting.of(EvaluationParameters(data=str(root), head="average"))
    card = setting.card
    assert card is not None
    assert (setting.how.sizes, setting.how.mirror) == (card.sizes, card.mirror)
    assert (setting.facts["subset"], setting.facts["stride"]) == (True, 16)
    assert setting.how.asked
    with pytest.raises(ParameterError, match="give one of the two"):
        Setting.of(EvaluationParameters(data=str(root), head="average", network="resnet18"))
    with pytest.raises(DatasetError, match="no split 'test'"):
        Setting.of(EvaluationParameters(data=str(root), head="average", split="test"))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda m: m.crop((0, 0, 60, 65)), r"shape \(65, 60\), and its picture 65 x 65"),
        (lambda m: m.convert("RGB"), r"shape \(65, 65, 3\).*one byte a pixel"),
        (
            lambda m: repaletted(m, (1, 2, 3)),
            r"label 8 the colour \(1, 2, 3\).*VOC's palette, where it is \(64, 0, 0\)",
        ),
        (lambda m: m.point(lambda value: 77 if value else 0), "label 77.*Accepted are 0 to 20"),
    ],
)
def test_masks_that_do_not_fit_are_refused_in_words(
    tmp_path: Path, spoil: Callable, sentence: str
) -> None:
    root = toy_set.voc(tmp_path, {"one": CASES["one"]})
    file = root / "VOCdevkit/VOC2012/SegmentationClass/one.png"
    with Image.open(file) as mask:
        spoil(mask.copy()).save(file)
    (picture,) = voc_labels.read_with_masks(root, "val").pictures
    with pytest.raises(DatasetError, match=sentence):
        masks.read(picture, 20)


def repaletted(mask: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    colours = palette.COLOURS.copy()
    colours[8] = colour
    mask.putpalette(colours.tobytes())
    return mask


def test_a_missing_mask_is_refused_or_left_out(tmp_path: Path) -> None:
    root = toy_set.voc(tmp_path, CASES)
    (root / "VOCdevkit/VOC2012/SegmentationClass/two.png").unlink()
    with pytest.raises(DatasetError, match=r"two \(mask\)"):
        voc_labels.read_with_masks(root, "val")
    found = voc_labels.read_with_masks(root, "val", skip_missing=True)
    assert [one.name for one in found.pictures] == ["one", "three"]
    assert found.missing == ("two",)

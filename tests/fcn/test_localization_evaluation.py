"""Evaluation over labelled pictures: known answers, resuming, refusals, real pictures."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core import images, jobs, networks
from wsl_core.datasets import labelled, relatives
from wsl_core.datasets.labelled import LabelledObject, LabelledPicture, LabelledPictures, labels_of
from wsl_core.errors import DatasetError, NetworkError, ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.heads import Head, HeadCard, TrainingData
from wsl_core.fcn.localization import Localization, evaluate, evaluation, localization_of, reader
from wsl_core.fcn.localization.untrained import grouped
from wsl_core.networks import ClassMaps, ClassNames

HandMade = Callable[..., ClassMaps]
CLASSES = ("class a", "class b")
SIDE = 225  # 8 x 8 cells, cell i on pixel 32 i


def boxed(row: int, column: int, index: int = 0, *, difficult: bool = False) -> LabelledObject:
    """An object around a cell."""
    x, y = 32 * column, 32 * row
    return LabelledObject(index, (x - 10, y - 10, x + 11, y + 11), difficult)


@pytest.fixture
def made(tmp_path: Path, hand_made: HandMade) -> Callable[..., tuple]:
    """A set of blank pictures, and a reader that gives each its own maps."""

    def build(cases: list[tuple[list[LabelledObject], np.ndarray]]) -> tuple:
        pictures, known = [], {}
        for number, (objects, values) in enumerate(cases):
            path = tmp_path / f"{number}.png"
            Image.new("RGB", (SIDE, SIDE), (number, 0, 0)).save(path)
            pictures.append(
                LabelledPicture(
                    str(number), path, SIDE, SIDE, labels_of(objects, 2), tuple(objects)
                )
            )
            known[path.name] = hand_made(values)
        return (
            lambda photo: known[photo.name],
            LabelledPictures("made val", CLASSES, tuple(pictures)),
        )

    return build


def peaks(score: float, *cells: tuple[int, int, int]) -> np.ndarray:
    """Two maps with a mean of `score` each, highest at (class, row, column)."""
    values = np.zeros((2, 8, 8))
    for index, row, column in cells:
        values[index, row, column] = 6
    return values - values.mean(axis=(1, 2), keepdims=True) + score


CASES = [
    ([boxed(2, 3)], peaks(0.9, (0, 2, 3), (1, 0, 0))),  # a: right
    ([boxed(5, 5), boxed(1, 1, 1)], peaks(0.8, (0, 6, 2), (1, 1, 1))),  # a: beside it; b: right
    ([boxed(3, 3, 1)], peaks(0.7, (0, 4, 4), (1, 7, 7))),  # b: beside it
    ([boxed(4, 4, 0, difficult=True)], peaks(0.6, (0, 4, 4), (1, 2, 2))),  # a: only difficult
    ([boxed(0, 7)], peaks(0.5, (0, 0, 7), (1, 3, 4))),  # a: right, in the corner
]


def test_known_answers(made: Callable) -> None:
    found = evaluate(*made(CASES))
    # a: scores .9 .8 .7 .5, shown T T F T, right T F F T. b: scores .9 .8 .7 .6 .5, shown F T T F F.
    assert found.counts.tolist() == [3, 2]
    assert found.classification.values == pytest.approx([(1 + 1 + 0.75) / 3, 2 / 3])
    assert found.points.area.values == pytest.approx([(1 + 0.5) / 3, (1 / 2) / 2])
    assert found.points.disc.values == pytest.approx([2 / 3, 1 / 2])
    assert found.points.area.mean == pytest.approx(0.375)
    assert (found.points.area.values <= found.classification.values).all()
    # The middle is 16 px from cell (3, 3), 6 px from the box around it: one hit of two, at rank 3.
    assert found.centre.area.values == pytest.approx([0, (1 / 3) / 2])
    figures = found.as_json()
    assert json.loads(json.dumps(figures)) == figures
    assert figures["point_map"] == pytest.approx(0.375)
    assert figures["classification_map"] == pytest.approx((2.75 / 3 + 2 / 3) / 2)
    assert figures["centre_map"] == pytest.approx(1 / 12)
    assert figures["classes"]["class a"] == {
        "point_ap": pytest.approx(0.5),
        "classification_ap": pytest.approx(2.75 / 3),
        "images": 3,
    }
    assert figures["images"] == 5
    assert figures["frequent"] == []
    assert figures["point_map_frequent"] is None  # no class has twenty pictures


def test_half_pixel_placement_loses_the_corner(made: Callable) -> None:
    found = evaluate(*made(CASES))
    # Cell (0, 7) is drawn at (211, 13.6) instead of (224, 0): 14 px off, 4 px beyond the box: within
    # the tolerance. With a smaller object it is lost.
    assert found.half_pixel.area.values == pytest.approx(found.points.area.values)
    tiny = LabelledObject(0, (224, 0, 225, 1), False)
    read, pictures = made([([tiny], peaks(1, (0, 0, 7)))])
    corner = evaluate(read, pictures)
    assert corner.points.area.values[0] == 1
    x, y = corner.evidence[0].by_half_pixel().points[0]
    assert (x, y) == pytest.approx((7.5 / 8 * SIDE - 0.5, 0.5 / 8 * SIDE - 0.5))


def test_boxes_are_measured_where_the_class_is(made: Callable) -> None:
    values = np.full((2, 8, 8), -1.0)
    values[0, 1:4, 2:6] = 5
    whole = LabelledObject(0, (48, 16, 176, 112), False)
    found = evaluate(*made([([whole], values)]))
    assert found.boxes.corloc.values[0] == 1
    assert math.isnan(found.boxes.corloc.values[1])
    assert found.boxes.max_box_acc.count == 1
    assert found.boxes.max_box_acc.value == 1
    assert found.centre_boxes.corloc.values[0] == 0
    nothing = evaluate(*made([([whole], values - 9)]))  # nowhere above zero: no box
    assert nothing.boxes.corloc.values[0] == 0


def test_points_can_be_those_of_a_beam_search(made: Callable) -> None:
    values = np.zeros((2, 8, 8))
    values[0, 5:7, 2:4], values[0, 0, 7] = 3, 4  # one loud cell beside the object
    read, pictures = made([([boxed(5, 2)], values)])
    assert evaluate(read, pictures).points.area.values[0] == 0
    found = evaluate(read, pictures, pointed="beam")
    assert found.points.area.values[0] == 1
    assert found.evidence[0].points[0].tolist() == [32 * 2.5, 32 * 5.5]


def test_the_worst_mistakes_come_first(made: Callable) -> None:
    found = evaluate(*made(CASES)).mistakes()
    assert sorted((round(-one.score, 3), one.class_name, one.present) for one in found) == [
        (-0.9, "class b", False),
        (-0.8, "class a", True),
        (-0.7, "class a", False),
        (-0.7, "class b", True),
        (-0.6, "class b", False),  # class a is only difficult there
        (-0.5, "class b", False),
    ]
    assert [one.picture for one in found] == ["0", "1", "2", "2", "3", "4"]
    assert (found[1].x, found[1].y) == (64, 192)
    assert found[1].score == pytest.approx(0.8, abs=1e-6)
    only = evaluate(*made(CASES)).mistakes(1, which=0)
    assert [(one.picture, one.class_name) for one in only] == [("1", "class a")]


def test_classes_of_twenty_pictures_are_frequent(made: Callable) -> None:
    two = evaluate(*made([([boxed(2, 3)], peaks(1, (0, 2, 3))), CASES[2]])).evidence
    figures = Localization("made val", CLASSES, two[:1] * 20 + two[1:] * 19).as_json()
    assert figures["frequent"] == ["class a"]
    assert figures["point_map_frequent"] == figures["classes"]["class a"]["point_ap"] == 1
    assert figures["point_map"] == 0.5


def test_the_order_of_the_heads_classes_does_not_matter(made: Callable) -> None:
    read, pictures = made(CASES)

    def turned(photo: images.Photo) -> ClassMaps:
        maps = read(photo)
        names = ClassNames(("",) * 3, ("class b", "something else", "class a"))
        return replace(
            maps, classes=names, weight=maps.weight[[1, 0, 0]], bias=maps.bias[[1, 0, 0]]
        )

    one, other = evaluate(read, pictures), evaluate(turned, pictures)
    assert one.as_json() == other.as_json()


def test_progress_is_reported(made: Callable) -> None:
    shares: list[float] = []
    evaluate(*made(CASES), report=shares.append)
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])


def test_labels_without_boxes_leave_points_out(made: Callable) -> None:
    read, pictures = made(CASES)
    bare = replace(pictures, pictures=tuple(replace(one, objects=()) for one in pictures.pictures))
    figures = evaluate(read, bare).as_json()
    assert figures["classification_map"] == pytest.approx((2.75 / 3 + 2 / 3) / 2)
    for absent in ("point_map", "centre_map", "pointing", "corloc", "max_box_acc"):
        assert figures[absent] is None
    assert figures["classes"]["class a"]["point_ap"] is None
    assert all(not mistake.present for mistake in evaluate(read, bare).mistakes())


# What is refused


def test_a_head_of_other_classes_is_refused_by_name(made: Callable) -> None:
    read, pictures = made(CASES)
    other = replace(pictures, classes=("class a", "zebra"))
    with pytest.raises(ParameterError, match=r"made val has 1 classes .* zebra"):
        evaluate(read, other)


def test_a_picture_of_another_size_than_annotated_is_refused(made: Callable) -> None:
    read, pictures = made(CASES)
    wrong = replace(pictures.pictures[1], width=99)
    with pytest.raises(DatasetError, match=r"1\.png has 225 x 225 px, .* 99 x 225"):
        evaluate(read, replace(pictures, pictures=(pictures.pictures[0], wrong)))


def test_values_that_are_not_numbers_are_refused(made: Callable) -> None:
    with pytest.raises(NetworkError, match=r"not numbers on the picture 0\.png"):
        evaluate(*made([([boxed(1, 1)], np.full((2, 8, 8), np.nan))]))


def test_a_head_and_a_network_exclude_each_other() -> None:
    with pytest.raises(ParameterError, match="give one of the two"):
        reader(CLASSES, head="wildcat", network="efficientnet-lite0")


# Without training


@pytest.mark.parametrize("by", ["max", "mean"])
def test_maps_are_grouped_by_relatives(hand_made: HandMade, by: str) -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 5)).astype(np.float32)
    maps = hand_made(values, bias=np.arange(4.0))
    found = grouped(maps, {"one": (1, 3), "two": (0,)}, by)
    shifted = values + np.arange(4.0)[:, None, None]
    both = shifted[[1, 3]].max(0) if by == "max" else shifted[[1, 3]].mean(0)
    expected = [both - shifted.mean(0), shifted[0] - shifted.mean(0)]
    assert found.logits == pytest.approx(np.array(expected), abs=1e-5)
    assert found.scores == pytest.approx(np.array(expected).mean(axis=(1, 2)), abs=1e-5)
    assert found.classes.names == ("one", "two")


def test_a_class_without_relatives_is_refused(hand_made: HandMade) -> None:
    maps = hand_made(np.zeros((4, 3, 5)))
    with pytest.raises(ParameterError, match=r"no relatives .* zebra"):
        grouped(maps, {"cat": (1,), "zebra": ()})
    with pytest.raises(ParameterError, match="trained on ImageNet"):
        grouped(maps, {"cat": (281,)})


# The job


def job(
    made: Callable, monkeypatch: pytest.MonkeyPatch, config: dict | None = None, checkpoint=None
) -> list[jobs.Event]:
    read, pictures = made(CASES)
    monkeypatch.setattr(labelled, "read", lambda *_args, **_named: pictures)
    monkeypatch.setattr(evaluation, "reader", lambda *_args, **_named: read)
    settings = {"data": "somewhere", "checkpoint_every": 2} | (config or {})
    return list(evaluation.evaluation_job(jobs.Task(settings, {}, checkpoint)))


def same(one: jobs.Result, other: jobs.Result) -> bool:
    return one.facts == other.facts and all(
        np.array_equal(one.arrays[name], other.arrays[name], equal_nan=True) for name in one.arrays
    )


def test_a_broken_job_ends_like_an_unbroken_one(
    made: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = job(made, monkeypatch)
    checkpoints = [event for event in events if isinstance(event, jobs.Checkpoint)]
    assert [one.step for one in checkpoints] == [2, 4]
    whole = events[-1]
    assert isinstance(whole, jobs.Result)
    resumed = job(made, monkeypatch, checkpoint=checkpoints[0])
    steps = [event.step for event in resumed if isinstance(event, jobs.Progress)]
    assert steps == [None, 2, 3, 4, 5]  # the first two were not looked at again
    assert same(resumed[-1], whole)
    changed = replace(checkpoints[0], state={"pictures": "of another set"})
    assert same(job(made, monkeypatch, checkpoint=changed)[-1], whole)
    assert [
        event.step
        for event in job(made, monkeypatch, checkpoint=changed)
        if isinstance(event, jobs.Progress)
    ] == [None, 0, 1, 2, 3, 4, 5]


def test_the_result_of_a_job_holds_the_whole(
    made: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, pictures = made(CASES)
    direct = evaluate(read, pictures)
    result = job(made, monkeypatch)[-1]
    assert isinstance(result, jobs.Result)
    assert json.loads(json.dumps(result.facts)) == result.facts
    assert {k: v for k, v in result.facts.items() if k in direct.as_json()} == direct.as_json()
    assert result.facts["mistakes"][0]["class_name"] == "class b"
    again = localization_of(pictures, result)
    assert again.as_json() == direct.as_json()
    assert again.mistakes() == direct.mistakes()
    kept = sum(array.nbytes for array in result.arrays.values())
    assert kept / len(pictures.pictures) < 4000  # bytes a picture


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"threshold": 2}, "threshold"),
        ({"nonsense": 1}, "nonsense"),
        ({"format": "yolo"}, "format"),
        ({"sizes": "321,large"}, "sizes"),
    ],
)
def test_a_config_that_is_none_is_refused(config: dict, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        list(evaluation.evaluation_job(jobs.Task({"data": "somewhere"} | config)))


def test_sizes_can_be_written_as_on_the_command_line() -> None:
    how = evaluation.EvaluationParameters(data="somewhere", sizes="321, 449,641")
    assert how.sizes == (321, 449, 641)


# Real pictures


@pytest.fixture(scope="module")
def twenty(data: Path) -> LabelledPictures:
    """One picture of VOC's training half for every class, the first that shows it."""
    whole = labelled.read("voc", data / "voc", "train")
    chosen: list[LabelledPicture] = []
    for k in range(len(whole.classes)):
        chosen.append(
            next(one for one in whole.pictures if one.labels[k] == 1 and one not in chosen)
        )
    return replace(whole, pictures=tuple(chosen))


@pytest.fixture(scope="module")
def untrained(twenty: LabelledPictures) -> Localization:
    return evaluate(reader(twenty.classes, sizes=(321,)), twenty)


@pytest.mark.data
def test_untrained_maps_find_objects_better_than_the_centre(untrained: Localization) -> None:
    figures = untrained.as_json()
    assert figures["point_map"] > figures["centre_map"] + 0.02
    assert figures["classification_map"] >= figures["point_map"]
    chance = float(np.mean(untrained.counts / len(untrained.evidence)))
    assert figures["classification_map"] > 3 * chance
    assert 0 < figures["max_box_acc"] <= 1
    assert figures["max_box_acc_v2"] >= figures["max_box_acc"] - 0.2


@pytest.mark.data
def test_the_job_says_what_evaluate_says(
    untrained: Localization, twenty: LabelledPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(twenty, pictures=twenty.pictures[:5])
    monkeypatch.setattr(labelled, "read", lambda *_args, **_named: few)
    task = jobs.Task({"data": "voc", "sizes": [321], "network": networks.DEFAULT})
    *_, result = evaluation.evaluation_job(task)
    assert isinstance(result, jobs.Result)
    figures = replace(untrained, evidence=untrained.evidence[:5]).as_json()
    assert {name: result.facts[name] for name in figures} == figures


@pytest.mark.data
def test_a_head_is_read_with_the_sizes_of_its_card(
    twenty: LabelledPictures, network: networks.Network, tmp_path: Path
) -> None:
    few = replace(twenty, pictures=twenty.pictures[:3])
    photo = images.Photo.from_array(np.zeros((65, 65, 3), np.uint8))
    linear = grouped(network.class_maps(photo, 65), relatives.kind_of(few.classes), "mean")
    card = HeadCard(
        name="mean", title="Mean of relatives", network=networks.DEFAULT,
        features=network.card.features, classes=few.classes, scheme="average",
        data=TrainingData(title="none", split="none", pictures=1, subset=True),
        sizes=(161, 225), mirror=True,
    )  # fmt: skip
    Head(card, linear.weight, linear.bias).save(tmp_path / "mean")
    found = evaluate(reader(few.classes, head=str(tmp_path / "mean")), few)

    def by_hand(photo: images.Photo) -> ClassMaps:
        passes = [
            network.class_maps(photo, size, mirrored=flip)
            for size in (161, 225)
            for flip in (False, True)
        ]
        return grouped(activation_maps.fuse(passes), relatives.kind_of(few.classes), "mean")

    same = evaluate(by_hand, few)
    for one, other in zip(found.evidence, same.evidence, strict=True):
        assert one.points == pytest.approx(other.points)
        assert one.scores == pytest.approx(other.scores, abs=1e-2)  # kept in 16 bits
    once = evaluate(
        reader(few.classes, head=str(tmp_path / "mean"), sizes=(161,), mirror=False), few
    )
    assert not np.allclose(once.evidence[0].scores, found.evidence[0].scores, atol=0.1)

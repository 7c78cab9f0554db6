"""Average precision of classes and points, and pointing: the reference's vectors, and laws."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from tests.fcn.localization_cases import measured, one_class
from wsl_core.datasets.labelled import LabelledObject
from wsl_core.fcn.localization import (
    ClassificationAP,
    Evidence,
    Pointing,
    PointLocalization,
    average_precision,
)

SIX = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)


# Average precision


@pytest.mark.parametrize(
    ("labels", "eleven", "area", "without_envelope"),
    [
        ([1, 0, 1, 1, 0, 1], 0.7954545455, 0.7916666667, 0.7708333333),
        ([0, 1, 1, 0, 0, 1], 0.6060606061, 0.6111111111, 0.5555555556),
    ],
)
def test_both_ways_of_voc(
    labels: list[int], eleven: float, area: float, without_envelope: float
) -> None:
    assert average_precision(SIX, labels, sum(labels)) == pytest.approx(area, abs=1e-9)
    assert average_precision(SIX, labels, sum(labels), "eleven") == pytest.approx(eleven, abs=1e-9)
    other = average_precision_score(labels, SIX)
    assert other == pytest.approx(without_envelope, abs=1e-9)  # what it would be without one
    assert area > other


def test_area_is_that_of_sklearn_where_the_precision_only_falls() -> None:
    labels, scores = [1, 1, 0, 1, 0, 0], SIX
    # Precision falls at each miss and ends the lower for every later hit: nothing to envelop.
    assert average_precision(scores, labels, 3) == pytest.approx(
        average_precision_score(labels, scores)
    )


def independent(scores: np.ndarray, labels: np.ndarray, eleven: bool) -> float:
    """By every threshold in a loop: the best precision at each recall or beyond."""
    curve = [
        (labels[scores >= t].sum() / labels.sum(), labels[scores >= t].mean())
        for t in np.unique(scores)
    ]

    def best(recall: float) -> float:
        return max((p for r, p in curve if r >= recall - 1e-12), default=0.0)

    if eleven:
        return float(np.mean([best(i / 10) for i in range(11)]))
    recalls = sorted({0.0} | {r for r, _ in curve})
    return sum((b - a) * best(b) for a, b in itertools.pairwise(recalls))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", ["area", "eleven"])
def test_average_precision_is_that_of_a_loop(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 8, 30) / 8  # many ties
    labels = random.random(30) < 0.3
    labels[0] = True
    ours = average_precision(scores, labels, int(labels.sum()), kind)
    assert ours == pytest.approx(independent(scores, labels, kind == "eleven"), abs=1e-12)


def test_ties_are_one_group_whatever_their_order() -> None:
    for labels in itertools.permutations([1, 0]):
        value = average_precision([0.9, 0.5, 0.5, 0.1], [0, *labels, 1], 2)
        assert value == pytest.approx(
            0.5
        )  # .4166666667 without the envelope: 1/2 stands at the end
    assert average_precision_score([0, 1, 0, 1], [0.9, 0.5, 0.5, 0.1]) == pytest.approx(5 / 12)


def test_large_logits_are_not_squeezed_together() -> None:
    value = average_precision([40, 30, 20, -1], [0, 1, 0, 1], 2)
    assert value == pytest.approx(0.5)


def test_difficult_pictures_are_dropped() -> None:
    labels = (1, -1, 1, 0, 1, 0)
    evidence = [one_class(s, label=label) for s, label in zip(SIX, labels, strict=True)]
    assert measured(ClassificationAP(), evidence) == pytest.approx(0.9166666667)
    assert measured(ClassificationAP("eleven"), evidence) == pytest.approx(0.9090909091)
    for wrong, value in ((0, 0.7555555556), (1, 0.95)):
        other = [replace(e, labels=np.where(e.labels < 0, wrong, e.labels)) for e in evidence]
        without = average_precision_score([e.labels[0] for e in other], SIX)
        assert without == pytest.approx(value)
        assert measured(ClassificationAP(), other) != pytest.approx(0.9166666667, abs=0.01)


def test_a_class_without_a_picture_is_not_a_number_and_is_skipped() -> None:
    metric = ClassificationAP()
    for score, label in ((0.9, 1), (0.2, 0)):
        one = one_class(score, label=label)
        metric.update(
            replace(
                one,
                labels=np.array([label, 0], np.int8),
                scores=np.array([score, 0.5]),
                points=np.zeros((2, 2)),
            )
        )
    found = metric.compute()
    assert found.values[0] == 1
    assert math.isnan(found.values[1])
    assert found.mean == 1
    assert found.images.tolist() == [1, 0]
    metric.reset()
    assert math.isnan(metric.compute().mean)


# Points

BOX = [(40.0, 40.0, 100.0, 100.0)]
TWO = [(10.0, 10.0, 60.0, 60.0), (120.0, 120.0, 160.0, 160.0)]
ORACLE = [
    one_class(0.9, (50, 60), BOX),
    one_class(0.8, (22, 70), BOX),  # 18 px to the left of the first pixel: a hit
    one_class(0.7, (21, 70), BOX),  # 19: a miss
    one_class(0.6, (10, 10)),
    one_class(0.5, (150, 150), TWO),
]


def test_the_vector_of_point_localization() -> None:
    assert measured(PointLocalization(), ORACLE) == pytest.approx(0.65)
    assert measured(PointLocalization(kind="eleven"), ORACLE) == pytest.approx(0.6545454545)
    assert measured(ClassificationAP(), ORACLE) == pytest.approx(0.95)
    metric = PointLocalization()
    for one in ORACLE:
        metric.update(one)
    assert metric.compute().images.tolist() == [4]  # pictures; there are 5 objects


def test_wrong_ways_to_measure_points_give_other_figures() -> None:
    hits, scores = [1, 1, 0, 0, 1], SIX[:5]
    assert average_precision_score(hits, scores) == pytest.approx(0.8666666667)  # misses forgotten
    assert average_precision(scores, hits, 5) == pytest.approx(0.52)  # objects counted
    assert average_precision(scores, hits, 4) == pytest.approx(0.65)


@pytest.mark.parametrize(("tolerance", "value"), [(17.9, 0.35), (18, 0.65), (19, 0.95), (0, 0.35)])
def test_the_tolerance_is_included(tolerance: float, value: float) -> None:
    # With two hits of 4 left, at ranks 1 and 5: (1 + 2/5) / 4.
    assert measured(PointLocalization(tolerance), ORACLE) == pytest.approx(value)


@pytest.mark.parametrize("side", range(4))
def test_a_box_ends_at_its_last_pixel_on_every_side(side: int) -> None:
    point = [70.0, 70.0]
    point[side % 2] = 40 - 18 if side < 2 else 100 + 18
    inside = [one_class(1, tuple(point), BOX)]
    point[side % 2] += -0.01 if side < 2 else 0.01
    outside = [one_class(1, tuple(point), BOX)]
    assert measured(PointLocalization(), inside) == 1
    assert measured(PointLocalization(), outside) == 0


def test_difficult_boxes_are_no_targets_of_points() -> None:
    beside = one_class(0.9, (150, 150), BOX, difficult=[(120, 120, 160, 160)])
    assert measured(PointLocalization(), [beside]) == 0
    only = one_class(0.9, (150, 150), difficult=[(120, 120, 160, 160)])
    assert measured(PointLocalization(), [only, *ORACLE]) == pytest.approx(0.65)


def test_labels_without_boxes_have_no_points_to_measure() -> None:
    assert math.isnan(measured(PointLocalization(), [one_class(0.9, label=1)]))
    assert measured(ClassificationAP(), [one_class(0.9, label=1)]) == 1


def random_evidence(seed: int, pictures: int = 40, classes: int = 5) -> list[Evidence]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(pictures):
        labels = random.choice([1, 0, -1], classes, p=[0.4, 0.5, 0.1]).astype(np.int8)
        corners = random.uniform(0, 150, (classes, 2))
        objects = tuple(
            LabelledObject(k, (*corners[k], *(corners[k] + 50)), bool(labels[k] < 0))
            for k in range(classes)
            if labels[k]
        )
        points = corners + random.uniform(-30, 80, (classes, 2))
        scores = random.integers(-9, 9, classes) / 3
        found.append(Evidence((200, 200), labels, scores, points, objects))
    return found


def per_class(metric, evidence: list[Evidence]) -> np.ndarray:
    for one in evidence:
        metric.update(one)
    return metric.compute().values


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", ["area", "eleven"])
def test_points_are_never_better_than_classification(seed: int, kind: str) -> None:
    evidence = random_evidence(seed)
    points = per_class(PointLocalization(kind=kind), evidence)
    classes = per_class(ClassificationAP(kind), evidence)
    assert (points <= classes + 1e-12).all()
    assert (points < classes - 0.01).any()
    huge = per_class(PointLocalization(1000, kind=kind), evidence)
    assert huge == pytest.approx(classes)  # all points count: what is left is classification


@pytest.mark.parametrize(
    "make", [ClassificationAP, PointLocalization, Pointing, lambda: Pointing(rule="box")]
)
def test_the_order_of_pictures_and_of_classes_changes_nothing(make) -> None:
    evidence = random_evidence(3)
    values = per_class(make(), evidence)
    shuffled = [evidence[i] for i in np.random.default_rng(1).permutation(len(evidence))]
    assert per_class(make(), shuffled) == pytest.approx(values)
    order = [3, 0, 4, 1, 2]
    other = [
        replace(
            one,
            labels=one.labels[order],
            scores=one.scores[order],
            points=one.points[order],
            objects=tuple(
                LabelledObject(order.index(it.index), it.box, it.difficult) for it in one.objects
            ),
        )
        for one in evidence
    ]
    assert per_class(make(), other) == pytest.approx(values[order])


# Pointing


@pytest.mark.parametrize(
    ("point", "disc", "box"),
    [
        ((5, 30), False, True),
        ((6, 30), True, True),
        ((6, 6), False, True),
        ((9, 9), False, True),
        ((10, 10), True, True),
        ((4, 30), False, False),
        ((30, 30), True, True),
    ],
)
def test_the_two_rules_of_pointing(point: tuple[float, float], disc: bool, box: bool) -> None:
    evidence = [one_class(0, point, [(20, 20, 40, 40)])]
    assert measured(Pointing(rule="disc"), evidence) == disc
    assert measured(Pointing(), evidence) == disc
    assert measured(Pointing(rule="box"), evidence) == box


def test_pointing_asks_only_for_classes_that_are_there() -> None:
    evidence = [
        one_class(0, (5, 5), [(0, 0, 10, 10)]),
        one_class(9, (5, 5)),  # absent
        one_class(9, (90, 90), difficult=[(0, 0, 10, 10)]),  # nothing but difficult: skipped
        one_class(0, (150, 150), BOX, difficult=[(150, 150, 160, 160)]),  # counts, as in TorchRay
        one_class(0, (190, 5), BOX),
    ]
    assert measured(Pointing(), evidence) == pytest.approx(2 / 3)


def test_the_centre_is_a_baseline_for_points() -> None:
    evidence = [
        one_class(0.9, (0, 0), [(90, 90, 110, 110)]),
        one_class(0.8, (0, 0), [(0, 0, 20, 20)]),
    ]
    centre = [one.at_the_centre() for one in evidence]
    assert centre[0].points.tolist() == [[99.5, 99.5]]
    assert measured(PointLocalization(), evidence) == pytest.approx(0.25)
    assert measured(PointLocalization(), centre) == pytest.approx(0.5)
    assert measured(Pointing(), centre) == 0.5

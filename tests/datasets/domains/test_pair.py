"""Two domains that fit together, and those that do not."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from wsl_core.datasets.domains import DomainPair, Labelled, Unlabelled
from wsl_core.errors import DatasetError


def pictures(count: int, side: int = 8) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, side, side, 3), np.uint8)


def labelled(*labels: int, side: int = 8, title: str = "hand-made") -> Labelled:
    return Labelled(pictures(len(labels), side), np.array(labels, np.int64), title)


def pair(**changed: Any) -> DomainPair:
    parts: dict[str, Any] = {
        "name": "hand-made", "title": "Hand-made", "classes": ("a", "b", "c"),
        "source": labelled(0, 1, 2, title="the source"),
        "target": labelled(1, 1, title="the target").without_labels(),
        "evaluation": labelled(2, 0, title="the evaluation"),
        "source_evaluation": None, "target_labelled": None,
        "data": "full", "notes": (), "licence": "",
    }  # fmt: skip
    return DomainPair(**(parts | changed))


def test_the_target_has_no_place_for_labels() -> None:
    assert {field.name for field in dataclasses.fields(Unlabelled)} == {"values", "title"}
    assert not hasattr(pair().target, "labels")


def test_sets_are_picked_by_slice_places_and_mask() -> None:
    whole = labelled(0, 1, 2)
    for which in (slice(1, None), np.array([1, 2]), np.array([False, True, True])):
        assert whole[which].labels.tolist() == [1, 2]
        assert np.array_equal(whole[which].values, whole.values[1:])


def test_features_are_accepted() -> None:
    values = np.zeros((3, 5), np.float32)
    assert len(Unlabelled(values, "features")) == 3
    assert len(Labelled(values, np.arange(3), "features")) == 3


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((2, 8, 8), np.uint8), r"shape \(2, 8, 8\) and type uint8"),
        (np.zeros((2, 8, 8, 1), np.uint8), r"\(2, 8, 8, 1\)"),
        (np.zeros((2, 8, 8, 3), np.float32), "type float32"),
        (np.zeros((2, 5), np.float64), "type float64"),
        (np.zeros((0, 8, 8, 3), np.uint8), "holds nothing"),
    ],
)
def test_what_is_neither_pictures_nor_features_is_refused(values: np.ndarray, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        Unlabelled(values, "it")


@pytest.mark.parametrize(
    "labels", [np.arange(2), np.zeros((3, 1), np.int64), np.zeros(3, np.uint8)]
)
def test_labels_belong_to_their_pictures(labels: np.ndarray) -> None:
    with pytest.raises(DatasetError, match="there are 3 pictures, but labels of shape"):
        Labelled(pictures(3), labels, "it")


@pytest.mark.parametrize("part", ["target", "evaluation", "source_evaluation", "target_labelled"])
def test_pictures_of_another_size_are_refused(part: str) -> None:
    other: Any = labelled(0, 1, side=9, title="the other")
    other = other.without_labels() if part == "target" else other
    with pytest.raises(
        DatasetError, match=r"other has pictures of 9 x 9 x 3, but .*source .* 8 x 8 x 3"
    ):
        pair(**{part: other})


def test_pictures_and_features_do_not_mix() -> None:
    with pytest.raises(DatasetError, match="it has 4 features, but the source pictures of"):
        pair(target=Unlabelled(np.zeros((2, 4), np.float32), "it"))


@pytest.mark.parametrize("part", ["source", "evaluation", "source_evaluation", "target_labelled"])
@pytest.mark.parametrize("label", [-1, 3])
def test_labels_that_are_no_classes_are_refused(part: str, label: int) -> None:
    with pytest.raises(DatasetError, match=f"label sets differ: .* label {label}, .* 0 to 2"):
        pair(**{part: labelled(0, 1, 2, label)})


def test_a_class_that_the_source_never_shows_is_refused() -> None:
    with pytest.raises(
        DatasetError, match=r"label sets differ: .*evaluation shows “c”, which the source"
    ):
        pair(source=labelled(0, 1, title="the source"))
    assert len(pair(evaluation=labelled(0)).evaluation) == 1  # the other way round does no harm

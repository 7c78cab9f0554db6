"""Figures of zero-shot learning: hand-made cases, loops, extremes."""

import numpy as np
import pytest
from scipy.stats import skew

from wsl_core.errors import DatasetError, ParameterError
from wsl_core.networks.class_names import ClassNames
from wsl_core.transfer.zero_shot.backbone import taught
from wsl_core.transfer.zero_shot.division import divided, folds, random_unseen
from wsl_core.transfer.zero_shot.measures import (
    calibrated,
    class_accuracies,
    harmonic,
    hubness,
    per_class_accuracy,
    predicted_counts,
    stacking,
)


def test_accuracy_is_the_mean_over_classes() -> None:
    labels = np.array([0, 0, 0, 0, 1, 2])
    predicted = np.array([0, 0, 0, 1, 1, 0])
    np.testing.assert_allclose(class_accuracies(predicted, labels, 4), [0.75, 1, 0, np.nan])
    assert per_class_accuracy(predicted, labels, 4) == pytest.approx(1.75 / 3)


def test_harmonic_mean() -> None:
    assert float(harmonic(0.5, 0.5)) == pytest.approx(0.5)
    assert float(harmonic(0.9, 0.1)) == pytest.approx(0.18)
    assert float(harmonic(0.0, 0.0)) == 0
    assert float(harmonic(1.0, 0.0)) == 0


def test_ausuc_of_a_hand_made_case() -> None:
    """Two pictures a side. Seen: leads 3 (right) and 1 (right). Unseen: 2 (right) and 0 (wrong)."""
    seen = np.array([True, False, False])
    scores = np.array([[3.0, 0, -1], [1.0, 0, -1], [2.0, 0, -1], [0.0, 0, -1]])
    labels = np.array([0, 0, 1, 2])
    curve = stacking(scores, labels, seen)
    assert curve.gammas.tolist() == [-np.inf, 0, 1, 2, 3]
    assert curve.seen.tolist() == [1, 1, 0.5, 0.5, 0]
    assert curve.unseen.tolist() == [0, 0, 0, 0.5, 0.5]
    # From (seen 1, unseen 0) to (.5, 0), up to (.5, .5), then level to (0, .5).
    assert curve.area == pytest.approx(0.25)
    assert curve.harmonic.max() == pytest.approx(0.5)


@pytest.mark.parametrize("gamma", [-100.0, -0.4, 0.0, 0.3, 100.0])
def test_the_curve_is_what_calibrated_classes_give(gamma: float) -> None:
    random = np.random.default_rng(0)
    scores, labels = random.standard_normal((200, 7)), random.integers(0, 7, 200)
    seen = np.array([True, True, False, True, False, False, True])
    curve = stacking(scores, labels, seen)
    said = calibrated(scores, seen, gamma)
    loop = np.array([int(np.argmax(row - gamma * seen)) for row in scores])
    np.testing.assert_array_equal(said, loop)
    each = class_accuracies(said, labels, 7)
    place = curve.at(gamma)
    assert curve.seen[place] == pytest.approx(each[seen].mean())
    assert curve.unseen[place] == pytest.approx(each[~seen].mean())


def test_the_extremes_of_calibration() -> None:
    random = np.random.default_rng(1)
    scores, labels = random.standard_normal((100, 6)), random.integers(0, 6, 100)
    seen = np.array([True] * 4 + [False] * 2)
    curve = stacking(scores, labels, seen)
    assert curve.unseen[0] == 0
    assert curve.seen[-1] == 0
    alone = scores[:, :4].argmax(axis=1)
    mine = labels < 4
    assert curve.seen[0] == pytest.approx(per_class_accuracy(alone[mine], labels[mine], 4))
    assert (np.diff(curve.seen) <= 1e-12).all()
    assert (np.diff(curve.unseen) >= -1e-12).all()
    assert 0 <= curve.area <= 1


def test_a_perfect_method_has_the_whole_area() -> None:
    labels = np.repeat(np.arange(4), 5)
    curve = stacking(np.eye(4)[labels], labels, np.array([True, True, False, False]))
    assert curve.area == pytest.approx(1)


def test_hubs() -> None:
    counts = predicted_counts(np.array([2, 2, 2, 2, 0, 2]), 5)
    assert counts.tolist() == [1, 0, 5, 0, 0]
    assert hubness(counts) == pytest.approx(float(skew(counts)))
    assert hubness(np.array([3, 3, 3])) == 0


def test_no_picture_takes_part_twice_and_none_is_lost() -> None:
    labels = np.repeat(np.arange(10), 6)
    one = divided(labels, [2, 5, 77], seed=3)
    assert one.unseen.tolist() == [2, 5]
    np.testing.assert_array_equal(
        one.train.astype(int) + one.aside + one.asked, np.ones(len(labels), int)
    )
    assert all(1 <= (one.aside & (labels == k)).sum() <= 2 for k in one.seen)


def test_folds_never_see_an_unseen_class() -> None:
    labels = np.repeat(np.arange(12), 8)
    whole = divided(labels, [0, 4, 9], seed=0)
    parts = folds(whole, labels, 0, 2)
    assert len(parts) == 2 * 3
    for part in parts:
        touched = part.train | part.aside | part.asked
        assert not (touched & ~whole.train).any()
        assert not set(part.seen) & set(part.unseen)
    left_out = np.concatenate([part.unseen for part in parts[:3]])
    assert sorted(left_out) == sorted(whole.seen)


def test_the_sets_own_test_pictures_are_kept_aside() -> None:
    labels = np.repeat(np.arange(4), 4)
    test = np.arange(16) % 4 == 3
    one = divided(labels, [2, 3], 0, test)
    np.testing.assert_array_equal(one.aside, test & (labels < 2))


def test_draws_are_fixed_by_their_seed() -> None:
    drawn = random_unseen(range(20), 5, 4, 7)
    assert drawn == random_unseen(range(20), 5, 4, 7)
    assert drawn[:2] == random_unseen(range(20), 5, 2, 7)
    assert len({tuple(one) for one in drawn}) == 4
    assert drawn != random_unseen(range(20), 5, 4, 8)


def test_divisions_that_cannot_be() -> None:
    labels = np.repeat(np.arange(4), 4)
    with pytest.raises(DatasetError, match="1 unseen class "):
        divided(labels, [1], 0)
    with pytest.raises(DatasetError, match="no unseen classes"):
        divided(labels, [9], 0)
    with pytest.raises(DatasetError, match="1 seen class "):
        divided(labels, [1, 2, 3], 0)
    with pytest.raises(DatasetError, match="cat has one picture"):
        divided(np.array([0, 1, 1, 2, 3]), [2, 3], 0, names=["cat", "dog", "a", "b"])
    with pytest.raises(ParameterError, match="Accepted are 2 to 2"):
        random_unseen(range(4), 3, 1, 0)


def test_what_the_network_was_taught() -> None:
    of = ClassNames(("n1", "n2", "n3"), ("zebra", "mouse, computer mouse", "sea lion"))
    found = taught(["zebra", "mouse", "seal"], of)
    assert [found[one].kind for one in ("zebra", "mouse", "seal")] == ["name", "name", "no"]
    ends = taught(["004.Grevys_Zebra", "zebra fish"], of)
    assert [one.kind for one in ends.values()] == ["relative", "no"]
    listed = taught(["Zebra", "mouse", "seal"], of, {"zebra": (0,), "mouse": (), "seal": (2,)})
    assert [listed[one].kind for one in ("Zebra", "mouse", "seal")] == ["name", "no", "relative"]
    assert listed["seal"].classes == ("sea lion",)

"""Every pair: what it holds, that it is seeded, and that nothing is on both sides of a test."""

from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets import domains
from wsl_core.datasets.domains import DomainPair, Labelled

FEW = {"source": 60, "target": 50, "evaluation": 60, "source_evaluation": 40}
OFFLINE = [name for name, card in domains.PAIRS.items() if card.offline]
READ = [name for name, card in domains.PAIRS.items() if not card.offline]


def fits_its_card(pair: DomainPair) -> None:
    card = domains.card(pair.name)
    shape = (card.side, card.side, 3)
    assert len(pair.classes) == card.classes
    assert pair.title == card.title
    for one in (pair.source, pair.target, pair.evaluation):
        assert one.values.shape[1:] == shape
        assert one.values.dtype == np.uint8
    assert set(pair.data.split(" and ")) <= {"full", "subset", "generated", "shipped"}
    assert pair.notes
    assert pair.licence


def bits(pair: DomainPair) -> list[bytes]:
    parts = (pair.source, pair.target, pair.evaluation)
    return [part.values.tobytes() for part in parts] + [
        part.labels.tobytes() for part in (pair.source, pair.evaluation)
    ]


def rows(values: np.ndarray) -> set[bytes]:
    return {np.ascontiguousarray(one).tobytes() for one in values}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", OFFLINE)
def test_offline_pairs_need_nothing_and_are_seeded(name: str) -> None:
    pair = domains.load(name, seed=1, counts=FEW)
    fits_its_card(pair)
    assert (len(pair.source), len(pair.target), len(pair.evaluation)) == (60, 50, 60)
    assert bits(pair) == bits(domains.load(name, seed=1, counts=FEW))
    other = bits(domains.load(name, seed=2, counts=FEW))
    assert all(one != another for one, another in zip(bits(pair), other, strict=True))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("mnist-mnistm-shipped", (6000, 6000, 2000, 2000)),
        ("digits-dimmed", (898, 2400, 1196, 299)),
        ("digits-photos", (898, 2400, 1196, 299)),
        ("digits-colours", (898, 2400, 1196, 299)),
    ],
)
def test_the_sizes_of_offline_pairs(name: str, sizes: tuple[int, ...]) -> None:
    pair = domains.load(name)
    assert pair.source_evaluation is not None
    parts = (pair.source, pair.target, pair.evaluation, pair.source_evaluation)
    assert tuple(len(part) for part in parts) == sizes
    # What the source is tested on is not what it is learned from.
    assert rows(pair.source.values).isdisjoint(rows(pair.source_evaluation.values))
    assert pair.target_labelled is not None
    assert pair.target_labelled.values is pair.target.values


@pytest.mark.usefixtures("bare")
def test_shipped_digits_are_what_the_photographs_are_blended_with() -> None:
    pair = domains.load("mnist-mnistm-shipped")
    assert pair.target_labelled is not None
    assert np.array_equal(pair.source.labels, pair.target_labelled.labels)
    blank = pair.source.values.max((0, 3)) == 0  # no digit ever inks these places
    assert blank.sum() > 200
    ink = pair.source.values[..., 0] > 250
    shown = pair.target.values[ink].astype(int)
    plain = pair.target.values[:, blank].astype(int)
    # Where there is ink the photograph is seen as its negative.
    assert shown.mean() == pytest.approx(255 - plain.mean(), abs=12)


@pytest.mark.usefixtures("bare")
def test_the_target_of_small_digits_shows_other_digits() -> None:
    pair = domains.load("digits-dimmed")
    # Two renderings of one digit differ in light, but not in where its ink is.
    order = pair.target.values.reshape(600, 4, 32, 32, 3)[..., 0].astype(float)
    ramp = np.stack([np.ones((32, 32)), *np.mgrid[-1:1:32j, -1:1:32j]]).reshape(3, -1).T
    flat = order.reshape(2400, -1)
    ink = flat - (ramp @ np.linalg.lstsq(ramp, flat.T, rcond=None)[0]).T
    ink /= np.linalg.norm(ink, axis=1, keepdims=True)
    ink = ink.reshape(600, 4, -1)
    same = (ink[:, 0] * ink[:, 1]).sum(1).mean()
    different = (ink[:-1, 0] * ink[1:, 0]).sum(1).mean()
    assert same > 0.7
    assert different < 0.6


READ_SIZES = {
    "mnist-mnistm": (60_000, 6000, 2000, "full and subset"),
    "svhn-mnist": (2743, 60_000, 10_000, "subset and full"),
    "synsigns-gtsrb": (1982, 2150, 2000, "subset"),
    "mnist-usps": (2000, 1800, 2007, "full"),
    "usps-mnist": (1800, 2000, 10_000, "full"),
    "photo-sketch": (420, 420, 420, "subset"),
    "edges-sketch": (1260, 420, 420, "generated and subset"),
}


@pytest.mark.data
@pytest.mark.usefixtures("wsl_data")
@pytest.mark.parametrize("name", READ)
def test_pairs_that_are_read(name: str) -> None:
    made = name in ("synnumbers-svhn", "drawnsigns-gtsrb")
    pair = domains.load(name, counts={"source": 86, "source_evaluation": 20} if made else None)
    fits_its_card(pair)
    found = (len(pair.source), len(pair.target), len(pair.evaluation), pair.data)
    if made:
        assert found[0] == 86
        assert pair.data == "generated and subset"
    else:
        assert found == READ_SIZES[name]


@pytest.mark.data
@pytest.mark.usefixtures("wsl_data")
def test_svhn_says_what_its_labels_are() -> None:
    pair = domains.load("synnumbers-svhn", counts={"source": 50, "source_evaluation": 10})
    assert pair.target_labelled is None
    said = " ".join(pair.notes)
    assert "recovered" in said
    assert "transductive" in said
    colour, grey = pair.parts["in colour"], pair.parts["grey"]
    assert (colour.sum(), grey.sum()) == (430, 2313)
    assert np.array_equal(colour, ~grey)
    assert np.ptp(pair.evaluation.values[grey].astype(int), axis=3).max() == 0
    some = domains.load("synnumbers-svhn", counts={**FEW, "source": 50})
    assert len(some.parts["grey"]) == len(some.evaluation) == 60
    assert np.ptp(some.evaluation.values[some.parts["grey"]].astype(int), axis=3).max() == 0


@pytest.mark.data
@pytest.mark.usefixtures("wsl_data")
def test_usps_pairs_draw_their_digits_by_the_seed() -> None:
    first = domains.load("mnist-usps", seed=0)
    other = domains.load("mnist-usps", seed=1, counts={"source": 1000})
    assert first.source.values.tobytes() != other.source.values.tobytes()
    assert first.target.values.tobytes() != other.target.values.tobytes()
    assert np.array_equal(first.evaluation.values, other.evaluation.values)
    assert other.data == "subset and full"


@pytest.mark.data
@pytest.mark.usefixtures("wsl_data")
def test_the_ceiling_of_sketches_is_measured_on_the_other_half() -> None:
    pair = domains.load("photo-sketch")
    assert isinstance(pair.target_labelled, Labelled)
    assert pair.ceiling_evaluation is not None
    assert len(pair.target_labelled) == len(pair.ceiling_evaluation) == 210
    assert np.bincount(pair.target_labelled.labels).tolist() == [30] * 7
    assert rows(pair.target_labelled.values).isdisjoint(rows(pair.ceiling_evaluation.values))
    assert pair.classes == ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")


@pytest.mark.data
def test_mnistm_says_what_it_is(wsl_data: Path) -> None:
    pair = domains.load("mnist-mnistm", counts={"source": 100, "target": 100, "evaluation": 100})
    assert pair.data == "subset"
    assert pair.target_labelled is not None
    table = np.load(wsl_data / "mnist_m" / "train.npz")["y"]
    assert set(pair.target_labelled.labels.tolist()) == set(table.tolist())

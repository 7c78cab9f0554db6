"""Multitask learning: the comparison as a job, its figures over seeds, task sets, finished runs."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.transfer.multitask_toys import by_hand, toy_card, toy_data
from wsl_core import jobs
from wsl_core.datasets import voc
from wsl_core.errors import DatasetError, JobError, ParameterError
from wsl_core.settings import settings
from wsl_core.transfer.multitask import TASK_SETS, Request, card, finished
from wsl_core.transfer.multitask.architecture import Block, matched, network_size, separate_size
from wsl_core.transfer.multitask.digit_tasks import halved
from wsl_core.transfer.multitask.finished import VARIANTS, Finished
from wsl_core.transfer.multitask.results import (
    GAIN,
    NEGATIVE,
    SINGLE,
    STUDENT,
    UNCLEAR,
    Comparison,
    estimate,
    summarised,
)
from wsl_core.transfer.multitask.task_data import IGNORED, load
from wsl_core.transfer.multitask.task_sets import BLOCKS

QUICK = {"steps": 12, "batch": 8, "interval": 4}


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASK_SETS, "toys", toy_card())


def read(name: str):
    events = load(card(name))
    while True:
        try:
            next(events)
        except StopIteration as done:
            return done.value


def compare(checkpoint: jobs.Checkpoint | None = None, **parameters: object) -> list[jobs.Event]:
    from wsl_core.transfer.multitask import training

    asked = Request(data="toys", multitask=QUICK | parameters).model_dump(mode="json")
    return list(training.compare(jobs.Task(asked, checkpoint=checkpoint)))


def timeless(result: jobs.Event) -> dict:
    assert isinstance(result, jobs.Result)
    return {name: value for name, value in result.facts.items() if name != "seconds"}


def test_the_comparison_trains_each_task_alone_and_then_all_together(toys: None) -> None:
    events = compare(shared=2, fraction=0.5, seed=3)
    found = Comparison.from_json(events[-1].facts)
    assert json.loads(json.dumps(events[-1].facts, allow_nan=False)) == events[-1].facts
    assert list(found.trainings) == ["alone_first", "alone_second", "together"]
    assert [len(one.looks) for one in found.trainings.values()] == [4, 4, 4]
    assert found.pictures == 20
    assert (
        found.parameters
        == Request(
            data="toys", multitask=QUICK | {"shared": 2, "fraction": 0.5, "seed": 3}
        ).settled()
    )
    told = [event for event in events if isinstance(event, jobs.Progress)]
    shares = [event.share for event in told]
    assert shares == sorted(shares)
    assert "alone_first.first_rate" in {key for event in told for key in event.figures}
    last = found.together.looks[-1][1]
    assert {
        "first_rate",
        "second_rate",
        "first_loss",
        "second_weight",
        "cosine",
        "cosine_2",
    } <= set(last)
    assert Comparison.from_json(found.to_json()) == found


def test_sharing_no_block_changes_nothing(toys: None) -> None:
    found = Comparison.from_json(compare(shared=0)[-1].facts)
    assert [found.change(name) for name in ("first", "second")] == [0, 0]


def test_a_broken_comparison_ends_like_an_unbroken_one(toys: None) -> None:
    events = compare(shared=1, weighting="uncertainty")
    kept = [event for event in events if isinstance(event, jobs.Checkpoint)]
    assert [one.step for one in kept] == [4, 8, 12, 16, 20, 24, 28, 32]
    for checkpoint in (kept[0], kept[2], kept[4], kept[7]):
        stored = json.loads(json.dumps(checkpoint.state))  # as a run's directory keeps it
        again = compare(replace(checkpoint, state=stored), shared=1, weighting="uncertainty")
        assert timeless(again[-1]) == timeless(events[-1])


def test_parameters_of_other_tasks_do_not_touch_a_task_alone(toys: None) -> None:
    plain, other = (
        Comparison.from_json(compare(**how)[-1].facts)
        for how in ({}, {"shared": 1, "surgery": True, "match": "cost", "balance": 0.9})
    )
    assert plain.alone("first") == other.alone("first")


def test_a_smaller_share_of_a_seed_lies_within_a_larger_one() -> None:
    data = toy_data(toy_card())
    small, large = (data.drawn(share, 5).values[:, 0] for share in (0.2, 0.6))
    assert len(small) == 8
    assert set(small) < set(large)
    assert not np.array_equal(small, data.drawn(0.2, 6).values[:, 0])
    assert data.drawn(1.0, 5) is data.train


def test_means_intervals_and_verdicts() -> None:
    # Student's t at 97.5 % with two degrees of freedom is 4.303.
    one = estimate([0.01, 0.02, 0.03])
    assert (one.mean, one.deviation) == pytest.approx((0.02, 0.01))
    assert (one.low, one.high) == pytest.approx((0.02 - 0.024843, 0.02 + 0.024843), abs=1e-5)
    assert one.verdict == UNCLEAR
    assert estimate([0.1, 0.101, 0.102]).verdict == GAIN
    assert estimate([-0.1, -0.101, -0.102]).verdict == NEGATIVE
    assert estimate([0.5]).verdict == SINGLE
    assert estimate([0.5]).low is None


def test_student_cuts_off_a_twentieth() -> None:
    """The density, integrated between minus and plus each quantile, leaves 5 %."""
    for freedom, quantile in enumerate(STUDENT, 1):
        scale = math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2)
        places = np.linspace(-quantile, quantile, 20_001)
        density = (
            scale / math.sqrt(freedom * math.pi) * (1 + places**2 / freedom) ** (-(freedom + 1) / 2)
        )
        assert np.trapezoid(density, places) == pytest.approx(0.95, abs=5e-5)


def test_changes_are_relative_and_paired_by_seed() -> None:
    found = [by_hand((0.8, 0.5), (0.4 + 0.01 * k, 0.55), seed=k) for k in range(3)]
    summary = summarised(found)
    assert summary.tasks["digit"].change.mean == pytest.approx((0.41 - 0.8) / 0.8)
    assert summary.tasks["digit"].change.verdict == NEGATIVE
    assert summary.tasks["rotation"].change.mean == pytest.approx(0.1)
    assert summary.tasks["rotation"].change.verdict == GAIN
    assert summary.delta.mean == pytest.approx((-0.4875 + 0.1) / 2)
    assert summary.cosine.mean == pytest.approx(-0.05)  # the first look does not count
    told = summary.to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["tasks"]["digit"]["verdict"] == NEGATIVE


@pytest.mark.parametrize("name", TASK_SETS)
def test_a_card_is_consistent(name: str) -> None:
    one = TASK_SETS[name]
    assert one.name == name
    assert len(one.blocks) == BLOCKS
    assert len(set(one.names)) == len(one.tasks) >= 2
    assert one.fractions == tuple(sorted(one.fractions))
    assert one.fractions[-1] == 1
    assert one.offline == name.startswith("digits")
    for shared in range(1, BLOCKS + 1):
        apart = separate_size(one.shape, one.blocks, one.outputs)
        for match in ("parameters", "cost"):
            blocks = matched(one.shape, one.blocks, one.outputs, shared, match)
            size = network_size(one.shape, blocks, one.outputs, shared)
            assert getattr(size, match) == pytest.approx(getattr(apart, match), rel=0.03), shared
    sizes = [network_size(one.shape, one.blocks, one.outputs, s).cost for s in range(BLOCKS + 1)]
    assert sizes == sorted(sizes, reverse=True)


def test_work_is_counted_by_hand() -> None:
    # 2 -> 3 channels, 3 x 3, on 4 x 4 places, then 3 x 2 x 2 -> 5.
    size = network_size((2, 4, 4), (Block("conv", 3, pool=2), Block("dense", 5)), (7,), 2)
    assert size.cost == 3 * 2 * 9 * 16 + 12 * 5 + 5 * 7
    assert size.parameters == 3 * (2 * 9 + 1) + 5 * 13 + 7 * 6


def test_shipped_digits_are_turned_and_inverted_as_their_labels_say() -> None:
    from wsl_core.datasets.domains.readers.handwritten import shipped

    train, test = shipped()
    small = halved(train.pictures[:50])
    turned, styled = read("digits"), read("digits-style")
    for k in range(50):
        angle = turned.train.labels["rotation"][k]
        assert np.array_equal(turned.train.values[k, 0], np.rot90(small[k], angle))
        ink = styled.train.values[k, 0].astype(int)
        if styled.train.labels["style"][k]:
            assert np.abs(255 - ink - small[k]).max() <= 1
        else:
            assert np.array_equal(ink, small[k])
    assert len(turned.held_out) == len(test) == 2000
    assert np.array_equal(turned.held_out.labels["digit"], test.labels)
    counts = np.bincount(turned.train.labels["rotation"])
    assert counts.min() > 1400
    assert halved(np.arange(16, dtype=np.uint8).reshape(1, 4, 4)).tolist() == [[[2, 4], [10, 12]]]


def test_presence_and_position_of_hand_made_objects() -> None:
    from wsl_core.transfer.multitask import feature_tasks

    small = voc.VOCObject("cat", (0, 0, 30, 30), False)
    large = voc.VOCObject("dog", (200, 10, 300, 90), False)
    unsure = voc.VOCObject("car", (0, 0, 300, 300), True)
    picture = voc.VOCPicture("one", Path("one.jpg"), 300, 300, (small, unsure, large))
    assert feature_tasks.cell(picture) == 2  # the middle of the dog, (250, 50): upper right
    labels = dict(zip(voc.CLASSES, feature_tasks.presence(picture).tolist(), strict=True))
    assert {name for name, value in labels.items() if value == 1} == {"cat", "dog"}
    assert labels["car"] == IGNORED
    values = np.arange(64, dtype=np.float32).reshape(1, 1, 8, 8)
    binned = feature_tasks.binned(values, 3)
    assert binned.shape == (1, 1, 3, 3)
    assert binned[0, 0, 0, 0] == values[0, 0, :3, :3].mean()
    assert binned[0, 0, 1, 2] == values[0, 0, 2:6, 5:].mean()


def test_what_is_not_there_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WSL_DATA", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(
        DatasetError, match=r"VOC, what and where are not there .*digits needs no data"
    ):
        read("voc")
    with pytest.raises(ParameterError, match=r"no task set 'cifar'\. There are: digits, .* pacs"):
        card("cifar")
    with pytest.raises(ParameterError, match=r"training's multitask.shared .*is not accepted"):
        Request.of({"data": "digits", "multitask": {"shared": 9}})


def test_pacs_holds_out_a_share_of_each_class_and_domain(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    """Features stand in: what is tested is who is held out."""
    from wsl_core.transfer.multitask import feature_tasks

    def features(paths, *, grid):
        yield from ()
        return np.stack([np.full(1280, k) for k in range(len(paths))]).astype(np.float16)

    monkeypatch.setenv("WSL_DATA", str(data))
    monkeypatch.setattr(feature_tasks, "_features", features)
    settings.cache_clear()
    found = read("pacs")
    own = [part.values[:, 0] for part in (found.train, found.held_out)]
    assert not set(own[0]) & set(own[1])
    for domain in range(4):
        held, learned = (
            np.bincount(part.labels["object"][part.labels["domain"] == domain], minlength=7)
            for part in (found.held_out, found.train)
        )
        assert held.min() > 0
        assert held / (held + learned) == pytest.approx(0.3, abs=0.05)


def test_finished_runs_are_read_as_they_were_written(tmp_path: Path) -> None:
    made = [
        by_hand((0.8, 0.9), (0.7 + 0.01 * seed, 0.9), seed=seed, shared=shared, fraction=fraction)
        for seed in range(2) for shared in (1, 2) for fraction in (0.1, 1.0)
    ]  # fmt: skip
    made.append(by_hand((0.8, 0.9), (0.75, 0.9), shared=2, surgery=True))
    Finished.of("digits", made).save(tmp_path / "digits.json")
    found = Finished.load(tmp_path / "digits.json")
    assert found.fractions == (0.1, 1.0)
    two = found.select(2, 1.0)
    assert [one.parameters.seed for one in two] == [0, 1]
    assert two[1].together == made[6].together or two[1].together.rate("digit") == 0.71
    assert two[0].alone("digit") == made[0].alone("digit")
    assert [one.together.rate("digit") for one in found.select(2, 1.0, "surgery")] == [0.75]
    assert found.select(3, 1.0) == []
    (apart, _) = found.select(0, 0.1)
    assert apart.change("digit") == 0
    assert apart.parameters.shared == 0
    (tmp_path / "digits.json").write_text('{"version": 1}')
    with pytest.raises(JobError, match=r"are damaged: KeyError at 'alone'"):
        Finished.load(tmp_path / "digits.json")


def test_every_shipped_task_set_has_all_that_the_page_shows() -> None:
    for name in finished.shipped():
        found = finished.load_shipped(name)
        assert found.fractions == card(name).fractions
        for fraction in found.fractions:
            for shared in range(BLOCKS + 1):
                assert len(found.select(shared, fraction)) >= 3, (name, fraction, shared)
        for other in VARIANTS:
            assert found.select(3, 1.0, other), (name, other)
    assert sum(p.stat().st_size for p in finished.PLACES[1].glob("*")) < 300_000

"""Adaptation as a job: evaluated apart, taken up again, cancelled, refused in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.jobs.waiting import clear
from tests.transfer.blobs import bars, blobs
from wsl_core import jobs
from wsl_core.datasets import domains
from wsl_core.datasets.domains import DomainPair, Labelled, Unlabelled
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.settings import settings
from wsl_core.transfer.adaptation import JOB
from wsl_core.transfer.adaptation.request import Request

QUICK = {"steps": 12, "batch": 8, "interval": 4}


def pair_of(kind: str = "pictures") -> DomainPair:
    """A tiny pair in the registry's own types."""
    toy = bars(count=30) if kind == "pictures" else blobs(count=60)
    classes = ("lying", "upright") if kind == "pictures" else ("a", "b", "c", "d")
    evaluation = Labelled(toy.evaluation.values, toy.evaluation.labels, "tested")
    masks = {"first half": np.arange(len(evaluation)) < len(evaluation) // 2}
    return DomainPair(
        name="mnist-mnistm", title="Toys", classes=classes,
        source=Labelled(toy.source.values, toy.source.labels, "source"),
        target=Unlabelled(toy.target.values, "target"), evaluation=evaluation,
        source_evaluation=Labelled(toy.source.values, toy.source.labels, "held out"),
        target_labelled=evaluation, data="generated", notes=("Toys.",), licence="none", parts=masks,
    )  # fmt: skip


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> DomainPair:
    found = pair_of()
    monkeypatch.setattr(domains, "load", lambda name, **_: found)
    return found


def config(**parameters: Any) -> dict[str, Any]:
    return Request(pair="mnist-mnistm", adaptation=QUICK | parameters).model_dump(mode="json")


def adapt(config: dict[str, Any], checkpoint: jobs.Checkpoint | None = None) -> list[jobs.Event]:
    from wsl_core.transfer.adaptation import training

    return list(training.adapt(jobs.Task(config, checkpoint=checkpoint)))


def result_of(events: list[jobs.Event]) -> jobs.Result:
    (found,) = [event for event in events if isinstance(event, jobs.Result)]
    return found


def test_the_facts_of_a_run_say_all_that_is_reported(pair: DomainPair) -> None:
    from wsl_core.transfer.adaptation import training

    events = adapt(config(method="dann"))
    result = result_of(events)
    facts = result.facts
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    adapted = training.model_of(result)
    right = adapted.predict(pair.evaluation.values) == pair.evaluation.labels
    assert facts["accuracy"] == right.mean()
    assert facts["parts"] == {"first half": right[:15].mean()}
    assert (facts["steps"], facts["data"], facts["ceiling"]) == (12, "generated", True)
    assert facts["counts"] == {"source": 30, "target": 30, "evaluation": 30}
    assert [one["step"] for one in facts["looks"]] == [0, 4, 8, 12]
    best = max(one["evaluation_target_accuracy"] for one in facts["looks"][1:])
    assert facts["oracle"]["accuracy"] == best
    assert facts["kept"] == {"by": "fixed", "step": 12}
    assert facts["looks"][-1]["evaluation_target_accuracy"] == facts["accuracy"]
    assert set(facts["picks"]) == {"infomax", "entropy", "snd", "reverse"}
    assert [one["step"] for one in facts["curve"]] == [1, 5, 10, 12]
    assert not any(key.startswith("evaluation_") for one in facts["curve"] for key in one)
    arrays = result.arrays
    assert arrays["snapshot/features"].shape[:2] == (4, 60)
    assert arrays["snapshot/scores"].shape == (4, 60, 2)
    assert list(arrays["snapshot/steps"]) == [0, 4, 8, 12]
    assert np.array_equal(
        arrays["probe/labels"][30:], pair.evaluation.labels[arrays["probe/evaluation"]]
    )
    shares = [event.share for event in events if isinstance(event, jobs.Progress)]
    assert shares == sorted(shares)


@pytest.mark.parametrize("method", ["dann", "translation", "sa"])
def test_a_broken_job_ends_like_an_unbroken_one(method: str, pair: DomainPair) -> None:
    asked = config(method=method, choice="infomax")
    events = adapt(asked)
    whole = result_of(events)
    checkpoints = [event for event in events if isinstance(event, jobs.Checkpoint)]
    assert [one.step for one in checkpoints] == [4, 8]
    for checkpoint in checkpoints:
        stored = json.loads(json.dumps(checkpoint.state))  # as a run's directory keeps it
        again = result_of(adapt(asked, replace(checkpoint, state=stored)))
        timeless = [{**one.facts, "seconds": 0} for one in (whole, again)]
        assert timeless[0] == timeless[1]
        assert whole.arrays.keys() == again.arrays.keys()
        assert all(np.array_equal(whole.arrays[k], again.arrays[k]) for k in whole.arrays)
    assert ("snapshot/translated" in whole.arrays) == (method == "translation")


def test_a_checkpoint_of_other_pictures_is_refused(
    pair: DomainPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = next(one for one in adapt(config()) if isinstance(one, jobs.Checkpoint))
    other = replace(pair, source=Labelled(255 - pair.source.values, pair.source.labels, "other"))
    monkeypatch.setattr(domains, "load", lambda name, **_: other)
    with pytest.raises(DatasetError, match=r"Toys have changed since this run was begun"):
        adapt(config(), checkpoint)


def test_labels_of_evaluation_change_the_report_and_nothing_of_the_model(
    pair: DomainPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = result_of(adapt(config(choice="infomax")))
    turned = Labelled(pair.evaluation.values, 1 - pair.evaluation.labels, "turned")
    monkeypatch.setattr(domains, "load", lambda name, **_: replace(pair, evaluation=turned))
    other = result_of(adapt(config(choice="infomax")))
    assert other.facts["accuracy"] == pytest.approx(1 - one.facts["accuracy"])
    assert one.facts["kept"] == other.facts["kept"]
    for name in one.arrays:
        if not name.startswith("probe/"):
            assert np.array_equal(one.arrays[name], other.arrays[name])


def test_the_ceiling_is_trained_on_the_target_and_refused_where_it_has_no_labels(
    pair: DomainPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = result_of(adapt(config(method="target", steps=60, dropout=0))).facts
    assert facts["accuracy"] > 0.9
    without = replace(pair, target_labelled=None)
    monkeypatch.setattr(domains, "load", lambda name, **_: without)
    with pytest.raises(ParameterError, match=r"no labelled target pictures to train on"):
        adapt(config(method="target"))
    assert result_of(adapt(config())).facts["ceiling"] is False


def test_source_only_is_read_with_both_means(pair: DomainPair) -> None:
    facts = result_of(adapt(config(method="source-only", steps=60, dropout=0))).facts
    assert facts["accuracy"] != facts["accuracy_centred"]


def test_features_are_adapted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "load", lambda name, **_: pair_of("features"))
    for method in ("sa", "dann"):
        result = result_of(adapt(config(method=method)))
        assert result.facts["shape"] == [8]
        assert result.facts["steps"] == (0 if method == "sa" else 12)


def test_the_last_figures_of_a_diverged_run_stay_in_its_events(
    pair: DomainPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wsl_core.transfer.adaptation import training

    monkeypatch.setattr(
        Request, "settled", lambda self: self.adaptation.settled().model_copy(update={"rate": 1e30})
    )
    told: list[Any] = []
    with pytest.raises(ParameterError, match="diverged at step"):
        told.extend(training.adapt(jobs.Task(config(steps=200, interval=200))))
    assert any(not np.isfinite(list(one.figures.values())).all() for one in told)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("jobs") / "runs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSL_RUNS", str(place))
        settings.cache_clear()
        yield place
        clear(place)
    settings.cache_clear()


def test_a_run_is_cancelled_within_two_seconds_and_goes_on_from_its_checkpoint(runs: Path) -> None:
    """In a worker of its own, on a pair that needs no data."""
    import time

    asked = {"pair": "digits-dimmed", "adaptation": {"steps": 30, "interval": 10, "batch": 8}}
    run = jobs.submit(JOB, asked)
    deadline = time.monotonic() + 120  # a worker of its own imports torch first
    while not (run.folder / "checkpoint.safetensors").exists():
        assert time.monotonic() < deadline, run.sentence
        time.sleep(0.02)
    began = time.monotonic()
    run.cancel()
    assert run.wait(5) in ("cancelled", "finished")
    assert time.monotonic() - began < 2.5
    run.resume()
    assert run.wait(120) == "finished"
    steps = [one.step for one in run.history() if one.step and "loss" in one.figures]
    assert steps == [1, *range(5, 31, 5)]
    assert 0 <= run.result().facts["accuracy"] <= 1

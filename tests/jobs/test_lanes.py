"""Queues: their places, their bound, how many work at a time."""

from pathlib import Path

import pytest

from tests.jobs.waiting import at_the_gate, eventually
from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.jobs import workers
from wsl_core.settings import settings

JOB = "sample_jobs:train"


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One training at a time, two more may wait."""
    monkeypatch.setenv("WSL_TRAININGS", "1")
    monkeypatch.setenv("WSL_QUEUE", "2")
    settings.cache_clear()


def test_places_are_counted_and_move_up(gate: Path, gated: dict) -> None:
    first = jobs.submit(JOB, gated)
    second, third = (jobs.submit("sample_jobs:count", {"to": 1}) for _ in range(2))
    at_the_gate(first)
    assert [one.state for one in (first, second, third)] == ["running", "queued", "queued"]
    assert [one.place for one in (first, second, third)] == [None, 1, 2]
    with pytest.raises(JobError, match="waits for its turn"):
        third.result()
    second.cancel()
    assert (second.state, second.place, third.place) == ("cancelled", None, 1)
    gate.touch()
    assert third.wait() == "finished"
    assert first.state == "finished"
    assert second.state == "cancelled"
    assert second.resume().wait() == "finished"


def test_a_full_queue_is_a_sentence_and_leaves_nothing(runs: Path, gate: Path, gated: dict) -> None:
    accepted = [jobs.submit(JOB, gated) for _ in range(3)]
    with pytest.raises(JobError, match="queue is full: 2 runs wait already, and WSL_QUEUE"):
        jobs.submit(JOB, gated)
    assert {one.name for one in runs.iterdir()} == {one.id for one in accepted}
    assert jobs.submit("sample_jobs:count", {"to": 1}, lane="interactive").wait() == "finished"
    gate.touch()
    assert [one.wait() for one in accepted] == ["finished"] * 3
    assert jobs.submit("sample_jobs:count", {"to": 1}).wait() == "finished"


def test_a_run_that_no_queue_takes_stays_as_it_was(gate: Path, gated: dict) -> None:
    ended = jobs.submit("sample_jobs:refuse", {})
    ended.wait()
    for _ in range(3):
        jobs.submit(JOB, gated)
    with pytest.raises(JobError, match="queue is full"):
        ended.resume()
    assert (ended.state, ended.sentence[:13]) == ("failed", "These weights")


def test_what_another_process_cancels_is_not_started(gate: Path, gated: dict) -> None:
    first, second = jobs.submit(JOB, gated), jobs.submit(JOB, gated)
    at_the_gate(first)
    (second.folder / "cancelled").touch()
    assert (second.state, second.place) == ("cancelled", None)
    gate.touch()
    assert first.wait() == "finished"
    eventually(lambda: not (second.folder / "waiting").exists() or not second._files.waiting.held())
    assert second.state == "cancelled"
    assert second.history() == []


def test_as_many_trainings_at_a_time_as_are_set(
    gated: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_TRAININGS", "2")
    settings.cache_clear()
    both = [jobs.submit(JOB, gated) for _ in range(2)]
    assert [at_the_gate(one).state for one in both] == ["running", "running"]


@pytest.mark.parametrize(("cores", "trainings"), [(1, 1), (2, 1), (4, 2), (16, 8)])
def test_as_many_trainings_as_the_cores_allow(
    cores: int, trainings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WSL_TRAININGS")
    settings.cache_clear()
    monkeypatch.setattr(workers, "_cores", lambda: cores)
    assert workers._workers_of("training") == trainings
    assert workers._workers_of("interactive") == 1

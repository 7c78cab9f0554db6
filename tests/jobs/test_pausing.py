"""Runs that stop at a checkpoint and go on from there, at once or a step at a time."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.jobs.waiting import HERE, at_the_gate, eventually, worker_of
from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.locks import Lock

JOB = "sample_jobs:train"


@pytest.fixture
def unbroken(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict], list[Event]]:
    """The events of a training in this process, without any of the machinery."""
    monkeypatch.syspath_prepend(str(HERE))
    import sample_jobs

    return lambda config: list(sample_jobs.train(Task(config | {"gate_at": None})))


def same(run: jobs.Run, expected: list[Event]) -> bool:
    """Whether the run tells and finds the same, bit for bit."""
    *told, last = expected
    assert isinstance(last, Result)
    assert run.history() == [one for one in told if isinstance(one, Progress)]
    assert run.result().arrays["weight"].tobytes() == last.arrays["weight"].tobytes()
    return True


@pytest.fixture
def paused(gate: Path, gated: dict) -> jobs.Run:
    """A run that stands still at its checkpoint at step 8."""
    run = at_the_gate(jobs.submit(JOB, gated))
    run.pause()
    gate.touch()
    assert run.wait() == "paused"
    return run


def test_a_run_pauses_at_its_next_checkpoint_and_not_before(gate: Path, gated: dict) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    assert not run.pausing
    jobs.find(run.id).pause()
    assert run.wait(0.3) == "running"
    assert run.pausing
    gate.touch()
    assert run.wait() == "paused"
    assert (run.progress.step, run.pausing, run.seconds_left, run.sentence) == (
        8,
        False,
        None,
        None,
    )
    with pytest.raises(JobError, match=r"is paused\. Resume it"):
        run.result()


def test_a_paused_run_holds_no_worker(paused: jobs.Run) -> None:
    for name in ("lock", "waiting"):
        eventually(lambda name=name: not Lock(paused.folder / name).held())
    other = jobs.submit("sample_jobs:count", {"to": 1})  # there is one worker for trainings
    assert other.wait() == "finished"
    assert jobs.find(paused.id).state == "paused"


def test_it_goes_on_to_the_result_of_an_unbroken_run(
    paused: jobs.Run, gated: dict, unbroken: Callable
) -> None:
    assert paused.resume().wait() == "finished"
    assert same(paused, unbroken(gated))


def test_a_step_goes_to_the_next_checkpoint(gated: dict, unbroken: Callable) -> None:
    config = gated | {"gate_at": None}
    run = jobs.submit(JOB, config)
    run.pause()  # while it waits, or has hardly begun
    stops = []
    while run.wait() == "paused":
        stops.append((run.progress.step, run.checkpoint().step))
        run.resume(to_next_checkpoint=True)
    assert stops == [(4, 4), (8, 8), (12, 12)]
    assert run.state == "finished"
    assert same(run, unbroken(config))


def test_who_resumes_before_the_checkpoint_takes_the_wish_back(gate: Path, gated: dict) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    run.pause()
    run.resume()
    assert (run.state, run.pausing) == ("running", False)
    gate.touch()
    assert run.wait() == "finished"


def test_a_paused_run_can_be_cancelled_and_still_goes_on(
    paused: jobs.Run, gated: dict, unbroken: Callable
) -> None:
    paused.cancel()
    assert paused.state == "cancelled"
    assert paused.resume().wait() == "finished"
    assert same(paused, unbroken(gated))


def test_a_job_without_checkpoints_runs_to_its_end() -> None:
    run = jobs.submit("sample_jobs:count", {"to": 3})
    run.pause()
    assert run.wait() == "finished"
    assert not run.pausing
    assert run.checkpoint() is None
    assert run.resume().state == "finished"


def test_the_last_checkpoint_can_be_looked_at(
    paused: jobs.Run, gated: dict, unbroken: Callable
) -> None:
    _, expected, _ = (one for one in unbroken(gated) if isinstance(one, Checkpoint))
    found = paused.checkpoint()
    assert (found.step, found.state) == (expected.step, expected.state)
    assert found.arrays.keys() == {"weight", "speed"}
    np.testing.assert_array_equal(found.arrays["weight"], expected.arrays["weight"], strict=True)
    assert paused.checkpoint(("sp",)).arrays.keys() == {"speed"}
    assert paused.checkpoint(()).arrays == {}
    paused.resume().wait()
    assert paused.result(("none",)).arrays == {}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_worker_that_is_killed_before_the_checkpoint_leaves_an_interrupted_run(
    gate: Path, gated: dict
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    run.pause()
    os.kill(worker_of(run), signal.SIGKILL)
    assert run.wait() == "interrupted"
    gate.touch()
    assert run.resume().wait() == "finished"  # not paused: the wish is an older one

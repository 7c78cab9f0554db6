"""Runs that outlive whoever asked for them: followed, cancelled, killed, resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.jobs.waiting import at_the_gate, eventually, worker_of
from wsl_core import jobs
from wsl_core.errors import JobError, WeightsError
from wsl_core.jobs import Progress, Result, worker
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.locks import Lock

JOB = "sample_jobs:train"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")


@pytest.fixture(scope="module")
def unbroken() -> Iterator[Callable[[dict], tuple[list[Progress], Result]]]:
    """Progress and result of a training run in this process, without any of the machinery."""
    sys.path.insert(0, str(Path(__file__).parent))
    import sample_jobs

    def perform(config: dict) -> tuple[list[Progress], Result]:
        events = list(sample_jobs.train(jobs.Task(config | {"gate_at": None})))
        return [one for one in events if isinstance(one, Progress)], events[-1]

    yield perform
    sys.path.remove(str(Path(__file__).parent))


def same(run: jobs.Run, expected: tuple[list[Progress], Result]) -> bool:
    """Whether the run tells and finds the same, bit for bit."""
    result = run.result()
    assert run.history() == expected[0]
    assert result.facts == expected[1].facts
    assert result.arrays["weight"].tobytes() == expected[1].arrays["weight"].tobytes()
    return True


def test_a_run_from_beginning_to_end(
    runs: Path, gate: Path, gated: dict, unbroken: Callable
) -> None:
    before = time.time()
    run = jobs.submit(JOB, gated)
    assert (run.name, run.config, run.folder) == (JOB, gated, runs / run.id)
    assert before - 1 < run.created < time.time() + 1
    assert run.state in ("queued", "running")
    at_the_gate(run)
    assert (run.state, run.place, run.sentence) == ("running", None, None)
    assert run.wait(0.05) == "running"
    assert len(run.history(after=4)) == 2
    assert run.progress == run.history()[-1]
    with pytest.raises(JobError, match="is not done yet"):
        run.result()
    gate.touch()
    assert run.wait() == "finished"
    assert run.seconds_left is None
    assert same(run, unbroken(gated))
    found = jobs.find(run.id)
    assert same(found, unbroken(gated))
    assert found.config == gated


def test_arrays_are_given_to_the_job() -> None:
    run = jobs.submit("sample_jobs:double", {}, {"half": np.arange(3.0)})
    assert run.wait() == "finished"
    np.testing.assert_array_equal(run.result().arrays["half"], [0, 2, 4])


def test_what_the_job_was_given_is_not_kept_beside_its_result() -> None:
    run = jobs.submit("sample_jobs:refuse", {}, {"photograph": np.ones((2, 2))})
    assert run.wait() == "failed"
    assert RunFiles(run.folder).inputs.exists()  # it may be resumed
    run = jobs.submit("sample_jobs:double", {}, {"half": np.arange(3.0)})
    assert run.wait() == "finished"
    assert not RunFiles(run.folder).inputs.exists()


def test_a_refusal_keeps_its_class_for_everybody() -> None:
    run = jobs.submit("sample_jobs:refuse", {})
    assert run.wait() == "failed"
    for one in (run, jobs.find(run.id)):
        assert one.sentence.startswith("These weights are refused: é")
        with pytest.raises(WeightsError, match="refused: é"):
            one.result()


def test_the_log_keeps_what_the_job_printed() -> None:
    run = jobs.submit("sample_jobs:crash", {})
    assert run.wait() == "failed"
    log = (run.folder / "log.txt").read_text()
    assert log.startswith("hot\n")
    assert log.endswith("RuntimeError: the disk melted\n")


@posix
def test_trainings_let_others_go_first() -> None:
    training, other = (
        jobs.submit("sample_jobs:who", {}, lane=lane) for lane in ("training", "interactive")
    )
    assert {training.wait(), other.wait()} == {"finished"}
    assert other.result().facts["nice"] == os.nice(0)
    assert training.result().facts["nice"] > os.nice(0)
    assert int(training.result().facts["threads"]) >= 1
    assert set(training.result().facts["of_products"]) == {1}


def test_how_it_stands_never_steps_back() -> None:
    order = ("queued", "running", "finished")
    for _ in range(10):
        run, seen = jobs.submit("sample_jobs:count", {"to": 3}), []
        while not seen or seen[-1] != "finished":
            seen.append(run.state)
            assert seen[-1] in order
        assert seen == sorted(seen, key=order.index)


def test_a_folder_that_is_gone_is_a_sentence() -> None:
    run = jobs.submit("sample_jobs:refuse", {})
    run.wait()
    eventually(lambda: not Lock(run.folder / "waiting").held())
    shutil.rmtree(run.folder)
    with pytest.raises(JobError, match="cannot be written"):
        run.cancel()
    with pytest.raises(JobError, match="no run that can be read"):
        run.resume()


# Cancelling


@pytest.mark.parametrize("how", ["sleep", "interpreter lock", "numpy"])
def test_a_job_that_does_not_listen_is_cancelled_within_two_seconds(how: str) -> None:
    run = jobs.submit("sample_jobs:hang", {"how": how})
    eventually(lambda: run.progress)
    began = time.monotonic()
    jobs.find(run.id).cancel()
    assert run.wait() == "cancelled"
    assert time.monotonic() - began < 2
    with pytest.raises(JobError, match="was cancelled"):
        run.result()
    eventually(lambda: not psutil.pid_exists(worker_of(run)))


def test_a_cancelled_run_goes_on_where_it_is_resumed(
    gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    run.cancel()
    assert run.wait() == "cancelled"
    gate.touch()
    assert run.resume().wait() == "finished"
    assert same(run, unbroken(gated))


def test_what_has_ended_is_not_cancelled() -> None:
    run = jobs.submit("sample_jobs:count", {"to": 1})
    run.wait()
    run.cancel()
    assert run.state == "finished"
    assert run.resume().state == "finished"


# Killing


@posix
def test_a_killed_worker_is_resumed_to_the_same_result(
    gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    first = worker_of(run)
    os.kill(first, signal.SIGKILL)
    assert run.wait() == "interrupted"
    assert "exit status -9" in run.sentence
    with pytest.raises(JobError, match="exit status -9"):
        run.result()
    gate.touch()
    assert run.resume().wait() == "finished"
    assert worker_of(run) != first
    assert run.sentence is None
    assert same(run, unbroken(gated))
    # The first four steps were not done again: their lines are those of the first attempt.
    lines, _ = RunFiles(run.folder).told()
    assert [("started" in line) for line in lines] == [True, *[False] * 4, True, *[False] * 8]


@pytest.fixture
def server() -> Iterator[Callable[..., tuple[subprocess.Popen, list[jobs.Run]]]]:
    """Another process that submits trainings and then goes on, until it is killed."""
    code = (
        "import json, sys, time\n"
        "from wsl_core import jobs\n"
        "for config in sys.argv[1:]:\n"
        f"    print(jobs.submit('{JOB}', json.loads(config)).id, flush=True)\n"
        "time.sleep(600)\n"
    )
    started = []

    def start(*configs: dict[str, Any]) -> tuple[subprocess.Popen, list[jobs.Run]]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(json.dumps, configs)],
            env=os.environ | {"WSL_TRAININGS": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, [jobs.find(process.stdout.readline().strip()) for _ in configs]

    yield start
    for process in started:
        kill(process)
        process.stdout.close()


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()


@posix
def test_a_run_goes_on_without_its_server(
    server: Callable, gate: Path, gated: dict, unbroken: Callable
) -> None:
    process, (run,) = server(gated)
    at_the_gate(run)
    kill(process)
    assert run.state == "running"
    assert run.resume().state == "running"  # nobody else takes it
    assert run.place is None
    gate.touch()
    assert run.wait() == "finished"
    assert same(run, unbroken(gated))
    eventually(lambda: not psutil.pid_exists(worker_of(run)))


def test_a_run_goes_on_when_its_script_ends(gate: Path, gated: dict, unbroken: Callable) -> None:
    code = "import json, sys; from wsl_core import jobs\n"
    code += f"run = jobs.submit('{JOB}', json.loads(sys.argv[1]))\n"
    code += "while not run.progress: run.wait(0.01)\n"
    code += "print(run.id)"
    said = subprocess.run(
        [sys.executable, "-c", code, json.dumps(gated)], capture_output=True, text=True, check=True
    )
    assert said.stderr == ""
    run = at_the_gate(jobs.find(said.stdout.strip()))
    assert run.state == "running"
    gate.touch()
    assert run.wait() == "finished"
    assert same(run, unbroken(gated))


@posix
def test_a_run_without_its_server_is_cancelled_and_resumed_here(
    server: Callable, gate: Path, gated: dict, unbroken: Callable
) -> None:
    process, (run,) = server(gated)
    at_the_gate(run)
    kill(process)
    began = time.monotonic()
    run.cancel()
    assert run.wait() == "cancelled"
    assert time.monotonic() - began < 2
    gate.touch()
    assert run.resume().wait() == "finished"
    assert same(run, unbroken(gated))


@posix
def test_server_and_worker_are_killed_together(
    server: Callable, gate: Path, gated: dict, unbroken: Callable
) -> None:
    process, (run,) = server(gated)
    at_the_gate(run)
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot note what becomes of its worker
    os.kill(worker_of(run), signal.SIGKILL)
    kill(process)
    assert run.wait() == "interrupted"
    assert run.sentence is None
    with pytest.raises(JobError, match=r"was interrupted\. Resume it"):
        run.result()
    gate.touch()
    assert run.resume().wait() == "finished"
    assert same(run, unbroken(gated))


@posix
def test_what_waits_for_a_killed_server_is_interrupted(
    server: Callable, gate: Path, gated: dict, unbroken: Callable
) -> None:
    process, (first, second) = server(gated, gated | {"seed": 8})
    at_the_gate(first)
    assert (second.state, second.place) == ("queued", None)  # its place is known to its server
    assert second.resume().state == "queued"
    kill(process)
    assert (first.state, second.state) == ("running", "interrupted")
    gate.touch()
    assert [first.wait(), second.resume().wait()] == ["finished"] * 2
    assert same(second, unbroken(gated | {"seed": 8}))


# One worker at a time


def test_a_second_worker_leaves_a_run_alone(gated: dict, gate: Path) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    before = sorted((one.name, one.stat().st_mtime_ns) for one in run.folder.iterdir())
    second = subprocess.run(
        [sys.executable, "-m", "wsl_core.jobs.worker", "interactive"],
        input=json.dumps({"folder": str(run.folder), "temporary": False}) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert second.stdout == "done\n"
    assert second.stderr == ""
    after = sorted((one.name, one.stat().st_mtime_ns) for one in run.folder.iterdir())
    assert [one for one in after if one[0] != "lock"] == [one for one in before if one[0] != "lock"]
    assert run.state == "running"
    gate.touch()
    assert run.wait() == "finished"


def test_a_lock_is_held_by_one_and_seen_by_all(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert not first.held()
    assert first.take()
    assert first.held()
    assert second.held()
    assert not second.take()
    first.release()
    assert not second.held()
    assert second.take()
    second.release()


@posix
def test_who_only_looks_does_not_keep_a_worker_out(tmp_path: Path) -> None:
    import fcntl

    lock = Lock(tmp_path / "lock")
    with lock.path.open("wb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        threading.Timer(0.1, fcntl.flock, (looking, fcntl.LOCK_UN)).start()
        assert lock.take()
    lock.release()


# How it stands


@pytest.fixture
def files(runs: Path) -> RunFiles:
    """A run that nobody works on yet."""
    return RunFiles.create(runs, "sample_jobs:count", {"to": 1}, None, "training")


def test_the_state_is_that_of_files_and_locks(files: RunFiles) -> None:
    run = jobs.find(files.folder.name)
    assert run.state == "interrupted"
    files.waiting.take()
    assert run.state == "queued"
    files.lock.take()
    assert run.state == "running"
    files.mark.touch()
    assert run.state == "running"
    files.lock.release()
    assert run.state == "cancelled"
    files.mark.unlink()
    files.fail(JobError("It broke."), interrupted=True)
    assert run.state == "interrupted"
    files.fail(WeightsError("It was refused."))
    assert (run.state, run.sentence) == ("failed", "It was refused.")
    files.waiting.release()
    files.write(Result({"found": 1}))
    assert (run.state, run.result()) == ("finished", Result({"found": 1}))


@pytest.mark.parametrize("last", [Result({}), WeightsError("It was refused.")])
def test_a_run_that_ends_while_it_is_looked_at_has_ended(
    last: Result | WeightsError, files: RunFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = jobs.find(files.folder.name)

    def let_go(lock: Lock) -> bool:
        files.write(last) if isinstance(last, Result) else files.fail(last)
        return False

    monkeypatch.setattr(Lock, "held", let_go)
    assert run.state == ("finished" if isinstance(last, Result) else "failed")


def test_the_time_left_is_that_of_the_present_attempt(files: RunFiles) -> None:
    run = jobs.find(files.folder.name)
    files.lock.take()
    try:
        assert run.seconds_left is None
        now = time.time()
        told = '{"started": %f, "worker": 1}\n'
        progress = '{"share": %f, "doing": "", "step": 1, "figures": {}, "time": %f}\n'
        # A tenth long ago; then from .1 to .5 in 40 s, 10 s ago: the other half takes 50 s.
        lines = told % (now - 9000) + progress % (0.1, now - 5000)
        lines += told % (now - 50)
        files.events.write_text(lines)
        assert run.seconds_left is None
        files.events.write_text(lines + progress % (0.5, now - 10))
        assert run.seconds_left == pytest.approx(40, abs=2)
    finally:
        files.lock.release()
    assert run.seconds_left is None


def test_a_worker_does_nothing_about_a_run_that_was_cancelled(files: RunFiles) -> None:
    files.mark.touch()
    assert worker.work(files) == "done"
    assert not files.events.exists()

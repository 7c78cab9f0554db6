"""Trainings on a Dask cluster: a real scheduler and two workers, each a process, on loopback."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.jobs.waiting import HERE, PROJECT, at_the_gate, eventually, worker_of
from wsl_core import jobs
from wsl_core.errors import JobError, WeightsError
from wsl_core.jobs import Checkpoint, Progress, Result, Task, cluster, remote
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.recording import Interrupted
from wsl_core.settings import settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")

JOB = "sample_jobs:train"


class Cluster:
    """A scheduler and its workers, which know the sample jobs and nothing of the runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen] = []
        file = folder / "scheduler.json"
        self.scheduler = self.start(
            "scheduler", "--scheduler-file", file, "--host", "127.0.0.1", "--port", 0
        )
        self.address = eventually(
            lambda: file.exists() and file.read_text() and json.loads(file.read_text())
        )["address"]

    def start(self, kind: str, *options: object) -> subprocess.Popen:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WSL_")}
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    f"distributed.cli.dask_{kind}",
                    "--no-dashboard",
                    *map(str, options),
                ],
                env=environment | {"PYTHONPATH": os.pathsep.join([str(HERE), str(PROJECT)])},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def add_worker(self) -> None:
        options = ["--no-nanny", "--nthreads", 1, "--local-directory", self.folder]
        self.workers.append(self.start("worker", self.address, *options))

    def at_work(self) -> dict[int, subprocess.Popen]:
        """The processes that run jobs, and the worker of each."""
        return {
            child.pid: worker
            for worker in self.workers
            if worker.poll() is None
            for child in psutil.Process(worker.pid).children()
        }

    def end(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    one = Cluster(tmp_path_factory.mktemp("cluster"))
    for _ in range(2):
        one.add_worker()
    yield one
    one.end()
    settings.cache_clear()


@pytest.fixture
def sent_to(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the address of the scheduler."""

    def set_to(address: str) -> None:
        monkeypatch.setenv("WSL_SCHEDULER", address)
        monkeypatch.setenv("WSL_TRAININGS", "1")
        settings.cache_clear()

    return set_to


@pytest.fixture
def dask(two: Cluster, sent_to: Callable[[str], None]) -> Cluster:
    """The cluster of two workers, to which trainings go."""
    sent_to(two.address)
    return two


@pytest.fixture
def unbroken(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict], tuple[list[Progress], Result]]:
    """Progress and result of a training in this process, without any of the machinery."""
    monkeypatch.syspath_prepend(str(HERE))
    import sample_jobs

    def perform(config: dict) -> tuple[list[Progress], Result]:
        events = list(sample_jobs.train(Task(config | {"gate_at": None})))
        return [one for one in events if isinstance(one, Progress)], events[-1]

    return perform


def same(run: jobs.Run, expected: tuple[list[Progress], Result]) -> bool:
    """Whether the run tells and finds the same, bit for bit."""
    result = run.result()
    assert run.history() == expected[0]
    assert result.facts == expected[1].facts
    assert result.arrays["weight"].tobytes() == expected[1].arrays["weight"].tobytes()
    return True


def starts(run: jobs.Run) -> list[bool]:
    """Which of the lines that were written down say that an attempt began."""
    return ["started" in line for line in RunFiles(run.folder).told()[0]]


def files_of(runs: Path, name: str, config: dict[str, Any]) -> RunFiles:
    """A run that nobody works on yet."""
    return RunFiles.create(runs, name, config, None, "training")


# On the cluster as here


def test_a_training_ends_as_it_does_here(
    dask: Cluster, gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    assert run.state == "running"
    assert len(dask.at_work()) == 1
    assert run.history() == unbroken(gated)[0][:6]  # what was told is here while it goes on
    gate.touch()
    assert run.wait() == "finished"
    assert same(run, unbroken(gated))
    assert starts(run) == [True, *[False] * 12]
    eventually(lambda: not dask.at_work())


def test_arrays_of_any_size_go_and_come_back(dask: Cluster) -> None:
    large = np.random.default_rng(0).random((remote.PIECES + 3, remote.PIECE // 8))
    run = jobs.submit(
        "sample_jobs:double", {}, {"large": large, "empty": np.zeros((0, 3), np.uint8)}
    )
    assert run.wait() == "finished"
    np.testing.assert_array_equal(run.result().arrays["large"], 2 * large, strict=True)
    assert run.result().arrays["empty"].shape == (0, 3)


def test_a_refusal_keeps_its_class_and_a_crash_its_log(dask: Cluster) -> None:
    refused, crashed, dead = (
        jobs.submit(f"sample_jobs:{job}", {"status": 5}) for job in ("refuse", "crash", "die")
    )
    assert [one.wait() for one in (refused, crashed, dead)] == ["failed", "failed", "interrupted"]
    with pytest.raises(WeightsError, match=r"(?s)refused: é, “quotes” and a\nline break"):
        refused.result()
    assert "an error of its own: RuntimeError: the disk melted" in crashed.sentence
    log = (crashed.folder / "log.txt").read_text()
    assert log.startswith("hot\n")
    assert "RuntimeError: the disk melted\n" in log  # Dask may have a word after it
    assert "exit status 5" in dead.sentence


def test_a_script_sends_a_training_there_without_importing_dask(
    dask: Cluster, gate: Path, gated: dict, unbroken: Callable
) -> None:
    code = (
        "import json, sys; from wsl_core import jobs\n"
        f"run = jobs.submit('{JOB}', json.loads(sys.argv[1]))\n"
        "while not run.progress: run.wait(0.01)\n"
        "print(run.id, 'distributed' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, json.dumps(gated)], capture_output=True, text=True, check=True
    )
    name, imported = said.stdout.split()
    assert imported == "False"
    run = at_the_gate(jobs.find(name))
    gate.touch()
    assert run.wait() == "finished"  # it goes on without the script
    assert same(run, unbroken(gated))


# Cancelled, killed


def test_a_job_that_does_not_listen_is_cancelled_within_two_seconds(dask: Cluster) -> None:
    run = jobs.submit("sample_jobs:hang", {"how": "sleep"})
    eventually(lambda: run.progress and run.progress.share == 0.1)
    (process,) = dask.at_work()
    began = time.monotonic()
    run.cancel()
    assert run.wait() == "cancelled"
    eventually(lambda: not psutil.pid_exists(process))
    assert time.monotonic() - began < 2
    assert run.sentence is None


def test_a_training_is_paused_there_and_goes_on(
    dask: Cluster, gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    run.pause()
    assert (run.state, run.pausing) == ("running", True)
    gate.touch()
    assert run.wait() == "paused"
    assert len(run.history()) == 8
    eventually(lambda: not dask.at_work())
    assert run.resume(to_next_checkpoint=True).wait() == "paused"
    assert run.checkpoint().step == 12
    assert run.resume().wait() == "finished"
    assert same(run, unbroken(gated))


def test_a_lost_machine_is_replaced_from_the_last_checkpoint(
    dask: Cluster, gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    ((process, worker),) = dask.at_work().items()
    worker.kill()
    worker.wait()
    dask.add_worker()
    second = eventually(lambda: set(dask.at_work()) - {process})
    eventually(lambda: not psutil.pid_exists(process))  # it does not stay behind
    at_the_gate(run)
    assert (run.state, len(second)) == ("running", 1)
    gate.touch()
    assert run.wait() == "finished"
    assert same(run, unbroken(gated))
    # The first four steps were not done again: their lines are those of the first attempt.
    assert starts(run) == [True, *[False] * 4, True, *[False] * 8]


def test_a_killed_asker_is_resumed_and_leaves_nothing_there(
    dask: Cluster, gate: Path, gated: dict, unbroken: Callable
) -> None:
    run = at_the_gate(jobs.submit(JOB, gated))
    (process,) = dask.at_work()
    psutil.Process(worker_of(run)).kill()
    assert run.wait() == "interrupted"
    eventually(lambda: not psutil.pid_exists(process))
    gate.touch()
    assert run.resume().wait() == "finished"
    assert same(run, unbroken(gated))
    assert starts(run) == [True, *[False] * 4, True, *[False] * 8]


def test_what_a_machine_that_was_given_up_still_says_is_not_heard(
    dask: Cluster, runs: Path, gate: Path, gated: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client, Queue

    monkeypatch.setattr(cluster.secrets, "token_hex", lambda _: "door")
    files = files_of(runs, JOB, gated)
    files.begin()
    events = cluster.perform(files, lambda: False)
    while True:
        event = next(events)
        files.write(event)
        if isinstance(event, Progress) and event.step == 6:
            break
    with Client(dask.address, set_as_default=False) as client:
        name = f"wsl-{files.folder.name}-door"
        up, down = (Queue(f"second-{way}", client=client) for way in ("up", "down"))
        hello = {"attempt": "second", "version": cluster.__version__, "machine": "this test"}
        Queue(name, client=client).put(hello)
        up.put(["frames", remote.frame_of(Progress(0.9, "by the second"))])
        assert next(events) == Progress(0.9, "by the second")
        (_, asked, _), (_, checkpoint, _) = remote.frames(iter(down.get, remote.END))
        assert (asked["name"], asked["config"], checkpoint["step"]) == (JOB, gated, 4)
        # What was told after the checkpoint is taken back.
        assert [line.get("step") for line in files.told()[0]] == [None, 1, 2, 3, 4, None]
        gate.touch()
        eventually(lambda: not dask.at_work())  # the first has said all
        up.put(["frames", remote.frame_of(Result({"by": "the second"}))])
        up.put(["end", b"0"])
        assert list(events) == [Result({"by": "the second"})]


# Refused in words


def test_nobody_at_the_address_is_a_sentence_and_leaves_nothing(
    runs: Path, sent_to: Callable[[str], None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sent_to(f"tcp://127.0.0.1:{port}")
    began = time.monotonic()
    with pytest.raises(
        JobError, match=rf"127\.0\.0\.1:{port} does not answer .*refused.*WSL_SCHED"
    ):
        jobs.submit("sample_jobs:count", {"to": 1})
    assert time.monotonic() - began < 10
    assert list(runs.iterdir()) == []
    # What somebody waits for never goes there.
    assert list(jobs.run("sample_jobs:count", {"to": 1}))[-1] == Result({"to": 1})


def test_who_says_nothing_is_no_scheduler(
    runs: Path, sent_to: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWER_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        sent_to(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(JobError, match=r"does not answer \(nothing was heard in time\)"):
            jobs.submit("sample_jobs:count", {"to": 1})
    assert list(runs.iterdir()) == []


def test_without_dask_the_sentence_says_how_to_install_it(
    runs: Path, sent_to: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_to("tcp://127.0.0.1:8786")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(JobError, match=r"pip install 'beyond-imagenet\[cluster\]'"):
        jobs.submit("sample_jobs:count", {"to": 1})
    assert list(runs.iterdir()) == []


def test_another_version_over_there_is_a_sentence(
    dask: Cluster, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = cluster.__version__
    monkeypatch.setattr(cluster, "__version__", "9.9")
    with pytest.raises(
        JobError, match=rf"version {ours} of beyond-imagenet, this machine has 9\.9"
    ):
        list(cluster.perform(files_of(runs, JOB, {}), lambda: False))
    eventually(lambda: not dask.at_work())


def test_a_cluster_without_machines_is_waited_for_until_it_breaks_off(
    tmp_path: Path, runs: Path, sent_to: Callable[[str], None]
) -> None:
    lonely = Cluster(tmp_path)
    try:
        sent_to(lonely.address)
        events = cluster.perform(files_of(runs, JOB, {}), lambda: False)
        assert next(events) == Progress(0.0, f"waiting for a machine of {lonely.address}")
    finally:
        lonely.end()
    with pytest.raises(Interrupted, match=f"scheduler at {lonely.address} broke off"):
        next(events)


# What travels


def test_events_survive_however_they_are_cut() -> None:
    events = [
        Progress(1 / 3, "é", 3, {"loss": float("inf")}),
        Checkpoint(
            2**40, {"weight": np.arange(6, dtype=np.float32).reshape(2, 3).T}, {"random": 2**127}
        ),
        Result({"list": [1, None, "x"]}, {}),
    ]
    stream = b"".join(map(remote.frame_of, [*events, Interrupted("Cut off: é.")]))
    for length in (1, 7, 1000, len(stream)):
        pieces = (stream[at : at + length] for at in range(0, len(stream), length))
        progress, checkpoint, result, error = (
            remote.event_of(*frame) for frame in remote.frames(pieces)
        )
        assert (progress, result) == (events[0], events[2])
        assert (checkpoint.step, checkpoint.state) == (2**40, {"random": 2**127})
        np.testing.assert_array_equal(
            checkpoint.arrays["weight"], events[1].arrays["weight"], strict=True
        )
        assert checkpoint.arrays["weight"].flags.writeable  # a job may go on in place
        assert (type(error), str(error)) == (JobError, "Cut off: é.")

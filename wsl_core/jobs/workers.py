"""The workers of this process, and the queues before them: trainings, what somebody waits for, downloads.

A lane has as many workers as its work may take of this machine. Each has a thread here that hands it
one run after another; worker and thread start when there is work and end when there was none for a
while. A run in the queue is held by the lock `waiting` until its worker has done with it, so that any
process sees how it stands with it.
"""

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import get_args

from wsl_core.errors import JobError, WslError
from wsl_core.jobs import cluster
from wsl_core.jobs.files import Lane, RunFiles

DONE, BROKEN = "done", "broken"  # what a worker answers
WATCH_S = 0.1  # between two looks at whether a run was cancelled
IDLE_S = 300.0  # a worker without work ends after this time
KILL_S = 1.1  # a cancelled run's worker that does not end by itself is ended after this time
CORES_PER_TRAINING = 2
TRAININGS_ON_A_CLUSTER = 8  # at a time; each has a process of some 80 MB here


class Worker:
    """One worker process, kept warm between its runs."""

    def __init__(self, lane: Lane, log: Path) -> None:
        """Start the process; `log` takes what it says before its first run."""
        self.files: RunFiles | None = None
        self.environment = _settings_given()
        with log.open("ab") as complaints:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wsl_core.jobs.worker", lane],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                encoding="utf-8",
                env=_environment(lane),
                # A keyboard interrupt is meant for the program that the person sees.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    def usable(self) -> bool:
        """Whether it is alive and was started under the settings that hold now."""
        return self.process.poll() is None and self.environment == _settings_given()

    def work(self, files: RunFiles) -> None:
        """Have it work on a run; where it ends meanwhile, that is written down."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.files, over = files, threading.Event()
        threading.Thread(target=self._watch, args=(files, over), daemon=True).start()
        answer = ""
        with contextlib.suppress(BrokenPipeError):
            request = {"folder": str(files.folder.absolute()), "temporary": files.temporary}
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().strip()
        over.set()
        self.files = None
        if answer != DONE:
            self.end()
            _write_down(files, self.process.returncode)

    def _watch(self, files: RunFiles, over: threading.Event) -> None:
        """End the process where a cancelled job holds it so tightly that it cannot end itself."""
        while not over.wait(WATCH_S):
            if files.mark.exists():
                if not over.wait(KILL_S):
                    self.process.kill()
                return

    def end(self) -> None:
        """End the process, which works on nothing."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def _write_down(files: RunFiles, status: int) -> None:
    """Say why a run has no outcome, where its worker could not."""
    ends = (files.outcome, files.error, files.mark, files.paused)
    if any(one.exists() for one in ends):
        return
    name = files.facts().name
    if files.lock.take():
        files.fail(
            JobError(
                f"The worker for {name} stopped before it was done (exit status {status}): "
                f"{files.last_words()}. Try again; if it stops again, report this sentence."
            ),
            interrupted=True,
        )
        files.lock.release()


class Queue:
    """The runs that wait for the workers of one lane."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.changed = threading.Condition()
        self.waiting: list[RunFiles] = []
        self.workers: list[Worker] = []
        self.threads = 0
        self.busy = 0

    def put(self, files: RunFiles) -> None:
        """Add a run.

        Raises:
            JobError: as many runs wait as are allowed to.
        """
        from wsl_core.settings import settings

        most, workers = settings().queue, _workers_of(self.lane)
        with self.changed:
            if len(self.waiting) - max(0, workers - self.busy) >= most:
                raise JobError(
                    f"The queue is full: {most} runs wait already, and WSL_QUEUE allows no more. Try "
                    f"again when one is done, or cancel one."
                )
            files.forget_the_end()
            self.waiting.append(files)
            if len(self.waiting) > self.threads - self.busy and self.threads < workers:
                self.threads += 1
                threading.Thread(target=self._serve, daemon=True).start()
            self.changed.notify()

    def place(self, folder: Path) -> int | None:
        """The place of a run among those that wait, from 1; None where it does not."""
        with self.changed:
            waiting = [files.folder for files in self.waiting if not files.mark.exists()]
        return waiting.index(folder) + 1 if folder in waiting else None

    def _next(self) -> RunFiles | None:
        """The next run; None, and this thread is to end, after a time without any."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.waiting, IDLE_S):
                self.threads -= 1
                return None
            self.busy += 1
            return self.waiting.pop(0)

    def drop(self, folder: Path) -> None:
        """Let a run that waits wait no longer."""
        with self.changed:
            for files in [one for one in self.waiting if one.folder == folder]:
                self.waiting.remove(files)
                files.waiting.release()

    def _serve(self) -> None:
        """Hand runs to one worker."""
        worker: Worker | None = None
        while files := self._next():
            try:
                if not files.mark.exists():
                    if worker is None or not worker.usable():
                        self._end(worker)
                        worker = None
                        worker = Worker(self.lane, files.log)
                        self.workers.append(worker)
                    worker.work(files)
            except (OSError, WslError) as error:
                files.fail(JobError(f"The run could not be given to a worker: {error}"))
            finally:
                files.waiting.release()
                with self.changed:
                    self.busy -= 1
        self._end(worker)

    def _end(self, worker: Worker | None) -> None:
        if worker is not None:
            self.workers.remove(worker)
            worker.end()

    def leave(self) -> None:
        """At the end of this process: no worker stays behind but those that somebody may look for."""
        given = []
        for worker in list(self.workers):
            files = worker.files
            if files is not None and not files.temporary:
                continue
            if files is not None:
                given.append(files)
                with contextlib.suppress(OSError):
                    files.mark.touch()
            worker.process.kill()
            worker.process.wait()
        for files in [*given, *self.waiting]:
            files.waiting.release()
            if files.temporary:
                shutil.rmtree(files.folder.parent, ignore_errors=True)
        self.waiting.clear()


LANES: tuple[Lane, ...] = get_args(Lane)
QUEUES: dict[Lane, Queue] = {lane: Queue(lane) for lane in LANES}
for _queue in QUEUES.values():
    atexit.register(_queue.leave)


def enqueue(files: RunFiles) -> None:
    """Let a run wait for a worker of its lane.

    Raises:
        JobError: the queue is full, the folder of the run cannot be written, or the cluster that is to
            do the work does not answer.
    """
    lane = files.facts().lane
    if cluster.takes(lane):
        cluster.check()
    try:
        if files.waiting.take():  # else another process was quicker
            QUEUES[lane].put(files)
    except OSError as error:
        files.waiting.release()
        raise files.unwritable(error) from None
    except JobError:
        files.waiting.release()
        raise


def _workers_of(lane: Lane) -> int:
    from wsl_core.settings import settings

    if lane != "training":
        return 1
    if cluster.takes(lane):
        return settings().trainings or TRAININGS_ON_A_CLUSTER
    return settings().trainings or max(1, _cores() // CORES_PER_TRAINING)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _settings_given() -> dict[str, str]:
    """The variables of the environment that change what a worker does."""
    return {name: os.environ[name] for name in os.environ if name.startswith(("WSL_", "PYTHON"))}


def _environment(lane: Lane) -> dict[str, str]:
    """The parent's, with this package importable wherever the program was started.

    NumPy's and SciPy's products take one thread: their fits are made of many short ones, after each of which
    other threads would wait busily (see `wsl_core.products`). PyTorch's threads are another library's.
    """
    here = str(Path(__file__).parents[2])
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    ours = {
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
    }
    if lane == "training":
        threads = max(1, _cores() // _workers_of(lane))
        ours["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", str(threads))
    return os.environ | ours

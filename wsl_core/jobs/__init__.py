"""Long work in worker processes: a job is a generator of events, a run is a directory.

`submit("package.module:function", config)` gives a `Run` at once; its job is worked on by
`python -m wsl_core.jobs.worker`, in the order of submission. The run lies in a folder below `WSL_RUNS`
and outlives the process that asked for it: any other finds it there, follows it, pauses it at a
checkpoint, cancels it, resumes it from the last one. `run` is for work that somebody waits for.

A worker is a process of its own: never forked, never importing the pages; what it imports (torch) and
what it breaks stays in it. This package knows all other rooms only as "module:function".
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsl_core.errors import JobError
from wsl_core.jobs import workers
from wsl_core.jobs.events import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.files import ID, Lane, RunFiles
from wsl_core.jobs.pruning import prune, run_folders
from wsl_core.jobs.run import ENDED, POLL_S, Run, State

if TYPE_CHECKING:
    from wsl_core.jobs.events import Arrays

__all__ = [
    "Checkpoint", "Event", "Lane", "Progress", "Result", "Run", "State", "Task",
    "find", "prune", "run", "runs", "submit",
]  # fmt: skip


NOTICE_S = 0.5  # who waits longer for a worker is told so
LET_GO_S = 5.0  # for the worker to turn away from a run that is over


def submit(
    name: str, config: Mapping[str, Any], arrays: Arrays | None = None, *, lane: Lane = "training"
) -> Run:
    """Let a job wait for a worker; old runs are pruned meanwhile.

    Args:
        name: of the job, "module:function".
        config: what it is given; plain JSON values.
        arrays: what it is given besides; any shape and numeric type.
        lane: "training"; "interactive" for what somebody waits for, or "download", so that neither
            waits behind a training, nor behind the other.

    Raises:
        JobError: the queue is full, or the folder of the runs cannot be written.
    """
    from wsl_core.settings import settings

    root = settings().runs
    try:
        files = RunFiles.create(root, name, config, arrays, lane)
    except OSError as error:
        raise _unwritable(root, error, "WSL_RUNS") from None
    try:
        workers.enqueue(files)
    except JobError:
        shutil.rmtree(files.folder, ignore_errors=True)
        raise
    one = Run(files.folder)
    prune()
    return one


def run(
    name: str, config: Mapping[str, Any], arrays: Arrays | None = None
) -> Iterator[Progress | Result]:
    """Run a job in the interactive worker and yield its progress, and its result at last.

    Closing the generator cancels the job. Nothing is kept.

    Args:
        name: of the job, "module:function".
        config: what it is given; plain JSON values.
        arrays: what it is given besides; any shape and numeric type.

    Raises:
        WslError: the sentence with which the job refused its work, in its own class.
        JobError: the worker ended before its work was done, or the queue is full.
    """
    try:
        root = Path(tempfile.mkdtemp(prefix="beyond-imagenet-"))
    except OSError as error:
        raise _unwritable(Path(tempfile.gettempdir()), error, "TMPDIR") from None
    try:
        try:
            files = RunFiles.create(root, name, config, arrays, "interactive")
        except OSError as error:
            raise _unwritable(root, error, "TMPDIR") from None
        files.temporary = True
        workers.enqueue(files)
        one = Run(files.folder)
        try:
            yield from _followed(one, files)
        finally:
            with contextlib.suppress(JobError):  # a script ends: its worker has cleared the folder
                one.cancel()
            deadline = time.monotonic() + LET_GO_S
            while files.waiting.held() and time.monotonic() < deadline:
                time.sleep(POLL_S)  # the worker may still write there
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _followed(one: Run, files: RunFiles) -> Iterator[Progress | Result]:
    """The progress of a run as it comes, then its result."""
    began, place, offset = time.monotonic(), None, 0
    while True:
        state = one.state  # before the events are read: none is missed
        lines, offset = files.told(offset)
        yield from (Progress.from_json(line) for line in lines if "share" in line)
        if state in ENDED:
            break
        before, place = place, one.place if time.monotonic() - began > NOTICE_S else None
        if place is not None and place != before:
            yield Progress(0.0, f"waiting, number {place} in the queue")
        time.sleep(POLL_S)
    yield one.result()


def _unwritable(root: Path, error: OSError, variable: str) -> JobError:
    return JobError(
        f"The run cannot be written to {root}: {error.strerror or 'the disk refused'}. Free some space "
        f"there, or set {variable} to a folder that can be written."
    )


def find(id: str) -> Run:
    """The run of this name.

    Raises:
        JobError: there is none, or it was written by another version.
    """
    from wsl_core.settings import settings

    folder = settings().runs / id
    if not ID.fullmatch(id) or not folder.is_dir():
        raise JobError(
            f"There is no run {id!r}. It may have been removed to make room. `wsl runs list` shows "
            f"those that there are."
        )
    return Run(folder)


def runs() -> list[Run]:
    """All runs of this version, the latest first."""
    found = []
    for folder in run_folders():
        with contextlib.suppress(JobError):
            found.append(Run(folder))
    return sorted(found, key=lambda one: one.created, reverse=True)

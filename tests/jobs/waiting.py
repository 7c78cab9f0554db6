"""Waiting for what other processes do, with a deadline."""

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.locks import Lock

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
PATIENCE_S = 120.0  # until a test says that what it waits for is not coming; a busy machine is slow


def eventually(holds: Callable[[], Any]) -> Any:
    """What `holds` gives as soon as it is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.01)
    return found


def clear(runs: Path) -> None:
    """Cancel what still runs in a folder of runs, wherever WSL_RUNS points by now, and remove it."""
    left = []
    for file in runs.glob("*/run.json"):
        with contextlib.suppress(JobError):  # damaged, or of another version
            left.append(jobs.Run(file.parent))
    for run in left:
        run.cancel()
    for run in left:
        run.wait(PATIENCE_S)
        eventually(lambda lock=run.folder / "waiting": not Lock(lock).held())
    shutil.rmtree(runs, ignore_errors=True)
    runs.unlink(missing_ok=True)


def at_the_gate(run: jobs.Run) -> jobs.Run:
    """The run of `gated`, when it stands still."""
    eventually(lambda: run.progress and run.progress.step == 6)
    return run


def worker_of(run: jobs.Run) -> int:
    """The process that works on a run, or did last."""
    lines, _ = RunFiles(run.folder).told()
    return [line["worker"] for line in lines if "worker" in line][-1]

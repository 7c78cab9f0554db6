"""Long work of a command: a run that is followed, and taken up again by the same command."""

import contextlib
import sys
import time
from collections.abc import Mapping
from typing import Any

from tqdm import tqdm

from wsl_core import jobs
from wsl_core.jobs import Result, Run

LOOK_S = 0.2  # between two looks at the run
TAKEN = "taken"  # a file in the folder of a run whose result a command has used
LAYOUT = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}{postfix}"


def result(job: str, config: Mapping[str, Any]) -> Result:
    """The result of a job, with a bar on standard error until it is there.

    Where the same work was begun before and its result was not used, because a process was killed or
    interrupted, that run goes on from its last checkpoint.

    Args:
        job: "module:function".
        config: what it is given; plain JSON values.

    Raises:
        WslError: what the job refuses.
        JobError: the run failed, or cannot be written.
        KeyboardInterrupt: the run is cancelled first; its last checkpoint is kept.
    """
    run = _earlier(job, config)
    if run is None:
        run = jobs.submit(job, config)
    else:
        print(f"This work was begun before: run {run.id} goes on.", file=sys.stderr)
        run.resume()
    try:
        _follow(run)
    except KeyboardInterrupt:
        run.cancel()
        run.wait()
        print(f"\nThe same command again goes on with run {run.id}.", file=sys.stderr)
        raise
    return run.result()


def taken(job: str, config: Mapping[str, Any]) -> None:
    """Say that the result is used up: the same command again begins anew."""
    run = _earlier(job, config)
    if run is not None:
        with contextlib.suppress(OSError):  # then the same command gives the same result
            (run.folder / TAKEN).touch()


def _earlier(job: str, config: Mapping[str, Any]) -> Run | None:
    """The latest run of this very work whose result was not used."""
    alike = (one for one in jobs.runs() if one.name == job and one.config == config)
    return next(
        (one for one in alike if one.state != "failed" and not (one.folder / TAKEN).exists()),
        None,
    )


def _follow(run: Run) -> None:
    bar = tqdm(total=1000, bar_format=LAYOUT, file=sys.stderr, leave=True)
    with bar:
        while True:
            state, progress = run.state, run.progress
            if progress is not None:
                figures = ", ".join(
                    f"{name} {value:.4g}" for name, value in progress.figures.items()
                )
                bar.set_description(progress.doing, refresh=False)
                bar.set_postfix_str(figures, refresh=False)
                bar.update(round(1000 * progress.share) - bar.n)
            if state not in {"queued", "running"}:
                return
            time.sleep(LOOK_S)

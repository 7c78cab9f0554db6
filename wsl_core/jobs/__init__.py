"""Long work in worker processes: a job is a function that yields events.

`run("package.module:function", config)` starts `python -m wsl_core.jobs.worker`, hands it the config
and yields the job's events as they come. The worker is a process of its own: never forked, never
importing the pages; what it imports (torch) and what it breaks stays in it. This package knows all
other rooms only as "module:function".
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wsl_core import errors

Event = dict[str, Any]


def _environment() -> dict[str, str]:
    """The parent's, with this package importable wherever the program was started."""
    here = str(Path(__file__).parents[2])
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def run(target: str, config: dict[str, Any]) -> Iterator[Event]:
    """Run a job in a worker and yield its events; closing the generator ends the worker.

    Args:
        target: the job, "module:function"; a function of one dictionary that yields dictionaries.
        config: handed to it; plain JSON values.

    Raises:
        WslError: the sentence with which the job refused its work, in its own class.
        JobError: the worker ended without finishing its work.
    """
    # What the worker prints goes to a file: a pipe that nobody empties stops it after 64 KiB.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        worker = subprocess.Popen(
            [sys.executable, "-m", "wsl_core.jobs.worker", target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            text=True,
            encoding="utf-8",
            env=_environment(),
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            with contextlib.suppress(BrokenPipeError), worker.stdin as stdin:
                json.dump(config, stdin)
            finished = False
            for line in worker.stdout:
                event: Event = json.loads(line)
                if "refused" in event:
                    raise getattr(errors, event["refused"], errors.WslError)(event["sentence"])
                finished = event.get("event") == "finished"
                yield event
            if worker.wait() != 0 or not finished:
                printed.seek(0)
                last = (printed.read().strip().splitlines() or ["it left no message"])[-1]
                raise errors.JobError(
                    f"The worker for {target} stopped before it was done (exit status "
                    f"{worker.returncode}): {last}. Try again; if it stops again, report this "
                    f"sentence."
                )
        finally:
            worker.kill()
            worker.wait()
            worker.stdout.close()

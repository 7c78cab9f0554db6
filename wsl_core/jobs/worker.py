"""A worker process: `python -m wsl_core.jobs.worker LANE`.

It reads requests from standard input, one JSON object a line (the folder of a run, and whether it is of
use to the asker alone), and works on one after the other; after each it answers with one word: `done`,
or `broken` and ends. When standard input ends, because whoever started it did, it finishes the run it
works on. Whatever a job prints goes to the run's log.
"""

import contextlib
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from wsl_core.jobs import cluster
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.recording import perform, record
from wsl_core.jobs.workers import BROKEN, DONE, WATCH_S

NICENESS = 10  # trainings let the server and the interactive worker go first
GRACE_S = 0.6  # for a cancelled job to reach its next event and tidy up; then the process ends
CANCELLED = 3  # exit status


def main(lane: str) -> int:
    """Work until standard input ends; the exit status."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)  # until the first run, complaints go where its starter said
    if lane == "training" and hasattr(os, "nice"):
        os.nice(NICENESS)
        # Linux's autogroups give each session the same share of the processors, and a worker is a session
        # of its own: there the niceness of the session counts, and not that of the process.
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")
    for line in requests:
        request = json.loads(line)
        folder = Path(request["folder"])
        word = work(RunFiles(folder))
        for stream in (1, 2):
            os.dup2(null, stream)  # no open log of a run that may be removed
        try:
            print(word, file=answers, flush=True)
        except BrokenPipeError:  # nobody listens any more
            if request["temporary"]:
                shutil.rmtree(folder.parent, ignore_errors=True)
        if word == BROKEN:
            return 1
    return 0


def work(files: RunFiles) -> str:
    """Work on one run, unless it is done, cancelled, or somebody else's."""
    if not files.lock.take():
        return DONE
    try:
        if files.mark.exists() or files.outcome.exists():
            return DONE
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        with files.log.open("ab") as log:
            for stream in (1, 2):
                os.dup2(log.fileno(), stream)
        with _watched(files.mark) as stop:
            facts = files.facts()
            if cluster.takes(facts.lane):
                events = cluster.perform(files, stop.is_set)
            else:
                events = perform(facts.name, files.task())
            good = record(files, events, stop.is_set)
        sys.stdout.flush()
        sys.stderr.flush()
        return DONE if good else BROKEN
    finally:
        files.lock.release()


@contextlib.contextmanager
def _watched(mark: Path) -> Iterator[threading.Event]:
    """Sets the event when the mark appears, and ends the process if that does not help."""
    stop, over = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_S):
            if mark.exists():
                stop.set()
                if not over.wait(GRACE_S):
                    os._exit(CANCELLED)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield stop
    finally:
        over.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

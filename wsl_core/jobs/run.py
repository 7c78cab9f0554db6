"""A run as its callers see it. How it stands is read from its files and locks, by any process."""

import contextlib
import time
from pathlib import Path
from typing import Any, Literal

from wsl_core.errors import JobError, WslError
from wsl_core.jobs import workers
from wsl_core.jobs.events import Checkpoint, Progress, Result
from wsl_core.jobs.files import ALL, RunFiles

State = Literal["queued", "running", "paused", "finished", "failed", "cancelled", "interrupted"]

ENDED = ("paused", "finished", "failed", "cancelled", "interrupted")  # no worker is on it
POLL_S = 0.02
NOTE_LENGTH = 4000


class Run:
    """One run; any number of these may look at the same directory.

    Attributes:
        id: the name of its directory.
        name: of its job, "module:function".
        config: what the job was given.
        lane: "training", "interactive" or "download".
        created: in seconds since 1970.
        folder: its directory.
    """

    def __init__(self, folder: Path) -> None:
        """Open the directory of a run.

        Raises:
            JobError: it is missing, damaged, or of another version.
        """
        self._files = RunFiles(folder)
        facts = self._files.facts()
        self.id = facts.id
        self.name = facts.name
        self.config: dict[str, Any] = facts.config
        self.lane = facts.lane
        self.created = facts.created
        self.folder = folder

    @property
    def state(self) -> State:
        """How it stands with the run.

        The locks are looked at before the files: whoever lets go of one has written down why, so that
        a run that ends at this moment is not taken for an interrupted one.
        """
        files = self._files
        waiting, running = files.waiting.held(), files.lock.held()
        if files.outcome.exists():
            return "finished"
        if running:
            return "running"
        if files.mark.exists():
            return "cancelled"
        if files.paused.exists():
            return "paused"
        reason = files.reason()
        if reason is not None:
            return "interrupted" if reason[1] else "failed"
        return "queued" if waiting else "interrupted"

    @property
    def place(self) -> int | None:
        """Its place in the queue of this process, from 1; None where it does not wait here."""
        return workers.QUEUES[self.lane].place(self.folder)

    @property
    def progress(self) -> Progress | None:
        """The latest progress; None before the first."""
        known = self.history()
        return known[-1] if known else None

    def history(self, after: int = 0) -> list[Progress]:
        """Every progress of the run in order, but for the first `after` of them.

        After a resumption it is that of an unbroken run: what came after the checkpoint is told anew.
        """
        lines, _ = self._files.told()
        return [Progress.from_json(line) for line in lines if "share" in line][after:]

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take if it goes on as it did since it was started or resumed.

        None where it is not running or nothing can be said yet.
        """
        if self.state != "running":
            return None
        lines, _ = self._files.told()
        starts = [number for number, line in enumerate(lines) if "started" in line]
        if not starts:
            return None
        before, (start, *since) = lines[: starts[-1]], lines[starts[-1] :]
        first = next((line["share"] for line in reversed(before) if "share" in line), 0.0)
        if not since or since[-1]["share"] <= first:
            return None
        share, now = since[-1]["share"], since[-1]["time"]
        left = (1 - share) * (now - start["started"]) / (share - first)
        return max(0.0, left - (time.time() - now))

    @property
    def sentence(self) -> str | None:
        """Why it failed or was interrupted, where that is known."""
        reason = self._files.reason()
        return None if reason is None else str(reason[0])

    def checkpoint(self, only: tuple[str, ...] = ALL) -> Checkpoint | None:
        """The last checkpoint; None before the first, or where the job makes none.

        Args:
            only: beginnings of the names of the arrays that are read; all of them if not given.
        """
        return self._files.last_checkpoint(only)

    def result(self, only: tuple[str, ...] = ALL) -> Result:
        """What the job has found out.

        Args:
            only: beginnings of the names of the arrays that are read; all of them if not given.

        Raises:
            WslError: the one with which the job refused its work, in its own class.
            JobError: there is no result, or none yet.
        """
        with contextlib.suppress(FileNotFoundError):
            return self._files.result(only)
        raise self._error()

    def _error(self) -> WslError:
        reason = self._files.reason()
        if reason is not None:
            if type(reason[0]) is JobError:  # not a refusal: whoever mends it wants to see more
                reason[0].add_note(self._files.printed()[-NOTE_LENGTH:])
            return reason[0]
        state = self.state
        words = {
            "queued": "waits for its turn. Wait for it",
            "running": "is not done yet. Wait for it",
            "paused": "is paused. Resume it",
            "cancelled": "was cancelled. Resume it, or start it anew",
        }
        return JobError(
            f"The run {self.id} {words.get(state, 'was interrupted. Resume it, or start it anew')}."
        )

    def wait(self, timeout: float | None = None) -> State:
        """Wait until no worker is on the run, or for `timeout` seconds; how it stands then."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (state := self.state) not in ENDED:
            if deadline is not None and time.monotonic() > deadline:
                break
            time.sleep(POLL_S)
        return state

    def cancel(self) -> None:
        """Have it end within two seconds, whichever process works on it. Its checkpoint stays.

        Raises:
            JobError: the folder of the run cannot be written.
        """
        if self.state in ("queued", "running", "paused", "interrupted"):
            self._wish(self._files.mark)
            workers.QUEUES[self.lane].drop(self.folder)

    def pause(self) -> None:
        """Have it stop at its next checkpoint, whichever process works on it; then it holds no worker.

        Nothing changes where it is not under way.

        Raises:
            JobError: the folder of the run cannot be written.
        """
        if self.state in ("queued", "running"):
            self._wish(self._files.pausing)

    @property
    def pausing(self) -> bool:
        """Whether it is under way and will stop at its next checkpoint."""
        return self._files.pausing.exists() and self.state in ("queued", "running")

    def resume(self, *, to_next_checkpoint: bool = False) -> "Run":
        """Let it go on from its last checkpoint, in a worker of this process.

        Where it is under way and about to pause, it goes on. Nothing changes where it is finished.

        Args:
            to_next_checkpoint: pause it again there: a step.

        Raises:
            JobError: the queue is full, or the folder of the run cannot be written.
        """
        state = self.state
        if state == "finished":
            return self
        self._wish(self._files.pausing, withdrawn=not to_next_checkpoint)
        if state in ENDED:
            workers.enqueue(RunFiles(self.folder))
        return self

    def _wish(self, mark: Path, *, withdrawn: bool = False) -> None:
        """Leave a mark for the worker, or take it away."""
        try:
            if withdrawn:
                mark.unlink(missing_ok=True)
            else:
                mark.touch()
        except OSError as error:
            raise self._files.unwritable(error) from None

"""The same jobs on a Dask cluster: its workers run them, this machine keeps the run.

Where `WSL_SCHEDULER` is set, the local worker of a training does not run the job. It asks the cluster to
(`remote.attend`), sends it the job with its last checkpoint, and yields the events that come back, so
that they are written down here like those of any run. No disk is shared. A machine that is lost in
mid-run is replaced by Dask; the attempt there goes on from the last checkpoint that arrived here.

Dask is imported in worker processes only, and only where the setting is there.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wsl_core import __version__
from wsl_core.errors import JobError, WslError
from wsl_core.jobs.events import Event, Progress, Task
from wsl_core.jobs.files import Lane, RunFiles
from wsl_core.jobs.recording import Interrupted

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWER_S = 5.0  # for a scheduler, to be reached and then to answer
POLL_S = 0.1  # between two looks at whether the run was cancelled
NOTICE_S = 1.0  # who waits longer for a machine of the cluster is told so
LAST_WORDS_S = 3.0  # after a refusal, for what the job printed to arrive
SILENCE_S = 10.0  # after the end of a task, for its last message to arrive
HELD = 4  # events that have arrived and are not written down yet
INSTALL = "pip install 'beyond-imagenet[cluster]'"


def takes(lane: Lane) -> bool:
    """Whether the jobs of a lane go to a cluster: trainings do; somebody waits for the others.

    The settings are not read for it: a worker that trains here has no use for them.
    """
    return lane == "training" and bool(os.environ.get("WSL_SCHEDULER"))


def check() -> None:
    """See that a scheduler answers at the address, without importing Dask.

    Raises:
        JobError: nobody answers there, or Dask is not installed here.
    """
    if importlib.util.find_spec("distributed") is None:
        raise JobError(
            f"WSL_SCHEDULER sends trainings to a Dask cluster, but Dask is not installed here. Install "
            f"it with `{INSTALL}`, or remove WSL_SCHEDULER to train on this machine."
        )
    parts = urlsplit(_address())
    try:
        with socket.create_connection(
            (parts.hostname or "", parts.port or 0), ANSWER_S
        ) as connection:
            if parts.scheme == "tcp" and not connection.recv(1):  # a scheduler speaks first
                raise _silent("it is no Dask scheduler")
    except OSError as error:
        raise _silent(error.strerror or "nothing was heard in time") from None


def perform(files: RunFiles, stop: Callable[[], bool]) -> Iterator[Event]:
    """The events of a run's job from a cluster, from its last checkpoint on.

    Where the cluster begins the job again elsewhere, the run's files go back to that checkpoint first.

    Args:
        files: of the run; its lock is held.
        stop: asked all the time whether somebody wants the run to end.

    Raises:
        WslError: what the job raised, in its own class.
        JobError: the scheduler does not answer, or the machines hold another version.
        Interrupted: the job was cut off; it can be resumed.
    """
    check()
    from distributed import Client

    # Where the connection breaks off, a sentence says so; the log is the job's.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(_address(), timeout=ANSWER_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise _silent("it is no Dask scheduler, or too busy") from None
    try:
        yield from _Drain(files, client).events(stop)
    finally:
        client.close()


@dataclass(frozen=True)
class _Hello:
    """The first message of an attempt: under which name it is reached, which version runs where."""

    attempt: str
    version: str
    machine: str


class _Drain:
    """What arrives from a cluster for one run."""

    def __init__(self, files: RunFiles, client: Client) -> None:
        from distributed import Queue

        self.files = files
        self.client = client
        self.name = files.facts().name
        self.inbox: queue.Queue[tuple[str, _Hello | Event | WslError | int]] = queue.Queue(HELD)
        self.door = Queue(f"wsl-{files.folder.name}-{secrets.token_hex(4)}", client=client)

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Have the job done, and yield what it tells."""
        from wsl_core.jobs import remote

        task = self.client.submit(remote.attend, self.door.name, key=self.door.name, pure=False)
        threading.Thread(target=self._answer_the_door, daemon=True).start()
        present: _Hello | None = None
        heard = time.monotonic()
        waiting = False
        refused: WslError | None = None  # raised once all that the job printed has come, too
        while not stop():
            try:
                sender, what = self.inbox.get(timeout=POLL_S)
            except queue.Empty:
                silence = time.monotonic() - heard
                self._see_to(task, present, refused, silence)
                if present is None and silence > NOTICE_S and not waiting:
                    waiting = True
                    yield Progress(self._share(), f"waiting for a machine of {_address()}")
                continue
            heard = time.monotonic()
            if isinstance(what, _Hello):
                self._compare(what)
                present, refused = what, None
                self.files.begin()
                self._listen(what.attempt, self.files.task())
            elif present is None or sender != present.attempt:
                continue  # from a machine that the cluster has given up
            elif isinstance(what, Interrupted):
                raise what
            elif isinstance(what, WslError):
                refused = what
            elif not isinstance(what, int):
                yield what
            elif what == 0 and refused is None:
                return
            else:
                raise refused or Interrupted(
                    f"The process for {self.name} on {present.machine} stopped before it was done (exit "
                    f"status {what}): {self.files.last_words()}. Resume the run; if it stops again, "
                    f"report this sentence."
                )

    def _share(self) -> float:
        """How much of the work the checkpoint is worth."""
        lines, _ = self.files.told()
        return next((line["share"] for line in reversed(lines) if "share" in line), 0.0)

    def _see_to(
        self, task: Future, present: _Hello | None, refused: WslError | None, silence: float
    ) -> None:
        """Raise what became of the task, if it will not send anything any more."""
        if refused is not None:
            if silence > LAST_WORDS_S:
                raise refused
            return
        match task.status:
            case "error":
                raise self._failed(task.exception(), present)
            case "cancelled" | "lost":
                raise Interrupted(
                    f"The connection to the Dask scheduler at {_address()} broke off. Resume the run "
                    f"when it is there again."
                )
            case "finished" if silence > SILENCE_S:
                raise Interrupted(f"The result of {self.name} was lost on its way. Resume the run.")

    def _failed(self, error: BaseException, present: _Hello | None) -> JobError:
        kind = type(error).__name__
        if kind == "KilledWorker":
            return Interrupted(
                f"Every Dask worker that {self.name} was given to was lost: it may need more memory than "
                f"they have. See their logs, and resume the run."
            )
        if present is None:  # it could not even say hello
            return JobError(
                f"The Dask workers at {_address()} cannot run jobs of this program ({kind}: {error}). "
                f"Install version {__version__} of beyond-imagenet on each of them."
            )
        return Interrupted(
            f"The Dask worker on {present.machine} gave up {self.name}: {kind}: {error}. Resume the run."
        )

    def _compare(self, hello: _Hello) -> None:
        if hello.version != __version__:
            raise JobError(
                f"The Dask worker on {hello.machine} has version {hello.version} of beyond-imagenet, this "
                f"machine has {__version__}. Install the same version on both."
            )

    def _answer_the_door(self) -> None:
        """Announce every attempt that begins."""
        while True:
            try:
                hello = _Hello(**self.door.get())
            except Exception:  # the connection is closed; `_see_to` says why if need be
                return
            self.inbox.put((hello.attempt, hello))

    def _listen(self, attempt: str, task: Task) -> None:
        """Send an attempt its task, and take in what it tells."""
        from distributed import Queue

        from wsl_core.jobs import remote

        up, down = (
            Queue(f"{attempt}-{way}", client=self.client, maxsize=remote.PIECES)
            for way in ("up", "down")
        )

        def pieces() -> Iterator[bytes]:
            while True:
                kind, piece = up.get()
                match kind:
                    case "frames":
                        yield piece
                    case "log":
                        print(piece.decode("utf-8", "replace"), end="", flush=True)
                    case "end":
                        self.inbox.put((attempt, int(piece)))
                        return

        def converse() -> None:
            try:
                for frame in remote.frames_of(self.name, task):
                    for start in range(0, len(frame), remote.PIECE):
                        down.put(frame[start : start + remote.PIECE])
                down.put(remote.END)
                for kind, facts, arrays in remote.frames(pieces()):
                    self.inbox.put((attempt, remote.event_of(kind, facts, arrays)))
                up.close()
                down.close()
            except Exception as error:
                broken = Interrupted(
                    f"The connection to the Dask cluster at {_address()} broke off ({error}). Resume the "
                    f"run when it is there again."
                )
                with contextlib.suppress(queue.Full):  # nobody wants to know any more
                    self.inbox.put((attempt, broken), timeout=SILENCE_S)

        threading.Thread(target=converse, daemon=True).start()


def _address() -> str:
    from wsl_core.settings import settings

    address: Any = settings().scheduler
    assert address is not None
    return str(address)


def _silent(why: str) -> JobError:
    return JobError(
        f"The Dask scheduler at {_address()} does not answer ({why}). See that `dask scheduler` runs there "
        f"and that WSL_SCHEDULER is its address, or remove WSL_SCHEDULER to train on this machine."
    )

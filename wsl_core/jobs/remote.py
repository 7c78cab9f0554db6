"""The side of a Dask worker: one attempt at a run, in a process of its own.

`attend` is the task that Dask places, and, where a machine is lost, places again. It says hello to the
machine that holds the run, is sent the job with its last checkpoint, and passes bytes on between that
machine and the process `python -m wsl_core.jobs.remote`, which runs the job. When Dask no longer wants
the task (the run was cancelled, or whoever asked for it is gone), the process ends.

Both directions carry frames: eight bytes of length, then a safetensors file whose header says what the
frame is. A frame of any size travels in pieces through queues of the scheduler that hold only a few.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import secrets
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from wsl_core import __version__, errors
from wsl_core.errors import WslError
from wsl_core.jobs.events import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.recording import perform, stopped

if TYPE_CHECKING:
    from distributed import Queue

    from wsl_core.jobs.events import Arrays

PIECE = 2**20  # bytes that travel at once
PIECES = 8  # that a queue of the scheduler holds
LENGTH = 8  # bytes that say how long a frame is
WATCH_S = 0.1  # between two looks at whether the task is still wanted
GRACE_S = 0.6  # for a job to reach its next event and tidy up; then its process is ended
LAST_WORDS_S = 5.0  # for what the process said to be sent, when it has ended
END = b""  # of what is sent to a job


def framed(kind: str, facts: Any, arrays: Arrays | None = None) -> bytes:
    """A frame with its length before it."""
    import numpy as np
    from safetensors.numpy import save

    dense = {name: np.asarray(array, order="C") for name, array in (arrays or {}).items()}
    body = save(dense, {"kind": kind, "facts": json.dumps(facts)})
    return len(body).to_bytes(LENGTH, "little") + body


def frames(pieces: Iterable[bytes]) -> Iterator[tuple[str, Any, Arrays]]:
    """Kind, facts and arrays of every frame in a stream of bytes that was cut anywhere."""
    from safetensors.numpy import load

    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= LENGTH:
            end = LENGTH + int.from_bytes(held[:LENGTH], "little")
            if len(held) < end:
                break
            body = bytes(held[LENGTH:end])
            del held[:end]
            header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])["__metadata__"]
            yield header["kind"], json.loads(header["facts"]), load(body)


def frame_of(event: Event | WslError) -> bytes:
    """The frame that carries an event, or the error that ended a job."""
    match event:
        case Progress():
            return framed("progress", event.to_json())
        case Checkpoint(step, arrays, state):
            return framed("checkpoint", {"step": int(step), "state": state}, arrays)
        case Result(facts, arrays):
            return framed("result", facts, arrays)
        case WslError():
            return framed("error", {"error": type(event).__name__, "sentence": str(event)})


def event_of(kind: str, facts: Any, arrays: Arrays) -> Event | WslError:
    """The counterpart of `frame_of`."""
    match kind:
        case "progress":
            return Progress.from_json(facts)
        case "checkpoint":
            return Checkpoint(facts["step"], arrays, facts["state"])
        case "result":
            return Result(facts, arrays)
    error: WslError = getattr(errors, facts["error"], errors.JobError)(facts["sentence"])
    return error


def frames_of(name: str, task: Task) -> Iterator[bytes]:
    """The frames that carry a job and what it works on."""
    facts = {"name": name, "config": task.config, "resumes": task.checkpoint is not None}
    yield framed("task", facts, task.arrays)
    if task.checkpoint is not None:
        yield frame_of(task.checkpoint)


def attend(door: str) -> None:
    """Run the job that is waiting behind the queue `door`; the task that Dask places.

    Raises:
        RuntimeError: Dask no longer wants this to be done here.
    """
    from distributed import Queue, get_client, get_worker

    worker, client = get_worker(), get_client()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state in ("executing", "long-running")

    attempt = f"{door}-{secrets.token_hex(4)}"
    up, down = (Queue(f"{attempt}-{way}", client=client, maxsize=PIECES) for way in ("up", "down"))
    hello = Queue(door, client=client)
    hello.put({"attempt": attempt, "version": __version__, "machine": platform.node()})
    hello.close()
    process = subprocess.Popen(
        [sys.executable, "-m", "wsl_core.jobs.remote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=PIECE,
        # A job is looked for where this Dask worker looks for modules.
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    _widen(process.stdout)
    feeding = threading.Thread(target=_feed, args=(down, process.stdin), daemon=True)
    telling = [
        threading.Thread(target=_tell, args=(up, kind, stream), daemon=True)
        for kind, stream in (("frames", process.stdout), ("log", process.stderr))
    ]
    for thread in (feeding, *telling):
        thread.start()
    try:
        while process.poll() is None and wanted():
            time.sleep(WATCH_S)
        if not wanted():
            raise RuntimeError("The run was cancelled, or whoever asked for it is gone.")
        for thread in telling:
            thread.join(LAST_WORDS_S)
        up.put(["end", str(process.returncode).encode()])
    finally:
        _end(process)
        down.put(END)  # the thread that feeds may wait for something
        while any(thread.is_alive() for thread in telling) and not wanted():
            up.get(batch=True)  # nobody else empties it, and the threads wait for room
            time.sleep(WATCH_S)
        feeding.join(LAST_WORDS_S)
        for one in (up, down, process.stdout, process.stderr):
            one.close()


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a whole piece, where the system allows it: fewer, larger ones travel faster."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIECE)


def _feed(down: Queue, stdin: IO[bytes]) -> None:
    """Pass on what is sent to the job. Its standard input stays open: its end is the end of this."""
    while piece := down.get():
        with contextlib.suppress(
            BrokenPipeError
        ):  # the process has ended; what was sent is taken in
            stdin.write(piece)
            stdin.flush()


def _tell(up: Queue, kind: str, stream: IO[bytes]) -> None:
    """Pass on what the job sends, or prints."""
    while piece := stream.read1(PIECE):  # type: ignore[attr-defined]
        up.put([kind, piece])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process: it is asked to, then made to."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    """Run the job that standard input brings, and send its events through standard output."""
    sent = io.BufferedReader(io.FileIO(os.dup(0)), PIECE)
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)  # whatever the job prints goes to the log
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    given = frames(iter(lambda: sent.read1(PIECE), b""))
    _, facts, arrays = next(given)
    checkpoint = event_of(*next(given)) if facts["resumes"] else None
    assert checkpoint is None or isinstance(checkpoint, Checkpoint)
    threading.Thread(target=_leave_at_the_end, args=(sent, stop), daemon=True).start()

    def say(event: Event | WslError) -> None:
        answers.write(frame_of(event))
        answers.flush()

    name = facts["name"]
    events = perform(name, Task(facts["config"], arrays, checkpoint))
    try:
        for event in events:
            if isinstance(event, Result):
                events.close()  # type: ignore[attr-defined]  # it tidies up before anybody knows
            say(event)
            if isinstance(event, Result) or stop.is_set():
                return 0
    except WslError as error:
        say(error)
    except Exception as error:
        traceback.print_exc()
        say(stopped(name, error))
    finally:
        events.close()  # type: ignore[attr-defined]
    return 0


def _leave_at_the_end(sent: IO[bytes], stop: threading.Event) -> None:
    """Let no process stay behind when the Dask worker that started it is killed."""
    sent.read()
    stop.set()
    time.sleep(GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())

"""The directory of a run: what lies in it, and how it is written and read.

    run.json                version, id, name, config, lane, time of creation
    inputs.safetensors      arrays that the job was given, until it has its result
    events.jsonl            a line for each start and each progress: share, step, figures, time
    checkpoint.safetensors  the last one; step and state stand in its header
    result.json             its facts; the arrays are in result.safetensors
    error.json              why it ended without a result
    cancelled               the wish to end it
    pausing                 the wish that it stop at its next checkpoint
    paused                  what the worker makes of that wish when it has stopped there
    log.txt                 what the job printed
    lock                    held by the worker that works on it
    waiting                 held by the process that has it in its queue, until its worker is done
    reserve                 gives way on a full disk, so that the reason can still be written

Every file but the events is written beside its place and renamed, so that a half-written one is never
read; of the events, only whole lines are.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wsl_core import errors
from wsl_core.errors import JobError, WslError
from wsl_core.jobs.events import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.locks import Lock

if TYPE_CHECKING:
    from wsl_core.jobs.events import Arrays

Lane = Literal["training", "interactive", "download"]

VERSION = 1
RESERVE_BYTES = 16_384
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
HALF = ".new-"  # what the folder of a run is called until it is whole
ALL = ("",)  # with which every name begins
ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Facts:
    """What is fixed when a run is made; `created` is in seconds since 1970."""

    version: int
    id: str
    name: str
    config: dict[str, Any]
    lane: Lane
    created: float


class RunFiles:
    """The files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = Lock(folder / "lock")
        self.waiting = Lock(folder / "waiting")
        self.mark = folder / "cancelled"
        self.pausing = folder / "pausing"
        self.paused = folder / "paused"
        self.log = folder / "log.txt"
        self.inputs = folder / "inputs.safetensors"
        self.events = folder / "events.jsonl"
        self.outcome = folder / "result.json"
        self.error = folder / "error.json"
        self.checkpoint = folder / "checkpoint.safetensors"
        self.temporary = False  # of no use to anybody when the process that made it ends

    @classmethod
    def create(
        cls,
        root: Path,
        name: str,
        config: Mapping[str, Any],
        arrays: Arrays | None,
        lane: Lane,
    ) -> RunFiles:
        """Make the directory of a new run; nobody sees it before it is whole.

        Raises:
            OSError: the folder cannot be written.
        """
        now = time.time()
        id_ = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{secrets.token_hex(3)}"
        facts = Facts(VERSION, id_, name, dict(config), lane, now)
        root.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=HALF, dir=root))
        try:
            _reserve(beside)
            if arrays:
                _write(cls(beside).inputs, _packed(arrays))
            _write_json(beside / "run.json", asdict(facts))
            return cls(beside.rename(root / id_))
        finally:
            shutil.rmtree(beside, ignore_errors=True)  # it is there only if something went wrong

    def facts(self) -> Facts:
        """What `run.json` says.

        Raises:
            JobError: it is missing, damaged, or of another version.
        """
        try:
            found = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
            version = found["version"]
            if version == VERSION:
                return Facts(**found)
        except (OSError, ValueError, TypeError, KeyError):
            raise JobError(
                f"The folder {self.folder} holds no run that can be read. Remove it if you do not "
                f"need it."
            ) from None
        raise JobError(
            f"The run in {self.folder} was written by another version of this program (its layout is "
            f"number {version}, this one reads number {VERSION}). Use that version, or remove it."
        )

    def checkpoint_step(self) -> int | None:
        """At which step the last checkpoint was made."""
        return int(_header(self.checkpoint)["step"]) if self.checkpoint.exists() else None

    def task(self) -> Task:
        """What the job is to work on, from the last checkpoint if there is one."""
        arrays = _unpacked(self.inputs)[0] if self.inputs.exists() else {}
        return Task(self.facts().config, arrays, self.last_checkpoint())

    def last_checkpoint(self, only: tuple[str, ...] = ALL) -> Checkpoint | None:
        """The last checkpoint, with the arrays whose names begin so; None before the first."""
        if not self.checkpoint.exists():
            return None
        values, header = _unpacked(self.checkpoint, only)
        return Checkpoint(int(header["step"]), values, json.loads(header["state"]))

    def begin(self) -> None:
        """Go back to the last checkpoint: what was told after it will be told again.

        Raises:
            OSError: the folder cannot be written.
        """
        for half in self.folder.glob("*.part"):
            half.unlink()
        with self.events.open("ab") as file:
            file.truncate(int(_header(self.checkpoint)["told"]) if self.checkpoint.exists() else 0)
        self._tell({"started": time.time(), "worker": os.getpid()})

    def forget_the_end(self) -> None:
        """Take away why an earlier attempt ended; room is kept again to say why this one does."""
        self.error.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)
        self.paused.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            _reserve(self.folder)

    def pause(self) -> bool:
        """At a checkpoint: whether the run is to stop there, which is noted then."""
        try:
            self.pausing.replace(self.paused)
        except FileNotFoundError:
            return False
        return True

    def write(self, event: Event) -> None:
        """Keep an event.

        Raises:
            OSError: the disk refuses; what was written before is still whole.
        """
        match event:
            case Progress():
                self._tell(event.to_json() | {"time": time.time()})
            case Checkpoint(step, arrays, state):
                told = self.events.stat().st_size
                header = {"step": step, "state": json.dumps(state), "told": told}
                _write(self.checkpoint, _packed(arrays, header))
            case Result(facts, arrays):
                if arrays:
                    _write(self.folder / "result.safetensors", _packed(arrays))
                _write_json(self.outcome, facts)
                # Nobody reads them again, and they may be somebody's photograph.
                self.inputs.unlink(missing_ok=True)

    def _tell(self, facts: dict[str, Any]) -> None:
        line = json.dumps(facts).encode() + b"\n"
        with self.events.open("ab", buffering=0) as file:
            before = file.tell()
            if file.write(line) != len(line):  # the disk took a part of it
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.events))

    def fail(self, error: WslError, *, interrupted: bool = False) -> None:
        """Write down why the run ended without a result, even where the disk is full."""
        (self.folder / "reserve").unlink(missing_ok=True)
        facts = {"error": type(error).__name__, "sentence": str(error), "interrupted": interrupted}
        with contextlib.suppress(OSError):
            _write_json(self.error, facts)

    def unwritable(self, error: OSError) -> JobError:
        """The sentence for a folder that cannot be written."""
        return JobError(
            f"The folder of the run cannot be written ({self.folder}): "
            f"{error.strerror or 'the disk refused'}. Make room, or give yourself the right to write."
        )

    def told(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The lines of `events.jsonl` from a byte on, and the byte after the last whole one."""
        try:
            with self.events.open("rb") as file:
                file.seek(offset)
                whole, end, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return [], offset
        return [json.loads(line) for line in whole.splitlines()], offset + len(whole) + len(end)

    def result(self, only: tuple[str, ...] = ALL) -> Result:
        """The result, with the arrays whose names begin so; `FileNotFoundError` while there is none."""
        facts = json.loads(self.outcome.read_text(encoding="utf-8"))
        arrays = self.folder / "result.safetensors"
        return Result(facts, _unpacked(arrays, only)[0] if arrays.exists() else {})

    def reason(self) -> tuple[WslError, bool] | None:
        """Why the run ended without a result, and whether it was only interrupted."""
        try:
            found = json.loads(self.error.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        kind = getattr(errors, found["error"], JobError)
        return kind(found["sentence"]), found["interrupted"]

    def last_words(self) -> str:
        """The last line that the job printed."""
        lines = self.printed().splitlines()
        return lines[-1] if lines else "it left no message"

    def printed(self) -> str:
        """What the job printed."""
        try:
            return self.log.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return ""


def _reserve(folder: Path) -> None:
    if not (folder / "reserve").exists():
        (folder / "reserve").write_bytes(bytes(RESERVE_BYTES))


def _write(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it when it is safely on the disk."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _write_json(path: Path, facts: Mapping[str, Any]) -> None:
    _write(path, json.dumps(facts, indent=1).encode())


def _packed(arrays: Arrays, header: Mapping[str, Any] | None = None) -> bytes:
    import numpy as np
    from safetensors.numpy import save

    dense = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return save(dense, {name: str(value) for name, value in (header or {}).items()})


def _unpacked(path: Path, only: tuple[str, ...] = ALL) -> tuple[Arrays, dict[str, str]]:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        names = [name for name in file.keys() if name.startswith(only)]  # noqa: SIM118
        return {name: file.get_tensor(name) for name in names}, file.metadata() or {}


def _header(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return file.metadata()

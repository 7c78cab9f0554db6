"""A lock that is a file: held by one process, let go by the system however that process ends."""

import sys
import time
from pathlib import Path
from typing import IO

PATIENCE_S = 1.0  # somebody who only looks holds the lock for an instant
POLL_S = 0.005
REFUSED = (BlockingIOError, PermissionError)  # what the systems raise where somebody else holds it

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], *, shared: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes], *, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


class Lock:
    """The lock of one file, which holds nothing and is never removed while others may look at it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take the lock; False where somebody else holds it.

        Raises:
            OSError: the file cannot be written, or its file system knows no locks.
        """
        deadline = time.monotonic() + PATIENCE_S
        file = self.path.open("ab")
        while True:
            try:
                _lock(file, shared=False)
            except REFUSED:
                if time.monotonic() > deadline:
                    file.close()
                    return False
                time.sleep(POLL_S)
            else:
                self._file = file
                return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def held(self) -> bool:
        """Whether anybody holds it, in this process or another."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            try:
                _lock(file, shared=True)
            except REFUSED:
                return True
        return False

"""How the server's memory goes back to the system. Elsewhere than on Linux with glibc, nothing happens here.

glibc lets every thread allocate from an arena of its own, up to eight a core, and keeps freed memory that
lies between what is still in use. Each run of a page is a thread: after a class of thirty the arenas would
hold on to a third more than before.
"""

import ctypes
import gc
import sys
from typing import Any

ARENAS = 2
M_ARENA_MAX = -8  # in malloc.h


def few_arenas() -> None:
    """Have all threads that start from now on share `ARENAS` arenas."""
    if limit := _of_glibc("mallopt"):
        limit(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return freed memory to the system."""
    gc.collect()  # what left sessions held in circles
    if trim := _of_glibc("malloc_trim"):
        trim(0)


def _of_glibc(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None

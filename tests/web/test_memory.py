"""Memory: how many arenas threads allocate from, and what is given back."""

import os
import platform
import subprocess
import sys

import pytest

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator")

# Sixteen threads hold memory at once; glibc then says from how many arenas.
THREADS = """
import ctypes, os, sys, threading
from wsl_core.web import memory
if sys.argv[1] == "few":
    memory.few_arenas()
together = threading.Barrier(16)
def hold():
    together.wait()
    held = [bytes(5000) for _ in range(20)]
    together.wait()
threads = [threading.Thread(target=hold) for _ in range(16)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""
# Between small pieces that stay lie large ones that are freed; MB that stay resident, before and after.
# When glibc gives back by itself depends on what was freed before: here never.
KEEPS = {"MALLOC_TRIM_THRESHOLD_": str(10**9), "MALLOC_MMAP_THRESHOLD_": str(10**6)}
GIVEN_BACK = """
import psutil
from wsl_core.web import memory
memory.give_back()  # its libraries are loaded
resident = lambda: psutil.Process().memory_info().rss / 1e6
start = resident()
piece = lambda size: b"x" * size  # written to, so that it is resident
pieces = [(piece(60_000), piece(600)) for _ in range(1000)]
small = [one[1] for one in pieces]
del pieces
freed = resident()
memory.give_back()
print(freed - start, resident() - start)
"""


def _run(script: str, *words: str, **variables: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=os.environ | variables,
    )
    return ran.stdout


@glibc
def test_threads_share_two_arenas() -> None:
    arenas = {how: _run(THREADS, how).count("<heap nr=") for how in ("few", "as it is")}
    assert arenas["few"] == 2
    assert arenas["as it is"] > 8


@glibc
def test_freed_memory_between_what_stays_goes_back() -> None:
    freed, after = map(float, _run(GIVEN_BACK, **KEEPS).split())
    assert freed > 40
    assert after < 15

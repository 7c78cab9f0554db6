"""What the server does beside its pages."""

import subprocess
import sys

from tests.web.test_framework import PROJECT

EXPIRES = """
import time, weakref
from types import SimpleNamespace
import streamlit as st
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from wsl_core.web.startup import expire

app = st.App("app.py")
app._runtime = app._create_runtime()
class Left:
    session = SimpleNamespace(id="left")

left = Left()
storage = app._runtime._session_mgr._session_storage = MemorySessionStorage(ttl_seconds=1)
storage.save(left)
held = weakref.ref(left)
del left
over = time.monotonic() + 1.1
while time.monotonic() < over:
    time.sleep(0.05)
before = held() is not None
expire(app)
print(before, held() is not None)
"""


ONE_THREAD = """
import asyncio
from threadpoolctl import threadpool_info, threadpool_limits
from wsl_core.web import startup

startup._prepare = lambda: None
blas = lambda: [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

async def serve():
    threadpool_limits(2, user_api="blas")
    before = blas()
    async with startup.lifespan(None):
        print(before == [2] * len(before), set(blas()))

asyncio.run(serve())
"""


def run(script: str) -> list[str]:
    """What it prints, word by word."""
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_sessions_of_closed_tabs_end_though_no_other_tab_is_closed() -> None:
    """By a way that this Streamlit has and does not promise: it is looked for here."""
    assert run(EXPIRES) == ["True", "False"]


def test_matrix_products_of_the_server_take_one_thread() -> None:
    assert run(ONE_THREAD) == ["True", "{1}"]

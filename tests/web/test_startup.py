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


def test_sessions_of_closed_tabs_end_though_no_other_tab_is_closed() -> None:
    """By a way that this Streamlit has and does not promise: it is looked for here."""
    ran = subprocess.run(
        [sys.executable, "-c", EXPIRES],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["True", "False"]

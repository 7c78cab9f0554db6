"""Servers and browsers for measurements: started, waited for, weighed, ended."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync")  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A running Streamlit server.

    Attributes:
        url: its address.
        process: for its memory.
        started: `time.perf_counter()` just before it was started.
    """

    url: str
    process: psutil.Process
    started: float

    def megabytes(self) -> float:
        """Resident memory of the server process alone, in MB (10**6 bytes)."""
        return self.process.memory_info().rss / 1e6

    def libraries(self, name: str) -> bool:
        """Whether a library whose file name begins so is loaded in the server."""
        return any(Path(one.path).name.startswith(name) for one in self.process.memory_maps())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def serve(
    script: Path = ROOT / "app.py",
    cache: Path | None = None,
    command: Sequence[object] = (),
    **environment: str,
) -> Iterator[Server]:
    """Start `streamlit run script` as a user would.

    Args:
        script: of the pages.
        cache: takes the place of the usual folder.
        command: a module and its arguments to start in the place of Streamlit's; it takes `--port`.
        environment: added to this process's.
    """
    port = free_port()
    environment = os.environ | ({"WSL_CACHE": str(cache)} if cache else {}) | environment
    usual = ("streamlit", "run", script, "--server.port", port)
    module = (*command, "--port", port) if command else usual
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, module)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await_health(url, process)
            yield Server(url, psutil.Process(process.pid), started)
        finally:
            process.terminate()
            process.wait(20)


def await_health(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Return as soon as the server answers."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return
        time.sleep(0.02)
    raise RuntimeError("the server did not answer")


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium under Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield chromium
        finally:
            chromium.close()

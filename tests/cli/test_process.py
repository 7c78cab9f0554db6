"""Whole processes: nothing leaves the machine, torch stays out unless asked for."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wsl_core.settings import settings

Run = Callable[..., Any]

# Imported by Python as it starts. Every attempt is written down; loopback alone would be let through.
WATCH = """
import atexit, os, socket, sys

def note(kind, what):
    with open(os.environ["WATCH_LOG"], "a") as log:
        print(kind, what, file=log)

def watched(original, kind, place):
    def call(*args, **options):
        address = args[place]
        host = address[0] if isinstance(address, tuple) else address
        note(kind, address)
        if str(host) not in ("127.0.0.1", "::1", "localhost"):
            raise OSError("no network in this test")
        return original(*args, **options)
    return call

for name in ("connect", "connect_ex"):
    setattr(socket.socket, name, watched(getattr(socket.socket, name), name, 1))
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, watched(getattr(socket, name), name, 0))

def torch_note():
    if "torch" in sys.modules:
        note("imported", "torch")

atexit.register(torch_note)
note("started", "python")
"""


@pytest.fixture
def watch(tmp_path: Path) -> tuple[dict[str, str], Callable[[], set[str]]]:
    """The environment that watches a process, and what was seen."""
    folder, log = tmp_path / "watch", tmp_path / "log"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)

    def seen() -> set[str]:
        return set(log.read_text().splitlines())

    # A bare home, and no sign of a test machine: libraries that report their use hold back on one.
    plain = {"HOME": str(tmp_path), "CI": "", "TF_BUILD": "", "JENKINS_URL": ""}
    ours = {"PYTHONPATH": str(folder), "WATCH_LOG": str(log), "WSL_CACHE": str(settings().cache)}
    return plain | ours, seen


def test_heatmap_calls_nobody_and_leaves_torch_alone(
    process: Run, cat: Path, out: Path, watch: Any
) -> None:
    environment, seen = watch
    ran = process("heatmap", cat, "--out", out, "--size", 129, "--json", **environment)
    assert ran.status == 0, ran.err
    assert ran.json["pictures"][0]["classes"]
    assert (out / "manifest.json").is_file()
    assert seen() == {"started python"}


def test_the_watch_sees_a_call(watch: Any) -> None:
    environment, seen = watch
    source = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=os.environ | environment,
        check=False,
        stderr=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    assert any("192.0.2.1" in line for line in seen())


def test_torch_gives_the_same_maps_where_asked_for(
    process: Run, wsl: Run, cat: Path, out: Path, tmp_path: Path, watch: Any
) -> None:
    environment, seen = watch
    command = ("heatmap", cat, "--size", 129, "--top", 2, "--json")
    other = tmp_path / "other"
    ran = process(*command, "--out", other, "--runtime", "torch", **environment)
    assert ran.status == 0, ran.err
    assert "imported torch" in seen()
    ours, theirs = (
        one["pictures"][0]["classes"] for one in (wsl(*command, "--out", out).json, ran.json)
    )
    assert [one["index"] for one in ours] == [one["index"] for one in theirs]
    for one, another in zip(ours, theirs, strict=True):
        assert one["score"] == pytest.approx(another["score"], abs=1e-3)
        assert one["peak"] == another["peak"]

"""Jobs for the tests of the worker: it imports this module by name."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wsl_core.errors import WeightsError

Events = Iterator[dict[str, Any]]


def count(config: dict[str, Any]) -> Events:
    for i in range(config["to"]):
        yield {"event": "progress", "i": i, "text": config.get("text")}


def refuse(config: dict[str, Any]) -> Events:
    yield {"event": "progress"}
    raise WeightsError("These weights are refused: é, “quotes” and a\nline break.")


def crash(config: dict[str, Any]) -> Events:
    yield {"event": "progress"}
    raise RuntimeError("the disk melted")


def die(config: dict[str, Any]) -> Events:
    yield {"event": "progress"}
    os._exit(config["status"])


def vanish_in_silence(config: dict[str, Any]) -> Events:
    yield {"event": "progress"}
    os.kill(os.getpid(), 9)


def wait_for_ever(config: dict[str, Any]) -> Events:
    Path(config["file"]).write_text(str(os.getpid()))
    yield {"event": "started", "pid": os.getpid()}
    while True:
        os.read(os.open(config["pipe"], os.O_RDONLY), 1)


def chatter(config: dict[str, Any]) -> Events:
    """Prints in every way there is, more than a pipe holds."""
    for i in range(3):
        print('{"event": "forged"}')
        sys.stdout.flush()
        os.write(1, b'{"event": "forged"}\n')
        os.system('echo \'{"event": "forged"}\'')
        print("x" * 100_000, file=sys.stderr)
        yield {"event": "progress", "i": i}


def imported(config: dict[str, Any]) -> Events:
    yield {"event": "modules", "names": sorted(sys.modules), "main": sys.argv[0]}

"""The worker's side of `jobs.run`: `python -m wsl_core.jobs.worker module:function < config.json`.

Standard output carries events, one JSON object a line, and nothing else: whatever a library prints
goes to a file that the parent reads only when the worker fails (standard error).
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from wsl_core.errors import WslError


def serve(target: str, config: dict[str, Any], out: TextIO) -> int:
    """Run one job, write its events to `out`, return the exit status: 0 finished, 2 refused."""

    def tell(event: dict[str, Any]) -> None:
        out.write(json.dumps(event) + "\n")
        out.flush()

    try:
        module, _, name = target.partition(":")
        job: Callable[[dict[str, Any]], Iterator[dict[str, Any]]] = getattr(
            importlib.import_module(module), name
        )
        for event in job(config):
            tell(event)
    except WslError as error:
        tell({"refused": type(error).__name__, "sentence": str(error)})
        return 2
    tell({"event": "finished"})
    return 0


def main() -> int:
    """Keep standard output for events and send everything else to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return serve(sys.argv[1], json.load(sys.stdin), events)


if __name__ == "__main__":
    sys.exit(main())

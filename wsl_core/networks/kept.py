"""Small facts that need torch or timm to be found out: computed in a worker once, kept as JSON.

A file under WSL_CACHE is named after what it says and a key over all that it depends on. It is written
beside and renamed; one that cannot be read is computed again.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from wsl_core import __version__, jobs
from wsl_core.settings import settings

Report = Callable[[float, str], None]
Read = TypeVar("Read")


def key(facts: dict[str, Any], packages: tuple[str, ...]) -> str:
    """Twelve hexadecimal digits over plain values, this program and the versions of packages."""
    versions = {name: importlib.metadata.version(name) for name in packages}
    everything = {"wsl_core": __version__} | versions | facts
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


def computed(
    name: str,
    job: str,
    config: dict[str, Any],
    read: Callable[[Any], Read],
    report: Report | None = None,
    packages: tuple[str, ...] = ("torch", "torchvision", "timm"),
) -> Read:
    """What a job says in the entry "value" of its facts, from the file kept of it where there is one.

    Args:
        name: of the file, without its ending.
        job: "module:function", given `config`.
        config: plain JSON values; the file is kept for these.
        read: makes the value from JSON; any error in it means that the file is not whole.
        report: called with the share done (0 .. 1) and what is being done.
        packages: whose versions the value depends on.

    Raises:
        WslError: what the job refuses.
    """
    file = settings().cache / "facts" / f"{name}-{key(config, packages)}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return read(json.loads(file.read_text(encoding="utf-8")))
    value: Any = None
    for event in jobs.run(job, config):
        if isinstance(event, jobs.Progress):
            if report is not None:
                report(event.share, event.doing)
        else:
            value = event.facts["value"]
    with contextlib.suppress(OSError):  # it is only kept to save time
        _write(file, json.dumps(value))
    return read(value)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=".writing-", dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(beside, file)

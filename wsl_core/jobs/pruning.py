"""Old runs make room: by age, then by what all of them take together."""

import contextlib
import shutil
import time
from pathlib import Path

from wsl_core.errors import JobError
from wsl_core.jobs.files import HALF, ID, RunFiles

DAY_S = 86_400
MEGABYTE = 1_000_000


def run_folders() -> list[Path]:
    """The folders of all runs below WSL_RUNS, the oldest first."""
    from wsl_core.settings import settings

    try:
        return sorted(one for one in settings().runs.iterdir() if ID.fullmatch(one.name))
    except OSError:
        return []


def size(folder: Path) -> int:
    """What the files of a run take, in bytes."""
    return sum(length for length, _ in _files(folder))


def prune(days: float | None = None, megabytes: float | None = None) -> list[str]:
    """Remove runs that nothing happened to for long, then the stalest ones until the rest fits.

    Runs that are waiting or running stay, whatever they take, and so does what another version wrote.

    Args:
        days: the age; the setting `runs_days` if not given.
        megabytes: of all runs together; the setting `runs_megabytes` if not given.

    Returns:
        The ids of the removed runs.
    """
    from wsl_core.settings import settings

    _tidy(settings().runs)
    days = settings().runs_days if days is None else days
    megabytes = settings().runs_megabytes if megabytes is None else megabytes
    facts = [(_touched(folder), size(folder), folder) for folder in run_folders()]
    total = sum(length for _, length, _ in facts)
    removed = []
    for touched, length, folder in sorted(facts):
        stale = time.time() - touched > days * DAY_S
        if (stale or total > megabytes * MEGABYTE) and _remove(folder):
            total -= length
            removed.append(folder.name)
    return removed


def _tidy(root: Path) -> None:
    """Remove what is left of runs whose making broke off."""
    for half in root.glob(f"{HALF}*"):
        with contextlib.suppress(FileNotFoundError):  # it has just become whole
            if time.time() - half.stat().st_mtime > DAY_S:
                shutil.rmtree(half, ignore_errors=True)


def _remove(folder: Path) -> bool:
    """Remove a run nobody works on. Its `run.json` goes first: from then on it is none."""
    files = RunFiles(folder)
    facts = folder / "run.json"
    try:
        if facts.exists():
            files.facts()
        if files.waiting.held() or files.lock.held() or not files.lock.take():
            return False
        facts.unlink(missing_ok=True)
    except (OSError, JobError):
        return False
    finally:
        files.lock.release()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _touched(folder: Path) -> float:
    """When something last happened to a run, in seconds since 1970."""
    return max((changed for _, changed in _files(folder)), default=0.0)


def _files(folder: Path) -> list[tuple[int, float]]:
    """The sizes of the files of a run, and when they were changed."""
    found = []
    with contextlib.suppress(OSError):  # somebody else has just removed it
        for file in folder.iterdir():
            with contextlib.suppress(
                FileNotFoundError
            ):  # it was half-written, and has got its name
                facts = file.stat()
                found.append((facts.st_size, facts.st_mtime))
    return found

"""Old runs make room."""

import os
import time
from pathlib import Path

import pytest

from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.pruning import DAY_S, MEGABYTE, size
from wsl_core.settings import settings


def age(folder: Path, days: float) -> None:
    """Let the last change to a run, and to its folder, be so long ago."""
    then = time.time() - days * DAY_S
    for one in [*folder.iterdir(), folder]:
        os.utime(one, (then, then))


@pytest.fixture
def three(runs: Path) -> list[RunFiles]:
    """Runs of about a megabyte each: 1, 5 and 10 days old, the oldest made last."""
    made = []
    for days in (1, 5, 10):
        files = RunFiles.create(runs, "sample_jobs:count", {"to": 1}, None, "training")
        files.log.write_bytes(bytes(MEGABYTE))
        age(files.folder, days)
        made.append(files)
    return made


def names(*files: RunFiles) -> list[str]:
    return [one.folder.name for one in files]


def test_runs_go_by_their_age(runs: Path, three: list[RunFiles]) -> None:
    assert jobs.prune(20, 1000) == []
    assert jobs.prune(4, 1000) == names(three[2], three[1])
    assert [run.id for run in jobs.runs()] == names(three[0])
    assert jobs.prune(0, 1000) == names(three[0])
    assert list(runs.iterdir()) == []


def test_the_stalest_go_until_the_rest_fits(three: list[RunFiles]) -> None:
    assert sum(size(one.folder) for one in three) > 3 * MEGABYTE
    assert jobs.prune(1000, 4) == []
    assert jobs.prune(1000, 3) == names(three[2])
    assert jobs.prune(1000, 1.1) == names(three[1])
    assert jobs.prune(1000, 0) == names(three[0])


def test_what_happened_last_counts(three: list[RunFiles]) -> None:
    three[2].events.touch()
    assert jobs.prune(4, 1000) == names(three[1])


def test_runs_under_way_stay(three: list[RunFiles]) -> None:
    three[2].lock.take()
    three[1].waiting.take()
    try:
        age(three[2].folder, 10)
        age(three[1].folder, 5)
        assert jobs.prune(0, 0) == names(three[0])
        assert {run.id for run in jobs.runs()} == set(names(three[1], three[2]))
        assert jobs.prune(0, 0) == []
    finally:
        three[2].lock.release()
        three[1].waiting.release()
    assert jobs.prune(0, 0) == names(three[2], three[1])


def test_submitting_prunes_by_the_settings(
    three: list[RunFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_RUNS_DAYS", "7")
    settings.cache_clear()
    new = jobs.submit("sample_jobs:count", {"to": 1})
    assert {run.id for run in jobs.runs()} == {new.id, *names(three[0], three[1])}
    monkeypatch.setenv("WSL_RUNS_MEGABYTES", "1.5")
    settings.cache_clear()
    new.wait()
    newer = jobs.submit("sample_jobs:count", {"to": 1})
    assert {run.id for run in jobs.runs()} == {new.id, newer.id, *names(three[0])}
    with pytest.raises(JobError, match="removed to make room"):
        jobs.find(three[1].folder.name)
    assert newer.wait() == "finished"


def test_what_is_no_run_stays_and_half_made_ones_go(runs: Path, three: list[RunFiles]) -> None:
    (runs / "mine").mkdir()
    (runs / "notes.txt").touch()
    fresh, old = runs / ".new-fresh", runs / ".new-old"
    for half in (fresh, old):
        half.mkdir()
    os.utime(old, (0, 0))
    (three[0].folder / "run.json").unlink()  # its removal broke off
    assert set(jobs.prune(1000, 1000)) <= set(names(three[0]))
    jobs.prune(0, 0)
    assert {one.name for one in runs.iterdir()} == {"mine", "notes.txt", ".new-fresh"}


def test_without_any_run_there_is_nothing_to_do() -> None:
    assert jobs.prune(0, 0) == []
    assert jobs.runs() == []

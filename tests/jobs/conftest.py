"""What the tests of jobs share: a folder of runs of their own, workers that find the sample jobs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.waiting import HERE, PROJECT, clear
from wsl_core.settings import Settings, settings, variable


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests, so that a worker that is warm serves the next test too."""
    return tmp_path_factory.mktemp("jobs") / "runs"


@pytest.fixture(autouse=True)
def runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder WSL_RUNS; whatever still runs there afterwards is cancelled."""
    for field in set(Settings.model_fields) - {"cache"}:
        monkeypatch.delenv(variable(field), raising=False)
    before = os.environ.get("PYTHONPATH")
    paths = [str(HERE), str(PROJECT), *([before] if before else [])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("WSL_RUNS", str(place))
    settings.cache_clear()
    yield place
    clear(place)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file that a training waits for; touch it to let it go on."""
    return tmp_path / "gate"


@pytest.fixture
def gated(gate: Path) -> dict[str, Any]:
    """A training of twelve steps with checkpoints at 4, 8 and 12 that stands still after step 6."""
    return {"steps": 12, "every": 4, "seed": 7, "gate": str(gate), "gate_at": 6}

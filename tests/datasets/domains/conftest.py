"""Data folders for pairs: the real one, an empty one, and a hand-made photograph."""

from pathlib import Path

import numpy as np
import pytest

from wsl_core.settings import settings


@pytest.fixture
def wsl_data(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real sets, named by WSL_DATA."""
    return _named(data, monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder named by WSL_DATA, with nothing in it yet."""
    return _named(tmp_path, monkeypatch)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without data."""
    monkeypatch.delenv("WSL_DATA", raising=False)
    settings.cache_clear()


@pytest.fixture
def photographs() -> list[np.ndarray]:
    """Two photographs of noise: a dark one and a bright one."""
    random = np.random.default_rng(5)
    return [random.integers(*ends, (90, 120, 3), np.uint8) for ends in ((0, 60), (180, 256))]


def _named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WSL_DATA", str(folder))
    settings.cache_clear()
    return folder

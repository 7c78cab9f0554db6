"""Runs of the command line, in this process and in one of their own, on gallery pictures."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from tests.jobs.waiting import clear
from wsl_core import images, networks
from wsl_core.cli import main
from wsl_core.settings import Settings, settings, variable

ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    """What a run left: its exit status and both outputs."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def load() -> Callable[..., networks.Network]:
    """`networks.load` that makes each network once a session: most tests are not about loading."""
    original = networks.load

    @functools.cache
    def loaded(name: str, runtime: str, precision: str, stride: int | None) -> networks.Network:
        return original(name, runtime=runtime, precision=precision, stride=stride)

    def load(
        name: str = networks.DEFAULT,
        *,
        runtime: str = "openvino",
        precision: str = "float32",
        stride: int | None = None,
        report: object = None,
    ) -> networks.Network:
        return loaded(name, runtime, precision, stride)

    return load


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, load: Callable[..., Any]) -> Iterator[None]:
    """Default limits whatever this machine's environment says; its cache of exports is used."""
    for field in set(Settings.model_fields) - {"cache", "runs"}:
        monkeypatch.delenv(variable(field), raising=False)
    monkeypatch.setattr(networks, "load", load)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the runs of a module's tests, so that a warm worker serves the next test too."""
    return tmp_path_factory.mktemp("jobs") / "runs"


@pytest.fixture
def runs(_plain: None, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder WSL_RUNS; whatever still runs there afterwards is cancelled."""
    monkeypatch.setenv("WSL_RUNS", str(place))
    settings.cache_clear()
    yield place
    clear(place)


@pytest.fixture
def wsl(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in this process."""

    def run(*argv: object) -> Ran:
        capsys.readouterr()
        status = main([str(word) for word in argv])
        return Ran(status, *capsys.readouterr())

    return run


@pytest.fixture
def process() -> Callable[..., Ran]:
    """Run a command in a process of its own, with `environment` added to this one's."""

    def run(*argv: object, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "wsl_core", *map(str, argv)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=os.environ | environment,
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Save a gallery picture under a name below the test's folder."""

    def saved(name: str, key: str = "cat") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(images.gallery.load(key).pixels).save(path)
        return path

    return saved


@pytest.fixture
def cat(save: Callable[..., Path]) -> Path:
    return save("cat.png")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for results that is not there yet."""
    return tmp_path / "results"

"""`wsl networks fetch`: asked first, told meanwhile, checked, and refused in words."""

import functools
import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from wsl_core import networks
from wsl_core.settings import settings

CONTENT = np.random.default_rng(3).bytes(2_000_000)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on this machine that has the file."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "weights.pth").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture(autouse=True)
def place(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and VGG16's weights on our server; where they are to lie."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.cache_clear()
    card = networks.card("vgg16")
    published = {
        "url": f"{host}/weights.pth",
        "sha256": hashlib.sha256(CONTENT).hexdigest()[:8],
        "megabytes": 2.0,
    }
    weights = card.weights.model_copy(update=published)
    monkeypatch.setitem(networks.CARDS, "vgg16", card.model_copy(update={"weights": weights}))
    return tmp_path / "cache" / "weights" / "weights.pth"


class Terminal(io.StringIO):
    """Standard input with somebody at it."""

    def isatty(self) -> bool:
        return True


Run = Callable[..., object]


def test_with_yes_nobody_is_asked(wsl: Run, place: Path) -> None:
    ran = wsl("networks", "fetch", "vgg16", "--yes")
    assert ran.status == 0
    assert place.read_bytes() == CONTENT
    assert ran.out == f"The weights of VGG16 are there and checked: {place}\n"
    assert ran.err.splitlines() == ["asking 127.0.0.1", "checked"]


def test_as_json(wsl: Run, place: Path) -> None:
    expected = {"network": "vgg16", "file": str(place), "megabytes": 2.0}
    assert wsl("networks", "fetch", "vgg16", "--yes", "--json").json == expected | {"fetched": True}
    again = wsl("networks", "--json", "fetch", "vgg16")  # there is nothing to agree to
    assert again.status == 0
    assert again.json == expected | {"fetched": False}


@pytest.mark.parametrize(
    ("answer", "status"), [("y\n", 0), ("yes\n", 0), ("\n", 2), ("n\n", 2), ("", 2)]
)
def test_at_a_terminal_one_is_asked(
    wsl: Run, place: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    ran = wsl("networks", "fetch", "vgg16")
    assert ran.err.startswith("Fetch the weights of VGG16, 2 MB from 127.0.0.1? [y/N] ")
    assert ran.status == status
    assert place.is_file() == (status == 0)


def test_where_nobody_can_be_asked(wsl: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    ran = wsl("networks", "fetch", "vgg16")
    assert ran.status == 2
    assert "2 MB from 127.0.0.1. Say --yes" in ran.err
    assert not place.exists()


def test_a_download_that_fails(wsl: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = networks.CARDS["vgg16"]
    weights = card.weights.model_copy(update={"sha256": "00000000"})
    monkeypatch.setitem(networks.CARDS, "vgg16", card.model_copy(update={"weights": weights}))
    ran = wsl("networks", "fetch", "vgg16", "--yes", "--json")
    assert ran.status == 2
    assert ran.out == ""
    assert "its SHA-256 is another" in ran.err
    assert os.listdir(place.parent) == []


def test_downloads_that_are_forbidden(
    wsl: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_DOWNLOADS", "false")
    settings.cache_clear()
    ran = wsl("networks", "fetch", "vgg16", "--yes")
    assert ran.status == 2
    assert "forbidden downloads (WSL_DOWNLOADS)" in ran.err
    assert not place.exists()


@pytest.mark.parametrize(
    ("argv", "said"),
    [(["vgg17"], "'vgg17'"), ([], "NAME"), (["vgg16", "--force"], "--force")],
)
def test_what_is_refused(wsl: Run, argv: list[str], said: str) -> None:
    ran = wsl("networks", "fetch", *argv)
    assert ran.status == 2
    assert said in ran.err


def test_weights_that_come_with_a_package_are_there(wsl: Run) -> None:
    ran = wsl("networks", "fetch", networks.DEFAULT)
    assert ran.status == 0
    assert "on this machine already" in ran.out


def test_the_list_says_what_is_to_fetch(wsl: Run, place: Path) -> None:
    def row() -> str:
        return next(line for line in wsl("networks").out.splitlines() if line.startswith("vgg16 "))

    facts = {one["name"]: one for one in wsl("networks", "--json").json["networks"]}
    assert facts["vgg16"]["to_fetch"]
    assert not facts[networks.DEFAULT]["to_fetch"]
    assert "to fetch, 2 MB" in row()
    assert "wsl networks fetch NAME" in wsl("networks").out
    wsl("networks", "fetch", "vgg16", "--yes")
    assert "there" in row()
    assert "to fetch" not in row()

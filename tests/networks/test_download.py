"""Weights fetched from a server on this machine, which behaves as servers do: well, badly, not at all."""

import contextlib
import errno
import hashlib
import os
import socket
import ssl
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from wsl_core.errors import NetworkError, WeightsError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.networks import download, zoo
from wsl_core.networks.cards import Card
from wsl_core.settings import settings

CONTENT = np.random.default_rng(8).bytes(3_000_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT in the manner that the path names."""

    def do_GET(self) -> None:
        manner = self.path.strip("/").split("/")[0]
        if manner == "absent":
            return self.send_error(404)
        if manner == "elsewhere":
            return self._redirect("/good/weights-abc.pth")
        if manner == "downgrade":
            return self._redirect("http://192.0.2.1/weights.pth")
        body = CONTENT[:1_000_000] + b"!" + CONTENT[1_000_001:] if manner == "wrong" else CONTENT
        if manner == "short":
            body = CONTENT[:2000]
        self.send_response(200)
        if manner not in ("unannounced", "endless"):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever fetches has left
            self._send(manner, body)

    def _send(self, manner: str, body: bytes) -> None:
        if manner == "truncated":
            self.wfile.write(body[:1_000_000])
        elif manner == "endless":
            while True:
                self.wfile.write(body)
        elif manner == "stalled":
            self.wfile.write(body[:1_000_000])
            self.server.released.wait(20)
        elif manner == "slow":
            for start in range(0, len(body), 20_000):
                self.wfile.write(body[start : start + 20_000])
                self.server.released.wait(0.02)
        else:
            self.wfile.write(body)

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """The address of the server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.released = threading.Event()  # ends what is stalled or slow
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.released.set()
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of its own, and no proxy on the way to this machine."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("WSL_WEIGHTS", "WSL_DOWNLOADS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    return tmp_path / "cache"


Put = Callable[..., Card]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Give VGG16's card another address and another file to expect; the card."""

    def putting(url: str, sha256: str = DIGEST, megabytes: float = 3.0) -> Card:
        card = zoo.card("vgg16")
        weights = card.weights.model_copy(
            update={"url": url, "sha256": sha256, "megabytes": megabytes}
        )
        changed = card.model_copy(update={"weights": weights})
        monkeypatch.setitem(zoo.CARDS, "vgg16", changed)
        return changed

    return putting


def fetch(name: str = "vgg16") -> list[Progress | Result]:
    return list(download.fetch(Task(config={"name": name}, arrays={}, checkpoint=None)))


def left(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "weights").glob("*"))


@pytest.mark.parametrize("manner", ["good", "unannounced", "elsewhere"])
def test_a_whole_file_takes_its_place(host: str, put: Put, cache: Path, manner: str) -> None:
    card = put(f"{host}/{manner}/weights-abc.pth")
    assert download.missing(card) == card.weights
    events = fetch()
    assert download.missing(card) is None
    place = card.weights.place
    assert place == cache / "weights" / "weights-abc.pth"
    assert place.read_bytes() == CONTENT
    assert left(cache) == [place.name]
    assert events[-1] == Result(facts={"file": str(place), "megabytes": 3.0})
    shares = [event.share for event in events[:-1]]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert events[-2].figures == {"megabytes": 3.0}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes.")
def test_others_may_read_what_was_fetched(host: str, put: Put) -> None:
    card = put(f"{host}/good/weights.pth")
    fetch()
    assert card.weights.place.stat().st_mode & 0o777 == 0o644


def test_a_published_prefix_is_enough(host: str, put: Put) -> None:
    card = put(f"{host}/good/weights.pth", sha256=DIGEST[:8])
    fetch()
    assert download.missing(card) is None


def test_what_is_there_is_not_fetched_again(put: Put, cache: Path) -> None:
    card = put("https://192.0.2.1/weights.pth")
    (cache / "weights").mkdir(parents=True)
    card.weights.place.write_bytes(b"as if fetched before")
    (only,) = fetch()
    assert only.facts["file"] == str(card.weights.place)


def test_weights_that_one_brings_are_not_missing(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = put("https://192.0.2.1/weights.pth")
    (tmp_path / "vgg16.pth").touch()
    monkeypatch.setenv("WSL_WEIGHTS", str(tmp_path))
    settings.cache_clear()
    assert download.missing(card) is None


def test_weights_from_a_package_are_never_missing_here() -> None:
    assert download.missing(zoo.card(zoo.DEFAULT)) is None


@pytest.mark.parametrize(
    ("manner", "options", "said"),
    [
        ("truncated", {}, ["broke off after 1.0 of 3.0 MB", "closed early", "Fetch them again"]),
        ("wrong", {}, ["not the published file", "its SHA-256 is another", "thrown away"]),
        ("good", {"sha256": "0" * 8}, ["its SHA-256 is another"]),
        ("good", {"megabytes": 1.0}, ["offers 3.0 MB", "which are 1.0 MB"]),
        ("short", {}, ["offers 0.0 MB", "a page of a proxy"]),
        ("endless", {}, ["it is longer than 3.2 MB"]),
        ("absent", {}, ["answered 404 (Not Found)", "when there is a network"]),
        ("downgrade", {}, ["points to http://192.0.2.1/weights.pth, which is not https"]),
    ],
)
def test_what_goes_wrong_is_told_and_leaves_nothing(
    host: str, put: Put, cache: Path, manner: str, options: dict[str, object], said: list[str]
) -> None:
    card = put(f"{host}/{manner}/weights.pth", **options)
    with pytest.raises(WeightsError) as refusal:
        fetch()
    for words in [*said, "127.0.0.1", "save http://", "as vgg16.pth", "WSL_WEIGHTS"]:
        assert words in str(refusal.value)
    assert left(cache) == []
    assert download.missing(card) == card.weights


def test_a_server_that_falls_silent(
    host: str, put: Put, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PATIENCE", 0.3)
    put(f"{host}/stalled/weights.pth")
    with pytest.raises(
        WeightsError, match=r"broke off after 1\.0 of 3\.0 MB: nothing came for 0\.3 s"
    ):
        fetch()
    assert left(cache) == []


def test_a_port_where_nobody_listens(put: Put) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take it
        put(f"http://127.0.0.1:{free.getsockname()[1]}/weights.pth")
        with pytest.raises(WeightsError, match=r"127\.0\.0\.1 refuses the connection"):
            fetch()


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (socket.gaierror(-3, "Temporary failure"), "cannot be found: there is no network"),
        (TimeoutError("timed out"), "did not answer for 30 seconds"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "does not prove who it is"),
        (
            OSError(errno.ENETUNREACH, "Network is unreachable"),
            "cannot be reached (network is unreachable)",
        ),
    ],
)
def test_no_way_to_the_server(
    put: Put, cache: Path, monkeypatch: pytest.MonkeyPatch, reason: OSError, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError(reason)

    monkeypatch.setattr(download.urllib.request.OpenerDirector, "open", refuse)
    put("https://weights.example/vgg16.pth")
    with pytest.raises(WeightsError) as refusal:
        fetch()
    assert f"weights.example {said}" in str(refusal.value)
    assert left(cache) == []


@pytest.mark.parametrize("url", ["http://weights.example/vgg16.pth", "file:///etc/hostname"])
def test_an_address_that_anyone_on_the_way_could_change(put: Put, url: str) -> None:
    put(url)
    with pytest.raises(WeightsError, match="is not https"):
        fetch()


def test_a_cancelled_download_leaves_nothing(host: str, put: Put, cache: Path) -> None:
    card = put(f"{host}/slow/weights.pth")
    events = download.fetch(Task(config={"name": "vgg16"}, arrays={}, checkpoint=None))
    for event in events:
        if event.figures.get("megabytes", 0) > 0:
            break
    assert 0 < event.share < 1
    assert "of 3 MB from 127.0.0.1" in event.doing
    assert len(left(cache)) == 1  # the part
    events.close()
    assert left(cache) == []
    assert download.missing(card) == card.weights


def test_parts_long_abandoned_are_removed_and_others_are_not(
    host: str, put: Put, cache: Path
) -> None:
    (cache / "weights").mkdir(parents=True)
    old, new = (cache / "weights" / f".part-{age}" for age in ("old", "new"))
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * download.ABANDONED,) * 2)
    put(f"{host}/good/weights.pth")
    fetch()
    assert left(cache) == [".part-new", "weights.pth"]


def test_a_disk_without_room(
    host: str, put: Put, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(f"{host}/good/weights.pth")
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(WeightsError, match=r"is full; 3 MB are needed.*WSL_CACHE"):
        fetch()
    assert left(cache) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="This system has no /dev/full.")
def test_a_disk_that_fills_up_on_the_way(
    host: str, put: Put, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        download.tempfile,
        "mkstemp",
        lambda prefix, dir: (os.open("/dev/full", os.O_WRONLY), str(dir / f"{prefix}x")),
    )
    put(f"{host}/good/weights.pth")
    with pytest.raises(WeightsError, match="is full"):
        fetch()
    assert left(cache) == []


def test_a_cache_that_cannot_be_written(put: Put, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    put("https://weights.example/vgg16.pth")
    with pytest.raises(WeightsError, match=r"cannot be written .* in WSL_CACHE"):
        fetch()


def test_the_owner_may_forbid_downloads(
    host: str, put: Put, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = put(f"{host}/good/weights.pth")
    assert download.forbidden(card, card.weights) is None
    monkeypatch.setenv("WSL_DOWNLOADS", "false")
    settings.cache_clear()
    with pytest.raises(WeightsError, match=r"forbidden downloads \(WSL_DOWNLOADS\).*WSL_WEIGHTS"):
        fetch()
    assert not cache.exists()


def test_an_unknown_network() -> None:
    with pytest.raises(NetworkError, match="'vgg17'"):
        fetch("vgg17")

"""`wsl serve`: what it prints and sets, and a server that was started by it."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.jobs.waiting import eventually
from tests.ports import free_port
from wsl_core.cli import serve
from wsl_core.settings import Settings, settings

Run = Callable[..., Any]
ROOT = Path(__file__).parents[2]
LIGHT = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have taken this process's place; its environment is given back."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    commands: list[list[str]] = []
    monkeypatch.setattr(serve, "_become", lambda command: commands.append(command) or 0)
    return commands


def read(told: str) -> str:
    """What a phone reads off the terminal."""
    rows = [row for row in told.splitlines() if "█" in row and set(row) <= set(LIGHT)]
    last = told.splitlines().index(rows[-1]) + 1
    rows.append(told.splitlines()[last])  # the quiet zone below may be half a character high
    cells = np.array([[LIGHT[one] for one in row] for row in rows], np.uint8)
    lines = cells.transpose(0, 2, 1).reshape(-1, cells.shape[1])
    shown = cv2.resize(lines * 255, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    padded = cv2.copyMakeBorder(shown, 32, 32, 32, 32, cv2.BORDER_CONSTANT, value=255)
    return cv2.QRCodeDetector().detectAndDecode(padded)[0]


def test_the_address_is_printed_and_its_code_reads_the_same(wsl: Run, started, monkeypatch) -> None:
    monkeypatch.setattr(serve, "addresses", lambda asked: ["192.168.1.20", "10.0.0.7"])
    port = free_port()
    ran = wsl("serve", "--port", port)
    assert ran.status == 0
    assert f"\n    http://192.168.1.20:{port}\n" in ran.out
    assert f"If that does not answer: http://10.0.0.7:{port}" in ran.out
    assert read(ran.out) == f"http://192.168.1.20:{port}"
    assert "up to 20 MB; 2 trainings at a time, and 60 more may wait" in ran.out
    assert "weights are not fetched" in ran.out
    assert "Ctrl-C" in ran.out
    assert started == [[sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]]


def test_behind_a_proxy_its_name_is_printed(wsl: Run, started) -> None:
    port = free_port()
    ran = wsl("serve", "--port", port, "--address", "127.0.0.1", "--hosts", "class.example")
    assert (
        "Students in the same network open, through your proxy,\n\n    https://class.example\n"
        in ran.out
    )
    assert read(ran.out) == "https://class.example"
    assert f"127.0.0.1:{port}" not in ran.out


def test_an_address_of_this_machine_alone_is_not_offered_to_students(wsl: Run, started) -> None:
    port = free_port()
    ran = wsl("serve", "--port", port, "--address", "127.0.0.1")
    assert ran.out.startswith(
        f"Beyond ImageNet at http://127.0.0.1:{port}, for this machine alone."
    )
    assert "█" not in ran.out
    assert "Students" not in ran.out


def test_limits_and_names_reach_the_server(wsl: Run, started) -> None:
    port = free_port()
    ran = wsl("serve", "--port", port, "--address", "127.0.0.1", "--megabytes", 8, "--trainings", 1,
              "--queue", 5, "--downloads", "--hosts", "class.example,other.example", "--json")  # fmt: skip
    assert ran.json["addresses"] == ["https://class.example", "https://other.example"]
    assert ran.json["hosts"][:3] == ["class.example", "other.example", "localhost"]
    found = settings()
    assert (found.megabytes, found.trainings, found.queue, found.downloads) == (8, 1, 5, True)
    assert os.environ["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"
    assert os.environ["STREAMLIT_SERVER_PORT"] == str(port)
    assert os.environ["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"] == "8"


def test_what_the_environment_sets_goes_before_the_defaults(wsl: Run, started, monkeypatch) -> None:
    monkeypatch.setenv("WSL_TRAININGS", "3")
    monkeypatch.setenv("WSL_MEGABYTES", "12.5")
    monkeypatch.setenv("WSL_HOSTS", "class.example")
    ran = wsl("serve", "--port", free_port(), "--json")
    assert (ran.json["trainings"], ran.json["megabytes"], ran.json["queue"]) == (3, 12.5, 60)
    assert "class.example" in ran.json["hosts"]
    assert os.environ["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"] == "12"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            ("--port", "70000"),
            "--port 70000 is not accepted. Accepted is a number from 1 to 65535.",
        ),
        (("--trainings", "0"), "--trainings 0 is not accepted. Accepted is a number from 1 to 64."),
        (("--megabytes", "much"), "Accepted is a number from 1 to 2000."),
        (("--hosts", "http://class.example"), "Accepted is names such as class.example"),
        (("--address", "203.0.113.77"), "or an address of this machine."),
        (("--address", "no such place"), "--address no such place is not accepted."),
    ],
)
def test_bad_values_are_refused_in_words(wsl: Run, started, given, sentence) -> None:
    ran = wsl("serve", *given)
    assert ran.status == 2
    assert sentence in ran.err
    assert not started


def test_a_port_that_is_taken_is_refused_before_its_address_is_shown(wsl: Run, started) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = wsl("serve", "--address", "127.0.0.1", "--port", other.getsockname()[1])
    assert ran.status == 2
    assert "is taken by another program" in ran.err
    assert not ran.out
    assert not started


def test_addresses_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(socket.socket):
        def connect(self, address: object) -> None:
            raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "socket", Cut)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", ("127.0.1.1", 0))])
    assert serve.addresses(serve.EVERYWHERE) == []
    assert "no student can reach it" in serve.told([], Settings())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that the command started."""
    port, folder = free_port(), tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "wsl_core", "serve", "--address", "127.0.0.1", "--port", str(port),
               "--megabytes", "3", "--hosts", "class.example", "--json"]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )
        url = f"http://127.0.0.1:{port}"
        try:
            eventually(lambda: status(url, "127.0.0.1")[0] == 200 or process.poll() is not None)
            assert process.poll() is None, (folder / "log").read_text()
            yield url
        finally:
            process.terminate()
            process.wait(20)
    told = (folder / "log").read_text()
    assert json.loads(told[: told.index("}") + 1])["addresses"] == ["https://class.example"]
    assert "Traceback" not in told


def status(url: str, host: str, path: str = "/_stcore/health", **headers: str) -> tuple[int, str]:
    """Status and text of an answer to a request by a name."""
    request = urllib.request.Request(f"{url}{path}", headers={"Host": host} | headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:80", "class.example", "CLASS.example:443"]
)
def test_known_names_are_answered(server: str, host: str) -> None:
    assert status(server, host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "class.example.evil.example", "10.1.2.3", "[::", ""]
)
def test_other_names_are_refused_in_a_sentence(server: str, host: str) -> None:
    for path in ("/", "/_stcore/health", "/_stcore/upload_file/a/b"):
        code, text = status(server, host, path)
        assert code == 400
        assert "--hosts NAME" in text or "Host" in text  # the second by the HTTP server itself


@pytest.mark.parametrize(
    ("host", "origin", "accepted"),
    [
        ("class.example", "https://class.example", True),
        ("evil.example", "https://evil.example", False),
        ("class.example", "https://evil.example", False),
    ],
)
def test_web_sockets_are_opened_from_known_names_only(server, host, origin, accepted) -> None:
    address = ("127.0.0.1", int(server.rpartition(":")[2]))
    lines = ["GET /_stcore/stream HTTP/1.1", f"Host: {host}", f"Origin: {origin}",
             "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: streamlit"]  # fmt: skip
    with socket.create_connection(address, timeout=10) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = wire.recv(200).decode(errors="replace")
    code = int(re.match(r"HTTP/1.1 (\d+)", answer)[1])
    assert code == (101 if accepted else 400)

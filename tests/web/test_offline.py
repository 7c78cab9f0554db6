"""The very first visitor of a new installation without a network: export, progress, painted map.

The server and its workers may connect to this machine only: whatever else they try is refused and noted.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SITECUSTOMIZE = """
import ipaddress, os, socket

def _here(host):
    if isinstance(host, bytes):
        host = host.decode()
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def _local(family, address):
    return family not in (socket.AF_INET, socket.AF_INET6) or _here(address[0])

def _refuse(what, address):
    with open(os.environ["TRIED"], "a") as file:
        file.write(f"{what} {address}\\n")
    raise OSError("There is no network here.")

class Guarded(socket.socket):
    def connect(self, address):
        return super().connect(address) if _local(self.family, address) else _refuse("connect", address)

    def connect_ex(self, address):
        return super().connect_ex(address) if _local(self.family, address) else _refuse("connect_ex", address)

    def sendto(self, data, *rest):
        return super().sendto(data, *rest) if _local(self.family, rest[-1]) else _refuse("sendto", rest[-1])

_getaddrinfo = socket.getaddrinfo

def getaddrinfo(host, *rest, **named):
    try:
        number = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host or "127.0.0.1")
    except ValueError:
        number = None
    return _getaddrinfo(host, *rest, **named) if number or _here(host) else _refuse("getaddrinfo", host)

socket.socket, socket.getaddrinfo = Guarded, getaddrinfo
open(os.environ["STARTED"], "a").write(f"{os.getpid()}\\n")
"""


@pytest.fixture(scope="module")
def new(serve, tmp_path_factory):
    """A server that has exported nothing yet and cannot reach anything."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE)
    environment = {
        "PYTHONPATH": str(folder),
        "TRIED": str(folder / "tried"),
        "STARTED": str(folder / "started"),
        "WSL_CACHE": str(folder / "cache"),
    }
    with serve(**environment) as server:
        server.folder = folder
        yield server


@pytest.fixture(scope="module")
def first(new, opened):
    """Its first visitor, at a deep link, while the network is prepared."""
    with opened(new.url) as visit:
        visit.page.goto(f"{visit.url}/activation_maps?first=tabby")
        yield visit


def test_the_first_visitor_sees_the_progress(first) -> None:
    expect(
        first.page.get_by_text("Preparing efficientnet_lite0 for this machine, once")
    ).to_be_visible()


def test_then_the_map(first) -> None:
    expect(first.figure.locator(".title")).to_contain_text("tabby", timeout=120_000)
    first.idle()
    expect(first.page.get_by_text("Preparing")).to_have_count(0)


def test_the_deep_link_gives_the_page_with_its_menu_and_title(first) -> None:
    expect(first.page.get_by_role("link", name="The lecture", exact=True)).to_be_visible()
    expect(first.page).to_have_title(re.compile("Beyond ImageNet"))
    expect(first.page.get_by_role("dialog")).to_have_count(0)
    expect(first.page.get_by_text("Page not found")).to_have_count(0)
    assert first.link == {"first": "tabby"}


def test_the_first_page_works_there_too(first) -> None:
    first.home()
    expect(first.widget("station-activation_maps").get_by_role("img").first).to_be_visible()


def test_neither_server_nor_worker_tried_to_reach_another_machine(first, new) -> None:
    assert len((new.folder / "started").read_text().splitlines()) >= 2  # the server and its worker
    assert not (new.folder / "tried").exists(), (new.folder / "tried").read_text()

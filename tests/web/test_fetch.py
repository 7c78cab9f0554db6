"""Weights that are not on the machine: what the page offers, and what becomes of it without a network.

The servers of these tests reach for the network through a proxy that they bring, on this machine, so
that what is asked for, and what is answered, is known: nothing leaves the machine.
"""

import functools
import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from wsl_core import networks
from wsl_core.networks import exported
from wsl_core.networks.recipe import Recipe

pytestmark = pytest.mark.browser

PROJECT = Path(__file__).resolve().parents[2]
OFFER = "needs weights that are not on this machine"


class Proxy:
    """A proxy that takes any number of requests and answers each when it is told, and badly."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._refuse, args=(connection,), daemon=True).start()

    def _refuse(self, connection: socket.socket) -> None:
        with connection:
            self.asked.append(connection.recv(4096).decode().splitlines()[0])
            self.answer.wait(60)
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self.answer.set()
        self._listening.close()


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    running = Proxy()
    yield running
    running.close()


@pytest.fixture(scope="module")
def bare(serve, tmp_path_factory, proxy):
    """A server without any fetched weights, whose way to the network is the proxy."""
    folder = tmp_path_factory.mktemp("bare")
    with serve(
        WSL_WEIGHTS=str(folder),
        WSL_RUNS=str(folder / "runs"),
        https_proxy=proxy.url,
        no_proxy="127.0.0.1",
    ) as server:
        yield server


def offered(visit, **query: str):
    """Open the station on VGG16; the button that fetches."""
    visit.page.goto(f"{visit.url}/activation_maps?network=vgg16")
    button = visit.widget("fetch").get_by_role("button")
    button.wait_for(timeout=60_000)
    visit.idle()
    return button


def test_nothing_is_fetched_unasked_and_the_page_says_what_would_be(bare, proxy, opened) -> None:
    proxy.asked.clear()
    with opened(bare.url) as visit:
        button = offered(visit)
        expect(button).to_have_text(re.compile(r"Fetch 5\d\d MB$"))
        expect(visit.notices).to_have_count(1)
        expect(visit.notices).to_contain_text(f"VGG16 {OFFER}: 5")
        expect(visit.notices).to_contain_text("MB from download.pytorch.org (torchvision")
        assert proxy.asked == []


def test_a_download_is_watched_by_all_cancelled_and_offered_again(bare, proxy, opened) -> None:
    proxy.answer.clear()
    with opened(bare.url) as visit, opened(bare.url) as other:
        offered(visit).click()
        bar = visit.page.get_by_role("progressbar")
        expect(visit.page.get_by_text("Asking download.pytorch.org")).to_be_visible()
        expect(visit.widget("fetch")).to_have_count(0)
        # The other controls answer meanwhile, another visitor sees it too, and so does a reload.
        visit.segment("view", "two classes").click()
        expect(visit.widget("second")).to_be_visible()
        expect(bar).to_be_visible()
        other.page.goto(f"{other.url}/activation_maps?network=vgg16")
        expect(other.page.get_by_text("Asking download.pytorch.org")).to_be_visible()
        visit.page.reload()
        expect(visit.page.get_by_text("Asking download.pytorch.org")).to_be_visible()
        assert proxy.asked == ["CONNECT download.pytorch.org:443 HTTP/1.0"]
        visit.page.get_by_role("button", name="Cancel").click()
        for one in (visit, other):
            expect(one.widget("fetch").get_by_role("button")).to_be_visible(timeout=5_000)
            expect(one.page.get_by_role("progressbar")).to_have_count(0)


def test_a_download_that_fails_is_told_and_the_page_lives_on(bare, proxy, opened) -> None:
    proxy.answer.set()
    with opened(bare.url) as visit:
        offered(visit).click()
        failure = visit.notices.filter(has_text="could not be fetched")
        expect(failure).to_contain_text("The weights of VGG16 (5")
        expect(failure).to_contain_text("download.pytorch.org cannot be reached")
        expect(failure).to_contain_text("as vgg16.pth and name its folder in WSL_WEIGHTS")
        expect(visit.widget("fetch").get_by_role("button")).to_be_enabled()
        visit.choose("network", "efficientnet_lite0")
        visit.page.locator(".figure[data-painted]").wait_for()
        visit.idle()
        expect(visit.notices).to_have_count(0)
        assert "Traceback" not in bare.output


@pytest.mark.slow
def test_a_network_of_timms_is_named_in_the_link_or_typed(bare, opened) -> None:
    with opened(bare.url) as visit:
        visit.page.goto(f"{visit.url}/activation_maps?network=timm:resnet34x")
        preparing = visit.page.get_by_text("Preparing timm:resnet34x for this machine")
        expect(preparing).to_be_visible()  # timm is imported in a worker
        expect(visit.notices).to_contain_text("timm has no network named", timeout=90_000)
        expect(visit.notices).to_contain_text("resnet34")
        expect(preparing).to_have_count(0)
        visit.idle()
        field = visit.widget("network").get_by_role("combobox")
        field.click()
        field.fill("timm:resnet34")
        field.press("Enter")
        # Either there is a file to fetch, or one to bring.
        expect(visit.notices).to_contain_text("timm's resnet34", timeout=90_000)
        visit.idle()
        assert visit.link["network"] == "timm:resnet34"


def test_the_owner_may_forbid_it(serve, opened, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("forbidden")
    with (
        serve(WSL_WEIGHTS=str(folder), WSL_DOWNLOADS="false") as server,
        opened(server.url) as visit,
    ):
        visit.page.goto(f"{visit.url}/activation_maps?network=vgg16")
        expect(visit.notices).to_contain_text("its owner has forbidden downloads", timeout=60_000)
        expect(visit.notices).to_contain_text("WSL_WEIGHTS")
        expect(visit.widget("fetch")).to_have_count(0)
        expect(visit.widget("network").get_by_role("combobox")).to_be_visible()


PUBLISHED_HERE = """
import os
from wsl_core.networks import zoo
from wsl_core.networks.cards import DownloadedWeights

card = zoo.CARDS["efficientnet_lite1"]
facts = card.weights.model_dump(include={"megabytes", "sha256", "origin", "licence"})
weights = DownloadedWeights(url=os.environ["PUBLISHED_AT"], **facts)
zoo.CARDS["efficientnet_lite1"] = card.model_copy(update={"weights": weights})
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def published(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a server, and of its workers, to whom a package's weights are a download."""
    file = networks.card("efficientnet_lite1").weights_path()
    host = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=file.parent))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    (tmp_path / "sitecustomize.py").write_text(PUBLISHED_HERE)
    # The server begins with these networks: they need not be exported again.
    for name in (networks.DEFAULT, "lenet"):
        ready = exported.folder(Recipe.of(networks.card(name)))
        if ready.is_dir():
            shutil.copytree(ready, tmp_path / "cache" / "networks" / ready.name)
    yield {
        "PUBLISHED_AT": f"http://127.0.0.1:{host.server_port}/{file.name}",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)]),
        "WSL_CACHE": str(tmp_path / "cache"),
        "WSL_RUNS": str(tmp_path / "runs"),
        "no_proxy": "127.0.0.1",
    }
    host.shutdown()
    host.server_close()


def test_after_a_download_the_page_goes_on_by_itself(serve, opened, published, tmp_path) -> None:
    with serve(**published) as server, opened(server.url) as visit:
        visit.page.goto(f"{visit.url}/activation_maps?network=efficientnet_lite1")
        button = visit.widget("fetch").get_by_role("button", name="Fetch 22 MB")
        button.click(timeout=60_000)
        # What follows, an export, is the same for every network and tried elsewhere.
        going_on = visit.page.get_by_text("Preparing efficientnet_lite1 for this machine")
        expect(going_on.or_(visit.figure)).to_be_visible(timeout=60_000)
        expect(button).to_have_count(0)
        expect(visit.notices).to_have_count(0)
        (file,) = (tmp_path / "cache" / "weights").iterdir()
        assert (
            file.stat().st_size == networks.card("efficientnet_lite1").weights_path().stat().st_size
        )

"""What the web tests share: servers, one browser, tabs that are watched, and the page as its visitor sees it.

Tabs of one look share a context, so that the assets are fetched once; each tab is a visit of its own
for the server. Any error in the browser's console, and any request to another host, fails the test.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.fcn import hand_made_heads
from tests.jobs.waiting import PATIENCE_S
from tests.ports import free_port
from wsl_core.fcn.heads import folder

PROJECT = Path(__file__).resolve().parents[2]
# What is sent to Python is answered by a run, which the page shows a moment later; a few things are not.
ASKED = """
    let asked = null;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...data) {
        asked = performance.now();
        return send.apply(this, data);
    };
    const runs = one => one.target.getAttribute("data-test-script-state") !== "notRunning";
    new MutationObserver(seen => { if (seen.some(runs)) asked = null; }).observe(
        document, {subtree: true, attributes: true, attributeFilter: ["data-test-script-state"]}
    );
    window.answered = () => asked === null || performance.now() - asked > 2000;
"""
IDLE = """
    window.answered()
    && document.querySelector(
        "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
    )
    && ![...document.querySelectorAll("[data-testid=stSkeleton]")].some(one => one.checkVisibility())
    && [...document.images].every(one => one.complete)
"""
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {
        "color_scheme": "light",
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}
# At a deep link Streamlit's front end looks for its server below the page's own address first.
PROBES = ("/_stcore/health", "/_stcore/host-config")
PATIENCE = 30_000  # ms until a test says that what it waits for does not come, on a busy machine

expect.set_options(timeout=PATIENCE)


@dataclass
class Server:
    """A running app."""

    url: str
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def _wait_until_it_answers(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(f"The server did not answer in {PATIENCE_S:g} s. {log.read_text()}")


@pytest.fixture
def shipped(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Path]]:
    """`shipped("max", "pronet")`: as though these heads, made by hand, were all that is shipped."""
    from wsl_core.web import trained_heads

    def forget() -> None:
        trained_heads.of_scheme.cache_clear()
        trained_heads.further.cache_clear()

    def ship(*names: str) -> Path:
        place = hand_made_heads.ship(tmp_path_factory.mktemp("shipped"), names)
        monkeypatch.setattr(folder, "PLACES", (place,))
        forget()
        return place

    yield ship
    forget()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., object]:
    """`with serve(WSL_CACHE=...) as server`: an app with more in its environment, ended afterwards."""

    @contextlib.contextmanager
    def run(script: str = "app.py", **environment: str) -> Iterator[Server]:
        port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
        url = f"http://127.0.0.1:{port}"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"],
                cwd=PROJECT,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_it_answers(url, process, log)
            yield Server(url, log)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        assert "Traceback" not in log.read_text(), log.read_text()

    return run


WITH_HEADS = """
from pathlib import Path

from wsl_core.fcn.heads import folder

folder.PLACES = (Path(__file__).parent / "heads",)
exec(compile(Path({app!r}).read_text(encoding="utf-8"), __file__, "exec"))
"""


@pytest.fixture(scope="session")
def with_heads(
    serve: Callable[..., contextlib.AbstractContextManager[Server]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., contextlib.AbstractContextManager[Server]]:
    """`with with_heads("max", "pronet") as server`: an app that has just these heads, made by hand."""

    @contextlib.contextmanager
    def run(*names: str) -> Iterator[Server]:
        place = tmp_path_factory.mktemp("installed")
        hand_made_heads.ship(place / "heads", names)
        for name in ("pages", "assets"):
            (place / name).symlink_to(PROJECT / name)
        (place / "app.py").write_text(WITH_HEADS.format(app=str(PROJECT / "app.py")))
        with serve(script=str(place / "app.py"), PYTHONPATH=str(PROJECT)) as server:
            yield server

    return run


@pytest.fixture(scope="session")
def server(serve: Callable[..., contextlib.AbstractContextManager[Server]]) -> Iterator[Server]:
    """The app as it is started, with the usual cache."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        sentence = "There is no Chromium on this machine: install it to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """The context of a look: light, dark or phone."""
    opened: dict[str, BrowserContext] = {}

    def of(look: str) -> BrowserContext:
        if look not in opened:
            opened[look] = browser.new_context(**LOOKS[look])
            opened[look].set_default_timeout(PATIENCE)
            opened[look].add_init_script(ASKED)
            opened[look].grant_permissions(["clipboard-read", "clipboard-write"])
        return opened[look]

    yield of
    for one in opened.values():
        one.close()


class Watch:
    """Notes what a tab must not do: errors in its console, and requests to other hosts."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        path = urlsplit(url).path
        probe = "404" in message.text and path.endswith(PROBES) and path.count("/") > 2
        if message.type == "error" and not probe:
            self.problems.append(f"console: {message.text} ({url})")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.problems.append(f"request to another host: {url}")


class Visit:
    """A tab on the app, seen as its visitor sees it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.figure = page.locator(".figure")
        self.caption = page.locator("figcaption.caption")
        self.grid = page.locator(".grid").first
        self.notices = page.get_by_test_id("stAlert")

    def home(self) -> "Visit":
        """Open the first page."""
        self.page.goto(self.url)
        self.page.get_by_role("heading", name="Beyond ImageNet").wait_for()
        self.idle()
        return self

    def maps(self, **query: object) -> "Visit":
        """Open the activation maps with this in the link, and wait for the painted map."""
        address = f"{self.url}/activation_maps"
        self.page.goto(f"{address}?{urlencode(query)}" if query else address)
        self.page.locator(".figure[data-painted]").wait_for()
        self.idle()
        return self

    def idle(self) -> None:
        """Wait until Python has nothing left to do for this tab, and the tab has all controls and pictures.

        A control whose code is on its way has a skeleton of another height in its place: what stands below
        moves when it comes. A picture is not found any more once its page is left, which is an error in the
        browser's console.
        """
        self.page.wait_for_function(IDLE)

    def still(self) -> None:
        """Wait until nothing on the page fades or slides, either: what is half there is not read well."""
        self.idle()
        self.page.wait_for_function(
            "document.getAnimations().every(one => one.playState !== 'running'"
            " || one.effect.getComputedTiming().endTime > 5000)"
        )

    @property
    def token(self) -> str:
        """Names what is painted."""
        return self.figure.get_attribute("data-painted") or ""

    @contextlib.contextmanager
    def repaint(self, within: float = PATIENCE) -> Iterator[None]:
        """Do something, then wait until something else is painted and Python is idle."""
        before = self.token
        yield
        expect(self.figure).not_to_have_attribute("data-painted", before, timeout=within)
        expect(self.figure).to_have_attribute("data-painted", re.compile(".+"), timeout=within)
        self.idle()

    @property
    def link(self) -> dict[str, str]:
        """What the address holds."""
        return dict(parse_qsl(urlsplit(self.page.url).query, keep_blank_values=True))

    def widget(self, key: str) -> Locator:
        """The widget, or container, of a key."""
        return self.page.locator(f".st-key-{key}")

    def expander(self, name: str) -> Locator:
        """An expander by the beginning of its title, opened."""
        one = self.page.get_by_test_id("stExpander").filter(
            has=self.page.locator("summary", has_text=name)
        )
        if one.locator("details").get_attribute("open") is None:
            one.locator("summary").click()
        # Some are filled once they are open.
        expect(one.get_by_test_id("stExpanderDetails")).to_have_text(re.compile(r"\S"))
        # While it slides open, what is in it is not yet where a click would be aimed.
        one.locator("details").evaluate(
            "d => Promise.allSettled(d.getAnimations({subtree: true})"
            ".filter(a => a.effect.getComputedTiming().endTime < 5000).map(a => a.finished)).then(() => {})"
        )
        self.idle()
        return one

    def choose(self, key: str, option: str) -> None:
        """Take an option of a menu."""
        box = self.widget(key).get_by_role("combobox")
        box.click()
        box.fill(option)
        self.page.get_by_role("option", name=option, exact=True).first.click()

    def type(self, key: str, text: str) -> None:
        """Type into a field and finish with Enter."""
        field = self.widget(key).get_by_role("textbox")
        field.fill(text)
        field.press("Enter")

    def segment(self, key: str, option: str) -> Locator:
        """One of a row of buttons."""
        return self.widget(key).get_by_role("radio", name=option, exact=True)

    def switch(self, key: str) -> Locator:
        """What is clicked to turn a switch."""
        return self.widget(key).locator("label").first

    def centre(self, row: int, column: int, rows: int, columns: int) -> tuple[float, float]:
        """Where cell (row, column), counted from 1, lies in the figure's first grid, in its pixels."""
        box = self.grid.bounding_box()
        return (
            min(box["width"] - 1, box["width"] * (column - 1) / (columns - 1)),
            min(box["height"] - 1, box["height"] * (row - 1) / (rows - 1)),
        )


@pytest.fixture(scope="session")
def opened(
    context: Callable[[str], BrowserContext],
) -> Callable[..., contextlib.AbstractContextManager[Visit]]:
    """`with opened(url, look) as visit`: a tab that is watched, closed afterwards."""

    @contextlib.contextmanager
    def open_tab(url: str, look: str = "light") -> Iterator[Visit]:
        tab = context(look).new_page()
        watch = Watch(tab)
        try:
            yield Visit(tab, url)
        finally:
            tab.close()
        assert not watch.problems, watch.problems

    return open_tab


@pytest.fixture
def visit(
    request: pytest.FixtureRequest,
    opened: Callable[..., contextlib.AbstractContextManager[Visit]],
    server: Server,
) -> Iterator[Visit]:
    """A tab on the usual server, nothing opened yet; an indirect parameter names its look."""
    with opened(server.url, getattr(request, "param", "light")) as one:
        yield one

"""Visitors without a browser: tabs that speak the pages' protocol, move controls, bring pictures."""

import asyncio
import contextlib
import random
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PATIENCE = 120.0  # seconds for one answer; more counts as none
CONTROLS = ("slider", "checkbox", "button_group", "selectbox", "button", "file_uploader")
CLOSED = websockets.ConnectionClosed

Message = Any


@dataclass(frozen=True)
class Control:
    """A control as the page drew it: its kind, what the server drew, and the fragment that it stands in."""

    kind: str
    drawn: Message
    fragment: str


class Tab:
    """One tab: a WebSocket, the controls of its page, what they were set to, and what the page asked for.

    Attributes:
        controls: by label.
        link: the parameters of the address, which also the page may set.
        errors: what a visitor would have seen as one, in words.
        received: bytes.
    """

    def __init__(self, socket: Any, url: str, cookie: str) -> None:
        """Use `Tab.open`."""
        self.url, self._socket, self._cookie = url, socket, cookie
        self.controls: dict[str, Control] = {}
        self.link: dict[str, str] = {}
        self.errors: list[str] = []
        self.received = 0
        self._states: dict[str, WidgetState] = {}
        self._page = self._session = ""
        self._ended: asyncio.Queue[int] = asyncio.Queue()
        self._places: asyncio.Queue[Message] = asyncio.Queue()
        self._again: dict[str, asyncio.Task[None]] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, url: str, page: str, link: str = "") -> AsyncIterator[Self]:
        """A tab on a page, drawn; it is closed at the end."""
        cookie = await asyncio.to_thread(_cookie, url)
        async with websockets.connect(
            f"{url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Cookie": f"_streamlit_xsrf={cookie}"},
            max_size=None,
            open_timeout=PATIENCE,
            ping_timeout=PATIENCE,
        ) as socket:
            tab = cls(socket, url, cookie)
            reading = asyncio.create_task(tab._read())
            try:
                await tab.go(page, link)
                yield tab
            finally:
                tab._rest()
                reading.cancel()

    async def go(self, page: str, link: str = "") -> float:
        """Open a page in this tab; seconds until it is drawn."""
        self._rest()
        self.controls.clear()
        self._states.clear()
        self.link = dict(parse_qsl(link))
        self._page = ""
        message = BackMsg()
        message.rerun_script.page_name = page
        return await self._run(message)

    async def set(self, label: str, value: Any) -> float:
        """Move, switch or choose; seconds until the page is drawn anew."""
        control = self.controls[label]
        state = WidgetState(id=control.drawn.id)
        if control.kind == "checkbox":
            state.bool_value = value
        elif control.kind == "slider" and not control.drawn.options:
            state.double_array_value.data.append(value)
        elif control.kind == "selectbox":
            state.string_value = value
        else:
            state.string_array_value.data.append(value)
        if name := getattr(control.drawn, "query_param_key", ""):
            self.link[name] = str(value).lower() if isinstance(value, bool) else str(value)
        self._states[state.id] = state
        return await self._run(self._asking(control.fragment))

    async def press(self, label: str) -> float:
        """Press a button; seconds until the page is drawn anew."""
        control = self.controls[label]
        asking = self._asking(control.fragment)
        asking.rerun_script.widget_states.widgets.add(id=control.drawn.id, trigger_value=True)
        return await self._run(asking)

    async def bring(self, label: str, name: str, data: bytes) -> float:
        """Choose a file for an uploader; seconds until the page is drawn with it."""
        start = asyncio.get_running_loop().time()
        asking = BackMsg()
        asking.file_urls_request.request_id = "0"
        asking.file_urls_request.file_names.append(name)
        asking.file_urls_request.session_id = self._session
        await self._socket.send(asking.SerializeToString())
        place = await asyncio.wait_for(self._places.get(), PATIENCE)
        status = await asyncio.to_thread(self._put, place.upload_url, name, data)
        if status != 204:
            self.errors.append(f"The upload was answered with status {status}.")
            return asyncio.get_running_loop().time() - start
        control = self.controls[label]
        state = WidgetState(id=control.drawn.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(data), file_id=place.file_id, file_urls=place
        )
        self._states[state.id] = state
        await self._run(self._asking(control.fragment))
        return asyncio.get_running_loop().time() - start

    def _put(self, path: str, name: str, data: bytes) -> int:
        """Send a file as a form of a browser; the status of the answer."""
        edge = b"--an-edge-of-this-form"
        head = b'Content-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: image/jpeg'
        body = b"\r\n".join([edge, head % name.encode(), b"", data, edge + b"--", b""])
        request = urllib.request.Request(f"{self.url}{path}", body, method="PUT")
        request.add_header("Content-Type", f"multipart/form-data; boundary={edge[2:].decode()}")
        request.add_header("Cookie", f"_streamlit_xsrf={self._cookie}")
        request.add_header("X-Xsrftoken", self._cookie)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def _asking(self, fragment: str) -> BackMsg:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        return message

    async def _run(self, message: BackMsg) -> float:
        """Ask for a run of the page; seconds until it has ended."""
        message.rerun_script.query_string = urlencode(self.link)
        while not self._ended.empty():
            self._ended.get_nowait()
        start = asyncio.get_running_loop().time()
        try:
            await self._socket.send(message.SerializeToString())
            await asyncio.wait_for(self._ended.get(), PATIENCE)
        except TimeoutError:
            self.errors.append(f"The page did not answer within {PATIENCE:.0f} s.")
        except CLOSED:
            self.errors.append("The connection was lost.")
        return asyncio.get_running_loop().time() - start

    async def _read(self) -> None:
        """Take in what the server sends, whoever asked for it."""
        try:
            async for data in self._socket:
                self.received += len(data)
                self._take(ForwardMsg.FromString(data))
        except CLOSED as error:
            self.errors.append(f"The connection was lost: {error}.")
            self._ended.put_nowait(1)

    def _take(self, message: Message) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._draw(message.delta)
        elif kind == "new_session":
            self._session = message.new_session.initialize.session_id or self._session
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.link = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "file_urls_response":
            self._places.put_nowait(message.file_urls_response.file_urls[0])
        elif kind == "auto_rerun":
            one = message.auto_rerun
            self._stop(one.fragment_id)
            self._again[one.fragment_id] = asyncio.create_task(
                self._repeat(one.fragment_id, one.interval)
            )
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop(fragment)
        elif kind == "page_not_found":
            self.errors.append("There is no such page.")
        elif kind == "script_finished":
            status = message.script_finished
            if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.errors.append("The page could not be read.")
            if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._ended.put_nowait(status)

    def _draw(self, delta: Message) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.errors.append(element.alert.body)
        elif kind in CONTROLS:
            drawn = getattr(element, kind)
            self.controls[drawn.label] = Control(kind, drawn, delta.fragment_id)

    async def _repeat(self, fragment: str, seconds: float) -> None:
        """Ask for a part of the page again and again, as its page told the browser to."""
        with contextlib.suppress(CLOSED):
            while True:
                await asyncio.sleep(seconds)
                message = self._asking(fragment)
                message.rerun_script.is_auto_rerun = True
                message.rerun_script.query_string = urlencode(self.link)
                await self._socket.send(message.SerializeToString())

    def _stop(self, fragment: str) -> None:
        if task := self._again.pop(fragment, None):
            task.cancel()

    def _rest(self) -> None:
        for fragment in list(self._again):
            self._stop(fragment)


def _cookie(url: str) -> str:
    """The token against forged requests, as a browser is given it."""
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE) as answer:
        cookie: str = answer.headers["Set-Cookie"]
    return cookie.partition("=")[2].partition(";")[0]


class Visitor:
    """One visitor of one page who moves one slider."""

    def __init__(self, url: str, page: str, slider: str) -> None:
        """`slider` is the label of the one that will be moved."""
        self.url, self.page, self.label = url, page, slider
        self.moves: list[float] = []

    async def visit(self, ready: asyncio.Barrier, stop: asyncio.Event, pause: float) -> None:
        """Open the page, wait for all others, then move the slider every `pause` seconds until stopped."""
        draw = random.Random(id(self))
        async with Tab.open(self.url, self.page) as tab:
            await ready.wait()
            while not stop.is_set():
                await asyncio.sleep(pause * draw.uniform(0.5, 1.5))
                self.moves.append(await tab.set(self.label, draw.randrange(1, 20) / 20))

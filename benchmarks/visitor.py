"""A visitor without a browser: speaks the pages' WebSocket protocol and moves a slider."""

import asyncio
import random
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Message = Any


class Visitor:
    """One WebSocket session on one page."""

    def __init__(self, url: str, page: str, slider: str) -> None:
        """`slider` is the label of the one that will be moved."""
        self.url, self.page, self.label = url.replace("http", "ws", 1), page, slider
        self.moves: list[float] = []

    async def visit(self, ready: asyncio.Barrier, stop: asyncio.Event, pause: float) -> None:
        """Open the page, wait for all others, then move the slider every `pause` seconds until stopped."""
        draw = random.Random(id(self))
        async with websockets.connect(
            f"{self.url}/_stcore/stream", subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
        ) as socket:  # fmt: skip
            await self._run(socket, BackMsg(rerun_script={"page_name": self.page}))
            await ready.wait()
            while not stop.is_set():
                await asyncio.sleep(pause * draw.uniform(0.5, 1.5))
                message = BackMsg()
                message.rerun_script.page_script_hash = self.script
                message.rerun_script.fragment_id = self.fragment
                state = message.rerun_script.widget_states.widgets.add(id=self.slider)
                state.double_array_value.data.append(draw.randrange(1, 20) / 20)
                start = asyncio.get_running_loop().time()
                await self._run(socket, message)
                self.moves.append(asyncio.get_running_loop().time() - start)

    async def _run(self, socket: Any, message: BackMsg) -> None:
        """Send, and read everything that the server draws in answer."""
        await socket.send(message.SerializeToString())
        async for data in socket:
            answer = ForwardMsg.FromString(data)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self.script = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.new_element.slider.label == self.label:
                self.slider = answer.delta.new_element.slider.id
                self.fragment = answer.delta.fragment_id
            elif kind == "script_finished" and answer.script_finished != 2:
                return

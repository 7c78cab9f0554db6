"""What the server does before its first visitor comes.

The modules of the pages are imported, the default network is loaded and looks at the first picture,
while the first browser is still fetching the page; then LeNet at the first scene of digits. Where a
network was never exported on this machine, the export begins.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.formparsers import MultiPartParser

from wsl_core import products
from wsl_core.settings import settings
from wsl_core.web import memory

SESSIONS_S = 5.0  # between two looks at whose session is over


def _prepare() -> None:
    from wsl_core.web import forward, pictures
    from wsl_core.web.activation_maps import shown as activation_maps
    from wsl_core.web.sliding_window import digits

    view = activation_maps.ActivationMapView()
    chosen = pictures.from_gallery(view.picture)
    maps = forward.warm(chosen.photo, view)
    if maps is not None:
        activation_maps.panels(maps, view, chosen)
        pictures.jpeg(chosen.photo)
    digits.prepare()


async def _end_sessions(app: Any) -> None:
    """Let sessions end when their time is over, with the files in them.

    Streamlit looks at the time of a closed tab's session only when another tab is closed: those of the
    last visitors, a whole class, would stay for as long as nobody comes. It offers no other way to this.
    """
    with contextlib.suppress(AttributeError):  # another Streamlit keeps them elsewhere
        while True:
            await asyncio.sleep(SESSIONS_S)
            expire(app)


def expire(app: Any) -> None:
    """Forget the sessions of closed tabs whose time is over.

    Raises:
        AttributeError: this Streamlit keeps them elsewhere.
    """
    app._runtime._session_mgr._session_storage._cache.expire()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Of the server: prepare in a thread, answer meanwhile."""
    memory.few_arenas()
    products.all_on_one_thread()
    # Uploads stay in memory: by itself Starlette writes those above 1 MB to a temporary file.
    MultiPartParser.spool_max_size = int(settings().megabytes * 1e6) + 1_000_000
    threading.Thread(target=_prepare, daemon=True).start()
    ending = asyncio.create_task(_end_sessions(app))
    yield
    ending.cancel()

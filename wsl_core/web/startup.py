"""What the server does before its first visitor comes.

The modules of the pages are imported, the default network is loaded and looks at the first picture,
while the first browser is still fetching the page; then LeNet at the first scene of digits. Where a
network was never exported on this machine, the export begins.
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.formparsers import MultiPartParser

from wsl_core.settings import settings


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


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Of the server: prepare in a thread, answer meanwhile."""
    # Uploads stay in memory: by itself Starlette writes those above 1 MB to a temporary file.
    MultiPartParser.spool_max_size = int(settings().megabytes * 1e6) + 1_000_000
    threading.Thread(target=_prepare, daemon=True).start()
    yield

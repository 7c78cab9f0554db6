"""By which names the pages answer: a page from elsewhere that has its own name point here gets nothing.

Such a page (DNS rebinding) could otherwise read in a visitor's browser whatever this server answers. A
request by an address can be none of those, as long as it is the address that the request came to.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from wsl_core.settings import settings

LOCAL = "localhost"
REFUSED = (
    "The lecture does not answer to the name in this request. Open it by the address that was printed when "
    "it was started. To allow a name, start it with --hosts NAME, or set WSL_HOSTS.\n"
)


def middleware() -> list[Middleware]:
    """What stands before all pages; nothing where the settings name no hosts.

    Raises:
        ParameterError: an environment variable holds a value that is not accepted.
    """
    names = [name.strip() for name in settings().hosts.split(",") if name.strip()]
    return [Middleware(AllowedHosts, names=names)] if names else []


class AllowedHosts:
    """Refuses pages, uploads and WebSockets that are asked for by a name that is not allowed."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        """`names` in any case, without port."""
        self.app = app
        self.names = {LOCAL, *(name.lower().rstrip(".") for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed; answer the rest in a sentence, with status 400."""
        if scope["type"] in {"http", "websocket"} and not self._allowed(scope):
            await PlainTextResponse(REFUSED, 400)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        asked = [f"//{headers.get('host', '')}"]
        if scope["type"] == "websocket" and "origin" in headers:
            asked.append(headers["origin"])
        return all(self._known(one, scope.get("server")) for one in asked)

    def _known(self, url: str, server: tuple[str, int | None] | None) -> bool:
        try:
            name = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:  # as of [::
            return False
        return name in self.names or (server is not None and _address(name) == _address(server[0]))


def _address(text: str) -> object:
    """An address whichever way it is written; a value equal to none where the text is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return object()
    return getattr(address, "ipv4_mapped", None) or address

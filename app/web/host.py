"""The public address of this guide: what links to it begin with, and which host a request may name.

Without the setting, links begin with what the request names, which is right on a machine of one's own. With it, no
request can make a link that leads elsewhere.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.languages import N_
from app.web.refusals import Refusal, drain, refuse

_FOR_ANY_NAME = ("/healthz", "/readyz")
_PORTS = {"http": ":80", "https": ":443"}


def public_address(request: Request) -> str:
    """What a link to this guide begins with."""
    settings = request.app.state.settings
    scheme = "https" if settings.https else request.url.scheme
    return str(settings.address or f"{scheme}://{request.url.netloc}")


class OneHost:
    """Refuses requests that name another host than the public address. Whether we are alive and ready may be asked by
    any name: whoever looks after machines knows them by their numbers."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self.app = app
        parts = urlsplit(address)
        self.port = _PORTS[parts.scheme]
        self.host = _bare(parts.netloc, self.port)
        self.refusal = Refusal(
            400,
            N_("This guide has another address"),
            N_("Please open {address} in your browser."),
            N_("What you saved before is still there."),
            address=address,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in _FOR_ANY_NAME:
            if _bare(Headers(scope=scope).get("host", ""), self.port) != self.host:
                await drain(receive)
                await refuse(self.refusal, scope, receive, send)
                return
        await self.app(scope, receive, send)


def _bare(host: str, port: str) -> str:
    """A host as it is compared: without the port that everybody takes for granted."""
    return host.lower().removesuffix(port)

"""How many requests there are, of which kind, and how long they take: told to `metrics`, by the names of routes.

Plain ASGI, outside of everything else, so that it sees every answer. Looks at no address, header or body.
"""

import time

from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics

# What was turned away before any route was looked for, or has none.
NONE = "none"


class Measured:
    """Counts and times each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, method, status = time.perf_counter(), scope["method"], 0
        if method == "HEAD":
            # As `security.Guard` does. The route is found in the scope afterwards, so there must not be another.
            scope = {**scope, "method": "GET"}

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics.begun()
        try:
            await self.app(scope, receive, send_and_see)
        finally:
            metrics.answered(_name(scope), method, status, time.perf_counter() - began)


def _name(scope: Scope) -> str:
    if isinstance(scope.get("endpoint"), StaticFiles):
        return "static"
    return getattr(scope.get("route"), "name", None) or NONE

"""What holds for every request and answer: size, time, where a form came from, and headers.

Plain ASGI, so that it costs next to nothing and sees every answer, errors included. Knows no routes.
"""

import asyncio
import logging
import math
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.refusals import FAULT, NO_HOST, OTHER_SITE, TOO_LARGE, TOO_SLOW, Refusal, drain, refuse

log = logging.getLogger("which_cells")

BODY_LIMIT = 256 * 1024
HOST_LIMIT = 300  # the longest name there can be has 253 characters
BODY_SECONDS = 30  # for all of a body: the largest one at 9 kB a second
HTMX_VERSION = "4.0.1"
HTMX_URL = f"https://cdn.jsdelivr.net/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
HTMX_FILE = f"htmx-{HTMX_VERSION}.min.js"

_NOT_KEPT = (b"cache-control", b"no-store")
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def headers(*, local_script: bool, https: bool) -> dict[str, str]:
    """The headers of every answer. Only our own files, and the one pinned script, may run or be shown."""
    script = "'self'" if local_script else f"'self' {HTMX_URL}"
    policy = (
        f"default-src 'none'; script-src {script}; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    found = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Other sites learn nothing. Without https, browsers leave out sec-fetch-site; then our own forms have to
        # say where they come from, which they do not under no-referrer, and `same_origin` would refuse them.
        "referrer-policy": "no-referrer" if https else "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if https:
        found["strict-transport-security"] = "max-age=31536000"
    return found


class Guard:
    """Refuses bodies that are too large or too slow, and forms sent from other sites; adds the headers to every
    answer."""

    def __init__(self, app: ASGIApp, extra: dict[str, str]) -> None:
        self.app = app
        # As they are sent, so that they need not be written anew for each answer.
        self.extra = [(name.encode(), value.encode()) for name, value in extra.items()]
        self.names = frozenset(name for name, _ in self.extra)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = [header for header in message["headers"] if header[0] not in self.names]
                message["headers"] = own + self.extra
                # Nothing is kept by a browser or a proxy but static files, which say so themselves.
                if b"cache-control" not in [name for name, _ in own]:
                    message["headers"].append(_NOT_KEPT)
            await send(message)

        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server leaves the body out
        limited = _Limited(receive)
        try:
            if turned_away := _turned_away(scope):
                await drain(receive)
                await refuse(turned_away, scope, receive, send_with_headers)
            else:
                await self.app(scope, limited, send_with_headers)
        except BodyTooLarge:
            if not limited.whole:  # there would be nothing more to wait for
                await drain(receive)
            await refuse(TOO_LARGE, scope, receive, send_with_headers)
        except BodyTooSlow:
            await refuse(TOO_SLOW, scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # whoever asked has left before all of it was here, and that is no fault
        except Exception:
            # The last net: what went wrong is for our log, a plain sentence for the person.
            log.exception("a fault of ours")
            if started:
                raise
            await refuse(FAULT, scope, receive, send_with_headers)


def _turned_away(scope: Scope) -> Refusal | None:
    """Why a request is not for the application; None if it is."""
    asked = Headers(scope=scope)
    if len(asked.get("host", "")) > HOST_LIMIT:
        return NO_HOST
    if scope["method"] not in _UNSAFE:
        return None
    if not same_origin(asked):
        return OTHER_SITE
    return TOO_LARGE if _length(asked) > BODY_LIMIT else None


def _length(asked: Headers) -> float:
    """How long a body says it is; without end if that is no number."""
    length = asked.get("content-length", "0")
    # What looks like a digit in other alphabets is none here, and Python reads no number of thousands of them.
    return int(length) if re.fullmatch("[0-9]{1,15}", length) else math.inf


class BodyTooLarge(Exception):
    """A body without a stated length went on past the limit."""


class BodyTooSlow(Exception):
    """A body was not all here in time."""


class _Limited:
    """Counts what comes in, for bodies that do not say their length beforehand, and holds it to its time."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.seen = 0
        self.until = 0.0
        self.whole = False

    async def __call__(self) -> Message:
        if self.whole:
            return await self.receive()  # waits until the visitor leaves
        self.until = self.until or asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.receive()
        except TimeoutError:
            raise BodyTooSlow from None
        self.seen += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.seen > BODY_LIMIT:
            raise BodyTooLarge
        return message


def same_origin(asked: Headers) -> bool:
    """A form came from one of our own pages. Browsers say so; programs that say nothing carry no cookie of a
    person's by accident, so there is nothing to protect them from."""
    site = asked.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = asked.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == asked.get("host")
    except ValueError:  # not even an address
        return False

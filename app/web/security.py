"""What holds for every request and answer: size, where a form came from, and headers.

Plain ASGI, so that it costs next to nothing and sees every answer, errors included. Knows no routes.
"""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("which_cells")

BODY_LIMIT = 256 * 1024
HTMX_VERSION = "4.0.1"
HTMX_URL = f"https://cdn.jsdelivr.net/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
HTMX_FILE = f"htmx-{HTMX_VERSION}.min.js"

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
    """Refuses bodies that are too large and forms sent from other sites; adds the headers to every answer."""

    def __init__(self, app: ASGIApp, extra: dict[str, str]) -> None:
        self.app = app
        self.extra = extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                answer = MutableHeaders(scope=message)
                for name, value in self.extra.items():
                    answer[name] = value
                # Nothing is kept by a browser or a proxy but static files, which say so themselves.
                answer.setdefault("cache-control", "no-store")
            await send(message)

        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server leaves the body out
        asked = Headers(scope=scope)
        if scope["method"] in _UNSAFE:
            if not same_origin(asked):
                await _refuse(scope, receive, send_with_headers, 403, _OTHER_SITE)
                return
            length = asked.get("content-length", "0")
            if not length.isdigit() or int(length) > BODY_LIMIT:
                await _refuse(scope, receive, send_with_headers, 413, _TOO_LARGE)
                return
        try:
            await self.app(scope, _Limited(receive), send_with_headers)
        except BodyTooLarge:
            await _refuse(scope, receive, send_with_headers, 413, _TOO_LARGE)
        except Exception:
            # The last net: what went wrong is for our log, a plain sentence for the person.
            log.exception("a fault of ours")
            if started:
                raise
            await _refuse(scope, receive, send_with_headers, 500, _FAULT)


class BodyTooLarge(Exception):
    """A body without a stated length went on past the limit."""


class _Limited:
    """Counts what comes in, for bodies that do not say their length beforehand."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.seen = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.seen += len(message.get("body", b""))
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
    return origin is None or urlsplit(origin).netloc == asked.get("host")


_OTHER_SITE = (
    "This form came from another site",
    "We only take answers from our own pages. Please open the page again here, and send it once more.",
)
_TOO_LARGE = (
    "That was too much text to take in one go",
    "Please go back, shorten the text, and save again. What you wrote is still in the page you came from. "
    "If it was a file, please check that it is the one you saved from this guide.",
)

_FAULT = (
    "Something went wrong on our side",
    "It is not your fault, and what you saved before is still there. Please go back and try again in a moment.",
)

# Written here and not as a template: it has to work when nothing else does.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - Which Cells?</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css"></head>
<body><main id="main"><h1>{title}</h1><p>{says}</p><p><a href="/">To the start page</a></p></main></body></html>
"""


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, words: tuple[str, str]) -> None:
    body = _PAGE.format(title=words[0], says=words[1]).encode()
    start = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})

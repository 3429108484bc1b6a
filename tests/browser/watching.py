"""One visitor: a browser context whose every request and complaint is watched.

Answers the one script from the CDN itself, lets nothing else leave, and keeps what the browser complained of.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, WebError, expect

from app.web.render import STATIC
from app.web.security import HTMX_FILE, HTMX_URL

expect.set_options(timeout=10_000)

_CDN_HEADERS = {"access-control-allow-origin": "*", "content-type": "text/javascript; charset=utf-8"}


def cdn_answers(route: Route) -> None:
    """The CDN as it should be: the very bytes that the page names the hash of."""
    route.fulfill(body=(STATIC / HTMX_FILE).read_bytes(), headers=_CDN_HEADERS)


def cdn_answers_altered(route: Route) -> None:
    """A CDN that somebody has broken into: a working script, with something added."""
    route.fulfill(body=(STATIC / HTMX_FILE).read_bytes() + b"\nwindow.altered = true;\n", headers=_CDN_HEADERS)


def cdn_is_down(route: Route) -> None:
    route.abort()


@dataclass
class Visitor:
    """A browser context, and what went wrong in it. `expects` names complaints that a test causes on purpose."""

    context: BrowserContext
    address: str
    cdn: Callable[[Route], None]
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # What is ours goes to the server untouched; only the rest passes through here.
        self.context.route(re.compile(rf"^(?!{re.escape(self.address)}/)"), self._leaving)
        self.context.set_default_timeout(15_000)
        self.context.on("console", self._heard)
        self.context.on("weberror", self._failed)

    def expects(self, pattern: str) -> None:
        """Complaints in which this pattern is found are part of the test."""
        self.expected.append(pattern)

    def open(self, path: str = "/") -> Page:
        """A new page at `path`, loaded with all its scripts."""
        page = self.context.new_page()
        page.goto(self.address + path)
        return page

    def check(self) -> None:
        """Fails when anything went elsewhere, or the browser complained of what no test expects."""
        assert not self.foreign, f"requests to others: {self.foreign}"
        unexpected = [c for c in self.complaints if not any(re.search(p, c) for p in self.expected)]
        assert not unexpected, f"the browser complained: {unexpected}"

    def _leaving(self, route: Route) -> None:
        if route.request.url == HTMX_URL:
            self.cdn(route)
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

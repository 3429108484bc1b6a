"""The server, the browser and the visitors of the browser tests.

Everything is made once for this folder and not for the session: while Playwright runs, an event loop runs in this
thread, which other tests must not find.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from app.guide.pack import Pack
from app.guide.proof import Proof
from app.guide.rules import Rules
from app.guide.sort import Sorter

from .serving import GuideServer
from .states import Town, build
from .walking import begin
from .watching import Visitor, cdn_answers

# Chromium goes by the last list of these, so those that Playwright turns off for steadiness stand here too. The first
# two are lists of suggestions below the address bar: each window draws them in a process of their own, unseen.
_OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
CHROMIUM_FLAGS = [
    f"--disable-features={','.join(_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # As a machine in a home network is reached: by http, and not as localhost, which browsers trust more.
    "--host-resolver-rules=MAP guide.test 127.0.0.1",
]

Welcome = Callable[..., Visitor]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideServer]:
    """The real server, for all tests that do not stop it."""
    guide = GuideServer(tmp_path_factory.mktemp("served"))
    guide.start()
    yield guide
    guide.stop()


def find_chromium() -> str:
    """Where Chromium is. `make browser` brings it."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    path = next((p for p in found if p), None)
    assert path, "the browser tests need Chromium: make browser"
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture
def welcome(browser: Browser, server: GuideServer) -> Iterator[Welcome]:
    """Lets a visitor in: `welcome(java_script_enabled=False)`, and whatever else a context takes.

    Whatever a visitor's browser complained of fails the test in the end, unless the test said so beforehand.
    """
    visitors: list[Visitor] = []

    def let_in(*, address: str = server.address, cdn: Callable[[Route], None] = cdn_answers, **how: Any) -> Visitor:
        # Smooth scrolling costs a second a click, and no test is about it.
        how.setdefault("reduced_motion", "reduce")
        visitors.append(Visitor(browser.new_context(**how), address, cdn))
        return visitors[-1]

    yield let_in
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.check()


@pytest.fixture
def visitor(welcome: Welcome) -> Visitor:
    """A visitor with JavaScript, as most have it."""
    return welcome()


@pytest.fixture
def first_question(visitor: Visitor) -> Page:
    """The first question of a preparation just begun."""
    page = visitor.open()
    begin(page)
    return page


@pytest.fixture(scope="session")
def witnesses(pack: Pack) -> dict[str, dict[str, str | list[str]]]:
    """The shortest answers that lead to each result and variant, found by the proof."""
    return Proof(Rules(pack)).witnesses()


@pytest.fixture(scope="package")
def town(
    browser: Browser, server: GuideServer, sorter: Sorter, witnesses: dict[str, dict[str, str | list[str]]]
) -> Town:
    """Everybody who is needed for every page in every state, made once."""
    visitors: list[Visitor] = []

    def let_in(*, address: str = server.address, **how: Any) -> Visitor:
        visitors.append(Visitor(browser.new_context(**how), address, cdn_answers))
        return visitors[-1]

    built = build(let_in, sorter, witnesses)
    for visitor in visitors:
        visitor.context.close()
    return built

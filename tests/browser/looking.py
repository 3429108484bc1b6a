"""Looking at a page with the eyes of others: axe-core's rules, and our own measures (eyes.js).

The scripts come in through the browser's debugger, so the policy of the page stays as strict as it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}

# All of WCAG 2.2 A and AA that a machine can see, and what axe's makers call best practice. Contrast of AAA, 7:1, is
# for our own measure, which takes a hundredth of the time.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules whose outcome can be another one in the dark, on a narrow screen or on paper.
BY_LOOKS = [
    "color-contrast",
    "target-size",
    "link-in-text-block",
    "scrollable-region-focusable",
]
# To be in a page before it is looked at.
EYES = AXE_SCRIPT + (Path(__file__).parent / "eyes.js").read_text(encoding="utf-8")
_RUN = """async ([runOnly, rules]) => {
    const found = await axe.run(document, {runOnly, rules, resultTypes: ["violations"], elementRef: false});
    return found.violations.map((v) => `${v.id}: ${v.help} at ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}"""


def axe(page: Page, rules: Sequence[str] = (), *, contrast: bool = True) -> list[str]:
    """What axe-core finds fault with: by all its rules, or by these. Contrast takes it most of the time; it need not be
    looked at again where colors are the same."""
    only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    more = {} if rules else {"target-size": {"enabled": True}, "color-contrast": {"enabled": contrast}}
    found: list[str] = page.evaluate(_RUN, [only, more])
    return found


def measure(page: Page, *measures: str, row: int = 56) -> list[str]:
    """The faults that these measures of eyes.js find. `row` is how high an answer's row has to be."""
    found: list[str] = page.evaluate(
        "([names, row]) => names.flatMap((name) => eyes[name](row).map((fault) => `${name}: ${fault}`))",
        [list(measures), row],
    )
    return found


def row(size: ViewportSize) -> int:
    """How high an answer's row has to be."""
    return 64 if size == NARROW else 56


MEASURES = ("pale", "edgeless", "small", "unfocused", "cut", "spread", "dense")


# The page has to be scrolled sideways.
NO_ROOM = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_TIMES = """(times) => {
    const html = document.documentElement;
    html.style.fontSize = times === 1 ? "" : times * parseFloat(getComputedStyle(html).fontSize) + "px";
}"""


@contextmanager
def larger_text(page: Page, times: float) -> Iterator[None]:
    """All text so many times as large. Where a browser's own setting does it, narrow layouts begin sooner as well."""
    page.evaluate(_TIMES, times)
    yield
    page.evaluate(_TIMES, 1)


def faults(page: Page, *, row: int = 56, contrast: bool = True) -> list[str]:
    """What axe-core and all our measures find on a page that is there."""
    page.wait_for_load_state()
    if not page.evaluate("'eyes' in window"):
        page.evaluate(EYES)
    found = axe(page, contrast=contrast)
    page.keyboard.press("Tab")  # from now on the focus shows
    return found + measure(page, *MEASURES, row=row)

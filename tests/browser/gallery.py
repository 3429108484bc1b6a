"""A picture of every page in every state, for eyes to judge: `make gallery`, or some ways of looking by name:

PYTHONPATH=tests python -m browser.gallery gallery en_light_320 es_dark_1280
"""

import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from app.guide.pack import load_pack
from app.guide.proof import Proof
from app.guide.rules import Rules
from app.guide.sort import Sorter

from .conftest import CHROMIUM_FLAGS, find_chromium
from .serving import ROOT, GuideServer
from .states import Town, build
from .watching import Visitor, cdn_answers

WAYS: dict[str, dict[str, Any]] = {
    f"{locale[:2]}_{scheme}_{width}": {
        "locale": locale,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 640 if width == 320 else 800},
        "reduced_motion": "reduce",
    }
    for locale in ("en-US", "es-MX")
    for scheme in ("light", "dark")
    for width in (320, 1280)
}
HIGHEST = 12_000  # pixels; browsers paint no picture that is much higher
_INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>body {{ font: 1rem sans-serif }} figure {{ display: inline-block; vertical-align: top; margin: .5rem }}
img {{ width: 20rem; max-height: 40rem; object-fit: cover; object-position: top; border: 1px solid #888 }}</style>
<h1>Every page in every state</h1>{sections}</html>
"""


def take(town: Town, browser: Browser, folder: Path, ways: Iterable[str]) -> None:
    """Takes the pictures of all states in these ways, into a folder for each."""
    for way in ways:
        visitors: list[Visitor] = []

        def let_in(**how: Any) -> Visitor:
            visitors.append(Visitor(browser.new_context(**how), town.address, cdn_answers))  # noqa: B023
            return visitors[-1]  # noqa: B023

        (folder / way).mkdir(parents=True, exist_ok=True)
        for state, page in town.tour(let_in, **WAYS[way]):
            file = folder / way / f"{state.name}.jpg"
            size = WAYS[way]["viewport"]
            page.set_viewport_size({**size, "height": max(size["height"], min(_height(page), HIGHEST))})
            page.screenshot(path=file, type="jpeg", quality=70)
            page.set_viewport_size(size)
        for visitor in visitors:
            visitor.context.close()
        print(way)


def _height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def index(folder: Path) -> str:
    """A page with all pictures that are there."""
    sections = []
    for way in sorted(p for p in folder.iterdir() if p.is_dir()):
        shown = "".join(
            f'<figure><a href="{file}"><img loading="lazy" alt="" src="{file}"></a>'
            f"<figcaption>{Path(file).stem}</figcaption></figure>"
            for file in (escape(f"{way.name}/{p.name}") for p in sorted(way.glob("*.jpg")))
        )
        sections.append(f"<h2>{escape(way.name)}</h2>{shown}")
    return _INDEX.format(sections="".join(sections))


def main(folder: Path, ways: Iterable[str]) -> None:
    pack = load_pack(ROOT / "questions" / "parkinsons")
    with tempfile.TemporaryDirectory() as served, sync_playwright() as playwright:
        guide = GuideServer(Path(served))
        guide.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)

        def let_in(*, address: str = guide.address, **how: Any) -> Visitor:
            return Visitor(browser.new_context(**how), address, cdn_answers)

        try:
            town = build(let_in, Sorter(pack), Proof(Rules(pack)).witnesses())
            take(town, browser, folder, ways)
        finally:
            browser.close()
            guide.stop()
    (folder / "index.html").write_text(index(folder), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or WAYS)

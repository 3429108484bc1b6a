"""What fits and what stands out: long words, text twice as large, contrast, and colors that the person has chosen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.guide.sort import Sorter

from .conftest import Welcome
from .looking import NARROW, NO_ROOM, WIDE, larger_text
from .preparing import prepare
from .states import LONG_WORD

ANSWERS = {"offer.name": "Drip from the talk", "trial.status": "regulated_trial"}
LUMINANCE = """(color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


def test_a_long_word_in_an_offers_name_is_broken(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(viewport=NARROW)
    offer = prepare(visitor, sorter, ANSWERS | {"offer.name": LONG_WORD})
    paths = ["/", offer.removesuffix("/offers/1"), f"{offer}/answers", f"{offer}/result", f"{offer}/summary"]
    page = visitor.open()
    assert [path for path in paths if too_wide(page, visitor.address + path)] == []


def too_wide(page: Page, address: str) -> bool:
    page.goto(address)
    return bool(page.evaluate(NO_ROOM))


def test_without_javascript_no_button_shows_that_needs_it(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(java_script_enabled=False)
    offer = prepare(visitor, sorter, ANSWERS)
    page = visitor.open()
    for end in ("letter", "summary"):
        page.goto(f"{visitor.address}{offer}/{end}")
        expect(page.locator("#print")).to_be_hidden()
        expect(page.locator("[data-copy]:visible")).to_have_count(0)


def test_text_twice_as_large_is_twice_as_large(welcome: Welcome) -> None:
    visitor = welcome(viewport=WIDE)
    size = "parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize)"
    page = visitor.open()
    before = page.evaluate(size)
    with larger_text(page, 2):
        assert page.evaluate(size) == pytest.approx(2 * before, rel=0.01)
    assert page.evaluate(size) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_links_and_buttons_stand_out_seven_to_one(scheme: Any, welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(color_scheme=scheme)
    page = visitor.open(prepare(visitor, sorter, ANSWERS) + "/questions/cells.kind")
    for selector in ("h1", ".why p", ".way a", ".row-label", ".hint", ".progress", "button.go", ".bottom p"):
        assert contrast(page, selector) >= 7, selector


def contrast(page: Page, selector: str) -> float:
    """The contrast of the first such element's text with what lies behind it."""
    colors = page.locator(selector).first.evaluate(
        """(element) => {
            let behind = element;
            const clear = (e) => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)";
            while (clear(behind)) { behind = behind.parentElement; }
            return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
        }"""
    )
    dark, light = sorted(page.evaluate(LUMINANCE, color) for color in colors)
    return float((light + 0.05) / (dark + 0.05))


def test_what_is_chosen_shows_in_the_persons_own_colors(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(forced_colors="active")
    page = visitor.open(prepare(visitor, sorter, ANSWERS) + "/questions/cells.kind")
    rows = page.locator("label.row")
    rows.nth(1).click()
    page.locator("h1").click()  # so that the ring of the focus does not stand in for it
    outline = "e => getComputedStyle(e).outlineStyle"
    assert rows.nth(1).evaluate(outline) == "solid"
    assert rows.nth(2).evaluate(outline) == "none"


def test_each_result_has_a_word_and_a_shape_of_its_own(welcome: Welcome) -> None:
    page = welcome().open()
    shapes = page.locator(".kind .shape")
    expect(shapes).to_have_count(3)
    assert len({re.sub(r"\s+", "", shape.inner_html()) for shape in shapes.all()}) == 3
    assert all(page.locator(".kind h3").all_inner_texts())

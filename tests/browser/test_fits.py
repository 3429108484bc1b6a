"""Every page fits: narrow, wide, with text twice as large, dark, and in colors that the person has chosen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.guide.sort import Sorter

from .company import home_of, invite
from .conftest import Welcome
from .preparing import prepare
from .watching import Visitor

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
TWICE_THE_TEXT = """document.addEventListener("DOMContentLoaded", () => {
    const html = document.documentElement;
    html.style.fontSize = 2 * parseFloat(getComputedStyle(html).fontSize) + "px";
})"""
WAYS: dict[str, dict[str, Any]] = {
    "narrow": {"viewport": NARROW},
    "wide": {"viewport": WIDE},
    "large_text": {"viewport": WIDE},
    "dark": {"viewport": NARROW, "color_scheme": "dark"},
    "forced_colors": {"viewport": NARROW, "forced_colors": "active"},
    "narrow_large_text": {"viewport": NARROW},
}
PUBLIC = [
    "/",
    "/understand",
    "/about",
    "/privacy",
    "/words",
    "/how-it-sorts",
    "/formats",
    "/bring",
    "/deleted",
    "/open",
    "/left",
    "/left?gave-up=1",
    "/trials",
    "/examples/regulated-trial",
    "/examples/supportive-care",
    "/examples/warning-sign",
    "/examples/warning-sign/summary",
    "/examples/warning-sign/summary?large=1",
    "/examples/warning-sign/change",
    "/worksheet",
    "/no-such-page",
]
# One question of each kind, the longest of its kind where there are several.
QUESTIONS = [
    "offer.name",
    "offer.country",
    "offer.visit_date",
    "cells.kind",
    "trial.number",
    "claims.heard",
    "visit.clear",
    "visit.notes",
]
OWN_QUESTIONS = ["you.priorities", "you.matters", "you.own_questions"]
ANSWERS = {
    "offer.name": "Drip from the talk",
    "trial.status": "regulated_trial",
    "offer.stage": "had_visit",
    "trial.number": "NCT06344026",
    "where.delivery": "vein",
    "where.reach": "not_asked",
    "visit.notes": "https://clinic.example/a/very/long/address/that/nobody/would/ever/break/anywhere/at/all?of=it",
}
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaenskajuetencells"
NO_ROOM = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LUMINANCE = """(color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.fixture(params=WAYS)
def visitor_in_some_way(request: pytest.FixtureRequest, welcome: Welcome) -> Visitor:
    """A visitor for each way of looking at a page."""
    found = welcome(**WAYS[request.param])
    found.expects("status of 404|status of 422")
    if "large_text" in request.param:
        found.context.add_init_script(TWICE_THE_TEXT)
    return found


def test_no_page_has_to_be_scrolled_sideways(visitor_in_some_way: Visitor, sorter: Sorter) -> None:
    visitor = visitor_in_some_way
    offer = prepare(visitor, sorter, ANSWERS)
    home = offer.removesuffix("/offers/1")
    pages = [f"/understand/{p.id}" for p in sorter.pack.pages] + PUBLIC
    pages += [f"{offer}/questions/{q}" for q in QUESTIONS] + [f"{home}/you/{q}" for q in OWN_QUESTIONS]
    pages += [f"{offer}/{end}" for end in ("answers", "result", "change", "letter", "since", "summary", "record")]
    pages += [home, f"{home}/compare", f"{home}/keep", f"{home}/delete"]
    page = visitor.open()
    assert [path for path in pages if too_wide(page, visitor.address + path)] == []
    page.goto(f"{visitor.address}{offer}/questions/cells.kind")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#error")).to_be_visible()
    assert not no_room(page)


def test_no_page_for_several_people_has_to_be_scrolled_sideways(
    visitor_in_some_way: Visitor, welcome: Welcome, sorter: Sorter
) -> None:
    visitor = visitor_in_some_way
    visitor.expects("status of 403|status of 409")
    offer = prepare(visitor, sorter, ANSWERS | {"cells.kind": "mesenchymal"})
    home = home_of(offer)
    link = invite(visitor, offer, LONG_WORD)
    anna = welcome()
    anna.context.request.post(f"{anna.address}/open", form={"link": link}, max_retries=2)
    question = f"{anna.address}{offer}/questions/cells.kind"
    said = {"choice": "just_stem_cells", "note": LONG_WORD, "asker": "2"}
    assert anna.context.request.post(question, form=said, max_retries=2).ok
    pages = ["/", home, f"{home}/people", f"{home}/people/2/link", f"{home}/link", f"{home}/compare"]
    pages += [f"{offer}/{end}" for end in ("answers", "result", "questions/cells.kind", "questions/cells.kind/both")]
    page = visitor.open()
    assert [path for path in pages if too_wide(page, visitor.address + path)] == []
    page.goto(f"{visitor.address}/open")
    for words in ("x" * 80, link):  # first what is no link; then somebody else's
        page.locator("#link").fill(words)
        with page.expect_navigation():
            page.get_by_role("button", name="Open it").click()
        assert not no_room(page)
    page.goto(visitor.address + home)
    page.get_by_role("button", name="Leave this computer").click()
    expect(page.get_by_role("button", name="Leave without it")).to_be_visible()
    assert not no_room(page)


def test_a_long_word_in_an_offers_name_is_broken(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(viewport=NARROW)
    offer = prepare(visitor, sorter, ANSWERS | {"offer.name": LONG_WORD})
    paths = ["/", offer.removesuffix("/offers/1"), f"{offer}/answers", f"{offer}/result", f"{offer}/summary"]
    page = visitor.open()
    assert [path for path in paths if too_wide(page, visitor.address + path)] == []


def too_wide(page: Page, address: str) -> bool:
    page.goto(address)
    return no_room(page)


def no_room(page: Page) -> bool:
    """The page, once all of it is there, is wider than the window."""
    page.wait_for_load_state()
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
    before = visitor.open().evaluate(size)
    visitor.context.add_init_script(TWICE_THE_TEXT)
    assert visitor.open().evaluate(size) == pytest.approx(2 * before, rel=0.01)


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

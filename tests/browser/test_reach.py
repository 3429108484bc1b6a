"""For hands that shake and for no hands on a mouse at all: large rows with room around them, and the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.guide.pack import Pack
from app.guide.sort import Sorter

from .conftest import Welcome
from .preparing import prepare
from .walking import question_id

SIZES = [({"width": 320, "height": 640}, 64), ({"width": 1280, "height": 800}, 56)]
WITH_ROWS = ["offer.country", "cells.kind", "trial.number", "claims.heard", "visit.clear"]
ANSWERS = {"offer.name": "Drip", "trial.status": "regulated_trial", "offer.stage": "had_visit"}
# Browsers round where lines fall.
ROUNDING = 0.6


def rows_of(page: Page) -> list[dict[str, float]]:
    boxes: list[dict[str, float]] = page.locator("label.row").evaluate_all(
        "rows => rows.map(r => r.getBoundingClientRect()).map(b => ({x: b.x, y: b.y, w: b.width, h: b.height}))"
    )
    return boxes


def apart(one: dict[str, float], other: dict[str, float]) -> float:
    """How far a finger has to slip from one row to hit the other."""
    across = max(one["x"], other["x"]) - min(one["x"] + one["w"], other["x"] + other["w"])
    down = max(one["y"], other["y"]) - min(one["y"] + one["h"], other["y"] + other["h"])
    return max(across, down)


@pytest.mark.parametrize(("viewport", "least"), SIZES, ids=["narrow", "wide"])
def test_answer_rows_are_high_and_stand_apart(viewport: Any, least: int, welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(viewport=viewport)
    offer = prepare(visitor, sorter, ANSWERS)
    page = visitor.open()
    home = offer.removesuffix("/offers/1")
    addresses = [f"{offer}/questions/{q}" for q in WITH_ROWS] + [f"{home}/you/you.matters", f"{home}/people"]
    for address in addresses:
        page.goto(visitor.address + address)
        rows = rows_of(page)
        assert min(row["h"] for row in rows) >= least - ROUNDING, address
        between = [apart(one, other) for i, one in enumerate(rows) for other in rows[i + 1 :]]
        assert min(between) >= 12 - ROUNDING, address


@pytest.mark.parametrize("question", ["cells.kind", "claims.heard", "visit.clear"])
def test_a_click_anywhere_in_a_row_chooses_it(question: str, welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(java_script_enabled=False)
    page = visitor.open(f"{prepare(visitor, sorter, ANSWERS)}/questions/{question}")
    row, other = page.locator("label.row").nth(1), page.locator("label.row").nth(2)
    box = row.bounding_box()
    assert box
    middle, center = box["width"] / 2, box["height"] / 2
    edges = [(3, center), (box["width"] - 3, center), (middle, 3), (middle, box["height"] - 3), (middle, center)]
    for x, y in edges:
        if row.locator("input").is_checked():  # a box is emptied by a second click, a choice by another one
            (row if question == "claims.heard" else other).click()
        expect(row.locator("input")).not_to_be_checked()
        row.click(position={"x": x, "y": y})
        expect(row.locator("input")).to_be_checked()


def focus(page: Page) -> dict[str, Any]:
    """Where the keyboard is, and whether one can see it."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const here = document.activeElement;
            const shown = [here, here.closest(".row")].filter(Boolean).map((e) => getComputedStyle(e));
            return {
                tag: here.tagName, type: here.type || "", value: here.value || "", text: here.innerText.trim(),
                visible: shown.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2),
            };
        }"""
    )
    return found


def tab_to(page: Page, **wanted: str) -> None:
    """Presses Tab until the keyboard is on what is wanted; each stop on the way has to show."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = focus(page)
        assert here["visible"], f"the focus does not show: {here}"
        if all(here[name] == value for name, value in wanted.items()):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def choose(page: Page, value: str) -> None:
    """Chooses one of several with the arrow keys, as a screen reader's user does."""
    tab_to(page, tag="INPUT", type="radio")
    page.keyboard.press("Space")
    for _ in range(30):
        here = focus(page)
        assert here["visible"], f"the focus does not show: {here}"
        if here["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {value}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripted", [True, False], ids=["javascript", "no_javascript"])
def test_the_keyboard_alone_leads_from_the_start_to_a_warning_sign(
    scheme: Any, scripted: bool, welcome: Welcome, pack: Pack
) -> None:
    page = welcome(color_scheme=scheme, java_script_enabled=scripted).open()
    tab_to(page, text="Start with one offer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/offer.name")
    page.wait_for_load_state()
    tab_to(page, tag="INPUT")
    page.keyboard.type("Drip")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/trial.status")
    while "/questions/" in page.url:
        asked = question_id(page)
        expect(page.locator("#title")).to_have_text(pack.questions[asked].question)
        choose(page, "just_stem_cells" if asked == "cells.kind" else "not_asked")
        tab_to(page, text="Save and go on")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, asked=asked: not url.endswith(asked))
        if scripted:  # a page put in place takes the keyboard along
            expect(page.locator("#title")).to_be_focused()
    page.wait_for_url("**/result")
    expect(page.locator("#title")).to_have_text(pack.results["warning_sign"].title)
    tab_to(page, text="Print the summary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/summary")


def test_the_first_stop_leads_past_the_top_of_the_page(welcome: Welcome) -> None:
    page = welcome().open()
    tab_to(page, text="Skip to the main part")
    page.keyboard.press("Enter")
    tab_to(page, text="Start with one offer")

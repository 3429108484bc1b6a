"""For hands that shake and for no hands on a mouse at all: large rows with room around them, and the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.guide.answers import Answer
from app.guide.models import Question
from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.guide.translation import translated

from .conftest import Welcome
from .preparing import prepare
from .serving import ROOT
from .walking import otherwise, question_id

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


def tick(page: Page, values: list[str]) -> None:
    """Ticks several boxes, one Tab after another."""
    for _ in range(40):
        page.keyboard.press("Tab")
        here = focus(page)
        assert here["visible"], f"the focus does not show: {here}"
        if here["type"] == "checkbox" and here["value"] in values:
            page.keyboard.press("Space")
            if here["value"] == values[-1]:
                return
    raise AssertionError(f"the keyboard does not reach {values}")


def enter(page: Page, question: Question, answer: Answer) -> None:
    """Gives an answer with nothing but the keyboard."""
    if isinstance(answer, list):
        tick(page, [o.id for o in question.options if o.id in answer])
    elif question.kind == "country":
        tab_to(page, tag="SELECT")
        page.keyboard.type("Jap")
    elif question.kind == "register_number":
        choose(page, "given")
        tab_to(page, tag="INPUT", type="text")
        page.keyboard.type(str(answer))
    elif question.kind == "text":
        tab_to(page, tag="INPUT")
        page.keyboard.type(str(answer))
    else:
        choose(page, str(answer))


# To each result, without a script to two of them, in the dark, and in Spanish.
ENGLISH = {"begin": "Start with one offer", "save": "Save and go on", "print": "Print the summary"}
SPANISH = {"begin": "Empezar con una oferta", "save": "Guardar y seguir", "print": "Imprimir el resumen"}
WALKS: list[tuple[str, dict[str, Any]]] = [
    ("warning_sign", {"color_scheme": "dark"}),
    ("warning_sign", {"java_script_enabled": False}),
    ("warning_sign", {"java_script_enabled": False, "locale": "es-MX"}),
    ("not_settled", {}),
    ("supportive_care.supportive", {"viewport": {"width": 320, "height": 640}}),
    ("regulated_trial.trial", {"locale": "es-MX"}),
    ("regulated_trial.trial", {"java_script_enabled": False}),
    ("regulated_trial.authorised_product", {}),
    ("regulated_trial.special_access", {"color_scheme": "dark"}),
]


@pytest.mark.parametrize(("name", "how"), WALKS)
def test_the_keyboard_alone_leads_from_the_start_to_each_result(
    name: str, how: dict[str, Any], welcome: Welcome, pack: Pack, witnesses: dict[str, dict[str, Answer]]
) -> None:
    page, spanish = welcome(**how).open(), how.get("locale") == "es-MX"
    words = SPANISH if spanish else ENGLISH
    said = translated(pack, ROOT / "questions" / "parkinsons", "es").pack if spanish else pack
    scripted, given = how.get("java_script_enabled", True), {}
    tab_to(page, text=words["begin"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/offer.name")
    page.wait_for_load_state()
    while "/questions/" in page.url:
        asked = question_id(page)
        expect(page.locator("#title")).to_have_text(said.questions[asked].question)
        given[asked] = witnesses[name].get(asked, otherwise(pack.questions[asked]))
        enter(page, pack.questions[asked], given[asked])
        if asked == "offer.name":
            page.keyboard.press("Enter")
        else:
            tab_to(page, text=words["save"])
            page.keyboard.press("Enter")
        page.wait_for_url(lambda url, asked=asked: not url.endswith(asked))
        if scripted:  # a page put in place takes the keyboard along
            expect(page.locator("#title")).to_be_focused()
    page.wait_for_url("**/result")
    expect(page.locator("#title")).to_have_text(Sorter(said).sort(given).title)
    tab_to(page, text=words["print"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/summary")


def test_the_first_stop_leads_past_the_top_of_the_page(welcome: Welcome) -> None:
    page = welcome().open()
    tab_to(page, text="Skip to the main part")
    page.keyboard.press("Enter")
    tab_to(page, text="Start with one offer")

"""A hand that trembles, tired eyes, a slow day: presses that slide or come twice, keys held down, how pages look, the
browser's own voice, and where to start again."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from app.guide.sort import Sorter

from .conftest import Welcome
from .preparing import prepare
from .test_smooth import count_announcements
from .walking import name_the_offer
from .watching import Visitor

# A voice for browsers that have none: it says nothing, and notes what it was to say.
VOICE = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", {value: {
    speak: (one) => window.spoken.push([one.lang, one.text]),
    cancel: () => window.spoken.push("hush"),
    getVoices: () => [{lang: "es-MX", localService: false}, {lang: "es-ES", localService: HERE}],
    addEventListener: () => {},
}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture
def second_question(first_question: Page) -> Page:
    """A question with rows to choose from."""
    name_the_offer(first_question)
    expect(first_question.locator("label.row").first).to_be_visible()
    return first_question


def box(found: Locator) -> tuple[float, float, float, float]:
    found.scroll_into_view_if_needed()
    at = found.bounding_box()
    assert at
    return at["x"], at["y"], at["width"], at["height"]


def press(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def posts(page: Page) -> list[str]:
    """The forms that are sent from now on, by the ends of their addresses."""
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url.rpartition("/")[2]) if r.method == "POST" else None)
    return sent


@pytest.mark.parametrize("aside", [(10, 0), (0, 10), (-10, -5)])
def test_a_press_that_slides_within_a_row_chooses_it(second_question: Page, aside: tuple[float, float]) -> None:
    chosen = second_question.locator("label.row").nth(1)
    x, y, width, height = box(chosen)
    middle = (x + width / 2, y + height / 2)
    press(second_question, middle, (middle[0] + aside[0], middle[1] + aside[1]))
    expect(chosen.locator("input")).to_be_checked()


def test_a_press_that_slides_over_the_text_chooses_the_row_and_marks_no_text(second_question: Page) -> None:
    chosen = second_question.locator("label.row").nth(1)
    x, y, _, height = box(chosen.locator(".row-label"))
    press(second_question, (x + 5, y + height / 2), (x + 25, y + height / 2))
    expect(chosen.locator("input")).to_be_checked()
    assert second_question.evaluate("String(getSelection())") == ""


def test_a_press_that_slides_off_a_row_by_a_little_still_chooses_it(second_question: Page) -> None:
    chosen = second_question.locator("label.row").nth(1)
    x, y, _, height = box(chosen)
    press(second_question, (x + 60, y + height - 3), (x + 60, y + height + 6))
    expect(chosen.locator("input")).to_be_checked()


def test_a_press_that_ends_far_away_does_nothing(second_question: Page) -> None:
    # Acting on release: who notices in time can still slide away.
    page = second_question
    x, y, width, height = box(page.locator("label.row").nth(1))
    press(page, (x + width / 2, y + height / 2), (x + width / 2, y + 3 * height))
    expect(page.locator("input[name=choice]:checked")).to_have_count(0)
    sent = posts(page)
    x, y, width, height = box(page.get_by_role("button", name="Save and go on"))
    press(page, (x + width / 2, y + height / 2), (x + width / 2, y - 40))
    page.wait_for_timeout(200)
    assert sent == []


def test_two_quick_presses_on_a_tick_leave_it_ticked(visitor: Visitor, sorter: Sorter) -> None:
    offer = prepare(visitor, sorter, {"offer.name": "A", "trial.status": "treatment"})
    page = visitor.open(f"{offer}/questions/claims.heard")
    ticked = page.locator("label.row").first
    ticked.dblclick()
    expect(ticked.locator("input")).to_be_checked()


def test_two_quick_presses_save_once_and_press_nothing_on_the_next_page(first_question: Page) -> None:
    page = first_question
    sent = posts(page)
    page.locator("#field").fill("Drip from the talk")
    page.get_by_role("button", name="Save and go on").dblclick()
    expect(page.locator("label.row").first).to_be_visible()
    page.wait_for_timeout(300)
    assert sent == ["offer.name"]
    expect(page.locator("#error")).to_have_count(0)
    expect(page.locator("input:checked")).to_have_count(0)


def test_two_quick_taps_of_a_finger_are_one(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(has_touch=True, viewport={"width": 390, "height": 800})
    offer = prepare(visitor, sorter, {"offer.name": "A", "trial.status": "treatment"})
    page = visitor.open(f"{offer}/questions/claims.heard")
    ticked = page.locator("label.row").first
    ticked.scroll_into_view_if_needed()
    x, y, width, height = box(ticked)
    page.touchscreen.tap(x + width / 2, y + height / 2)
    page.touchscreen.tap(x + width / 2 + 3, y + height / 2 + 2)
    expect(ticked.locator("input")).to_be_checked()


def test_a_key_held_down_saves_once(first_question: Page) -> None:
    page = first_question
    sent = posts(page)
    page.locator("#field").fill("Drip from the talk")
    for _ in range(12):  # Playwright counts all but the first as repeats
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator("label.row").first).to_be_visible()
    page.wait_for_timeout(300)
    assert sent == ["offer.name"]
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("#error")).to_have_count(0)


def test_without_script_two_quick_presses_begin_one_preparation_at_a_time(welcome: Welcome) -> None:
    page = welcome(java_script_enabled=False).open()
    page.get_by_role("button", name="Start with one offer").dblclick()
    # Looked at again and again: waiting for one navigation would end with that of the first press, which is cut off.
    expect(page).to_have_url(re.compile(r"/questions/offer\.name$"))


# -- how pages look


def test_a_choice_changes_the_page_at_once_is_said_once_and_stays(first_question: Page) -> None:
    page = first_question
    page.locator("#field").fill("Half a name")
    heard, before = count_announcements(page), page.url
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    usual = page.evaluate(size)
    page.locator(".settings summary").click()
    with page.expect_response("**/reading"):
        page.get_by_role("button", name="Very large text").click()
    assert page.evaluate(size) > 1.4 * usual
    expect(page.get_by_role("button", name="Very large text")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Usual text")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(200)
    assert heard() == ["Very large text."]
    assert page.url == before
    expect(page.locator("#field")).to_have_value("Half a name")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("label.row").first).to_be_visible()
    expect(page.locator(".settings")).to_have_attribute("open", "")
    page.reload()
    assert page.evaluate(size) > 1.4 * usual


def test_two_choices_one_after_the_other_are_both_kept(visitor: Visitor) -> None:
    page = visitor.open("/about")
    page.locator(".settings summary").click()
    with page.expect_response("**/reading"):
        page.get_by_role("button", name="Dark colors").click()
    with page.expect_response("**/reading"):
        page.get_by_role("button", name="High contrast").click()
    page.reload()
    assert set(str(page.locator("html").get_attribute("class")).split()) == {"dark-colors", "high-contrast"}


def test_without_script_nothing_typed_is_lost(welcome: Welcome) -> None:
    page = welcome(java_script_enabled=False).open()
    page.get_by_role("button", name="Start with one offer").click()
    page.locator("#field").fill("Half a name")
    page.locator(".settings summary").click()
    page.get_by_role("button", name="Dark colors").click()
    expect(page.locator("html.dark-colors #field")).to_have_value("Half a name")


@pytest.mark.parametrize("device", ["light", "dark"])
@pytest.mark.parametrize("words", ["dark-colors", "light-colors", "high-contrast", "dark-colors.high-contrast"])
def test_text_stands_out_seven_to_one_however_it_is_chosen(welcome: Welcome, device: str, words: str) -> None:
    from .test_fits import contrast

    visitor = welcome(color_scheme=device)
    visitor.context.add_cookies([{"name": "which-cells.reading", "value": words, "url": visitor.address}])
    page = visitor.open("/examples/warning-sign")
    page.locator(".settings summary").click()
    for selector in ("h1", ".lead", ".small", ".button", ".go", ".note", ".choice", ".bottom p", "summary"):
        assert contrast(page, selector) >= 7, selector


# -- reading aloud


def test_where_there_is_a_voice_it_reads_heading_why_and_answers_in_the_pages_language(welcome: Welcome) -> None:
    visitor = welcome(locale="es-MX")
    visitor.context.add_init_script(VOICE.replace("HERE", "true"))
    page = visitor.open()
    page.locator(".hero .go").click()
    page.wait_for_url("**/questions/offer.name")
    page.locator("#field").fill("Suero")
    page.locator(".ask .go").click()
    aloud = page.locator("#aloud")
    expect(page.locator("label.row").first).to_be_visible()
    assert not [said for said in page.evaluate("spoken") if said != "hush"], "it reads by itself"
    aloud.click()
    said = [tuple(one) for one in page.evaluate("spoken") if one != "hush"]
    assert {lang for lang, _ in said} == {"es-ES"}
    texts = [" ".join(text.split()) for _, text in said]
    assert texts[0] == page.locator("h1").inner_text()
    assert texts[1] == page.locator(".why > p").first.inner_text()
    assert set(page.locator(".row-label").all_inner_texts()) <= set(texts)
    expect(aloud).to_have_text("Dejar de leer")
    aloud.click()
    assert page.evaluate("spoken").pop() == "hush"
    expect(aloud).to_have_text("Leer en voz alta")


NONE = "Object.defineProperty(window, 'speechSynthesis', {value: undefined})"


@pytest.mark.parametrize("script", [NONE, VOICE.replace("HERE", "false"), VOICE.replace("HERE", "true")])
def test_where_no_voice_of_the_device_speaks_the_language_there_is_no_button(welcome: Welcome, script: str) -> None:
    visitor = welcome(locale="en-US" if "true" in script else "es-MX")
    visitor.context.add_init_script(script)
    expect(visitor.open("/understand/is-it-a-cure").locator("#aloud")).to_be_hidden()


# -- pausing


def test_every_page_of_a_preparation_says_once_where_to_start_again(visitor: Visitor, sorter: Sorter) -> None:
    offer = prepare(visitor, sorter, {"offer.name": "A", "trial.status": "treatment"})
    home = re.sub("/offers/.*", "", offer)
    paths = [home, *(f"{home}/{end}" for end in ("people", "link", "keep", "compare", "you/you.priorities", "delete"))]
    paths += [f"{offer}/{end}" for end in ("questions/cells.kind", "answers", "result", "summary", "letter", "since")]
    page = visitor.open()
    for path in paths:
        page.goto(visitor.address + path)
        expect(page.locator("main .pause")).to_have_count(1)
        expect(page.locator("main .pause a").first).to_have_attribute("href", "/")
    expect(visitor.open("/about").locator(".pause")).to_have_count(0)


# What is too small to hit, or too near to another; a link within a sentence is as high as its line.
SMALL = """() => {
    const away = (e) => !e.offsetParent || e.closest("details:not([open]) > :not(summary), .sheet, .unseen, .skip");
    const alone = (e) => e.textContent.trim() === e.parentElement.textContent.trim();
    const within = (e) => getComputedStyle(e).display === "inline" && !alone(e);
    const fields = "select, textarea, input:not([type=hidden]):not(.row input)";
    return [...document.querySelectorAll(`a, button, summary, ${fields}`)].filter((e) => !away(e) && !within(e))
        .map((e) => [e.getBoundingClientRect(), e.textContent.trim() || e.name])
        .filter(([box]) => box.width < 44 || box.height < 44)
        .map(([box, name]) => `${name}: ${box.width} x ${box.height}`);
}"""


@pytest.mark.parametrize(("width", "least"), [(320, 64), (1280, 56)])
def test_what_can_be_pressed_is_large_and_apart(welcome: Welcome, sorter: Sorter, width: int, least: int) -> None:
    visitor = welcome(viewport={"width": width, "height": 800})
    offer = prepare(visitor, sorter, {"offer.name": "A", "trial.status": "treatment"})
    home = re.sub("/offers/.*", "", offer)
    page = visitor.open()
    paths = ["/", "/understand", "/trials", "/understand/two-strategies", "/open", "/bring", home, f"{home}/people"]
    paths += [f"{home}/{end}" for end in ("link", "keep", "you/you.matters")]
    paths += [f"{offer}/{end}" for end in ("questions/cells.kind", "answers", "result", "change", "letter", "since")]
    small = {}
    for path in paths:
        page.goto(visitor.address + path)
        page.locator(".settings summary").click()
        small[path] = page.evaluate(SMALL)
    assert [f"{path} {one}" for path, found in small.items() for one in found] == []
    page.goto(f"{visitor.address}{offer}/questions/cells.kind")
    boxes = [row.bounding_box() for row in page.locator("label.row").all()]
    rows = [box for box in boxes if box]
    assert min(box["height"] for box in rows) >= least
    assert min(after["y"] - box["y"] - box["height"] for box, after in pairwise(rows)) >= 12

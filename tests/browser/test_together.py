"""Two people in two browsers: what one does shows up at the other's, and disturbs nothing there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.guide.sort import Sorter

from .company import a_while_later, home_of, joined, open_with_a_clock, say
from .conftest import Welcome
from .preparing import prepare
from .serving import GuideServer
from .test_gone import NO_SERVER
from .test_smooth import count_announcements
from .walking import row
from .watching import Visitor

ANSWERS = {"offer.name": "Drip from the talk", "trial.status": "treatment", "cells.kind": "mesenchymal"}
UNHEARD = "This page no longer shows what the others do. Please load it again."


@pytest.fixture
def offer(visitor: Visitor, sorter: Sorter) -> str:
    """The first offer of a preparation just begun."""
    return prepare(visitor, sorter, ANSWERS)


@pytest.fixture
def anna(visitor: Visitor, offer: str, welcome: Welcome) -> Visitor:
    return joined(visitor, offer, welcome, "Anna")


def listen(page: Page) -> None:
    """Notes what a screen reader is told from now on: the text of everything that is added in a live region."""
    page.evaluate(
        """() => {
            window.told = [];
            for (const live of document.querySelectorAll('[role="status"]')) {
                new MutationObserver((all) => {
                    all.forEach((one) => one.addedNodes.forEach((node) => window.told.push(node.textContent.trim())));
                }).observe(live, {childList: true, subtree: true});
            }
        }"""
    )


def told(page: Page) -> str:
    return " ".join(filter(None, page.evaluate("window.told")))


# -- what one does, the other sees


def test_on_the_page_of_all_answers_they_appear_and_the_focus_stays(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter
) -> None:
    page = open_with_a_clock(visitor, offer + "/answers")
    link = page.locator("#q-cells-kind .change a")
    link.focus()
    listen(page)
    say(anna, offer, sorter, "cells.kind", "just_stem_cells")
    say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Anna answered Who offers it: Harbor Renewal")
    expect(page.locator("#q-offer-provider")).to_contain_text("Harbor Renewal")
    expect(page.locator("#q-cells-kind")).to_contain_text("You do not all say the same here.")
    expect(page.locator("#q-cells-kind dd").first).to_have_text('They would say no more than "stem cells"')
    expect(link).to_be_focused()
    assert "Anna answered" in told(page)
    assert page.title() == "Check your answers - Which Cells?"
    # A second look finds what came after, and keeps what it said before.
    say(anna, offer, sorter, "offer.country", "US")
    a_while_later(page)
    expect(page.locator("#news li")).to_have_count(3)
    expect(page.locator("#q-offer-country")).to_contain_text("United States")
    expect(link).to_be_focused()
    # What it says leads to the answer.
    page.locator("#news").get_by_role("link", name="Country").click()
    expect(page).to_have_url(re.compile("/answers#q-offer-country$"))


def test_further_down_a_page_nothing_moves(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    page = open_with_a_clock(visitor, offer + "/answers")
    page.set_viewport_size({"width": 320, "height": 480})
    kind = page.locator("#q-cells-kind")
    page.evaluate("document.getElementById('q-cells-kind').scrollIntoView({block: 'start', behavior: 'instant'})")
    before = kind.bounding_box()
    say(anna, offer, sorter, "offer.name", "The drip")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Anna answered")
    page.wait_for_timeout(300)
    after = kind.bounding_box()
    assert before
    assert after
    assert after["y"] == pytest.approx(before["y"], abs=2)


def test_the_result_follows_too(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    page = open_with_a_clock(visitor, offer + "/result")
    expect(page.locator("h1")).not_to_have_text("Warning sign")
    say(anna, offer, sorter, "cells.kind", "just_stem_cells")
    a_while_later(page)
    expect(page.locator("h1")).to_have_text("Warning sign")
    expect(page.locator("#news")).to_contain_text("Anna answered Kind of cells")
    expect(page.locator(".note", has_text="You do not all say the same.")).to_be_visible()


def test_the_overview_follows_too(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    page = open_with_a_clock(visitor, home_of(offer))
    say(anna, offer, sorter, "cells.kind", "just_stem_cells")
    a_while_later(page)
    expect(page.locator("#offer-1")).to_contain_text("On 1 question, not all say the same.")
    expect(page.locator("#news")).to_contain_text("Anna answered")


def test_on_a_question_page_nothing_that_was_begun_is_touched(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter
) -> None:
    page = open_with_a_clock(visitor, offer + "/questions/cells.kind")
    row(page, "exosomes").click()
    page.get_by_text("Notes, and who asks this").click()
    note = page.locator('[name="note"]')
    note.fill("Half a thou")
    before = {name: page.locator(name).bounding_box() for name in ("h1", "#field", "button.go")}
    say(anna, offer, sorter, "cells.kind", "just_stem_cells")
    a_while_later(page)
    news = page.locator("#news")
    expect(news).to_contain_text('Anna answered "Kind of cells": They would say no more than "stem cells"')
    expect(news.get_by_role("link")).to_have_count(0)  # nothing leads away from what was not saved
    expect(note).to_be_focused()
    note.press_sequentially("ght")
    expect(note).to_have_value("Half a thought")
    expect(row(page, "exosomes").locator("input")).to_be_checked()
    assert {name: page.locator(name).bounding_box() for name in before} == before
    # Saved now, it is no answer over an answer that nobody saw: both are shown.
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/questions/cells.kind/both")
    expect(page.locator("label.row")).to_have_count(2)
    expect(page.locator("#title")).to_be_focused()


def test_after_going_on_to_the_next_question_it_listens_there(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter
) -> None:
    page = open_with_a_clock(visitor, offer + "/questions/offer.provider")
    page.locator("#field").fill("A clinic")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: not url.endswith("offer.provider"))
    expect(page.locator("#title")).to_be_focused()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news" in request.url else None)
    say(anna, offer, sorter, "offer.country", "US")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Anna answered")
    assert len(asked) == 1  # the page before has stopped


def test_without_javascript_it_is_there_when_the_page_is_loaded_again(
    visitor: Visitor, offer: str, sorter: Sorter, welcome: Welcome
) -> None:
    anna = joined(visitor, offer, welcome, "Anna", java_script_enabled=False)
    page = anna.open(offer + "/answers")
    expect(page.locator("#unheard")).to_be_hidden()
    say(visitor, offer, sorter, "offer.provider", "Harbor Renewal")
    expect(page.get_by_text("Harbor Renewal")).to_have_count(0)
    page.reload()
    expect(page.locator("#q-offer-provider")).to_contain_text("Harbor Renewal")


def test_two_settle_what_they_differ_on_by_hand(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    page = anna.open(offer + "/questions/cells.kind")
    row(page, "just_stem_cells").click()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/both")
    page.get_by_role("link", name="Leave it open for now").click()
    expect(page.locator("#q-cells-kind")).to_contain_text("You do not all say the same here.")
    page = visitor.open(offer + "/answers")
    page.get_by_role("link", name="Look at them, and settle it").click()
    page.locator("label.row", has_text="Mesenchymal").click()
    page.get_by_role("button", name="This one holds").click()
    page.wait_for_url("**/answers")
    expect(page.get_by_text("You do not all say the same")).to_have_count(0)
    page.locator("#q-cells-kind").get_by_role("link", name="Earlier answers").click()
    expect(page.locator(".said li")).to_have_count(3)


def test_just_the_note_is_saved_in_place(first_question: Page, visitor: Visitor) -> None:
    page = first_question
    entries = page.evaluate("history.length")
    page.locator("#field").fill("Drip")
    page.get_by_text("Notes, and who asks this").click()
    page.locator('[name="note"]').fill("Ask for the name on paper")
    page.get_by_role("button", name="Save just this note").click()
    expect(page.locator("#said-note")).to_contain_text("Your note is saved.")
    expect(page.locator("#field")).to_have_value("Drip")
    expect(page.locator('[name="note"]')).to_have_value("Ask for the name on paper")
    assert page.evaluate("history.length") == entries
    expect(page).to_have_url(re.compile("/questions/offer.name$"))


def test_enter_in_a_field_saves_the_answer_and_not_just_the_note(first_question: Page) -> None:
    first_question.locator("#field").fill("Drip")
    first_question.locator("#field").press("Enter")
    first_question.wait_for_url("**/questions/trial.status")


# -- when it cannot


def test_a_link_that_is_taken_back_ends_the_news_with_one_sentence(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter
) -> None:
    anna.expects("status of 404")
    page = open_with_a_clock(anna, offer + "/answers")
    content = page.locator("#fresh").inner_text()
    heard = count_announcements(page)
    visitor.context.request.post(f"{visitor.address}{home_of(offer)}/people/2/revoke", max_retries=2)
    a_while_later(page)
    expect(page.locator("#unheard")).to_be_visible()
    expect(page.locator("#said")).to_have_text(UNHEARD)
    assert page.locator("#fresh").inner_text() == content
    assert page.title() == "Check your answers - Which Cells?"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news" in request.url else None)
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(500)
    assert asked == []
    assert heard() == [UNHEARD]
    page.reload()
    expect(page.locator("#title")).to_have_text("We cannot open this page here")


def test_while_the_server_is_away_nothing_is_said_and_news_come_when_it_is_back(
    tmp_path: Path, welcome: Welcome, sorter: Sorter
) -> None:
    server = GuideServer(tmp_path)
    server.start()
    try:
        visitor = welcome(address=server.address)
        visitor.expects(NO_SERVER)
        offer = prepare(visitor, sorter, ANSWERS)
        anna = joined(visitor, offer, welcome, "Anna")
        page = open_with_a_clock(visitor, offer + "/questions/offer.country")
        row(page, "not_asked").click()
        heard = count_announcements(page)
        server.stop()
        for _ in range(3):
            with page.expect_event("requestfailed"):
                page.clock.fast_forward(15_500)
        page.wait_for_timeout(300)
        assert heard() == []
        expect(page.locator("#offline")).to_be_hidden()
        expect(page.locator("#unheard")).to_be_hidden()
        expect(row(page, "not_asked").locator("input")).to_be_checked()
        server.start()
        say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
        a_while_later(page)
        expect(page.locator("#news")).to_contain_text("Harbor Renewal")
    finally:
        server.stop()


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_an_error_is_not_taken_for_news(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter, status: int
) -> None:
    visitor.expects(f"status of {status}")
    page = open_with_a_clock(visitor, offer + "/answers")
    heard = count_announcements(page)
    body = "<title>Oh</title><main id=main data-refused><h1>No</h1><p>Not now</p></main><div id=news>No</div>"
    page.route(re.compile("/news"), lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    for _ in range(2):
        a_while_later(page)
    page.wait_for_timeout(300)
    assert heard() == []
    assert page.locator("#news").inner_text().strip() == ""
    assert page.title() == "Check your answers - Which Cells?"
    page.unroute(re.compile("/news"))
    say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Harbor Renewal")


def test_what_is_asked_for_anew_and_does_not_come_changes_nothing(
    visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter
) -> None:
    visitor.expects("status of 503")
    page = open_with_a_clock(visitor, offer + "/answers")
    content = page.locator("#fresh").inner_text()
    page.route(re.compile("/answers$"), lambda route: route.fulfill(status=503, body="<h1>No</h1>"))
    say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Harbor Renewal")
    page.wait_for_timeout(300)
    assert page.locator("#fresh").inner_text() == content
    assert page.title() == "Check your answers - Which Cells?"


def test_a_page_in_the_background_does_not_ask(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    page = open_with_a_clock(visitor, offer + "/answers")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true")
    say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
    page.clock.fast_forward(15_500)
    page.wait_for_timeout(500)
    assert asked == []
    page.evaluate("window.away = false")
    a_while_later(page)
    expect(page.locator("#news")).to_contain_text("Harbor Renewal")


def test_whoever_is_alone_asks_for_no_news(visitor: Visitor, offer: str) -> None:
    page = open_with_a_clock(visitor, offer + "/answers")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news" in request.url else None)
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(500)
    assert asked == []


def test_really_after_a_quarter_of_a_minute(visitor: Visitor, offer: str, anna: Visitor, sorter: Sorter) -> None:
    """Once without a clock of our own."""
    page = visitor.open(offer + "/answers")
    say(anna, offer, sorter, "offer.provider", "Harbor Renewal")
    expect(page.locator("#q-offer-provider")).to_contain_text("Harbor Renewal", timeout=25_000)

"""Turned away: too often, too much, or by somebody between us. What was written stays, and the page says why."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Welcome
from .serving import GuideServer
from .walking import begin, name_the_offer, row
from .watching import Visitor

TOO_OFTEN = "Many requests came from where you are. Nothing is lost. Please wait a minute and press the button again."
TOO_LARGE = "That was too much text to take in one go. Please shorten the text, and save again."
NOT_REACHED = "We could not reach the guide. Your answer is still here. Please try again."


@pytest.fixture
def strict_server(tmp_path: Path) -> Iterator[GuideServer]:
    """A server that takes six answers a minute."""
    server = GuideServer(tmp_path, WHICH_CELLS_LIMITS="0.01")
    server.start()
    yield server
    server.stop()


def spend(server: GuideServer) -> None:
    """Others in the same network send so much that no more is taken."""
    for _ in range(6):
        with pytest.raises(urllib.error.HTTPError, match=r"404|429"):
            urllib.request.urlopen(f"{server.address}/no/such/page", data=b"", timeout=5)  # noqa: S310


def press_save(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def says_so_and_keeps_the_form(page: Page, words: str, title: str) -> None:
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline")).to_have_text(words)
    expect(page.locator("#said")).to_have_text(words)
    expect(page).to_have_title(title)


def test_too_often_is_said_beside_the_answer_which_stays(strict_server: GuideServer, welcome: Welcome) -> None:
    visitor = welcome(address=strict_server.address)
    visitor.expects("status of 429")
    page = visitor.open()
    begin(page)
    name_the_offer(page)
    spend(strict_server)
    title, entries = page.title(), page.evaluate("history.length")
    row(page, "treatment").click()
    press_save(page)
    says_so_and_keeps_the_form(page, TOO_OFTEN, title)
    expect(row(page, "treatment").locator("input")).to_be_checked()
    assert page.evaluate("history.length") == entries


def test_without_script_the_page_sends_the_answer_again_and_back_still_has_it(
    strict_server: GuideServer, welcome: Welcome
) -> None:
    visitor = welcome(address=strict_server.address, java_script_enabled=False)
    visitor.expects("status of 429")
    page = visitor.open()
    begin(page)
    name_the_offer(page)
    spend(strict_server)
    row(page, "treatment").click()
    with page.expect_navigation() as first:
        press_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Many requests came from where you are")
    with page.expect_navigation() as second:
        page.get_by_role("button", name="Send it again").click()
    sent = [(found.value.request.url, found.value.request.post_data) for found in (first, second)]
    assert sent[0] == sent[1]
    assert "choice=treatment" in str(sent[0][1])
    while page.get_by_role("button", name="Send it again").count():
        page.go_back()
    expect(row(page, "treatment").locator("input")).to_be_checked()


def test_too_much_text_is_said_beside_it_and_none_of_it_goes(visitor: Visitor, first_question: Page) -> None:
    visitor.expects("status of 413")
    page = first_question
    title, long = page.title(), "x" * 3_000_000
    page.locator("#field").evaluate("(field, text) => { field.value = text; }", long)
    press_save(page)
    says_so_and_keeps_the_form(page, TOO_LARGE, title)
    assert page.locator("#field").input_value() == long
    page.locator("#field").fill("Short")
    press_save(page)
    expect(page).not_to_have_title(title)
    expect(page.locator("#offline")).to_be_hidden()


def test_an_error_page_that_is_not_ours_takes_the_place_of_nothing(visitor: Visitor, first_question: Page) -> None:
    visitor.expects("status of 502")
    page = first_question
    title = page.title()
    page.locator("#field").fill("Drip from the talk")
    page.route("**/questions/*", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    press_save(page)
    says_so_and_keeps_the_form(page, NOT_REACHED, title)
    expect(page.locator("#field")).to_have_value("Drip from the talk")
    page.unroute("**/questions/*")
    press_save(page)
    expect(page).not_to_have_title(title)

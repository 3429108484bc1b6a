"""In the middle of it the server goes away, or the CDN: nothing is lost, and one can go on."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Welcome
from .serving import GuideServer
from .walking import begin, name_the_offer, row, save
from .watching import Visitor, cdn_is_down

NO_SERVER = r"net::ERR_CONNECTION_REFUSED|Failed to fetch"
NO_SCRIPT = r"net::ERR_FAILED"
NOT_REACHED = "We could not reach the guide. Your answer is still here. Please try again."


@pytest.fixture
def own_server(tmp_path: Path) -> GuideServer:
    """A server that a test may stop."""
    return GuideServer(tmp_path)


def test_a_server_that_is_gone_is_said_plainly_and_the_answer_is_still_there_when_it_is_back(
    own_server: GuideServer, welcome: Welcome
) -> None:
    own_server.start()
    try:
        visitor = welcome(address=own_server.address)
        visitor.expects(NO_SERVER)
        page = visitor.open()
        begin(page)
        name_the_offer(page)
        own_server.stop()
        row(page, "treatment").click()
        page.get_by_role("button", name="Save and go on").click()
        expect(page.locator("#offline")).to_be_visible()
        expect(page.locator("#offline")).to_have_text(NOT_REACHED)
        expect(page.locator("#said")).to_have_text(NOT_REACHED)
        expect(row(page, "treatment").locator("input")).to_be_checked()
        own_server.start()
        save(page)
        expect(page).to_have_url(re.compile("/questions/cells.kind$"))
        expect(page.locator("#offline")).to_be_hidden()
    finally:
        own_server.stop()


def test_the_back_button_works_when_the_script_from_the_cdn_is_gone_by_then(
    visitor: Visitor, first_question: Page
) -> None:
    visitor.expects(NO_SCRIPT)
    page = first_question
    name_the_offer(page)
    row(page, "treatment").click()
    save(page)
    visitor.cdn = cdn_is_down
    page.go_back()
    expect(row(page, "treatment").locator("input")).to_be_checked()
    page.wait_for_load_state()
    page.go_back()
    page.wait_for_url("**/questions/offer.name")
    expect(page.locator("input#field")).to_have_value("Drip from the talk", timeout=3_000)

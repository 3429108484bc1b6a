"""The switch in a browser: with a script and without, and after htmx has put other pages in place."""

import pytest
from playwright.sync_api import expect

from .conftest import Welcome
from .walking import begin, name_the_offer


@pytest.mark.parametrize("script", [True, False])
def test_what_was_typed_is_still_there_in_the_other_language(welcome: Welcome, script: bool) -> None:
    page = welcome(java_script_enabled=script).open()
    begin(page)
    page.locator("#field").fill("Half a nam")
    address = page.url
    page.get_by_role("button", name="Espa\u00f1ol").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("#field")).to_have_value("Half a nam")
    assert page.url == address
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#field")).to_have_value("Half a nam")


def test_the_switch_goes_along_with_the_page(welcome: Welcome) -> None:
    page = welcome().open()
    begin(page)
    name_the_offer(page)
    address = page.url
    page.get_by_role("button", name="Espa\u00f1ol").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url == address
    page.goto(address.partition("/questions/")[0] + "/answers")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/answers")


def test_a_browser_that_asks_for_spanish_is_answered_in_it(welcome: Welcome) -> None:
    page = welcome(locale="es-MX").open()
    expect(page.locator("html")).to_have_attribute("lang", "es")

"""Saving, deleting and bringing back, as a person does it, with JavaScript and without."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.guide.sort import Sorter

from .conftest import Welcome
from .preparing import prepare


@pytest.mark.parametrize("scripted", [True, False], ids=["javascript", "no_javascript"])
def test_a_preparation_is_saved_deleted_and_brought_back(
    scripted: bool, welcome: Welcome, sorter: Sorter, tmp_path: Path
) -> None:
    visitor = welcome(java_script_enabled=scripted)
    visitor.expects("status of 404")
    checked = sorter.vocabulary.checked
    example = sorter.pack.examples[0]
    offer = prepare(visitor, sorter, checked(example.answers), checked(example.you))
    page = visitor.open(f"{offer}/summary")
    before = page.locator(".sheet").inner_text()
    page.goto(visitor.address + offer.removesuffix("/offers/1"))
    page.get_by_role("link", name="Keep or move your answers").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save everything as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page.get_by_role("link", name="Delete this preparation").click()
    page.get_by_role("button", name="Delete it all now").click()
    expect(page.locator("#title")).to_have_text("It is gone")
    page.goto(f"{visitor.address}{offer}/summary")
    expect(page.locator("#title")).to_have_text("We cannot open this page here")
    page.get_by_role("link", name="To the start page").click()
    page.get_by_role("link", name="Bring back saved answers").click()
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Bring them back").click()
    expect(page.locator("#title")).to_have_text("Your preparation")
    page.locator('a[href$="/summary"]').click()
    page.wait_for_url("**/summary")
    assert page.locator(".sheet").inner_text() == before

"""From a number to its record and an answer, without JavaScript; and the page of known trials."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_register import NUMBER, LocalRegister, made_up
from playwright.sync_api import expect

from app.guide.pack import Pack
from app.guide.sort import Sorter

from .conftest import Welcome
from .preparing import prepare
from .serving import GuideServer
from .walking import question_id, row, save

TOLD = {
    "offer.name": "Drip from the talk",
    "trial.status": "regulated_trial",
    "offer.provider": "Alder Hill Hospital",
    "offer.country": "US",
    "cells.kind": "dopamine_cells_from_ips",
    "trial.sponsor": "company_developing_the_product",
}


@pytest.fixture
def asking_server(tmp_path: Path, register: LocalRegister) -> Iterator[GuideServer]:
    """A guide that looks numbers up at a register of our own."""
    register.holds(made_up())
    address = register.address
    guide = GuideServer(tmp_path, WHICH_CELLS_LOOK_UP="true", WHICH_CELLS_LOOK_UP_ADDRESS=address)
    guide.start()
    yield guide
    guide.stop()


@pytest.mark.parametrize("scripted", [False, True], ids=["no_javascript", "javascript"])
def test_a_number_is_given_looked_up_compared_and_confirmed(
    scripted: bool, asking_server: GuideServer, register: LocalRegister, welcome: Welcome, sorter: Sorter
) -> None:
    visitor = welcome(address=asking_server.address, java_script_enabled=scripted)
    offer = prepare(visitor, sorter, TOLD)
    page = visitor.open(f"{offer}/questions/trial.number")
    page.locator('[name="text"]').fill(f"https://register.example/study/{NUMBER.lower()}?rank=1")
    row(page, "given").click()
    save(page)
    # Whatever comes next: the record is offered on its own question, and in the answers.
    page.goto(f"{visitor.address}{offer}/answers")
    expect(page.locator("main")).to_contain_text(NUMBER)
    page.get_by_role("link", name="What its public record says").click()
    page.wait_for_url("**/record")
    expect(page.locator("main")).to_contain_text("It sends the number and nothing else")
    assert register.asked == []
    page.get_by_role("button", name="Look it up at ClinicalTrials.gov").click()
    expect(page.locator("#line-clinic")).to_contain_text("This name is among its places.")
    assert page.url.endswith("/record")
    assert [asked.path for asked in register.asked] == [f"/api/v2/studies/{NUMBER}"]
    assert "cookie" not in register.asked[0].headers
    assert "referer" not in register.asked[0].headers
    expect(row(page, "matches").locator("input")).to_be_checked()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: not url.endswith("/record"))
    assert "/questions/" not in page.url or question_id(page) != "trial.record_matches"
    page.goto(f"{visitor.address}{offer}/answers")
    expect(page.locator("main")).to_contain_text("Yes, all of it matches")


def test_known_trials_are_filtered_without_javascript(welcome: Welcome, pack: Pack) -> None:
    visitor = welcome(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = visitor.open("/understand")
    page.get_by_role("link", name="Known trials").first.click()
    page.wait_for_url("**/trials")
    expect(page.locator(".trial")).to_have_count(len(pack.trials.trials))
    page.get_by_label("Country").select_option("JP")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**country=JP*")
    expect(page.locator(".trial")).to_have_count(1)
    page.locator(".trial summary").click()
    expect(page.locator(".trial")).to_contain_text("7 people")
    page.get_by_label("Phase").select_option("3")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#count")).to_contain_text("None of the trials that we know of fits all of this.")
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url(re.compile("/trials$"))
    expect(page.locator(".trial")).to_have_count(len(pack.trials.trials))

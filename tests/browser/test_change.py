"""Changing an answer that others rest on: said beforehand, shown as set aside, and back when it is changed back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.guide.pack import Pack
from app.guide.sort import Sorter

from .conftest import Welcome
from .preparing import prepare
from .walking import Answers, question_id, row, save

WAY = "where.delivery"
REACH = "where.reach"  # asked only when the cells do not go into the brain by surgery


def open_question(page: Page, question: str) -> None:
    page.goto(f"{page.url.partition('/offers/1')[0]}/offers/1/questions/{question}")


def open_check_page(page: Page) -> None:
    page.goto(f"{page.url.partition('/offers/1')[0]}/offers/1/answers")


def set_aside(page: Page) -> Locator:
    return page.get_by_role("region", name="Set aside")


@pytest.fixture(params=[True, False], ids=["javascript", "no_javascript"])
def answered(request: pytest.FixtureRequest, welcome: Welcome, sorter: Sorter) -> Page:
    """A preparation in which the way into the body has been answered, and what rests on it."""
    visitor = welcome(java_script_enabled=request.param)
    answers = {"offer.name": "Drip", "trial.status": "not_asked", WAY: "vein", REACH: "general_idea"}
    return visitor.open(prepare(visitor, sorter, answers) + "/answers")


def change_way(page: Page, value: str) -> None:
    open_question(page, WAY)
    row(page, value).click()
    save(page)


def test_the_question_says_beforehand_what_a_change_may_set_aside(answered: Page, pack: Pack) -> None:
    open_question(answered, WAY)
    note = answered.locator("form .note")
    expect(note).to_contain_text("Other answers rest on this one")
    expect(note).to_contain_text(pack.questions[REACH].short.lower()[1:])


def test_a_question_that_nothing_rests_on_says_nothing_of_the_kind(answered: Page) -> None:
    open_question(answered, REACH)
    expect(answered.locator("form .note")).to_have_count(0)


def test_an_answer_that_is_set_aside_is_shown_as_such_and_not_among_those_that_count(
    answered: Page, pack: Pack
) -> None:
    change_way(answered, "brain_surgery")
    open_check_page(answered)
    question = pack.questions[REACH].question
    expect(set_aside(answered)).to_contain_text(question)
    expect(set_aside(answered)).to_contain_text("They gave me a general idea, but no study")
    expect(answered.locator("dt").filter(has_text=question)).to_have_count(1)


def test_what_was_set_aside_comes_back_when_the_change_is_undone(answered: Page, pack: Pack) -> None:
    change_way(answered, "brain_surgery")
    change_way(answered, "vein")
    open_check_page(answered)
    expect(set_aside(answered)).to_have_count(0)
    expect(answered.locator("dt").filter(has_text=pack.questions[REACH].question)).to_have_count(1)
    open_question(answered, REACH)
    expect(row(answered, "general_idea").locator("input")).to_be_checked()


def test_a_question_that_is_set_aside_leads_to_where_one_is_with_a_sentence(answered: Page) -> None:
    change_way(answered, "brain_surgery")
    open_question(answered, REACH)
    assert question_id(answered) != REACH
    expect(answered.get_by_role("note")).to_contain_text("is not asked right now, because of your other answers")


def test_a_change_from_the_check_page_leads_back_there_once_nothing_more_is_needed(
    welcome: Welcome, sorter: Sorter, witnesses: dict[str, Answers]
) -> None:
    visitor = welcome()
    answers = {"offer.name": "Drip", "trial.status": "treatment", "cells.kind": "exosomes", **witnesses["warning_sign"]}
    page = visitor.open(prepare(visitor, sorter, answers) + "/result")
    page.get_by_role("link", name="Check or change answers").click()
    page.get_by_role("link", name=re.compile("^Change ?: Kind of cells$")).click()
    page.wait_for_load_state()
    row(page, "mesenchymal").click()
    save(page)
    page.wait_for_url("**/answers")
    expect(page.locator("#title")).to_have_text("Check your answers")
    expect(page.locator("dd").filter(has_text="MSC")).to_have_count(1)

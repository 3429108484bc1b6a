"""With JavaScript: what a page put in place has to do as well as a page loaded, and a little better."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .walking import name_the_offer, row, save
from .watching import Visitor

SAVED = "Saved."
# The browser notes each answer of these kinds in its console; the tests below ask for them.
NOT_TAKEN = r"status of 422"


def count_announcements(page: Page) -> Callable[[], list[str]]:
    """Counts what the live region says from now on."""
    page.evaluate(
        """() => {
            window.heard = [];
            const said = document.getElementById("said");
            new MutationObserver(() => { if (said.textContent) { window.heard.push(said.textContent); } })
                .observe(said, {childList: true, characterData: true, subtree: true});
        }"""
    )
    return lambda: page.evaluate("window.heard")


def answers_on_check_page(page: Page) -> list[str]:
    """What the check-your-answers page lists, in a page of its own."""
    home = page.url.partition("/questions/")[0]
    other = page.context.new_page()
    other.goto(f"{home}/answers")
    listed = other.locator(".answers dd:not(.change)").all_inner_texts()
    other.close()
    return listed


def test_after_saving_the_new_heading_has_the_focus_and_the_title_follows_it(first_question: Page) -> None:
    page = first_question
    before = page.title()
    name_the_offer(page)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    assert page.title() == f"{heading.inner_text()} - Which Cells?" != before
    assert page.evaluate("window.scrollY") == 0


def test_saved_is_said_once_for_each_answer(first_question: Page) -> None:
    page = first_question
    heard = count_announcements(page)
    name_the_offer(page)
    page.wait_for_timeout(300)  # long enough for a second one to follow
    assert heard() == [SAVED]
    row(page, "treatment").click()
    save(page)
    page.wait_for_timeout(300)
    assert heard() == [SAVED, SAVED]


def test_saved_is_not_said_when_nothing_was(visitor: Visitor, first_question: Page) -> None:
    visitor.expects(NOT_TAKEN)
    page = first_question
    heard = count_announcements(page)
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#error")).to_be_focused()
    page.wait_for_timeout(300)
    assert heard() == []


def test_the_back_button_shows_the_question_before_with_its_answer(first_question: Page) -> None:
    page = first_question
    name_the_offer(page)
    row(page, "treatment").click()
    save(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/questions/trial.status$"))
    expect(row(page, "treatment").locator("input")).to_be_checked()
    page.wait_for_load_state()
    page.go_back()
    expect(page.locator("input#field")).to_have_value("Drip from the talk")
    expect(page).to_have_url(re.compile("/questions/offer.name$"))


def test_our_own_way_back_shows_the_question_before_with_its_answer(first_question: Page) -> None:
    page = first_question
    name_the_offer(page)
    page.get_by_role("link", name="Back", exact=True).click()
    page.wait_for_url("**/questions/offer.name")
    expect(page.locator("input#field")).to_have_value("Drip from the talk")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_double_click_saves_once_and_goes_one_question_on(first_question: Page) -> None:
    page = first_question
    name_the_offer(page)
    row(page, "treatment").click()
    before, entries = page.title(), page.evaluate("history.length")
    page.get_by_role("button", name="Save and go on").dblclick()
    expect(page).not_to_have_title(before)
    page.wait_for_timeout(500)  # long enough for a second answer to do its harm
    expect(page).to_have_url(re.compile("/questions/cells.kind$"))
    expect(page.locator("#error")).to_have_count(0)
    assert page.evaluate("history.length") == entries + 1
    assert len(answers_on_check_page(page)) == 2


def test_enter_held_down_saves_once_and_goes_one_question_on(first_question: Page) -> None:
    page = first_question
    entries = page.evaluate("history.length")
    page.locator("#field").fill("Drip from the talk")
    for _ in range(15):  # a key held down repeats: down, down, down, and up at last
        page.keyboard.down("Enter")
        page.wait_for_timeout(33)
    page.keyboard.up("Enter")
    page.wait_for_timeout(500)
    expect(page).to_have_url(re.compile("/questions/trial.status$"))
    expect(page.locator("#error")).to_have_count(0)
    assert page.evaluate("history.length") == entries + 1
    assert len(answers_on_check_page(page)) == 1


def test_nothing_chosen_leads_to_a_summary_of_the_error_and_from_there_to_the_field(
    visitor: Visitor, first_question: Page
) -> None:
    visitor.expects(NOT_TAKEN)
    page = first_question
    name_the_offer(page)
    page.get_by_role("button", name="Save and go on").click()
    error = page.locator("#error")
    expect(error).to_be_focused()
    expect(page).to_have_title(re.compile("^Please look again: "))
    error.get_by_role("link").click()
    page.keyboard.press("Tab")
    expect(page.locator("#field input").first).to_be_focused()


def test_what_was_typed_stays_when_it_cannot_be_kept(visitor: Visitor, first_question: Page) -> None:
    visitor.expects(NOT_TAKEN)
    page = first_question
    name_the_offer(page)
    row(page, "regulated_trial").click()
    save(page)
    number = f"{page.url.partition('/questions/')[0]}/questions/trial.number"
    page.goto(number)
    page.locator('[name="text"]').fill("NCT 12")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#error")).to_contain_text('"NCT 12" does not have the form of a number we know')
    expect(page.locator('[name="text"]')).to_have_value("NCT 12")
    expect(row(page, "given").locator("input")).to_be_checked()


def test_typing_a_number_chooses_the_answer_it_belongs_to(first_question: Page) -> None:
    page = first_question
    name_the_offer(page)
    row(page, "regulated_trial").click()
    save(page)
    page.goto(f"{page.url.partition('/questions/')[0]}/questions/trial.number")
    row(page, "not_asked").click()
    page.locator('[name="text"]').press_sequentially("N")
    expect(row(page, "given").locator("input")).to_be_checked()


def test_a_country_and_an_answer_like_not_asked_yet_clear_each_other(first_question: Page) -> None:
    page = first_question
    name_the_offer(page)
    page.goto(page.url.replace("trial.status", "offer.country"))
    row(page, "not_asked").click()
    page.locator("#country").select_option("JP")
    expect(row(page, "not_asked").locator("input")).not_to_be_checked()
    row(page, "unsure").click()
    expect(page.locator("#country")).to_have_value("")


def test_who_leaves_and_comes_back_finds_the_offer_and_the_question_to_go_on_with(
    visitor: Visitor, first_question: Page
) -> None:
    name_the_offer(first_question, "Drip & talk <b>")
    left_at = first_question.url
    first_question.close()
    page = visitor.open()
    page.get_by_role("link", name="Drip & talk <b>").click()
    page.wait_for_url(left_at)

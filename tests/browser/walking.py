"""Answering as a person does: looks at the page, fills what it asks, saves, and waits for what follows."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from app.guide.answers import Answer
from app.guide.models import Question
from app.guide.pack import Pack

Answers = Mapping[str, Answer]


def begin(page: Page) -> None:
    """From the start page to the first question."""
    page.get_by_role("button", name="Start with one offer").click()
    page.wait_for_url("**/questions/offer.name")
    page.wait_for_load_state()


def question_id(page: Page) -> str:
    """The question that the address names."""
    return page.url.partition("/questions/")[2].partition("?")[0]


def row(page: Page, value: str) -> Locator:
    """The whole row of an answer."""
    return page.locator("label.row").filter(has=page.locator(f'input[value="{value}"]'))


def save(page: Page) -> None:
    """Saves and waits until another page is there, loaded or put in place."""
    before, title = page.url, page.title()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: url != before)
    expect(page).not_to_have_title(title)


def fill(page: Page, question: Question, answer: Answer) -> None:
    """Enters one answer, by clicking on rows and typing into fields."""
    if question.kind == "scale_each":
        assert isinstance(answer, dict)
        for name, point in answer.items():
            page.locator(f'label.row:has(input[name="row.{name}"][value="{point}"])').click()
    elif question.kind == "text_list":
        for field, line in zip(page.locator('input[name="line"]').all(), answer, strict=False):
            field.fill(line)
    elif question.kind == "date":
        for field, part in zip(("year", "month", "day"), str(answer).split("-"), strict=True):
            page.locator(f'input[name="{field}"]').fill(part)
    elif isinstance(answer, list):
        for chosen in answer:
            row(page, chosen).click()
    elif row(page, answer).count():
        row(page, answer).click()
    elif question.kind == "country":
        page.locator("#country").select_option(answer)
    else:
        typed = page.locator('[name="text"]')
        typed.fill(answer)
        # Without JavaScript nobody else chooses the answer that the number belongs to.
        if question.kind == "register_number" and not row(page, "given").locator("input").is_checked():
            row(page, "given").click()


def name_the_offer(page: Page, name: str = "Drip from the talk") -> None:
    """Answers the first question; the second one is there afterwards."""
    page.locator("#field").fill(name)
    save(page)
    expect(page).to_have_url(re.compile("/questions/trial.status$"))


def walk(page: Page, pack: Pack, answers: Answers) -> dict[str, Answer]:
    """Answers what is asked until the questions end; returns all answers, in the order of asking."""
    given: dict[str, Answer] = {}
    while "/questions/" in page.url:
        question = pack.questions[question_id(page)]
        assert question.id not in given, f"asked twice: {question.id}"
        given[question.id] = answers.get(question.id, otherwise(question))
        fill(page, question, given[question.id])
        save(page)
    return given


def otherwise(question: Question) -> Answer:
    """What somebody says who was told nothing."""
    if question.kind == "text":
        return "Drip from the talk" if question.required else ""
    if question.takes_standing:
        return "not_asked"
    # The last option is the mildest one where "I have not asked yet" makes no sense.
    return [question.options[-1].id] if question.kind == "many" else question.options[-1].id

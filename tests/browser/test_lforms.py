"""Our FHIR forms in NLM's LForms: the same questions for the same answers, and the answers back without loss."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from summary.formats.answering import random_answers

from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.summary.formats.questionnaire import questionnaire
from app.summary.formats.response import answers_of, response

from .lforms import FOLDER, LForms

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="NLM's LForms is not installed: run make lforms, which needs npm"
)
PACKAGE = FOLDER.parents[3] / "package.json"


@pytest.fixture(scope="module")
def walker(sorter: Sorter) -> Walker:
    return Walker(sorter)


@pytest.fixture(scope="module")
def form(pack: Pack) -> dict[str, Any]:
    return questionnaire(pack)


@pytest.fixture
def lforms(browser: Browser) -> Iterator[LForms]:
    """LForms on a page of its own; whatever it fetched from elsewhere, or failed at, fails the test."""
    shown = LForms(browser)
    yield shown
    shown.page.close()
    assert shown.foreign == []
    assert shown.faults == []


def parted(pack: Pack, answers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    about = {q: a for q, a in answers.items() if q not in pack.personal}
    return about, {q: a for q, a in answers.items() if q in pack.personal}


def asked_in(pack: Pack, lforms: LForms) -> set[str]:
    """The questions about the offer that LForms shows."""
    return {q for q in lforms.visible() if q in pack.questions and q not in pack.personal}


def sets_of_answers(pack: Pack) -> list[dict[str, Any]]:
    """Nothing, the examples, every way into the offer with the rest at random, and answers of every kind at random."""
    random = Random(3)  # noqa: S311
    found: list[dict[str, Any]] = [{}, *({**e.answers, **e.you} for e in pack.examples)]
    status = pack.questions["trial.status"]
    for answer in [*(o.id for o in status.options), *pack.standing]:
        found.append({**one_line(random_answers(pack, random)), "trial.status": answer})
    return found + [one_line(random_answers(pack, random, share=0.9)) for _ in range(12)]


def one_line(answers: dict[str, Any]) -> dict[str, Any]:
    """Texts as they fit a field of one line, which in a browser holds no line ends."""

    def flat(value: Any) -> Any:
        if isinstance(value, list):
            return [flat(item) for item in value]
        return value.replace("\n", " ") if isinstance(value, str) else value

    return {q: a if q == "visit.notes" else flat(a) for q, a in answers.items()}


def test_it_is_the_version_that_we_pinned(lforms: LForms) -> None:
    assert json.loads(PACKAGE.read_text(encoding="utf-8"))["dependencies"] == {"lforms": lforms.version}


def test_an_empty_form_shows_what_the_guide_asks_first_and_every_section(
    lforms: LForms, walker: Walker, form: dict[str, Any]
) -> None:
    lforms.show(form)
    assert asked_in(walker.pack, lforms) == set(walker.walk({}).asked)
    assert {section.id for section, _ in walker.pack.sections} <= lforms.visible()
    expect(lforms.page.locator("#form")).to_contain_text(walker.pack.questions["cells.kind"].why.text)
    said = lforms.response()
    assert "item" not in said


def test_for_the_same_answers_it_shows_the_same_questions_and_gives_the_answers_back(
    lforms: LForms, walker: Walker, form: dict[str, Any]
) -> None:
    pack, shown = walker.pack, set()
    for answers in sets_of_answers(pack):
        about, you = parted(pack, walker.sorter.vocabulary.checked(answers))
        lforms.show(form, response(walker, about, you))
        walk = walker.walk(about)
        assert asked_in(pack, lforms) == set(walk.asked), answers
        counting = {q: about[q] for q in walk.answered} | you
        assert answers_of(walker.sorter.vocabulary, lforms.response()) == (counting, [])
        shown.add(walk.asked)
    assert len(shown) > 8


def test_somebody_who_fills_it_in_by_hand_is_led_as_the_guide_leads(
    lforms: LForms, walker: Walker, form: dict[str, Any]
) -> None:
    pack, page = walker.pack, lforms.page
    lforms.show(form)

    def label(question_id: str, token: str) -> str:
        option = pack.questions[question_id].option(token)
        return option.label if option else pack.standing[token].label

    def choose(question_id: str, token: str) -> None:
        row = page.locator(f'[id^="item-{question_id}/"]')
        row.locator("label").filter(has_text=label(question_id, token)).first.click()

    answers: dict[str, Any] = {}
    for question_id, token in (
        ("trial.status", "regulated_trial"),
        ("trial.number", "refused"),
        ("trial.status", "unsure"),
        ("trial.status", "treatment"),
        ("where.delivery", "vein"),
        ("where.delivery", "not_asked"),
        ("cells.source", "donor"),
    ):
        choose(question_id, token)
        answers[question_id] = token
        expect(page.locator(f'[id^="label-{question_id}/"]').first).to_be_visible()
        assert asked_in(pack, lforms) == set(walker.walk(answers).asked), answers
    # What LForms set aside is not among what it gives back, as FHIR wants it.
    walk = walker.walk(answers)
    assert walk.set_aside == ("trial.number",)
    expected = {q: answers[q] for q in walk.answered}
    assert answers_of(walker.sorter.vocabulary, lforms.response()) == (expected, [])


def test_a_number_is_asked_for_once_there_is_one(lforms: LForms, walker: Walker, form: dict[str, Any]) -> None:
    pack, page = walker.pack, lforms.page
    about = {"offer.name": "Mine", "trial.status": "regulated_trial", "trial.number": "refused"}
    lforms.show(form, response(walker, about, {}))
    assert "trial.number-number" not in lforms.visible()
    row = page.locator('[id^="item-trial.number/"]')
    row.locator("label").filter(has_text=pack.questions["trial.number"].options[0].label).first.click()
    field = page.locator('[id^="item-trial.number-number/"] input')
    field.wait_for()
    assert "trial.record_matches" not in lforms.visible()
    field.fill("NCT01234567")
    field.blur()
    page.locator('[id^="label-trial.record_matches/"]').wait_for()
    about["trial.number"] = "NCT01234567"
    assert asked_in(pack, lforms) == set(walker.walk(about).asked)
    assert answers_of(walker.sorter.vocabulary, lforms.response()) == (about, [])

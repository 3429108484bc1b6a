"""Asking, one question a page: each is shown, takes all its answers, and keeps them at once."""

from itertools import pairwise
from typing import Any

import pytest
from databases import rows

from app.guide.pack import Pack, load_pack
from app.settings import ROOT

from .conftest import Visitor, form_of, possible_answers, way_to
from .html import Page

PACK = load_pack(ROOT / "questions" / "parkinsons")
STANDING = ["not_asked", "unsure", "no_clear_answer"]


def sent(visitor: Visitor, question_id: str, answer: Any) -> list[tuple[str, str]]:
    """Names and values that a browser sends for an answer, in no order."""
    fields = form_of(visitor.walker, question_id, answer)
    pairs = [(name, v) for name, value in fields.items() for v in (value if isinstance(value, list) else [value])]
    return sorted(pairs)


@pytest.mark.parametrize("question_id", PACK.questions)
def test_a_question_is_shown_and_takes_every_answer(passer_by: Visitor, question_id: str) -> None:
    pack, question = passer_by.walker.pack, PACK.questions[question_id]
    passer_by.fill(way_to(pack, question_id))
    address = passer_by.address(question_id)
    empty = passer_by.see(address)
    assert not empty.faults
    assert empty.headings == [question.question]
    assert empty.ask.action == address
    assert empty.ask.method == "post"
    assert empty.ask.filled == []
    answers = possible_answers(pack, question)
    for answer in answers:
        leads = passer_by.answer(question_id, answer)
        assert leads.startswith(passer_by.home)
        record = passer_by.store.read(passer_by.key).mine if question_id in pack.personal else None
        kept = record.answers if record else passer_by.saved()
        assert kept[question_id] == answer
        if answer in (answers[0], answers[-1]):
            # What stands in the form afterwards is what was sent.
            assert sorted(passer_by.see(address).ask.filled) == sent(passer_by, question_id, answer)


@pytest.mark.parametrize("question_id", PACK.questions)
def test_a_question_says_what_it_is_for_and_offers_every_option(passer_by: Visitor, question_id: str) -> None:
    question = PACK.questions[question_id]
    passer_by.fill(way_to(PACK, question_id))
    page = passer_by.see(passer_by.address(question_id))
    for says in (question.why.text, question.clear, question.vague, question.who):
        assert " ".join(says.split()) in page.text
    for fact in question.why.facts:
        assert PACK.facts[fact].source in page.text
    for option in question.options:
        assert option.label in page.text
        assert not option.hint or option.hint in page.text
    if question.kind in ("one", "many", "register_number"):
        values = [o.id for o in question.options] + (STANDING if question.takes_standing else [])
        assert page.ask.offered == [("choice", value) for value in values]
    if question.kind == "scale_each":
        assert page.ask.offered == [(f"row.{o.id}", p.id) for o in question.options for p in question.scale]


@pytest.mark.parametrize("question_id", [q.id for q in PACK.questions.values() if q.takes_standing])
def test_the_standing_answers_are_always_there_and_say_what_they_do(passer_by: Visitor, question_id: str) -> None:
    question = PACK.questions[question_id]
    passer_by.fill(way_to(PACK, question_id))
    page = passer_by.see(passer_by.address(question_id))
    assert [value for _, value in page.ask.offered if value in STANDING] == STANDING
    for standing in PACK.cover.standing:
        assert page.inside(f"l-{standing.id}") == standing.label
        assert page.inside(f"h-{standing.id}") == (standing.hint_core if question.core else standing.hint)


def test_what_a_standing_answer_says_it_does_is_true(visitor: Visitor) -> None:
    # On a main question no clear answer is a warning sign; elsewhere it is printed under "raise this".
    visitor.fill({"offer.name": "Mine", "trial.status": "treatment"})
    visitor.answer("where.place", "no_clear_answer")
    visitor.answer("why.difference", "not_asked")
    walk = visitor.walker.walk(visitor.walker.sorter.vocabulary.known(visitor.saved()))
    assert [r.question for r in walk.outcome.of("caution")] == ["where.place"]
    assert "why.difference" in walk.outcome.to_ask
    assert walk.outcome.result == "not_settled"
    assert visitor.answer("why.goal", "no_clear_answer") == f"{visitor.offer()}/result"
    assert visitor.see(f"{visitor.offer()}/result").headings == ["Warning sign"]


def test_an_answer_is_saved_at_once(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Drip from the talk")
    visitor.answer("trial.status", "treatment")
    again = visitor.again()
    assert ("choice", "treatment") in again.see(again.address("trial.status")).ask.fields
    assert "Drip from the talk" in again.see("/").text
    assert again.client.get(visitor.offer()).headers["location"] == visitor.address("cells.kind")


def test_saving_the_same_twice_writes_one_row_and_leads_to_the_same_place(visitor: Visitor) -> None:
    steps: list[tuple[str, Any, bool]] = [
        ("offer.name", "Mine", False),
        ("trial.status", "treatment", False),
        ("offer.provider", "Example Clinic", True),
        ("offer.stage", "had_visit", True),
        ("where.place", "hospital", True),
        ("trial.status", "study_you_pay_to_join", False),
        ("claims.heard", ["none_of_these"], True),
        ("you.priorities", ["sleep"], False),
    ]
    database = visitor.app.state.database
    for question_id, answer, more in steps:
        count = len(rows(database)["entry"])
        leads = {visitor.answer(question_id, answer, more=more) for _ in range(3)}
        assert len(leads) == 1, question_id
        assert len(rows(database)["entry"]) == count + 1, question_id


def test_emptying_an_answer_twice_leads_to_the_same_place(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "study_you_pay_to_join", "offer.provider": "Example Clinic"})
    database = visitor.app.state.database
    leads = [visitor.answer("offer.provider", "") for _ in range(3)]
    assert [len(rows(database)["entry"]), "offer.provider" in visitor.saved()] == [4, False]
    assert leads == [f"{visitor.offer()}/answers"] * 3


def test_an_optional_question_can_be_left_empty(visitor: Visitor) -> None:
    optional = [q for q in PACK.questions.values() if q.optional]
    assert optional
    for question in optional:
        visitor.fill(way_to(PACK, question.id))
        page = visitor.see(visitor.address(question.id))
        assert "You can leave this empty and go on." in page.text or "Leave this one" in page.text
        before = rows(visitor.app.state.database)
        leads = visitor.client.post(visitor.address(question.id)).headers["location"]
        assert leads != visitor.address(question.id)
        assert rows(visitor.app.state.database) == before


def test_two_tabs_show_both_answers_and_ask(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine"})
    first, second = visitor.again(), visitor.again()
    # Both tabs show the same page before either is sent.
    pages = [tab.see(tab.address("trial.status")) for tab in (first, second)]
    assert [page.ask.filled for page in pages] == [[], []]
    sent = [{**page.ask.hidden, "choice": c} for page, c in zip(pages, ("treatment", "regulated_trial"), strict=True)]
    assert first.post("trial.status", sent[0]).status_code == 303
    asked = second.post("trial.status", sent[1])
    assert asked.status_code == 409
    page = Page(asked.text)
    assert "A treatment" in page.error
    assert page.ask.filled == [("choice", "regulated_trial")]
    assert visitor.saved()["trial.status"] == "treatment"
    # Whoever saves again has seen both.
    assert second.post("trial.status", {**page.ask.hidden, "choice": "regulated_trial"}).status_code == 303
    assert visitor.saved()["trial.status"] == "regulated_trial"
    said = visitor.store.read(visitor.key).offer(1).history["trial.status"]
    assert [entry.value for entry in said] == ["treatment", "regulated_trial"]
    # The same answer from a page of before is no other answer.
    assert first.post("trial.status", {"seen": "0", "choice": "regulated_trial"}).status_code == 303


def test_two_tabs_are_asked_also_when_somebody_else_answered_in_between(visitor: Visitor) -> None:
    _, key = visitor.app.state.people.invite(visitor.key, "family", "Ana")
    ana, first, second = visitor.with_key(key), visitor.again(), visitor.again()
    seen = second.see(second.address("offer.name")).ask.hidden["seen"]
    first.answer("offer.name", "Said in the first")
    ana.answer("offer.name", "Said by Ana")
    asked = second.post("offer.name", {"seen": seen, "text": "Said in the second"})
    assert asked.status_code == 409
    page = Page(asked.text)
    assert "There you said: Said in the first. It was saved after this page was opened." in page.inside("error")
    assert page.ask.filled == [("text", "Said in the second")]
    second.answer("offer.name", "Said in the second")
    said = visitor.store.read(visitor.key).offer(1).voices("offer.name")
    assert [(v.who, v.value) for v in said] == [(2, "Said by Ana"), (1, "Said in the second")]


@pytest.mark.parametrize(
    ("question_id", "first", "then"),
    [
        ("offer.visit_date", {"month": "12", "day": "3", "year": "2026"}, {"month": "12", "day": "4", "year": "2026"}),
        ("you.own_questions", {"line": "Why?"}, {"line": "How?"}),
    ],
)
def test_what_was_emptied_in_another_tab_is_said_to_be_no_answer(
    visitor: Visitor, question_id: str, first: dict[str, str], then: dict[str, str]
) -> None:
    assert visitor.post(question_id, first).status_code == 303
    seen = visitor.see(visitor.address(question_id)).ask.hidden["seen"]
    assert visitor.post(question_id, {}).status_code == 303
    asked = visitor.post(question_id, {**then, "seen": seen})
    assert asked.status_code == 409
    assert "There you said: no answer." in Page(asked.text).inside("error")


def test_offers_are_kept_apart(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "First", "trial.status": "study_you_pay_to_join"})
    leads = visitor.client.post(f"{visitor.home}/offers").headers["location"]
    assert leads == visitor.address("offer.name", 2)
    assert visitor.see(leads).ask.filled == []
    visitor.answer("offer.name", "Second", 2)
    visitor.answer("trial.status", "treatment", 2)
    assert visitor.saved(1) == {"offer.name": "First", "trial.status": "study_you_pay_to_join"}
    assert visitor.saved(2) == {"offer.name": "Second", "trial.status": "treatment"}
    overview = visitor.see(visitor.home)
    assert "First Warning sign. 2 answered." in overview.text
    assert "Second Not settled yet. 2 answered." in overview.text
    start = visitor.see("/").text
    assert "First 2 answered. Warning sign." in start
    assert "Second 2 answered. Go on where you stopped." in start


def test_adding_an_offer_twice_gives_one_empty_offer(visitor: Visitor) -> None:
    # The first offer is still empty: there is nothing to add.
    assert visitor.client.post(f"{visitor.home}/offers").headers["location"] == visitor.address("offer.name", 1)
    visitor.answer("offer.name", "First")
    for _ in range(2):
        assert visitor.client.post(f"{visitor.home}/offers").headers["location"] == visitor.address("offer.name", 2)
    assert visitor.store.read(visitor.key).offer_count == 2


def test_starting_twice_gives_one_preparation_while_it_is_empty(visitor: Visitor) -> None:
    first = visitor.address("offer.name")
    for _ in range(2):
        assert visitor.client.post("/preparations").headers["location"] == first
    # Whoever has said something, and be it about themselves, gets a new one.
    visitor.answer("you.priorities", ["sleep"])
    assert visitor.client.post("/preparations").headers["location"] != first
    assert len(rows(visitor.app.state.database)["preparation"]) == 2


def test_questions_about_oneself_lead_from_one_to_the_next_and_home(visitor: Visitor) -> None:
    personal = visitor.walker.personal
    for question_id, following in pairwise(personal):
        leads = visitor.answer(question_id, possible_answers(PACK, PACK.questions[question_id])[0])
        assert leads == visitor.address(following)
        back = visitor.see(leads).links
        assert visitor.address(question_id) in back
    assert visitor.client.post(visitor.address(personal[-1])).headers["location"] == visitor.home
    home = visitor.see(visitor.home)
    assert home.text.count("not answered yet") == 1
    # A change leads back to where it was made from.
    assert visitor.answer("you.priorities", ["pain"]) == visitor.home


def test_what_a_person_says_about_themselves_changes_no_result(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "treatment"})
    before = visitor.see(f"{visitor.offer()}/result").headings
    for question_id in visitor.walker.personal:
        visitor.answer(question_id, possible_answers(PACK, PACK.questions[question_id])[-1])
    assert visitor.see(f"{visitor.offer()}/result").headings == before


def test_what_was_written_to_a_question_that_is_gone_comes_back(visitor: Visitor) -> None:
    sent = {"text": "My <own> words", "line": ["Why?", ""], "note": "A note", "choice": "treatment", "seen": "3"}
    for address in (f"{visitor.offer()}/questions/offer.gone", f"{visitor.home}/you/you.gone"):
        page = Page(visitor.client.post(address, data=sent).text)
        assert not page.faults
        assert page.headings == ["This question is not asked"]
        assert "what you chose here was not saved. Everything that you saved before is still there." in page.text
        assert "so that you can copy it: My <own> words Why? A note To your preparation" in page.text
        assert "what you chose" not in Page(visitor.client.get(address).text).text
    # Whose link opens nothing any more gets their own words back too, and reads nothing else.
    visitor.client.cookies.clear()
    for address in (f"{visitor.home}/you/you.gone", visitor.address("offer.name"), f"{visitor.offer()}/letter"):
        refused = Page(visitor.client.post(address, data=sent).text)
        assert refused.headings == ["We cannot open this page here"]
        assert "so that you can copy it: My <own> words Why? A note" in refused.text


def test_an_unknown_question_is_not_found(visitor: Visitor) -> None:
    for question_id in ("no.such", "trial", "TRIAL.STATUS", "you.priorities", "%00"):
        address = f"{visitor.offer()}/questions/{question_id}"
        assert visitor.client.get(address).status_code == 404
        assert visitor.client.post(address, data={"choice": "treatment"}).status_code == 404
    for question_id in ("no.such", "trial.status"):
        assert visitor.client.get(f"{visitor.home}/you/{question_id}").status_code == 404
        assert visitor.client.post(f"{visitor.home}/you/{question_id}", data={"choice": "tremor"}).status_code == 404


@pytest.mark.parametrize("example", PACK.examples, ids=lambda e: e.id)
def test_an_example_is_shown_as_the_sort_of_its_answers(visitor: Visitor, pack: Pack, example: object) -> None:
    found = next(e for e in pack.examples if e == example)
    outcome = visitor.walker.sorter.sort(visitor.walker.sorter.vocabulary.checked(found.answers))
    assert outcome.result == found.result
    for end in ("", "/summary"):
        page = visitor.see(f"/examples/{found.id}{end}")
        assert outcome.title in page.text
        assert "Invented example." in page.text
        for reason in outcome.reasons:
            assert " ".join(reason.says.split()) in page.text
    assert Page(visitor.client.get("/").text).links.count(f"/examples/{found.id}") == 1

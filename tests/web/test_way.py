"""Where a person is led: to what is needed, to the result, back, and never round in circles."""

from typing import Any

import pytest
from databases import rows

from app.guide.answers import Answer
from app.guide.walk import Walk

from .conftest import Visitor, example_answers, possible_answers
from .html import Page

NAMED: dict[str, Answer] = {"offer.name": "Mine"}
TREATMENT: dict[str, Answer] = {**NAMED, "trial.status": "treatment"}
SOLD: dict[str, Answer] = {**NAMED, "trial.status": "study_you_pay_to_join"}


def walk_of(visitor: Visitor, number: int = 1) -> Walk:
    return visitor.walker.walk(visitor.walker.sorter.vocabulary.known(visitor.saved(number)))


def question_of(address: str) -> str:
    assert "/questions/" in address, address
    return address.split("/questions/")[1].split("?")[0]


def progress_of(walk: Walk) -> str:
    """The line that is shown, worked out from the walk alone."""
    said = f"{len(walk.answered)} answered and saved."
    if walk.needed:
        count = f"{walk.at_least} to {walk.at_most}" if walk.at_least < walk.at_most else str(walk.at_most)
        unless = ", or fewer if a warning sign comes up" if walk.outcome.result == "not_settled" else ""
        return f"{said} Still needed for a result: {count}{unless}."
    if walk.more:
        return f"{said} No more are needed. {len(walk.more)} more can be asked."
    return f"{said} All questions are answered."


def finished(visitor: Visitor, example: str = "supportive-care") -> dict[str, Any]:
    """Somebody who answered what was needed and nothing more; returns all answers of the example."""
    answers, _ = example_answers(visitor.walker.pack, example)
    visitor.fill({"offer.name": "Mine"})
    while needed := walk_of(visitor).needed:
        visitor.fill({needed[0]: answers[needed[0]]})
    return answers


@pytest.mark.parametrize("example", ["regulated-trial", "supportive-care", "warning-sign"])
def test_the_way_leads_from_the_start_to_the_result_and_tells_the_truth_all_along(
    visitor: Visitor, example: str
) -> None:
    answers, _ = example_answers(visitor.walker.pack, example)
    leads = visitor.address("offer.name")
    given = 0
    while "/questions/" in leads:
        walk = walk_of(visitor)
        assert progress_of(walk) in visitor.see(leads).text
        assert question_of(leads) == walk.needed[0]
        # As many as were said to be needed at most, and no fewer than at least, unless a warning ends it.
        before = (walk.at_least, walk.at_most)
        leads = visitor.answer(walk.needed[0], answers[walk.needed[0]])
        given += 1
        after = walk_of(visitor)
        assert after.at_most < before[1]
        assert after.at_least >= before[0] - 1 or after.outcome.result == "warning_sign"
    assert leads == f"{visitor.offer()}/result"
    assert not walk_of(visitor).needed
    page = visitor.see(leads)
    assert page.headings == [walk_of(visitor).outcome.title]
    assert progress_of(walk_of(visitor)) in page.text
    assert walk_of(visitor).outcome.result == visitor.walker.pack.example(example).result
    assert given < len(answers)


def test_after_a_warning_the_next_page_is_the_result(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    assert visitor.answer("trial.status", "study_you_pay_to_join") == f"{visitor.offer()}/result"
    assert visitor.see(f"{visitor.offer()}/result").headings == ["Warning sign"]


def test_a_warning_before_the_offer_has_a_name_asks_for_the_name_first(visitor: Visitor) -> None:
    assert visitor.answer("trial.status", "study_you_pay_to_join") == visitor.address("offer.name")
    assert visitor.answer("offer.name", "Mine") == f"{visitor.offer()}/result"


def test_more_questions_are_offered_and_never_forced(visitor: Visitor) -> None:
    finished(visitor)
    more = walk_of(visitor).more
    assert more
    result = f"{visitor.offer()}/result"
    assert visitor.client.get(visitor.offer()).headers["location"] == result
    for address in (result, f"{visitor.offer()}/answers"):
        page = visitor.see(address)
        assert f"There are {len(more)} more. The result does not need them" in page.text
        assert visitor.address(more[0]) + "?more=1" in page.links
    # One of them, opened by its plain address: answered, it leads back to the result.
    assert visitor.answer(more[0], possible_answers(visitor.walker.pack, _question(visitor, more[0]))[0]) == result


def test_going_through_more_questions_asks_each_once_and_ends_at_check_your_answers(visitor: Visitor) -> None:
    answers = finished(visitor)
    leads = visitor.address(walk_of(visitor).more[0]) + "?more=1"
    seen = []
    while "/questions/" in leads:
        question_id = question_of(leads)
        assert leads.endswith("?more=1")
        page = visitor.see(leads)
        assert ("more", "1") in page.ask.fields
        seen.append(question_id)
        answer = answers.get(question_id) or possible_answers(visitor.walker.pack, _question(visitor, question_id))[0]
        leads = visitor.answer(question_id, answer, more=True)
    assert leads == f"{visitor.offer()}/answers"
    assert len(seen) == len(set(seen))
    assert not walk_of(visitor).more
    assert "All questions are answered." in visitor.see(leads).text


def test_a_first_warning_among_the_more_questions_is_shown_at_once(visitor: Visitor) -> None:
    finished(visitor)
    assert walk_of(visitor).outcome.result == "supportive_care"
    assert "where.place" in walk_of(visitor).more
    assert visitor.answer("where.place", "hotel_spa_or_home", more=True) == f"{visitor.offer()}/result"
    assert visitor.see(f"{visitor.offer()}/result").headings == ["Warning sign"]
    # Whoever goes on after that is not held up by the next one.
    assert visitor.answer("support.price", "repeat_packages_planned", more=True).endswith("?more=1")


def test_back_leads_along_what_was_answered(visitor: Visitor) -> None:
    finished(visitor)
    walk = walk_of(visitor)
    back = visitor.see(visitor.address(walk.answered[-1])).links
    for previous in reversed(walk.answered[:-1]):
        address = visitor.address(previous)
        assert address in back
        back = visitor.see(address).links
    assert visitor.home in back


def test_a_change_goes_back_to_check_your_answers(visitor: Visitor) -> None:
    finished(visitor)
    check = f"{visitor.offer()}/answers"
    assert visitor.answer("why.followup", "under_twelve_months") == check
    # The change is there, and one press takes everything back.
    assert "one to twelve months" not in visitor.see(check).text
    assert visitor.answer("why.followup", "twelve_months_or_more") == check
    assert visitor.address("why.followup") in visitor.see(check).links


def test_a_change_that_opens_questions_asks_only_those(visitor: Visitor) -> None:
    finished(visitor)
    before = set(walk_of(visitor).answered)
    leads = visitor.answer("trial.status", "regulated_trial")
    new = walk_of(visitor).needed
    assert new
    assert not before & set(new)
    assert leads == visitor.address(new[0])
    answers, _ = example_answers(visitor.walker.pack, "regulated-trial")
    asked = []
    while "/questions/" in leads:
        asked.append(question_of(leads))
        leads = visitor.answer(asked[-1], answers[asked[-1]])
    assert not before & set(asked)
    assert leads == f"{visitor.offer()}/result"


def test_answers_that_are_set_aside_are_shown_and_come_back(visitor: Visitor) -> None:
    plan = visitor.walker.pack.questions["support.plan"]
    visitor.fill({**TREATMENT, "support.plan": "same_for_everyone", "support.licence": "shown"})
    check = f"{visitor.offer()}/answers"
    assert "Set aside" not in visitor.see(check).text
    warning = visitor.see(visitor.address("trial.status")).text
    assert "Other answers rest on this one." in warning
    assert "license" in warning
    visitor.answer("trial.status", "regulated_trial")
    aside = visitor.see(check)
    assert "They are kept and come back if those change." in aside.text
    assert plan.question in aside.text
    assert visitor.address("support.plan") not in aside.links
    assert walk_of(visitor).set_aside == ("support.licence", "support.plan")
    assert "Set aside: these do not count now" in visitor.see(f"{visitor.offer()}/summary").text
    visitor.answer("trial.status", "treatment")
    back = visitor.see(check)
    assert "Set aside" not in back.text
    assert visitor.address("support.plan") in back.links
    assert visitor.saved()["support.plan"] == "same_for_everyone"


def test_a_question_that_is_not_asked_leads_to_the_next_one_with_a_sentence(visitor: Visitor) -> None:
    visitor.fill(TREATMENT)
    unasked = [q for q in visitor.walker.order if q not in walk_of(visitor).asked]
    assert {"trial.number", "trial.authority", "visit.notes"} <= set(unasked)
    next_one = visitor.address(walk_of(visitor).needed[0]) + "?moved=1"
    for question_id in unasked:
        response = visitor.client.get(visitor.address(question_id))
        assert (response.status_code, response.headers["location"]) == (303, next_one), question_id
    page = visitor.see(next_one)
    assert "The page you opened is not asked right now, because of your other answers. This is where you" in page.text


def test_a_question_that_is_not_asked_leads_to_check_your_answers_when_nothing_is_needed(visitor: Visitor) -> None:
    finished(visitor)
    response = visitor.client.get(visitor.address("trial.number"))
    assert (response.status_code, response.headers["location"]) == (303, f"{visitor.offer()}/answers?moved=1")
    page = visitor.see(response.headers["location"])
    assert "The page you opened is not asked right now" in page.text


def test_an_answer_to_a_question_that_is_not_asked_any_more_is_set_aside(visitor: Visitor) -> None:
    # An old tab: it was asked when the page was opened. What was entered is not lost, and counts for nothing.
    visitor.fill(TREATMENT)
    before = walk_of(visitor).outcome
    response = visitor.post("trial.number", {"choice": "refused"})
    assert response.status_code == 303
    assert response.headers["location"].endswith("?moved=1")
    assert visitor.saved()["trial.number"] == "refused"
    assert walk_of(visitor).set_aside == ("trial.number",)
    assert walk_of(visitor).outcome == before
    visitor.answer("trial.status", "regulated_trial")
    assert "trial.number" in walk_of(visitor).answered


def test_what_does_not_fit_a_question_that_is_not_asked_leads_on_too(visitor: Visitor) -> None:
    visitor.fill(TREATMENT)
    before = rows(visitor.app.state.database)
    response = visitor.post("trial.number", {"choice": "given", "text": ""})
    assert (response.status_code, response.headers["location"][-8:]) == (303, "?moved=1")
    # Unless somebody's own words would be lost by that.
    response = visitor.post("trial.number", {"choice": "given", "text": "12"})
    assert ("text", "12") in Page(response.text).forms[0].fields
    assert rows(visitor.app.state.database) == before


def test_posting_after_finishing_is_a_change_like_any_other(visitor: Visitor) -> None:
    finished(visitor)
    assert visitor.answer("offer.name", "Another name") == f"{visitor.offer()}/answers"
    assert visitor.see(f"{visitor.offer()}/result").source.count("Another name") >= 1
    assert visitor.answer("safety.risks", "not_asked") == f"{visitor.offer()}/answers"
    # Open again, and said so; it is not asked a second time, since it has been answered as well as it can be.
    assert visitor.see(f"{visitor.offer()}/result").headings == ["Not settled yet"]


def test_carrying_on_leads_to_where_one_left_off(visitor: Visitor) -> None:
    assert visitor.client.get(visitor.offer()).headers["location"] == visitor.address("offer.name")
    visitor.answer("offer.name", "Mine")
    assert visitor.client.get(visitor.offer()).headers["location"] == visitor.address("trial.status")
    visitor.answer("trial.status", "study_you_pay_to_join")
    assert visitor.client.get(visitor.offer()).headers["location"] == f"{visitor.offer()}/result"


def test_no_answer_leads_to_its_own_page_again(visitor: Visitor) -> None:
    # The next page is a question that is needed, check-your-answers, or the result.
    visitor.fill(SOLD)
    for question_id in walk_of(visitor).more:
        for answer in possible_answers(visitor.walker.pack, _question(visitor, question_id))[:1]:
            leads = visitor.answer(question_id, answer)
            walk = walk_of(visitor)
            ends = [visitor.address(walk.needed[0])] if walk.needed else ["/answers", "/result"]
            assert leads.endswith(tuple(ends)), question_id


def _question(visitor: Visitor, question_id: str) -> Any:
    return visitor.walker.pack.questions[question_id]

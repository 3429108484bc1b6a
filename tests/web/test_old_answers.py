"""Answers from an older pack: they open, what is not known any more is left out, and a sentence says what changed."""

import json

import pytest

from app.store.preparations import Preparations

from .conftest import Visitor

# As a pack 0.9.0 might have taken them: options, questions and kinds that are gone.
OLD: dict[str, str] = {
    "offer.name": '"Mine"',
    "trial.status": '"treatment"',
    "cells.kind": '"a_kind_that_is_gone"',
    "cells.colour": '"blue"',
    "claims.heard": '["none_of_these","a_claim_that_is_gone"]',
    "where.delivery": '["vein"]',
    "visit.clear": '{"a_row_that_is_gone":"clear"}',
    "offer.visit_date": '"soon"',
    "offer.country": '"SU"',
    "trial.number": '"12"',
    "why.goal": '"support_only"',
}


@pytest.fixture
def old(visitor: Visitor) -> Visitor:
    """Somebody who answered under version 0.9.0."""
    before = Preparations(visitor.app.state.database, "parkinsons", "0.9.0")
    for question_id, value in OLD.items():
        before.save(visitor.key, 1, question_id, json.loads(value))
    before.save(visitor.key, None, "you.priorities", ["sleep", "a_hope_that_is_gone"])
    return visitor


def test_every_page_opens_and_what_is_known_still_counts(old: Visitor) -> None:
    place = old.offer()
    for address in ("/", old.home, place, f"{place}/answers", f"{place}/result", f"{place}/summary"):
        page = old.see(address)
        assert not page.faults
        assert "is_gone" not in page.source
    check = old.see(f"{place}/answers")
    assert "3 answered and saved." in check.text
    # Who gave an answer that is gone is told which.
    told = check.text.partition("look at each again:")[2].partition("This offer")[0]
    questions = old.walker.pack.questions
    again = {q for q in OLD if q in questions and questions[q].question in told}
    assert again == {"offer.country", "offer.visit_date", "cells.kind", "where.delivery", "claims.heard"}
    for question_id in again:
        assert old.address(question_id) in check.links
    for question_id in (*old.walker.order, *old.walker.personal):
        old.see(old.address(question_id))


def test_a_sentence_says_what_the_newer_version_changed(old: Visitor) -> None:
    changes = " ".join(change.says for change in old.walker.pack.cover.changes)
    says = f"This guide was updated since you began: {changes} All your answers are kept."
    for end in ("answers", "result"):
        assert says in old.see(f"{old.offer()}/{end}").text


def test_who_answers_under_today_s_version_is_told_of_no_change(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "treatment"})
    for end in ("answers", "result"):
        assert "This guide was updated" not in visitor.see(f"{visitor.offer()}/{end}").text


def test_an_answer_that_is_gone_is_asked_anew_and_stays_in_the_history(old: Visitor) -> None:
    assert old.see(old.address("cells.kind")).ask.filled == []
    assert "cells.kind" in old.walker.walk(old.walker.sorter.vocabulary.known(old.saved())).needed
    old.answer("cells.kind", "mesenchymal")
    assert old.see(old.address("cells.kind")).ask.filled == [("choice", "mesenchymal")]
    kept = [(r.value, r.pack_version) for r in old.store.read(old.key).offer(1).history["cells.kind"]]
    assert kept == [("a_kind_that_is_gone", "0.9.0"), ("mesenchymal", "1.0.0")]


def test_a_warning_beside_an_answer_that_is_gone_still_counts_and_nothing_milder_does(visitor: Visitor) -> None:
    known = visitor.walker.known
    assert known({"claims.heard": ["a_claim_that_is_gone", "cure_or_reversal"]}) == {
        "claims.heard": ["cure_or_reversal"]
    }
    assert known({"claims.heard": ["a_claim_that_is_gone", "boosters_planned"]}) == {}
    assert known({"visit.clear": {"the_goal": "clear", "a_row_that_is_gone": "clear"}}) == {
        "visit.clear": {"the_goal": "clear"}
    }


def test_who_answers_under_today_s_version_has_nothing_to_give_again(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "treatment", "claims.heard": ["cure_or_reversal"]})
    assert "look at each again" not in visitor.see(f"{visitor.offer()}/answers").text

"""Answers, dates and sources in words: every kind of answer has some."""

from datetime import date
from typing import Any

import pytest

from app.guide.models import Fact
from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.summary.words import GONE, NO_ANSWER, STRENGTH, answer_words, day, in_line, recorded_words, source_words

CURE = "That it cures Parkinson's, turns it back, or is sure to work"


@pytest.mark.parametrize(
    ("question_id", "answer", "long", "short"),
    [
        ("offer.heard_from", "trial_finder", ["A trial finder or trial register"], ["trial finder"]),
        ("trial.status", "not_asked", ["I have not asked yet"], ["I have not asked yet"]),
        ("you.care_now", ["dbs", "exercise"], ["Deep brain stimulation (DBS)", "Regular exercise"], ["DBS"]),
        ("support.bundled", "unsure", ["I was told, but I am not sure what it meant"], None),
        ("offer.country", "JP", ["Japan"], ["Japan"]),
        ("offer.country", "no_clear_answer", ["I asked, and did not get a clear answer"], None),
        ("trial.number", "NCT01234567", ["NCT01234567"], ["NCT01234567"]),
        ("trial.number", "not_asked", ["I have not asked yet"], None),
        ("offer.visit_date", "2026-12-03", ["December 3, 2026"], ["December 3, 2026"]),
        ("offer.name", "Drip from the talk", ["Drip from the talk"], ["Drip from the talk"]),
        # What was typed is never taken for a standing answer or an option.
        ("offer.name", "not_asked", ["not_asked"], ["not_asked"]),
        ("you.own_questions", ["How long?", "Who pays?"], ["How long?", "Who pays?"], ["How long?", "Who pays?"]),
        ("you.matters", {"cost": "5", "travel_and_time": "1"}, None, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_every_kind_of_answer_has_words(
    sorter: Sorter, question_id: str, answer: Any, long: list[str] | None, short: list[str] | None
) -> None:
    said = answer_words(sorter.vocabulary, question_id, answer)
    if long is None:
        long = ["What it costs: Very much", "Travel and time: Not much"]
    assert said == long
    brief = answer_words(sorter.vocabulary, question_id, answer, short=True)
    assert brief[: len(short)] == short if short else brief == long


def test_every_option_of_every_question_has_words_and_no_id_is_ever_shown(pack: Pack, sorter: Sorter) -> None:
    for question in pack.questions.values():
        standing = list(pack.standing) if question.takes_standing else []
        single: list[Any] = [[o.id] if question.kind == "many" else o.id for o in question.options]
        if question.kind == "scale_each":
            single = [{o.id: p.id} for o in question.options for p in question.scale]
        if question.kind == "register_number":
            single.remove("given")
        for answer in [*single, *standing]:
            for short in (False, True):
                for words in answer_words(sorter.vocabulary, question.id, answer, short=short):
                    assert words.strip()
                    assert "_" not in words, (question.id, answer)


def test_scale_rows_stand_in_the_order_of_the_page(sorter: Sorter, pack: Pack) -> None:
    rows = [o.id for o in pack.questions["you.matters"].options]
    said = answer_words(sorter.vocabulary, "you.matters", dict.fromkeys(reversed(rows), "3"))
    assert said == [f"{o.label}: Some" for o in pack.questions["you.matters"].options]


def test_labels_run_on_in_a_line_and_abbreviations_stay() -> None:
    assert in_line([]) == ""
    assert in_line(["Tremor", "DBS", "Walking and balance", "x"]) == "tremor, DBS, walking and balance, x"


def test_a_day_is_said_as_in_a_letter() -> None:
    assert day(date(2026, 11, 3)) == "November 3, 2026"


def test_a_source_says_where_when_and_how_well_it_is_known() -> None:
    fact = Fact(id="a", strength="copy", says="Says.", source="A paper", date="2025-04")
    assert source_words(fact, "A seller") == f"A paper (2025-04); {STRENGTH['copy']}."


def test_a_source_that_is_in_part_a_seller_s_is_marked() -> None:
    mixed = Fact(id="a", strength="primary", says="Says.", source="A paper; A seller", date="2025")
    assert source_words(mixed, "A seller").endswith(" In part from an article by a clinic that sells such care.")
    # An article that stands alone says so in its strength already.
    alone = Fact(id="a", strength="article", says="Says.", source="A seller", date="2025")
    assert source_words(alone, "A seller") == f"A seller (2025); {STRENGTH['article']}."


def test_every_fact_of_the_pack_has_a_source_in_words(pack: Pack) -> None:
    seller = pack.evidence.seller_article
    assert any(seller in fact.source for fact in pack.evidence.facts)
    for fact in pack.evidence.facts:
        said = source_words(fact, seller)
        assert fact.source in said
        assert fact.date in said
        assert ("a clinic that sells such care" in said) == (seller in fact.source or fact.strength == "article")


@pytest.mark.parametrize(
    ("question_id", "answer", "words"),
    [
        ("offer.visit_date", "2026-12-03", ["December 3, 2026"]),
        ("offer.visit_date", "", [NO_ANSWER]),
        ("offer.visit_date", "soon", [GONE]),
        ("offer.country", "SU", [GONE]),
        ("cells.kind", "a_kind_that_is_gone", [GONE]),
        ("cells.colour", "blue", [GONE]),
        ("claims.heard", ["a_claim_that_is_gone", "cure_or_reversal"], [CURE, GONE]),
        ("claims.heard", ["a_claim_that_is_gone"], [GONE]),
        ("claims.heard", "cure_or_reversal", [GONE]),
        ("you.matters", {"cost": "5", "a_row_that_is_gone": "1"}, ["What it costs: Very much", GONE]),
        ("you.matters", {"cost": "9"}, [GONE]),
        ("you.own_questions", [], [NO_ANSWER]),
    ],
    ids=str,
)
def test_what_stands_in_the_history_has_words_whichever_pack_it_was_given_under(
    sorter: Sorter, question_id: str, answer: Any, words: list[str]
) -> None:
    said = recorded_words(sorter.vocabulary, question_id, answer)
    assert said == words

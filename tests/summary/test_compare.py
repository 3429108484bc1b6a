"""Offers side by side: what differs or decides has a row, what does not fit is named."""

from app.guide.pack import Pack
from app.summary.compare import MOST_ROWS, Comparison, alternative_sources

from .conftest import MakeSheet

NUMBER = "NCT01234567"


def examples(sheet_of: MakeSheet, pack: Pack) -> Comparison:
    return Comparison([sheet_of(e.answers, e.you) for e in pack.examples])


def test_what_differs_or_decides_has_a_row_or_is_named(sheet_of: MakeSheet, pack: Pack) -> None:
    compared = examples(sheet_of, pack)
    shown = [row.question.id for row in compared.rows] + [q.id for q in compared.left_out]
    assert len(shown) == len(set(shown))
    assert len(compared.rows) == MOST_ROWS
    for question in pack.questions.values():
        if question.id in pack.personal or question.id == "offer.name":
            assert question.id not in shown
            continue
        told = {s.word(question.id) if question.id in s.walk.asked else "-" for s in compared.sheets}
        assert (question.id in shown) >= (len(told) > 1), question.id


def test_what_decides_comes_first(sheet_of: MakeSheet, pack: Pack) -> None:
    rows = examples(sheet_of, pack).rows
    line = {q for said in pack.cover.summary.offer for q in said.questions}
    first = [row.decides or row.question.id in line for row in rows]
    assert first == sorted(first, reverse=True)
    assert {"cells.kind", "why.goal", "where.delivery"} <= {row.question.id for row in rows if row.decides}


def test_a_question_that_one_offer_is_not_asked_says_so(sheet_of: MakeSheet) -> None:
    trial = {"trial.status": "regulated_trial", "trial.number": NUMBER}
    compared = Comparison([sheet_of({"trial.status": "treatment"}), sheet_of(trial)])
    told = {row.question.id: row.told for row in compared.rows}
    assert told["trial.status"] == ("treatment", "regulated trial")
    assert told["trial.number"] == ("not asked here", NUMBER)


def test_what_nobody_knows_of_any_offer_comes_last_and_is_not_said_to_differ(sheet_of: MakeSheet) -> None:
    trial = {"trial.status": "regulated_trial", "trial.number": NUMBER, "offer.visit_date": "2026-12-03"}
    compared = Comparison([sheet_of({"trial.status": "treatment"}), sheet_of(trial)])
    known = [row.known for row in compared.rows]
    assert known == sorted(known, reverse=True)
    assert len(compared.rows) == MOST_ROWS
    assert {row.question.id for row in compared.rows if row.known} == set(trial)
    # There are more questions that only one of the two is asked.
    assert compared.left_out == []


def test_offers_that_say_the_same_and_decide_nothing_have_no_rows(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("supportive-care")
    assert example
    same = Comparison([sheet_of(example.answers), sheet_of(example.answers)])
    assert (same.rows, same.left_out) == ([], [])


def test_each_fact_behind_the_other_ways_is_named_once(pack: Pack) -> None:
    facts = [fact.id for fact in alternative_sources(pack)]
    assert len(facts) == len(set(facts))
    assert {f for other in pack.alternatives for said in (*other.good, *other.hard) for f in said.facts} == set(facts)


def test_the_other_ways_are_those_that_a_person_can_have_talked_over(sheet_of: MakeSheet, pack: Pack) -> None:
    options = {o.id for o in pack.questions["you.alternatives"].options if not o.alone}
    assert {other.id for other in pack.alternatives} == options
    sheet = sheet_of(you={"you.alternatives": ["dbs"]})
    assert [other.id for other in pack.alternatives if sheet.talked_over(other)] == ["dbs"]

"""The summary of one offer as data: what it says, and that it adds nothing of its own to the sort."""

from datetime import date
from typing import Any

from app.guide.models import Example
from app.guide.pack import Pack
from app.summary.sheet import Sheet

from .conftest import MakeSheet


def test_a_sheet_says_what_the_sort_says(sheet: Sheet, example: Example) -> None:
    outcome = sheet.sorter.sort(sheet.vocabulary.checked(example.answers))
    assert sheet.outcome == outcome
    assert (sheet.outcome.result, sheet.result.id) == (example.result, example.result)
    assert (sheet.variant.id if sheet.variant else None) == outcome.variant
    needs = [reason for _, reasons in sheet.needs for reason in reasons]
    assert {*sheet.against, *needs, *sheet.cautions} == set(outcome.reasons)
    assert [r.kind for r in sheet.unmet] == ["need_not_met"] * len(sheet.unmet)
    assert sheet.possible == [sheet.result]


def test_the_first_lines_are_the_answers_themselves(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("regulated-trial")
    assert example is not None
    sheet = sheet_of(example.answers, example.you)
    assert sheet.name == "Trial of dopamine cells"
    assert sheet.visit_date == date(2026, 11, 12)
    said = [sheet.word(q) for q in ("offer.provider", "offer.country", "trial.number")]
    assert said == ["Example University Hospital", "United States", "NCT00000000"]
    assert sheet.priorities == ["slowness or stiffness", "wearing off", "independence"]


def test_the_example_of_a_warning_shows_each_thing_that_decided_it(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example is not None
    sheet = sheet_of(example.answers, example.you)
    kinds = [reason.kind for reason in sheet.against]
    assert kinds == sorted(kinds, key=["contradiction", "warning", "vague"].index)
    assert {"contradiction", "warning", "vague"} == set(kinds)
    for reason in sheet.against:
        assert reason.says
        assert bool(sheet.told(reason)) == bool(reason.question)


def test_nothing_answered_gives_a_sheet_that_says_so(sheet_of: MakeSheet, pack: Pack) -> None:
    sheet = sheet_of()
    assert sheet.name == "This offer"
    assert sheet.result.id == "not_settled"
    assert [r.id for r in sheet.possible] == ["regulated_trial", "supportive_care", "warning_sign"]
    assert sheet.word("cells.kind") == "not known yet"
    assert sheet.words("cells.kind") == []
    assert (sheet.sections, sheet.set_aside, sheet.against, sheet.cautions, sheet.priorities) == ([], [], [], [], [])
    assert (sheet.visit_date, sheet.variant, sheet.beyond) == (None, None, None)
    assert len(sheet.top) == 3
    # What the offer is on paper decides more than anything else.
    assert sheet.top[0].question == "trial.status"
    assert sheet.top[0].decides
    # While it is open what the offer is said to be, the needs of each are shown, under its title.
    assert [title for title, _ in sheet.needs] == [variant.title for _, variant in pack.variants]
    for _, needs in sheet.needs:
        assert {need.kind for need in needs} == {"need_open"}
    assert sheet.sources == [pack.facts[f] for f in dict.fromkeys(f for s in sheet.said for f in s.facts)]


def test_needs_stand_under_the_title_of_what_they_lead_to(sheet_of: MakeSheet, pack: Pack) -> None:
    for status, title in (("regulated_trial", "Regulated trial"), ("treatment", "Supportive regenerative care")):
        ((found, needs),) = sheet_of({"offer.name": "Mine", "trial.status": status}).needs
        assert found == title
        assert [need.says for need in needs if need.kind == "need_met"] == [needs[0].says]


# -- what to ask


def test_questions_to_ask_are_those_of_the_sort_in_its_order(sheet: Sheet) -> None:
    asked = list(dict.fromkeys(ask.question for ask in sheet.asks))
    # Before all others, what was left vague.
    vague = [reason.question for reason in sheet.outcome.of("vague")]
    assert asked[: len(vague)] == vague
    assert asked[len(vague) :] == [q for q in sheet.outcome.to_ask if q in asked and q not in vague]
    assert all(ask.says.strip() for ask in sheet.asks)
    assert sheet.top == sheet.asks[:3]
    # Everything open is named, and nothing but that.
    assert [q.id for q in sheet.open_questions] == list(dict.fromkeys((*vague, *sheet.outcome.to_ask)))


def test_a_question_decides_only_where_its_answer_could_change_the_result(sheet_of: MakeSheet) -> None:
    def deciding(answers: dict[str, Any]) -> set[str]:
        return {ask.question for ask in sheet_of({"offer.name": "Mine", **answers}).asks if ask.decides}

    assert "trial.status" in deciding({})
    assert deciding({"cells.kind": "just_stem_cells"}) == {"cells.kind"}
    # Beside a warning that stays, a clearer answer changes nothing.
    assert deciding({"cells.kind": "just_stem_cells", "claims.heard": ["cure_or_reversal"]}) == set()


def test_needs_are_left_out_where_nobody_said_what_the_offer_is(sheet_of: MakeSheet) -> None:
    vague = sheet_of({"offer.name": "Mine", "trial.status": "no_clear_answer"})
    assert vague.against
    assert vague.needs == []
    # Out of reach of all without a single warning: what stands in the way of each is listed, and nothing else.
    out_of_reach = sheet_of({"offer.name": "Mine", "cells.kind": "fetal_tissue", "why.goal": "general_wellness"})
    assert (out_of_reach.outcome.result, out_of_reach.against) == ("warning_sign", [])
    assert out_of_reach.only_unmet
    assert {need.question for _, needs in out_of_reach.needs for need in needs} == {"cells.kind", "why.goal"}


def test_a_need_met_by_an_answer_worth_raising_says_which(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("supportive-care")
    assert example
    sheet = sheet_of({**example.answers, "why.evidence": "laboratory_or_animals"})
    assert sheet.variant
    weak = {need.question: sheet.weak(need) for _, needs in sheet.needs for need in needs}
    assert weak["why.evidence"] == sheet.told(next(r for r in sheet.cautions if r.question == "why.evidence")) != ""
    assert weak["safety.consent"] == ""


def test_what_only_the_person_can_answer_is_not_put_to_the_doctor(sheet_of: MakeSheet, pack: Pack) -> None:
    sheet = sheet_of({"offer.name": "Mine", "trial.status": "treatment"})
    own = {q.id for q in pack.questions.values() if q.id in sheet.outcome.to_ask and not q.ask}
    assert {"offer.heard_from", "offer.stage"} <= own
    assert not own & {ask.question for ask in sheet.asks}
    assert {"offer.heard_from", "offer.stage"} <= {q.id for q in sheet.yours}
    for question in sheet.yours:
        assert not question.standing
        assert not question.ask


def test_of_a_list_only_what_was_not_ticked_is_asked(sheet_of: MakeSheet, pack: Pack) -> None:
    question = pack.questions["trial.explained"]
    assert question.ask_unticked
    ticked = [question.options[0].id]
    sheet = sheet_of({"offer.name": "Mine", "trial.status": "regulated_trial", "trial.explained": ticked})
    says = [ask.says for ask in sheet.asks if ask.question == question.id]
    assert says == [o.ask for o in question.options[1:] if o.ask]
    unanswered = sheet_of({"offer.name": "Mine", "trial.status": "regulated_trial"})
    assert [a.says for a in unanswered.asks if a.question == question.id] == [question.ask]


def test_what_the_visit_left_unclear_is_asked_again(sheet_of: MakeSheet, pack: Pack) -> None:
    question = pack.questions["visit.clear"]
    rows = {o.id: "clear" for o in question.options} | {"the_goal": "partly", "the_evidence": "not_clear"}
    sheet = sheet_of({"offer.stage": "had_visit", "visit.clear": rows})
    says = [ask.says for ask in sheet.asks if ask.question == question.id]
    assert says == [o.ask for o in question.options if o.id in ("the_goal", "the_evidence")]


# -- all answers


def test_every_answer_that_counts_stands_in_its_section_once(sheet: Sheet, example: Example, pack: Pack) -> None:
    shown = [row.question.id for _, rows in sheet.sections for row in rows]
    assert shown == [q for q in pack.questions if q in example.answers or q in example.you]
    for section, rows in sheet.sections:
        assert rows
        for row in rows:
            assert pack.section_of[row.question.id] == section
            assert all(words.strip() for words in row.words)


def test_what_is_set_aside_is_shown_apart_and_said_nowhere_else(sheet_of: MakeSheet) -> None:
    answers: dict[str, Any] = {"offer.name": "Mine", "trial.status": "treatment", "trial.number": "NCT01234567"}
    sheet = sheet_of(answers)
    assert [row.question.id for row in sheet.set_aside] == ["trial.number"]
    assert sheet.words("trial.number") == []
    assert sheet.word("trial.number") == "not known yet"
    assert "trial.number" not in [row.question.id for _, rows in sheet.sections for row in rows]
    again = sheet_of({**answers, "trial.status": "regulated_trial"})
    assert again.set_aside == []
    assert again.word("trial.number") == "NCT01234567"


def test_an_open_answer_is_not_known_yet_on_the_first_side(sheet_of: MakeSheet) -> None:
    for standing in ("not_asked", "unsure", "no_clear_answer"):
        assert sheet_of({"cells.kind": standing}).word("cells.kind") == "not known yet"


# -- what the person hopes for


def test_hopes_outside_movement_are_said_to_be_outside(sheet_of: MakeSheet) -> None:
    assert sheet_of(you={"you.priorities": ["tremor", "walking_balance", "dyskinesia"]}).beyond is None
    mixed = sheet_of(you={"you.priorities": ["tremor", "sleep", "pain"]})
    assert mixed.beyond
    assert "For sleep, pain, effects are only being explored." in mixed.beyond.text
    assert "cell_trials_motor" in [fact.id for fact in mixed.sources]
    moving = sheet_of(you={"you.priorities": ["tremor"]})
    assert "cell_trials_motor" not in [fact.id for fact in moving.sources]


def test_something_else_is_no_hope_that_trials_explore(sheet_of: MakeSheet) -> None:
    beyond = sheet_of(you={"you.priorities": ["sleep", "something_else"]}).beyond
    assert beyond
    assert "For sleep, effects" in beyond.text


# -- sources


def test_sources_are_those_that_are_used_each_once(sheet: Sheet, pack: Pack) -> None:
    used = {f for r in (*sheet.against, *sheet.cautions) for f in r.facts}
    used |= {f for said in (*sheet.said, *sheet.result.physician) for f in said.facts}
    found = [fact.id for fact in sheet.sources]
    assert len(found) == len(set(found))
    assert used <= set(found) <= used | {"cell_trials_motor"}


def test_marks_are_places_in_the_list_of_sources(sheet: Sheet) -> None:
    sources = [fact.id for fact in sheet.sources]
    assert sheet.marks(sources) == list(range(1, len(sources) + 1))
    for reason in (*sheet.against, *sheet.cautions):
        assert [sources[n - 1] for n in sheet.marks(reason.facts)] == list(reason.facts)
    assert sheet.marks(["no_such_fact"]) == []

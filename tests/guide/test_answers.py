"""What counts as an answer, and what a person is told about one that does not."""

import pytest

from app.guide.answers import Vocabulary
from app.guide.errors import AnswersError
from app.guide.formulas import UNANSWERED
from app.guide.sort import Sorter


@pytest.fixture
def vocabulary(sorter: Sorter) -> Vocabulary:
    return sorter.vocabulary


def refused(vocabulary: Vocabulary, question: str, value: object) -> str:
    """The sentence with which this answer is refused."""
    with pytest.raises(AnswersError) as caught:
        vocabulary.checked({question: value})
    assert caught.value.question == question
    return str(caught.value)


def taken(vocabulary: Vocabulary, question: str, value: object) -> object:
    return vocabulary.checked({question: value})[question]


# -- questions and options


def test_an_unknown_question_is_refused_with_the_nearest_one(vocabulary: Vocabulary) -> None:
    says = refused(vocabulary, "cells.knd", "mesenchymal")
    assert says.startswith('There is no question "cells.knd".')
    assert 'Did you mean "cells.kind"?' in says


def test_an_unknown_option_is_refused_with_the_nearest_one(vocabulary: Vocabulary) -> None:
    assert 'Did you mean "mesenchymal"?' in refused(vocabulary, "cells.kind", "mesenchimal")
    assert 'Did you mean "approved_for_parkinsons"?' in refused(vocabulary, "claims.heard", ["approved_for_parkinson"])
    assert 'Did you mean "no_clear_answer"?' in refused(vocabulary, "cells.kind", "no_clear_answers")
    assert 'Did you mean "the_goal"?' in refused(vocabulary, "visit.clear", {"goal": "clear"})


def test_a_wrong_value_is_quoted_short_and_on_one_line(vocabulary: Vocabulary) -> None:
    says = refused(vocabulary, "cells.kind", "very\nlong " * 100)
    assert "\n" not in says
    assert len(says) < 200


def test_every_option_of_every_question_is_taken(vocabulary: Vocabulary) -> None:
    for question in vocabulary.pack.questions.values():
        for option in question.options:
            if question.kind == "one":
                assert taken(vocabulary, question.id, option.id) == option.id
            if question.kind == "many":
                assert taken(vocabulary, question.id, [option.id]) == [option.id]
            if question.kind == "scale_each":
                for point in question.scale:
                    assert taken(vocabulary, question.id, {option.id: point.id}) == {option.id: point.id}


# -- one and many


def test_a_list_is_wanted_where_several_answers_fit(vocabulary: Vocabulary) -> None:
    assert "list" in refused(vocabulary, "claims.heard", "cure_or_reversal")
    assert "list" in refused(vocabulary, "claims.heard", {"cure_or_reversal": "yes"})
    assert "list" in refused(vocabulary, "you.own_questions", "Why now?")
    assert taken(vocabulary, "you.own_questions", ["Why now?"]) == ["Why now?"]


def test_a_list_is_refused_where_one_answer_fits(vocabulary: Vocabulary) -> None:
    for question in ("cells.kind", "offer.country", "trial.number", "offer.name", "offer.visit_date", "visit.clear"):
        refused(vocabulary, question, ["mesenchymal"])


def test_an_answer_given_twice_counts_once(vocabulary: Vocabulary) -> None:
    assert taken(vocabulary, "claims.heard", ["boosters_planned", "boosters_planned"]) == ["boosters_planned"]


def test_none_of_these_excludes_the_others(vocabulary: Vocabulary) -> None:
    """The outline: "excludes the others"."""
    try:
        heard = taken(vocabulary, "claims.heard", ["none_of_these", "cure_or_reversal"])
    except AnswersError:
        return
    # Mending it is as good as refusing it, as long as the warning stays.
    assert heard == ["cure_or_reversal"]


# -- nothing said


def test_null_and_empty_answers_are_left_out(vocabulary: Vocabulary) -> None:
    empty: dict[str, object] = {
        "cells.kind": None,
        "cells.source": "",
        "claims.heard": [],
        "visit.clear": {},
        "trial.number": "  ",
    }
    assert vocabulary.checked({**empty, "why.goal": "support_only"}) == {"why.goal": "support_only"}
    assert vocabulary.checked({"visit.clear": {"the_goal": None}}) == {}
    assert vocabulary.checked({"visit.clear": {"the_goal": None, "the_cells": "clear"}}) == {
        "visit.clear": {"the_cells": "clear"}
    }


def test_what_is_left_out_reads_as_unanswered(vocabulary: Vocabulary) -> None:
    state = vocabulary.state({})
    assert set(state.values()) == {frozenset({UNANSWERED})}
    # What a person values is no part of what an offer is.
    assert set(state) == set(vocabulary.pack.questions) - vocabulary.pack.personal


def test_an_empty_text_in_a_list_is_left_out_or_refused(sorter: Sorter) -> None:
    answers = {"trial.status": "treatment", "claims.heard": ["", "approved_for_parkinsons"]}
    try:
        found = sorter.vocabulary.checked(answers)
    except AnswersError:
        return
    assert sorter.sort(found).result == "warning_sign"


def test_an_empty_row_of_a_scale_is_left_out(vocabulary: Vocabulary) -> None:
    assert vocabulary.checked({"visit.clear": {"the_goal": ""}}) == {}


# -- standing answers


def test_standing_answers_are_taken_exactly_where_the_outline_has_them(vocabulary: Vocabulary) -> None:
    questions = ("cells.kind", "support.baseline", "offer.country", "trial.number")
    for question in questions:
        for standing in ("not_asked", "unsure", "no_clear_answer"):
            assert taken(vocabulary, question, standing) == standing
            assert vocabulary.is_standing(question, standing)
            assert vocabulary.state({question: standing})[question] == {standing}


def test_standing_answers_are_refused_elsewhere(vocabulary: Vocabulary) -> None:
    for question in ("offer.heard_from", "offer.stage", "claims.heard", "visit.clear", "you.priorities", "you.ready"):
        refused(vocabulary, question, "not_asked")
    # It stands for the whole answer, so it is not one tick among others.
    refused(vocabulary, "support.baseline", ["not_asked"])
    # In a text it is only a word.
    assert not vocabulary.is_standing("offer.name", "not_asked")


# -- numbers in registers


def test_a_malformed_number_is_refused(vocabulary: Vocabulary) -> None:
    for typed in ("NCT0011223", "NCT001122334", "NCT 0011 223X", "00112233", "xNCT00112233", "ISRCTN1", "none"):
        assert typed in refused(vocabulary, "trial.number", typed)
    assert 'Did you mean "refused"?' in refused(vocabulary, "trial.number", "refusd")


def test_given_is_said_by_the_number_itself(vocabulary: Vocabulary) -> None:
    assert "the number itself" in refused(vocabulary, "trial.number", "given")
    assert vocabulary.state({"trial.number": "NCT00112233"})["trial.number"] == {"given"}
    assert vocabulary.state({"trial.number": "refused"})["trial.number"] == {"refused"}


def test_every_registers_example_is_taken_in_lower_case_and_with_spaces(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.pack.registers) >= 8
    for register in vocabulary.pack.registers:
        spaced = " ".join([register.example[:4], register.example[4:7], register.example[7:]])
        for typed in (register.example, register.example.lower(), f"  {spaced} ", spaced.upper()):
            taken(vocabulary, "trial.number", typed)
            assert vocabulary.numbers.register_of(typed) == register


def test_the_registers_that_the_outline_names_are_known(vocabulary: Vocabulary) -> None:
    known = {
        "nct": "NCT00112233",
        "euct": "2031-500112-23-00",
        "eudract": "2031-001122-33",
        "isrctn": "ISRCTN00112233",
        "jrct": "jRCT0011223344",
        "umin": "UMIN000112233",
        "actrn": "ACTRN12600112233445",
        "chictr": "ChiCTR-ABC-00112233",
    }
    for register_id, number in known.items():
        register = vocabulary.numbers.register_of(number)
        assert register is not None
        assert register.id == register_id


def test_a_number_in_digits_of_another_script_is_not_well_formed(vocabulary: Vocabulary) -> None:
    fullwidth = "NCT" + "".join(chr(0xFF10 + int(d)) for d in "00112233")
    refused(vocabulary, "trial.number", fullwidth)


# -- scales, dates, countries, texts


def test_values_on_a_scale_come_as_numbers_or_as_text(vocabulary: Vocabulary) -> None:
    assert taken(vocabulary, "you.matters", {"cost": 5}) == {"cost": "5"}
    assert taken(vocabulary, "you.matters", {"cost": "1"}) == {"cost": "1"}
    for wrong in (0, 6, "6", 2.5, True, "much", ["5"]):
        refused(vocabulary, "you.matters", {"cost": wrong})
    refused(vocabulary, "you.matters", {"comfort": 5})
    assert taken(vocabulary, "you.ready", {"sure": "not_yet"}) == {"sure": "not_yet"}


def test_dates_are_iso_dates(vocabulary: Vocabulary) -> None:
    assert taken(vocabulary, "offer.visit_date", "2026-12-03") == "2026-12-03"
    for wrong in ("3 December 2026", "2026-02-30", "12/03/2026", 20261203):
        refused(vocabulary, "offer.visit_date", wrong)


def test_countries_are_codes_of_two_letters(vocabulary: Vocabulary) -> None:
    for code in ("JP", "US", "MX", "GB", "KR"):
        assert taken(vocabulary, "offer.country", code) == code
    for wrong in ("Japan", "JPN", "EU", "XX", "ZZ", "UN"):
        refused(vocabulary, "offer.country", wrong)


def test_texts_are_texts(vocabulary: Vocabulary) -> None:
    assert taken(vocabulary, "offer.name", "A drip from the talk") == "A drip from the talk"
    for wrong in (5, True, ["a"], {"a": "b"}):
        refused(vocabulary, "offer.name", wrong)

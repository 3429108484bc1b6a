"""What would change a result: each way leads where it says, nothing in it can be left out, and none is shorter."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guide.change import Changes
from app.guide.sort import Sorter

from .test_properties import REACHED, Given, nearly, tried


@pytest.fixture(scope="module")
def changes(sorter: Sorter) -> Changes:
    return Changes(sorter)


def candidates(changes: Changes, question_id: str) -> list[Any]:
    return changes._possible(changes._pack.questions[question_id])


def reaches(sorter: Sorter, answers: Given, variant: str) -> bool:
    return sorter.sort(sorter.vocabulary.checked(answers)).variant == variant


def test_one_paper_that_is_missing_is_named(sorter: Sorter, changes: Changes) -> None:
    (nearest, *_) = changes.ways({**REACHED["trial"], "trial.ethics": "told"})
    assert (nearest.result, nearest.variant) == ("regulated_trial", "trial")
    assert [c.question for c in nearest.to_learn] == ["trial.ethics"]
    assert nearest.to_differ == ()


def test_what_was_told_clearly_would_have_to_be_a_different_offer(changes: Changes) -> None:
    (nearest, *_) = changes.ways({**REACHED["trial"], "trial.payment": "cells_or_procedure"})
    assert [c.question for c in nearest.to_differ] == ["trial.payment"]
    assert nearest.to_learn == ()


def test_of_answers_that_do_not_fit_together_the_fewest_change(changes: Changes) -> None:
    # Support cells put into the brain: one other way in is enough.
    (nearest, *_) = changes.ways({**REACHED["supportive"], "where.delivery": "brain_surgery"})
    assert [c.question for c in (*nearest.to_differ, *nearest.to_learn)] == ["where.delivery"]


@tried
@given(random=st.randoms(use_true_random=False))
def test_each_way_leads_where_it_says_and_nothing_in_it_can_be_left_out(
    sorter: Sorter, changes: Changes, random: Random
) -> None:
    answers = nearly(sorter, random, changes=random.choice([0, 2, 5]), opened=random.choice([0, 3, 8]))
    now = sorter.sort(sorter.vocabulary.checked(answers))
    for way in changes.ways(answers):
        assert way.result != now.result
        variant = next(v for _, v in sorter.pack.variants if v.id == way.variant)
        made = changes._smallest(answers, variant)
        assert {c.question for c in (*way.to_learn, *way.to_differ)} == made.keys()
        assert reaches(sorter, {**answers, **made}, way.variant)
        for question_id in made:
            less = {**answers, **{q: a for q, a in made.items() if q != question_id}}
            assert not reaches(sorter, less, way.variant), question_id


@tried
@given(random=st.randoms(use_true_random=False))
def test_no_single_answer_leads_where_a_longer_way_was_found(sorter: Sorter, changes: Changes, random: Random) -> None:
    answers = nearly(sorter, random, changes=2, opened=2)
    for way in changes.ways(answers):
        if sum(way.size) == 1:
            continue
        for question in sorter.pack.questions.values():
            if question.id not in sorter.pack.personal:
                for answer in candidates(changes, question.id):
                    assert not reaches(sorter, {**answers, question.id: answer}, way.variant), question.id


@tried
@given(random=st.randoms(use_true_random=False))
def test_what_can_still_warn_is_every_open_question_that_can(sorter: Sorter, changes: Changes, random: Random) -> None:
    answers = nearly(sorter, random, changes=0, opened=6)
    outcome = sorter.sort(answers)
    found = changes.warning_ways(answers)
    for question_id in outcome.asked:
        if question_id in answers or outcome.result == "warning_sign":
            continue
        tried_all = [sorter.sort({**answers, question_id: a}) for a in candidates(changes, question_id)]
        assert (question_id in found) == any(
            o.result == "warning_sign" and o.of("warning", "vague", "contradiction") for o in tried_all
        )


def test_every_result_can_be_reached_from_nothing(changes: Changes) -> None:
    assert {way.result for way in changes.ways({})} == {"regulated_trial", "supportive_care"}

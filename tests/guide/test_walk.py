"""The way through the questions, on random ways of answering: what it says lies ahead comes true."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guide.sort import Sorter
from app.guide.walk import Walk, Walker

from .test_properties import REACHED, Given, any_answer, tried


@pytest.fixture(scope="module")
def walker(sorter: Sorter) -> Walker:
    return Walker(sorter)


def answered_all(walker: Walker, random: Random) -> tuple[list[Walk], Given]:
    """Answers whatever is needed until nothing is: mostly as somebody with a good offer would, sometimes in any way.

    Returns the walk before each answer and the last one, and the answers.
    """
    good, answers = random.choice(list(REACHED.values())), Given()
    strange = random.choice([0.0, 0.05, 0.3])
    walks = [walker.walk(answers)]
    while walks[-1].needed:
        question = walker.pack.questions[walks[-1].needed[0]]
        if question.kind == "text":
            answers[question.id] = "Some name"
        elif question.id in good and random.random() >= strange:
            answers[question.id] = good[question.id]
        else:
            answers[question.id] = any_answer(question, random)
        walks.append(walker.walk(answers))
    return walks, answers


@tried
@given(random=st.randoms(use_true_random=False))
def test_as_many_answers_follow_as_were_said_to(walker: Walker, random: Random) -> None:
    walks, _ = answered_all(walker, random)
    end = walks[-1]
    for position, walk in enumerate(walks):
        left = len(walks) - 1 - position
        assert left <= walk.at_most
        if end.outcome.variant:
            assert left >= walk.at_least


@tried
@given(random=st.randoms(use_true_random=False))
def test_when_nothing_is_needed_it_is_settled_or_an_answer_is_still_open(walker: Walker, random: Random) -> None:
    walks, answers = answered_all(walker, random)
    end = walks[-1]
    assert (end.outcome.result == "not_settled") == bool(end.still_open)
    assert set(end.still_open) <= answers.keys()


@tried
@given(random=st.randoms(use_true_random=False))
def test_every_question_is_in_one_place(walker: Walker, random: Random) -> None:
    _, answers = answered_all(walker, random)
    # And some that were answered once, on another way.
    for question in random.sample(list(walker.pack.questions.values()), 10):
        if question.id in walker.order and question.kind in ("one", "many", "country"):
            answers.setdefault(question.id, any_answer(question, random))
    walk = walker.walk(answers)
    assert sorted(walk.asked) == sorted((*walk.answered, *walk.needed, *walk.more))
    assert not set(walk.set_aside) & set(walk.asked)
    assert answers.keys() == {*walk.answered, *walk.set_aside}


@tried
@given(random=st.randoms(use_true_random=False))
def test_back_leads_step_by_step_to_the_start(walker: Walker, random: Random) -> None:
    walks, _ = answered_all(walker, random)
    end = walks[-1]
    at, seen = random.choice(end.asked), set[str]()
    while (before := end.before(at)) is not None:
        assert before not in seen
        seen.add(before)
        at = before
    assert at == walker.order[0]


@tried
@given(random=st.randoms(use_true_random=False))
def test_the_extra_questions_are_passed_once_each_and_end(walker: Walker, random: Random) -> None:
    walks, _ = answered_all(walker, random)
    end = walks[-1]
    passed = [end.more[0]] if end.more else []
    while passed and (following := end.next_more(passed[-1])):
        passed.append(following)
    assert tuple(passed) == end.more

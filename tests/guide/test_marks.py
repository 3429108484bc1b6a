"""Formulas made quick say what the formulas say: on any formulas, and any answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guide.formulas import FALSE, TRUE, UNANSWERED, All, Any, Formula, Is, Not, State, compiled
from app.guide.marks import Marks
from app.guide.sort import Sorter

from .test_properties import tried

QUESTIONS, TOKENS = ("a", "b", "c"), (UNANSWERED, "x", "y", "z")
some_tokens = st.frozensets(st.sampled_from(TOKENS))
leaves = st.builds(Is, st.sampled_from(QUESTIONS), some_tokens)


def wider(formulas: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    parts = st.lists(formulas, max_size=4).map(tuple)
    return st.one_of(st.builds(Not, formulas), st.builds(All, parts), st.builds(Any, parts))


any_formula = st.recursive(leaves, wider, max_leaves=12)
# A list of many answers holds several tokens; what is recorded of a country may be one that no formula names.
any_tokens = st.frozensets(st.sampled_from((*TOKENS[1:], "unnamed")), min_size=1) | st.just(frozenset({UNANSWERED}))
any_state = st.fixed_dictionaries(dict.fromkeys(QUESTIONS, any_tokens))


def naive(formula: Formula, state: State) -> bool:
    """What a formula means, part by part, as its forms are described."""
    match formula:
        case Is(question, tokens):
            return any(token in tokens for token in state[question])
        case Not(part):
            return not naive(part, state)
        case All(parts):
            return all(naive(part, state) for part in parts)
        case Any(parts):
            return any(naive(part, state) for part in parts)


def leaves_of(formula: Formula) -> list[Is]:
    match formula:
        case Is():
            return [formula]
        case Not(part):
            return leaves_of(part)
        case All(parts) | Any(parts):
            return [leaf for part in parts for leaf in leaves_of(part)]


@tried
@given(formulas=st.lists(any_formula, max_size=5), states=st.lists(any_state, max_size=8))
def test_formulas_made_quick_say_what_they_say_part_by_part(formulas: list[Formula], states: list[State]) -> None:
    marks = Marks()
    together = marks.tests(formulas)
    one_by_one = [marks.test(formula) for formula in formulas]
    for state in states:
        expected = tuple(naive(formula, state) for formula in formulas)
        for recorded in (state, {q: tokens for q, tokens in state.items() if tokens != {UNANSWERED}}):
            of_these = marks.of(recorded)
            assert together(of_these) == expected
            assert tuple(holds(of_these) for holds in one_by_one) == expected
        assert tuple(compiled(formula)(state) for formula in formulas) == expected


@tried
@given(leaves=st.lists(st.tuples(leaves, st.booleans()), max_size=6), state=any_state)
def test_also_where_every_part_looks_at_one_answer(leaves: list[tuple[Is, bool]], state: State) -> None:
    parts = tuple(Not(leaf) if negated else leaf for leaf, negated in leaves)
    marks = Marks()
    formulas = [All(parts), Any(parts), Not(All(parts)), Not(Any(parts))]
    assert marks.tests(formulas)(marks.of(state)) == tuple(naive(formula, state) for formula in formulas)


@tried
@given(cases=st.lists(st.lists(any_formula, max_size=3), max_size=3), state=any_state)
def test_a_choice_is_the_first_that_holds(cases: list[list[Formula]], state: State) -> None:
    marks = Marks()
    chosen = marks.choices(([(f, (i, f)) for f in formulas], (i, None)) for i, formulas in enumerate(cases))
    expected = [(i, next((f for f in formulas if naive(f, state)), None)) for i, formulas in enumerate(cases)]
    assert chosen(marks.of(state)) == expected
    named = {leaf.question for formulas in cases for formula in formulas for leaf in leaves_of(formula)}
    assert {q for q in QUESTIONS if marks.names(q)} == named


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (TRUE, True),
        (FALSE, False),
        (Is("a", frozenset()), False),
        (All((Is("a", frozenset("x")), Not(Is("a", frozenset("x"))))), False),
        (Any((Is("a", frozenset("x")), Not(Is("a", frozenset("x"))))), True),
    ],
)
def test_what_holds_whatever_is_answered(formula: Formula, expected: bool) -> None:
    marks = Marks()
    holds = marks.test(formula)
    for tokens in ({UNANSWERED}, {"x"}, {"y"}, {"x", "y"}):
        assert holds(marks.of({"a": frozenset(tokens)})) is expected


def test_every_formula_of_the_rules(sorter: Sorter) -> None:
    """Where each question has been answered alone, in every way."""
    rules, pack = sorter.rules, sorter.pack
    formulas = [rules.outcome(r) for r in pack.results] + [rules.possible(v.id) for _, v in pack.variants]
    questions = [q for q in pack.questions.values() if q.id not in pack.personal]
    formulas += [part for q in questions for part in (*rules.asked(q.id), rules.reads_open(q.id))]
    marks = Marks()
    quick = marks.tests(formulas)
    for question in questions:
        for token in (UNANSWERED, *(o.id for o in question.options), *pack.standing):
            recorded = {question.id: frozenset({token})}
            state = {**sorter.state({}), **recorded}
            assert quick(marks.of(recorded)) == tuple(naive(formula, state) for formula in formulas)

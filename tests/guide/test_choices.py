"""Choosing one of several answers a question: the first choice that makes a formula true, against trying them all."""

from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.guide.choices import Ways, first_choice, narrowed
from app.guide.formulas import FALSE, TRUE, Formula, Is, all_of, any_of, compiled, negation
from app.guide.sort import Sorter

QUESTIONS, TOKENS = ("a", "b", "c", "d"), ("x", "y", "z")
some_tokens = st.frozensets(st.sampled_from(TOKENS), min_size=1)
formulas = st.recursive(
    st.builds(Is, st.sampled_from(QUESTIONS), some_tokens),
    lambda parts: st.one_of(
        st.lists(parts, max_size=4).map(lambda found: all_of(*found)),
        st.lists(parts, max_size=4).map(lambda found: any_of(*found)),
        parts.map(negation),
    ),
    max_leaves=25,
)
all_ways = st.fixed_dictionaries({q: st.lists(some_tokens, min_size=1, max_size=3) for q in QUESTIONS})
tried = settings(deadline=None, max_examples=300, derandomize=True)


def by_trying(formula: Formula, ways: Ways) -> dict[str, int] | None:
    for positions in product(*(range(len(w)) for w in ways.values())):
        chosen = dict(zip(ways, positions, strict=True))
        if compiled(formula)({q: ways[q][at] for q, at in chosen.items()}):
            return chosen
    return None


@tried
@given(formula=formulas, ways=all_ways)
def test_the_first_choice_is_the_one_that_trying_them_in_order_finds(formula: Formula, ways: Ways) -> None:
    assert first_choice(formula, ways) == by_trying(formula, ways)


@tried
@given(formula=formulas, ways=all_ways)
def test_what_is_left_of_a_formula_says_the_same_under_every_choice(formula: Formula, ways: Ways) -> None:
    left = narrowed(formula, ways)
    for chosen in product(*ways.values()):
        state = dict(zip(ways, chosen, strict=True))
        assert compiled(left)(state) == compiled(formula)(state)


def test_where_there_is_nothing_to_choose_nothing_is_left_open() -> None:
    ways = {"a": [frozenset({"x"})], "b": [frozenset({"y"}), frozenset({"y", "z"})]}
    assert narrowed(all_of(Is("a", frozenset({"x"})), Is("b", frozenset({"y"}))), ways) == TRUE
    assert narrowed(Is("b", frozenset({"x"})), ways) == FALSE


def test_forty_questions_that_have_to_agree_do_not_take_two_to_the_fortieth_tries() -> None:
    names = [f"q{n}" for n in range(40)]
    yes, no = frozenset({"x"}), frozenset({"y"})
    alike = [any_of(all_of(Is(a, yes), Is(b, yes)), all_of(Is(a, no), Is(b, no))) for a, b in pairwise(names)]
    ways = {q: [yes, no] for q in names}
    assert first_choice(all_of(*alike, Is(names[-1], no)), ways) == dict.fromkeys(names, 1)
    assert first_choice(all_of(*alike, Is(names[0], yes), Is(names[-1], no)), ways) is None


def test_the_rules_of_the_pack_leave_nothing_open_once_every_answer_is_known(sorter: Sorter) -> None:
    ways = {q: [tokens] for q, tokens in sorter.state({"trial.status": "treatment"}).items()}
    assert narrowed(sorter.rules.outcome("warning_sign"), ways) == FALSE
    assert narrowed(sorter.rules.outcome("not_settled"), ways) == TRUE

"""What holds for any answers to the Parkinson's pack, tried on random ones."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.guide.answers import Answer
from app.guide.formulas import State, compiled
from app.guide.models import Question
from app.guide.sort import Outcome, Sorter

from .reference import ANY_NUMBER, STANDING_KINDS, Reference, Sorted

Given = dict[str, Answer]
tried = settings(deadline=None, max_examples=200, derandomize=True)

EVERY_OFFER: Given = {
    "offer.country": "JP", "cells.source": "donor", "cells.product": "in_writing", "cells.lab": "shown",
    "cells.batch_tests": "shown", "where.reach": "published_in_people", "where.place": "hospital",
    "where.specialist": "movement_disorder_specialist", "why.difference": "explained",
    "why.evidence": "published_same_product_in_parkinsons", "why.outcomes": "named_measures",
    "why.followup": "under_twelve_months", "safety.consent": "take_home", "safety.risks": "named_specifically",
    "safety.medicines": "keep_unless_neurologist_changes", "safety.own_neurologist": "will_share",
}  # fmt: skip
TRIAL_PAPERS: Given = {"trial.authority": "shown", "trial.ethics": "shown"}

# One offer for each variant, by the outline's needs; the tests start from these and change a few answers.
REACHED: dict[str, Given] = {
    "trial": {
        **EVERY_OFFER, **TRIAL_PAPERS, "trial.status": "regulated_trial", "cells.kind": "neural_stem_cells",
        "where.delivery": "brain_surgery", "why.goal": "replace_dopamine_neurons", "trial.number": ANY_NUMBER,
        "trial.record_matches": "partly", "trial.payment": "own_travel_only", "claims.heard": ["boosters_planned"],
    },
    "authorised_product": {
        **EVERY_OFFER, "trial.status": "authorised_product", "trial.product": "amchepry",
        "cells.kind": "dopamine_cells_from_ips", "where.delivery": "brain_surgery",
        "why.goal": "replace_dopamine_neurons", "claims.heard": ["approved_for_parkinsons"],
    },
    "special_access": {
        **EVERY_OFFER, **TRIAL_PAPERS, "trial.status": "special_access", "cells.kind": "mesenchymal",
        "where.delivery": "spinal_fluid", "why.goal": "slow_the_disease", "claims.heard": ["none_of_these"],
    },
    "supportive": {
        **EVERY_OFFER, "trial.status": "treatment", "cells.kind": "mesenchymal", "where.delivery": "vein",
        "why.goal": "support_only", "support.licence": "shown", "support.plan": "made_for_me",
        "claims.heard": ["none_of_these"],
    },
}  # fmt: skip


def one_tick(options: list[str]) -> Iterator[list[str]]:
    """Enough for claims.heard: what is not a warning there is looked at by one contradiction only."""
    return ([option] for option in options)


@pytest.fixture(scope="module")
def reference(sorter: Sorter) -> Reference:
    return Reference(sorter.pack, ticks=one_tick, skip_warned=True)


def any_answer(question: Question, random: Random) -> Answer:
    if question.kind == "country":
        options = ["JP", "US", "MX"]
    else:
        options = [ANY_NUMBER if o.id == "given" else o.id for o in question.options]
    standing = ["not_asked", "unsure", "no_clear_answer"] if question.takes_standing else []
    # A list is chosen as often as any standing answer together, and rarely long.
    if question.kind == "many" and (not standing or random.random() < 0.5):
        return random.sample(options, random.choice([1, 1, 2]))
    return random.choice(standing if question.kind == "many" else options + standing)


def nearly(sorter: Sorter, random: Random, changes: int, opened: int) -> Given:
    """One of the offers above, with a few answers changed and a few left open."""
    answers = dict(random.choice(list(REACHED.values())))
    asked = [q for q in sorter.pack.questions.values() if q.kind in STANDING_KINDS and q.id not in sorter.pack.personal]
    for question in random.sample(asked, random.randint(0, changes)):
        answers[question.id] = any_answer(question, random)
    for question_id in random.sample(sorted(answers), random.randint(0, min(opened, len(answers)))):
        answers.pop(question_id)
    return answers


def sort(sorter: Sorter, answers: Given) -> Outcome:
    return sorter.sort(sorter.vocabulary.checked(answers))


def filled(sorter: Sorter, reference: Reference, answers: Given, random: Random) -> Given:
    """The same answers with some of what reads open answered, in any way, unclear ones included."""
    found = dict(answers)
    for question in reference.questions:
        if question.kind in STANDING_KINDS and reference.reading(question, found) == "open" and random.random() < 0.5:
            found[question.id] = any_answer(question, random)
    return found


def test_each_variant_is_reached(sorter: Sorter) -> None:
    for variant, answers in REACHED.items():
        assert sort(sorter, answers).variant == variant


@tried
@given(random=st.randoms(use_true_random=False))
def test_nearly_complete_answers_sort_as_the_reference_sorts_them(
    sorter: Sorter, reference: Reference, random: Random
) -> None:
    answers = nearly(sorter, random, changes=2, opened=4)
    # More open questions than these have too many ways of being answered to try them all.
    hidden = "trial.status" in reference.open_questions(answers)
    assume(len(reference.open_questions(answers)) <= (12 if hidden else 5))
    outcome = sort(sorter, answers)
    assert Sorted(outcome.result, outcome.variant, outcome.possible) == reference.sort(answers)


@tried
@given(random=st.randoms(use_true_random=False))
def test_a_reached_result_only_ever_falls_to_warning_sign(sorter: Sorter, reference: Reference, random: Random) -> None:
    answers = nearly(sorter, random, changes=0, opened=4)
    before = sort(sorter, answers)
    assume(before.variant)
    later = filled(sorter, reference, answers, random)
    after = sort(sorter, later)
    if after.variant != before.variant:
        # And only by something new that warns, never because a need is lost.
        assert after.result == "warning_sign"
        assert after.of("warning", "vague", "contradiction")


@tried
@given(random=st.randoms(use_true_random=False))
def test_adding_answers_never_enlarges_what_is_possible(sorter: Sorter, reference: Reference, random: Random) -> None:
    answers = nearly(sorter, random, changes=2, opened=12)
    before = sort(sorter, answers)
    after = sort(sorter, filled(sorter, reference, answers, random))
    # A warning sign is always possible; only a reached result is said without it.
    assert set(after.possible) <= {*before.possible, "warning_sign"}
    if before.result == "warning_sign":
        assert after.result == "warning_sign"


@pytest.fixture(scope="module")
def formulas(sorter: Sorter) -> dict[str, dict[str, Callable[[State], bool]]]:
    """What `check` reasons about, compiled, by what it says."""
    rules, pack = sorter.rules, sorter.pack
    final = [r for r in pack.results if r != "not_settled"]
    return {
        "outcome": {r: compiled(rules.outcome(r)) for r in pack.results},
        "reached": {v.id: compiled(rules.reached(v)) for _, v in pack.variants},
        "possible": {r: compiled(rules.still_possible(r)) for r in final},
    }


@tried
@given(random=st.randoms(use_true_random=False))
def test_sort_says_what_the_formulas_of_the_rules_say(
    sorter: Sorter, formulas: dict[str, dict[str, Callable[[State], bool]]], random: Random
) -> None:
    answers = nearly(sorter, random, changes=random.choice([0, 2, 30]), opened=random.choice([2, 10, 30]))
    outcome = sort(sorter, answers)
    state = sorter.state(sorter.vocabulary.checked(answers))

    def holding(what: str) -> list[str]:
        return [name for name, holds in formulas[what].items() if holds(state)]

    assert holding("outcome") == [outcome.result]
    assert holding("reached") == ([outcome.variant] if outcome.variant else [])
    assert sorted(holding("possible")) == list(outcome.possible)

"""What is still possible: exactly what some way of answering the open questions reaches."""

from pathlib import Path
from random import Random

import pytest

from app.guide.formulas import compiled
from app.guide.lint import lint
from app.guide.pack import load_pack
from app.guide.sort import Sorter

from . import test_rules, test_sort
from .features import FEATURES, HEARD, STATUS, against
from .packs import tiny_pack, tiny_sorter
from .random_packs import random_pack
from .reference import Reference, Sorted, every_set_of_answers


def test_possible_counts_contradictions(tiny: Sorter) -> None:
    heard = {"claims.heard": ["approved", "boosters"]}
    assert tiny.sort({}).possible == ("regulated_trial", "supportive_care", "warning_sign")
    # Nothing contradicts itself yet, but care would once it is said; only the trial is left.
    assert tiny.sort(heard).possible == ("regulated_trial", "warning_sign")
    assert tiny.sort({"offer.goal": "support"}).possible == ("supportive_care", "warning_sign")
    # Each way is closed by another contradiction, and neither of them is present: rule 3.
    both = tiny.sort({**heard, "offer.goal": "support"})
    assert (both.result, both.possible, both.of("contradiction")) == ("warning_sign", ("warning_sign",), [])


def test_approved_for_parkinsons_heard_and_nothing_else_known(sorter: Sorter) -> None:
    """The outline's own example."""
    answers = sorter.vocabulary.checked({"claims.heard": ["approved_for_parkinsons"]})
    outcome = sorter.sort(answers)
    assert (outcome.result, outcome.possible) == ("not_settled", ("regulated_trial", "warning_sign"))
    state = sorter.state(answers)
    open_ways = {v.id: compiled(sorter.rules.possible(v.id))(state) for _, v in sorter.pack.variants}
    assert open_ways == {"trial": False, "authorised_product": True, "special_access": False, "supportive": False}


def test_with_nothing_answered_everything_is_possible(sorter: Sorter) -> None:
    outcome = sorter.sort({})
    assert outcome.result == "not_settled"
    assert outcome.possible == ("regulated_trial", "supportive_care", "warning_sign")


@pytest.mark.parametrize("name", FEATURES)
def test_a_tiny_pack_sorts_every_set_of_answers_as_the_reference_does(name: str, tmp_path: Path) -> None:
    feature = FEATURES[name]
    sorter = tiny_sorter(tmp_path, feature.questions, feature.rules)
    reference = Reference(sorter.pack)
    for answers in every_set_of_answers(reference):
        outcome = sorter.sort(sorter.vocabulary.checked(answers))
        found = Sorted(outcome.result, outcome.variant, outcome.possible)
        assert found == reference.sort(answers), answers


@pytest.mark.parametrize("seed", range(60))
def test_a_pack_with_random_rules_sorts_as_the_reference_does(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - it picks packs, not secrets
    sorter = tiny_sorter(tmp_path, *random_pack(random))
    reference = Reference(sorter.pack)
    sets = list(every_set_of_answers(reference))
    for answers in random.sample(sets, min(len(sets), 300)):
        outcome = sorter.sort(sorter.vocabulary.checked(answers))
        expected = reference.sort(answers)
        # Some of these packs have no way at all to warn; the outline wants a warning sign among what is possible.
        least = {"warning_sign"} if expected.result == "not_settled" else set()
        found = (outcome.result, outcome.variant, set(outcome.possible))
        assert found == (expected.result, expected.variant, least | set(expected.possible)), answers


@pytest.mark.parametrize("name", FEATURES)
def test_every_tiny_pack_hangs_together(name: str, tmp_path: Path) -> None:
    # Otherwise these tests would be about packs that nobody could publish.
    lint(load_pack(tiny_pack(tmp_path, *FEATURES[name])))


def test_every_feature_has_a_test_of_its_name() -> None:
    written = {name for module in (test_rules, test_sort) for name in vars(module)} | set(globals())
    assert {f"test_{name}" for name in FEATURES} <= written


def test_a_list_whose_every_harmless_option_contradicts_leaves_nothing_possible(tmp_path: Path) -> None:
    heard = {**HEARD, "options": {"approved": "neutral", "cure": "warning"}}
    clash = {"all": [{"claims.heard": ["approved"]}, {"offer.status": ["trial"]}]}
    sorter = tiny_sorter(tmp_path, [STATUS, heard], {"must_answer": ["claims.heard"], **against(clash, care={})})
    answers = {"offer.status": "trial"}
    assert Reference(sorter.pack).sort(answers).result == "warning_sign"
    assert sorter.sort(answers).result == "warning_sign"

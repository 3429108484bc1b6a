"""Whether the proof holds where it should, and has teeth: rules, and an engine, broken on purpose have to be named."""

import re
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.guide import rules as rules_module
from app.guide.formulas import FALSE, TRUE, Formula, all_of, any_of, negation
from app.guide.models import STANDING_KINDS, Need, Variant
from app.guide.pack import Pack, load_pack
from app.guide.possible import Possibility
from app.guide.proof import Proof, Verdict
from app.guide.rules import Rules
from app.guide.sort import Sorter

from .features import FEATURES, GOAL, HEARD, PAPERS, PLACE, STATUS, Feature, against, asked, needs
from .packs import tiny_pack
from .random_packs import random_pack
from .reference import Reference, every_set_of_answers

ONE_OUTCOME = "every set of answers gives exactly one outcome"
WARNINGS_WARN = "a warning answer, a contradiction or a vague core answer always gives warning_sign"
MISSED = "what some completion reaches is said to be possible"
INVENTED = "what is said to be possible, some completion reaches"
STAYS = "a warning sign stays possible until a result is reached"
ONLY_FALLS = "a reached result only falls to warning_sign"
REACHABLE = "every result and variant can be reached, and every question asked"
DECIDES = "every need, contradiction, warning and vague core answer decides at least one case"


def promise(says: str, result: str = "regulated_trial", **about: Any) -> dict[str, Any]:
    return {"id": "p", "result": result, "says": says, **about}


# One pack with everything in it that the invariants speak of, and nothing wrong.
WHOLE = Feature(
    [STATUS, {**GOAL, "core": True}, PLACE, asked(PAPERS, offer_status=["trial"]), HEARD],
    {
        "must_answer": ["claims.heard"],
        **against(
            {"all": [{"offer.goal": ["replace"]}, {"offer.place": {"not_in": ["brain"]}}]},
            {"all": [{"claims.heard": ["approved"]}, {"offer.status": {"not_in": ["trial"]}}]},
            trial={"offer.papers": ["shown"], "offer.goal": "answered"},
            care={"offer.goal": ["support"], "offer.place": {"not_in": ["brain"]}},
        ),
        "never": [promise("never so", "supportive_care", when={"offer.place": ["brain"]})],
    },
)


def tiny(tmp_path: Path, feature: Feature) -> Pack:
    return load_pack(tiny_pack(tmp_path, *feature))


def broken(proof: Proof) -> dict[str, list[str]]:
    """What is broken of each invariant, by the first words of what breaks it."""
    return {v.says: [re.split(r": (?:\{|no set)", b)[0] for b in v.broken] for v in proof.verdicts() if v.broken}


def broken_of(proof: Proof, says: str) -> list[str]:
    return next((found for verdict, found in broken(proof).items() if verdict.startswith(says)), [])


# -- where nothing is wrong


@pytest.fixture(scope="session")
def proof(sorter: Sorter) -> Proof:
    return Proof(sorter.rules)


@pytest.fixture(scope="session")
def verdicts(proof: Proof) -> list[Verdict]:
    return list(proof.verdicts())


@pytest.fixture(scope="session")
def witnesses(proof: Proof) -> dict[str, Any]:
    return proof.witnesses()


def test_every_verdict_on_the_pack_holds_and_closes_cases(verdicts: list[Verdict], pack: Pack) -> None:
    assert [v for v in verdicts if v.broken] == []
    assert all(v.closed > 0 for v in verdicts)
    said = [v.says for v in verdicts]
    for invariant in (ONE_OUTCOME, WARNINGS_WARN, MISSED, INVENTED, STAYS, ONLY_FALLS, REACHABLE, DECIDES):
        assert any(s.startswith(invariant) for s in said), invariant
    assert {promise.says for promise in pack.rules.never} <= set(said)


def test_the_counts_are_those_of_the_pack(verdicts: list[Verdict], sorter: Sorter) -> None:
    closed = {v.says: v.closed for v in verdicts}
    pack, rules = sorter.pack, sorter.rules
    alarms = len(rules.warnings) + len(pack.rules.contradictions)
    ranged_over = [q for q in pack.questions.values() if q.id not in pack.personal and q.kind in STANDING_KINDS]
    assert closed[WARNINGS_WARN] == alarms
    assert closed[INVENTED] == len(pack.variants)
    # Of the needs, those that others wait for decide through them: what the offer is on paper, and the number.
    gates = {"trial.status", "trial.number"}
    assert closed[DECIDES] == alarms + sum(n.question not in gates for _, v in pack.variants for n in v.needs)
    assert closed[REACHABLE] == len(pack.results) + len(pack.variants) + len(ranged_over)


def reached_by(sorter: Sorter, answers: dict[str, Any]) -> str:
    """The result, with its variant if it has one, as witnesses are named."""
    outcome = sorter.sort(sorter.vocabulary.checked(answers))
    return f"{outcome.result}.{outcome.variant}".removesuffix(".None")


def test_each_result_and_variant_has_a_witness_that_sorts_to_it(witnesses: dict[str, Any], sorter: Sorter) -> None:
    pack = sorter.pack
    variants = {f"{r.id}.{v.id}" for r, v in pack.variants}
    assert set(witnesses) == variants | {r.id for r in pack.rules.results if not r.variants}
    for name, answers in witnesses.items():
        assert reached_by(sorter, answers) == name


def test_no_answer_of_a_witness_can_be_left_out(witnesses: dict[str, Any], sorter: Sorter) -> None:
    for name, answers in witnesses.items():
        for question in answers:
            fewer = {q: a for q, a in answers.items() if q != question}
            assert reached_by(sorter, fewer) != name, question


@pytest.mark.parametrize("name", FEATURES)
def test_a_witness_of_a_tiny_pack_has_as_few_answers_as_any_set(name: str, tmp_path: Path) -> None:
    pack = tiny(tmp_path, FEATURES[name])
    reference = Reference(pack)
    fewest: dict[str, int] = {}
    for answers in every_set_of_answers(reference):
        reached = ".".join(filter(None, reference.sort(answers)[:2]))
        fewest[reached] = min(len(answers), fewest.get(reached, len(answers)))
    witnesses = Proof(Rules(pack)).witnesses()
    assert {reached: len(answers) for reached, answers in witnesses.items()} == fewest


def test_the_whole_tiny_pack_holds(tmp_path: Path) -> None:
    assert broken(Proof(Rules(tiny(tmp_path, WHOLE)))) == {}


@pytest.mark.parametrize("seed", range(10))
def test_what_is_possible_is_exact_in_a_pack_with_random_rules(seed: int, tmp_path: Path) -> None:
    pack = tiny(tmp_path, Feature(*random_pack(Random(seed))))  # noqa: S311 - it picks packs, not secrets
    proof = Proof(Rules(pack))
    # Whether its needs can be met is up to chance; what the engine makes of them is not.
    for invariant in (ONE_OUTCOME, WARNINGS_WARN, MISSED, INVENTED):
        assert broken_of(proof, invariant) == []


# -- rules broken on purpose

BRAIN = {"offer.place": ["brain"]}
CLASH = {"all": [{"offer.status": ["trial"]}, {"offer.goal": ["replace"]}]}

# The questions and rules, and all that has to be named, by the invariant that it breaks.
BROKEN: dict[str, tuple[list[Any], dict[str, Any], dict[str, list[str]]]] = {
    "promises that do not hold": (
        [STATUS, PLACE],
        {**needs(care={}), "never": [promise("inside", when=BRAIN), promise("outside", unless=BRAIN)]},
        {"inside": ["p"], "outside": ["p"]},
    ),
    "two results at once": (
        [STATUS],
        {"results": {r: {r: {"offer.status": ["trial"]}} for r in ("regulated_trial", "supportive_care")}},
        {ONE_OUTCOME: ["not exactly one outcome", "two variants at once"]},
    ),
    "two variants at once": (
        [STATUS, GOAL],
        {"results": {"regulated_trial": {"one": {"offer.status": ["trial"]}, "two": {"offer.goal": ["support"]}}}},
        {ONE_OUTCOME: ["two variants at once"], REACHABLE: ["result supportive_care"]},
    ),
    "a contradiction that never decides alone": (
        [STATUS, GOAL],
        against({"all": [{"offer.status": ["sold"]}, {"offer.goal": ["replace"]}]}, care={}),
        {DECIDES: ["clash_1 alone"]},
    ),
    "a warning that never decides alone": (
        # Whoever is asked about the papers has met the contradiction.
        [STATUS, GOAL, asked(PAPERS, offer_status=["trial"], offer_goal=["replace"])],
        against(CLASH, trial={"offer.goal": "answered"}, care={}),
        {DECIDES: ["offer.papers=refused alone", "offer.papers=no_clear_answer alone"]},
    ),
    "a variant that can never be reached": (
        [STATUS, GOAL, asked(PLACE, offer_status=["trial"])],
        needs({"offer.goal": "answered"}, {"offer.place": "answered"}),
        {
            REACHABLE: ["result supportive_care", "variant care"],
        },
    ),
    "a question that is never asked": (
        [STATUS, asked(GOAL, offer_status=["care"]), asked(PLACE, offer_goal=["replace"], offer_status=["trial"])],
        needs({}, {"offer.goal": "answered"}),
        {REACHABLE: ["question offer.place"]},
    ),
    "an offer that cannot be warned about": (
        [{"id": "offer.status", "standing": False, "options": ["trial", "care"]}],
        needs(care={}),
        {STAYS: ["no completion warns"], REACHABLE: ["result warning_sign"]},
    ),
    "a result that no complete set of answers keeps": (
        [STATUS, {**GOAL, "core": True}, PLACE],
        against({"all": [{"offer.status": ["care"]}, {"offer.goal": "answered"}]}, trial=BRAIN, care={}),
        {ONLY_FALLS: ["a warning is lost"]},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_rules_broken_on_purpose_are_named(name: str, tmp_path: Path) -> None:
    questions, rules, expected = BROKEN[name]
    found = broken(Proof(Rules(tiny(tmp_path, Feature(questions, rules)))))
    for invariant, says in expected.items():
        assert [found.pop(verdict) for verdict in list(found) if verdict.startswith(invariant)] == [says]
    assert found == {}


# -- an engine broken on purpose


class WithoutContradictions(Possibility):
    """Forgets that what is possible has to be free of contradictions."""

    def _reaches(self, state: dict[str, frozenset[str]]) -> bool:
        return all(test(state) for test in self.asked_alone)


def always(formula: Formula) -> type[Possibility]:
    """A Possibility that is right but for the variant `care`."""

    class Wrong(Possibility):
        def __init__(self, rules: Rules, variant: Variant) -> None:
            super().__init__(rules, variant)
            if variant.id == "care":
                self.formula = formula

    return Wrong


WRONG = {
    "claimed always": (always(TRUE), {INVENTED: ["care"]}),
    "never claimed": (always(FALSE), {MISSED: ["supportive_care missed"]}),
    "contradictions forgotten": (WithoutContradictions, {INVENTED: ["care"]}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_possibility_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, expected = WRONG[name]
    # Only what `sort` uses is wrong; the proof makes up its own list of completions.
    monkeypatch.setattr(rules_module, "Possibility", wrong)
    proof = Proof(Rules(tiny(tmp_path, WHOLE)))
    assert {says: found for says in (MISSED, INVENTED) if (found := broken_of(proof, says))} == expected


@pytest.mark.parametrize(("formula", "invariant"), [(TRUE, INVENTED), (FALSE, MISSED)], ids=["claimed", "missed"])
def test_one_wrong_possibility_is_caught_on_the_real_pack_too(formula: Formula, invariant: str, pack: Pack) -> None:
    rules = Rules(pack)
    right = rules.way_open
    rules.way_open = lambda variant: formula if variant == "supportive" else right(variant)
    proof = Proof(rules)
    verdict = {INVENTED: proof._nothing_possible_invented, MISSED: proof._nothing_possible_missed}[invariant]()
    assert verdict.says == invariant
    assert [b.split(":")[0].split()[0] for b in verdict.broken] in (["supportive"], ["supportive_care"])


class DeafToContradictions(Rules):
    @cached_property
    def warned(self) -> Formula:
        return any_of(*(alarm.formula for alarm in self.warnings))


class SettledTooSoon(Rules):
    def met(self, need: Need) -> Formula:
        return any_of(super().met(need), self.recorded_open(need.question))


class UnsettledThroughout(Rules):
    def outcome(self, result_id: str) -> Formula:
        if result_id == "not_settled":
            return all_of(negation(self.warned), negation(self.any_reached))
        return super().outcome(result_id)


ENGINES: list[tuple[type[Rules], str, list[str]]] = [
    (DeafToContradictions, WARNINGS_WARN, ["clash_1", "clash_2"]),
    (SettledTooSoon, ONLY_FALLS, ["trial", "care"]),
    (UnsettledThroughout, ONE_OUTCOME, ["not exactly one outcome", "nothing open, yet not settled"]),
]


@pytest.mark.parametrize(("rules", "invariant", "says"), ENGINES)
def test_an_engine_broken_on_purpose_is_named(
    rules: type[Rules], invariant: str, says: list[str], tmp_path: Path
) -> None:
    assert broken_of(Proof(rules(tiny(tmp_path, WHOLE))), invariant) == says

"""Which of several answers counts: on the Parkinson's pack by example and at random, on small packs by trying all."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guide.answers import Answer
from app.guide.models import Question
from app.guide.sort import Sorter
from app.guide.voices import READINGS, RESULTS, Heard, Voice, Voices

from .packs import tiny_sorter
from .random_packs import random_pack
from .reference import STANDING_KINDS, Reference
from .test_properties import EVERY_OFFER, REACHED, Given, any_answer, tried

Said = dict[str, list[Voice]]
MOTHER, DAUGHTER, SON = 1, 2, 3


@pytest.fixture(scope="module")
def voices(sorter: Sorter) -> Voices:
    return Voices(sorter)


def said(base: Given, **further: list[Answer]) -> Said:
    """One voice for each answer of `base`, and on some questions (written with __) further ones, by other people."""
    found = {q: [Voice(MOTHER, answer)] for q, answer in base.items()}
    for name, answers in further.items():
        question_id = name.replace("__", ".")
        found[question_id] = [*found.get(question_id, []), *(Voice(DAUGHTER + n, a) for n, a in enumerate(answers))]
    return found


def result(sorter: Sorter, heard: Heard) -> str:
    return sorter.sort(heard.answers).result


def counted(heard: Heard, question_id: str) -> Answer:
    assert heard.disputed[question_id][0].answer == heard.answers[question_id]
    return heard.answers[question_id]


# -- by example


def test_the_more_cautious_reading_counts_and_both_are_shown(sorter: Sorter, voices: Voices) -> None:
    heard = voices.agreed(said(REACHED["supportive"], cells__lab=["told"]))
    assert counted(heard, "cells.lab") == "told"
    assert heard.disputed == {"cells.lab": (Voice(DAUGHTER, "told"), Voice(MOTHER, "shown"))}
    assert result(sorter, heard) == "not_settled"
    turned = voices.agreed({"cells.lab": [Voice(DAUGHTER, "told"), Voice(MOTHER, "shown")]})
    assert turned.disputed == heard.disputed


@pytest.mark.parametrize(
    ("question", "from_mild_to_cautious"),
    [
        ("trial.payment", ["nothing", "unsure", "cells_or_procedure"]),
        ("cells.lab", ["shown", "made_at_the_clinic", "told", "no_clear_answer", "nothing_documented"]),
        ("cells.product", ["in_writing", "no_name", "told", "no_clear_answer"]),
        ("offer.country", ["JP", "unsure", "no_clear_answer"]),
        ("trial.number", ["NCT01234567", "unsure", "no_clear_answer", "refused"]),
        ("claims.heard", [["approved_for_parkinsons"], ["boosters_planned"], ["boosters_planned", "agent_is_paid"],
                          ["secret_recipe"], ["secret_recipe", "agent_is_paid"], ["secret_recipe", "pressure_to_pay"]]),
        # What is left unticked is open: it joins the list to ask.
        ("trial.explained", [["cell_dose", "targeting"], ["cell_dose"], "no_clear_answer"]),
        ("visit.clear", [{"the_goal": "clear"}, {}]),
    ],
)  # fmt: skip
def test_readings_in_their_order(voices: Voices, question: str, from_mild_to_cautious: list[Answer]) -> None:
    readings = [voices.reading(question, answer) for answer in from_mild_to_cautious]
    assert readings == sorted(set(readings))


def test_of_a_scale_what_is_left_to_ask_counts(voices: Voices, sorter: Sorter) -> None:
    rows = [o.id for o in sorter.pack.questions["visit.clear"].options]
    clear = dict.fromkeys(rows, "clear")
    doubtful = [clear, {**clear, rows[0]: "partly"}, dict.fromkeys(rows, "partly"), dict.fromkeys(rows, "not_clear")]
    readings = [voices.reading("visit.clear", points) for points in doubtful]
    assert readings == sorted(set(readings))
    assert readings[0] == ()


def test_not_asked_yet_yields_to_any_other_answer_and_disputes_none(voices: Voices) -> None:
    for other in ("shown", "told", "unsure", "no_clear_answer"):
        for order in ([other, "not_asked"], ["not_asked", other]):
            heard = voices.agreed({"cells.lab": [Voice(n, a) for n, a in enumerate(order)]})
            assert heard == Heard({"cells.lab": other}, {})


def test_not_asked_yet_counts_where_it_is_all_there_is(voices: Voices) -> None:
    both: Said = {"cells.lab": [Voice(MOTHER, "not_asked"), Voice(DAUGHTER, "not_asked"), Voice(SON, "")]}
    assert voices.agreed(both) == Heard({"cells.lab": "not_asked"}, {})


def test_a_sentence_that_looks_like_a_standing_answer_does_not_yield(voices: Voices) -> None:
    heard = voices.agreed({"offer.name": [Voice(MOTHER, "Some drip"), Voice(SON, "not_asked")]})
    assert counted(heard, "offer.name") == "not_asked"


def test_told_but_not_sure_does_not_yield_to_somebody_who_is_sure(voices: Voices) -> None:
    heard = voices.agreed(said(REACHED["trial"], trial__ethics=["unsure"]))
    assert counted(heard, "trial.ethics") == "unsure"


def test_an_answer_taken_back_is_no_voice(voices: Voices) -> None:
    assert voices.agreed({"cells.lab": [Voice(MOTHER, "shown"), Voice(SON, "")]}) == Heard({"cells.lab": "shown"}, {})
    nothing: Said = {"cells.lab": [Voice(MOTHER, ""), Voice(SON, "")], "claims.heard": [Voice(SON, [])], "why.goal": []}
    assert voices.agreed(nothing) == Heard({}, {})


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("claims.heard", ["boosters_planned", "agent_is_paid"], ["agent_is_paid", "boosters_planned"]),
        ("trial.number", "NCT01234567", "nct 0123 4567"),
        ("offer.name", "The drip", " the  Drip"),
        ("visit.clear", {"the_goal": "clear", "the_cells": "partly"}, {"the_cells": "partly", "the_goal": "clear"}),
    ],
)
def test_answers_that_say_the_same_are_one_voice(voices: Voices, question: str, one: Answer, other: Answer) -> None:
    # As it was written last.
    assert voices.agreed({question: [Voice(MOTHER, one), Voice(SON, other)]}) == Heard({question: other}, {})


def test_of_answers_that_weigh_the_same_the_last_one_given_counts(voices: Voices) -> None:
    places = [Voice(SON, "hospital"), Voice(MOTHER, "private_clinic"), Voice(DAUGHTER, "hospital")]
    heard = voices.agreed({"where.place": places})
    assert heard.disputed == {"where.place": (Voice(DAUGHTER, "hospital"), Voice(MOTHER, "private_clinic"))}
    assert counted(voices.agreed({"where.place": places[:2]}), "where.place") == "private_clinic"


@pytest.mark.parametrize("order", [1, -1])
def test_of_answers_that_read_alike_the_one_with_more_needs_not_met_counts(voices: Voices, order: int) -> None:
    cure: Given = {**REACHED["supportive"], "claims.heard": ["cure_or_reversal"]}
    del cure["why.goal"]
    aims: list[Answer] = ["slow_the_disease", "support_only"][::order]
    assert counted(voices.agreed(said(cure, why__goal=aims)), "why.goal") == "slow_the_disease"


@pytest.mark.parametrize("order", [1, -1])
def test_and_then_the_one_with_more_that_is_worth_raising(voices: Voices, order: int) -> None:
    # Only of cells that go through a vein is it asked how they reach the brain.
    slow: Given = {**REACHED["trial"], "why.goal": "slow_the_disease", "where.reach": "not_explained"}
    del slow["where.delivery"]
    routes: list[Answer] = ["vein", "brain_surgery"][::order]
    assert counted(voices.agreed(said(slow, where__delivery=routes)), "where.delivery") == "vein"


def test_an_answer_that_reads_milder_counts_where_only_it_clashes(sorter: Sorter, voices: Voices) -> None:
    # "Special access" reads caution, "a treatment" neutral: yet only as a treatment are these cells a warning sign.
    access: Given = {**REACHED["special_access"], "cells.kind": "neural_stem_cells"}
    assert sorter.sort(access).result == "regulated_trial"
    heard = voices.agreed(said(access, trial__status=["treatment"]))
    assert counted(heard, "trial.status") == "treatment"
    assert result(sorter, heard) == "warning_sign"


def test_a_contradiction_between_two_disputed_answers_is_found(sorter: Sorter, voices: Voices) -> None:
    # Neither of the two changes makes a warning sign alone, and both read milder than what they stand against.
    calm: Given = {
        **REACHED["special_access"], "why.goal": "support_only", "support.licence": "shown",
        "support.plan": "made_for_me",
    }  # fmt: skip
    for change in ({"trial.status": "treatment"}, {"where.delivery": "brain_surgery"}):
        assert sorter.sort({**calm, **change}).result in ("supportive_care", "regulated_trial")
    heard = voices.agreed(said(calm, trial__status=["treatment"], where__delivery=["brain_surgery"]))
    assert heard.disputed.keys() == {"trial.status", "where.delivery"}
    assert [r.rule for r in sorter.sort(heard.answers).of("contradiction")] == ["brain_surgery_outside_a_trial"]


def test_it_is_found_beside_a_third_disputed_answer_that_makes_the_result_a_little_more_cautious(
    tmp_path: Path,
) -> None:
    places = {"far": "caution", "near": "neutral"}
    questions = [
        {"id": "offer.status", "options": {"trial": "caution", "care": "neutral", "sold": "warning"}},
        {"id": "offer.country", "options": places},
        {"id": "offer.lab", "options": places},
    ]
    rules = {
        "contradictions": [{"id": "too_near", "all": [{"offer.country": ["near"]}, {"offer.lab": ["near"]}]}],
        "results": {
            "regulated_trial": {"trial": {"offer.status": ["trial"]}},
            "supportive_care": {"care": {"offer.status": ["care"]}},
        },
    }
    sorter = tiny_sorter(tmp_path, questions, rules)
    calm: Given = {"offer.status": "trial", "offer.country": "far", "offer.lab": "far"}
    heard = Voices(sorter).agreed(said(calm, offer__status=["care"], offer__country=["near"], offer__lab=["near"]))
    assert result(sorter, heard) == "warning_sign"
    # What the warning does not rest on is left to the reading.
    assert heard.answers == {"offer.status": "trial", "offer.country": "near", "offer.lab": "near"}


@pytest.mark.parametrize("elsewhere", [["none_of_these"], ["cure_or_reversal"]])
def test_not_being_sure_hides_no_question_whose_answer_warns(
    sorter: Sorter, voices: Voices, elsewhere: list[str]
) -> None:
    paid: Given = {**REACHED["trial"], "trial.payment": "cells_or_procedure", "claims.heard": elsewhere}
    heard = voices.agreed(said(paid, trial__status=["unsure"]))
    assert counted(heard, "trial.status") == "regulated_trial"
    assert "trial.payment" in [r.question for r in sorter.sort(heard.answers).of("warning")]


@pytest.mark.parametrize("status", ["study_you_pay_to_join", "no_clear_answer"])
def test_an_answer_that_warns_counts_even_where_another_would_bring_up_more_warnings(
    sorter: Sorter, voices: Voices, status: str
) -> None:
    # As a treatment, cells kept for trials, put into the brain, would clash twice.
    brain: Given = {**EVERY_OFFER, "where.delivery": "brain_surgery", "cells.kind": "fetal_tissue"}
    heard = voices.agreed(said({**brain, "trial.status": status}, trial__status=["treatment"]))
    assert counted(heard, "trial.status") == status
    assert result(sorter, heard) == "warning_sign"


def test_no_clear_answer_is_no_warning_in_itself_where_the_question_is_not_core(voices: Voices) -> None:
    elsewhere: Given = {**REACHED["authorised_product"], "offer.country": "US"}
    heard = voices.agreed(said(elsewhere, trial__product=["no_clear_answer"]))
    # Only with the product named does it come out that it is not approved there.
    assert counted(heard, "trial.product") == "amchepry"


def test_what_nobody_disputes_is_never_sorted(sorter: Sorter, voices: Voices, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sorter, "sort", refuse)
    trial = REACHED["trial"]
    assert voices.agreed(said(trial)) == Heard(trial, {})
    assert voices.agreed({q: [Voice(MOTHER, a), Voice(SON, a)] for q, a in trial.items()}) == Heard(trial, {})
    with pytest.raises(AssertionError):
        voices.agreed(said(trial, trial__ethics=["told"]))


# -- at random


def disputes(sorter: Sorter, random: Random, most: int) -> Said:
    """One of the offers that reach a result, one to `most` questions of it answered by up to three people."""
    found = said(random.choice(list(REACHED.values())))
    asked = [q for q in sorter.pack.questions.values() if q.kind in STANDING_KINDS and q.id not in sorter.pack.personal]
    # What an offer is called decides what else is asked: worth disputing more often.
    chosen = [*random.sample(asked, random.randint(1, most)), sorter.pack.questions["trial.status"]]
    for question in chosen[random.randint(0, 1) :][:most]:
        mild = random.random() < 0.6
        others = [_voice(sorter, question, random, mild) for _ in range(random.randint(1, 2))]
        found[question.id] = [*found.get(question.id, []), *(Voice(2 + n, a) for n, a in enumerate(others))]
        random.shuffle(found[question.id])
    return found


def _voice(sorter: Sorter, question: Question, random: Random, mild: bool) -> Answer:
    warns = sorter.rules.tokens_reading(question.id, "warning") | sorter.rules.tokens_reading(question.id, "vague")
    while True:
        answer = any_answer(question, random)
        if not mild or warns.isdisjoint(sorter.vocabulary.tokens(question.id, answer)):
            return answer


def every_choice(sorter: Sorter, spoken: Said) -> Iterator[Given]:
    """Every way of taking one voice a question, of those that have a say."""
    heard_of: dict[str, list[Answer]] = {}
    for question_id, given_voices in spoken.items():
        answers = [v.answer for v in given_voices if v.answer]
        counting = [a for a in answers if a != "not_asked"] or answers
        if counting:
            heard_of[question_id] = [a for n, a in enumerate(counting) if a not in counting[:n]]
    return (dict(zip(heard_of, chosen, strict=True)) for chosen in product(*heard_of.values()))


def caution(sorter: Sorter, answers: Given) -> int:
    return RESULTS.index(sorter.sort(answers).result)


@tried
@given(random=st.randoms(use_true_random=False))
def test_the_result_is_the_most_cautious_that_any_choice_of_voices_leads_to(
    sorter: Sorter, voices: Voices, random: Random
) -> None:
    spoken = disputes(sorter, random, most=3)
    choices = list(every_choice(sorter, spoken))
    heard = voices.agreed(spoken)
    assert heard.answers in choices
    assert caution(sorter, heard.answers) == max(caution(sorter, choice) for choice in choices)


@pytest.mark.parametrize("seed", range(40))
def test_so_it_is_under_random_rules_with_every_question_disputed(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - it picks packs, not secrets
    sorter = tiny_sorter(tmp_path, *random_pack(random))
    voices, reference = Voices(sorter), Reference(sorter.pack)
    for _ in range(30):
        spoken = {}
        for question in reference.questions:
            open_options = [o.id for o in question.options if o.reads == "open"]
            answers = [*reference.ways(question), *open_options, "not_asked", "unsure", ""]
            chosen = [random.choice(answers) for _ in range(random.randint(1, 3))]
            checked = [sorter.vocabulary.check(question.id, a) for a in chosen]
            spoken[question.id] = [Voice(n, a) for n, a in enumerate(checked)]
        heard = voices.agreed(spoken)
        choices = list(every_choice(sorter, spoken))
        assert heard.answers in choices
        assert caution(sorter, heard.answers) == max(caution(sorter, choice) for choice in choices)


@tried
@given(random=st.randoms(use_true_random=False))
def test_one_more_voice_never_makes_the_result_less_cautious(sorter: Sorter, voices: Voices, random: Random) -> None:
    spoken = disputes(sorter, random, most=4)
    before = voices.agreed(spoken).answers
    question_id = random.choice(sorted(q for q, a in before.items() if a != "not_asked"))
    question = sorter.pack.questions[question_id]
    added = Voice(9, any_answer(question, random))
    after = voices.agreed({**spoken, question_id: [*spoken[question_id], added]}).answers
    assert caution(sorter, after) >= caution(sorter, before)


@tried
@given(random=st.randoms(use_true_random=False))
def test_one_disputed_question_is_decided_in_the_order_that_is_promised(
    sorter: Sorter, voices: Voices, random: Random
) -> None:
    spoken = disputes(sorter, random, most=1)
    heard = voices.agreed(spoken)
    if not heard.disputed:
        return
    ((question_id, differing),) = heard.disputed.items()
    question = sorter.pack.questions[question_id]

    def weight(answer: Answer) -> tuple[object, ...]:
        outcome = sorter.sort({**heard.answers, question_id: answer})
        reads = worst_reading(sorter, question, answer)
        kinds = [r.kind for r in outcome.reasons]
        warnings = sum(kinds.count(kind) for kind in ("warning", "vague", "contradiction"))
        itself = reads == "warning" or (question.core and reads == "vague")
        return RESULTS.index(outcome.result), itself, warnings, READINGS.index(reads)

    weights = [weight(voice.answer) for voice in differing]
    assert weights[0] == max(weights)  # type: ignore[type-var]


def worst_reading(sorter: Sorter, question: Question, answer: Answer) -> str:
    if question.ask_unticked and isinstance(answer, list):
        return "open"
    tokens = sorter.vocabulary.tokens(question.id, answer)
    clear = [r for r in READINGS if not tokens.isdisjoint(sorter.rules.tokens_reading(question.id, r))]
    return clear[-1] if clear else "neutral"


@tried
@given(random=st.randoms(use_true_random=False))
def test_it_rests_on_what_was_said_and_not_on_who_said_it(sorter: Sorter, voices: Voices, random: Random) -> None:
    spoken = disputes(sorter, random, most=4)
    heard = voices.agreed(spoken)
    questions = sorted(spoken, key=lambda _: random.random())
    renamed = {q: [Voice(7 * v.who + 1, v.answer) for v in spoken[q]] for q in questions}
    again = voices.agreed(renamed)
    assert again.answers == heard.answers
    for question_id, differing in heard.disputed.items():
        assert [v.answer for v in again.disputed[question_id]] == [v.answer for v in differing]
    # Saying once more at the start what is said later changes nothing, and whoever is alone is heard.
    repeated = {q: [Voice(99, v[-1].answer), *v] for q, v in spoken.items()}
    assert voices.agreed(repeated) == heard
    assert heard.answers.keys() == spoken.keys()
    assert [*heard.disputed] == [q for q in sorter.pack.questions if q in heard.disputed]

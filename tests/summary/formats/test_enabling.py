"""A FHIR form shows a question exactly when the guide asks it: compared by an evaluator that is not ours."""

from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from guide.packs import tiny_pack

from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.summary.formats.questionnaire import questionnaire

from .answering import any_answer, in_form, random_answers
from .evaluator import Evaluator

READINGS = ("neutral", "neutral", "caution", "open", "vague", "warning")


def shown(pack: Pack, form: dict[str, Any], answers: dict[str, Any]) -> set[str]:
    """The questions about the offer that the form shows."""
    said: dict[str, list[Any]] = {}
    for question_id, answer in answers.items():
        said |= in_form(pack, pack.questions[question_id], answer)
    evaluator = Evaluator(form, said)
    return {q for q in pack.questions if q not in pack.personal and evaluator.enabled(q)}


def test_the_form_shows_what_the_guide_asks_under_random_answers(walker: Walker, form: dict[str, Any]) -> None:
    random, counts = Random(7), set()  # noqa: S311
    for _ in range(1500):
        answers = random_answers(walker.pack, random, share=random.choice([0.3, 0.7, 1.0]))
        asked = set(walker.walk(answers).asked)
        assert shown(walker.pack, form, answers) == asked, answers
        counts.add(len(asked))
    assert len(counts) > 10  # they differ, so something was compared


def test_each_answer_to_what_others_rest_on_shows_the_right_ones(walker: Walker, form: dict[str, Any]) -> None:
    pack = walker.pack
    sources = {source for q in pack.questions.values() for source in q.asked_when}
    tried = 0
    for source in sources:
        question = pack.questions[source]
        options = [o.id for o in question.options if o.id != "given"] + list(pack.standing)
        options += ["NCT01234567"] if question.kind == "register_number" else []
        for answer, status in product(options, [o.id for o in pack.questions["trial.status"].options]):
            answers = {"trial.status": status} | {source: answer}
            assert shown(pack, form, answers) == set(walker.walk(answers).asked), answers
            tried += 1
    assert tried > 150


def test_a_number_that_is_not_typed_yet_opens_nothing(walker: Walker, form: dict[str, Any]) -> None:
    said = {
        "trial.status": [("https://which-cells.invalid/parkinsons/answers/trial.status", "regulated_trial")],
        "trial.number": [("https://which-cells.invalid/parkinsons/answers/trial.number", "given")],
    }
    assert Evaluator(form, said).enabled("trial.number-number")
    assert not Evaluator(form, said).enabled("trial.record_matches")
    assert Evaluator(form, said | {"trial.number-number": ["NCT01234567"]}).enabled("trial.record_matches")


# -- packs with conditions of every shape


def random_questions(random: Random) -> list[dict[str, Any]]:
    """Questions of each kind that rules may look at, each resting on up to three of those before it."""
    questions: list[dict[str, Any]] = [{"id": "offer.status", "options": {"trial": "neutral", "sold": "warning"}}]
    for number in range(random.randint(2, 5)):
        kind = random.choice(["one", "one", "many", "country", "register_number"])
        question: dict[str, Any] = {"id": f"offer.q{number}", "kind": kind}
        if kind == "register_number":
            question["options"] = {"given": "neutral", "refused": random.choice(READINGS)}
        elif kind != "country":
            readings = ("neutral", "caution") if kind == "many" else READINGS
            question["options"] = {o: random.choice(readings) for o in ("a", "b", "c", "d")[: random.randint(1, 4)]}
        bases = random.sample(questions, random.randint(0, min(3, len(questions))))
        if bases:
            question["asked_when"] = {base["id"]: random_test(random, base) for base in bases}
        questions.append(question)
    return questions


def random_test(random: Random, base: dict[str, Any]) -> Any:
    options = ["JP", "US", "MX"] if base.get("kind") == "country" else list(base["options"])
    named = random.sample(options, random.randint(1, len(options)))
    return random.choice([named, named, {"not_in": named}, "answered"])


@pytest.mark.parametrize("seed", range(60))
def test_conditions_of_every_shape_come_out_right(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311
    pack = load_pack(tiny_pack(tmp_path, random_questions(random)))
    walker, form = Walker(Sorter(pack)), questionnaire(pack)
    for _ in range(60):
        asked_of = [q for q in pack.questions.values() if random.random() < 0.85]
        answers = {q.id: any_answer(pack, q, random) for q in asked_of}
        assert shown(pack, form, answers) == set(walker.walk(answers).asked), (answers, form)

"""Packs with random rules, small enough to try all their sets of answers.

Each hangs together as `lint` asks, and no answer meets the needs of two results at once. Everything else about its
rules is up to chance, so that features meet each other in ways that nobody has thought of.
"""

from random import Random
from typing import Any

Data = dict[str, Any]

STATUS: Data = {"id": "offer.status", "options": {"trial": "neutral", "care": "neutral", "sold": "warning"}}
READINGS = ("neutral", "caution", "open", "vague", "warning")


def random_pack(random: Random) -> tuple[list[Data], Data]:
    """Questions and rules for `tiny_pack`."""
    questions = [{**STATUS, "core": random.random() < 0.5}]
    for number in range(random.randint(1, 3)):
        questions.append(_question(random, f"offer.q{number}", questions))
    rules = {
        "must_answer": [q["id"] for q in questions if random.random() < 0.15],
        "contradictions": [_contradiction(random, f"c{n}", questions) for n in range(random.randint(0, 2))],
        "results": {
            "regulated_trial": {"trial": {"offer.status": ["trial"], **_needs(random, questions[1:])}},
            "supportive_care": {"care": {"offer.status": ["care"], **_needs(random, questions[1:])}},
        },
    }
    return questions, rules


def _question(random: Random, name: str, before: list[Data]) -> Data:
    many = random.random() < 0.25
    readings = [r for r in READINGS if not (many and r in ("open", "vague"))]
    options = {"a": "neutral", **{o: random.choice(readings) for o in ("b", "c")[: random.randint(1, 2)]}}
    if many:
        # No rule names this one: see the expected failure in test_possible.
        options["free"] = "neutral"
    question: Data = {"id": name, "kind": "many" if many else "one", "core": random.random() < 0.4, "options": options}
    if random.random() < 0.5:
        question["asked_when"] = _condition(random, random.choice(before))
    return question


def _condition(random: Random, question: Data) -> Data:
    return {question["id"]: _test(random, question)}


def _test(random: Random, question: Data) -> Any:
    """A test that some clear answer without a warning fits."""
    named = [o for o in question["options"] if o != "free"]
    mild = {o for o, reads in question["options"].items() if reads in ("neutral", "caution")}
    while True:
        chosen = random.sample(named, random.randint(1, min(2, len(named))))
        if random.random() < 0.6 and mild & set(chosen):
            return chosen
        if mild - set(chosen):
            return {"not_in": chosen}


def _needs(random: Random, questions: list[Data]) -> Data:
    chosen = random.sample(questions, random.randint(0, len(questions)))
    return {q["id"]: "answered" if random.random() < 0.2 else _test(random, q) for q in chosen}


def _contradiction(random: Random, name: str, questions: list[Data]) -> Data:
    def some(least: int) -> list[Data]:
        return [_condition(random, q) for q in random.sample(questions, random.randint(least, 2))]

    either = some(1) if random.random() < 0.4 else []
    return {"id": name, "all": some(1), **({"any": either} if either else {})}

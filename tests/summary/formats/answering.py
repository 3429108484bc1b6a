"""Random answers of every kind, and how they stand in a FHIR form, written down once more for the tests."""

from random import Random
from typing import Any

from app.guide.answers import Answer
from app.guide.models import Question
from app.guide.pack import Pack

NUMBER = "NCT01234567"
TEXTS = [
    "Tropf am Platz",
    "a\nb",
    'He said "no"; <b>I</b> & \u65e5\u672c \U0001f9e0',
    "x" * 2000,
    "0",
    "given",
    "not_asked",
]


def random_answers(pack: Pack, random: Random, share: float = 0.7) -> dict[str, Answer]:
    """Answers to many questions, asked or not, of every kind."""
    return {q.id: any_answer(pack, q, random) for q in pack.questions.values() if random.random() < share}


def any_answer(pack: Pack, question: Question, random: Random) -> Answer:
    """Any answer to a question that the vocabulary takes as it is."""
    options = [o.id for o in question.options]
    standing = list(pack.standing) if question.takes_standing else []
    if standing and random.random() < 0.25:
        return random.choice(standing)
    match question.kind:
        case "many":
            alone = [o for o in options if o in question.alone]
            if alone and random.random() < 0.2:
                return [random.choice(alone)]
            free = [o for o in options if o not in question.alone]
            return random.sample(free, random.randint(1, min(len(free), question.at_most or 4)))
        case "country":
            return random.choice(["US", "JP", "MX", "AF", "ZW"])
        case "register_number":
            return NUMBER if random.random() < 0.6 else random.choice([o for o in options if o != "given"] or [NUMBER])
        case "scale_each":
            rows = random.sample(options, random.randint(1, len(options)))
            return {row: random.choice(question.scale).id for row in rows}
        case "text":
            return random.choice(TEXTS)
        case "text_list":
            return random.sample(TEXTS, random.randint(1, len(TEXTS)))
        case "date":
            return random.choice(["2026-12-03", "2028-02-29", "1999-01-31"])
    return random.choice(options)


def in_form(pack: Pack, question: Question, answer: Answer) -> dict[str, list[Any]]:
    """What stands under which linkId once somebody has filled this answer in."""
    base = f"https://which-cells.invalid/{pack.cover.id}"

    def code(token: str) -> tuple[str, str]:
        if token in pack.standing:
            return f"{base}/standing", token
        if question.kind == "country":
            return "urn:iso:std:iso:3166", token
        return f"{base}/answers/{question.id}", token

    if isinstance(answer, dict):
        return {f"{question.id}.{row}": [code(point)] for row, point in answer.items()}
    if isinstance(answer, list):
        return {question.id: [code(a) for a in answer] if question.options else list(answer)}
    if question.kind in ("text", "date"):
        return {question.id: [answer]}
    if question.kind == "register_number" and not question.option(answer) and answer not in pack.standing:
        return {question.id: [code("given")], f"{question.id}-number": [answer]}
    return {question.id: [code(answer)]}

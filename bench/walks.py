"""What the benchmark answers: whole walks for the server, random answers for `sort`.

Takes everything from the pack, so that a changed pack is measured as it is. Knows no sockets and no database.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from app.guide.answers import Answer
from app.guide.countries import country_codes
from app.guide.models import Question
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.web.forms import Draft, recorded


@dataclass(frozen=True)
class Step:
    """One answer on the way: what is posted to which question, and which question it leads to."""

    question: str
    answer: Answer
    body: bytes
    leads_to: str


def walks(walker: Walker) -> list[list[Step]]:
    """One walk for each finished example, in the order in which the guide asks for its answers.

    The answer that settles the result is left out: it leads to the result page, which is not what we measure.
    """
    found = []
    for example in walker.pack.examples:
        all_answers = walker.sorter.vocabulary.checked(example.answers)
        given: dict[str, Answer] = {}
        steps: list[Step] = []
        needed = walker.walk(given).needed
        while needed and needed[0] in all_answers:
            question = walker.pack.questions[needed[0]]
            answer = all_answers[question.id]
            given[question.id] = answer
            needed = walker.walk(given).needed
            if needed:
                draft = recorded(walker.sorter.vocabulary, question, answer)
                steps.append(Step(question.id, answer, _body(draft), needed[0]))
        found.append(steps)
    return found


def whole(walker: Walker, example_id: str) -> list[tuple[str, bytes]]:
    """Everything that an example answers about its offer: each question, and its form."""
    example = next(one for one in walker.pack.examples if one.id == example_id)
    vocabulary = walker.sorter.vocabulary
    answers = vocabulary.checked(example.answers)
    asked = ((walker.pack.questions[q], answers[q]) for q in walker.order if q in answers)
    return [(question.id, _body(recorded(vocabulary, question, answer))) for question, answer in asked]


def _body(draft: Draft) -> bytes:
    """The form as a browser sends it."""
    fields = [("choice", chosen) for chosen in draft.chosen]
    fields += [(name, value) for name in ("text", "country", "month", "day", "year") if (value := getattr(draft, name))]
    fields += [("line", line) for line in draft.lines]
    fields += [(f"row.{row}", value) for row, value in draft.rows.items()]
    return urlencode(fields).encode()


# -- answers for `sort`


def write_answers(pack: Pack, path: Path, lines: int, seed: int = 20_261_203) -> None:
    """Writes random partial sets of answers, one JSON object a line.

    Every second line keeps clear of warning answers: else nearly all would be warning signs, which are the
    quickest to sort.
    """
    chance = random.Random(seed)  # noqa: S311  (a benchmark, not a secret)
    questions = [q for q in pack.questions.values() if q.id not in pack.personal]
    countries = sorted(country_codes())
    any_option = {q.id: [o.id for o in q.options] for q in questions}
    calm_option = {q.id: [o.id for o in q.options if o.reads in ("neutral", "caution", "open")] for q in questions}
    standing = [s.id for s in pack.cover.standing]
    open_only = [s.id for s in pack.cover.standing if s.reads == "open"]
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            calm = number % 2 == 1
            filled = chance.random()
            picks = _Picks(chance, calm_option if calm else any_option, open_only if calm else standing, countries)
            answers = dict(picks.some(questions, filled))
            file.write(json.dumps(answers) + "\n")


@dataclass(frozen=True)
class _Picks:
    """Draws answers that the pack knows."""

    chance: random.Random
    options: dict[str, list[str]]
    standing: list[str]
    countries: list[str]

    def some(self, questions: list[Question], filled: float) -> Iterator[tuple[str, Answer]]:
        for question in questions:
            if self.chance.random() < filled:
                yield question.id, self.one(question)

    def one(self, question: Question) -> Answer:
        draw = self.chance
        if question.takes_standing and draw.random() < 0.1:
            return draw.choice(self.standing)
        options = self.options[question.id]
        match question.kind:
            case "one":
                return draw.choice(options) if options else ""
            case "many":
                return draw.sample(options, draw.randint(min(1, len(options)), min(3, len(options))))
            case "country":
                return draw.choice(self.countries)
            case "register_number":
                return f"NCT{draw.randrange(10**8):08d}"
            case "scale_each":
                return {o: draw.choice(question.scale).id for o in options}
            case "date":
                return f"2026-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            case "text_list":
                return ["How long would I stay?", "Who do I call at night?"]
            case _:
                return "A few words of our own"

"""The way through the questions: what is asked, what is still needed, what is extra, what is set aside.

Worked out from the answers each time and never stored, so Back, two tabs and a change of mind cannot put it
out of step. Knows nothing of pages or of how answers are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import filterfalse

from app.guide.answers import Answer, Answers, Given
from app.guide.change import Changes
from app.guide.pack import Pack
from app.guide.sort import Outcome, Sorter
from app.guide.voices import Voices


@dataclass(frozen=True)
class Walk:
    """The way through one offer under one set of answers. All tuples are in walking order."""

    outcome: Outcome
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    # Not answered, and the result still rests on them.
    needed: tuple[str, ...]
    # Not answered, and not needed for the result: offered, never forced.
    more: tuple[str, ...]
    # Answered once, but not asked any more: kept, and counting for nothing.
    set_aside: tuple[str, ...]
    # Answered, but still open, and in the way of every result.
    still_open: tuple[str, ...]
    # How many more answers are asked for before a result, if no warning turns up first: at least, at most.
    at_least: int
    at_most: int

    def before(self, question_id: str) -> str | None:
        """The question before this one that has been answered or has to be: where Back leads."""
        way = [q for q in self.asked if q in self.answered or q in self.needed or q == question_id]
        position = way.index(question_id)
        return way[position - 1] if position else None

    def next_more(self, question_id: str) -> str | None:
        """The next extra question after this one; None at the end. What was passed over is not forced on anyone."""
        return next((q for q in self.asked[self.asked.index(question_id) + 1 :] if q in self.more), None)


# Each page works out the walk that the answer before it led to; so many are remembered.
REMEMBERED = 1024


class Walker:
    """Works out walks under one pack. Building it is cheap; the sorter is shared."""

    def __init__(self, sorter: Sorter) -> None:
        self.sorter = sorter
        self.changes = Changes(sorter)
        self.voices = Voices(sorter)
        self.pack = pack = sorter.pack
        first = pack.cover.first
        rest = [q for q in pack.questions if q not in first and q not in pack.personal]
        self.order = (*first, *rest)
        self.personal = tuple(q for q in pack.questions if q in pack.personal)
        self._required = [q for q in self.order if pack.questions[q].required]
        rules = sorter.rules
        self._never_asked = {q: sorter.marks.test(rules.asked(q).no) for q in self.order}
        self._needs = {v.id: [n.question for n in v.needs] for _, v in pack.variants}
        must = {*pack.rules.must_answer, *self._required}
        self._wanted = {variant_id: must.union(needs) for variant_id, needs in self._needs.items()}
        self._bases = {q: tuple(pack.questions[q].asked_when) for q in self.order}
        self._conditional = {q for q, bases in self._bases.items() if bases}
        self._dependents = _dependents(pack)
        self._remembered = lru_cache(REMEMBERED)(self._walk)

    def known(self, recorded: Mapping[str, object]) -> dict[str, Answer]:
        """What was recorded, as far as the pack of today knows it."""
        return self.sorter.vocabulary.known(recorded)

    def walk(self, answers: Answers) -> Walk:
        """Works out where these answers have led. They must have passed `vocabulary.checked`."""
        return self._remembered(Given(answers))

    def forget(self) -> None:
        """Lets go of the answers that are remembered to be quick."""
        self._remembered.cache_clear()
        self.changes.forget()

    def _walk(self, given: Given) -> Walk:
        answers = given.answers
        recorded = self.sorter.recorded(answers)
        outcome = self.sorter.sort(answers, recorded)
        shown = set(outcome.asked)
        asked = tuple(filter(shown.__contains__, self.order))
        waiting = list(filterfalse(answers.__contains__, asked))
        deciding = {*outcome.deciding, *self._required}
        needed = tuple(filter(deciding.__contains__, waiting))
        aside = answers.keys() - shown
        at_least, at_most = self._remaining(answers, recorded.marks, outcome, set(needed))
        return Walk(
            outcome=outcome,
            asked=asked,
            answered=tuple(filter(answers.__contains__, asked)),
            needed=needed,
            more=tuple(filterfalse(deciding.__contains__, waiting)),
            set_aside=tuple(filter(aside.__contains__, self.order)) if aside else (),
            still_open=tuple(q for q in outcome.deciding if q in answers and self._bars_all(q, outcome)),
            at_least=at_least,
            at_most=at_most,
        )

    def _bars_all(self, question_id: str, outcome: Outcome) -> bool:
        """Without this question no variant that is still possible is reached."""
        if question_id in self.pack.rules.must_answer:
            return True
        return all(question_id in self._needs[variant_id] for variant_id in outcome.open_variants)

    def _remaining(self, answers: Answers, marks: int, outcome: Outcome, needed: set[str]) -> tuple[int, int]:
        """How many more answers lead to a result: fewest and most over the variants still possible.

        A question that is not shown yet counts while what it waits for has no answer at all; once that has
        been answered "not asked yet", it cannot come up.
        """
        if outcome.result != "not_settled":
            return len(needed), len(needed)
        ways = [self._wanted[variant_id] for variant_id in outcome.open_variants]
        ahead = set().union(*ways).difference(answers)
        for question_id in self._conditional & ahead:
            if not self._may_come(question_id, answers, marks, needed):
                ahead.remove(question_id)
        return min(len(ahead & wanted) for wanted in ways), len(ahead)

    def _may_come(self, question_id: str, answers: Answers, marks: int, needed: set[str]) -> bool:
        bases = self._bases[question_id]
        if question_id in needed or not bases:
            return True
        if self._never_asked[question_id](marks):
            return False
        return any(b not in answers and self._may_come(b, answers, marks, needed) for b in bases)

    def rest_on(self, question_id: str, answers: Answers) -> list[str]:
        """Answered questions that are asked only because of this one: what a change may set aside."""
        return [q for q in self.order if q in answers and q in self._dependents[question_id]]


def _dependents(pack: Pack) -> dict[str, set[str]]:
    """For each question, those that rest on it, directly or at a remove."""
    direct = {q: {d.id for d in pack.questions.values() if q in d.asked_when} for q in pack.questions}

    def behind(question_id: str) -> set[str]:
        return direct[question_id].union(*(behind(q) for q in direct[question_id]))

    return {q: behind(q) for q in pack.questions}

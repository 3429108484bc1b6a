"""The way through the questions: what is asked, what is still needed, what is extra, what is set aside.

Worked out from the answers each time and never stored, so Back, two tabs and a change of mind cannot put it
out of step. Knows nothing of pages or of how answers are kept.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, filterfalse
from typing import NamedTuple

from app.guide.answers import Answer, Answers, Given
from app.guide.change import Changes
from app.guide.pack import Pack
from app.guide.sort import Outcome, Recorded, Sorter
from app.guide.voices import Voices


class Walk(NamedTuple):
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
        earlier = self.asked[: self.asked.index(question_id)]
        return next((q for q in reversed(earlier) if q in self.answered or q in self.needed), None)

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
        self._needs = {v.id: [n.question for n in v.needs] for _, v in pack.variants}
        must = (*pack.rules.must_answer, *self._required)
        self._wanted = {v: tuple(dict.fromkeys([*needs, *must])) for v, needs in self._needs.items()}
        self._bases = {q: tuple(pack.questions[q].asked_when) for q in self.order}
        self._conditional = {q for q, bases in self._bases.items() if bases}
        self._dependents = {q: [d for d in self.order if d in found] for q, found in _dependents(pack).items()}
        # Few of either occur, and they say nothing of anybody's answers but what is asked and what is possible.
        self._in_order = lru_cache(REMEMBERED)(self._in_walking_order)
        self._still_wanted = lru_cache(REMEMBERED)(self._wanted_by)
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
        shown = recorded.shown
        asked = self._in_order(recorded.asked)
        waiting = list(filterfalse(answers.__contains__, asked))
        deciding = {*outcome.deciding, *self._required}
        needed = tuple(filter(deciding.__contains__, waiting))
        aside = answers.keys() - shown
        at_least, at_most = self._remaining(answers, recorded, outcome, needed)
        return Walk(
            outcome=outcome,
            asked=asked,
            answered=tuple(filter(answers.__contains__, asked)),
            needed=needed,
            more=tuple(filterfalse(deciding.__contains__, waiting)),
            set_aside=tuple(filter(aside.__contains__, self.order)) if aside else (),
            still_open=tuple(q for q in filter(answers.__contains__, outcome.deciding) if self._bars_all(q, outcome)),
            at_least=at_least,
            at_most=at_most,
        )

    def _in_walking_order(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(q for q in self.order if q in asked)

    def _wanted_by(self, variants: tuple[str, ...]) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
        """The questions on which each of these variants rests, and all of them together."""
        ways = [self._wanted[variant_id] for variant_id in variants]
        return ways, tuple(dict.fromkeys(chain.from_iterable(ways)))

    def _bars_all(self, question_id: str, outcome: Outcome) -> bool:
        """Without this question no variant that is still possible is reached."""
        if question_id in self.pack.rules.must_answer:
            return True
        return all(question_id in self._needs[variant_id] for variant_id in outcome.open_variants)

    def _remaining(
        self, answers: Answers, recorded: Recorded, outcome: Outcome, needed: tuple[str, ...]
    ) -> tuple[int, int]:
        """How many more answers lead to a result: fewest and most over the variants still possible.

        A question that is not shown yet counts while what it waits for has no answer at all; once that has
        been answered "not asked yet", it cannot come up.
        """
        if outcome.result != "not_settled":
            return len(needed), len(needed)
        ways, wanted = self._still_wanted(outcome.open_variants)
        ahead = {
            q
            for q in filterfalse(answers.__contains__, wanted)
            if q not in self._conditional or self._may_come(q, answers, recorded, needed)
        }
        return min([sum(map(ahead.__contains__, way)) for way in ways]), len(ahead)

    def _may_come(self, question_id: str, answers: Answers, recorded: Recorded, needed: tuple[str, ...]) -> bool:
        bases = self._bases[question_id]
        if not bases or (question_id in recorded.shown and question_id in needed):
            return True
        if self.sorter.never_asked[question_id](recorded.marks):
            return False
        for base in bases:  # noqa: SIM110  (any() over a generator takes twice the time here)
            if base not in answers and self._may_come(base, answers, recorded, needed):
                return True
        return False

    def rest_on(self, question_id: str, answers: Answers) -> list[str]:
        """Answered questions that are asked only because of this one: what a change may set aside."""
        return [q for q in self._dependents[question_id] if q in answers]


def _dependents(pack: Pack) -> dict[str, set[str]]:
    """For each question, those that rest on it, directly or at a remove."""
    direct = {q: {d.id for d in pack.questions.values() if q in d.asked_when} for q in pack.questions}

    def behind(question_id: str) -> set[str]:
        return direct[question_id].union(*(behind(q) for q in direct[question_id]))

    return {q: behind(q) for q in pack.questions}

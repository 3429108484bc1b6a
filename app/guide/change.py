"""What would change a result: the smallest sets of answers that lead to another one, found by trying the rules.

For people, not for deciding: every way found here was sorted once more by the same sort. Knows nothing of pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.guide.answers import Answer, Answers, Given
from app.guide.conditions import tokens_named
from app.guide.formulas import State, compiled
from app.guide.models import Need, NotIn, Question, Result, Variant
from app.guide.sort import Outcome, Sorter

# Answers beyond what a variant needs that may have to change, because they do not fit together with it.
MOST_EXTRA = 2
REMEMBERED = 256


@dataclass(frozen=True)
class Change:
    """One answer that would have to be otherwise. `need` says what has to be true; without one, anything that does
    not warn will do."""

    question: str
    need: str = ""


@dataclass(frozen=True)
class Way:
    """How one variant would be reached."""

    result: str
    variant: str
    title: str
    # What is open or unclear today: asking can bring these about.
    to_learn: tuple[Change, ...]
    # What has been told clearly today: no question can, the offer itself would have to be different.
    to_differ: tuple[Change, ...]

    @property
    def size(self) -> tuple[int, int]:
        return len(self.to_differ), len(self.to_learn)


class Changes:
    """Works out ways under one pack."""

    def __init__(self, sorter: Sorter) -> None:
        self._sorter, self._pack, self._rules = sorter, sorter.pack, sorter.rules
        self._clashing = {q for c in self._pack.rules.contradictions for q in c.questions}
        self._met = {
            variant.id: [(need, compiled(self._rules.met(need))) for need in variant.needs]
            for _, variant in self._pack.variants
        }
        self._definite = {q.id: compiled(self._rules.answered(q.id)) for q in self._pack.questions.values()}
        self._remembered = lru_cache(REMEMBERED)(self._ways)

    def ways(self, answers: Answers) -> tuple[Way, ...]:
        """The smallest way to each result but the one that these answers have, nearest first.

        Answers must have passed `vocabulary.checked`.
        """
        return self._remembered(Given(answers))

    def forget(self) -> None:
        """Lets go of the answers that are remembered to be quick."""
        self._remembered.cache_clear()

    def warning_ways(self, answers: Answers) -> list[str]:
        """The open questions to which some answer would make this a warning sign, in the order of the pack."""
        outcome = self._sorter.sort(answers)
        if outcome.result == "warning_sign":
            return []
        waiting = (self._pack.questions[q] for q in outcome.asked if q not in answers or q in outcome.to_ask)
        return [q.id for q in waiting if any(self._warns({**answers, q.id: a}) for a in self._possible(q))]

    def _warns(self, answers: Answers) -> bool:
        return bool(self._sorter.sort(answers).of("warning", "vague", "contradiction"))

    def _ways(self, given: Given) -> tuple[Way, ...]:
        answers = given.answers
        now = self._sorter.sort(answers)
        found: dict[str, Way] = {}
        for result, variant in self._pack.variants:
            if result.id == now.result or not (changed := self._smallest(answers, variant)):
                continue
            way = self._way(answers, result, variant, changed)
            if result.id not in found or way.size < found[result.id].size:
                found[result.id] = way
        return tuple(sorted(found.values(), key=lambda way: way.size))

    def _way(self, answers: Answers, result: Result, variant: Variant, changed: Answers) -> Way:
        state = self._sorter.state(answers)
        after = self._sorter.sort({**answers, **changed})
        needs = {need.question: need.says for need in variant.needs}
        order = [q for q in self._pack.questions if q in changed]
        changes = [Change(q, needs.get(q, "")) for q in order]
        clear = {q for q in order if self._definite[q](state)}
        return Way(
            result.id,
            variant.id,
            after.title,
            to_learn=tuple(c for c in changes if c.question not in clear),
            to_differ=tuple(c for c in changes if c.question in clear),
        )

    # -- the search

    def _smallest(self, answers: Answers, variant: Variant) -> dict[str, Answer]:
        """The fewest answers that lead to this variant, as changes; empty if there are none.

        What a variant needs, and what warns, has to change in any case. Only answers that do not fit together
        leave a choice, so the search goes through how many of those change beyond that.
        """
        for extra in range(MOST_EXTRA + 1):
            found = next(self._search(answers, {}, variant, extra), None)
            if found is not None:
                return found
        return {}

    def _search(
        self, answers: Answers, changed: dict[str, Answer], variant: Variant, extra: int
    ) -> Iterator[dict[str, Answer]]:
        tried = {**answers, **changed}
        state = self._sorter.state(tried)
        outcome = self._sorter.sort(tried)
        if outcome.variant == variant.id:
            yield changed
            return
        question_id = self._in_the_way(variant, outcome, state)
        if question_id is not None:
            choices, left = [question_id], extra
        else:
            clash = next(iter(outcome.of("contradiction")), None)
            choices = list(self._pack.contradictions[clash.rule or ""].questions) if clash else []
            left = extra - 1
        if left < 0:
            return
        for choice in choices:
            if choice not in changed:
                for answer in self._answers_for(choice, variant):
                    yield from self._search(answers, {**changed, choice: answer}, variant, left)

    def _in_the_way(self, variant: Variant, outcome: Outcome, state: State) -> str | None:
        """A question whose answer has to change in any case, those first that others can clash with."""
        needed = [need.question for need, met in self._met[variant.id] if not met(state)]
        needed += [q for q in self._pack.rules.must_answer if not self._definite[q](state)]
        needed += [r.question for r in outcome.of("warning", "vague") if r.question]
        # What the offer is said to be comes before all else: it decides what is asked.
        return min(needed, key=lambda q: (q != variant.aim, q not in self._clashing), default=None)

    def _answers_for(self, question_id: str, variant: Variant) -> list[Answer]:
        """What this question may be answered on the way to a variant: one for all that no rule can tell apart."""
        need = next((n for n in variant.needs if n.question == question_id), None)
        fitting = [a for a in self._mild(question_id) if need is None or _fits(need, self._token(question_id, a))]
        return fitting if question_id in self._clashing else fitting[:1]

    def _mild(self, question_id: str) -> list[Answer]:
        """Answers that neither warn nor leave it open or vague."""
        question = self._pack.questions[question_id]
        barred = {o.id for o in question.options if o.reads not in ("neutral", "caution")}
        mild = [a for a in self._possible(question) if self._token(question_id, a) not in barred]
        return [a for a in mild if self._token(question_id, a) not in self._pack.standing]

    def _possible(self, question: Question) -> list[Answer]:
        """One answer for each that rules can tell apart."""
        options = [o.id for o in question.options]
        if question.kind == "country":
            return [*self._countries, *(self._pack.standing if question.takes_standing else ())]
        if question.kind == "many":
            standing: list[Answer] = [*self._pack.standing] if question.takes_standing else []
            return [*([o] for o in options), *standing]
        if question.kind not in ("one", "register_number"):
            return []
        example = self._pack.registers[0].example
        given = [example if question.kind == "register_number" and o == "given" else o for o in options]
        return [*given, *(self._pack.standing if question.takes_standing else ())]

    def _token(self, question_id: str, answer: Answer) -> str:
        if isinstance(answer, list):
            return answer[0]
        given = (
            self._pack.questions[question_id].kind == "register_number" and answer == self._pack.registers[0].example
        )
        return "given" if given else str(answer)

    @cached_property
    def _countries(self) -> list[str]:
        """The countries that rules name, and one that none names."""
        rules = self._pack.rules
        conditions = [c for clash in rules.contradictions for c in (*clash.all, *clash.any)]
        conditions += [need.when for _, variant in self._pack.variants for need in variant.needs]
        tests = [(self._pack.questions[q], test) for condition in conditions for q, test in condition.items()]
        named = {token for question, test in tests if question.kind == "country" for token in tokens_named(test)}
        return [*sorted(named), next(code for code in ("US", "CA", "FR", "IN") if code not in named)]


def _fits(need: Need, token: str) -> bool:
    if need.test == "answered":
        return True
    return (token in tokens_named(need.test)) != isinstance(need.test, NotIn)

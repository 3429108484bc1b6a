"""The sort once more, slow and plain, written from the outline and not from the engine.

It evaluates one set of answers at a time, and finds out what is still possible by answering the open questions in
every way. It takes the pack's models and nothing else of the engine, so that an error in the engine's formulas
cannot hide here too.

The sentences of the outline that it follows stand beside the code, in quotation marks.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from app.guide.models import Condition, Contradiction, NotIn, Question, Test, Variant
from app.guide.pack import Pack

Answers = Mapping[str, object]
# In three-valued logic, None is "open".
Maybe = bool | None

ANY_NUMBER = "NCT00000000"
STANDING_KINDS = ("one", "many", "country", "register_number")


class Sorted(NamedTuple):
    result: str
    variant: str | None
    possible: tuple[str, ...]


def every_subset(options: list[str]) -> Iterator[list[str]]:
    for size in range(1, len(options) + 1):
        yield from (list(chosen) for chosen in combinations(options, size))


class Reference:
    """The outline's rules for one pack.

    `ticks` says which subsets of a many question are tried. `skip_warned` leaves out ways of answering as soon
    as rule 1 has struck, and open questions on which no rule looks: both can only lead to a warning sign or to
    what is reached without them. It makes the real pack feasible; tiny packs do without it.
    """

    def __init__(
        self, pack: Pack, ticks: Callable[[list[str]], Iterator[list[str]]] = every_subset, skip_warned: bool = False
    ) -> None:
        self.pack, self.ticks, self.skip_warned = pack, ticks, skip_warned
        self.questions = [q for q in pack.questions.values() if q.id not in pack.personal]
        self.looked_at = self._looked_at()
        self._end = lru_cache(maxsize=200_000)(self._end_of)

    # -- one question

    def tokens(self, question: Question, answers: Answers) -> list[str]:
        answer = answers.get(question.id)
        if not answer:
            return []
        if isinstance(answer, str):
            # "the number itself is the answer"
            if question.kind == "register_number" and answer not in ("refused", *self.pack.standing):
                return ["given"]
            return [answer]
        assert isinstance(answer, list | tuple)
        return list(answer)

    def reads(self, question: Question, token: str) -> str:
        option = question.option(token)
        if option:
            return option.reads
        return self.pack.standing[token].reads if token in self.pack.standing else "neutral"

    def asked(self, question: Question, answers: Answers) -> Maybe:
        """ "A question whose asked_when is false is not asked"; on an open or vague answer it is open."""
        return every([self.holds(q, test, answers) for q, test in question.asked_when.items()])

    def reading(self, question: Question, answers: Answers) -> str:
        """not_asked, open, vague, or clear."""
        asked = self.asked(question, answers)
        if asked is False:
            return "not_asked"
        # "A question nobody has answered reads as open."
        # "While asked_when rests on an open or vague answer, the question is not shown yet and reads as open."
        tokens = self.tokens(question, answers)
        if asked is None or not tokens:
            return "open"
        readings = [self.reads(question, t) for t in tokens]
        return next((r for r in ("open", "vague") if r in readings), "clear")

    def holds(self, question_id: str, test: Test, answers: Answers) -> Maybe:
        """ "open and vague answers leave it open, a question that is not asked leaves it absent" """
        question = self.pack.questions[question_id]
        reading = self.reading(question, answers)
        if reading == "not_asked":
            return False
        return None if reading in ("open", "vague") else fits(test, self.tokens(question, answers))

    # -- the rules

    def warned(self, answers: Answers) -> bool:
        """ "a warning answer, a contradiction that is present, or a vague answer on a core question" """
        for question in self.questions:
            # "Only questions that are asked count for warnings."
            if self.asked(question, answers) is True:
                readings = [self.reads(question, t) for t in self.tokens(question, answers)]
                if "warning" in readings or (question.core and "vague" in readings):
                    return True
        return any(self.contradiction(c, answers) is True for c in self.pack.rules.contradictions)

    def contradiction(self, contradiction: Contradiction, answers: Answers) -> Maybe:
        parts = [self.condition(c, answers) for c in contradiction.all]
        if contradiction.any:
            parts.append(some([self.condition(c, answers) for c in contradiction.any]))
        return every(parts)

    def condition(self, condition: Condition, answers: Answers) -> Maybe:
        return every([self.holds(q, test, answers) for q, test in condition.items()])

    def need(self, question_id: str, test: Test, answers: Answers) -> Maybe:
        """ "open where its answer reads open; a vague answer, or a question that is not asked, leaves it not met" """
        question = self.pack.questions[question_id]
        reading = self.reading(question, answers)
        if reading == "open":
            return None
        return reading == "clear" and fits(test, self.tokens(question, answers))

    def reached(self, variant: Variant, answers: Answers) -> bool:
        """ "all the needs of one variant are met, and claims.heard is answered" """
        must = [self.reading(self.pack.questions[q], answers) == "clear" for q in self.pack.rules.must_answer]
        return all(must) and all(self.need(n.question, n.test, answers) is True for n in variant.needs)

    def decided(self, answers: Answers) -> tuple[str, str | None] | None:
        """Rules 1 and 2; None where neither decides."""
        if self.warned(answers):
            return "warning_sign", None
        for result in self.pack.rules.results:
            for variant in result.variants:
                if self.reached(variant, answers):
                    return result.id, variant.id
        return None

    def sort(self, answers: Answers) -> Sorted:
        decided = self.decided(answers)
        if decided:
            return Sorted(*decided, (decided[0],))
        # "a result is possible when some way of answering the open questions reaches it"
        ends = {self._end(_frozen(way)) for way in self.completions(answers)}
        if ends <= {"warning_sign"}:
            return Sorted("warning_sign", None, ("warning_sign",))
        return Sorted("not_settled", None, tuple(sorted(ends | ({"warning_sign"} if self.skip_warned else set()))))

    # -- ways of answering what is open

    def open_questions(self, answers: Answers) -> list[str]:
        """The questions that read open and on which a rule looks."""
        return [q.id for q in self.questions if q.id in self.looked_at and self._is_open(q, answers)]

    def completions(self, answers: Answers) -> Iterator[dict[str, object]]:
        """Every way of answering what reads open. What does not read open stays as it is."""
        # A question that is not shown yet reads as open even if it keeps an answer from before; giving that same
        # answer again is one of the ways.
        settled = {q.id: answers[q.id] for q in self.questions if q.id in answers and not self._is_open(q, answers)}
        return self._completions(settled, self.questions)

    def _completions(self, answers: dict[str, object], left: list[Question]) -> Iterator[dict[str, object]]:
        """Goes through the questions in order, so that what decides whether one is asked comes before it."""
        if not left:
            yield answers
            return
        question, rest = left[0], left[1:]
        if not self._is_to_fill(question, answers):
            yield from self._completions(answers, rest)
            return
        for answer in self.ways(question):
            filled = {**answers, question.id: answer}
            if not (self.skip_warned and self.warned(filled)):
                yield from self._completions(filled, rest)

    def _is_to_fill(self, question: Question, answers: Answers) -> bool:
        if question.kind not in STANDING_KINDS or (self.skip_warned and question.id not in self.looked_at):
            return False
        # What is still not shown when its turn comes rests on a vague answer, and nothing later changes that.
        return self._is_open(question, answers) and self.asked(question, answers) is True

    def _is_open(self, question: Question, answers: Answers) -> bool:
        return self.reading(question, answers) == "open"

    def ways(self, question: Question) -> list[object]:
        """Every answer that does not read open: options, and asking without getting a clear answer."""
        clear = [o.id for o in question.options if o.reads != "open"]
        standing = [s for s in self.pack.standing if question.takes_standing and self.reads(question, s) != "open"]
        if question.kind == "many":
            return [*self.ticks(clear), *standing]
        if question.kind == "country":
            # The rules of these packs name Japan only, so that one other country stands for all others.
            clear = ["JP", "US"]
        return [*(ANY_NUMBER if t == "given" else t for t in clear), *standing]

    def _end_of(self, frozen: tuple[tuple[str, object], ...]) -> str:
        decided = self.decided(dict(frozen))
        return decided[0] if decided else "warning_sign"

    def _looked_at(self) -> set[str]:
        """The questions of needs, contradictions and must_answer, and those that decide whether these are asked."""
        conditions = [n.when for r in self.pack.rules.results for v in r.variants for n in v.needs]
        conditions += [c for x in self.pack.rules.contradictions for c in (*x.all, *x.any)]
        wanted = {q for c in conditions for q in c} | set(self.pack.rules.must_answer)
        while more := {b for q in wanted for b in self.pack.questions[q].asked_when} - wanted:
            wanted |= more
        return wanted


def fits(test: Test, tokens: list[str]) -> bool:
    if test == "answered":
        return True
    if isinstance(test, NotIn):
        return not set(tokens) & set(test.not_in)
    return bool(set(tokens) & set(test))


def every(parts: list[Maybe]) -> Maybe:
    if False in parts:
        return False
    return None if None in parts else True


def some(parts: list[Maybe]) -> Maybe:
    if True in parts:
        return True
    return None if None in parts else False


def _frozen(answers: Answers) -> tuple[tuple[str, object], ...]:
    """Answers as a key; rows of a scale are left out, since no rule looks at them."""
    plain = {q: a for q, a in answers.items() if not isinstance(a, Mapping)}
    return tuple((q, tuple(a) if isinstance(a, list) else a) for q, a in sorted(plain.items()))


def every_set_of_answers(reference: Reference) -> Iterator[dict[str, object]]:
    """All sets of answers to the questions that rules can look at: nothing, each option, each standing answer."""
    sets: list[dict[str, object]] = [{}]
    for question in reference.questions:
        if question.kind in STANDING_KINDS:
            unclear = [o.id for o in question.options if o.reads == "open"]
            unclear += [s for s in reference.pack.standing if question.takes_standing and s != "no_clear_answer"]
            answers = [*reference.ways(question), *unclear]
            sets += [{**given, question.id: answer} for given in sets for answer in answers]
    yield from sets

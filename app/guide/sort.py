"""From answers to a result, with its reasons: the heart of the guide, and a pure function.

Evaluates the formulas of `rules` on one set of answers and puts the pack's words beside what holds, in
the order of the four rules. Knows no web, no database and no clock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Literal, NamedTuple

from app.guide.answers import Answer, Answers, Vocabulary
from app.guide.formulas import Any, Formula, Is, State, all_of
from app.guide.marks import Marks
from app.guide.models import STANDING_KINDS, Cited, Question, Variant
from app.guide.pack import Pack
from app.guide.rules import Rules, in_pack_order

ReasonKind = Literal["warning", "contradiction", "vague", "need_met", "need_not_met", "need_open", "caution"]


_NEED_KINDS: tuple[ReasonKind, ...] = ("need_met", "need_open", "need_not_met")


class Reason(NamedTuple):
    """One thing that speaks for the result, or is worth raising, with the sentence and facts it rests on."""

    kind: ReasonKind
    question: str | None
    answer: str | None
    rule: str | None
    says: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a set of answers comes to.

    `possible` is sorted, and holds just the result once one is reached; `to_ask` has the weightiest first.
    """

    result: str
    variant: str | None
    title: str
    possible: tuple[str, ...]
    reasons: tuple[Reason, ...]
    to_ask: tuple[str, ...]
    # Open questions that decide between the results still possible: the first part of `to_ask`.
    deciding: tuple[str, ...]
    # The questions that are asked under these answers, in the order of the pack.
    asked: tuple[str, ...]
    # The variants that some way of answering what is open still reaches.
    open_variants: tuple[str, ...]

    def of(self, *kinds: ReasonKind) -> list[Reason]:
        return [r for r in self.reasons if r.kind in kinds]


class Recorded(NamedTuple):
    """What the rules see of a set of answers: the tokens of what was answered, and their marks."""

    tokens: State
    marks: int


class Sorter:
    """Sorts answers under one pack. Building it takes a fraction of a second; keep it for the pack's lifetime."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.rules = rules = Rules(pack)
        self.vocabulary = Vocabulary(pack)
        self.marks = marks = Marks()
        offer_questions = [q for q in pack.questions.values() if q.id not in pack.personal]
        self._questions = [q.id for q in offer_questions]
        self._asked = marks.tests(rules.asked(q).yes for q in self._questions)
        self._alarms = _Alarming(
            marks, [(self._alarm_reason(a.question, a.token, a.vague), a.formula) for a in rules.warnings]
        )
        self._contradictions = [
            Reason("contradiction", None, None, c.id, c.says.text, c.says.facts) for c in pack.rules.contradictions
        ]
        self._contradicted = marks.tests(rules.contradiction(c).yes for c in pack.rules.contradictions)
        self._cautions = _Alarming(
            marks,
            [
                (self._caution_reason(q, token), all_of(Is(q.id, frozenset({token})), rules.asked(q.id).yes))
                for q in offer_questions
                for token in in_pack_order(pack, q.id, rules.cautions(q.id))
            ],
        )
        self._caution_at = [(q.id, q.caution_at) for q in offer_questions if q.caution_at]
        self._variants = [_Variant(rules, marks, result.id, variant) for result, variant in pack.variants]
        self._wanted = list(
            dict.fromkeys([*(n.question for _, v in pack.variants for n in v.needs), *pack.rules.must_answer])
        )
        self._wanting = marks.tests(all_of(rules.asked(q).yes, rules.reads_open(q)) for q in self._wanted)
        self._most_deciding = cache(self._by_what_it_decides)
        askable = [q for q in offer_questions if q.kind in STANDING_KINDS or q.kind == "scale_each"]
        askable.sort(key=_weight)
        self._askable = [q.id for q in askable]
        self._unclear = marks.tests(all_of(rules.asked(q).yes, rules.recorded_open(q)) for q in self._askable)
        self._in_parts = [q for q in askable if q.ask_unticked or q.ask_about]

    def recorded(self, answers: Answers) -> Recorded:
        """What the rules see of these answers, which must have passed `vocabulary.checked`."""
        tokens = self.vocabulary.recorded(answers)
        return Recorded(tokens, self.marks.of(tokens))

    def state(self, answers: Answers) -> State:
        """The tokens of every question, answered or not. Answers must have passed `vocabulary.checked`."""
        return self.vocabulary.state(answers)

    def shown(self, state: State) -> list[str]:
        """The questions about the offer that are asked under these answers, in the order of the pack."""
        return list(compress(self._questions, self._asked(self.marks.of(state))))

    def sort(self, answers: Answers, recorded: Recorded | None = None) -> Outcome:
        """Sorts the offer that these answers describe. Answers must have passed `vocabulary.checked`.

        `recorded` is what the rules see of them, for a caller that has it already.
        """
        recorded = recorded or self.recorded(answers)
        marks = recorded.marks
        asked = tuple(compress(self._questions, self._asked(marks)))
        shown = frozenset(asked)
        against = self._alarms.raised(marks)
        contradictions = list(compress(self._contradictions, self._contradicted(marks)))
        warned = bool(against or contradictions)
        reached = None if warned else next((v for v in self._variants if v.needs_met(marks)), None)
        open_ways = () if warned or reached else tuple(v for v in self._variants if v.way_open(marks))
        result, possible = _result(reached, open_ways)
        deciding = self._deciding(open_ways, marks)
        needs = self._need_reasons(reached, open_ways, recorded, shown)
        cautions = self._caution_reasons(answers, marks, shown)
        warnings = [r for r in against if r.kind == "warning"]
        vague = [r for r in against if r.kind == "vague"]
        return Outcome(
            result=result,
            variant=reached.variant.id if reached else None,
            title=reached.title(marks) if reached else self.pack.results[result].title,
            possible=possible,
            reasons=(*contradictions, *warnings, *vague, *needs, *cautions),
            to_ask=self._to_ask(answers, marks, shown, deciding),
            deciding=deciding,
            asked=asked,
            open_variants=tuple(v.variant.id for v in open_ways),
        )

    # -- reasons

    def _alarm_reason(self, question_id: str, token: str, vague: bool) -> Reason:
        question = self.pack.questions[question_id]
        option = question.option(token)
        said = option.says if option else self.pack.standing[token].says_core
        return _reason("vague" if vague else "warning", question_id, token, said)

    def _caution_reason(self, question: Question, token: str) -> Reason:
        option = question.option(token)
        return _reason("caution", question.id, token, option.says if option else self.pack.standing[token].says)

    def _caution_reasons(self, answers: Answers, marks: int, shown: frozenset[str]) -> list[Reason]:
        found = self._cautions.raised(marks)
        for question_id, rule in self._caution_at:
            rows = answers.get(question_id)
            if question_id in shown and isinstance(rows, dict):
                if sum(point == rule.value for point in rows.values()) >= rule.count:
                    found.append(_reason("caution", question_id, rule.value, rule.says))
        return found

    def _need_reasons(
        self, reached: "_Variant | None", open_ways: tuple["_Variant", ...], recorded: Recorded, shown: frozenset[str]
    ) -> list[Reason]:
        """The needs of the variant reached, or of what the offer is said to be; while that is open, of every
        variant still possible. Where none is, what keeps each of them out of reach."""
        told = [reached] if reached else [v for v in self._variants if v.aimed(recorded.marks)] or open_ways
        if told:
            return [reason for variant in told for reason in variant.need_reasons(recorded, shown)]
        needs = [reason for variant in self._variants for reason in variant.need_reasons(recorded, shown)]
        return [reason for reason in needs if reason.kind == "need_not_met"]

    # -- what to ask

    def _deciding(self, open_ways: tuple["_Variant", ...], marks: int) -> tuple[str, ...]:
        """The open questions on which the results still possible rest, the one that tells them apart first."""
        if not open_ways:
            return ()
        wanting = set(compress(self._wanted, self._wanting(marks)))
        return tuple(filter(wanting.__contains__, self._most_deciding(open_ways)))

    def _by_what_it_decides(self, open_ways: tuple["_Variant", ...]) -> list[str]:
        """All questions on which these variants rest, in the order in which to ask them while they are open."""
        wanted = dict(Counter(n.question for way in open_ways for n in way.variant.needs))
        wanted |= {q: len(open_ways) for q in self.pack.rules.must_answer}
        aims = {way.variant.aim for way in open_ways}
        return sorted(wanted, key=lambda q: (q not in aims, not self.pack.questions[q].core, -wanted[q]))

    def _to_ask(self, answers: Answers, marks: int, shown: frozenset[str], deciding: Sequence[str]) -> tuple[str, ...]:
        """Open questions, and those of which a part is still open: weight is what an answer could change."""
        partly = {q.id for q in self._in_parts if q.id in shown and parts_to_ask(q, answers.get(q.id))}
        rest = partly.union(compress(self._askable, self._unclear(marks))).difference(deciding)
        return (*deciding, *filter(rest.__contains__, self._askable))


def _weight(question: Question) -> tuple[bool, bool, bool]:
    """Sorts first what others can answer, what is core, what can warn."""
    return (not question.standing, not question.core, all(o.reads != "warning" for o in question.options))


def parts_to_ask(question: Question, answer: Answer | None) -> int:
    """How many options left unticked, or rows at a value that is not good enough, are worth asking about."""
    if question.ask_unticked and isinstance(answer, list):
        return sum(o.id not in answer for o in question.options if not o.alone)
    if question.ask_about and isinstance(answer, dict):
        return sum(answer.get(o.id, question.ask_about[0]) in question.ask_about for o in question.options)
    return 0


class _Alarming:
    """Reasons that rest on one answer each, with the formulas that call for them: alarms, or cautions."""

    def __init__(self, marks: Marks, found: list[tuple[Reason, Formula]]) -> None:
        self._reasons = [reason for reason, _ in found]
        self._called_for = marks.tests(formula for _, formula in found)
        answers = (Is(r.question, frozenset({r.answer})) for r in self._reasons if r.question and r.answer)
        self._any_recorded = marks.test(Any(tuple(answers)))

    def raised(self, marks: int) -> list[Reason]:
        # Mostly none of these answers was given, which shows at one glance.
        return list(compress(self._reasons, self._called_for(marks))) if self._any_recorded(marks) else []


class _Variant:
    """One variant of a result, its formulas made quick."""

    def __init__(self, rules: Rules, marks: Marks, result: str, variant: Variant) -> None:
        self.result, self.variant = result, variant
        # Both hold only where rule 1 has not struck; `sort` looks at that first, and once.
        self.needs_met = marks.test(rules.needs_met(variant))
        self.way_open = marks.test(rules.way_open(variant.id))
        self.aimed = marks.test(next(rules.met(n) for n in variant.needs if n.question == variant.aim))
        self._position = {n.question: position for position, n in enumerate(variant.needs)}
        self._met = marks.tests(rules.met(n) for n in variant.needs)
        self._open = marks.tests(rules.need_open(n) for n in variant.needs)
        self._reason = cache(self._make_reason)
        # Of each need, as long as nothing is recorded: what is said when it is met, open, not met.
        self._unrecorded = [
            tuple(self._reason(position, kind, "") for kind in _NEED_KINDS) for position in self._position.values()
        ]
        self._titles = [(marks.test(rules.condition(t.when).yes), t.title) for t in variant.titles]

    def title(self, marks: int) -> str:
        return next((title for holds, title in self._titles if holds(marks)), self.variant.title)

    def need_reasons(self, recorded: Recorded, shown: frozenset[str]) -> list[Reason]:
        tokens, marks = recorded
        found = [
            when_met if met else when_open if is_open else when_not_met
            for met, is_open, (when_met, when_open, when_not_met) in zip(
                self._met(marks), self._open(marks), self._unrecorded, strict=True
            )
        ]
        # What is recorded but not asked counts for nothing, so it is no part of a reason.
        for question_id in self._position.keys() & tokens.keys() & shown:
            position = self._position[question_id]
            found[position] = self._reason(position, found[position].kind, min(tokens[question_id]))
        return found

    def _make_reason(self, position: int, kind: ReasonKind, recorded: str) -> Reason:
        need = self.variant.needs[position]
        return Reason(kind, need.question, recorded or None, f"{self.result}.{self.variant.id}", need.says)


def _reason(kind: ReasonKind, question: str, answer: str, said: Cited | None) -> Reason:
    return Reason(kind, question, answer, None, said.text if said else "", said.facts if said else ())


def _result(reached: _Variant | None, open_ways: tuple[_Variant, ...]) -> tuple[str, tuple[str, ...]]:
    """The result and what is still possible, by the order of the rules; a warning leaves no way open."""
    if reached:
        return reached.result, (reached.result,)
    if not open_ways:
        return "warning_sign", ("warning_sign",)
    return "not_settled", tuple(sorted({v.result for v in open_ways} | {"warning_sign"}))

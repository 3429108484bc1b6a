"""From answers to a result, with its reasons: the heart of the guide, and a pure function.

Evaluates the formulas of `rules` on one set of answers and puts the pack's words beside what holds, in
the order of the four rules. Knows no web, no database and no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, TypeVar

from app.guide.answers import Answer, Answers, Vocabulary
from app.guide.formulas import State, compiled
from app.guide.models import STANDING_KINDS, Cited, Question, Variant
from app.guide.pack import Pack
from app.guide.rules import Rules, in_pack_order

ReasonKind = Literal["warning", "contradiction", "vague", "need_met", "need_not_met", "need_open", "caution"]
T = TypeVar("T")


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


class Sorter:
    """Sorts answers under one pack. Building it takes a fraction of a second; keep it for the pack's lifetime."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.rules = rules = Rules(pack)
        self.vocabulary = Vocabulary(pack)
        offer_questions = [q for q in pack.questions.values() if q.id not in pack.personal]
        # A question that is always asked has no formula to evaluate.
        self._shown = [(q.id, compiled(rules.asked(q.id).yes) if q.asked_when else None) for q in offer_questions]
        # For each question in the pack's order: the answers that warn, or are worth raising, with their reasons.
        self._alarms = _by_question(
            (a.question, a.token, (self._alarm_reason(a.question, a.token, a.vague), compiled(a.formula)))
            for a in rules.warnings
        )
        self._contradictions = [
            (Reason("contradiction", None, None, c.id, c.says.text, c.says.facts), compiled(rules.contradiction(c).yes))
            for c in pack.rules.contradictions
        ]
        self._cautions = _by_question(
            (q.id, token, self._caution_reason(q, token))
            for q in offer_questions
            for token in in_pack_order(pack, q.id, rules.cautions(q.id))
        )
        self._caution_at = [(q.id, q.caution_at) for q in offer_questions if q.caution_at]
        self._variants = [_Variant(rules, result.id, variant) for result, variant in pack.variants]
        self._must_open = [(q, compiled(rules.reads_open(q))) for q in pack.rules.must_answer]
        askable = [q for q in offer_questions if q.kind in STANDING_KINDS or q.kind == "scale_each"]
        self._askable = [(q, rules.tokens_reading(q.id, "open")) for q in sorted(askable, key=_weight)]

    def state(self, answers: Answers) -> State:
        """The tokens that rules look at. Answers must have passed `vocabulary.checked`."""
        return self.vocabulary.state(answers)

    def shown(self, state: State) -> list[str]:
        """The questions about the offer that are asked under these answers, in the order of the pack."""
        return [q for q, holds in self._shown if holds is None or holds(state)]

    def sort(self, answers: Answers, state: State | None = None) -> Outcome:
        """Sorts the offer that these answers describe. Answers must have passed `vocabulary.checked`.

        `state` is their state, for a caller that has it already.
        """
        state = state or self.state(answers)
        asked = self.shown(state)
        shown = frozenset(asked)
        against = self._against(state)
        contradictions = [reason for reason, holds in self._contradictions if holds(state)]
        warned = bool(against or contradictions)
        reached = None if warned else next((v for v in self._variants if v.needs_met(state)), None)
        open_ways = [] if warned or reached else [v for v in self._variants if v.way_open(state)]
        result, possible = _result(reached, open_ways)
        deciding = self._deciding(open_ways, state, shown)
        needs = self._need_reasons(reached, open_ways, state)
        cautions = self._caution_reasons(answers, state, shown)
        warnings = [r for r in against if r.kind == "warning"]
        vague = [r for r in against if r.kind == "vague"]
        return Outcome(
            result=result,
            variant=reached.variant.id if reached else None,
            title=self._title(result, reached, state),
            possible=possible,
            reasons=(*contradictions, *warnings, *vague, *needs, *cautions),
            to_ask=self._to_ask(answers, state, shown, deciding),
            deciding=tuple(deciding),
            asked=tuple(asked),
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

    def _against(self, state: State) -> list[Reason]:
        """The single answers that warn. Only those recorded are looked at: an alarm's formula names its answer."""
        found = []
        for question_id, alarming, alarms in self._alarms:
            recorded = state[question_id]
            if not alarming.isdisjoint(recorded):
                found += [reason for token, (reason, holds) in alarms if token in recorded and holds(state)]
        return found

    def _caution_reasons(self, answers: Answers, state: State, shown: frozenset[str]) -> list[Reason]:
        found = []
        for question_id, cautious, cautions in self._cautions:
            recorded = state[question_id]
            if not cautious.isdisjoint(recorded) and question_id in shown:
                found += [reason for token, reason in cautions if token in recorded]
        for question_id, rule in self._caution_at:
            rows = answers.get(question_id)
            if question_id in shown and isinstance(rows, dict):
                if sum(point == rule.value for point in rows.values()) >= rule.count:
                    found.append(_reason("caution", question_id, rule.value, rule.says))
        return found

    def _need_reasons(self, reached: "_Variant | None", open_ways: list["_Variant"], state: State) -> list[Reason]:
        """The needs of the variant reached, or of what the offer is said to be; while that is open, of every
        variant still possible. Where none is, what keeps each of them out of reach."""
        told = [reached] if reached else [v for v in self._variants if v.aimed(state)] or open_ways
        if told:
            return [reason for variant in told for reason in variant.need_reasons(state)]
        needs = [reason for variant in self._variants for reason in variant.need_reasons(state)]
        return [reason for reason in needs if reason.kind == "need_not_met"]

    def _title(self, result: str, reached: "_Variant | None", state: State) -> str:
        return reached.title(state) if reached else self.pack.results[result].title

    # -- what to ask

    def _deciding(self, open_ways: list["_Variant"], state: State, shown: frozenset[str]) -> list[str]:
        """The open questions on which the results still possible rest, the one that tells them apart first."""
        if not open_ways:
            return []
        wanted: dict[str, int] = {}
        for variant in open_ways:
            for question_id in variant.open_needs(state):
                wanted[question_id] = wanted.get(question_id, 0) + 1
        wanted |= {q: len(open_ways) for q, is_open in self._must_open if is_open(state)}
        aims = {v.variant.aim for v in open_ways}
        askable = [q for q in wanted if q in shown]
        return sorted(askable, key=lambda q: (q not in aims, not self.pack.questions[q].core, -wanted[q]))

    def _to_ask(self, answers: Answers, state: State, shown: frozenset[str], deciding: list[str]) -> tuple[str, ...]:
        """Open questions, and those of which a part is still open: weight is what an answer could change."""
        rest = [
            question.id
            for question, open_tokens in self._askable
            if question.id in shown
            and question.id not in deciding
            and _unclear(question, answers.get(question.id), open_tokens, state[question.id])
        ]
        return (*deciding, *rest)


def _by_question(found: Iterable[tuple[str, str, T]]) -> list[tuple[str, frozenset[str], list[tuple[str, T]]]]:
    """Groups what belongs to single answers by question, keeping the order."""
    groups: dict[str, list[tuple[str, T]]] = {}
    for question_id, token, value in found:
        groups.setdefault(question_id, []).append((token, value))
    return [(q, frozenset(token for token, _ in values), values) for q, values in groups.items()]


def _weight(question: Question) -> tuple[bool, bool, bool]:
    """Sorts first what others can answer, what is core, what can warn."""
    return (not question.standing, not question.core, all(o.reads != "warning" for o in question.options))


def _unclear(question: Question, answer: Answer | None, open_tokens: frozenset[str], tokens: frozenset[str]) -> bool:
    return parts_to_ask(question, answer) > 0 or not tokens.isdisjoint(open_tokens)


def parts_to_ask(question: Question, answer: Answer | None) -> int:
    """How many options left unticked, or rows at a value that is not good enough, are worth asking about."""
    if question.ask_unticked and isinstance(answer, list):
        return sum(o.id not in answer for o in question.options if not o.alone)
    if question.ask_about and isinstance(answer, dict):
        return sum(answer.get(o.id, question.ask_about[0]) in question.ask_about for o in question.options)
    return 0


class _Variant:
    """One variant of a result, its formulas compiled."""

    def __init__(self, rules: Rules, result: str, variant: Variant) -> None:
        self.result, self.variant, self._rules = result, variant, rules
        # Both hold only where rule 1 has not struck; `sort` looks at that first, and once.
        self.needs_met = compiled(rules.needs_met(variant))
        self.way_open = compiled(rules.way_open(variant.id))
        self._needs = [(n, compiled(rules.met(n)), compiled(rules.need_open(n))) for n in variant.needs]
        self._asked = [compiled(rules.asked(n.question).yes) for n in variant.needs]
        self._reason = cache(self._make_reason)
        self.aimed = next(met for n, met, _ in self._needs if n.question == variant.aim)
        self._titles = [(compiled(rules.condition(t.when).yes), t.title) for t in variant.titles]

    def title(self, state: State) -> str:
        return next((title for holds, title in self._titles if holds(state)), self.variant.title)

    def open_needs(self, state: State) -> list[str]:
        return [n.question for n, _, is_open in self._needs if is_open(state)]

    def need_reasons(self, state: State) -> list[Reason]:
        found = []
        for position, (need, met, is_open) in enumerate(self._needs):
            kind: ReasonKind = "need_met" if met(state) else "need_open" if is_open(state) else "need_not_met"
            # What is recorded but not asked counts for nothing, so it is no part of a reason.
            (recorded, *_) = sorted(state[need.question]) if self._asked[position](state) else ("",)
            found.append(self._reason(position, kind, recorded))
        return found

    def _make_reason(self, position: int, kind: ReasonKind, recorded: str) -> Reason:
        need = self.variant.needs[position]
        return Reason(kind, need.question, recorded or None, f"{self.result}.{self.variant.id}", need.says)


def _reason(kind: ReasonKind, question: str, answer: str, said: Cited | None) -> Reason:
    return Reason(kind, question, answer, None, said.text if said else "", said.facts if said else ())


def _result(reached: _Variant | None, open_ways: list[_Variant]) -> tuple[str, tuple[str, ...]]:
    """The result and what is still possible, by the order of the rules; a warning leaves no way open."""
    if reached:
        return reached.result, (reached.result,)
    if not open_ways:
        return "warning_sign", ("warning_sign",)
    return "not_settled", tuple(sorted({v.result for v in open_ways} | {"warning_sign"}))

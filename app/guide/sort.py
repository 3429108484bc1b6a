"""From answers to a result, with its reasons: the heart of the guide, and a pure function.

Evaluates the formulas of `rules` on one set of answers and puts the pack's words beside what holds, in
the order of the four rules. Knows no web, no database and no clock.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import compress, filterfalse
from typing import Literal, NamedTuple

from app.guide.answers import Answer, Answers, Vocabulary
from app.guide.formulas import Formula, Is, State, all_of
from app.guide.marks import Marks
from app.guide.models import STANDING_KINDS, Cited, Need, Question, Variant
from app.guide.pack import Pack
from app.guide.rules import Rules, in_pack_order

# How many combinations of what holds are remembered: a pack has few, and nobody can make them more.
REMEMBERED = 1024
ReasonKind = Literal["warning", "contradiction", "vague", "need_met", "need_not_met", "need_open", "caution"]


class Reason(NamedTuple):
    """One thing that speaks for the result, or is worth raising, with the sentence and facts it rests on."""

    kind: ReasonKind
    question: str | None
    answer: str | None
    rule: str | None
    says: str
    facts: tuple[str, ...] = ()


class Outcome(NamedTuple):
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
    """What the rules see of a set of answers."""

    marks: int
    # By question, of those that rules look at: the first token recorded.
    first: dict[str, str]
    # Reasons that rest on one of the answers, called for or not.
    raised: list["_Raised"]
    # In the order of the pack, and for looking up.
    asked: tuple[str, ...]
    shown: frozenset[str]


class Sorter:
    """Sorts answers under one pack. Building it takes a fraction of a second; keep it for the pack's lifetime. With
    `alike`, the sorter of the same pack in another language, it takes less."""

    def __init__(self, pack: Pack, alike: "Sorter | None" = None) -> None:
        self.pack = pack
        rules = Rules(pack, alike.rules if alike else None)
        self.rules: Rules = rules
        self.vocabulary = Vocabulary(pack)
        self._marks = marks = Marks()
        offer_questions = [q for q in pack.questions.values() if q.id not in pack.personal]
        self._questions = [q.id for q in offer_questions]
        # Many questions are asked under the same condition: each is looked at once.
        conditions = {rules.asked(q).yes: None for q in self._questions}
        self._conditions = list(conditions)
        self._hold = marks.tests(conditions)
        self._asked = lru_cache(REMEMBERED)(self._asked_under)
        self.never_asked = {q: marks.test(rules.asked(q).no) for q in self._questions}
        self._contradictions = [
            Reason("contradiction", None, None, c.id, c.says.text, c.says.facts) for c in pack.rules.contradictions
        ]
        self._contradicted = marks.tests(rules.contradiction(c).yes for c in pack.rules.contradictions)
        self._caution_at = [(q.id, q.caution_at) for q in offer_questions if q.caution_at]
        self._variants = [_Variant(rules, marks, result.id, variant) for result, variant in pack.variants]
        self._ways = lru_cache(REMEMBERED)(self._ways_left)
        askable = [q for q in offer_questions if q.kind in STANDING_KINDS or q.kind == "scale_each"]
        askable.sort(key=_weight)
        self._askable = [q.id for q in askable]
        self._open = marks.tests(all_of(rules.asked(q).yes, rules.recorded_open(q)) for q in self._askable)
        self._in_parts = [q for q in askable if q.ask_unticked or q.ask_about]
        # Last, for these name many answers of which no other formula speaks: the numbers before stay shorter.
        alarms = [(self._alarm_reason(a.question, a.token, a.vague), a.formula) for a in rules.warnings]
        # Warnings first, then vague answers, then cautions: the order in which their reasons are told.
        alarms.sort(key=lambda alarm: alarm[0].kind == "vague")
        cautions = (
            (self._caution_reason(q, token), all_of(Is(q.id, frozenset({token})), rules.asked(q.id).yes))
            for q in offer_questions
            for token in in_pack_order(pack, q.id, rules.cautions(q.id))
        )
        self._raised_by = _by_answer(marks, (*alarms, *cautions))
        # Only now, when all marks are given out. What people write themselves is never kept here.
        self._blank = marks.of({})
        self._fixed = {
            q: {token: self._seen(q, token) for token in self.vocabulary.fixed(q)}
            for q in self._questions
            if marks.names(q)
        }

    def recorded(self, answers: Answers) -> Recorded:
        """What the rules see of these answers, which must have passed `vocabulary.checked`."""
        first: dict[str, str] = {}
        raised: list[_Raised] = []
        marks = self._blank
        for question_id, answer in answers.items():
            if (fixed := self._fixed.get(question_id)) is None:
                continue
            seen = fixed.get(answer) if isinstance(answer, str) else None
            first[question_id], change, raises = seen or self._seen(question_id, answer)
            # Every question has marks of its own, so what one changes does not touch the others.
            marks ^= change
            raised += raises
        return Recorded(marks, first, raised, *self._asked(self._hold(marks)))

    def _seen(self, question_id: str, answer: Answer) -> tuple[str, int, list["_Raised"]]:
        """What the rules see of one answer: its first token, the marks that it changes, and what it raises."""
        tokens = self.vocabulary.tokens(question_id, answer)
        by_token = self._raised_by.get(question_id, {})
        raised = [r for token in tokens if token in by_token for r in by_token[token]]
        return min(tokens), self._blank ^ self._marks.of({question_id: tokens}), raised

    def state(self, answers: Answers) -> State:
        """The tokens of every question, answered or not. Answers must have passed `vocabulary.checked`."""
        return self.vocabulary.state(answers)

    def _asked_under(self, holding: tuple[bool, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
        """What is asked where these of the conditions hold. Few combinations occur, so each is worked out once."""
        conditions = set(compress(self._conditions, holding))
        asked = tuple(q for q in self._questions if self.rules.asked(q).yes in conditions)
        return asked, frozenset(asked)

    def sort(self, answers: Answers, recorded: Recorded | None = None) -> Outcome:
        """Sorts the offer that these answers describe. Answers must have passed `vocabulary.checked`.

        `recorded` is what the rules see of them, for a caller that has it already.
        """
        recorded = recorded or self.recorded(answers)
        marks = recorded.marks
        raised = [reason for _, reason, holds in sorted(recorded.raised) if holds(marks)]
        against = [r for r in raised if r.kind != "caution"]
        contradictions = list(compress(self._contradictions, self._contradicted(marks)))
        warned = bool(against or contradictions)
        reached = None if warned else next((v for v in self._variants if v.needs_met(marks)), None)
        open_ways = () if warned or reached else tuple(v for v in self._variants if v.way_open(marks))
        result = reached.result if reached else "not_settled" if open_ways else "warning_sign"
        ways = self._ways(open_ways)
        # Of what is asked, this is also what reads open: whether it is asked at all is not open any more.
        unclear = list(compress(self._askable, self._open(marks)))
        deciding = tuple(filter(set(unclear).__contains__, ways.rest_on))
        needs = self._need_reasons(reached, open_ways, recorded)
        cautions = [*raised[len(against) :], *self._many_at(answers, recorded)]
        return Outcome(
            result=result,
            variant=reached.variant.id if reached else None,
            title=reached.title(marks) if reached else self.pack.results[result].title,
            possible=(result,) if reached else ways.possible,
            reasons=(*contradictions, *against, *needs, *cautions),
            to_ask=(*deciding, *self._beside(ways, unclear, answers, recorded.shown)),
            deciding=deciding,
            asked=recorded.asked,
            open_variants=ways.variants,
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

    def _many_at(self, answers: Answers, recorded: Recorded) -> list[Reason]:
        """Cautions because so many rows are at one value."""
        found = []
        for question_id, rule in self._caution_at:
            rows = answers.get(question_id)
            if question_id in recorded.shown and isinstance(rows, dict):
                if sum(point == rule.value for point in rows.values()) >= rule.count:
                    found.append(_reason("caution", question_id, rule.value, rule.says))
        return found

    def _need_reasons(
        self, reached: "_Variant | None", open_ways: tuple["_Variant", ...], recorded: Recorded
    ) -> list[Reason]:
        """The needs of the variant reached, or of what the offer is said to be; while that is open, of every
        variant still possible. Where none is, what keeps each of them out of reach."""
        told = [reached] if reached else [v for v in self._variants if v.aimed(recorded.marks)] or open_ways
        if told:
            return [reason for variant in told for reason in variant.need_reasons(recorded)]
        needs = [reason for variant in self._variants for reason in variant.need_reasons(recorded)]
        return [reason for reason in needs if reason.kind == "need_not_met"]

    # -- what to ask

    def _ways_left(self, open_ways: tuple["_Variant", ...]) -> "_Ways":
        if not open_ways:
            return _Ways(("warning_sign",), (), (), frozenset())
        possible = sorted({v.result for v in open_ways} | {"warning_sign"})
        wanted = dict(Counter(n.question for way in open_ways for n in way.variant.needs))
        wanted |= {q: len(open_ways) for q in self.pack.rules.must_answer}
        aims = {way.variant.aim for way in open_ways}
        rest_on = sorted(wanted, key=lambda q: (q not in aims, not self.pack.questions[q].core, -wanted[q]))
        return _Ways(tuple(possible), tuple(way.variant.id for way in open_ways), tuple(rest_on), frozenset(rest_on))

    def _beside(self, ways: "_Ways", unclear: list[str], answers: Answers, shown: frozenset[str]) -> Iterable[str]:
        """Open questions that do not decide, and those of which a part is still open: weight is what an answer could
        change."""
        rest = filterfalse(ways.deciding.__contains__, unclear)
        partly = {q.id for q in self._in_parts if q.id in shown and parts_to_ask(q, answers.get(q.id))}
        if not partly:
            return rest
        partly.difference_update(ways.deciding.intersection(unclear))
        return filter(partly.union(rest).__contains__, self._askable)


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


# A reason that rests on one answer, with the place it takes among all of them, and whether it is called for.
_Raised = tuple[int, Reason, Callable[[int], bool]]


def _by_answer(marks: Marks, found: Iterable[tuple[Reason, Formula]]) -> dict[str, dict[str, list[_Raised]]]:
    """Reasons by the question and the answer on which they rest."""
    groups: dict[str, dict[str, list[_Raised]]] = {}
    for place, (reason, formula) in enumerate(found):
        by_token = groups.setdefault(reason.question or "", {})
        by_token.setdefault(reason.answer or "", []).append((place, reason, marks.test(formula)))
    return groups


class _Ways(NamedTuple):
    """What follows from which variants are still possible, whatever else was answered."""

    possible: tuple[str, ...]
    variants: tuple[str, ...]
    # All questions on which they rest, in the order in which to ask them while they are open: the one that tells the
    # results apart first.
    rest_on: tuple[str, ...]
    deciding: frozenset[str]


class _Variant:
    """One variant of a result, its formulas made quick."""

    def __init__(self, rules: Rules, marks: Marks, result: str, variant: Variant) -> None:
        self.result, self.variant = result, variant
        # Both hold only where rule 1 has not struck; `sort` looks at that first, and once.
        self.needs_met = marks.test(rules.needs_met(variant))
        self.way_open = marks.test(rules.way_open(variant.id))
        self.aimed = marks.test(next(rules.met(n) for n in variant.needs if n.question == variant.aim))
        self._needs = [n.question for n in variant.needs]
        rule = f"{result}.{variant.id}"
        self._said = marks.choices(
            (
                [
                    (rules.met(need), _NeedSaid("need_met", need, rule)),
                    (rules.need_open(need), _NeedSaid("need_open", need, rule)),
                ],
                _NeedSaid("need_not_met", need, rule),
            )
            for need in variant.needs
        )
        self._titles = [(marks.test(rules.condition(t.when).yes), t.title) for t in variant.titles]

    def title(self, marks: int) -> str:
        return next((title for holds, title in self._titles if holds(marks)), self.variant.title)

    def need_reasons(self, recorded: Recorded) -> list[Reason]:
        first = recorded.first
        if not first.keys() <= recorded.shown:
            # What is recorded but not asked counts for nothing, so it is no part of a reason.
            first = {q: token for q, token in first.items() if q in recorded.shown}
        said = zip(self._needs, self._said(recorded.marks), strict=True)
        return [by_token[first.get(question_id, "")] for question_id, by_token in said]


class _NeedSaid(dict[str, Reason]):
    """What is said of one need that is met, open or not met: by the token recorded, if there is one."""

    def __init__(self, kind: ReasonKind, need: Need, rule: str) -> None:
        super().__init__()
        self._kind, self._need, self._rule = kind, need, rule

    def __missing__(self, recorded: str) -> Reason:
        reason = Reason(self._kind, self._need.question, recorded or None, self._rule, self._need.says)
        self[recorded] = reason
        return reason


def _reason(kind: ReasonKind, question: str, answer: str, said: Cited | None) -> Reason:
    return Reason(kind, question, answer, None, said.text if said else "", said.facts if said else ())

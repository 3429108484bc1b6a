"""Proves the promises of the outline over every possible set of answers.

Each invariant is put to a solver as "is there a set of answers, among all of them, that breaks it?". The
solver works on the formulas that `sort` evaluates, so a "no" is a proof about the sort itself, not about
samples; a "yes" comes with the set of answers. `docs/decisions/0002-how-check-proves.md` says why this is
a proof. Needs z3, which is not needed to serve.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import z3

from app.guide.formulas import Formula, any_of, compiled
from app.guide.models import Need, Never, Variant
from app.guide.possible import Possibility
from app.guide.rules import Rules
from app.guide.worlds import Domain, Filled, Free, Term, World

AnswersFound = dict[str, str | list[str]]


@dataclass(frozen=True)
class Verdict:
    """One invariant: how many questions the solver closed for it, and what breaks it, if anything."""

    says: str
    closed: int
    broken: tuple[str, ...] = ()


@dataclass
class Tally:
    """Collects what the solver said about one invariant."""

    says: str
    closed: int = 0
    broken: list[str] = field(default_factory=list)

    def verdict(self) -> Verdict:
        return Verdict(self.says, self.closed, tuple(self.broken))


class Proof:
    """All invariants of one pack. Takes seconds; nothing in it is kept for serving."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.pack = rules, rules.pack
        self.domain = Domain(rules)
        self.here = Free(self.domain, "here")
        self.solver = z3.Solver()
        self.solver.add(self.here.constraints)
        self.kept = {
            q.id: z3.And(self.here.holds(rules.asked(q.id).yes), z3.Not(self.here.holds(rules.recorded_open(q.id))))
            for q in self.domain.questions
        }

    def verdicts(self) -> Iterator[Verdict]:
        """Runs through the invariants of the outline, in its order."""
        yield self._one_outcome()
        yield self._warnings_warn()
        yield self._nothing_possible_missed()
        yield self._nothing_possible_invented()
        yield self._warning_stays_possible()
        yield self._reached_only_falls()
        yield from (self._never(promise) for promise in self.pack.rules.never)
        yield self._all_reachable()
        yield self._all_decide()

    # -- putting a question to the solver

    def find(self, *terms: Term) -> AnswersFound | None:
        """A set of answers for which all terms hold, or None when there is none among all of them."""
        self.solver.push()
        self.solver.add(*terms)
        found = self.here.read(self.solver.model()) if self.solver.check() == z3.sat else None
        self.solver.pop()
        return found

    def _holds(self, formula: Formula) -> Term:
        return self.here.holds(formula)

    def _expect_none(self, tally: Tally, what: str, *terms: Term) -> None:
        found = self.find(*terms)
        if found is None:
            tally.closed += 1
        else:
            tally.broken.append(f"{what}: {found}")

    def _expect_some(self, tally: Tally, what: str, *terms: Term) -> None:
        if self.find(*terms) is None:
            tally.broken.append(f"{what}: no set of answers does this")
        else:
            tally.closed += 1

    # -- the invariants

    def _one_outcome(self) -> Verdict:
        tally = Tally("every set of answers gives exactly one outcome; without an open answer it is never not_settled")
        outcomes = [self._holds(self.rules.outcome(r)) for r in self.pack.results]
        self._expect_none(tally, "not exactly one outcome", z3.Not(z3.PbEq([(o, 1) for o in outcomes], 1)))
        variants = [self._holds(self.rules.reached(v)) for _, v in self.pack.variants]
        self._expect_none(tally, "two variants at once", z3.Not(z3.AtMost(*variants, 1)))
        unsettled = self._holds(self.rules.outcome("not_settled"))
        self._expect_none(tally, "nothing open, yet not settled", unsettled, *self._complete(self.here))
        return tally.verdict()

    def _warnings_warn(self) -> Verdict:
        tally = Tally("a warning answer, a contradiction or a vague core answer always gives warning_sign")
        other = z3.Not(self._holds(self.rules.outcome("warning_sign")))
        for alarm in self.rules.warnings:
            self._expect_none(tally, f"{alarm.question}={alarm.token}", self._holds(alarm.formula), other)
        for contradiction in self.pack.rules.contradictions:
            present = self._holds(self.rules.contradiction(contradiction).yes)
            self._expect_none(tally, contradiction.id, present, other)
        return tally.verdict()

    def _nothing_possible_missed(self) -> Verdict:
        tally = Tally("what some completion reaches is said to be possible")
        then = Free(self.domain, "then")
        reached = self._holds(self.rules.any_reached)
        for result in self._final_results:
            self._expect_none(
                tally,
                f"{result} missed",
                z3.Not(reached),
                z3.Not(self._holds(self.rules.still_possible(result))),
                *self._refines(then),
                *self._complete(then),
                then.holds(self.rules.outcome(result)),
            )
        return tally.verdict()

    def _nothing_possible_invented(self) -> Verdict:
        tally = Tally("what is said to be possible, some completion reaches")
        unsettled = self._holds(self.rules.outcome("not_settled"))
        for _, variant in self.pack.variants:
            ways = [self._completion(variant, way) for way in Possibility(self.rules, variant).ways]
            arrives = z3.Or([w.holds(self.rules.reached(variant)) for w in ways])
            claimed = self._holds(self.rules.possible(variant.id))
            self._expect_none(tally, variant.id, unsettled, claimed, z3.Not(arrives))
        return tally.verdict()

    def _warning_stays_possible(self) -> Verdict:
        tally = Tally("a warning sign stays possible until a result is reached")
        unsettled = self._holds(self.rules.outcome("not_settled"))
        ends = []
        for question in self.domain.questions:
            spoiled = self._mild | {question.id: self._worst(question.id)}
            ends.append(Filled(self.here, self.kept, spoiled).holds(self.rules.outcome("warning_sign")))
        self._expect_none(tally, "no completion warns", unsettled, z3.Not(z3.Or(ends)))
        return tally.verdict()

    def _reached_only_falls(self) -> Verdict:
        tally = Tally("a reached result only falls to warning_sign, by a warning, vague core answer or contradiction")
        then = Free(self.domain, "then")
        later = [*self._refines(then), z3.Not(then.holds(self.rules.warned))]
        for _, variant in self.pack.variants:
            reached = self.rules.reached(variant)
            self._expect_none(tally, variant.id, self._holds(reached), *later, z3.Not(then.holds(reached)))
        warning = self.rules.outcome("warning_sign")
        stays = [*self._refines(then), z3.Not(then.holds(warning))]
        self._expect_none(tally, "a warning is lost", self._holds(warning), *stays)
        return tally.verdict()

    def _never(self, promise: Never) -> Verdict:
        tally = Tally(promise.says)
        variants = [v for r, v in self.pack.variants if r.id == promise.result]
        chosen = [v for v in variants if not promise.variants or v.id in promise.variants]
        reached = self._holds(any_of(*(self.rules.reached(v) for v in chosen)))
        condition = self._holds(self.rules.condition(promise.when or promise.unless).yes)
        self._expect_none(tally, promise.id, reached, condition if promise.when else z3.Not(condition))
        return tally.verdict()

    def _all_reachable(self) -> Verdict:
        tally = Tally("every result and variant can be reached, and every question asked")
        for result in self.pack.results:
            self._expect_some(tally, f"result {result}", self._holds(self.rules.outcome(result)))
        for _, variant in self.pack.variants:
            self._expect_some(tally, f"variant {variant.id}", self._holds(self.rules.reached(variant)))
        for question in self.domain.questions:
            asked = self._holds(self.rules.asked(question.id).yes)
            self._expect_some(tally, f"question {question.id}", asked)
        return tally.verdict()

    def _all_decide(self) -> Verdict:
        tally = Tally("every need, contradiction, warning and vague core answer decides at least one case")
        for _, variant in self.pack.variants:
            # A need that others wait for decides through them: without it they are not even asked.
            gates = {b for n in variant.needs for b in self.pack.questions[n.question].asked_when}
            for need in variant.needs:
                if need.question not in gates:
                    self._expect_some(tally, f"need {variant.id}: {need.question}", *self._alone_missing(variant, need))
        alarms: list[tuple[str, Formula]] = [(f"{a.question}={a.token}", a.formula) for a in self.rules.warnings]
        alarms += [(c.id, self.rules.contradiction(c).yes) for c in self.pack.rules.contradictions]
        terms = [(self._holds(formula), 1) for _, formula in alarms]
        alone = z3.PbEq(terms, 1)
        for name, formula in alarms:
            self._expect_some(tally, f"{name} alone", self._holds(formula), alone)
        return tally.verdict()

    def _alone_missing(self, variant: Variant, need: Need) -> list[Term]:
        """All that the variant asks for is there but this need, and no warning is to blame."""
        others = [self._holds(self.rules.met(n)) for n in variant.needs if n is not need]
        must = [self._holds(self.rules.answered(q)) for q in self.pack.rules.must_answer]
        met, warned = self._holds(self.rules.met(need)), self._holds(self.rules.warned)
        return [*others, *must, z3.Not(met), z3.Not(warned)]

    # -- completions

    @property
    def _final_results(self) -> list[str]:
        return [r for r in self.pack.results if r != "not_settled"]

    def _complete(self, world: World) -> list[Term]:
        """Every question that is asked has an answer that leaves nothing open."""
        return [
            z3.Implies(world.holds(self.rules.asked(q.id).yes), z3.Not(world.holds(self.rules.recorded_open(q.id))))
            for q in self.domain.questions
        ]

    def _refines(self, then: Free) -> list[Term]:
        """`then` comes from `here` by answering questions that read open there."""
        kept = [
            z3.Implies(self.kept[q.id], then.terms[q.id][t] == self.here.terms[q.id][t])
            for q in self.domain.questions
            for t in self.domain.tokens(q)
        ]
        return [*then.constraints, *kept]

    def _completion(self, variant: Variant, way: dict[str, frozenset[str]]) -> Filled:
        """`here` with its open questions answered so as to reach `variant` along one way."""
        choices = dict(self._mild)
        for need in variant.needs:
            fitting = compiled(self.rules.fitting(need))
            mild = [t for t in self._unalarming(need.question) if fitting({need.question: frozenset({t})})]
            choices[need.question] = frozenset(mild[:1])
        return Filled(self.here, self.kept, choices | way)

    def _unalarming(self, question_id: str) -> list[str]:
        """Answers that neither warn nor leave anything open."""
        unclear: frozenset[str] = frozenset()
        for reading in ("open", "vague", "warning"):
            unclear |= self.rules.tokens_reading(question_id, reading)
        return [t for t in self.domain.tokens(self.pack.questions[question_id]) if t not in unclear]

    @cached_property
    def _mild(self) -> dict[str, frozenset[str]]:
        """One answer a question that raises no alarm. Lint has made sure that there is one."""
        return {q.id: frozenset(self._unalarming(q.id)[-1:]) for q in self.domain.questions}

    def _worst(self, question_id: str) -> frozenset[str]:
        """One answer a question that warns, is vague, or at least says something else than the mild one."""
        for reading in ("warning", "vague"):
            if tokens := sorted(self.rules.tokens_reading(question_id, reading)):
                return frozenset(tokens[:1])
        return frozenset(self._unalarming(question_id)[:1])

    # -- witnesses

    def witness(self, formula: Formula) -> AnswersFound | None:
        """A set with as few answers as possible for which the formula holds."""
        term = self._holds(formula)
        most = len(self.domain.questions)
        best = None
        low, high = 0, most
        while low <= high:
            middle = (low + high) // 2
            found = self.find(term, z3.PbLe([(a, 1) for a in self.here.answered], middle))
            if found is None:
                low = middle + 1
            else:
                best, high = found, len(found) - 1
        return best

    def witnesses(self) -> dict[str, AnswersFound]:
        """A shortest witness for each result and variant."""
        wanted = {r: self.rules.outcome(r) for r in self.pack.results if not self.pack.results[r].variants}
        wanted |= {f"{r.id}.{v.id}": self.rules.reached(v) for r, v in self.pack.variants}
        return {name: found for name, formula in wanted.items() if (found := self.witness(formula)) is not None}

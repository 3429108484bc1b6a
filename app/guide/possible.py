"""Which ways of answering the open questions still reach a variant: one exact formula a variant.

Most needs stand alone: such a need can still be met when it is met or open. The few questions that meet in a
contradiction, or decide whether another is asked, have to be looked at together: their combinations are
tried once, when a pack is loaded, and the ones that reach the variant are folded into a formula. That the
formula is exact is not taken on trust: `check` proves it for every set of answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

from app.guide.conditions import fits, tokens_named
from app.guide.formulas import (
    FALSE,
    TRUE,
    UNANSWERED,
    Formula,
    Is,
    all_of,
    any_of,
    compiled,
    negation,
)
from app.guide.models import Question, Test, Variant

if TYPE_CHECKING:
    from app.guide.rules import Rules

# Stands for any country that no rule names.
ANOTHER = "*"


class Case(NamedTuple):
    """Answers to one question that the rules cannot tell apart: one of them, and how to recognise them."""

    tokens: frozenset[str]
    recognised: Formula


class Tree(NamedTuple):
    """One coupled question, with the answers that lead on; answers that lead on alike share a branch."""

    question: str
    branches: tuple[tuple[tuple[Case, ...], Tree], ...]


REACHED = Tree("", ())
NEVER = Tree("never", ())


class Possibility:
    """Works out, for one variant, the formula `some completion of these answers reaches it`."""

    def __init__(self, rules: Rules, variant: Variant) -> None:
        self.rules, self.variant = rules, variant
        self.needs = {n.question: n for n in variant.needs}
        self.must = set(rules.pack.rules.must_answer)
        self.coupled = self._coupled()
        self.asked = {q: compiled(rules.asked(q).yes) for q in self.coupled}
        self.contradicted = [compiled(rules.contradiction(c).yes) for c in rules.pack.rules.contradictions]
        alone = [n for n in variant.needs if n.question not in self.coupled]
        self.asked_alone = [
            compiled(rules.asked(q).yes) for q in {n.question for n in alone} | self.must - set(self.coupled)
        ]
        tree = self._tree(0, {q: frozenset({UNANSWERED}) for q in self.coupled})
        self.formula = all_of(
            *(any_of(rules.met(n), rules.need_open(n)) for n in alone),
            *(any_of(rules.answered(q), rules.reads_open(q)) for q in sorted(self.must - set(self.coupled))),
            self._formula(tree),
        )
        self.ways = list(_ways(tree))

    def _coupled(self) -> list[str]:
        """Questions whose answers have to be chosen together, each after those that decide whether it is asked."""
        questions = self.rules.pack.questions
        parts = ((*c.all, *c.any) for c in self.rules.pack.rules.contradictions)
        wanted = set(chain.from_iterable(chain.from_iterable(parts)))
        for question in (*self.needs, *self.must):
            wanted |= set(questions[question].asked_when)
        while more := set(chain.from_iterable(questions[q].asked_when for q in wanted)) - wanted:
            wanted |= more
        return [q for q in questions if q in wanted]

    def _tree(self, depth: int, state: dict[str, frozenset[str]]) -> Tree:
        """The ways on from `depth`, the coupled questions before being answered as in `state`."""
        if depth == len(self.coupled):
            return REACHED if self._reaches(state) else NEVER
        question = self.coupled[depth]
        constrained = question in self.needs or question in self.must
        if not self.asked[question](state):
            return NEVER if constrained else self._tree(depth + 1, state)
        after: dict[Tree, list[Case]] = {}
        for case in self._cases(self.rules.pack.questions[question]):
            after.setdefault(self._tree(depth + 1, state | {question: case.tokens}), []).append(case)
        if len(after) == 1 and not constrained:
            return next(iter(after))  # whatever is answered here, the way on is the same
        branches = tuple((tuple(cases), rest) for rest, cases in after.items() if rest != NEVER)
        return Tree(question, branches) if branches else NEVER

    def _formula(self, tree: Tree) -> Formula:
        """The tree as a formula: an open question can still take any branch, a settled one only its own."""
        if tree in (REACHED, NEVER):
            return TRUE if tree == REACHED else FALSE
        asked = self.rules.asked(tree.question).yes
        still_open = self.rules.reads_open(tree.question)
        return any_of(
            *(
                all_of(
                    any_of(still_open, all_of(asked, any_of(*(c.recognised for c in cases)))),
                    self._formula(rest),
                )
                for cases, rest in tree.branches
            )
        )

    def _reaches(self, state: dict[str, frozenset[str]]) -> bool:
        asked = all(test(state) for test in self.asked_alone)
        return asked and not any(test(state) for test in self.contradicted)

    def _cases(self, question: Question) -> list[Case]:
        """The answers, told apart only as far as rules do, that neither warn nor fail this variant's need."""
        rules = self.rules
        open_, vague = rules.tokens_reading(question.id, "open"), rules.tokens_reading(question.id, "vague")
        barred = rules.tokens_reading(question.id, "warning")
        if question.core or question.id in self.needs or question.id in self.must:
            barred |= vague
        named = frozenset(chain.from_iterable(tokens_named(t) for t in self._tests_on(question.id)))
        cases = []
        if question.kind == "many":
            free = sorted(named - barred)
            # A tick that no rule names, if there is one, stands for all of them.
            unnamed = [o.id for o in question.options if o.id not in named | barred][:1]
            for size in range(0 if unnamed else 1, len(free) + 1):
                for ticked in combinations(free, size):
                    exactly = all_of(
                        rules.definite(question.id),
                        *(Is(question.id, frozenset({t})) for t in ticked),
                        *(negation(Is(question.id, frozenset({t}))) for t in free if t not in ticked),
                    )
                    cases.append(Case(frozenset({*ticked, *unnamed}), exactly))
            answers = vague - barred
        else:
            known = {o.id for o in question.options} | named | vague
            answers = frozenset(known) - barred - open_
            if question.kind == "country":
                elsewhere = negation(Is(question.id, answers | open_ | vague))
                cases.append(Case(frozenset({ANOTHER}), elsewhere))
        cases += [Case(frozenset({t}), Is(question.id, frozenset({t}))) for t in sorted(answers)]
        if need := self.needs.get(question.id):
            met = compiled(fits(question.id, need.test))
            cases = [c for c in cases if met({question.id: c.tokens})]
        return cases

    def _tests_on(self, question_id: str) -> list[Test]:
        """Every test that a rule makes on this question."""
        pack = self.rules.pack
        conditions = [*(q.asked_when for q in pack.questions.values()), *(n.when for n in self.variant.needs)]
        for contradiction in pack.rules.contradictions:
            conditions += [*contradiction.all, *contradiction.any]
        return [c[question_id] for c in conditions if question_id in c]


def _ways(tree: Tree) -> Iterator[dict[str, frozenset[str]]]:
    """One way of answering the coupled questions for each path through the tree."""
    if tree == REACHED:
        yield {}
    for cases, rest in tree.branches:
        for way in _ways(rest):
            yield {tree.question: cases[0].tokens} | way

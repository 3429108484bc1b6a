"""Sets of answers as a solver sees them: every one that the vocabulary allows, at once.

A `World` says, for each question and token, a boolean term that is true where the token was recorded. A
`Free` world ranges over all sets of answers; a `Filled` one is another world with its open questions answered
in a fixed way. The formulas of `rules` are translated as they are. Needs z3; only `proof` imports this.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from math import prod
from typing import Any as Untyped
from typing import TypeAlias

import z3

from app.guide.formulas import UNANSWERED, All, Any, Formula, Is, Not
from app.guide.models import STANDING_KINDS, Question
from app.guide.possible import ANOTHER
from app.guide.rules import Rules

# z3 carries no types of its own.
Term: TypeAlias = Untyped


class Domain:
    """Which tokens each question about an offer takes, exactly as the vocabulary has them.

    A country that no rule names stands for all such countries: by the form of the formulas, which only ask
    whether a token is among named ones, rules cannot tell them apart.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.questions = [
            q for q in rules.pack.questions.values() if q.kind in STANDING_KINDS and q.id not in rules.pack.personal
        ]

    def options(self, question: Question) -> list[str]:
        if question.kind == "country":
            return [*sorted(self._countries_named), ANOTHER]
        return [o.id for o in question.options]

    def standing(self, question: Question) -> list[str]:
        return list(self.rules.pack.standing) if question.takes_standing else []

    def tokens(self, question: Question) -> list[str]:
        return [UNANSWERED, *self.standing(question), *self.options(question)]

    @cached_property
    def _countries_named(self) -> set[str]:
        country = {q.id for q in self.questions if q.kind == "country"}
        formulas = [self.rules.any_reached, self.rules.any_possible, self.rules.warned]
        return set().union(*(_tokens_on(country, f) for f in formulas)) - {UNANSWERED} - set(self.rules.pack.standing)

    @property
    def size(self) -> int:
        """How many sets of answers there are: the product of the ways to answer each question."""
        return prod(
            1 + len(self.standing(q)) + (2 ** len(self.options(q)) - 1 if q.kind == "many" else len(self.options(q)))
            for q in self.questions
        )


def _tokens_on(questions: set[str], formula: Formula) -> set[str]:
    match formula:
        case Is(question, tokens):
            return set(tokens) if question in questions else set()
        case Not(part):
            return _tokens_on(questions, part)
        case All(parts) | Any(parts):
            return set().union(*(_tokens_on(questions, p) for p in parts))


class World:
    """Translates formulas, given how one token of one question reads."""

    def __init__(self, says: Callable[[str, str], Term]) -> None:
        self.says = says
        self._terms: dict[Formula, Term] = {}

    def holds(self, formula: Formula) -> Term:
        term = self._terms.get(formula)
        if term is None:
            term = self._terms[formula] = self._translate(formula)
        return term

    def _translate(self, formula: Formula) -> Term:
        match formula:
            case Is(question, tokens):
                return z3.Or([self.says(question, t) for t in sorted(tokens)])
            case Not(part):
                return z3.Not(self.holds(part))
            case All(parts):
                return z3.And([self.holds(p) for p in parts])
            case Any(parts):
                return z3.Or([self.holds(p) for p in parts])


class Free(World):
    """Any set of answers: one boolean a token, tied together by `constraints`."""

    def __init__(self, domain: Domain, name: str) -> None:
        self.domain = domain
        self.terms = {q.id: {t: z3.Bool(f"{name}:{q.id}={t}") for t in domain.tokens(q)} for q in domain.questions}
        self.constraints = [c for q in domain.questions for c in self._one_answer(q)]
        super().__init__(lambda question, token: self.terms[question].get(token, z3.BoolVal(False)))

    def _one_answer(self, question: Question) -> list[Term]:
        terms = self.terms[question.id]
        if question.kind != "many":
            return [_exactly_one(list(terms.values()))]
        alone = [terms[t] for t in (UNANSWERED, *self.domain.standing(question))]
        ticks = [terms[t] for t in self.domain.options(question)]
        return [_exactly_one([*alone, z3.Or(ticks)])]

    def read(self, model: z3.ModelRef) -> dict[str, str | list[str]]:
        """The set of answers in a model, as data."""
        found: dict[str, str | list[str]] = {}
        for question in self.domain.questions:
            held = [t for t, b in self.terms[question.id].items() if t != UNANSWERED and z3.is_true(model.eval(b))]
            if not held:
                continue
            listed = question.kind == "many" and held[0] not in self.domain.standing(question)
            found[question.id] = held if listed else _as_data(question, held[0])
        return found

    @property
    def answered(self) -> list[Term]:
        return [z3.Not(self.terms[q.id][UNANSWERED]) for q in self.domain.questions]


class Filled(World):
    """`base` with every question that reads open answered by `choices`: one of its completions."""

    def __init__(self, base: Free, kept: Mapping[str, Term], choices: Mapping[str, frozenset[str]]) -> None:
        def says(question: str, token: str) -> Term:
            chosen = z3.BoolVal(token in choices[question])
            return z3.If(kept[question], base.says(question, token), chosen)

        super().__init__(says)


def _exactly_one(terms: list[Term]) -> Term:
    return z3.PbEq([(t, 1) for t in terms], 1)


def _as_data(question: Question, token: str) -> str:
    if question.kind == "register_number" and token == "given":
        return "NCT00000000"
    return "US" if token == ANOTHER else token

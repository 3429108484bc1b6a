"""Yes-or-no statements about a set of answers, that can be both evaluated and reasoned about.

The rules of a pack are built from these four forms once. `sort` evaluates them on one set of answers (`marks`
makes that quick); `check` hands the very same objects to a solver, which considers every set of answers. That
is why what `check` proves holds for what `sort` does. Knows nothing of packs or readings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# What was recorded for each question, as tokens: option ids, a standing answer, a country code; a question
# nobody has answered holds just UNANSWERED.
State = Mapping[str, frozenset[str]]
UNANSWERED = ""


@dataclass(frozen=True)
class Is:
    """The answer to `question` is, or includes, one of `tokens`."""

    question: str
    tokens: frozenset[str]


@dataclass(frozen=True)
class All:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Any:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Not:
    part: "Formula"


Formula = Is | All | Any | Not
TRUE: Formula = All(())
FALSE: Formula = Any(())


def all_of(*parts: Formula) -> Formula:
    """Conjunction, with what is trivially true or false taken out, so that formulas stay small."""
    flat: list[Formula] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        flat += part.parts if isinstance(part, All) else [part]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else All(unique)


def any_of(*parts: Formula) -> Formula:
    """Disjunction, simplified in the same way."""
    flat: list[Formula] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        flat += part.parts if isinstance(part, Any) else [part]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Any(unique)


def negation(part: Formula) -> Formula:
    if part == TRUE:
        return FALSE
    if part == FALSE:
        return TRUE
    return part.part if isinstance(part, Not) else Not(part)


class Ternary(NamedTuple):
    """A statement of three-valued logic as two plain ones: it is so, it is not so; neither is "open"."""

    yes: Formula
    no: Formula

    @property
    def open(self) -> Formula:
        return all_of(negation(self.yes), negation(self.no))


def ternary_all(parts: list[Ternary]) -> Ternary:
    """Kleene's "and": so when all are so, not so as soon as one is not."""
    return Ternary(all_of(*(p.yes for p in parts)), any_of(*(p.no for p in parts)))


def ternary_any(parts: list[Ternary]) -> Ternary:
    """Kleene's "or"."""
    return Ternary(any_of(*(p.yes for p in parts)), all_of(*(p.no for p in parts)))


def compiled(formula: Formula) -> Callable[[State], bool]:
    """Turns a formula into a function of a state that has every question the formula names."""
    match formula:
        case Is(question, tokens):
            return lambda state: not tokens.isdisjoint(state[question])
        case Not(part):
            holds = compiled(part)
            return lambda state: not holds(state)
        case All(parts):
            return _every(parts)
        case Any(parts):
            # "Some hold" is "not every one fails": one loop to make fast, not two.
            every_fails = _every(tuple(negation(p) for p in parts))
            return lambda state: not every_fails(state)


def _every(parts: tuple[Formula, ...]) -> Callable[[State], bool]:
    """All parts hold. Most parts look at one answer; those are looked at in place, without a call for each."""
    inside = [(p.question, p.tokens) for p in parts if isinstance(p, Is)]
    outside = [(p.part.question, p.part.tokens) for p in parts if isinstance(p, Not) and isinstance(p.part, Is)]
    others = [compiled(p) for p in parts if not isinstance(p.part if isinstance(p, Not) else p, Is)]

    def every(state: State) -> bool:
        for question, tokens in inside:
            if tokens.isdisjoint(state[question]):
                return False
        for question, tokens in outside:
            if not tokens.isdisjoint(state[question]):
                return False
        for holds in others:  # noqa: SIM110  (all() over a generator takes twice the time here)
            if not holds(state):
                return False
        return True

    return every

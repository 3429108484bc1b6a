"""Where questions have several answers to choose from: a choice that makes a formula true, if there is one.

Exact, and mostly quick: what all choices agree on is worked out first, and what is left of a formula is looked at
once, however many choices lead to it. Knows nothing of who gave the answers, or of what the formula is about.
"""

from collections.abc import Mapping, Sequence

from app.guide.formulas import FALSE, TRUE, All, Any, Formula, Is, Not, all_of, any_of, negation

# For each question the answers to choose from, as tokens.
Ways = Mapping[str, Sequence[frozenset[str]]]


def first_choice(formula: Formula, ways: Ways) -> dict[str, int] | None:
    """The choice that comes first among those that make the formula true; None if none does.

    `ways` has every question that the formula names. First is the choice that takes the earliest answer to the
    first question of `ways`, then to the second, and so on. Returns a position for each question.
    """
    chosen = _chosen(narrowed(formula, ways), {q: w for q, w in ways.items() if len(w) > 1}, set())
    return None if chosen is None else {q: chosen.get(q, 0) for q in ways}


def narrowed(formula: Formula, ways: Ways) -> Formula:
    """What is left of a formula when everything is worked out that does not depend on which way is chosen.

    Questions that are not in `ways` stay as they are.
    """
    match formula:
        case Is(question, tokens):
            fits = {not tokens.isdisjoint(way) for way in ways.get(question, ())}
            return formula if len(fits) != 1 else TRUE if True in fits else FALSE
        case Not(part):
            return negation(narrowed(part, ways))
        case All(parts):
            left = []
            for part in parts:
                if (rest := narrowed(part, ways)) == FALSE:
                    return FALSE
                left.append(rest)
            return all_of(*left)
        case Any(parts):
            left = []
            for part in parts:
                if (rest := narrowed(part, ways)) == TRUE:
                    return TRUE
                left.append(rest)
            return any_of(*left)


def _chosen(formula: Formula, open_ways: Ways, hopeless: set[Formula]) -> dict[str, int] | None:
    """`hopeless` collects what was found to have no choice that makes it true."""
    if formula == TRUE:
        return {}
    if formula == FALSE or formula in hopeless:
        return None
    named = _named(formula)
    question = next(q for q in open_ways if q in named)
    # Those before it make no difference any more.
    later = {q: w for q, w in open_ways.items() if q in named and q != question}
    for position, way in enumerate(open_ways[question]):
        rest = _chosen(narrowed(formula, {question: (way,)}), later, hopeless)
        if rest is not None:
            return {question: position, **rest}
    hopeless.add(formula)
    return None


def _named(formula: Formula) -> set[str]:
    match formula:
        case Is(question, _):
            return {question}
        case Not(part):
            return _named(part)
        case All(parts) | Any(parts):
            return set().union(*(_named(p) for p in parts))

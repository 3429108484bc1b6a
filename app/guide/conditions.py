"""What a test on one question names, and the formula for "the recorded answer fits it"."""

from app.guide.formulas import FALSE, TRUE, Formula, Is, negation
from app.guide.models import NotIn, Test


def tokens_named(test: Test) -> tuple[str, ...]:
    """The answers that a test names."""
    if test == "answered":
        return ()
    return test.not_in if isinstance(test, NotIn) else tuple(test)


def fits(question_id: str, test: Test) -> Formula:
    """The recorded answer fits the test; whether it is asked, and how it reads, is left aside."""
    if test == "answered":
        return TRUE
    inside = Is(question_id, frozenset(tokens_named(test))) if tokens_named(test) else FALSE
    return negation(inside) if isinstance(test, NotIn) else inside

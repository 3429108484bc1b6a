"""The trial number that was given for an offer, and where it leads. Knows answers; does not know records."""

from dataclasses import dataclass

from app.guide.answers import Answers
from app.guide.numbers import Number
from app.guide.walk import Walk, Walker
from app.registers.links import Link, link_of
from app.store.records import Record


@dataclass(frozen=True)
class Given:
    """A number that was given: its register's page, the question it answers, and the one about its record."""

    number: Number
    link: Link
    question: str
    about: str


def given_number(guide: Walker, answers: Answers, walk: Walk) -> Given | None:
    """The number given for an offer, as its register writes it; None if none was, or it is set aside."""
    plan = guide.pack.compare
    if plan is None or plan.number not in walk.answered:
        return None
    answer = answers[plan.number]
    if not isinstance(answer, str) or guide.pack.questions[plan.number].option(answer):
        return None
    # Answers kept before numbers were put in one form are read like anything that is typed.
    number = guide.sorter.vocabulary.numbers.number(answer)
    return Given(number, link_of(number), plan.number, plan.answer) if number else None


def number_behind(guide: Walker, question_id: str) -> str | None:
    """The question of the number, for the one on how its record fits: that answer is about this number."""
    plan = guide.pack.compare
    return plan.number if plan and question_id == plan.answer else None


def number_changed(guide: Walker, record: Record) -> bool:
    """The number was changed after somebody said how its record fits: that answer is about another number."""
    plan = guide.pack.compare
    return plan is not None and plan.number in record.previous and record.is_older(plan.answer, plan.number)

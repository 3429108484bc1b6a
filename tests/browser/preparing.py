"""A preparation filled in without clicking: the same forms, sent one after the other, for tests of what follows."""

import re
from urllib.parse import urlencode

from playwright.sync_api import APIRequestContext

from app.guide.answers import Answer
from app.guide.models import Question
from app.guide.sort import Sorter
from app.guide.walk import Walker

from .walking import Answers
from .watching import Visitor

Form = list[tuple[str, str]]


def prepare(visitor: Visitor, sorter: Sorter, answers: Answers, you: Answers | None = None) -> str:
    """Begins a preparation and sends these answers; returns the path of its first offer."""
    sender = visitor.context.request
    begun = sender.post(f"{visitor.address}/preparations")
    home = re.sub(r"/offers/.*", "", begun.url)
    for question_id in (q for q in Walker(sorter).order if q in answers):
        send(sender, f"{home}/offers/1/questions/{question_id}", sorter, question_id, answers[question_id])
    for question_id, answer in (you or {}).items():
        send(sender, f"{home}/you/{question_id}", sorter, question_id, answer)
    return home.removeprefix(visitor.address) + "/offers/1"


def send(sender: APIRequestContext, address: str, sorter: Sorter, question_id: str, answer: Answer) -> None:
    """Sends the form of one question, to this address of it."""
    question = sorter.pack.questions[question_id]
    fields = _fields(question, answer, standing=sorter.vocabulary.is_standing(question_id, answer))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    # A connection that was idle may be closed at that very moment; a browser then sends again, too.
    answered = sender.post(address, data=urlencode(fields), headers=headers, max_retries=2)
    assert answered.ok, f"{question_id} was not taken: {answered.status}"
    assert "moved=1" not in answered.url, f"{question_id} is not asked"


def _fields(question: Question, answer: Answer, *, standing: bool) -> Form:
    if isinstance(answer, dict):
        return [(f"row.{row}", point) for row, point in answer.items()]
    if isinstance(answer, list):
        return [("choice" if question.options else "line", item) for item in answer]
    if standing or question.option(answer):
        return [("choice", answer)]
    if question.kind == "country":
        return [("country", answer)]
    if question.kind == "date":
        return list(zip(("year", "month", "day"), answer.split("-"), strict=True))
    if question.kind == "register_number":
        return [("choice", "given"), ("text", answer)]
    return [("text", answer)]

"""Asking: one question a page, at an address of its own; each answer is saved at once.

Decides where a person goes next; what is asked and needed comes from the walk.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from app.guide.answers import Answers
from app.guide.countries import country_names
from app.guide.models import Question
from app.guide.sort import Reason
from app.guide.walk import Walk, Walker
from app.store.database import StoreError
from app.store.preparations import Record
from app.web.access import Guide, Held, NotFound, Number, Store
from app.web.forms import LINES, Draft, NotUsable, posted, read, recorded
from app.web.numbers import given_number, number_behind
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter(include_in_schema=False)

NOT_SAVED = (
    "We could not save this just now. Nothing is lost: your answer is still on this page. "
    "Please wait a moment, then save again."
)


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=0, max_fields=200)
    except UnicodeError:
        raise HTTPException(400) from None


Form = Annotated[FormData, Depends(_form)]


@dataclass(frozen=True)
class Asked:
    """A question page about to be shown: what is asked, where, and what stands in its fields."""

    question: Question
    address: str
    back: str
    draft: Draft
    error: str = ""


# -- about an offer


@router.get("/preparations/{preparation_id}/offers/{number}/questions/{question_id}", name="question")
def question(
    request: Request, key: Held, number: Number, question_id: str, store: Store, guide: Guide, more: bool = False
) -> Response:
    """Shows one question. One that is not asked leads to the right place, with a sentence."""
    place = OfferPlace(Home(key.preparation_id), number)
    answers = guide.known(store.offer(key, number).answers)
    asked = _offer_question(guide, question_id)
    walk = guide.walk(answers)
    if asked.id not in walk.asked:
        return see_other(_right_place(place, walk))
    draft = recorded(guide.sorter.vocabulary, asked, answers.get(asked.id))
    return _offer_page(request, guide, place, answers, asked, draft, walk=walk, more=more)


@router.post("/preparations/{preparation_id}/offers/{number}/questions/{question_id}", name="answer")
def answer(
    request: Request, key: Held, number: Number, question_id: str, store: Store, guide: Guide, form: Form
) -> Response:
    """Saves an answer and leads on. What cannot be kept comes back with a sentence, and all that was typed."""
    place = OfferPlace(Home(key.preparation_id), number)
    asked = _offer_question(guide, question_id)
    draft = posted(asked, form)
    more = form.get("more") == "1"
    try:
        value = read(guide.sorter.vocabulary, asked, draft)
        record = store.save(key, number, asked.id, value, rests_on=number_behind(guide, asked.id))
    except NotUsable as wrong:
        draft, error, status = wrong.draft, str(wrong), 422
    except StoreError:
        error, status = NOT_SAVED, 503
    else:
        return see_other(_after(place, guide, record, asked.id, more=more))
    try:
        answers = guide.known(store.offer(key, number).answers)
    except StoreError:
        # Nothing that is kept stands on this page, so it does not matter that nobody's key was looked at.
        answers, error, status = {}, NOT_SAVED, 503
    walk = guide.walk(answers)
    if status == 422 and asked.id not in walk.asked:
        return see_other(_right_place(place, walk))
    return _offer_page(request, guide, place, answers, asked, draft, walk=walk, more=more, error=error, status=status)


def _offer_question(guide: Walker, question_id: str) -> Question:
    if question_id not in guide.order:
        raise NotFound
    return guide.pack.questions[question_id]


def _right_place(place: OfferPlace, walk: Walk) -> str:
    if walk.needed:
        return place.question(walk.needed[0]) + "?moved=1"
    return place.check + "?moved=1"


def _after(place: OfferPlace, guide: Walker, record: Record, question_id: str, *, more: bool) -> str:
    """Where a person goes once an answer is saved. Rests on what is kept alone, so that sending a form twice
    leads to the same page."""
    walk = guide.walk(guide.known(record.answers))
    if question_id not in walk.asked:
        # Another tab has taken it off the way. What was sent is kept, and set aside.
        return _right_place(place, walk)
    if question_id in record.previous:
        before = guide.walk(guide.known(record.answers_before(question_id)))
        new = [q for q in walk.needed if q not in before.needed]
        return place.question(new[0]) if new else place.check
    if walk.needed:
        return place.question(walk.needed[0])
    if more and not _is_first_alarm(guide, walk, question_id):
        following = walk.next_more(question_id)
        return place.question(following, more=True) if following else place.check
    return place.result


def _is_first_alarm(guide: Walker, walk: Walk, question_id: str) -> bool:
    """This answer alone makes it a warning sign: worth showing at once, even on the way through the rest."""
    alarms = walk.outcome.of("warning", "contradiction", "vague")
    return bool(alarms) and all(question_id in _questions_behind(guide, alarm) for alarm in alarms)


def _questions_behind(guide: Walker, reason: Reason) -> set[str]:
    if reason.question:
        return {reason.question}
    return set(guide.pack.contradictions[reason.rule or ""].questions)


def _offer_page(
    request: Request,
    guide: Walker,
    place: OfferPlace,
    answers: Answers,
    question: Question,
    draft: Draft,
    *,
    walk: Walk,
    more: bool,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    before = walk.before(question.id) if question.id in walk.asked else None
    asked = Asked(
        question=question,
        address=place.question(question.id),
        back=place.question(before, more=more) if before else place.home.overview,
        draft=draft,
        error=error,
    )
    return page(
        request,
        "question.html",
        status,
        asked=asked,
        section=guide.pack.section_of[question.id],
        walk=walk,
        place=place,
        more=more,
        moved=request.query_params.get("moved") == "1",
        rest_on=[guide.pack.questions[q] for q in guide.rest_on(question.id, answers)],
        leave=_leave(place, walk, question.id) if more else "",
        countries=country_names() if question.kind == "country" else {},
        record=_record(guide, place, answers, walk, question),
        lines=LINES,
    )


def _record(guide: Walker, place: OfferPlace, answers: Answers, walk: Walk, question: Question) -> str:
    """Where the record can be seen beside the answers, on the question that is about that."""
    given = given_number(guide, answers, walk)
    return place.record if given and question.id == given.about else ""


def _leave(place: OfferPlace, walk: Walk, question_id: str) -> str:
    """Where passing over an extra question leads."""
    following = walk.next_more(question_id) if question_id in walk.asked else None
    return place.question(following, more=True) if following else place.check


# -- about oneself


@router.get("/preparations/{preparation_id}/you/{question_id}", name="you_question")
def you_question(request: Request, key: Held, question_id: str, store: Store, guide: Guide) -> HTMLResponse:
    """Shows one question about the person who asks."""
    answers = guide.known(store.person(key).answers)
    asked = _own_question(guide, question_id)
    draft = recorded(guide.sorter.vocabulary, asked, answers.get(asked.id))
    return _own_page(request, guide, Home(key.preparation_id), asked, draft)


@router.post("/preparations/{preparation_id}/you/{question_id}", name="you_answer")
def you_answer(request: Request, key: Held, question_id: str, store: Store, guide: Guide, form: Form) -> Response:
    """Saves an answer about oneself and leads to the next of these questions, or back to the overview."""
    asked = _own_question(guide, question_id)
    home = Home(key.preparation_id)
    draft = posted(asked, form)
    try:
        record = store.save(key, None, asked.id, read(guide.sorter.vocabulary, asked, draft))
    except NotUsable as wrong:
        draft, error, status = wrong.draft, str(wrong), 422
    except StoreError:
        error, status = NOT_SAVED, 503
    else:
        return see_other(home.overview if asked.id in record.previous else _next_own(guide, home, asked.id))
    with suppress(StoreError):
        store.person(key)  # only whoever holds the key is answered
    return _own_page(request, guide, home, asked, draft, error=error, status=status)


def _next_own(guide: Walker, home: Home, question_id: str) -> str:
    following = guide.personal[guide.personal.index(question_id) + 1 :]
    return home.you(following[0]) if following else home.overview


def _own_question(guide: Walker, question_id: str) -> Question:
    if question_id not in guide.personal:
        raise NotFound
    return guide.pack.questions[question_id]


def _own_page(
    request: Request,
    guide: Walker,
    home: Home,
    question: Question,
    draft: Draft,
    *,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    position = guide.personal.index(question.id)
    back = home.you(guide.personal[position - 1]) if position else home.overview
    return page(
        request,
        "question.html",
        status,
        asked=Asked(question, home.you(question.id), back, draft, error),
        section=guide.pack.section_of[question.id],
        walk=None,
        place=None,
        more=False,
        moved=False,
        rest_on=[],
        leave=_next_own(guide, home, question.id),
        countries={},
        record="",
        lines=LINES,
    )

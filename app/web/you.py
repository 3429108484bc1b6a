"""Asking about oneself: what matters to a person, which everybody answers for themselves.

One question a page, in the pack's order. Never asked for a result.
"""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.guide.models import Question
from app.guide.walk import Walker
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.opened import Opened
from app.store.preparations import Changed, Full
from app.store.records import Record
from app.summary.of_preparation import name_of
from app.summary.words import recorded_words
from app.web.access import Guide, Held, Store
from app.web.ask import FULL, NOT_SAVED, Asked, gone, seen_by
from app.web.forms import Beside, Draft, Form, NotUsable, posted, read, recorded
from app.web.language import FormGuide, switched, switches
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()


@router.get("/preparations/{preparation_id}/you/{question_id}", name="you_question")
def you_question(request: Request, key: Held, question_id: str, store: Store, guide: Guide) -> HTMLResponse:
    """Shows one question about the person who asks."""
    if question_id not in guide.personal:
        return gone(request, store, key)
    asked, found = guide.pack.questions[question_id], store.read(key)
    record = found.mine
    draft = recorded(guide.sorter.vocabulary, asked, guide.known(record.answers).get(asked.id))
    return _shown(request, guide, Home(key.preparation_id), record, asked, draft, found=found)


@router.post("/preparations/{preparation_id}/you/{question_id}", name="you_answer")
def you_answer(request: Request, key: Held, question_id: str, store: Store, guide: FormGuide, form: Form) -> Response:
    """Saves an answer about oneself and leads to the next of these questions, or back to the overview."""
    if question_id not in guide.personal:
        return gone(request, store, key, form)
    asked, home = guide.pack.questions[question_id], Home(key.preparation_id)
    draft, record, error, status = posted(asked, form), Record(), "", 200
    seen = seen_by(form)
    if switches(form):
        found = store.read(key)
        return switched(request, _shown(request, guide, home, found.mine, asked, draft, seen=seen, found=found))
    try:
        value = read(guide.sorter.vocabulary, asked, draft)
        record = store.save(key, None, asked.id, value, seen=seen)
        return see_other(home.overview if asked.id in record.previous else _next_own(guide, home, asked.id))
    except NotUsable as wrong:
        draft, error, status = wrong.draft, str(wrong), 422
    except Changed:
        status = 409
    except Full:
        error, status = _(FULL), 409
    except StoreError:
        error, status = _(NOT_SAVED), 503
    there = None
    try:
        there = store.read(key)
        record = there.mine
    except StoreError:
        error, status = _(NOT_SAVED), 503
    return _shown(request, guide, home, record, asked, draft, error=error, status=status, seen=seen, found=there)


def _next_own(guide: Walker, home: Home, question_id: str) -> str:
    following = guide.personal[guide.personal.index(question_id) + 1 :]
    return home.you(following[0]) if following else home.overview


def _whose(found: Opened) -> tuple[str, bool] | None:
    """For somebody who has not Parkinson's: the name of the one who has, and whether their own answers are shown."""
    joined = found.patient.role == "patient" and found.me != found.patient
    return (name_of(found.patient), found.me.shows) if joined else None


def _shown(
    request: Request,
    guide: Walker,
    home: Home,
    record: Record,
    question: Question,
    draft: Draft,
    *,
    error: str = "",
    status: int = 200,
    seen: int | None = None,
    found: Opened | None = None,
) -> HTMLResponse:
    position = guide.personal.index(question.id)
    back = home.you(guide.personal[position - 1]) if position else home.overview
    last = record.latest.get(question.id)
    replaced = last is not None and status == 409 and not error
    newer = recorded_words(guide.sorter.vocabulary, question.id, last.value) if last and replaced else []
    if seen is None or replaced:
        seen = last.number if last else 0
    return page(
        request,
        "question.html",
        status,
        asked=Asked(question, home.you(question.id), back, draft, error, seen),
        walk=None,
        place=None,
        home=home,
        more=False,
        moved=False,
        rest_on=[],
        leave=_next_own(guide, home, question.id),
        record="",
        newer=newer,
        over=None,
        there=Beside(),
        asks="",
        whose=_whose(found) if found else None,
        sheet=None,
        beside=Beside(),
        note_saved=False,
        found=None,
        people=[],
    )

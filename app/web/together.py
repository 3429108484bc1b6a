"""Several people at one offer: all answers to a question and which counts, and what others did meanwhile."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.guide.models import Question
from app.guide.walk import Walker
from app.languages import N_
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.opened import Opened
from app.store.preparations import Changed
from app.store.records import Record, Recorded
from app.summary.of_preparation import heard, name_of, sheet_of
from app.summary.words import recorded_words
from app.web.access import Guide, Held, NotFound, Number, Store
from app.web.ask import NOT_SAVED, seen_by
from app.web.forms import Form
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

_BOTH = "/preparations/{preparation_id}/offers/{number}/questions/{question_id}/both"
CHOOSE = N_('Please choose the answer that counts. Or choose "Leave it open for now".')
NO_LONGER = N_("The guide was updated, and no longer offers this answer. Please choose another one, or answer it anew.")
NEWER = N_("Somebody answered again since you opened this page. Please look at the answers once more.")
MOST_NEWS = 5
After = Annotated[int, Query(ge=0, le=10**9)]


# -- two answers to one question


@router.get(_BOTH, name="both")
def both(request: Request, key: Held, number: Number, question_id: str, store: Store, guide: Guide) -> Response:
    """All answers to a question. Where people differ: which of them counts for now, and a way to settle it."""
    return _both(request, guide, store.read(key), number, _question(guide, question_id))


@router.post(_BOTH, name="settle")
def settle(
    request: Request, key: Held, number: Number, question_id: str, store: Store, guide: Guide, form: Form
) -> Response:
    """Settles it: the chosen answer counts, and the others stay in the history."""
    question, found = _question(guide, question_id), store.read(key)
    # Of the whole history: sent twice, the form still finds what it names.
    voices = {str(v.number): v for v in found.offer(number).history.get(question.id, ())}
    chosen = voices.get(str(form.get("choice", "")))
    if chosen is None:
        return _both(request, guide, found, number, question, _(CHOOSE), 422)
    if guide.known({question.id: chosen.value}).get(question.id) != chosen.value:
        return _both(request, guide, found, number, question, _(NO_LONGER), 422)
    try:
        store.settle(key, number, question.id, chosen.value, seen_by(form) or 0)
    except Changed:
        return _both(request, guide, store.read(key), number, question, _(NEWER), 409, chosen.number)
    except StoreError:
        return _both(request, guide, found, number, question, _(NOT_SAVED), 503, chosen.number)
    return see_other(OfferPlace(Home(key.preparation_id), number).check)


def _question(guide: Walker, question_id: str) -> Question:
    if question_id not in guide.order:
        raise NotFound
    return guide.pack.questions[question_id]


def _both(
    request: Request,
    guide: Walker,
    found: Opened,
    number: int,
    question: Question,
    error: str = "",
    status: int = 200,
    chosen: int = 0,
) -> Response:
    place, record = OfferPlace(Home(found.preparation_id), number), found.offer(number)
    history = record.history.get(question.id, ())
    if not history:
        return see_other(place.check)

    def told(entry: Recorded) -> tuple[Recorded, str, list[str]]:
        words = recorded_words(guide.sorter.vocabulary, question.id, entry.value)
        return entry, name_of(found.people[entry.who]), words

    return page(
        request,
        "both.html",
        status,
        place=place,
        question=question,
        sheet=sheet_of(guide, found, number),
        said=[told(entry) for entry in heard(guide, record).disputed.get(question.id, ())],
        history=[told(entry) for entry in history],
        record=Record(history),
        seen=history[-1].number,
        may_answer=found.me.may_answer,
        chosen=chosen,
        error=error,
    )


# -- what others did meanwhile


@router.get("/preparations/{preparation_id}/news", name="news")
def news(
    request: Request, key: Held, store: Store, guide: Guide, after: After = 0, since: After = 0, plain: bool = False
) -> Response:
    """For a page that is open: what others said about offers since it was opened, after the entry of the number
    `since`. Nothing if there is no entry after that of the number `after`, which is the last one it knows of.

    `plain` is for a page with a form in it: nothing there leads away.
    """
    found = store.read(key)
    if found.last <= after:
        return Response(status_code=204)
    home, names = Home(found.preparation_id), {p.number: name_of(p) for p in found.people.values()}
    newer = [(offer, e) for offer, e in found.since(since) if e.who != found.me.number and e.question in guide.order]
    said = [
        (OfferPlace(home, offer), names[e.who], e.kind, guide.pack.questions[e.question], _told(guide, names, e))
        for offer, e in newer[-MOST_NEWS:]
    ]
    more = len(newer) - len(said)
    response = page(
        request, "news.html", home=home, found=found, said=said, more=more, last=found.last, since=since, plain=plain
    )
    # Whatever of the page shows what was said is asked for anew; see `renewed` in templates/parts.html.
    response.headers["hx-trigger"] = "news"
    return response


def _told(guide: Walker, names: Mapping[int, str], entry: Recorded) -> list[str]:
    if entry.kind == "asks":
        return [names.get(int(str(entry.value) or 0), _("nobody yet"))]
    if entry.kind == "note":
        return [str(entry.value) or _("taken back")]
    return recorded_words(guide.sorter.vocabulary, entry.question, entry.value)

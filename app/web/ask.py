"""Asking about an offer: one question a page, at an address of its own; each answer is saved at once.

Decides where a person goes next; what is asked and needed comes from the walk.
"""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from app.guide.answers import Answers
from app.guide.models import Question
from app.guide.sort import Reason
from app.guide.walk import Walk, Walker
from app.languages import N_
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.opened import Key, Opened
from app.store.preparations import Changed, Full, Preparations
from app.store.records import Kind, Record
from app.summary.of_preparation import NOTHING, Heard, answer_of, heard, name_of, sheet_of
from app.summary.sheet import Sheet
from app.summary.words import recorded_words
from app.web.access import Guide, Held, Number, Store
from app.web.forms import Beside, Draft, Form, NotUsable, own_words, posted, read, recorded
from app.web.language import FormGuide, switched, switches
from app.web.numbers import given_number, number_behind
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page
from app.web.straight import Straight

router = APIRouter(route_class=Straight)

NOT_SAVED = N_(
    "We could not save this just now. Nothing is lost: your answer is still on this page. "
    "Please wait a moment, then save again."
)
FULL = N_(
    "This preparation is full: it holds as much as we can keep in one. What you wrote is still on this page, and not "
    "saved. Everything that was saved before is still there."
)


@dataclass(frozen=True)
class Asked:
    """A question page about to be shown: what is asked, where, and what stands in its fields."""

    question: Question
    address: str
    back: str
    draft: Draft
    error: str = ""
    # The number of the last answer that whoever answers has seen; 0 if there is none.
    seen: int = 0


@dataclass(frozen=True)
class _Page:
    """What a question page about an offer rests on."""

    guide: Walker
    place: OfferPlace
    sheet: Sheet
    record: Record
    question: Question
    more: bool
    # None, and nothing counts, where the store cannot be reached.
    found: Opened | None = None
    counts: Heard = NOTHING


@router.get("/preparations/{preparation_id}/offers/{number}/questions/{question_id}", name="question")
def question(
    request: Request, key: Held, number: Number, question_id: str, store: Store, guide: Guide, more: bool = False
) -> Response:
    """Shows one question. One that is not asked leads to the right place, with a sentence."""
    if question_id not in guide.order:
        return gone(request, store, key)
    shown = _page(guide, store.read(key), number, guide.pack.questions[question_id], more=more)
    asked, sheet = shown.question, shown.sheet
    if asked.id not in sheet.walk.asked:
        return see_other(_right_place(shown.place, sheet.walk))
    return _as_recorded(request, shown)


@router.post("/preparations/{preparation_id}/offers/{number}/questions/{question_id}", name="answer")
def answer(
    request: Request, key: Held, number: Number, question_id: str, store: Store, guide: FormGuide, form: Form
) -> Response:
    """Saves an answer, and what stands beside it, and leads on. What cannot be kept comes back with a sentence, and
    all that was typed."""
    if question_id not in guide.order:
        return gone(request, store, key, form)
    place, asked = OfferPlace(Home(key.preparation_id), number), guide.pack.questions[question_id]
    draft, beside = posted(asked, form), Beside.posted(form)
    more, seen = form.get("more") == "1", seen_by(form)
    if switches(form):
        shown = _page(guide, store.read(key), number, asked, more=more)
        return switched(request, _shown(request, shown, draft, beside, seen=seen))
    error, status, over = "", 200, None
    try:
        kept = beside.to_keep(asked, draft)
        if not beside.alone:
            value = read(guide.sorter.vocabulary, asked, draft)
            saved = store.answer(key, number, asked.id, value, rests_on=number_behind(guide, asked.id), seen=seen)
            record = saved.offer(number)
            seen = record.latest[asked.id].number if asked.id in record.latest else seen
        if kept:
            record = store.put_beside(key, number, kept, was=beside.was)
            beside = replace(beside, note_was=beside.note, asker_was=beside.asker)
        if not beside.alone:
            counts = heard(guide, record)
            way = _after(place, guide, record, counts, asked.id, more=more)
            return see_other(way.address) if kept else _led_on(request, guide, saved, number, way, counts)
    except NotUsable as wrong:
        draft, error, status = wrong.draft, str(wrong), 422
    except Changed as changed:
        status, over = 409, changed.kind
    except Full:
        error, status = _(FULL), 409
    except StoreError:
        error, status = _(NOT_SAVED), 503
    try:
        shown = _page(guide, store.read(key), number, asked, more=more)
    except StoreError:
        # Nothing that is kept stands on this page, so it does not matter that nobody's key was looked at.
        shown = _Page(guide, place, Sheet(guide, {}, {}), Record(), asked, more)
        error, status = _(NOT_SAVED), 503
    written = draft.text or any(draft.lines) or beside.note
    if status == 422 and asked.id not in shown.sheet.walk.asked and not written:
        return see_other(_right_place(place, shown.sheet.walk))
    return _shown(request, shown, draft, beside, error=error, status=status, seen=seen, over=over)


def seen_by(form: FormData) -> int | None:
    """The number of the last answer that somebody had before them; None if the form does not say."""
    seen = form.get("seen")
    return int(seen) if isinstance(seen, str) and seen.isdecimal() and len(seen) < 10 else None


def gone(request: Request, store: Preparations, key: Key, form: FormData | None = None) -> HTMLResponse:
    """There is no such question: perhaps an update took it out while its page was open. Shows all that was written.
    Raises NotOpened, NotAllowed and StoreError."""
    store.read(key)
    sent = form is not None
    return page(request, "gone.html", 404, home=Home(key.preparation_id), sent=sent, written=own_words(form))


def _right_place(place: OfferPlace, walk: Walk) -> str:
    if walk.needed:
        return place.question(walk.needed[0]) + "?moved=1"
    return place.check + "?moved=1"


@dataclass(frozen=True)
class _Way:
    """Where somebody goes next: an address, and the question that stands there, if one does."""

    address: str
    question_id: str = ""
    more: bool = False


def _led_on(request: Request, guide: Walker, saved: Opened, number: int, way: _Way, counts: Heard) -> Response:
    """With the script, the next question comes as the answer to the form: one way there and back less, which on a slow
    line is half of the waiting. Without it, or where another kind of page comes next, the browser is led there."""
    if request.headers.get("hx-request") != "true" or not way.question_id:
        return see_other(way.address)
    request.state.shows = way.address
    following = guide.pack.questions[way.question_id]
    response = _as_recorded(request, _page(guide, saved, number, following, more=way.more, counts=counts))
    response.headers["hx-push-url"] = way.address
    return response


def _after(place: OfferPlace, guide: Walker, record: Record, counts: Heard, question_id: str, *, more: bool) -> _Way:
    """Where a person goes once an answer is saved. Rests on what is kept alone, so that sending a form twice
    leads to the same page."""
    walk = guide.walk(counts.answers)
    if question_id not in walk.asked:
        # Another tab has taken it off the way. What was sent is kept, and set aside.
        return _Way(_right_place(place, walk))
    if question_id in counts.disputed:
        return _Way(place.both(question_id))
    if question_id in record.previous:
        before = guide.walk(heard(guide, record.before(question_id)).answers)
        new = [q for q in walk.needed if q not in before.needed]
        return _Way(place.question(new[0]), new[0]) if new else _Way(place.check)
    if walk.needed:
        return _Way(place.question(walk.needed[0]), walk.needed[0])
    if more and not _is_first_alarm(guide, walk, question_id):
        following = walk.next_more(question_id)
        return _Way(place.question(following, more=True), following, more=True) if following else _Way(place.check)
    return _Way(place.result)


def _is_first_alarm(guide: Walker, walk: Walk, question_id: str) -> bool:
    """This answer alone makes it a warning sign: worth showing at once, even on the way through the rest."""
    alarms = walk.outcome.of("warning", "contradiction", "vague")
    return bool(alarms) and all(question_id in _questions_behind(guide, alarm) for alarm in alarms)


def _questions_behind(guide: Walker, reason: Reason) -> set[str]:
    if reason.question:
        return {reason.question}
    return set(guide.pack.contradictions[reason.rule or ""].questions)


def _page(
    guide: Walker, found: Opened, number: int, question: Question, *, more: bool, counts: Heard | None = None
) -> _Page:
    """`counts` is what counts of the offer, for a caller that has it already."""
    record = found.offer(number)
    counts = counts or heard(guide, record)
    place = OfferPlace(Home(found.preparation_id), number)
    return _Page(guide, place, sheet_of(guide, found, number, counts=counts), record, question, more, found, counts)


def _as_recorded(request: Request, shown: _Page) -> HTMLResponse:
    """The page with the holder's answer in its fields, as it is kept."""
    guide, me = shown.guide, shown.found.me.number if shown.found else 0
    kept = answer_of(guide, shown.record, shown.counts, shown.question.id, me)
    return _shown(request, shown, recorded(guide.sorter.vocabulary, shown.question, kept), _kept_beside(shown))


def _kept_beside(shown: _Page) -> Beside:
    """What was kept beside the answer: the holder's own note, and who asks."""
    me = shown.found.me.number if shown.found else 0
    note = str(shown.record.said_beside("note", shown.question.id, me))
    asker = str(shown.record.asks.get(shown.question.id, ""))
    return Beside(note, asker, note_was=note, asker_was=asker)


def _shown(
    request: Request,
    shown: _Page,
    draft: Draft,
    beside: Beside,
    *,
    error: str = "",
    status: int = 200,
    seen: int | None = None,
    over: Kind | None = None,
) -> HTMLResponse:
    """`seen` is the last answer that a sent form had seen. `over` is what it would have put itself over, unseen: that
    is shown here, and so seen from now on."""
    guide, place, question, more = shown.guide, shown.place, shown.question, shown.more
    newer = shown.record.last_of(question.id, shown.found.me.number) if shown.found and over == "answer" else None
    walk, last = shown.sheet.walk, shown.record.latest.get(question.id)
    there = _kept_beside(shown)
    if over in ("note", "asks"):
        beside = replace(beside, note_was=there.note, asker_was=there.asker)
    before = walk.before(question.id) if question.id in walk.asked else None
    asked = Asked(
        question=question,
        address=place.question(question.id),
        back=place.question(before, more=more) if before else place.home.overview,
        draft=draft,
        error=error,
        seen=seen if seen is not None and not newer else last.number if last else 0,
    )
    vocabulary, people = guide.sorter.vocabulary, _askers(shown.found, beside) if shown.found else []
    response = page(
        request,
        "question.html",
        status,
        asked=asked,
        walk=walk,
        place=place,
        more=more,
        moved=request.query_params.get("moved") == "1",
        rest_on=[guide.pack.questions[q] for q in guide.rest_on(question.id, shown.sheet.answers)],
        leave=_leave(place, walk, question.id) if more else "",
        record=_record(guide, place, shown.sheet.answers, walk, question),
        newer=recorded_words(vocabulary, question.id, newer.value) if newer else [],
        over=over,
        there=there,
        sheet=shown.sheet,
        beside=beside,
        note_saved=beside.alone and status == 200,
        found=shown.found,
        people=people,
        whose=None,
        asks=dict(people).get(there.asker, ""),
    )
    if beside.alone:
        # The same page as before: no new step in the history.
        response.headers["hx-push-url"] = "false"
    return response


def _askers(found: Opened, beside: Beside) -> list[tuple[str, str]]:
    """Who can ask this at the visit; also who was chosen before their link was taken back."""
    may = {p.number for p in found.active if p.may_answer}
    there = [(str(n), name_of(p)) for n, p in found.people.items() if n in may or str(n) == beside.asker]
    return there if len(there) > 1 else []


def _record(guide: Walker, place: OfferPlace, answers: Answers, walk: Walk, question: Question) -> str:
    """Where the record can be seen beside the answers, on the question that is about that."""
    given = given_number(guide, answers, walk)
    return place.record if given and question.id == given.about else ""


def _leave(place: OfferPlace, walk: Walk, question_id: str) -> str:
    """Where passing over an extra question leads."""
    following = walk.next_more(question_id) if question_id in walk.asked else None
    return place.question(following, more=True) if following else place.check

"""The public record beside what was told: shown line by line, and looked up when a person presses the button.

Looking up is a POST, since its answer is kept; it leads back to the page. What can go wrong has one sentence each.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.guide.answers import Answers
from app.guide.trial_models import Compare
from app.guide.walk import Walk, Walker
from app.languages import N_
from app.languages import gettext as _
from app.registers.client import Fault
from app.registers.compare import compare, propose
from app.registers.known import KnownTrials, record_of, shown_of
from app.registers.lines import Case, Source
from app.registers.look_up import LookUp, Refusal, Seen
from app.summary.of_preparation import answer_of, heard
from app.web.access import Asking, Guide, Held, Known, NotFound, Number, Store
from app.web.forms import Form
from app.web.numbers import Given, given_number, number_changed
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

_RECORD = "/preparations/{preparation_id}/offers/{number}/record"

# What is said when there is no record; {register} is the register's name.
WENT = {
    Fault.SLOW: N_("{register} did not answer in time. Please try again later."),
    Fault.DOWN: N_("We could not reach {register}. It may be out of order for a while. Please try again later."),
    Fault.TOLD_TO_WAIT: N_("{register} asks us to wait before we ask again. {wait}"),
    Fault.ELSEWHERE: N_("{register} sent us on to another place. We did not follow, to be on the careful side."),
    Fault.TOO_LARGE: N_("This record is too large for us to read here."),
    Fault.MALFORMED: N_("{register} answered with something that we could not read."),
    Fault.REFUSED: N_("{register} did not take our question."),
    Refusal.OFF: N_("Looking it up from here is switched off by those who run this guide."),
    Refusal.NO_API: N_("{register} cannot be asked from here."),
    Refusal.BUSY: N_("Many people are looking something up just now. Please press the button again in a moment."),
}

VERDICTS = [("agrees", N_("Agrees")), ("differs", N_("Differs")), ("unclear", N_("Cannot be compared"))]


@router.get(_RECORD, name="record")
def record(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, asking: Asking, known: Known
) -> Response:
    """What the record says beside what was told, from the register's last answer or from our own copy."""
    place = OfferPlace(Home(key.preparation_id), number)
    found = store.read(key)
    kept = found.offer(number)
    counts = heard(guide, kept)
    answers = counts.answers
    walk = guide.walk(answers)
    plan, given = guide.pack.compare, given_number(guide, answers, walk)
    if plan is None:
        raise NotFound
    if given is None:
        return see_other(_where_to_give_it(plan, place, walk) if found.me.may_answer else place.check)
    seen, copy = asking.seen(given.number), known.with_number(given.number.id)
    case = _case(guide, plan, answers, given, seen, known)
    lines = compare(case) if case else []
    return page(
        request,
        "record.html",
        place=place,
        name=answers.get(guide.pack.cover.summary.name, _("This offer")),
        given=given,
        question=guide.pack.questions[plan.answer],
        went=_went(request, asking, given),
        asking=asking.offers(given.number),
        has_api=given.number.register.api is not None,
        seen=seen,
        case=case,
        copy=copy,
        copied_on=known.checked_on,
        lines=lines,
        proposal=propose(plan, lines) if case and not case.record.is_empty else None,
        verdicts=[(verdict, _(word)) for verdict, word in VERDICTS],
        chosen=answer_of(guide, kept, counts, plan.answer, found.me.number) or "",
        changed=number_changed(guide, kept),
        may_answer=found.me.may_answer,
        last=last.number if (last := kept.latest.get(plan.answer)) else 0,
    )


@router.post(_RECORD, name="look_up")
def look_up(key: Held, number: Number, store: Store, guide: Guide, asking: Asking, form: Form) -> Response:
    """Asks the register for the record of the number that was given, and leads back to the page."""
    place = OfferPlace(Home(key.preparation_id), number)
    answers = heard(guide, store.read(key).offer(number)).answers
    given = given_number(guide, answers, guide.walk(answers))
    if given is None:
        return see_other(place.record)
    went = asking.look_up(given.number, again=form.get("again") == "1")
    return see_other(place.record + (f"?went={went}" if went else ""))


def _where_to_give_it(plan: Compare, place: OfferPlace, walk: Walk) -> str:
    return place.question(plan.number) if plan.number in walk.asked else place.check + "?moved=1"


def _case(
    guide: Walker, plan: Compare, answers: Answers, given: Given, seen: Seen | None, known: KnownTrials
) -> Case | None:
    """The record that is held against the answers: the register's own if it gave one, and else our copy."""
    vocabulary = guide.sorter.vocabulary
    copy = known.with_number(given.number.id)
    if seen and seen.record and not (copy and seen.record.is_empty):
        return Case(plan, vocabulary, answers, seen.record, Source(datetime.now(UTC).date()))
    if copy:
        ours = record_of(copy, given.number.id, plan.illness.told, plan.illness.words)
        shown = shown_of(copy, given.number.id, plan.illness.told, plan.illness.words)
        return Case(plan, vocabulary, answers, ours, Source(known.checked_on, is_copy=True), shown)
    return None


def _went(request: Request, asking: LookUp, given: Given) -> str:
    """Why the last look-up brought nothing, in a sentence; nothing if it did not go wrong."""
    went = request.query_params.get("went", "")
    says = next((_(says) for why, says in WENT.items() if why == went), "")
    minutes = round(asking.shelf.held() / 60)
    wait = _("Please try again in a minute or two.")
    if minutes > 1:
        wait = _("Please try again in about {minutes} minutes.").format(minutes=minutes)
    return says.format(register=given.link.register, wait=wait)

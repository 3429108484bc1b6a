"""Keeping: how long, as which files to take away, and deleting it all. Bringing files back is in `bring`."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.guide.walk import Walker
from app.languages import N_
from app.languages import day as in_words
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.keeping import LONGEST_YEARS, latest, usual
from app.store.opened import Opened
from app.store.records import Record
from app.store.removing import AlreadyGone
from app.summary.formats.coding import Json
from app.summary.formats.response import response as fhir_response
from app.summary.of_preparation import heard, name_of, sheet_of
from app.summary.whole import whole
from app.web.access import Company, Guide, Held, Number, Store, take_back
from app.web.forms import Draft, Form, NotUsable, day_in, posted_day, recorded_day
from app.web.language import FormGuide, switched, switches
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page
from app.web.security import BODY_LIMIT

router = APIRouter()

_KEEP = "/preparations/{preparation_id}/keep"
NO_DAY = N_("Please write a day in numbers: month, day, and year, like 12 / 3 / 2026.")
OVER = N_(
    "That day is today, or it is over. Please choose a day that is still to come. To take everything away now, choose "
    '"Delete this preparation" at the end of this page.'
)
TOO_FAR = N_("That is more than {years} years ahead. Please choose a day until {latest}. You can move it on later.")
NOT_SAVED = N_("We could not save this just now. The day has not changed. Please wait a moment, then try again.")
FHIR_JSON = "application/fhir+json"
# What a form puts around a file when it is sent back.
_AROUND = 1024


@router.get(_KEEP, name="keep")
def keep(request: Request, key: Held, store: Store, guide: Guide) -> HTMLResponse:
    """Until when it is kept, the files that hold the answers, and the way to delete everything."""
    found = store.read(key)
    return _page(request, guide, found, recorded_day(found.keep_set) if found.keep_set else Draft())


@router.post(_KEEP, name="keep_until")
def keep_until(request: Request, key: Held, store: Store, guide: FormGuide, people: Company, form: Form) -> Response:
    """Keeps it until a day, or as long as usual again."""
    draft = posted_day(form)
    if switches(form):
        return switched(request, _page(request, guide, store.read(key), draft))
    try:
        day = None if form.get("usual") == "1" else _usable_day(draft)
    except NotUsable as wrong:
        return _page(request, guide, store.read(key), draft, str(wrong), 422)
    found = store.read(key)
    try:
        people.keep_until(key, day)
    except StoreError:
        return _page(request, guide, found, draft, _(NOT_SAVED), 503)
    return see_other(Home(key.preparation_id).keep)


def _usable_day(draft: Draft) -> date:
    """Raises NotUsable with a sentence that says what to do."""
    day, today = day_in(draft), datetime.now(UTC).date()
    if day is None:
        raise NotUsable(_(NO_DAY), draft)
    if day <= today:
        raise NotUsable(_(OVER), draft)
    if day > latest(today):
        raise NotUsable(_(TOO_FAR).format(years=LONGEST_YEARS, latest=in_words(latest(today))), draft)
    return day


def _page(
    request: Request, guide: Walker, found: Opened, draft: Draft, error: str = "", status: int = 200
) -> HTMLResponse:
    home = Home(found.preparation_id)
    size = len(_written(whole(guide, found, datetime.now(UTC))))
    return page(
        request,
        "keep.html",
        status,
        home=home,
        found=found,
        offers=[(OfferPlace(home, n), sheet_of(guide, found, n)) for n in found.offers],
        usual=usual(found.last_visit, empty=found.is_empty),
        managers=[name_of(p) for p in found.managers],
        draft=draft,
        error=error,
        too_large=size > BODY_LIMIT - _AROUND,
    )


@router.get("/preparations/{preparation_id}/preparation.json", name="download")
def download(key: Held, store: Store, guide: Guide) -> Response:
    """The whole preparation as one file of plain JSON."""
    return _file(whole(guide, store.read(key), datetime.now(UTC)), "preparation", "application/json")


@router.get("/preparations/{preparation_id}/offers/{number}/response.json", name="response")
def response(key: Held, number: Number, store: Store, guide: Guide) -> Response:
    """One offer, and what the person said of themselves, as a FHIR QuestionnaireResponse."""
    found = store.read(key)
    record = found.offer(number)
    # Only what the person with Parkinson's said themselves: a health record has no place to say who else it was.
    you = found.about(found.patient.number) if found.patient.role == "patient" else Record()
    times = [r.at for r in (*record.latest.values(), *you.latest.values())]
    answers = heard(guide, record).answers
    written = fhir_response(guide, answers, guide.known(you.answers), authored=max(times, default=None))
    return _file(written, f"offer-{number}-fhir", FHIR_JSON)


@router.get("/preparations/{preparation_id}/delete", name="delete")
def delete(request: Request, key: Held, store: Store, guide: Guide) -> HTMLResponse:
    """Says what goes, before anything does."""
    home = Home(key.preparation_id)
    found = store.read(key)
    return page(
        request,
        "delete.html",
        home=home,
        names=[sheet_of(guide, found, n).name for n in found.offers],
        others=[name_of(p) for p in found.active if p != found.me],
        about=any(found.about(number).answers for number in found.people),
    )


@router.post("/preparations/{preparation_id}/delete", name="delete_all")
def delete_all(request: Request, key: Held, store: Store) -> RedirectResponse:
    """Deletes the preparation, and takes its key out of the browser. Who presses twice is told the same twice."""
    with suppress(AlreadyGone):
        store.delete(key)
        for guide in request.app.state.guides.values():
            guide.forget()
    gone = see_other("/deleted")
    take_back(request, gone, key)
    return gone


@router.get("/deleted", name="deleted")
def deleted(request: Request) -> HTMLResponse:
    return page(request, "deleted.html")


def _written(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _file(content: Json, name: str, media_type: str) -> Response:
    # The name of the file says no more than the day: it may lie where others see it.
    file = f"which-cells-{name}-{datetime.now(UTC):%Y-%m-%d}.json"
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    return Response(_written(content), media_type=media_type, headers=headers)

"""Keeping: take the answers away as files, or delete them all. Bringing them back is in `bring`."""

import json
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.guide.answers import is_given
from app.guide.walk import Walker
from app.store.opened import Opened
from app.store.records import Record
from app.summary.formats.coding import Json
from app.summary.formats.preparation import Kept, preparation
from app.summary.formats.response import response as fhir_response
from app.summary.of_preparation import heard, sheet_of
from app.web.access import Guide, Held, Number, Store, take_back
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page
from app.web.security import BODY_LIMIT

router = APIRouter()

FHIR_JSON = "application/fhir+json"
# What a form puts around a file when it is sent back.
_AROUND = 1024


@router.get("/preparations/{preparation_id}/keep", name="keep")
def keep(request: Request, key: Held, store: Store, guide: Guide) -> HTMLResponse:
    """The files that hold the answers, and the way to delete everything."""
    home = Home(key.preparation_id)
    found = store.read(key)
    offers = [(OfferPlace(home, n), sheet_of(guide, found, n)) for n in found.offers]
    size = len(_written(_whole(guide, found)))
    return page(request, "keep.html", home=home, offers=offers, too_large=size > BODY_LIMIT - _AROUND)


@router.get("/preparations/{preparation_id}/preparation.json", name="download")
def download(key: Held, store: Store, guide: Guide) -> Response:
    """The whole preparation as one file of plain JSON."""
    return _file(_whole(guide, store.read(key)), "preparation", "application/json")


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
    names = [sheet_of(guide, found, n).name for n in found.offers]
    return page(request, "delete.html", home=home, names=names, about_you=bool(found.mine.answers))


@router.post("/preparations/{preparation_id}/delete", name="delete_all")
def delete_all(request: Request, key: Held, store: Store) -> RedirectResponse:
    """Deletes the preparation, and takes its key out of the browser."""
    store.delete(key)
    gone = see_other("/deleted")
    take_back(request, gone, key)
    return gone


@router.get("/deleted", name="deleted")
def deleted(request: Request) -> HTMLResponse:
    return page(request, "deleted.html")


def _whole(guide: Walker, found: Opened) -> Json:
    offers = [_kept(guide, record) for record in found.offers.values()]
    you = _kept(guide, found.about(found.patient.number))
    return preparation(guide, offers, you, at=datetime.now(UTC))


def _kept(guide: Walker, record: Record) -> dict[str, Kept]:
    """What counts of the answers to each question, as it was recorded, known to the pack of today or not."""
    counting = heard(guide, record).entries
    return {q: Kept(r.value, r.at, r.pack_version) for q, r in counting.items() if is_given(r.value)}


def _written(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _file(content: Json, name: str, media_type: str) -> Response:
    # The name of the file says no more than the day: it may lie where others see it.
    file = f"which-cells-{name}-{datetime.now(UTC):%Y-%m-%d}.json"
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    return Response(_written(content), media_type=media_type, headers=headers)

"""Preparing: start, look over everything, add an offer, carry on."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from app.guide.answers import Answer
from app.guide.walk import Walker
from app.store.preparations import Opened, Preparations, Record
from app.summary.sheet import Sheet
from app.web.access import Guide, Held, NotFound, Store, hand_over
from app.web.places import Home, OfferPlace
from app.web.render import page

router = APIRouter(include_in_schema=False)


@router.post("/preparations", name="begin")
def begin(request: Request, store: Store, guide: Guide) -> RedirectResponse:
    """Starts a preparation and leads to its first question."""
    here, secret = store.start()
    response = see_other(OfferPlace(Home(here.id), 1).question(guide.order[0]))
    hand_over(request, response, here.id, secret)
    return response


@router.get("/preparations/{preparation_id}", name="overview")
def overview(request: Request, here: Held, store: Store, guide: Guide) -> HTMLResponse:
    """All offers of a preparation, and what is still open in each."""
    home = Home(here.id)
    you = store.person(here)
    records = store.offers(here)
    offers = [(OfferPlace(home, number), Sheet(guide, known(guide, records[number]), {})) for number in records]
    mine = [(guide.pack.questions[q], q in you.answers) for q in guide.personal]
    return page(request, "overview.html", home=home, offers=offers, mine=mine)


@router.post("/preparations/{preparation_id}/offers", name="add_offer")
def add_offer(here: Held, store: Store, guide: Guide) -> RedirectResponse:
    """Adds an offer and leads to its first question."""
    return see_other(OfferPlace(Home(here.id), store.add_offer(here)).question(guide.order[0]))


@router.get("/preparations/{preparation_id}/offers/{number}", name="carry_on")
def carry_on(here: Held, number: int, store: Store, guide: Guide) -> RedirectResponse:
    """Leads to where the person left off: the next question that is needed, or the result."""
    place = OfferPlace(Home(here.id), number)
    walk = guide.walk(known(guide, offer_record(store, here, number)))
    return see_other(place.question(walk.needed[0]) if walk.needed else place.result)


def known(guide: Walker, record: Record) -> dict[str, Answer]:
    """What was recorded, as far as the pack of today knows it."""
    return guide.sorter.vocabulary.known(record.answers)


def see_other(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)


def offer_record(store: Preparations, here: Opened, number: int) -> Record:
    """What was recorded for an offer. Raises NotFound if the preparation has no such offer."""
    record = store.offer(here, number)
    if record is None:
        raise NotFound
    return record

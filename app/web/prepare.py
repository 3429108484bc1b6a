"""Preparing: start, look over everything, add an offer, carry on."""

from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from app.store.preparations import Key, NotOpened, Preparations
from app.summary.sheet import Sheet
from app.web.access import Guide, Held, Number, Store, hand_over, held_here
from app.web.places import Home, OfferPlace
from app.web.render import page

router = APIRouter(include_in_schema=False)


@router.post("/preparations", name="begin")
def begin(request: Request, store: Store, guide: Guide) -> RedirectResponse:
    """Starts a preparation and leads to its first question. An empty one that this browser already holds is used
    again."""
    key = _empty_one(request, store) or store.start()
    response = see_other(OfferPlace(Home(key.preparation_id), 1).question(guide.order[0]))
    hand_over(request, response, key)
    return response


def _empty_one(request: Request, store: Preparations) -> Key | None:
    for key in held_here(request):
        with suppress(NotOpened):
            if not any(record.latest for record in (*store.offers(key).values(), store.person(key))):
                return key
    return None


@router.get("/preparations/{preparation_id}", name="overview")
def overview(request: Request, key: Held, store: Store, guide: Guide) -> HTMLResponse:
    """All offers of a preparation, and what is still open in each."""
    home = Home(key.preparation_id)
    you = store.person(key)
    offers = [
        (OfferPlace(home, number), Sheet(guide, guide.known(record.answers), {}))
        for number, record in store.offers(key).items()
    ]
    mine = [(guide.pack.questions[q], q in you.answers) for q in guide.personal]
    return page(request, "overview.html", home=home, offers=offers, mine=mine)


@router.post("/preparations/{preparation_id}/offers", name="add_offer")
def add_offer(key: Held, store: Store, guide: Guide) -> RedirectResponse:
    """Adds an offer and leads to its first question."""
    return see_other(OfferPlace(Home(key.preparation_id), store.add_offer(key)).question(guide.order[0]))


@router.get("/preparations/{preparation_id}/offers/{number}", name="carry_on")
def carry_on(key: Held, number: Number, store: Store, guide: Guide) -> RedirectResponse:
    """Leads to where the person left off: the next question that is needed, or the result."""
    place = OfferPlace(Home(key.preparation_id), number)
    walk = guide.walk(guide.known(store.offer(key, number).answers))
    return see_other(place.question(walk.needed[0]) if walk.needed else place.result)


def see_other(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)

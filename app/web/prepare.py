"""Preparing: start, look over everything, add an offer, carry on."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.guide.walk import Walker
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.summary.compare import MOST_OFFERS, Comparison, alternative_sources
from app.summary.of_preparation import heard, name_of, sheet_of
from app.summary.pdf import Paper
from app.web.access import Guide, Held, Number, Store, hand_over, held_here
from app.web.places import Home, OfferPlace
from app.web.render import page, pdf

router = APIRouter()

# The numbers of the offers to show; none means the first ones.
Offers = Annotated[Sequence[int], Query()]


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
            if store.read(key).is_empty:
                return key
    return None


@router.get("/preparations/{preparation_id}", name="overview")
def overview(request: Request, key: Held, store: Store, guide: Guide) -> HTMLResponse:
    """All offers of a preparation, and what is still open in each."""
    home = Home(key.preparation_id)
    found = store.read(key)
    offers = [(OfferPlace(home, number), sheet_of(guide, found, number)) for number in found.offers]
    mine = [(guide.pack.questions[q], q in found.mine.answers) for q in guide.personal]
    others = [name_of(p) for p in found.active if p != found.me]
    return page(request, "overview.html", home=home, offers=offers, mine=mine, found=found, others=others)


@router.post("/preparations/{preparation_id}/offers", name="add_offer")
def add_offer(key: Held, store: Store, guide: Guide) -> RedirectResponse:
    """Adds an offer and leads to its first question."""
    return see_other(OfferPlace(Home(key.preparation_id), store.add_offer(key)).question(guide.order[0]))


@router.get("/preparations/{preparation_id}/compare", name="compare")
def compare(request: Request, key: Held, store: Store, guide: Guide, offer: Offers = ()) -> HTMLResponse:
    """Offers side by side, and beside them the other ways forward."""
    return page(request, "compare.html", **_compared(store, guide, key, offer))


@router.get("/preparations/{preparation_id}/compare.pdf", name="compare_pdf")
def compare_pdf(
    request: Request, key: Held, store: Store, guide: Guide, paper: Paper = "a4", offer: Offers = ()
) -> Response:
    """The same on one landscape side."""
    return pdf(request, "compare.html", paper, name="offers", landscape=True, **_compared(store, guide, key, offer))


def _compared(store: Preparations, guide: Walker, key: Key, chosen: Sequence[int]) -> dict[str, Any]:
    found = store.read(key)
    sheets = {n: sheet_of(guide, found, n) for n in found.offers}
    # Of an offer that was added and never spoken of, there is nothing to compare.
    told = [n for n, sheet in sheets.items() if sheet.answers] or list(sheets)
    shown = [n for n in sheets if n in chosen][:MOST_OFFERS] or told[:MOST_OFFERS]
    return {
        "home": Home(key.preparation_id),
        "sheets": sheets,
        "shown": shown,
        "most": MOST_OFFERS,
        "comparison": Comparison([sheets[n] for n in shown]),
        "sources": alternative_sources(guide.pack),
    }


@router.get("/preparations/{preparation_id}/offers/{number}", name="carry_on")
def carry_on(key: Held, number: Number, store: Store, guide: Guide) -> RedirectResponse:
    """Leads to where the person left off: the next question that is needed, or the result. Who only reads, is led
    to the result."""
    place, found = OfferPlace(Home(key.preparation_id), number), store.read(key)
    walk = guide.walk(heard(guide, found.offer(number)).answers)
    asks = walk.needed and found.me.may_answer
    return see_other(place.question(walk.needed[0]) if asks else place.result)


def see_other(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)

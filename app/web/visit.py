"""Around the visit: a letter to send beforehand, and what is different afterwards."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.guide.walk import Walker
from app.store.database import StoreError
from app.store.opened import Key
from app.store.preparations import Full, Preparations
from app.summary.letter import LIMIT, letter
from app.summary.of_preparation import sheet_of
from app.summary.pdf import Paper
from app.summary.sheet import Sheet
from app.summary.since import Since
from app.web.access import Guide, Held, Number, Store
from app.web.ask import FULL, NOT_SAVED, Form
from app.web.forms import plain
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page, pdf

router = APIRouter()

_OFFER = "/preparations/{preparation_id}/offers/{number}"


# -- the letter


@router.get(_OFFER + "/letter", name="letter")
def show_letter(request: Request, key: Held, number: Number, store: Store, guide: Guide) -> HTMLResponse:
    """The open questions as a letter, to change, copy or print. Nothing is sent from here."""
    return page(request, "letter.html", error="", **_letter(store, guide, key, number))


@router.get(_OFFER + "/letter.pdf", name="letter_pdf")
def letter_pdf(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, paper: Paper = "a4"
) -> Response:
    """The same as a PDF."""
    return pdf(request, "letter.html", paper, name="letter", error="", **_letter(store, guide, key, number))


@router.post(_OFFER + "/letter", name="save_letter")
def save_letter(request: Request, key: Held, number: Number, store: Store, guide: Guide, form: Form) -> Response:
    """Keeps the letter as the person wants it; an empty one is written anew from the answers."""
    typed = form.get("text", "")
    text = plain(typed if isinstance(typed, str) else "")
    if len(text) > LIMIT:
        says = f"This letter is too long to keep: {len(text):,} characters, and {LIMIT:,} fit. Please shorten it."
        values = {**_letter(store, guide, key, number), "text": text}
        return page(request, "letter.html", 422, error=says, **values)
    try:
        store.put_beside(key, number, [("letter", "", "" if form.get("anew") == "1" else text.strip())])
    except Full:
        return page(request, "letter.html", 409, error=FULL, **{**_letter(store, guide, key, number), "text": text})
    except StoreError:
        # Nothing that is kept stands on this page; what was typed does.
        place = OfferPlace(Home(key.preparation_id), number)
        values = {"sheet": Sheet(guide, {}, {}), "place": place, "text": text, "kept": False, "may_answer": True}
        return page(request, "letter.html", 503, error=NOT_SAVED, **values)
    return see_other(OfferPlace(Home(key.preparation_id), number).letter)


def _letter(store: Preparations, guide: Walker, key: Key, number: int) -> dict[str, Any]:
    found = store.read(key)
    record = found.offer(number)
    sheet = sheet_of(guide, found, number)
    kept = record.letter
    return {
        "may_answer": found.me.may_answer,
        "sheet": sheet,
        "place": OfferPlace(Home(key.preparation_id), number),
        "text": kept or letter(sheet, datetime.now(UTC).date()),
        "kept": kept is not None,
    }


# -- after the visit


@router.get(_OFFER + "/since", name="since")
def since(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, until: datetime | None = None
) -> HTMLResponse:
    """What is different from an earlier moment: by default, from the end of the sitting before the last."""
    found = store.read(key)
    earlier = found.offer(number).sittings[:-1]
    if until:
        moment: datetime | None = until if until.tzinfo else until.replace(tzinfo=UTC)
    else:
        moment = earlier[-1] if earlier else None
    compared = None
    if moment:
        compared = Since(sheet_of(guide, found, number, moment), sheet_of(guide, found, number))
    return page(
        request,
        "since.html",
        place=OfferPlace(Home(key.preparation_id), number),
        sheet=sheet_of(guide, found, number),
        since=compared,
        moment=moment,
        moments=earlier,
        may_answer=found.me.may_answer,
    )

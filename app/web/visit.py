"""Around the visit: a letter to send beforehand, and what is different afterwards."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.guide.walk import Walker
from app.languages import N_, use
from app.languages import gettext as _
from app.languages import number as number_of
from app.store.database import StoreError
from app.store.opened import Key
from app.store.preparations import Changed, Full, Preparations
from app.summary.letter import LIMIT, letter
from app.summary.of_preparation import name_of, sheet_of
from app.summary.pdf import Paper
from app.summary.sheet import Sheet
from app.summary.since import Since
from app.web.access import Guide, Held, Number, Store
from app.web.ask import FULL, NOT_SAVED, seen_by
from app.web.forms import Form, plain
from app.web.language import FormGuide, switched, switches
from app.web.places import Home, OfferPlace
from app.web.prepare import see_other
from app.web.render import page, pdf

router = APIRouter()

_OFFER = "/preparations/{preparation_id}/offers/{number}"
NEWER = N_(
    "{who} changed this letter after this page was opened. Your text is still here, and the other one stands under it. "
    "Save again if yours is to take its place."
)


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
def save_letter(request: Request, key: Held, number: Number, store: Store, guide: FormGuide, form: Form) -> Response:
    """Keeps the letter as the person wants it; an empty one is written anew from the answers."""
    typed = form.get("text", "")
    text = plain(typed if isinstance(typed, str) else "")
    if switches(form):
        values = _letter(store, guide, key, number) | {"seen": seen_by(form) or 0}
        # What nobody has changed is written in the other language.
        as_written = not values["kept"] and text.strip() in _in_all_languages(request, store, key, number)
        typed_text = {} if as_written else {"text": text}
        return switched(request, page(request, "letter.html", error="", **{**values, **typed_text}))
    if len(text) > LIMIT:
        says = _("This letter is too long to keep: {count} characters, and {limit} fit. Please shorten it.")
        says = says.format(count=number_of(len(text)), limit=number_of(LIMIT))
        values = {**_letter(store, guide, key, number), "text": text}
        return page(request, "letter.html", 422, error=says, **values)
    try:
        kept = "" if form.get("anew") == "1" else text.strip()
        store.put_beside(key, number, [("letter", "", kept)], seen=seen_by(form))
    except Changed:
        values = _letter(store, guide, key, number)
        theirs = {"newer": values["text"], "text": text}
        return page(
            request, "letter.html", 409, error=_(NEWER).format(who=values["by"] or _("You")), **{**values, **theirs}
        )
    except Full:
        return page(request, "letter.html", 409, error=_(FULL), **{**_letter(store, guide, key, number), "text": text})
    except StoreError:
        # Nothing that is kept stands on this page; what was typed does.
        place = OfferPlace(Home(key.preparation_id), number)
        values = {"sheet": Sheet(guide, {}, {}), "place": place, "text": text, "kept": False, "may_answer": True}
        values |= {"newer": "", "seen": seen_by(form) or 0}
        return page(request, "letter.html", 503, error=_(NOT_SAVED), **values)
    return see_other(OfferPlace(Home(key.preparation_id), number).letter)


def _letter(store: Preparations, guide: Walker, key: Key, number: int) -> dict[str, Any]:
    found = store.read(key)
    record = found.offer(number)
    sheet = sheet_of(guide, found, number)
    kept, last = record.letter, record.last_letter
    return {
        "newer": "",
        "seen": last.number if last else 0,
        # Nothing for the holder themselves.
        "by": name_of(found.people[last.who]) if last and last.who != found.me.number else "",
        "may_answer": found.me.may_answer,
        "sheet": sheet,
        "place": OfferPlace(Home(key.preparation_id), number),
        "text": kept or letter(sheet, datetime.now(UTC).date()),
        "kept": kept is not None,
    }


def _in_all_languages(request: Request, store: Preparations, key: Key, number: int) -> list[str]:
    """The letter as it is first written, in each language."""
    found, written = store.read(key), []
    for name, guide in request.app.state.guides.items():
        with use(name):
            written.append(letter(sheet_of(guide, found, number), datetime.now(UTC).date()).strip())
    return written


# -- after the visit


@router.get(_OFFER + "/since", name="since")
def since(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, until: int | None = None
) -> HTMLResponse:
    """What is different from the end of an earlier sitting, found by its last answer: by default, from that of the
    sitting before the last."""
    found = store.read(key)
    earlier = found.offer(number).sittings[:-1]
    end = next((last for last in reversed(earlier) if until is None or last.number <= until), None)
    compared = None
    if end:
        compared = Since(sheet_of(guide, found, number, end.number), sheet_of(guide, found, number))
    return page(
        request,
        "since.html",
        place=OfferPlace(Home(key.preparation_id), number),
        sheet=sheet_of(guide, found, number),
        since=compared,
        end=end,
        ends=earlier,
        may_answer=found.me.may_answer,
        record=found.offer(number),
    )

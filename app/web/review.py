"""Reviewing: check the answers, see how the offer sorts, print the summary."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.guide.answers import is_given
from app.guide.models import Question
from app.guide.pack import version_number
from app.guide.walk import Walker
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.records import Record, Recorded
from app.summary.of_preparation import heard, sheet_of
from app.summary.pdf import Paper
from app.web.access import Guide, Held, Number, Store
from app.web.numbers import given_number, number_changed
from app.web.places import Home, OfferPlace
from app.web.render import page, pdf

router = APIRouter()

_OFFER = "/preparations/{preparation_id}/offers/{number}"


@router.get(_OFFER + "/answers", name="check")
def check(request: Request, key: Held, number: Number, store: Store, guide: Guide) -> HTMLResponse:
    """All answers about an offer, each with a way to change it; what is set aside; what has not been asked yet."""
    found = store.read(key)
    record, sheet = found.offer(number), sheet_of(guide, found, number)
    return page(
        request,
        "check.html",
        sheet=sheet,
        found=found,
        given=given_number(guide, sheet.answers, sheet.walk),
        number_changed=number_changed(guide, record),
        several={q for q, said in record.history.items() if len(said) > 1},
        emptied=[guide.pack.questions[q] for q in guide.order if q in record.history and q not in sheet.answers],
        place=OfferPlace(Home(key.preparation_id), number),
        moved=request.query_params.get("moved") == "1",
        changes=_changes(guide, record.recent),
        again=_to_give_again(guide, record),
    )


@router.get(_OFFER + "/result", name="result")
def result(request: Request, key: Held, number: Number, store: Store, guide: Guide) -> Response:
    """How the offer sorts, why, and what to ask."""
    found = store.read(key)
    record, sheet = found.offer(number), sheet_of(guide, found, number)
    return page(
        request,
        "result.html",
        sheet=sheet,
        found=found,
        given=given_number(guide, sheet.answers, sheet.walk),
        place=OfferPlace(Home(key.preparation_id), number),
        example=None,
        changes=_changes(guide, record.recent),
        again=_to_give_again(guide, record),
        mine_open=[q for q in guide.personal if q not in found.mine.answers] if found.me.may_answer else [],
    )


@router.get(_OFFER + "/change", name="change")
def change(request: Request, key: Held, number: Number, store: Store, guide: Guide) -> HTMLResponse:
    """The smallest sets of answers that would change the result."""
    sheet = sheet_of(guide, store.read(key), number)
    return page(request, "change.html", sheet=sheet, place=OfferPlace(Home(key.preparation_id), number))


@router.get(_OFFER + "/summary", name="summary")
def summary(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, large: bool = False
) -> HTMLResponse:
    """The printable summary; `large` is for tired eyes."""
    return page(request, "summary.html", large=large, **_summary(guide, store, key, number))


@router.get(_OFFER + "/summary.pdf", name="summary_pdf")
def summary_pdf(
    request: Request, key: Held, number: Number, store: Store, guide: Guide, paper: Paper = "a4", large: bool = False
) -> Response:
    """The same as a PDF."""
    values = _summary(guide, store, key, number)
    return pdf(request, "summary.html", paper, name="summary", large=large, **values)


def _summary(guide: Walker, store: Preparations, key: Key, number: int) -> dict[str, Any]:
    found = store.read(key)
    sheet, latest = sheet_of(guide, found, number), found.offer(number).latest
    return {
        "sheet": sheet,
        "place": OfferPlace(Home(key.preparation_id), number),
        "example": None,
        "today": datetime.now(UTC).date(),
        "changes": _changes(guide, (latest[q] for q in sheet.walk.answered)),
    }


def _to_give_again(guide: Walker, record: Record) -> list[Question]:
    """Questions whose recorded answer, or a part of it, the pack of today does not take any more."""
    voices = [(q, v.value) for q in record.latest for v in record.voices(q) if is_given(v.value)]
    changed = {q for q, answer in voices if answer != guide.known({q: answer}).get(q)}
    return [guide.pack.questions[q] for q in guide.walk(heard(guide, record).answers).asked if q in changed]


def _changes(guide: Walker, entries: Iterable[Recorded]) -> str:
    """What the pack changed since the first of these answers, if it did."""
    versions = [version_number(entry.pack_version) for entry in entries]
    later = [c.says for c in guide.pack.cover.changes if versions and version_number(c.version) > min(versions)]
    return " ".join(later)

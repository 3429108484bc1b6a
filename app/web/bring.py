"""Bringing answers back: from a file that `keep` gave away, into a new preparation. What is taken is for `taken`."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from app.guide.errors import GuideError
from app.languages import N_
from app.languages import gettext as _
from app.store.bringing import Brought
from app.store.database import StoreError
from app.store.keeping import usual
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.summary.formats.preparation_read import read as read_file
from app.web.access import Guide, Store, hand_over, held_here
from app.web.language import heed, switched, switches
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page
from app.web.security import BODY_LIMIT
from app.web.taken import same, usable

router = APIRouter()

NOTHING = N_("Please choose the file that you saved, or paste what stands in it.")
BOTH = N_("You chose a file and pasted a text. Please use just one of them.")
NO_ANSWERS = N_("We found no answer in this file that we can take.")
NOT_SAVED = N_(
    "We could not save this just now. Your file is still where it was. Please wait a moment, then try again."
)


@dataclass(frozen=True)
class Sent:
    """What somebody sent: a file, a text, or neither, or both."""

    file: bytes = b""
    text: str = ""
    # The button that was pressed is that of a language, or of how pages look.
    switches: bool = False


async def _sent(request: Request) -> Sent:
    try:
        async with request.form(max_files=1, max_fields=3, max_part_size=BODY_LIMIT) as form:
            file, text = form.get("file"), form.get("text")
            heed(request, form)
            # A body is bounded, so the file is small.
            content = await file.read() if isinstance(file, UploadFile) else b""
            return Sent(content.strip(), text.strip() if isinstance(text, str) else "", switches(form))
    except UnicodeError:
        raise HTTPException(400) from None


@router.get("/bring", name="bring")
def bring(request: Request) -> HTMLResponse:
    """Asks for the file."""
    return _ask(request)


@router.post("/bring", name="take_in")
def take_in(request: Request, store: Store, sent: Annotated[Sent, Depends(_sent)], guide: Guide) -> Response:
    """Starts a preparation with the answers of a file. One that this browser holds already, with the very same
    answers, is opened instead, so that a double click starts one, not two."""
    if sent.switches:
        return switched(request, _ask(request, text=sent.text))
    try:
        if bool(sent.file) == bool(sent.text):
            raise GuideError(_(BOTH if sent.file else NOTHING))
        content = sent.file or sent.text.encode("utf-8", "replace")
        taken = usable(guide, read_file(guide.sorter.vocabulary, content))
        if not taken.brought.said:
            raise GuideError(" ".join([_(NO_ANSWERS), *taken.left[:3]]))
        there = _same_one(request, store, taken.brought)
        key = there or store.bring_in(taken.brought)
    except GuideError as error:
        return _ask(request, _plain(str(error)), sent.text, status=422)
    except StoreError:
        return _ask(request, _(NOT_SAVED), sent.text, status=503)
    home = Home(key.preparation_id)
    others = [] if there else taken.others
    kept = usual(datetime.now(UTC).date(), empty=False)
    if taken.left or others:
        response: Response = page(request, "brought.html", home=home, left=taken.left, others=others, kept_until=kept)
    else:
        response = see_other(home.overview)
    hand_over(request, response, key)
    return response


def _ask(request: Request, error: str = "", text: str = "", status: int = 200) -> HTMLResponse:
    return page(request, "bring.html", status, error=error, text=text)


def _same_one(request: Request, store: Preparations, brought: Brought) -> Key | None:
    for key in held_here(request):
        with suppress(NotOpened):
            if same(store.read(key), brought):
                return key
    return None


def _plain(says: str) -> str:
    # Half of a surrogate pair can stand in JSON, and in no page.
    return says.encode("utf-8", "replace").decode()

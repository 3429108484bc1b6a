"""Bringing answers back: from a file that `keep` gave away, into a new preparation. What is taken is for `taken`."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from app.guide.errors import GuideError
from app.store.bringing import Brought
from app.store.database import StoreError
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.summary.formats.preparation_read import read as read_file
from app.web.access import Guide, Store, hand_over, held_here
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page
from app.web.security import BODY_LIMIT
from app.web.taken import same, usable

router = APIRouter()

NOTHING = "Please choose the file that you saved, or paste what stands in it."
BOTH = "You chose a file and pasted a text. Please use just one of them."
NO_ANSWERS = "We found no answer in this file that we can take."
NOT_SAVED = "We could not save this just now. Your file is still where it was. Please wait a moment, then try again."


@dataclass(frozen=True)
class Sent:
    """What somebody sent: a file, a text, or neither, or both."""

    file: bytes = b""
    text: str = ""


async def _sent(request: Request) -> Sent:
    try:
        async with request.form(max_files=1, max_fields=2, max_part_size=BODY_LIMIT) as form:
            file, text = form.get("file"), form.get("text")
            # A body is bounded, so the file is small.
            content = await file.read() if isinstance(file, UploadFile) else b""
            return Sent(content.strip(), text.strip() if isinstance(text, str) else "")
    except UnicodeError:
        raise HTTPException(400) from None


@router.get("/bring", name="bring")
def bring(request: Request) -> HTMLResponse:
    """Asks for the file."""
    return _ask(request)


@router.post("/bring", name="take_in")
def take_in(request: Request, store: Store, guide: Guide, sent: Annotated[Sent, Depends(_sent)]) -> Response:
    """Starts a preparation with the answers of a file. One that this browser holds already, with the very same
    answers, is opened instead, so that a double click starts one, not two."""
    try:
        if bool(sent.file) == bool(sent.text):
            raise GuideError(BOTH if sent.file else NOTHING)
        content = sent.file or sent.text.encode("utf-8", "replace")
        taken = usable(guide, read_file(guide.sorter.vocabulary, content))
        if not taken.brought.said:
            raise GuideError(" ".join([NO_ANSWERS, *taken.left[:3]]))
        there = _same_one(request, store, taken.brought)
        key = there or store.bring_in(taken.brought)
    except GuideError as error:
        return _ask(request, _plain(str(error)), sent.text, status=422)
    except StoreError:
        return _ask(request, NOT_SAVED, sent.text, status=503)
    home = Home(key.preparation_id)
    others = [] if there else taken.others
    if taken.left or others:
        response: Response = page(request, "brought.html", home=home, left=taken.left, others=others)
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

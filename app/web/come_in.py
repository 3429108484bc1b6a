"""Coming in by a link, and leaving a computer.

A link carries its code behind a "#", which browsers send to nobody: no log, no proxy and no scanner of mail ever sees
it. The page here takes it from there, or from the field; only the button opens anything.
"""

from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.languages import N_
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.opened import Key, Opened
from app.store.preparations import Preparations
from app.store.sealing import NotOpened, code_in
from app.summary.of_preparation import name_of
from app.web.access import Company, Store, Tries, forget_all, hand_over, held_here
from app.web.forms import Form
from app.web.language import FormGuide, switched, switches
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

LONGEST = 2_000
NO_CODE = N_(
    "This is not a whole link. Its code has 32 letters and digits, in eight groups of four. "
    "Please compare it with your card or your mail."
)
NOT_KNOWN = N_(
    "This link does not open anything here. Perhaps a letter is wrong. Or it was taken back, or a new one has taken "
    "its place, or the preparation was deleted. Please ask the person who gave it to you."
)
TOO_OFTEN = N_(
    "Too many links that do not fit were tried from where you are. Nothing is lost. Please wait about {minutes} "
    "minutes, then press the button again."
)
NOT_NOW = N_("We could not open it just now. Nothing is lost. Please wait a moment, then press the button again.")


@router.get("/open", name="open")
def open_page(request: Request) -> HTMLResponse:
    """Asks for the link, or takes it from the address, and shows the button."""
    return _ask(request)


@router.post("/open", name="come_in")
def come_in(request: Request, store: Store, people: Company, tries: Tries, form: Form, _guide: FormGuide) -> Response:
    """Changes a link for a cookie, and leads to a clean address. Asks first, if this browser would then no longer
    open the same preparation as somebody else."""
    typed = form.get("link", "")
    link = typed[:LONGEST] if isinstance(typed, str) else ""
    if switches(form):
        return switched(request, _ask(request, link=link))
    code = code_in(link)
    if code is None:
        return _ask(request, _(NO_CODE), link, 422)
    address = request.client.host if request.client else ""
    try:
        cost = tries.take(address)
        if not cost:
            minutes = max(1, round(tries.wait(address) / 60))
            return _ask(request, _(TOO_OFTEN).format(minutes=minutes), link, 429)
        key = store.holder_of(code)
        tries.give_back(address, cost)
        if form.get("instead") != "1" and (mine := _somebody_else(request, store, key)):
            names = (name_of(mine.me), name_of(store.read(key).me))
            return page(request, "instead.html", 409, home=Home(key.preparation_id), mine=mine, names=names, link=link)
        people.come_in(key)
    except NotOpened:
        return _ask(request, _(NOT_KNOWN), link, 422)
    except StoreError:
        return _ask(request, _(NOT_NOW), link, 503)
    response = see_other(Home(key.preparation_id).overview)
    hand_over(request, response, key)
    return response


def _somebody_else(request: Request, store: Preparations, key: Key) -> Opened | None:
    """The same preparation as this browser opens it for another of its people; None if it does not."""
    for mine in held_here(request):
        if mine.preparation_id == key.preparation_id and mine.secret != key.secret:
            with suppress(NotOpened):
                return store.read(mine)
    return None


def _ask(request: Request, error: str = "", link: str = "", status: int = 200) -> HTMLResponse:
    return page(request, "open.html", status, error=error, link=link)


@router.post("/leave", name="leave")
def leave(request: Request, store: Store, form: Form) -> Response:
    """Takes everything of this guide out of this browser. What was answered stays, for those who have a link: who
    has not kept theirs is asked first."""
    unkept = [] if form.get("sure") == "1" else [key for key in held_here(request) if not _can_return(store, key)]
    if unkept:
        return page(request, "leave.html", 409, homes=[Home(key.preparation_id) for key in unkept])
    response = see_other("/left")
    forget_all(request, response)
    response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
    return response


def _can_return(store: Preparations, key: Key) -> bool:
    """Nothing is lost to the holder of this key when it is taken out of the browser."""
    try:
        found = store.read(key)
    except NotOpened:
        return True
    except StoreError:
        return False
    return found.me.link_kept or found.is_empty


@router.get("/left", name="left")
def left(request: Request) -> HTMLResponse:
    return page(request, "left.html", gave_up=request.query_params.get("gave-up") == "1")

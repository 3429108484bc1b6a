"""The links of a preparation's people: one's own until it is kept, somebody's until it is passed on, new ones.

A link's code is kept nowhere but with its holder. So a new one waits in a cookie of whoever made it, until they say
that it has gone where it belongs.
"""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from markupsafe import Markup
from segno import make
from starlette.responses import HTMLResponse, Response

from app.languages import N_
from app.languages import gettext as _
from app.store.opened import Key, Opened
from app.store.sealing import NotOpened, grouped, new_code
from app.summary.of_preparation import name_of
from app.web.access import Company, Held, Store, hand_over, show, shown
from app.web.host import public_address
from app.web.people import PEOPLE, Person
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

MY_MAIL = N_("This link opens what I prepare. It is for me alone.")
YOUR_MAIL = N_(
    "Here is a link for you. Please open it, and press the button there. "
    "It is for you alone: please keep it, and do not pass it on."
)
# In the place of a person's number, where the code waits that a new link of one's own is to have.
_NEXT = 0
# Names under which a machine finds itself, and nobody else does.
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


@router.get("/preparations/{preparation_id}/link", name="link")
def link(request: Request, key: Held, store: Store) -> HTMLResponse:
    """One's own link, until it is kept; then a way to a new one."""
    found = store.read(key)
    if not found.me.link_kept:
        return _link(request, found, found.me.number, key.secret)
    response = _link(request, found, found.me.number, "")
    # The code of a new link is chosen before it is asked for: see `_new_own`.
    if not shown(request, key.preparation_id, _NEXT):
        show(request, response, Key(key.preparation_id, new_code()), _NEXT)
    return response


@router.post("/preparations/{preparation_id}/link", name="link_kept")
def link_kept(key: Held, people: Company) -> Response:
    """The holder has kept their link."""
    people.keep_link(key)
    return see_other(Home(key.preparation_id).overview)


@router.post(PEOPLE + "/{person}/link", name="renew")
def renew(request: Request, key: Held, person: Person, store: Store, people: Company) -> Response:
    """Makes a new link for somebody; the old one opens nothing from now on."""
    waiting = Key(key.preparation_id, shown(request, key.preparation_id, _NEXT))
    try:
        own = store.read(key).me.number == person
    except NotOpened:
        # The form was sent twice, and the first answer got lost on the way: with the new code, one is in again.
        if not waiting.secret or store.read(waiting).me.number != person:
            raise
        return _new_own(request, waiting)
    if own:
        return _new_own(request, people.renew(key, person, waiting.secret))
    response = see_other(Home(key.preparation_id).person(person, "link"))
    show(request, response, people.renew(key, person), person)
    return response


def _new_own(request: Request, key: Key) -> Response:
    """Hands a new link over to its holder. Whoever presses the button twice must not lose it, and their preparation
    with it: so the code waits in the browser already when the old link ends."""
    response = see_other(Home(key.preparation_id).link)
    hand_over(request, response, key)
    show(request, response, key, _NEXT, forget=True)
    return response


@router.get(PEOPLE + "/{person}/link", name="their_link")
def their_link(request: Request, key: Held, person: Person, store: Store) -> Response:
    """Somebody's new link, for whoever made it, until they have passed it on."""
    found, code = store.read(key), shown(request, key.preparation_id, person)
    waits = person in found.people and found.people[person].active and not found.people[person].link_kept
    if not waits or not code:
        # They have it by now, or hold another one.
        response = see_other(Home(key.preparation_id).people)
        show(request, response, key, person, forget=True)
        return response
    return _link(request, found, person, code)


@router.post(PEOPLE + "/{person}/passed-on", name="passed_on")
def passed_on(request: Request, key: Held, person: Person, store: Store) -> Response:
    """The link was passed on: it is not shown again."""
    store.read(key)
    response = see_other(Home(key.preparation_id).people)
    show(request, response, key, person, forget=True)
    return response


def _link(request: Request, found: Opened, person: int, code: str) -> HTMLResponse:
    address = f"{public_address(request)}/open#{grouped(code)}" if code else ""
    own = person == found.me.number
    return page(
        request,
        "link.html",
        home=Home(found.preparation_id),
        found=found,
        person=found.people[person],
        name=name_of(found.people[person]),
        own=own,
        mail=f"{_(MY_MAIL if own else YOUR_MAIL)}\r\n\r\n{address}\r\n",
        address=address,
        code=grouped(code),
        picture=_qr(address) if code else "",
        only_here=urlsplit(address).hostname in _THIS_MACHINE,
    )


def _qr(address: str) -> Markup:
    """The address as a QR code, to be read by the camera of a telephone."""
    made, title = make(address, error="m"), _("The link as a QR code")
    drawn = made.svg_inline(border=3, light="#fff", svgclass="qr", omitsize=True, title=title)
    # segno leaves out the size or the frame that it is scaled in; without a size it fills a page that has no style.
    return Markup(drawn.replace("<svg", '<svg width="208" height="208"', 1))  # noqa: S704

"""Who belongs to a preparation: one's own link, inviting others, taking links back, what one is called.

A new link is shown to whoever made it until they say that they have passed it on: its code waits in a cookie of
theirs, since it is kept nowhere else.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from app.store.opened import Opened
from app.store.people import MOST_PEOPLE, NAME_LIMIT, LastOne, TooMany
from app.store.sealing import grouped
from app.summary.of_preparation import name_of
from app.web.access import Company, Held, Store, hand_over, show, shown
from app.web.ask import Form
from app.web.forms import plain
from app.web.host import public_address
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

_PEOPLE = "/preparations/{preparation_id}/people"
Person = Annotated[int, Path(ge=1, le=MOST_PEOPLE)]
ROLES = {"patient": "The person with Parkinson's", "family": "Family or a friend", "reader": "A reader"}
NO_NAME = "Please write a name, so that you and the others know who it is. A first name is enough."
LONG_NAME = f"Please write a shorter name: {NAME_LIMIT} letters at most."
NO_ROLE = "Please choose what this person may do."
TOO_MANY = f"A preparation takes {MOST_PEOPLE} people at most, also counting those whose link was taken back."
LAST_ONE = (
    "This is the last link that may answer. Without it, nobody could change anything any more. Please invite another "
    'person first. To remove everything, choose "Delete this preparation".'
)


@router.get(_PEOPLE, name="people")
def people_page(request: Request, key: Held, store: Store) -> HTMLResponse:
    """Everybody who belongs to it, and what one may do about that."""
    return _page(request, store.read(key))


@router.post(_PEOPLE, name="invite")
def invite(request: Request, key: Held, store: Store, people: Company, form: Form) -> Response:
    """Adds somebody, and leads to their link. Their name and role come back if something is wrong."""
    name, role = _text(form, "name"), _text(form, "role")
    error = _wrong_name(name) or ("" if role in ROLES else NO_ROLE)
    if not error:
        try:
            number, theirs = people.invite(key, role, name)  # type: ignore[arg-type]
        except TooMany:
            error = TOO_MANY
    if error:
        return _page(request, store.read(key), error, name=name, role=role)
    home = Home(key.preparation_id)
    response = see_other(home.person(number, "link"))
    show(request, response, theirs, number)
    return response


def _page(request: Request, found: Opened, error: str = "", **typed: str) -> HTMLResponse:
    values = {"name": "", "role": "", "field": "name", **typed}
    return page(
        request,
        "people.html",
        422 if error else 200,
        home=Home(found.preparation_id),
        found=found,
        names={p.number: name_of(p) for p in found.people.values()},
        roles=ROLES,
        error=error,
        typed=values,
    )


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return " ".join(plain(value).split()) if isinstance(value, str) else ""


def _wrong_name(name: str) -> str:
    return NO_NAME if not name else LONG_NAME if len(name) > NAME_LIMIT else ""


@router.post(_PEOPLE + "/me", name="say_who")
def say_who(request: Request, key: Held, store: Store, people: Company, form: Form) -> Response:
    """Keeps one's own name, who one is, and whether the others may see what one says about oneself."""
    name, role = _text(form, "name"), _text(form, "role")
    if error := _wrong_name(name):
        return _page(request, store.read(key), error, own=name, field="own")
    people.say_who(key, name=name, shows=form.get("shows") == "1", role=role if role in ROLES else "reader")  # type: ignore[arg-type]
    return see_other(Home(key.preparation_id).people)


@router.post(_PEOPLE + "/{person}/revoke", name="revoke")
def revoke(request: Request, key: Held, person: Person, store: Store, people: Company) -> Response:
    """Takes a link back: it opens nothing from now on."""
    try:
        people.revoke(key, person)
    except LastOne:
        return _page(request, store.read(key), LAST_ONE, field="list")
    return see_other(Home(key.preparation_id).people)


# -- links


@router.get("/preparations/{preparation_id}/link", name="link")
def link(request: Request, key: Held, store: Store) -> HTMLResponse:
    """One's own link, until it is kept."""
    found = store.read(key)
    code = "" if found.me.link_kept else key.secret
    return _link(request, found, found.me.number, code)


@router.post("/preparations/{preparation_id}/link", name="link_kept")
def link_kept(key: Held, people: Company) -> Response:
    """The holder has kept their link."""
    people.keep_link(key)
    return see_other(Home(key.preparation_id).overview)


@router.post(_PEOPLE + "/{person}/link", name="renew")
def renew(request: Request, key: Held, person: Person, store: Store, people: Company) -> Response:
    """Makes a new link for somebody; the old one opens nothing from now on."""
    own = store.read(key).me.number == person
    theirs = people.renew(key, person)
    home = Home(key.preparation_id)
    if own:
        response = see_other(home.link)
        hand_over(request, response, theirs)
        return response
    response = see_other(home.person(person, "link"))
    show(request, response, theirs, person)
    return response


@router.get(_PEOPLE + "/{person}/link", name="their_link")
def their_link(request: Request, key: Held, person: Person, store: Store) -> Response:
    """Somebody's new link, for whoever made it, until they have passed it on."""
    found, code = store.read(key), shown(request, key, person)
    if person not in found.people or not code:
        return see_other(Home(key.preparation_id).people)
    return _link(request, found, person, code)


@router.post(_PEOPLE + "/{person}/passed-on", name="passed_on")
def passed_on(request: Request, key: Held, person: Person, store: Store) -> Response:
    """The link was passed on: it is not shown again."""
    store.read(key)
    response = see_other(Home(key.preparation_id).people)
    show(request, response, key, person, forget=True)
    return response


def _link(request: Request, found: Opened, person: int, code: str) -> HTMLResponse:
    address = f"{public_address(request)}/open#{grouped(code)}" if code else ""
    return page(
        request,
        "link.html",
        home=Home(found.preparation_id),
        found=found,
        person=found.people[person],
        name=name_of(found.people[person]),
        own=person == found.me.number,
        address=address,
        code=grouped(code),
        picture=_qr(address) if code else "",
    )


def _qr(address: str) -> Markup:
    """The address as a QR code, to be read by the camera of a telephone."""
    return Markup(segno.make(address, error="m").svg_inline(border=3, light="#fff", svgclass="qr", omitsize=True))  # noqa: S704


@router.post("/preparations/{preparation_id}/here", name="here")
def here(key: Held, people: Company) -> Response:
    """The holder is here today: so the others see it, and it is kept for longer."""
    people.here(key)
    return Response(status_code=204)

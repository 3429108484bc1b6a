"""Who belongs to a preparation: inviting others, taking links back, what one is called, who is here."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from app.languages import N_
from app.languages import gettext as _
from app.store.database import StoreError
from app.store.opened import Opened
from app.store.people import MOST_PEOPLE, NAME_LIMIT, LastOne, TooMany
from app.summary.of_preparation import name_of
from app.web.access import Company, Held, Store, show, shown, take_back
from app.web.forms import Form, plain
from app.web.language import FormGuide, switched, switches
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page

router = APIRouter()

PEOPLE = "/preparations/{preparation_id}/people"
Person = Annotated[int, Path(ge=1, le=MOST_PEOPLE)]
ROLES = {
    "patient": N_("The person with Parkinson's"),
    "family": N_("Family or a friend"),
    "reader": N_("A reader"),
}
NO_NAME = N_("Please write a name, so that you and the others know who it is. A first name is enough.")
LONG_NAME = N_("Please write a shorter name: {limit} letters at most.")
NO_ROLE = N_("Please choose what this person may do.")
TOO_MANY = N_("A preparation takes {most} people at most, also counting those whose link was taken back.")
NOT_SAVED = N_(
    "We could not save this just now. What you wrote is still on this page. Please wait a moment, then try again."
)
LAST_ONE = N_(
    "This is the last link that may answer. Without it, nobody could change anything any more. Please invite another "
    "person first. Or, if it is no longer needed, delete the whole preparation."
)


@router.get(PEOPLE, name="people")
def people_page(request: Request, key: Held, store: Store) -> HTMLResponse:
    """Everybody who belongs to it, and what one may do about that."""
    return _page(request, store.read(key))


@router.post(PEOPLE, name="invite")
def invite(request: Request, key: Held, store: Store, people: Company, form: Form, _guide: FormGuide) -> Response:
    """Adds somebody, and leads to their link. Their name and role come back if something is wrong."""
    name, role, number = _text(form, "name"), _text(form, "role"), _text(form, "number")
    if switches(form):
        return switched(request, _page(request, store.read(key), name=name, role=role))
    error, field, status = (_wrong_name(name) or ("" if name else _(NO_NAME))), "name", 422
    if not error and role not in ROLES:
        error, field = _(NO_ROLE), "role"
    if not error:
        try:
            expected = int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 0
            person, theirs = people.invite(key, role, name, expected)  # type: ignore[arg-type]
        except TooMany:
            error = _(TOO_MANY).format(most=MOST_PEOPLE)
        except StoreError:
            error, status = _(NOT_SAVED), 503
    if error:
        return _page(request, store.read(key), error, field, status, name=name, role=role)
    response = see_other(Home(key.preparation_id).person(person, "link"))
    if theirs:
        show(request, response, theirs, person)
    return response


def _page(
    request: Request, found: Opened, error: str = "", field: str = "", status: int = 422, **typed: str
) -> HTMLResponse:
    others = [p for p in found.active if p != found.me]
    return page(
        request,
        "people.html",
        status if error else 200,
        home=Home(found.preparation_id),
        found=found,
        others=others,
        with_patient=any(p.role == "patient" for p in found.active),
        waiting={p.number for p in others if not p.link_kept and shown(request, found.preparation_id, p.number)},
        names={p.number: name_of(p) for p in found.people.values()},
        roles={role: _(says) for role, says in ROLES.items()},
        error=error,
        field=field,
        typed={"name": "", "role": "", "own": found.me.name, **typed},
    )


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return " ".join(plain(value).split()) if isinstance(value, str) else ""


def _wrong_name(name: str) -> str:
    return _(LONG_NAME).format(limit=NAME_LIMIT) if len(name) > NAME_LIMIT else ""


@router.post(PEOPLE + "/me", name="say_who")
def say_who(request: Request, key: Held, store: Store, people: Company, form: Form) -> Response:
    """Keeps one's own name (nobody has to have one), who one is, and whether the others may see what one says about
    oneself."""
    name, role = _text(form, "name"), _text(form, "role")
    if error := _wrong_name(name):
        return _page(request, store.read(key), error, "own", own=name)
    try:
        people.say_who(key, name=name, shows=form.get("shows") == "1", role=role if role in ROLES else "reader")  # type: ignore[arg-type]
    except StoreError:
        return _page(request, store.read(key), _(NOT_SAVED), "own", 503, own=name)
    return see_other(Home(key.preparation_id).people)


@router.post(PEOPLE + "/{person}/revoke", name="revoke")
def revoke(request: Request, key: Held, person: Person, store: Store, people: Company) -> Response:
    """Takes a link back, or gives one's own up: it opens nothing from now on."""
    own = store.read(key).me.number == person
    try:
        people.revoke(key, person)
    except LastOne:
        return _page(request, store.read(key), _(LAST_ONE), "list")
    if not own:
        return see_other(Home(key.preparation_id).people)
    response = see_other("/left?gave-up=1")
    take_back(request, response, key)
    return response


@router.post("/preparations/{preparation_id}/here", name="here")
def here(key: Held, people: Company, form: Form) -> Response:
    """The holder is here today: so the others see it, and it is kept for longer. Pages tell it by themselves where
    script runs; elsewhere there is a button, which leads `back`."""
    people.here(key)
    return see_other(Home(key.preparation_id).overview) if form.get("back") == "1" else Response(status_code=204)

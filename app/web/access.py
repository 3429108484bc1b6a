"""Who may open what: one list for all routes, and how a person shows that a preparation is theirs.

A person holds a secret in a cookie that pages cannot read; addresses name a preparation but open nothing.
"""

import re
from typing import Annotated, Literal, TypedDict

from fastapi import Depends, Path, Request
from starlette.responses import Response

from app.guide.walk import Walker
from app.languages import current
from app.registers.known import KnownTrials
from app.registers.look_up import LookUp
from app.store.counts import Guesses
from app.store.opened import Key, Needs
from app.store.people import People
from app.store.preparations import Preparations
from app.store.sealing import NotOpened, is_code

Rule = Needs | Literal["anyone"]

# Every route stands here, or the tests fail. The others are for those who hold a link of that preparation: "reader"
# for all of them, "answerer" for those who may answer, "manager" for those who look after its people.
ACCESS: dict[str, Rule] = {
    "static": "anyone",
    "start": "anyone",
    "begin": "anyone",
    "understand": "anyone",
    "understand_page": "anyone",
    "about": "anyone",
    "privacy": "anyone",
    "words": "anyone",
    "trials": "anyone",
    "worksheet": "anyone",
    "worksheet_pdf": "anyone",
    "flow": "anyone",
    "flow_picture": "anyone",
    "example_result": "anyone",
    "example_change": "anyone",
    "example_summary": "anyone",
    "example_summary_pdf": "anyone",
    "health": "anyone",
    "ready": "anyone",
    "formats": "anyone",
    "questionnaire": "anyone",
    "preparation_schema": "anyone",
    "api_packs": "anyone",
    "api_sort": "anyone",
    "api_description": "anyone",
    "open": "anyone",
    "come_in": "anyone",
    "language": "anyone",
    "reading": "anyone",
    "leave": "anyone",
    "left": "anyone",
    "bring": "anyone",
    "take_in": "anyone",
    "deleted": "anyone",
    "overview": "reader",
    "add_offer": "answerer",
    "compare": "reader",
    "compare_pdf": "reader",
    "carry_on": "reader",
    "question": "answerer",
    "answer": "answerer",
    "check": "reader",
    "result": "reader",
    "change": "reader",
    "letter": "reader",
    "letter_pdf": "reader",
    "save_letter": "answerer",
    "since": "reader",
    "summary": "reader",
    "record": "reader",
    "look_up": "answerer",
    "summary_pdf": "reader",
    "you_question": "answerer",
    "you_answer": "answerer",
    "both": "reader",
    "settle": "answerer",
    "news": "reader",
    "people": "reader",
    "invite": "answerer",
    "say_who": "reader",
    "revoke": "reader",
    "link": "reader",
    "link_kept": "reader",
    "renew": "reader",
    "their_link": "answerer",
    "passed_on": "answerer",
    "here": "reader",
    "keep": "answerer",
    # A day that is near deletes it, for everybody.
    "keep_until": "manager",
    "download": "answerer",
    "response": "reader",
    "delete": "manager",
    "delete_all": "manager",
}

_YEAR = 365 * 24 * 3600
_OURS = "which-cells"
_PREFIX = f"{_OURS}-"
_SHOWN = f"{_OURS}.new-"
_LANGUAGE = f"{_OURS}.language"
_READING = f"{_OURS}.reading"
# It makes browsers insist on Secure and on this very host.
_HOST = "__Host-"


class Flags(TypedDict):
    httponly: bool
    secure: bool
    samesite: Literal["lax"]
    path: str


class NotFound(Exception):
    """There is no such page."""


# These only look something up; async, so that they cost no thread.
async def walker(request: Request) -> Walker:
    found: Walker = request.app.state.guides[current()]
    return found


async def preparations(request: Request) -> Preparations:
    found: Preparations = request.app.state.preparations
    return found


async def people(request: Request) -> People:
    found: People = request.app.state.people
    return found


async def guesses(request: Request) -> Guesses:
    found: Guesses = request.app.state.guesses
    return found


async def look_up(request: Request) -> LookUp:
    found: LookUp = request.app.state.look_up
    return found


async def known_trials(request: Request) -> KnownTrials:
    found: KnownTrials = request.app.state.known_trials[current()]
    return found


async def held(request: Request, preparation_id: str) -> Key:
    """The key that this browser holds to the preparation in the address, for what this route needs. Raises NotOpened
    if it holds none.

    Whether the key fits, and its holder may do this, is for the store to say, in the same transaction in which it is
    used.
    """
    secret = request.cookies.get(_cookie_name(request, preparation_id), "")
    rule = ACCESS[request.scope["route"].name]
    if rule == "anyone" or not is_code(secret):
        raise NotOpened
    return Key(preparation_id, secret, rule)


Number = Annotated[int, Path(ge=1, le=9999)]
Held = Annotated[Key, Depends(held)]
Store = Annotated[Preparations, Depends(preparations)]
Tries = Annotated[Guesses, Depends(guesses)]
Company = Annotated[People, Depends(people)]
Guide = Annotated[Walker, Depends(walker)]
Asking = Annotated[LookUp, Depends(look_up)]
Known = Annotated[KnownTrials, Depends(known_trials)]


def hand_over(request: Request, response: Response, key: Key) -> None:
    """Gives the browser the key to a preparation, in a cookie of its own, out of reach of scripts."""
    response.set_cookie(_cookie_name(request, key.preparation_id), key.secret, max_age=_YEAR, **_flags(request))


def take_back(request: Request, response: Response, key: Key) -> None:
    """Takes the key to a preparation out of the browser, and the new links of its people that wait there."""
    names = (_cookie_name(request, key.preparation_id), _cookie_name(request, f"{key.preparation_id}.", _SHOWN))
    for name in _cookies_of_ours(request):
        if name == names[0] or name.startswith(names[1]):
            response.delete_cookie(name, **_flags(request))


def held_here(request: Request) -> list[Key]:
    """The keys that this browser holds, whether or not they still open anything."""
    prefix = _cookie_name(request, "")
    found = [(name.removeprefix(prefix), code) for name, code in request.cookies.items() if name.startswith(prefix)]
    return [Key(preparation_id, code) for preparation_id, code in found if is_code(code)]


def show(request: Request, response: Response, key: Key, person: int, *, forget: bool = False) -> None:
    """Keeps a new link of a person in the browser of whoever made it, until that browser is closed; or no longer."""
    name = _shown_name(request, key.preparation_id, person)
    if forget:
        response.delete_cookie(name, **_flags(request))
    else:
        response.set_cookie(name, key.secret, **_flags(request))


def shown(request: Request, preparation_id: str, person: int) -> str:
    """The code of a new link that waits here for this person; nothing if there is none."""
    code = request.cookies.get(_shown_name(request, preparation_id, person), "")
    return code if is_code(code) else ""


def language_cookie(*, https: bool) -> str:
    """The name of the cookie that keeps the language somebody chose. It opens nothing."""
    return (_HOST if https else "") + _LANGUAGE


def keep_language(request: Request, response: Response, language: str) -> None:
    """Keeps a language in the browser of whoever chose it."""
    name = language_cookie(https=request.app.state.settings.https)
    response.set_cookie(name, language, max_age=_YEAR, **_flags(request))


def reading_kept(request: Request) -> str:
    """How somebody wants pages to look, in the words of app/web/reading.py; nothing if they chose nothing."""
    return request.cookies.get(_reading_cookie(request), "")


def keep_reading(request: Request, response: Response, words: str) -> None:
    """Keeps such words in the browser of whoever chose them; no words, and it forgets them."""
    if words:
        response.set_cookie(_reading_cookie(request), words, max_age=_YEAR, **_flags(request))
    else:
        response.delete_cookie(_reading_cookie(request), **_flags(request))


def _reading_cookie(request: Request) -> str:
    return (_HOST if request.app.state.settings.https else "") + _READING


def forget_all(request: Request, response: Response) -> None:
    """Takes every cookie of this guide out of the browser, whatever it holds."""
    for name in _cookies_of_ours(request):
        # A name that begins with __Host- is only let go with Secure.
        flags = _flags(request) | {"secure": request.app.state.settings.https or name.startswith(_HOST)}
        response.delete_cookie(name, **flags)


def _cookies_of_ours(request: Request) -> list[str]:
    """The names of this guide's cookies. Somebody may send what no cookie can be called, and then we cannot name it
    either."""
    return [n for n in request.cookies if re.fullmatch(rf"({_HOST})?{_OURS}[\w.-]*", n, re.ASCII)]


def _shown_name(request: Request, preparation_id: str, person: int) -> str:
    return f"{_cookie_name(request, preparation_id, _SHOWN)}.{person}"


def _flags(request: Request) -> Flags:
    return {"httponly": True, "secure": request.app.state.settings.https, "samesite": "lax", "path": "/"}


def _cookie_name(request: Request, preparation_id: str, prefix: str = _PREFIX) -> str:
    return (_HOST if request.app.state.settings.https else "") + prefix + preparation_id

"""Who may open what: one list for all routes, and how a person shows that a preparation is theirs.

A person holds a secret in a cookie that pages cannot read; addresses name a preparation but open nothing.
"""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from starlette.responses import Response

from app.guide.walk import Walker
from app.registers.known import KnownTrials
from app.registers.look_up import LookUp
from app.store.preparations import Key, NotOpened, Preparations

Rule = Literal["anyone", "holder"]

# Every route stands here, or the tests fail. "holder": whoever holds the secret of that preparation.
ACCESS: dict[str, Rule] = {
    "static": "anyone",
    "start": "anyone",
    "begin": "anyone",
    "understand": "anyone",
    "understand_page": "anyone",
    "about": "anyone",
    "privacy": "anyone",
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
    "formats": "anyone",
    "questionnaire": "anyone",
    "preparation_schema": "anyone",
    "api_packs": "anyone",
    "api_sort": "anyone",
    "api_description": "anyone",
    "bring": "anyone",
    "take_in": "anyone",
    "deleted": "anyone",
    "overview": "holder",
    "add_offer": "holder",
    "compare": "holder",
    "compare_pdf": "holder",
    "carry_on": "holder",
    "question": "holder",
    "answer": "holder",
    "check": "holder",
    "result": "holder",
    "change": "holder",
    "letter": "holder",
    "letter_pdf": "holder",
    "save_letter": "holder",
    "since": "holder",
    "summary": "holder",
    "record": "holder",
    "look_up": "holder",
    "summary_pdf": "holder",
    "you_question": "holder",
    "you_answer": "holder",
    "keep": "holder",
    "download": "holder",
    "response": "holder",
    "delete": "holder",
    "delete_all": "holder",
}

_YEAR = 365 * 24 * 3600
_PREFIX = "which-cells-"


class NotFound(Exception):
    """There is no such page."""


# These only look something up; async, so that they cost no thread.
async def walker(request: Request) -> Walker:
    found: Walker = request.app.state.walker
    return found


async def preparations(request: Request) -> Preparations:
    found: Preparations = request.app.state.preparations
    return found


async def look_up(request: Request) -> LookUp:
    found: LookUp = request.app.state.look_up
    return found


async def known_trials(request: Request) -> KnownTrials:
    found: KnownTrials = request.app.state.known_trials
    return found


async def held(request: Request, preparation_id: str) -> Key:
    """The key that this browser holds to the preparation in the address. Raises NotOpened if it holds none.

    Whether the key fits is for the store to say, in the same transaction in which it is used.
    """
    secret = request.cookies.get(_cookie_name(request, preparation_id))
    if secret is None:
        raise NotOpened
    return Key(preparation_id, secret)


Number = Annotated[int, Path(ge=1, le=9999)]
Held = Annotated[Key, Depends(held)]
Store = Annotated[Preparations, Depends(preparations)]
Guide = Annotated[Walker, Depends(walker)]
Asking = Annotated[LookUp, Depends(look_up)]
Known = Annotated[KnownTrials, Depends(known_trials)]


def hand_over(request: Request, response: Response, key: Key) -> None:
    """Gives the browser the key to a preparation, in a cookie of its own, out of reach of scripts."""
    response.set_cookie(
        _cookie_name(request, key.preparation_id),
        key.secret,
        max_age=_YEAR,
        httponly=True,
        secure=request.app.state.settings.https,
        samesite="lax",
        path="/",
    )


def take_back(request: Request, response: Response, key: Key) -> None:
    """Takes the key to a preparation that is gone out of the browser."""
    response.delete_cookie(
        _cookie_name(request, key.preparation_id),
        httponly=True,
        secure=request.app.state.settings.https,
        samesite="lax",
        path="/",
    )


def held_here(request: Request) -> list[Key]:
    """The keys that this browser holds, whether or not they still open anything."""
    prefix = _cookie_name(request, "")
    return [Key(name.removeprefix(prefix), value) for name, value in request.cookies.items() if name.startswith(prefix)]


def _cookie_name(request: Request, preparation_id: str) -> str:
    # __Host- makes browsers insist on Secure and on this very host.
    return ("__Host-" if request.app.state.settings.https else "") + _PREFIX + preparation_id

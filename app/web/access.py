"""Who may open what: one list for all routes, and how a person shows that a preparation is theirs.

A person holds a secret in a cookie that pages cannot read; addresses name a preparation but open nothing.
"""

from typing import Annotated, Literal

from fastapi import Depends, Request
from starlette.responses import Response

from app.guide.walk import Walker
from app.store.preparations import Opened, Preparations

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
    "flow": "anyone",
    "flow_picture": "anyone",
    "example_result": "anyone",
    "example_summary": "anyone",
    "health": "anyone",
    "overview": "holder",
    "add_offer": "holder",
    "carry_on": "holder",
    "question": "holder",
    "answer": "holder",
    "check": "holder",
    "result": "holder",
    "summary": "holder",
    "you_question": "holder",
    "you_answer": "holder",
}

_YEAR = 365 * 24 * 3600
_PREFIX = "which-cells-"


class NotFound(Exception):
    """There is no such page, or not for whoever asks: the answer is the same."""


def walker(request: Request) -> Walker:
    found: Walker = request.app.state.walker
    return found


def preparations(request: Request) -> Preparations:
    found: Preparations = request.app.state.preparations
    return found


def opened(request: Request, preparation_id: str) -> Opened:
    """The preparation named in the address. Raises NotFound unless the browser holds its secret."""
    secret = request.cookies.get(_cookie_name(request, preparation_id))
    found = preparations(request).open(preparation_id, secret) if secret else None
    if found is None:
        raise NotFound
    return found


Held = Annotated[Opened, Depends(opened)]
Store = Annotated[Preparations, Depends(preparations)]
Guide = Annotated[Walker, Depends(walker)]


def hand_over(request: Request, response: Response, preparation_id: str, secret: str) -> None:
    """Gives the browser the secret of a preparation, in a cookie of its own, out of reach of scripts."""
    response.set_cookie(
        _cookie_name(request, preparation_id),
        secret,
        max_age=_YEAR,
        httponly=True,
        secure=request.app.state.settings.https,
        samesite="lax",
        path="/",
    )


def held_here(request: Request) -> list[str]:
    """The preparations that this browser holds a secret of, whether or not it still opens them."""
    prefix = _cookie_name(request, "")
    return [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]


def _cookie_name(request: Request, preparation_id: str) -> str:
    # __Host- makes browsers insist on Secure and on this very host.
    return ("__Host-" if request.app.state.settings.https else "") + _PREFIX + preparation_id

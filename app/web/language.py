"""Which language somebody is spoken to in: what they chose here, or else what their browser asks for.

The choice is kept in a cookie of its own, which opens nothing. A switch stands on every page; where something may have
been typed, it belongs to that form, and the same page comes back in the other language with all that was typed.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.guide.walk import Walker
from app.languages import SOURCE, current, speak, tag, use
from app.web import reading
from app.web.access import keep_language, language_cookie
from app.web.forms import Form
from app.web.places import is_ours
from app.web.prepare import see_other

router = APIRouter()

# What is said in a language. Anything else is the same in all of them.
_SAID = ("text/html", "application/pdf", "image/svg+xml", "application/fhir+json")
# So much of what a browser asks for is read.
_LONGEST = 1_000


def asked_for(accept: str, offered: Sequence[str]) -> str:
    """The first language of an Accept-Language header that is offered, or one close to it; English if there is
    none."""
    weighed = []
    for part in accept[:_LONGEST].split(","):
        name, _, weight = (piece.strip() for piece in part.partition(";"))
        try:
            q = float(weight.removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if name and name.replace("-", "").isascii() and name.replace("-", "").isalnum() and 0 < q <= 1:
            weighed.append((q, name.replace("-", "_")))
    wanted = [name for _q, name in sorted(weighed, key=lambda one: -one[0])]
    return next((found for name in wanted if (found := _close(name, offered))), SOURCE)


def _close(wanted: str, offered: Sequence[str]) -> str | None:
    """The language itself, or else that of another country."""
    same = [name for name in offered if name.lower().split("_")[0] == wanted.lower().split("_")[0]]
    return next((name for name in same if name.lower() == wanted.lower()), same[0] if same else None)


class Languages:
    """Has every request answered in its language, and says in each answer which that is. Stands around everything
    else, so that whoever is turned away understands why."""

    def __init__(self, app: ASGIApp, offered: Sequence[str], *, https: bool) -> None:
        self.app, self.offered = app, offered
        self.cookie = language_cookie(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope["path"].startswith("/static/"):
                answer = MutableHeaders(scope=message)
                if answer.get("content-type", "").startswith(_SAID):
                    answer["content-language"] = tag(current())
                    answer["vary"] = "Accept-Language, Cookie"
            await send(message)

        with use(self._language(Headers(scope=scope))):
            await self.app(scope, receive, send_with_language)

    def _language(self, asked: Headers) -> str:
        cookies = asked.get("cookie", "")
        chosen = cookie_parser(cookies).get(self.cookie, "") if self.cookie in cookies else ""
        return chosen if chosen in self.offered else asked_for(asked.get("accept-language", ""), self.offered)


@router.post("/language", name="language")
def language(request: Request, form: Form) -> Response:
    """Changes the language, and leads back to where somebody was."""
    chosen, to = form.get("language"), form.get("to")
    response = see_other(to if isinstance(to, str) and is_ours(to) else "/")
    if isinstance(chosen, str) and chosen in request.app.state.guides:
        keep_language(request, response, chosen)
    return response


# -- a switch that belongs to a form


def switches(form: Mapping[str, Any]) -> bool:
    """The button that was pressed is that of a language, or of how pages look: nothing is to be saved."""
    return "language" in form or "reading" in form


def heed(request: Request, form: FormData) -> None:
    """Speaks the language that a form asks for, if it asks for one, and shows pages as it asks, until this request is
    answered."""
    reading.heed(request, form)
    chosen = form.get("language")
    if isinstance(chosen, str) and chosen in request.app.state.guides:
        speak(chosen)


async def _in_its_language(request: Request, form: Form) -> Walker:
    heed(request, form)
    found: Walker = request.app.state.guides[current()]
    return found


# The guide, for routes whose form holds the switches.
FormGuide = Annotated[Walker, Depends(_in_its_language)]


def switched(request: Request, response: Response) -> Response:
    """The page of a form in the language, or with the look, that was chosen in it, which is kept from now on."""
    if hasattr(request.state, "reading"):
        reading.keep(request, response)
    else:
        keep_language(request, response, current())
    response.headers["hx-push-url"] = "false"
    return response

"""What is said when a request is turned away before any page of ours sees it: in a page, or in JSON to programs.

Written here and not as templates: it has to work when nothing else does. Does not know when to refuse.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.languages import N_, current, tag
from app.languages import gettext as _
from app.web import reading

DRAINED = 4 * 1024 * 1024
DRAIN_SECONDS = 5

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Refusal:
    """A refusal in words. `says` is also read beside a form that was kept (static/app.js), `back` in a page alone."""

    status: int
    title: str
    says: str
    back: str = N_("What you wrote should still be in the page you came from: please go back to it.")
    # The public address of this guide, where `says` names it as {address}.
    address: str = ""


OTHER_SITE = Refusal(
    403,
    N_("This form came from another site"),
    N_("We only take answers from our own pages."),
    N_("Please open the page again here, and send it once more."),
)
NO_HOST = Refusal(
    400,
    N_("We could not read the address"),
    N_("No computer has a name that long. Please type the address of this guide again."),
)
TOO_SLOW = Refusal(
    408,
    N_("This took too long to reach us"),
    N_("Nothing is lost. The connection may be slow just now. Please press the button again."),
)
TOO_LARGE = Refusal(
    413,
    N_("That was too much text to take in one go"),
    N_("Please shorten the text, and save again."),
    N_(
        "What you wrote should still be in the page you came from: please go back to it. "
        "If it was a file, please check that it is the one you saved from this guide."
    ),
)
TOO_OFTEN = Refusal(
    429,
    N_("Many requests came from where you are"),
    N_("Nothing is lost. Please wait a minute and press the button again."),
)
TOO_MANY = Refusal(
    429,
    N_("Many people ask for this just now"),
    N_("Nothing is lost. Please wait a minute and press the button again."),
)
FAULT = Refusal(
    500,
    N_("Something went wrong on our side"),
    N_("It is not your fault, and what you saved before is still there. Please try again in a moment."),
)


async def refuse(
    refusal: Refusal,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    wait: int = 0,
    form: Form | None = None,
) -> None:
    """Answers with a refusal and ends the connection. `wait`: seconds until it makes sense to come again; `form`:
    what was filled in, which the page then offers to send again."""
    headers = {"connection": "close", **({"retry-after": str(wait)} if wait else {})}
    response: Response
    if scope["path"].startswith("/api/"):
        response = JSONResponse({"error": f"{_(refusal.title)}."}, refusal.status, headers)
    else:
        response = HTMLResponse(
            _page(refusal, form, reading.classes(reading.chosen(Request(scope)))), refusal.status, headers
        )
    await response(scope, receive, send)


async def drain(receive: Receive) -> None:
    """Reads what is still on its way, within reason. A connection that is closed on somebody who is still sending
    is reset, and a browser then shows no answer of ours at all."""
    seen = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while seen < DRAINED:
                message = await receive()
                if not message.get("more_body", False):
                    return
                seen += len(message["body"])
    except TimeoutError:
        return


def _page(refusal: Refusal, form: Form | None, looks: str) -> str:
    start, name = _("To the start page"), _("Which Cells?")
    # data-refused tells our script to leave the page as it is, and to say this beside it.
    return f"""<!doctype html>
<html lang="{tag(current())}" class="{looks}"><head><meta charset="utf-8"><title>{_(refusal.title)} - {name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css"></head>
<body><header class="top"><a class="name" href="/">{name}</a></header>
<main id="main" data-refused><h1>{_(refusal.title)}</h1><p>{_(refusal.says).format(address=refusal.address)}</p>
{f"<p>{_(refusal.back)}</p>" if form is None else _again(form)}
<p><a class="button" href="/">{start}</a></p></main></body></html>
"""


def _again(form: Form) -> str:
    again = _("Send it again")
    # Not every browser still has what was typed when one goes back to a page that it may not keep.
    fields = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in form)
    return f'<form method="post">{fields}<p><button class="go">{again}</button></p></form>'

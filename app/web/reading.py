"""How pages look to somebody: size of text, space between lines, contrast, motion, colors. One word for each choice.

The words that somebody chose are kept in a cookie of their own, which opens nothing, and stand as classes on the page:
static/style.css says what each does. The buttons stand on every page; where something may have been typed, they belong
to that form, as those of the languages do (app/web/language.py).
"""

from collections.abc import Collection, Sequence

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.languages import N_
from app.languages import gettext as _
from app.web.access import keep_reading, reading_kept
from app.web.forms import Form
from app.web.places import is_ours

router = APIRouter()

# What can be chosen, each with a label that says all by itself. The first is as it is for those who choose nothing.
SETTINGS: dict[str, dict[str, str]] = {
    N_("Text size"): {
        "usual-text": N_("Usual text"),
        "large-text": N_("Large text"),
        "very-large-text": N_("Very large text"),
    },
    N_("Space between lines"): {"usual-lines": N_("Usual lines"), "wide-lines": N_("Wide lines")},
    N_("Contrast"): {"usual-contrast": N_("Usual contrast"), "high-contrast": N_("High contrast")},
    N_("Motion"): {"usual-motion": N_("Usual motion"), "no-motion": N_("No motion")},
    N_("Colors"): {
        "device-colors": N_("Colors of this device"),
        "light-colors": N_("Light colors"),
        "dark-colors": N_("Dark colors"),
    },
}
USUAL = tuple(next(iter(words)) for words in SETTINGS.values())

# A title, and for each button its word, its label, and whether it is on.
Group = tuple[str, list[tuple[str, str, bool]]]


def chosen(request: Request) -> tuple[str, ...]:
    """The word that is on in each setting: chosen just now or before, or the usual."""
    now: tuple[str, ...] | None = getattr(request.state, "reading", None)
    if now is not None:
        return now
    kept = reading_kept(request)
    if not kept:
        return USUAL
    on = kept.split(".")
    return tuple(
        next((w for w in words if w in on), usual) for words, usual in zip(SETTINGS.values(), USUAL, strict=True)
    )


def groups(on: Collection[str]) -> list[Group]:
    """All settings with their buttons, as a page shows them to whom these words are on."""
    return [
        (_(title), [(word, _(label), word in on) for word, label in words.items()]) for title, words in SETTINGS.items()
    ]


def classes(on: Sequence[str]) -> str:
    """What stands on the page for what was chosen; nothing where all is as usual."""
    return " ".join(_unusual(on))


def heed(request: Request, form: FormData) -> None:
    """Shows pages as a form asks for, if it asks, until this request is answered. A word that there is not changes
    nothing."""
    wanted = form.get("reading")
    if wanted is not None:
        settings = zip(SETTINGS.values(), chosen(request), strict=True)
        request.state.reading = tuple(str(wanted) if wanted in words else before for words, before in settings)


def keep(request: Request, response: Response) -> None:
    """Keeps what was chosen in this request, if anything was, in the browser of whoever chose it."""
    if hasattr(request.state, "reading"):
        keep_reading(request, response, ".".join(_unusual(chosen(request))))


def _unusual(words: Sequence[str]) -> list[str]:
    return [word for word, usual in zip(words, USUAL, strict=True) if word != usual]


@router.post("/reading", name="reading")
def reading(request: Request, form: Form) -> Response:
    """Changes how pages look, and leads back to where somebody was; a script says no such place, and needs none."""
    to = form.get("to")
    address = to if isinstance(to, str) and is_ours(to) else "/"
    response = Response(status_code=204) if to is None else RedirectResponse(address, 303)
    heed(request, form)
    keep(request, response)
    return response

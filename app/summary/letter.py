"""A letter to whoever makes the offer: the open questions, in the voice of the person who asks.

Plain text, for the person to change. Knows nothing of pages or of sending: nothing is sent from here.
"""

from datetime import date

from app.languages import day
from app.languages import gettext as _
from app.summary.sheet import Sheet
from app.summary.words import NOT_KNOWN

LIMIT = 20_000


def letter(sheet: Sheet, today: date | None = None) -> str:
    """Returns the letter about one offer, with every open question and the person's own."""
    to = sheet.word(sheet.pack.cover.summary.provider) if sheet.pack.cover.summary.provider else ""
    asks = [ask.says for ask in sheet.asks]
    own = sheet.own_questions
    parts = [
        day(today) if today else "",
        _("To {provider}").format(provider=to) if to and to != _(NOT_KNOWN) else "",
        _("Hello,"),
        _(
            'Thank you for telling me about your offer ("{offer}"). Before I decide anything, I would like to '
            "understand it well, and to talk it over with my own doctor."
        ).format(offer=sheet.name),
        _("Could you please answer these questions for me, in writing?") if asks else "",
        _numbered(asks, 1),
        _("I also have questions of my own:") if own else "",
        _numbered(own, len(asks) + 1),
        _(
            "May I have a copy of the full consent form, and of the papers that belong to your answers? I would like "
            "to read them at home. Please also tell me by when I can expect to hear from you."
        ),
        _("I will not decide, sign or pay before I have read your answers."),
        _("With kind regards,"),
        "______________________",
    ]
    return "\n\n".join(part for part in parts if part)


def _numbered(questions: list[str], first: int) -> str:
    return "\n".join(f"{n}. {says}" for n, says in enumerate(questions, start=first))

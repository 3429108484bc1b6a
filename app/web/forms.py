"""From a form to an answer, and back: one draft for what was typed, one sentence for what does not fit.

Knows what the fields of a question page are called. Does not know where an answer goes.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.guide.answers import TEXT_LIMIT, Answer, Vocabulary, is_given
from app.guide.countries import country_codes
from app.guide.errors import AnswersError
from app.guide.models import Question
from app.languages import all_of, number
from app.languages import gettext as _
from app.store.records import Kind

MOST_FIELDS = 200
_URLENCODED = "application/x-www-form-urlencoded"
LINES = 5  # questions of one's own, on the page at once
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


async def _form(request: Request) -> FormData:
    try:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _URLENCODED:
            return await request.form(max_files=0, max_fields=MOST_FIELDS)
        # As all of our pages send it: as much as `security.Guard` lets in is read at once, in a third of the time.
        body = (await request.body()).decode("latin-1")
        return FormData([*parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)])
    except ValueError:  # no text, or more fields than any form of ours has
        raise HTTPException(400) from None


# What somebody sent, for routes that take a form.
Form = Annotated[FormData, Depends(_form)]
_OWN_WORDS = ("text", "line", "note", "name")


def own_words(form: FormData | None) -> list[str]:
    """What somebody wrote in their own words, to be shown to them again where nothing can be done with it."""
    sent = form.multi_items() if form else []
    return [value for name, value in sent if name in _OWN_WORDS and isinstance(value, str) and value.strip()]


async def own_words_in(request: Request) -> list[str]:
    """The same of a request that is turned away, whether its form was read already or not."""
    if request.method == "POST":
        with suppress(HTTPException, UnicodeError, RuntimeError):
            return own_words(await _form(request))
    return []


class NotUsable(Exception):
    """What was entered cannot be kept as an answer; says what to do. `draft` is what to show again."""

    def __init__(self, says: str, draft: "Draft") -> None:
        super().__init__(says)
        self.draft = draft


@dataclass(frozen=True)
class Draft:
    """What stands in the fields of a question page, right or wrong."""

    chosen: tuple[str, ...] = ()
    text: str = ""
    country: str = ""
    lines: tuple[str, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    month: str = ""
    day: str = ""
    year: str = ""


@dataclass(frozen=True)
class Beside:
    """What stands beside an answer on its page: a note, and who asks this at the visit; each also as it was when the
    page was opened, so that an old page changes nothing by being sent."""

    note: str = ""
    asker: str = ""
    note_was: str = ""
    asker_was: str = ""
    # Only this was to be saved, and no answer.
    alone: bool = False

    @staticmethod
    def posted(form: FormData) -> "Beside":
        def one(name: str) -> str:
            value = form.get(name, "")
            return value if isinstance(value, str) else ""

        return Beside(
            one("note"), one("asker"), plain(one("note_was")), plain(one("asker_was")), alone=form.get("only") == "note"
        )

    @property
    def was(self) -> dict[Kind, Answer]:
        """What the page had of it when it was opened."""
        return {"note": self.note_was.strip(), "asks": self.asker_was}

    def to_keep(self, question: Question, draft: Draft) -> list[tuple[Kind, str, Answer]]:
        """What of it goes to the store: what is not as it was. Raises NotUsable."""
        note = plain(self.note).strip()
        if len(note) > TEXT_LIMIT:
            raise NotUsable(_too_long(note), draft)
        asker = self.asker if self.asker.isascii() and self.asker.isdecimal() and len(self.asker) < 4 else ""
        changed: list[tuple[Kind, str, Answer]] = []
        if note != self.note_was.strip():
            changed.append(("note", question.id, note))
        if asker != self.asker_was:
            changed.append(("asks", question.id, asker))
        return changed


def posted(question: Question, form: FormData) -> Draft:
    """What somebody sent, as it is."""

    def one(name: str) -> str:
        value = form.get(name, "")
        return value if isinstance(value, str) else ""

    return replace(
        posted_day(form),
        chosen=tuple(v for v in form.getlist("choice") if isinstance(v, str)),
        text=one("text"),
        country=one("country"),
        lines=tuple(v for v in form.getlist("line") if isinstance(v, str)),
        rows={o.id: one(f"row.{o.id}") for o in question.options if one(f"row.{o.id}")},
    )


def posted_day(form: FormData) -> Draft:
    """What somebody sent in the three fields of a date, as it is."""

    def number(name: str) -> str:
        value = form.get(name, "")
        return _CONTROL.sub("", value) if isinstance(value, str) else ""

    return Draft(month=number("month"), day=number("day"), year=number("year"))


def recorded_day(day: date) -> Draft:
    """The three fields for this day."""
    return Draft(month=str(day.month), day=str(day.day), year=str(day.year))


def recorded(vocabulary: Vocabulary, question: Question, answer: Answer | None) -> Draft:
    """The fields as they stood when this answer was given."""
    if answer is None:
        return Draft()
    if isinstance(answer, dict):
        return Draft(rows=answer)
    if isinstance(answer, list):
        return Draft(chosen=tuple(answer)) if question.options else Draft(lines=tuple(answer))
    if vocabulary.is_standing(question.id, answer) or question.kind == "one":
        return Draft(chosen=(answer,))
    if question.kind == "country":
        return Draft(country=answer)
    if question.kind == "register_number":
        return Draft(chosen=(answer,)) if question.option(answer) else Draft(chosen=("given",), text=answer)
    if question.kind == "date" and answer:
        return recorded_day(date.fromisoformat(answer))
    return Draft(text=answer)


def read(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    """Returns the answer in a draft; an empty one for an optional question that was left empty.

    Raises NotUsable with a sentence that says what to do.
    """
    answer = _READERS.get(question.kind, _read_text)(vocabulary, question, draft)
    if not is_given(answer) and not question.optional:
        raise NotUsable(_nothing(question), draft)
    try:
        return vocabulary.check(question.id, answer)
    except AnswersError:
        # An option that this page does not offer: an old page, or a made-up request.
        says = _("We do not know that answer. The page may be from an older version. Please choose again.")
        raise NotUsable(says, draft) from None


def _nothing(question: Question) -> str:
    if question.kind == "text":
        return _("Please write something here. A few words are enough.")
    if question.kind == "scale_each":
        return _("Please choose at least one answer. You can leave rows empty.")
    if question.kind == "many":
        return _("Please tick at least one answer.")
    if question.takes_standing:
        return _('Please choose one answer. "I have not asked yet" counts too.')
    return _("Please choose one answer.")


def _read_one(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    if len(set(draft.chosen)) > 1:
        raise NotUsable(_("Please choose just one answer."), draft)
    return draft.chosen[0] if draft.chosen else ""


def _read_country(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    if draft.country and draft.chosen:
        says = _('Please choose either a country or one of the answers under "If you do not know".')
        raise NotUsable(says, draft)
    if draft.country and draft.country not in country_codes():
        raise NotUsable(_("We do not know that country. Please choose one from the list."), draft)
    return draft.country or _read_one(vocabulary, question, draft)


def _read_number(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    chosen = _read_one(vocabulary, question, draft)
    typed = _clean(draft.text, draft, question).strip()
    if chosen not in ("", "given"):
        if typed:
            label = next(o.label for o in question.options if o.id == "given")
            says = _('You typed a number and chose another answer. Empty the number, or choose "{label}".')
            raise NotUsable(says.format(label=label), draft)
        return chosen
    if chosen == "given" and not typed:
        raise NotUsable(_("Please type the number, for example NCT01234567. It is on the consent form."), draft)
    if not typed:
        return ""
    found = vocabulary.numbers.read(typed)
    if not found:
        says = _(
            '"{typed}" does not have the form of a number we know. In the US it is NCT and eight digits, '
            "like NCT01234567. In Europe it can look like 2023-501234-12-00. Please compare it with the paper. "
            'If the paper shows no such number, choose "I was told, but I am not sure what it meant".'
        )
        raise NotUsable(says.format(typed=_short(typed)), draft)
    if len(found) > 1:
        both = all_of(number.id for number in found[:2])
        says = _(
            "We found more than one number in this: {both}. Which one is the number of this trial? "
            "Please keep just that one."
        )
        raise NotUsable(says.format(both=both), draft)
    return found[0].id


def _read_many(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    chosen = list(dict.fromkeys(draft.chosen))
    standing = [c for c in chosen if vocabulary.is_standing(question.id, c)]
    alone = [c for c in chosen if c in question.alone]
    if len(chosen) > 1 and (standing or alone):
        first = (standing + alone)[0]
        option = question.option(first)
        label = option.label if option else vocabulary.pack.standing[first].label
        says = _('"{label}" cannot stand beside another answer. Please untick it, or untick the others.')
        raise NotUsable(says.format(label=label), draft)
    if question.at_most and len(chosen) > question.at_most:
        says = _("You ticked {count}. Please keep the {most} that matter most.")
        raise NotUsable(says.format(count=len(chosen), most=question.at_most), draft)
    return standing[0] if standing else chosen


def _read_scale(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    return dict(draft.rows)


def _read_date(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    day = day_in(draft)
    return day.isoformat() if day else ""


def day_in(draft: Draft) -> date | None:
    """The day in the three fields; None if they are empty. Raises NotUsable with a sentence that says what to do."""
    if not (draft.month or draft.day or draft.year):
        return None
    try:
        if len(draft.year.strip()) != 4:
            raise ValueError(draft.year)
        return date(int(draft.year), int(draft.month), int(draft.day))
    except (ValueError, OverflowError):
        says = _("We could not read this date. Please write it in numbers: month, day, and year, like 12 / 3 / 2026.")
        raise NotUsable(says, draft) from None


def _read_text(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    return _clean(draft.text, draft, question).strip()


def _read_lines(vocabulary: Vocabulary, question: Question, draft: Draft) -> Answer:
    return [line.strip() for line in (_clean(t, draft, question) for t in draft.lines) if line.strip()]


_READERS = {
    "one": _read_one,
    "country": _read_country,
    "register_number": _read_number,
    "many": _read_many,
    "scale_each": _read_scale,
    "date": _read_date,
    "text": _read_text,
    "text_list": _read_lines,
}


def _clean(text: str, draft: Draft, question: Question) -> str:
    """Text as it can be kept: one form for letters, plain line ends, no control characters, not too long."""
    text = _same_form(text)
    if _CONTROL.search(text):
        kept = Draft(
            chosen=draft.chosen,
            text=_CONTROL.sub("", draft.text),
            lines=tuple(_CONTROL.sub("", line) for line in draft.lines),
        )
        says = _(
            "Your text had hidden characters that we cannot keep. We took them out. Please look it over and save again."
        )
        raise NotUsable(says, kept)
    if len(text) > TEXT_LIMIT:
        raise NotUsable(_too_long(text), draft)
    return text


def _too_long(text: str) -> str:
    says = _(
        "This is too long to keep: {count} characters, and {limit} fit. "
        "Please shorten it. All that you wrote is still here."
    )
    return says.format(count=number(len(text)), limit=number(TEXT_LIMIT))


def plain(text: str) -> str:
    """Text without what cannot be kept: one form for letters, plain line ends, no control characters."""
    return _CONTROL.sub("", _same_form(text))


def _same_form(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."

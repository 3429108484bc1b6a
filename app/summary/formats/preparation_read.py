"""A saved preparation, read back: as it stands in the file, of whichever version.

Looks at the form alone. Whether an answer can be kept, and what becomes of people, is for whoever takes it in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.guide.answers import Vocabulary
from app.guide.errors import GuideError
from app.guide.pack import Pack
from app.languages import N_
from app.languages import gettext as _
from app.summary.formats.coding import Json
from app.summary.formats.preparation import FORMAT, FORMAT_VERSIONS
from app.summary.formats.response import answers_of


class Told(NamedTuple):
    """One thing that somebody said, as it stands in the file. An answer that is None was taken back."""

    value: object
    by: object = None
    at: str = ""
    settled: bool = False


@dataclass
class Place:
    """What a file holds about one offer, or one person, in its order."""

    # What counts, by question.
    answers: dict[str, object] = field(default_factory=dict)
    # All that was said, by question; the same where nothing else was.
    told: dict[str, list[Told]] = field(default_factory=dict)
    notes: dict[str, list[Told]] = field(default_factory=dict)
    asks: dict[str, object] = field(default_factory=dict)
    letter: Told | None = None


@dataclass
class Found:
    """What a file holds, and what could not be read. `about` has people by their number; None is the one it is about
    where the file names nobody."""

    offers: list[Place] = field(default_factory=list)
    about: list[tuple[object, Place]] = field(default_factory=list)
    people: list[Json] | None = None
    left: list[str] = field(default_factory=list)


def read(vocabulary: Vocabulary, text: bytes) -> Found:
    """Reads a file that `preparation` wrote, or a QuestionnaireResponse.

    Answers are as they stand in the file, not looked at yet. Raises GuideError with what to do when it is neither.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise GuideError(_(_NOT_OURS)) from None
    if isinstance(data, dict) and data.get("resourceType") == "QuestionnaireResponse":
        return _from_fhir(vocabulary, data)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise GuideError(_(_NOT_OURS))
    if data.get("format_version") not in FORMAT_VERSIONS:
        raise GuideError(_("This file was saved by a newer guide. Please open it there, or ask who runs this one."))
    if data.get("pack") != vocabulary.pack.cover.id:
        raise GuideError(_other_pack(vocabulary.pack, data.get("pack")))
    found = Found()
    found.offers = [_offer(offer) for offer in _list(data.get("offers"))]
    found.about = [_person(about) for about in (data.get("you"), *_list(data.get("others")))]
    if data.get("people") is not None:
        found.people = [one for one in _list(data["people"]) if isinstance(one, dict)]
    return found


def _from_fhir(vocabulary: Vocabulary, data: Json) -> Found:
    try:
        answers, left = answers_of(vocabulary, data)
    except GuideError:
        raise GuideError(_(_NOT_OURS)) from None
    offer, you = Place(), Place()
    for question, answer in answers.items():
        place = you if question in vocabulary.pack.personal else offer
        place.answers[question], place.told[question] = answer, [Told(answer)]
    return Found([offer], [(None, you)], left=left)


_NOT_OURS = N_(
    "This is not a file that a guide like this one saved. It should be a file whose name begins with which-cells "
    "and ends with .json. Please look for it, and try again."
)


def _other_pack(pack: Pack, other: object) -> str:
    says = _(
        'This file belongs to another set of questions, named "{other}". The questions here are "{ours}". '
        "Please take it to the guide where you saved it."
    )
    return says.format(other=str(other)[:40], ours=pack.cover.id)


def _offer(data: object) -> Place:
    place = Place()
    _read_answers(place, data, "set_aside")
    _read_answers(place, data, "answers")
    place.notes = {q: [_text(note) for note in _list(notes)] for q, notes in _items(data, "notes")}
    place.asks = dict(_items(data, "asks"))
    letter = data.get("letter") if isinstance(data, dict) else None
    place.letter = _text(letter) if letter is not None else None
    return place


def _person(data: object) -> tuple[object, Place]:
    place = Place()
    _read_answers(place, data, "answers")
    return data.get("by") if isinstance(data, dict) else None, place


def _read_answers(place: Place, data: object, key: str) -> None:
    for question, entry in _items(data, key):
        # An entry of another form is no answer, and is named as one that cannot be taken.
        counts = _told(entry, "answer")
        said = [_told(one, "answer") for one in _list(entry.get("said") if isinstance(entry, dict) else None)]
        place.answers[question] = counts.value
        # Somebody who changed the file by hand changed what counts.
        place.told[question] = said if counts.value in [one.value for one in said] else [counts]


def _text(entry: object) -> Told:
    return _told(entry, "text")


def _told(entry: object, key: str) -> Told:
    if not isinstance(entry, dict):
        return Told(entry)
    at = entry.get("at")
    return Told(entry.get(key), entry.get("by"), at if isinstance(at, str) else "", entry.get("settled") is True)


def _items(holder: object, key: str) -> Iterator[tuple[str, object]]:
    entries = holder.get(key) if isinstance(holder, dict) else None
    return ((str(k), v) for k, v in (entries.items() if isinstance(entries, dict) else ()))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []

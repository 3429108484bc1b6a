"""A whole preparation as plain JSON: everything that was answered, also what is set aside, so that nothing is lost.

Knows the form of the file and its JSON Schema. Whether an answer can be kept is for whoever takes it in.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.guide.answers import Answer, Vocabulary
from app.guide.errors import GuideError
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.summary.formats.coding import BASE, Json
from app.summary.formats.response import answers_of

FORMAT = "which-cells-preparation"
FORMAT_VERSION = 1
SCHEMA_ID = f"{BASE}/formats/preparation.schema.json"


class Kept(NamedTuple):
    """One answer with when it was given, in UTC, and under which version of the pack, as far as that is known."""

    answer: Answer
    at: datetime | None = None
    pack_version: str | None = None


Answered = Mapping[str, Kept]


def preparation(walker: Walker, offers: Iterable[Answered], you: Answered, at: datetime | None = None) -> Json:
    """A preparation, ready for JSON: its offers in order, and what the person said of themselves.

    `at` is when it is written. Nothing in it opens anything: no secret, no id.
    """
    cover = walker.pack.cover
    found: Json = {"$schema": SCHEMA_ID, "format": FORMAT, "format_version": FORMAT_VERSION}
    found |= {"pack": cover.id, "pack_version": cover.version}
    found |= {"saved_at": _time(at)} if at else {}
    own = {q: _entry(kept) for q, kept in you.items()}
    return found | {"offers": [_offer(walker, offer) for offer in offers], "you": {"answers": own}}


def _offer(walker: Walker, offer: Answered) -> Json:
    counting = walker.walk(walker.known({q: kept.answer for q, kept in offer.items()})).answered
    order = [*walker.order, *(q for q in offer if q not in walker.order)]
    entries = {q: _entry(offer[q]) for q in order if q in offer}
    return {
        "answers": {q: entry for q, entry in entries.items() if q in counting},
        "set_aside": {q: entry for q, entry in entries.items() if q not in counting},
    }


def _entry(kept: Kept) -> Json:
    entry: Json = {"answer": kept.answer}
    entry |= {"at": _time(kept.at)} if kept.at else {}
    return entry | ({"pack_version": kept.pack_version} if kept.pack_version else {})


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# -- and back


@dataclass
class Found:
    """What a file holds, in the order of the file: answers as they stand there, and what could not be read."""

    offers: list[dict[str, object]] = field(default_factory=list)
    you: dict[str, object] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def read(vocabulary: Vocabulary, text: bytes) -> Found:
    """Reads a file that `preparation` wrote, or a QuestionnaireResponse.

    Answers are as they stand in the file, not looked at yet. Raises GuideError with what to do when it is neither.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise GuideError(_NOT_OURS) from None
    if isinstance(data, dict) and data.get("resourceType") == "QuestionnaireResponse":
        try:
            answers, left = answers_of(vocabulary, data)
        except GuideError:
            raise GuideError(_NOT_OURS) from None
        personal = vocabulary.pack.personal
        about = {q: a for q, a in answers.items() if q not in personal}
        return Found([dict(about)], {q: a for q, a in answers.items() if q in personal}, left)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise GuideError(_NOT_OURS)
    if data.get("format_version") != FORMAT_VERSION:
        raise GuideError("This file was saved by a newer guide. Please open it there, or ask who runs this one.")
    if data.get("pack") != vocabulary.pack.cover.id:
        raise GuideError(_other_pack(vocabulary.pack, data.get("pack")))
    offers = data.get("offers")
    found = Found()
    for offer in offers if isinstance(offers, list) else []:
        found.offers.append(_answers(offer, "set_aside") | _answers(offer, "answers"))
    found.you = _answers(data.get("you"), "answers")
    return found


_NOT_OURS = (
    "This is not a file that a guide like this one saved. It should be a file whose name begins with which-cells "
    "and ends with .json. Please look for it, and try again."
)


def _other_pack(pack: Pack, other: object) -> str:
    return (
        f'This file belongs to another set of questions, named "{str(other)[:40]}". The questions here are '
        f'"{pack.cover.id}". Please take it to the guide where you saved it.'
    )


def _answers(holder: object, key: str) -> dict[str, object]:
    entries = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(entries, dict):
        return {}
    # An entry of another form is no answer, and is named as one that cannot be taken.
    return {str(q): entry.get("answer") if isinstance(entry, dict) else entry for q, entry in entries.items()}


# -- the schema

_ENTRIES: Json = {
    "type": "object",
    "description": "Answers by question id, such as cells.kind.",
    "propertyNames": {"pattern": r"^[a-z]+\.[a-z][a-z0-9_]*$"},
    "additionalProperties": {
        "type": "object",
        "required": ["answer"],
        "additionalProperties": False,
        "properties": {
            "answer": {
                "description": "An option or standing answer, a country, a date, a number or text; a list of "
                "options or texts; or a value for each row. Ids are those of the pack.",
                "oneOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
                ],
            },
            "at": {"type": "string", "format": "date-time", "description": "When it was given, in UTC."},
            "pack_version": {"$ref": "#/$defs/version", "description": "The version it was given under."},
        },
    },
}

SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": SCHEMA_ID,
    "title": "A preparation of Which Cells?",
    "description": "What one person or family answered about the offers they were made.",
    "type": "object",
    "required": ["format", "format_version", "pack", "pack_version", "offers", "you"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "format": {"const": FORMAT},
        "format_version": {"const": FORMAT_VERSION},
        "pack": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "Which questions these are."},
        "pack_version": {"$ref": "#/$defs/version", "description": "The version of the guide that saved the file."},
        "saved_at": {"type": "string", "format": "date-time"},
        "offers": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["answers", "set_aside"],
                "additionalProperties": False,
                "properties": {
                    "answers": {"$ref": "#/$defs/entries", "description": "What counts."},
                    "set_aside": {"$ref": "#/$defs/entries", "description": "Kept, and not asked at the moment."},
                },
            },
        },
        "you": {
            "type": "object",
            "required": ["answers"],
            "additionalProperties": False,
            "properties": {"answers": {"$ref": "#/$defs/entries"}},
        },
    },
    "$defs": {"entries": _ENTRIES, "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}},
}

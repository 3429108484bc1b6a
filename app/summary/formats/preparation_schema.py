"""The JSON Schema of a saved preparation. A file of version 1 holds to it too."""

from app.summary.formats.coding import Json
from app.summary.formats.preparation import FORMAT, FORMAT_VERSIONS, SCHEMA_ID

_BY: Json = {"$ref": "#/$defs/person", "description": "Who: the number of one of the people."}
_AT: Json = {"type": "string", "format": "date-time", "description": "When, in UTC."}
_VERSION: Json = {"$ref": "#/$defs/version", "description": "The version of the guide it was given under."}
_QUESTION: Json = {"pattern": r"^[a-z]+\.[a-z][a-z0-9_]*$"}


def _object(required: list[str], /, **properties: Json) -> Json:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def _by_question(of: Json, description: str) -> Json:
    about = "By question id, such as cells.kind."
    return {
        "type": "object",
        "description": f"{description} {about}",
        "propertyNames": _QUESTION,
        "additionalProperties": of,
    }


_DEFS: Json = {
    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
    "person": {"type": "integer", "minimum": 1},
    "answer": {
        "description": "An option or standing answer, a country, a date, a number or text; a list of options or texts; "
        "or a value for each row. Ids are those of the pack.",
        "oneOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        ],
    },
    "said": _object(
        ["answer"],
        answer={"oneOf": [{"$ref": "#/$defs/answer"}, {"type": "null"}], "description": "null: it was taken back."},
        at=_AT,
        pack_version=_VERSION,
        by=_BY,
        settled={"const": True, "description": "It put an end to several answers."},
    ),
    "written": _object(["text"], text={"type": "string", "minLength": 1}, at=_AT, by=_BY),
    "entry": _object(
        ["answer"],
        answer={"$ref": "#/$defs/answer"},
        at=_AT,
        pack_version=_VERSION,
        by=_BY,
        differ={
            "type": "array",
            "minItems": 2,
            "items": _object(["answer", "by"], answer={"$ref": "#/$defs/answer"}, by=_BY),
            "description": "Where people differ: what each of them says, first the one that counts.",
        },
        said={
            "type": "array",
            "minItems": 2,
            "items": {"$ref": "#/$defs/said"},
            "description": "Where more was said than the answer that counts: all of it, in order.",
        },
    ),
    "entries": _by_question({"$ref": "#/$defs/entry"}, "The answers that count."),
}

_SOMEONE = _object(
    ["number", "name", "role"],
    number={"$ref": "#/$defs/person"},
    name={"type": "string", "description": "As they are called in this preparation; may be empty."},
    role={"enum": ["patient", "family", "reader"]},
    shows={"const": True, "description": "What they said about themselves may be shown beside the patient's."},
    saved_this={"const": True, "description": "They saved the file; it holds what they may see."},
)

_OFFER = _object(
    ["answers", "set_aside"],
    answers={"$ref": "#/$defs/entries", "description": "What counts."},
    set_aside={"$ref": "#/$defs/entries", "description": "Kept, and not asked at the moment."},
    notes=_by_question({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/written"}}, "Notes."),
    asks=_by_question({"$ref": "#/$defs/person"}, "Who asks it at the visit."),
    letter={"$ref": "#/$defs/written", "description": "The letter to the clinic, where somebody changed it."},
)

_FILE = _object(
    ["format", "format_version", "pack", "pack_version", "offers", "you"],
    **{"$schema": Json({"type": "string"})},
    format={"const": FORMAT},
    format_version={"enum": list(FORMAT_VERSIONS)},
    pack={"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "Which questions these are."},
    pack_version={"$ref": "#/$defs/version", "description": "The version of the guide that saved the file."},
    saved_at={"type": "string", "format": "date-time"},
    people={"type": "array", "minItems": 1, "items": _SOMEONE},
    offers={"type": "array", "items": _OFFER},
    you={
        **_object(["answers"], by=_BY, answers={"$ref": "#/$defs/entries"}),
        "description": "What the person with Parkinson's said of themselves.",
    },
    others={
        "type": "array",
        "items": _object(["by", "answers"], by=_BY, answers={"$ref": "#/$defs/entries"}),
        "description": "What others said of themselves: whoever saved the file, and those who agreed to show it.",
    },
)

SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": SCHEMA_ID,
    "title": "A preparation of Which Cells?",
    "description": "What one person or family answered about the offers they were made.",
    **_FILE,
    "$defs": _DEFS,
}

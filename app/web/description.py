"""The whole application in OpenAPI, pages and forms included: for tests, and for whoever works on it.

Nobody is served this; to other programs only the API is described (app/web/api.py). Forms are read from requests field
by field, so what they send stands here once more; a test holds it to what the pages send.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from app.guide.countries import country_codes
from app.guide.models import Question
from app.guide.walk import Walker
from app.store.people import NAME_LIMIT
from app.web.api import API_VERSION
from app.web.keep import FHIR_JSON
from app.web.people import ROLES
from app.web.reading import SETTINGS
from app.web.render import SVG

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
# What a button or a hidden field says, if it is there.
FLAG: Json = {"type": "string", "enum": ["1"]}
NUMBER: Json = {"type": "string", "pattern": "^[0-9]{1,9}$"}
FILE: Json = {"type": "string", "format": "binary"}
NAME: Json = {"type": "string", "minLength": 1, "maxLength": NAME_LIMIT}
ROLE: Json = {"type": "string", "enum": list(ROLES)}

# The fields of each form; those of questions come from the pack.
FORMS: dict[str, Json] = {
    "begin": {},
    "language": {"language": TEXT, "to": TEXT},
    "reading": {
        "reading": {"type": "string", "enum": [word for words in SETTINGS.values() for word in words]},
        "to": TEXT,
    },
    "leave": {"sure": FLAG},
    "come_in": {"link": TEXT, "instead": FLAG},
    "take_in": {"file": FILE, "text": TEXT},
    "add_offer": {},
    "settle": {"choice": NUMBER, "seen": NUMBER},
    "look_up": {"again": FLAG},
    "save_letter": {"text": TEXT, "anew": FLAG, "seen": NUMBER},
    "invite": {"name": NAME, "role": ROLE, "number": NUMBER},
    "say_who": {"name": NAME | {"minLength": 0}, "role": ROLE, "shows": FLAG},
    "revoke": {},
    "renew": {},
    "link_kept": {},
    "passed_on": {},
    "here": {"back": FLAG},
    "keep_until": {"month": NUMBER, "day": NUMBER, "year": NUMBER, "usual": FLAG},
    "delete_all": {},
}
# Without these, a form comes back with a sentence.
_NEEDED = {"come_in": ["link"], "invite": ["name", "role"]}
_BESIDE: Json = {
    "note": TEXT,
    "note_was": TEXT,
    "asker": NUMBER,
    "asker_was": NUMBER,
    "only": {"type": "string", "enum": ["note"]},
}

# What comes back when all is well, where it is not a page, or not one after a form.
_WELL = {
    "here": (204, 303),
    "reading": (204, 303),
    "news": (200, 204),
    "carry_on": (303,),
    "question": (200, 303),
    "both": (200, 303),
    "record": (200, 303),
    "their_link": (200, 303),
    "take_in": (200, 303),
    "answer": (200, 303),
}
_MEDIA = {
    "health": "text/plain",
    "ready": "text/plain",
    "flow_picture": SVG,
    "questionnaire": FHIR_JSON,
    "response": FHIR_JSON,
    "download": "application/json",
    "preparation_schema": "application/schema+json",
}
_SAYS = {
    200: "As asked.",
    204: "Done, and there is nothing to show.",
    303: "Done; leads to the next page.",
    400: "Not a form of ours.",
    403: "A form of another site, or not for the holder of this link.",
    404: "No such page; or there is one, and this browser holds no link that opens it.",
    408: "The body took too long.",
    409: "Somebody answered here since the page was opened.",
    413: "More than is taken in one go.",
    422: "Not usable as it is; the page says why.",
    429: "Asked too often.",
    503: "The database, or what draws PDFs, cannot do its work now.",
}
_FORM_REFUSED = (400, 403, 404, 408, 409, 413, 422, 429, 503)


def described(app: FastAPI) -> Json:
    """All routes, with what may be sent to them and what comes back. Operations are called as their routes are."""
    guide: Walker = app.state.walker
    says = "Every page and form, for tests. What other programs may rely on is described at /api/openapi.json."
    found = get_openapi(title=app.title, version=API_VERSION, description=says, routes=app.routes)
    for route in iter_route_contexts(app.routes):
        path = str(route.path_format)
        for method in route.methods or ():
            operation = found["paths"].setdefault(path, {}).setdefault(method.lower(), {})
            operation["operationId"] = route.name
            _name_what_is_known(guide, path, operation)
            if not path.startswith("/api/"):
                _describe_page(guide, route, method, operation)
    found["paths"]["/static/{path}"] = {"get": _STATIC}
    found["paths"]["/api/openapi.json"]["get"]["responses"] = {"200": _answer(200, "application/json")}
    return found


def _describe_page(guide: Walker, route: RouteContext, method: str, operation: Json) -> None:
    name = str(route.name)
    well = _WELL.get(name, (200,) if method == "GET" else (303,))
    refused = _FORM_REFUSED if method == "POST" else (403, 404, 429, 503)
    media = "application/pdf" if name.endswith("_pdf") else _MEDIA.get(name, "text/html")
    operation["responses"] = {str(status): _answer(status, media if status == 200 else "text/html") for status in well}
    operation["responses"] |= {str(status): _answer(status, "text/html") for status in refused}
    if name == "ready":
        operation["responses"]["503"] = _answer(503, media)
    if method == "POST":
        operation["requestBody"] = {"content": _form(_fields(guide, name), _NEEDED.get(name, []))}


def _answer(status: int, media: str) -> Json:
    # Where something is led to, there is nothing to read.
    return {"description": _SAYS[status]} | ({"content": {media: {}}} if status not in (204, 303) else {})


def _form(fields: Json, needed: list[str]) -> Json:
    kind = "multipart/form-data" if FILE in fields.values() else "application/x-www-form-urlencoded"
    return {kind: {"schema": {"type": "object", "properties": fields, "required": needed}}}


def _fields(guide: Walker, name: str) -> Json:
    questions = {"answer": guide.order, "you_answer": guide.personal}.get(name)
    if questions is None:
        return FORMS[name]
    asked = [guide.pack.questions[question] for question in questions]
    options = [option.id for question in asked for option in question.options if question.kind != "scale_each"]
    choice = {"type": "string", "enum": list(dict.fromkeys([*options, *guide.pack.standing]))}
    fields: Json = {"choice": {"type": "array", "items": choice}, "seen": NUMBER}
    for question in asked:
        fields |= _typed(question)
    return {**fields, **_BESIDE, "more": FLAG} if name == "answer" else fields


def _typed(question: Question) -> Json:
    """What the form of one question may send besides choices: its own fields."""
    if question.kind == "scale_each":
        points = {"type": "string", "enum": [point.id for point in question.scale]}
        return {f"row.{row.id}": points for row in question.options}
    return {
        "date": {"month": NUMBER, "day": NUMBER, "year": NUMBER},
        "text_list": {"line": {"type": "array", "items": TEXT}},
        "text": {"text": TEXT},
        "register_number": {"text": TEXT},
        "country": {"country": {"type": "string", "enum": sorted(country_codes())}},
    }.get(question.kind, {})


def _name_what_is_known(guide: Walker, path: str, operation: Json) -> None:
    """Says which values a part of the address may have, where the pack says so."""
    known = {
        "question_id": guide.personal if "/you/" in path else guide.order,
        "page_id": [page.id for page in guide.pack.pages],
        "example_id": [example.id for example in guide.pack.examples],
        "pack_id": [guide.pack.cover.id],
    }
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"] in known:
            parameter["schema"]["enum"] = list(known[parameter["name"]])


_STATIC: Json = {
    "operationId": "static",
    "parameters": [{"name": "path", "in": "path", "required": True, "schema": TEXT}],
    "responses": {"200": {"description": "The file."}, "404": _answer(404, "text/html")},
}

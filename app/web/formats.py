"""The forms in which other programs get what is here: what there is, the Questionnaire, the schema."""

import json

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.summary.formats.preparation_schema import SCHEMA
from app.summary.formats.questionnaire import questionnaire as fhir_questionnaire
from app.web.access import Guide, NotFound
from app.web.keep import FHIR_JSON
from app.web.render import page

router = APIRouter()


@router.get("/formats", name="formats")
def formats(request: Request) -> HTMLResponse:
    """What there is for other programs, in plain words."""
    return page(request, "formats.html")


@router.get("/formats/{pack_id}/questionnaire.json", name="questionnaire")
def questionnaire(pack_id: str, guide: Guide) -> Response:
    """The pack as a FHIR R4 Questionnaire."""
    if pack_id != guide.pack.cover.id:
        raise NotFound
    return Response(json.dumps(fhir_questionnaire(guide.pack), ensure_ascii=False), media_type=FHIR_JSON)


@router.get("/formats/preparation.schema.json", name="preparation_schema")
def preparation_schema() -> Response:
    """The JSON Schema of the file that holds a whole preparation."""
    return Response(json.dumps(SCHEMA, indent=1), media_type="application/schema+json")

"""A small API for other people's programs: which packs there are, and sort. Nothing that is sent is kept.

The same form and the same sentences as `python -m app sort`; what is described at /api/openapi.json is built from
the models below.
"""

import json
from functools import cache

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.guide.errors import GuideError
from app.guide.lines import answers_in, as_json
from app.guide.models import ResultId
from app.guide.sort import ReasonKind
from app.web.access import Guide

router = APIRouter(prefix="/api", tags=["guide"])

API_VERSION = "1"


class PackHere(BaseModel):
    """A set of questions that is served here."""

    id: str = Field(examples=["parkinsons"])
    version: str = Field(examples=["1.0.0"])
    title: str
    checked_on: str = Field(description="When its facts were last checked.", examples=["2026-11-23"])
    questionnaire: str = Field(description="Where its FHIR R4 Questionnaire is, on this server.")


class Packs(BaseModel):
    packs: list[PackHere]


class SortReason(BaseModel):
    """One thing that speaks for the result, or is worth raising."""

    kind: ReasonKind
    question: str | None
    answer: str | None
    rule: str | None = Field(description="The contradiction or the need that this is about, if any.")
    says: str


class Sorted(BaseModel):
    """How an offer sorts, as it was described."""

    result: ResultId
    variant: str | None
    possible: list[ResultId] = Field(description="Sorted; just the result once one is reached.")
    reasons: list[SortReason]
    to_ask: list[str] = Field(description="Questions that are still open, the weightiest first.")


class Failed(BaseModel):
    """What is wrong, in a sentence that says what to do."""

    error: str


@router.get("/packs", name="api_packs")
def packs(guide: Guide) -> Packs:
    """The sets of questions that this server knows, with their versions."""
    cover = guide.pack.cover
    here = PackHere(
        id=cover.id,
        version=cover.version,
        title=cover.title,
        checked_on=cover.checked_on.isoformat(),
        questionnaire=f"/formats/{cover.id}/questionnaire.json",
    )
    return Packs(packs=[here])


_ANSWERS: dict[str, object] = {
    "type": "object",
    "description": "Answers by question id: an option or standing answer; a list of options; a value for each row; "
    "a trial number; a country code; a date; or text. Null and empty are no answer.",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "null"},
        ]
    },
    "example": {"trial.status": "treatment", "cells.kind": "mesenchymal", "claims.heard": ["none_of_these"]},
}


@router.post(
    "/sort",
    name="api_sort",
    responses={
        200: {"model": Sorted},
        403: {"model": Failed, "description": "Asked by a page of another site"},
        408: {"model": Failed, "description": "The body took too long"},
        413: {"model": Failed, "description": "More than 256 kB"},
        422: {"model": Failed, "description": "Answers that the pack does not know"},
        429: {"model": Failed, "description": "Asked too often; Retry-After says for how many seconds to wait"},
    },
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _ANSWERS}}}},
)
async def sort(request: Request, guide: Guide) -> Response:
    """Sorts the offer that these answers describe. Nothing is stored."""
    try:
        answers = guide.sorter.vocabulary.checked(answers_in(await request.body()))
    except GuideError as error:
        # Only ASCII, because a wrong id may hold what no encoding can.
        return Response(json.dumps({"error": str(error)}), 422, media_type="application/json")
    return Response(as_json(guide.sorter.sort(answers)), media_type="application/json")


@router.get("/openapi.json", name="api_description", include_in_schema=False)
def description(request: Request) -> JSONResponse:
    """This API, described in OpenAPI."""
    return JSONResponse(_described())


@cache
def _described() -> dict[str, object]:
    says = (
        "Sorts offers of stem cells as they were described: never the person, and never as advice. Nothing that is "
        "sent here is kept. Pages in a browser on other sites cannot call it; programs can."
    )
    found: dict[str, object] = get_openapi(
        title="Which Cells?", version=API_VERSION, description=says, routes=router.routes
    )
    return found

"""Pages for everybody: the start, the pages to read first, the examples, how this guide works."""

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.guide.draw import draw
from app.guide.models import Example
from app.guide.walk import Walker
from app.languages import current
from app.store.sealing import NotOpened
from app.summary.of_preparation import sheet_of
from app.summary.pdf import Paper
from app.summary.sheet import Sheet
from app.summary.worksheet import Worksheet
from app.web.access import Guide, NotFound, Store, held_here
from app.web.places import ExamplePlace, Home, OfferPlace
from app.web.render import SVG, page, pdf

router = APIRouter()


@router.get("/", name="start")
def start(request: Request, store: Store, guide: Guide) -> HTMLResponse:
    """What this is, one button, the finished examples, and a way back to what was begun on this device."""
    begun = []
    for key in held_here(request):
        with suppress(NotOpened):
            found, home = store.read(key), Home(key.preparation_id)
            begun.append((home, found, [(OfferPlace(home, n), sheet_of(guide, found, n)) for n in found.offers]))
    return page(request, "start.html", begun=begun, examples=guide.pack.examples, place=ExamplePlace)


@router.get("/understand", name="understand")
def understand(request: Request) -> HTMLResponse:
    return page(request, "understand.html")


@router.get("/understand/{page_id}", name="understand_page")
def understand_page(request: Request, page_id: str, guide: Guide) -> HTMLResponse:
    found = guide.pack.page(page_id)
    if found is None:
        raise NotFound
    pages = guide.pack.pages
    position = pages.index(found)
    following = pages[position + 1] if position + 1 < len(pages) else None
    return page(request, "page.html", page=found, following=following)


@router.get("/words", name="words")
def words(request: Request) -> HTMLResponse:
    """What the words mean that the guide cannot do without."""
    return page(request, "words.html")


@router.get("/about", name="about")
def about(request: Request, guide: Guide) -> HTMLResponse:
    return page(request, "page.html", page=guide.pack.about, following=None)


@router.get("/privacy", name="privacy")
def privacy(request: Request) -> HTMLResponse:
    return page(request, "privacy.html")


@router.get("/worksheet", name="worksheet")
def worksheet(request: Request, guide: Guide, large: bool = False) -> HTMLResponse:
    """The whole guide, to fill in by hand."""
    return page(request, "worksheet.html", large=large, worksheet=Worksheet(guide.pack))


@router.get("/worksheet.pdf", name="worksheet_pdf")
def worksheet_pdf(request: Request, guide: Guide, paper: Paper = "a4", large: bool = False) -> Response:
    """The same as a PDF. It is the same for everybody, so each form of it is made once."""
    kept: dict[tuple[str, Paper, bool], Response] = request.app.state.worksheets
    form = (current(), paper, large)
    if form not in kept:
        made = pdf(request, "worksheet.html", paper, name="worksheet", large=large, worksheet=Worksheet(guide.pack))
        if made.status_code != 200:
            return made
        kept[form] = made
    return kept[form]


@router.get("/how-it-sorts", name="flow")
def flow(request: Request, guide: Guide) -> HTMLResponse:
    return page(request, "flow.html")


@router.get("/how-it-sorts.svg", name="flow_picture")
def flow_picture(request: Request, guide: Guide) -> Response:
    """The flow as a picture; drawing it takes a moment, so it is kept."""
    drawn: dict[str, str] = request.app.state.flow_pictures
    if current() not in drawn:
        drawn[current()] = draw(guide.pack)
    return Response(drawn[current()], media_type=SVG)


@router.get("/examples/{example_id}", name="example_result")
def example_result(request: Request, example_id: str, guide: Guide) -> HTMLResponse:
    example, sheet = _example(guide, example_id)
    return page(
        request,
        "result.html",
        sheet=sheet,
        example=example,
        place=ExamplePlace(example_id),
        changes="",
        again=[],
        given=None,
        found=None,
        mine_open=[],
    )


@router.get("/examples/{example_id}/change", name="example_change")
def example_change(request: Request, example_id: str, guide: Guide) -> HTMLResponse:
    _, sheet = _example(guide, example_id)
    return page(request, "change.html", sheet=sheet, place=ExamplePlace(example_id))


@router.get("/examples/{example_id}/summary", name="example_summary")
def example_summary(request: Request, example_id: str, guide: Guide, large: bool = False) -> HTMLResponse:
    return page(request, "summary.html", large=large, **_example_summary(guide, example_id))


@router.get("/examples/{example_id}/summary.pdf", name="example_summary_pdf")
def example_summary_pdf(
    request: Request, example_id: str, guide: Guide, paper: Paper = "a4", large: bool = False
) -> Response:
    values = _example_summary(guide, example_id)
    return pdf(request, "summary.html", paper, name=example_id, large=large, **values)


def _example_summary(guide: Walker, example_id: str) -> dict[str, Any]:
    example, sheet = _example(guide, example_id)
    return {"sheet": sheet, "example": example, "place": ExamplePlace(example_id), "today": None}


def _example(guide: Walker, example_id: str) -> tuple[Example, Sheet]:
    example = guide.pack.example(example_id)
    if example is None:
        raise NotFound
    checked = guide.sorter.vocabulary.checked
    return example, Sheet(guide, checked(example.answers), checked(example.you))


@router.get("/healthz", name="health")
async def health() -> PlainTextResponse:
    """Alive, for whoever runs this. Whether there is any point in asking more of it says `ready`."""
    return PlainTextResponse("ok\n")

"""The PDF: side one on one side whatever was entered, tagged, titled, and nothing fetched from anywhere."""

from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random
from typing import Any

import pytest
from jinja2 import Environment
from pypdf import PdfReader

from app.guide.models import Question
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.summary import pdf
from app.summary.pdf import PdfMissing, to_pdf
from app.web.places import ExamplePlace
from app.web.render import STATIC, environment

from .conftest import MakeSheet

MakePages = Callable[..., list[str]]
LONG = "The new neurons that my cousin told us about at lunch, " * 30


@pytest.fixture(scope="module")
def env(walker: Walker) -> Environment:
    return environment(walker.pack, local_script=True)


@pytest.fixture
def made(env: Environment, sheet_of: MakeSheet) -> Callable[..., PdfReader]:
    """The PDF of the summary of some answers."""

    def make(answers: Any, you: Any, paper: pdf.Paper = "letter", *, large: bool = False) -> PdfReader:
        values = {"sheet": sheet_of(answers, you), "place": ExamplePlace("x"), "example": None, "today": None}
        html = env.get_template("summary.html").render(large=large, **values)
        return PdfReader(BytesIO(to_pdf(html, STATIC, paper)))

    return make


def texts(reader: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def expect_one_side(reader: PdfReader) -> None:
    pages = texts(reader)
    assert "Sorted from what the person was told, not verified." in pages[0]
    assert pages[1].startswith("Questions to ask")


def worst_of(question: Question) -> Any:
    for reading in ("warning", "vague", "caution"):
        if bad := [o.id for o in question.options if o.reads == reading]:
            return bad if question.kind == "many" else bad[0]
    return "no_clear_answer" if question.takes_standing and question.kind != "many" else None


def everything_about_me(pack: Pack) -> dict[str, Any]:
    many = [q for q in pack.questions.values() if q.id in pack.personal and q.kind == "many"]
    chosen = {q.id: [o.id for o in q.options if not o.alone][-(q.at_most or 99) :] for q in many}
    return {**chosen, "you.own_questions": [LONG[:200]] * 8}


def fullest(pack: Pack, status: str) -> dict[str, Any]:
    """More on the first side than anybody will have."""
    offer = [q for q in pack.questions.values() if q.id not in pack.personal]
    answers = {q.id: worst for q in offer if (worst := worst_of(q))}
    heard = [o.id for o in pack.questions["claims.heard"].options if not o.alone]
    words = dict.fromkeys(("offer.name", "offer.provider", "cells.other_name", "visit.notes"), LONG)
    return {**answers, **words, "claims.heard": heard, "trial.status": status, "offer.visit_date": "2026-12-03"}


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("status", ["treatment", "special_access", "authorised_product", "regulated_trial"])
def test_the_fullest_first_side_is_one_side(
    made: Callable[..., PdfReader], pack: Pack, status: str, paper: pdf.Paper
) -> None:
    expect_one_side(made(fullest(pack, status), everything_about_me(pack), paper))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_emptiest_first_side_is_one_side(made: Callable[..., PdfReader], paper: pdf.Paper) -> None:
    expect_one_side(made({}, {}, paper))


@pytest.mark.parametrize("example_id", ["regulated-trial", "supportive-care", "warning-sign"])
def test_an_ordinary_first_side_with_long_names_is_one_side(
    made: Callable[..., PdfReader], pack: Pack, example_id: str
) -> None:
    example = pack.example(example_id)
    assert example
    expect_one_side(made({**example.answers, "offer.name": LONG, "offer.provider": LONG}, everything_about_me(pack)))


@pytest.mark.parametrize("seed", range(12))
def test_any_first_side_is_one_side(made: Callable[..., PdfReader], pack: Pack, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    answers: dict[str, Any] = {"offer.name": LONG}
    for question in pack.questions.values():
        options = [o.id for o in question.options if not (question.kind == "register_number" and o.id == "given")]
        if question.id in pack.personal or random.random() < 0.3:
            continue
        if question.kind == "one":
            answers[question.id] = random.choice(options)
        elif question.kind == "many":
            alone = {o.id for o in question.options if o.alone}
            answers[question.id] = random.sample(found := [o for o in options if o not in alone], len(found) // 2)
    expect_one_side(made(answers, everything_about_me(pack)))


def test_it_is_tagged_titled_and_has_bookmarks(made: Callable[..., PdfReader], pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    reader = made(example.answers, example.you)
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712 pypdf has a bool of its own
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    assert reader.metadata
    assert reader.metadata.title == "Summary - Which Cells?"
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles[0] == "New neurons from the seminar"


def test_every_picture_has_words_and_every_list_holds_items(made: Callable[..., PdfReader], pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    elements = list(structure(made(example.answers, example.you).trailer["/Root"]["/StructTreeRoot"]))
    pictures = [element for element in elements if element["/S"] == "/Figure"]
    assert [picture["/Alt"] for picture in pictures] == ["Triangle with an exclamation mark"]
    for listed in (element for element in elements if element["/S"] == "/L"):
        assert {kid["/S"] for kid in kids(listed)} <= {"/LI", "/L", "/Caption"}


def kids(element: Any) -> list[Any]:
    inside = element.get("/K", [])
    found = [kid.get_object() for kid in (inside if isinstance(inside, list) else [inside])]
    return [kid for kid in found if hasattr(kid, "get") and "/S" in kid]


def structure(element: Any) -> Iterator[Any]:
    for kid in kids(element):
        yield kid
        yield from structure(kid)


def test_large_print_is_eighteen_points(made: Callable[..., PdfReader], pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    sizes: list[float] = []

    def note(_text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        sizes.append(round(abs(size * matrix[3])))

    reader = made(example.answers, example.you, large=True)
    reader.pages[2].extract_text(visitor_text=note)
    # 18 points as PDF counts them; WeasyPrint draws in pixels of 3/4 point.
    assert 18 in sizes or 24 in sizes
    assert len(reader.pages) > len(made(example.answers, example.you).pages)


def test_a_page_cannot_make_it_read_anything_but_our_static_files() -> None:
    _, ours = pdf._libraries()
    fetch = ours(STATIC).fetch
    assert fetch("https://which-cells.invalid/static/style.css?v=1").read().startswith(b"/*")
    for address in (
        "https://example.org/static/style.css",
        "file:///etc/passwd",
        "https://which-cells.invalid/etc/passwd",
        "https://which-cells.invalid/static/../README.md",
        "http://127.0.0.1:9/static/style.css",
    ):
        with pytest.raises(ValueError, match="not one of ours"):
            fetch(address)


def test_without_its_libraries_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise PdfMissing("apt-get install libpango-1.0-0")

    monkeypatch.setattr(pdf, "_libraries", missing)
    with pytest.raises(PdfMissing, match="apt-get install"):
        to_pdf("<p>", STATIC, "a4")

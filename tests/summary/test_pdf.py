"""The PDF: side one on one side whatever was entered, tagged, titled, and nothing fetched from anywhere."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random
from typing import Any

import pytest
from house import LONG, House, everything_about_me, fill, fullest, long_name
from jinja2 import Environment
from pypdf import PdfReader

from app.guide.pack import Pack
from app.guide.walk import Walker
from app.languages import SOURCE
from app.summary import pdf
from app.summary.pdf import PdfMissing, to_pdf
from app.summary.sheet import Sheet
from app.web.places import Home, OfferPlace
from app.web.render import STATIC, environment

from .conftest import MakeHouse, MakeSheet

Made = Callable[..., PdfReader]


@pytest.fixture(scope="module")
def env(walker: Walker) -> Environment:
    return environment(walker.pack, SOURCE, local_script=True)


@pytest.fixture
def printed(env: Environment) -> Made:
    """The PDF of the summary of a sheet."""

    def make(sheet: Sheet, paper: pdf.Paper = "letter", *, large: bool = False) -> PdfReader:
        values = {"sheet": sheet, "place": OfferPlace(Home("x"), 1), "example": None, "today": None}
        html = env.get_template("summary.html").render(large=large, **values)
        return PdfReader(BytesIO(to_pdf(html, STATIC, paper)))

    return make


@pytest.fixture
def made(printed: Made, sheet_of: MakeSheet) -> Made:
    """The PDF of the summary of some answers."""
    return lambda answers, you, *paper, **look: printed(sheet_of(answers, you), *paper, **look)


def texts(reader: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def expect_one_side(reader: PdfReader) -> None:
    pages = texts(reader)
    assert re.search("Sorted from what the (person|family) was told, not verified.", pages[0])
    assert pages[1].startswith("Questions to ask")


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("status", ["treatment", "special_access", "authorised_product", "regulated_trial"])
def test_the_fullest_first_side_is_one_side(made: Made, pack: Pack, status: str, paper: pdf.Paper) -> None:
    expect_one_side(made(fullest(pack, status), everything_about_me(pack), paper))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_emptiest_first_side_is_one_side(made: Made, paper: pdf.Paper) -> None:
    expect_one_side(made({}, {}, paper))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_no_question_to_ask_is_broken_after_its_first_word(made: Made, paper: pdf.Paper) -> None:
    # What comes after it may have no room on the line: then the PDF maker breaks the words before where it should not.
    answers = {"offer.name": "Drip", "cells.kind": "mesenchymal", "where.delivery": "vein", "trial.status": "treatment"}
    lines = [line for page in made(answers, {}, paper).pages for line in page.extract_text().splitlines()]
    assert any("should happen with my Parkinson" in line for line in lines)
    assert [
        line for line in lines if line.strip() in ("What", "Will", "Which", "Would", "May", "How", "In", "Who")
    ] == []


@pytest.mark.parametrize("example_id", ["regulated-trial", "supportive-care", "warning-sign"])
def test_an_ordinary_first_side_with_long_names_is_one_side(made: Made, pack: Pack, example_id: str) -> None:
    example = pack.example(example_id)
    assert example
    expect_one_side(made({**example.answers, "offer.name": LONG, "offer.provider": LONG}, everything_about_me(pack)))


@pytest.mark.parametrize("seed", range(12))
def test_any_first_side_is_one_side(made: Made, pack: Pack, seed: int) -> None:
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


# -- several people


@pytest.fixture(scope="module", params=["treatment", "regulated_trial"])
def full_house(request: pytest.FixtureRequest, make_house: MakeHouse) -> House:
    """Three people with long names who differ on as much as there is room for, and note a lot."""
    house = make_house(long_name("Tom"))
    for name in ("Ana", "Beatrice"):
        house.invite(long_name(name))
    fill(house, request.param)
    return house


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_fullest_first_side_of_three_people_is_one_side(printed: Made, full_house: House, paper: pdf.Paper) -> None:
    sheet = full_house.sheet()
    assert len(sheet.family.differing) == 5
    reader = printed(sheet, paper)
    expect_one_side(reader)
    side_one = texts(reader)[0]
    assert "The family does not agree on: " in side_one
    assert "the more careful answer counts here." in side_one
    assert "The family sees some of this differently: worth talking about." in side_one
    assert "Answered by 3 people." in side_one
    later = " ".join(texts(reader)[1:])
    headings = ["Questions to ask", "Notes", "Where people differ", "All that decided it", "What matters, side by side"]
    places = [later.index(heading) for heading in (*headings, "All answers")]
    assert places == sorted(places)
    assert later.count("(this one counts)") == 5
    # Nothing of a long note is lost.
    notes = [note.text for notes in sheet.company.notes.values() for note in notes]
    assert max(map(len, notes)) == 5000
    assert later.count("daughter") == sum(text.count("daughter") for text in notes)


def test_whoever_stands_in_for_the_person_changes_nothing_of_that(printed: Made, make_house: MakeHouse) -> None:
    house = make_house(long_name("Tom"), role="family")
    house.invite(long_name("Ana"))
    fill(house, "treatment")
    reader = printed(house.sheet())
    expect_one_side(reader)
    says = "The person with Parkinson's has not joined yet; another person said this."
    assert says in texts(reader)[0]


@pytest.mark.parametrize("seed", range(4))
def test_any_first_side_of_several_people_is_one_side(
    printed: Made, make_house: MakeHouse, pack: Pack, seed: int
) -> None:
    random = Random(seed)  # noqa: S311
    house = make_house(long_name("Tom"), role=random.choice(["patient", "family"]))
    names = [long_name(name) for name in ("Tom", "Ana", "Beatrice", "Carla")]
    for name in names[1:]:
        house.invite(name, shows=True)
    house.say(names[0], {"offer.name": LONG, "offer.provider": LONG, **everything_about_me(pack)})
    house.say(names[1], {"you.priorities": ["sleep"]})
    for question in pack.questions.values():
        if question.kind == "one" and question.id not in pack.personal:
            for name in random.sample(names, random.randint(0, 3)):
                house.say(name, {question.id: random.choice(question.options).id})
    expect_one_side(printed(house.sheet()))


def test_several_people_stand_in_a_tagged_pdf_in_large_print_too(
    printed: Made, make_house: MakeHouse, pack: Pack
) -> None:
    example = pack.example("warning-sign")
    assert example
    house = make_house(long_name("Tom"))
    house.invite(long_name("Ana"), shows=True)
    house.say(long_name("Tom"), {**example.answers, **example.you})
    house.say(long_name("Ana"), {"cells.kind": "mesenchymal", "you.matters": {"cost": "1"}})
    house.note(long_name("Ana"), "offer.name", LONG)
    reader = printed(house.sheet(), large=True)
    expect_lists_of_items(list(structure(reader.trailer["/Root"]["/StructTreeRoot"])))
    later = " ".join(texts(reader))
    for heading in ("Where people differ", "What matters, side by side", "Notes"):
        assert heading in later


# -- for screen readers


def test_it_is_tagged_titled_and_has_bookmarks(made: Made, pack: Pack) -> None:
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


def test_every_picture_has_words_and_every_list_holds_items(made: Made, pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    elements = list(structure(made(example.answers, example.you).trailer["/Root"]["/StructTreeRoot"]))
    pictures = [element for element in elements if element["/S"] == "/Figure"]
    assert [picture["/Alt"] for picture in pictures] == ["Triangle with an exclamation mark"]
    expect_lists_of_items(elements)


def expect_lists_of_items(elements: list[Any]) -> None:
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


def test_large_print_is_eighteen_points(made: Made, pack: Pack) -> None:
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

"""On paper: one side for the doctor, then the rest; A4 and Letter; nothing of the browser and no address."""

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from house import House, everything_about_me, fill, fullest, long_name
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.languages import SOURCE
from app.store.connect import connect
from app.store.people import People
from app.store.preparations import Preparations
from app.summary.sheet import Sheet
from app.summary.words import shortened
from app.web.places import Home, OfferPlace
from app.web.render import STATIC, environment

from .conftest import CHROMIUM_FLAGS, Welcome
from .preparing import prepare
from .serving import GuideServer
from .walking import Answers

# In points, as PDF has it.
SIZES = {"A4": (595.3, 841.9), "Letter": (612.0, 792.0)}
EXAMPLES = ["regulated-trial", "supportive-care", "warning-sign"]
FURNITURE = ["Understand first", "Your privacy", "Back to the result", "Use your browser's Print"]
HEADINGS = [
    "What decided it",
    "Top questions for this visit",
    "Still unknown",
    "What the person would most like to see better",
]
LATER = ["Questions to ask", "All that decided it", "What this result means", "All answers", "Sources"]
NAME = "The new neurons that my cousin's neighbor told us about at the lunch in the hotel by the harbor"
PROVIDER = "Example Renewal and Longevity Clinic of the Harbor and the Bay, with its partners abroad"


def squeezed(text: str) -> str:
    """Text as words only: breaks, hyphens and ligatures of a line are not what these tests are about."""
    return re.sub(r"\s+", " ", text.replace("\ufb01", "fi").replace("\ufb00", "ff").replace("\ufb02", "fl"))


def pages_of(printed: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(printed)).pages]


def expect_size(printed: bytes, size: str) -> None:
    for page in PdfReader(BytesIO(printed)).pages:
        assert float(page.mediabox.width) == pytest.approx(SIZES[size][0], abs=1.5)
        assert float(page.mediabox.height) == pytest.approx(SIZES[size][1], abs=1.5)


def expect_no_trace(pages: list[str], *secrets: str) -> None:
    """Nothing on paper says where it was printed from."""
    for text in pages:
        for trace in ("127.0.0.1", "localhost", "http", "/preparations", "/examples", *FURNITURE, *secrets):
            assert trace not in text


def expect_side_one(pages: list[str], sheet: Sheet) -> None:
    """The first side holds what a doctor needs, and ends where the questions to ask begin."""
    for needed in (sheet.outcome.title, shortened(sheet.name), *(ask.says for ask in sheet.top)):
        assert squeezed(needed) in pages[0]
    assert re.search("Sorted from what the (person|family) was told, not verified.", pages[0])
    assert re.match(r"(\d+ / \d+)? ?(Which Cells\?)? ?Questions to ask", pages[1])


def expect_order(pages: list[str], headings: list[str]) -> None:
    text = " ".join(pages)
    found = [text.index(heading) for heading in headings if heading in text]
    assert found == sorted(found)
    assert len(found) >= len(headings) - 1  # what decided it is left out where nothing stands against


def sheet_of(sorter: Sorter, answers: Answers, you: Answers) -> Sheet:
    return Sheet(Walker(sorter), sorter.vocabulary.checked(answers), you)


def hard_case(pack: Pack) -> tuple[Answers, Answers]:
    """Long names, and all that can be heard: more on the first side than anybody will have."""
    example = pack.example("warning-sign")
    assert example
    heard = [o.id for o in pack.questions["claims.heard"].options if not o.alone]
    answers = {**example.answers, "offer.name": NAME, "offer.provider": PROVIDER, "claims.heard": heard}
    return answers, example.you


@pytest.fixture
def prepared(welcome: Welcome, sorter: Sorter) -> Page:
    """The summary of a preparation with the hard case."""
    visitor = welcome()
    return visitor.open(prepare(visitor, sorter, *hard_case(sorter.pack)) + "/summary")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("example_id", EXAMPLES)
def test_an_example_prints_on_one_side_for_the_doctor_and_then_the_rest(
    example_id: str, size: str, welcome: Welcome, sorter: Sorter
) -> None:
    example = sorter.pack.example(example_id)
    assert example
    printed = welcome().open(f"/examples/{example_id}/summary").pdf(format=size)
    pages = pages_of(printed)
    expect_size(printed, size)
    expect_side_one(pages, sheet_of(sorter, example.answers, example.you))
    expect_no_trace(pages)
    expect_order(pages[:1], HEADINGS)
    expect_order(pages[1:], LATER)


@pytest.mark.parametrize("size", SIZES)
def test_a_preparation_with_long_names_and_every_claim_still_has_its_one_side(
    size: str, prepared: Page, sorter: Sorter
) -> None:
    printed = prepared.pdf(format=size)
    pages = pages_of(printed)
    expect_size(printed, size)
    expect_side_one(pages, sheet_of(sorter, *hard_case(sorter.pack)))
    preparation_id = prepared.url.split("/")[4]
    expect_no_trace(pages, preparation_id)
    expect_order(pages[:1], HEADINGS)
    expect_order(pages[1:], LATER)
    for long in (NAME, PROVIDER):
        assert long in " ".join(pages[1:])


@pytest.fixture
def full_house(tmp_path: Path, sorter: Sorter) -> Iterator[House]:
    """Three people with long names who differ on as much as there is room for."""
    database = connect(str(tmp_path / "house.db"))
    database.migrate()
    store = Preparations(database, "parkinsons", "1.0.0")
    house = House(Walker(sorter), store, People(database, store), long_name("Tom"))
    for name in ("Ana", "Beatrice"):
        house.invite(long_name(name))
    fill(house, "treatment")
    yield house
    database.close()


def printed_from(browser: Browser, sheet: Sheet, size: str) -> bytes:
    """A summary printed without a server."""
    template = environment(sheet.pack, SOURCE, local_script=True).get_template("summary.html")
    html = template.render(sheet=sheet, place=OfferPlace(Home("x"), 1), example=None, today=None, large=False)
    page = browser.new_page()
    page.set_content(re.sub("<(script|link).*?>", "", html))
    page.add_style_tag(content=(STATIC / "style.css").read_text(encoding="utf-8"))
    printed = page.pdf(format=size)
    page.close()
    return printed


@pytest.mark.parametrize("size", SIZES)
def test_three_people_who_differ_on_much_still_have_one_side(size: str, browser: Browser, full_house: House) -> None:
    sheet = full_house.sheet()
    printed = printed_from(browser, sheet, size)
    pages = pages_of(printed)
    expect_size(printed, size)
    expect_side_one(pages, sheet)
    assert "The family does not agree on: kind of cells" in pages[0]
    expect_order(pages[1:], [*LATER[:1], "Notes", "Where people differ", "What matters, side by side", *LATER[3:]])


@pytest.mark.parametrize("size", SIZES)
def test_the_fullest_that_one_person_can_answer_has_one_side(size: str, browser: Browser, sorter: Sorter) -> None:
    sheet = sheet_of(sorter, fullest(sorter.pack, "treatment"), everything_about_me(sorter.pack))
    expect_side_one(pages_of(printed_from(browser, sheet, size)), sheet)


def test_pages_are_numbered(prepared: Page) -> None:
    pages = pages_of(prepared.pdf(format="A4"))
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text


def test_every_source_has_its_whole_number(prepared: Page, sorter: Sorter) -> None:
    text = " ".join(pages_of(prepared.pdf(format="A4")))
    sources = text[text.rindex("Sources") :]
    for number, fact in enumerate(sheet_of(sorter, *hard_case(sorter.pack)).sources, start=1):
        assert f"{number}. {squeezed(fact.says)[:20]}" in sources


def test_printed_with_the_browsers_own_header_and_footer_there_is_still_no_address(
    chromium: str, server: GuideServer, tmp_path: Path, pack: Pack
) -> None:
    # What a person's browser does: headers and footers are on unless somebody turns them off.
    printed = tmp_path / "printed.pdf"
    subprocess.run(
        [
            chromium,
            *CHROMIUM_FLAGS,
            "--headless",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={printed}",
            f"{server.address}/examples/warning-sign/summary",
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    pages = pages_of(printed.read_bytes())
    assert pack.results["warning_sign"].title in pages[0]
    expect_no_trace(pages, str(server.port))

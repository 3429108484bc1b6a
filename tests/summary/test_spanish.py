"""What is printed in Spanish: the language of the document, its dates, and a first side that still fits."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.translation import translated
from app.guide.walk import Walker
from app.languages import use
from app.settings import ROOT
from app.summary.pdf import to_pdf
from app.summary.sheet import Sheet
from app.web.render import STATIC, sheets_alone

FOLDER = ROOT / "questions" / "parkinsons"


@pytest.fixture(scope="module")
def spanish() -> Walker:
    found = translated(load_pack(FOLDER), FOLDER, "es")
    assert not found.problems
    return Walker(Sorter(found.pack))


@pytest.mark.parametrize("example", ["regulated-trial", "supportive-care", "warning-sign"])
def test_the_first_side_holds_and_the_document_says_its_language(spanish: Walker, example: str) -> None:
    found, checked = spanish.pack.example(example), spanish.sorter.vocabulary.checked
    assert found
    with use("es"):
        html = sheets_alone(spanish.pack, [Sheet(spanish, checked(found.answers), checked(found.you))])
    assert html.startswith('<!doctype html>\n<html lang="es">')
    assert "23 de noviembre de 2026" in html
    read = PdfReader(BytesIO(to_pdf(html, STATIC, "letter")))
    assert read.trailer["/Root"]["/Lang"] == "es"
    assert read.pages[1].extract_text().startswith("Preguntas para hacer")

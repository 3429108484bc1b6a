"""`python -m app summary` as a person or a program meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from jsonschema import Draft202012Validator
from pypdf import PdfReader
from test_cli import FAULTY, SUPPORT, lines, run
from web.html import Page

from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.summary.formats.preparation_read import read
from app.summary.formats.preparation_schema import SCHEMA
from app.summary.formats.response import answers_of

NEEDS_A_FILE = ["html", "json", "fhir-response"]


@pytest.fixture
def file(tmp_path: Path, pack: Pack) -> Path:
    """The three examples, one a line."""
    found = tmp_path / "answers.jsonl"
    found.write_bytes(lines(*({**e.answers, **e.you} for e in pack.examples)))
    return found


def test_html_is_one_page_with_every_offer_that_needs_no_other_file(file: Path, tmp_path: Path, pack: Pack) -> None:
    out = tmp_path / "summary.html"
    ran = run("summary", file, "--format", "html", "-o", out)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    page = Page(out.read_text(encoding="utf-8"))
    assert not page.faults
    assert [heading.strip() for heading in page.headings] == [e.answers["offer.name"] for e in pack.examples]
    # Nothing is fetched, and nothing leads anywhere.
    assert not page.links
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "form"}
    assert "@media print" in page.source


def test_html_is_what_a_person_prints(file: Path, pack: Pack) -> None:
    text = Page(run("summary", file).out).text
    for example in pack.examples:
        assert pack.results[example.result].meaning in text
    assert "Can my wife come to every visit?" in text


@pytest.mark.parametrize(("paper", "height"), [("a4", 841.9), ("letter", 792.0)])
def test_pdf_is_the_printed_pages_of_every_offer(file: Path, tmp_path: Path, paper: str, height: float) -> None:
    made = {}
    for large in (False, True):
        out = tmp_path / f"{large}.pdf"
        options = ["--large"] if large else []
        assert run("summary", file, "--format", "pdf", "--paper", paper, *options, "-o", out).code == 0
        made[large] = PdfReader(out)
    assert float(made[False].pages[0].mediabox.height) == pytest.approx(height, abs=1)
    assert len(made[True].pages) > len(made[False].pages)
    text = " ".join(page.extract_text() for page in made[False].pages)
    assert text.count("Summary for a visit") == len(file.read_text(encoding="utf-8").splitlines())


def test_letter_asks_what_is_open_of_every_offer(file: Path) -> None:
    letters = run("summary", file, "--format", "letter").out.split("\f")
    assert len(letters) == len(file.read_text(encoding="utf-8").splitlines())
    for letter in letters:
        assert letter.startswith("Hello,") or letter.startswith("To ")
        assert "1. " in letter


def test_json_is_a_preparation_that_can_be_brought_back(file: Path, sorter: Sorter) -> None:
    ran = run("summary", file, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    Draft202012Validator(SCHEMA).validate(json.loads(ran.out))
    found = read(sorter.vocabulary, ran.out.encode())
    examples = sorter.pack.examples
    assert [offer.answers for offer in found.offers] == [sorter.vocabulary.checked(e.answers) for e in examples]
    # About the person, the last line counts.
    ((_, you),) = found.about
    assert you.answers == sorter.vocabulary.checked(examples[-1].you)


def test_fhir_response_is_one_resource_a_line(file: Path, sorter: Sorter) -> None:
    ran = run("summary", file, "--format", "fhir-response")
    assert (ran.code, ran.err, len(ran.objects)) == (0, "", 3)
    for said, example in zip(ran.objects, sorter.pack.examples, strict=True):
        QuestionnaireResponse.model_validate(said)
        expected = sorter.vocabulary.checked({**example.answers, **example.you})
        assert answers_of(sorter.vocabulary, said) == (expected, [])


def test_fhir_questionnaire_needs_no_answers(pack: Pack) -> None:
    ran = run("summary", "--format", "fhir-questionnaire")
    assert (ran.code, ran.err) == (0, "")
    assert Questionnaire.model_validate(json.loads(ran.out)).version == pack.cover.version


def test_standard_input_is_read(pack: Pack) -> None:
    ran = run("summary", "-", "--format", "fhir-response", given=lines(SUPPORT))
    assert (ran.code, len(ran.objects)) == (0, 1)


@pytest.mark.parametrize("name", NEEDS_A_FILE)
def test_the_others_ask_for_a_file(name: str) -> None:
    ran = run("summary", "--format", name)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "needs a file of answers" in ran.err


@pytest.mark.parametrize("name", ["malformed JSON", "an unknown question", "an unknown option", "a date that is none"])
def test_a_faulty_line_is_named_as_sort_names_it_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    line, parts = FAULTY[name]
    given, out = lines({}, SUPPORT) + b"\n" + line + b"\n", tmp_path / "out"
    ran = run("summary", "-", "--format", "json", "-o", out, given=given)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("line 4: ")
    assert [part for part in parts if part not in ran.err] == []
    assert ran.err == run("sort", "-", given=given).err
    assert not out.exists()


@pytest.mark.parametrize("name", NEEDS_A_FILE)
def test_texts_of_any_kind_come_through(name: str) -> None:
    answers: dict[str, Any] = {"offer.name": "<b>\u7d30 \U0001f9e0 \ud800", "offer.provider": "a & b"}
    ran = run("summary", "-", "--format", name, given=lines(answers))
    assert (ran.code, ran.err) == (0, "")
    assert "\u7d30 \U0001f9e0 ?" in ran.out
    assert ("<b>" in ran.out) == (name != "html")


def test_an_unknown_format_and_a_folder_that_is_not_there_are_refused(file: Path, tmp_path: Path) -> None:
    ran = run("summary", file, "--format", "docx")
    assert (ran.code, "fhir-response" in ran.err) == (2, True)
    ran = run("summary", file, "-o", tmp_path / "no" / "out.html")
    assert (ran.code, ran.err.count("\n")) == (2, 1)

"""`python -m app summary`: what a preparation is printed and passed on as, from files of answers, without a server.

Thin: each format is one function that takes the answers of all offers and gives the bytes of a file.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from app.guide.answers import Answer
from app.guide.errors import GuideError
from app.guide.lines import checked_lines
from app.guide.walk import Walker
from app.languages import SOURCE, there_are
from app.summary.formats.preparation import Kept, Offer, preparation
from app.summary.formats.questionnaire import questionnaire
from app.summary.formats.response import response
from app.summary.letter import letter
from app.summary.pdf import Paper, PdfMissing, to_pdf
from app.summary.sheet import Sheet


@dataclass(frozen=True)
class Given:
    """The answers of one line: about an offer, and about the person."""

    about: dict[str, Answer]
    you: dict[str, Answer]


@dataclass(frozen=True)
class Look:
    """How it is to look on paper."""

    paper: Paper = "a4"
    large: bool = False


Write = Callable[[Walker, list[Given], Look], bytes]


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", pack: Path) -> argparse.ArgumentParser:
    """Adds the command with its options; whoever calls says what runs it."""
    command = commands.add_parser("summary", help="write the summary of answers, one JSON object an offer a line")
    command.add_argument("file", nargs="?", help='a file of answers, or "-" for standard input')
    command.add_argument("--format", choices=list(FORMATS), default="html")
    command.add_argument("--paper", choices=get_args(Paper), default="a4", help="for pdf")
    command.add_argument("--large", action="store_true", help="large print, for html and pdf")
    command.add_argument("--language", "--lang", choices=there_are(), default=SOURCE, help="the language of the guide")
    command.add_argument("-o", "--output", type=Path, help="a file to write, instead of standard output")
    command.add_argument("--pack", type=Path, default=pack)
    return command


def run(walker: Walker, name: str, lines: list[bytes] | None, output: Path | None, look: Look) -> int:
    """Writes the answers of these lines in one format. Raises GuideError, which names the line, or says that this
    machine cannot make PDFs."""
    if lines is None and name != "fhir-questionnaire":
        raise GuideError(f"This format needs a file of answers: python -m app summary ANSWERS.jsonl --format {name}.")
    personal = walker.pack.personal
    given = [
        Given(
            {q: a for q, a in answers.items() if q not in personal}, {q: a for q, a in answers.items() if q in personal}
        )
        for answers in checked_lines(walker.sorter.vocabulary, lines or [])
    ]
    try:
        written = FORMATS[name](walker, given, look)
    except PdfMissing as missing:
        raise GuideError(str(missing)) from missing
    if output:
        output.write_bytes(written)
    else:
        sys.stdout.buffer.write(written)
    return 0


def _sheets(walker: Walker, given: list[Given]) -> list[Sheet]:
    return [Sheet(walker, g.about, g.you) for g in given or [Given({}, {})]]


def _html(walker: Walker, given: list[Given], look: Look) -> bytes:
    from app.web.render import sheets_alone  # here: the other formats need no templates

    return _bytes(sheets_alone(walker.pack, _sheets(walker, given), large=look.large))


def _pdf(walker: Walker, given: list[Given], look: Look) -> bytes:
    from app.web.render import STATIC

    return to_pdf(_html(walker, given, look).decode(), STATIC, look.paper)


def _letter(walker: Walker, given: list[Given], _look: Look) -> bytes:
    # One letter after another, each on a page of its own where it is printed.
    return _bytes("\n\f".join(letter(sheet) + "\n" for sheet in _sheets(walker, given)))


def _json(walker: Walker, given: list[Given], _look: Look) -> bytes:
    # About the person, the last line that says something counts.
    you = {q: Kept(a) for g in given for q, a in g.you.items()}
    offers = [Offer({q: Kept(a) for q, a in g.about.items()}) for g in given]
    return _text(preparation(walker, offers, you), indent=1)


def _questionnaire(walker: Walker, _given: list[Given], _look: Look) -> bytes:
    return _text(questionnaire(walker.pack), indent=1)


def _response(walker: Walker, given: list[Given], _look: Look) -> bytes:
    # One resource a line, as FHIR's ndjson has it.
    return b"".join(_text(response(walker, g.about, g.you)) for g in given)


def _text(content: object, indent: int | None = None) -> bytes:
    return _bytes(json.dumps(content, ensure_ascii=False, indent=indent) + "\n")


def _bytes(text: str) -> bytes:
    # Half of a surrogate pair can stand in JSON, and in no file.
    return text.encode("utf-8", "replace")


FORMATS: dict[str, Write] = {
    "html": _html,
    "pdf": _pdf,
    "letter": _letter,
    "json": _json,
    "fhir-questionnaire": _questionnaire,
    "fhir-response": _response,
}

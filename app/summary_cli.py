"""`python -m app summary`: what a preparation is printed and passed on as, from files of answers, without a server.

Thin: each format is one function that takes the answers of all offers and gives text.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.guide.answers import Answer
from app.guide.errors import GuideError
from app.guide.lines import checked_lines
from app.guide.walk import Walker
from app.summary.formats.preparation import Kept, preparation
from app.summary.formats.questionnaire import questionnaire
from app.summary.formats.response import response
from app.summary.sheet import Sheet


@dataclass(frozen=True)
class Given:
    """The answers of one line: about an offer, and about the person."""

    about: dict[str, Answer]
    you: dict[str, Answer]


Write = Callable[[Walker, list[Given]], str]


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", pack: Path) -> argparse.ArgumentParser:
    """Adds the command with its options; whoever calls says what runs it."""
    command = commands.add_parser("summary", help="write the summary of answers, one JSON object an offer a line")
    command.add_argument("file", nargs="?", help='a file of answers, or "-" for standard input')
    command.add_argument("--format", choices=list(FORMATS), default="html")
    command.add_argument("-o", "--output", type=Path, help="a file to write, instead of standard output")
    command.add_argument("--pack", type=Path, default=pack)
    return command


def run(walker: Walker, name: str, lines: list[bytes] | None, output: Path | None) -> int:
    """Writes the answers of these lines in one format. Raises GuideError, which names the line."""
    if lines is None and name != "fhir-questionnaire":
        raise GuideError(f"This format needs a file of answers: python -m app summary ANSWERS.jsonl --format {name}.")
    personal = walker.pack.personal
    given = [
        Given(
            {q: a for q, a in answers.items() if q not in personal}, {q: a for q, a in answers.items() if q in personal}
        )
        for answers in checked_lines(walker.sorter.vocabulary, lines or [])
    ]
    # Half of a surrogate pair can stand in JSON, and in no file.
    written = FORMATS[name](walker, given).encode("utf-8", "replace")
    if output:
        output.write_bytes(written)
    else:
        sys.stdout.buffer.write(written)
    return 0


def _html(walker: Walker, given: list[Given]) -> str:
    from app.web.render import sheets_alone  # here: the other formats need no templates

    return sheets_alone(walker.pack, [Sheet(walker, g.about, g.you) for g in given or [Given({}, {})]])


def _json(walker: Walker, given: list[Given]) -> str:
    # About the person, the last line that says something counts.
    you = {q: Kept(a) for g in given for q, a in g.you.items()}
    offers = [{q: Kept(a) for q, a in g.about.items()} for g in given]
    return _text(preparation(walker, offers, you), indent=1)


def _questionnaire(walker: Walker, _given: list[Given]) -> str:
    return _text(questionnaire(walker.pack), indent=1)


def _response(walker: Walker, given: list[Given]) -> str:
    # One resource a line, as FHIR's ndjson has it.
    return "".join(_text(response(walker, g.about, g.you)) for g in given)


def _text(content: object, indent: int | None = None) -> str:
    return json.dumps(content, ensure_ascii=False, indent=indent) + "\n"


FORMATS: dict[str, Write] = {
    "html": _html,
    "json": _json,
    "fhir-questionnaire": _questionnaire,
    "fhir-response": _response,
}

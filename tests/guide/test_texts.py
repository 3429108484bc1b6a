"""Whether everything that people read is looked at, for spelling traps and for its reading grade."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from app.guide import models as m
from app.guide.models import Place
from app.guide.pack import Pack, load_pack
from app.guide.texts import GRADE_LIMIT, grades, lint_grades, lint_texts, prose

from .packs import tiny_pack
from .test_pack import spoil

REAL = Path(__file__).resolve().parents[2] / "questions" / "parkinsons"
HARD = (
    "Immunological considerations notwithstanding, administration of heterogeneous cellular preparations "
    "necessitates individualized multidisciplinary evaluation."
)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REAL, tmp_path / "copied"))


def block_with(folder: Path, file: str, text: str) -> Place:
    """Where the block begins that holds this text, found without the guide's own reader."""

    def inside(node: yaml.Node, line: int) -> int | None:
        if isinstance(node, yaml.ScalarNode):
            return line if text in node.value else None
        parts = node.value
        if isinstance(node, yaml.MappingNode):
            line, parts = node.start_mark.line + 1, [value for _, value in node.value]
        return next((found for part in parts if (found := inside(part, line))), None)

    found = inside(yaml.compose((folder / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader), 0)
    assert found, f"{text!r} does not stand in {file}"
    return Place(file, found)


# -- what is visited

# Of the texts that the models declare, those that are addresses, patterns, numbers and citations, not prose.
NOT_PROSE = {
    ("Fact", "source"),
    *(("Register", name) for name in ("pattern", "example", "look_up", "api")),
    *(("Trial", name) for name in ("register_numbers", "seen_at")),
}


def holds_text(annotation: Any) -> bool:
    return annotation is m.Text or any(holds_text(part) for part in get_args(annotation))


def nodes_in(value: object) -> Iterator[m.Node]:
    if isinstance(value, m.Node):
        yield value
        for _, inside in value:
            yield from nodes_in(inside)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from nodes_in(item)


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings_in(item)


def declared(pack: Pack) -> Iterator[tuple[tuple[str, str], str, Place]]:
    """Every text in the pack by what its model declares: the field, the text and its place."""
    for node in nodes_in([value for _, value in sorted(vars(pack).items())]):
        hints = get_type_hints(type(node), include_extras=True)
        for name, value in node:
            if holds_text(hints[name]):
                yield from (((type(node).__name__, name), text, node.place) for text in strings_in(value))


def missed_in(pack: Pack) -> set[tuple[str, str]]:
    visited = {(text, place) for text, place, _ in prose(pack)}
    return {field for field, text, place in declared(pack) if (text, place) not in visited}


def test_every_text_that_the_models_declare_is_visited(pack: Pack) -> None:
    assert missed_in(pack) - NOT_PROSE - {("Trial", "source")} == set()
    # Not because there is nothing to visit: the fields that matter most have texts in this pack.
    fields = {field for field, _, _ in declared(pack)}
    assert {("Option", "label"), ("Cited", "text"), ("Need", "says"), ("Table", "rows"), ("Block", "points")} <= fields


def test_where_the_cells_of_a_trial_come_from_is_visited(pack: Pack) -> None:
    assert ("Trial", "source") not in missed_in(pack)


def test_the_words_in_the_answers_of_an_example_are_visited(copied: Path) -> None:
    spoil(copied, "examples.yaml", ('offer.name: "', 'offer.name: "\u201c'))
    assert [p.id for p in lint_texts(load_pack(copied))] == ["curly-quotes"]


# What people read, the file, and what stands before the text there.
READ = [
    ("the title of the pack", "pack.yaml", 'title: "'),
    ("the intro of a section", "pack.yaml", 'intro: "'),
    ("the label of a standing answer", "pack.yaml", 'label: "'),
    ("the hint of a standing answer", "pack.yaml", 'hint: "'),
    ("the hint of a standing answer on a core question", "pack.yaml", 'hint_core: "'),
    ("what a standing answer says", "pack.yaml", 'text: "'),
    ("what a version changed", "pack.yaml", 'says: "'),
    ("a question", "where.yaml", 'question: "'),
    ("its short form", "where.yaml", 'short: "'),
    ("how to ask it", "where.yaml", 'ask: "'),
    ("why it is asked", "where.yaml", 'text: "'),
    ("what a clear answer sounds like", "where.yaml", 'clear: "'),
    ("what a vague answer sounds like", "where.yaml", 'vague: "'),
    ("who can answer it", "where.yaml", 'who: "'),
    ("a label", "cells.yaml", 'label: "'),
    ("a brief label", "cells.yaml", 'brief: "'),
    ("a hint", "cells.yaml", 'hint: "'),
    ("what a warning says", "claims.yaml", 'says:\n          text: "'),
    ("what a caution of a scale says", "visit.yaml", 'says:\n        text: "'),
    ("a point of a scale", "you.yaml", '- id: "1"\n        label: "'),
    ("what a contradiction says", "rules.yaml", 'says:\n      text: "'),
    ("the title of a result", "rules.yaml", 'title: "'),
    ("the meaning of a result", "rules.yaml", 'meaning: "'),
    ("the words of a result", "rules.yaml", '- text: "'),
    ("the title of a variant", "rules.yaml", '- id: trial\n        title: "'),
    ("a title by condition", "rules.yaml", '[replace_dopamine_neurons]}\n            title: "'),
    ("a need", "rules.yaml", 'says: "'),
    ("a promise", "rules.yaml", '\n    says: "'),
    ("a fact", "evidence.yaml", 'says: "'),
    ("a line of the first side", "pack.yaml", '- {label: "'),
    ("what is said of other hopes", "pack.yaml", 'beyond:\n      text: "'),
    ("another way forward", "alternatives.yaml", 'title: "'),
    ("a side of it", "alternatives.yaml", '- text: "'),
    ("the title of a trial", "trials.yaml", 'title: "'),
    ("the name of a register", "registers.yaml", 'name: "'),
    ("a word explained", "glossary.yaml", 'term: "'),
    ("how it stands in texts", "glossary.yaml", 'forms: ["'),
    ("what it means", "glossary.yaml", 'text: "'),
    ("the title of an example", "examples.yaml", 'title: "'),
    ("the title of a page", "pages/two-strategies.yaml", 'title: "'),
    ("the summary of a page", "pages/two-strategies.yaml", 'summary: "'),
    ("a heading", "pages/two-strategies.yaml", 'heading: "'),
    ("a page point", "pages/two-strategies.yaml", 'points:\n      - "'),
    ("the caption of a table", "pages/two-strategies.yaml", 'caption: "'),
    ("the label of a link", "pages/helping.yaml", 'label: "'),
    ("a table cell", "pages/two-strategies.yaml", 'rows:\n        - - "'),
    ("the page about the guide", "pages/about.yaml", 'text: "'),
]


@pytest.mark.parametrize(("file", "before"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_curly_quote_is_reported_wherever_it_is_read(file: str, before: str, copied: Path) -> None:
    spoil(copied, file, (before, before.replace('"', '"\u201c', 1) if before[-1] != '"' else before + "\u201c"))
    [problem] = lint_texts(load_pack(copied))
    assert (problem.id, problem.place) == ("curly-quotes", block_with(copied, file, "\u201c"))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("it\u2019s", "curly-quotes"),
        ("\u2018so\u2019", "curly-quotes"),
        ("\u00abso\u00bb", "curly-quotes"),
        ("2 \u2013 3", "long-dash"),
        ("so\u2014there", "long-dash"),
        ("two  spaces", "stray-space"),
        ("a\u00a0space", "stray-space"),
        ("a\u200bspace", "stray-space"),
        ("a\ttab", "stray-space"),
        ("an anonymous link", "never-say"),
        ("It is ANONYMOUS", "never-say"),
    ],
)
def test_a_trap_is_named_with_the_words_around_it(written: str, problem: str, tmp_path: Path) -> None:
    about = {"title": f"Some words before, {written}, and some after"}
    [found] = lint_texts(load_pack(tiny_pack(tmp_path, about=about)))
    assert (found.id, found.place) == (problem, Place("pages/about.yaml", 1))
    assert written in found.says


@pytest.mark.parametrize("written", ["it's", '"so"', "2-3", "exPDite-2", "over\n    two lines", "synonymous"])
def test_plain_writing_is_left_alone(written: str, tmp_path: Path) -> None:
    assert list(lint_texts(load_pack(tiny_pack(tmp_path, about={"title": written})))) == []


# -- reading grade


def test_the_pack_reads_at_no_more_than_the_limit(pack: Pack) -> None:
    graded = grades(pack)
    assert list(lint_grades(graded)) == []
    found = [grade for grade, _ in graded]
    assert found == sorted(found, reverse=True)
    assert found[0] <= GRADE_LIMIT
    assert median(found) <= 6
    assert len(found) > 500


def test_a_hard_text_is_reported_with_its_file_and_line(copied: Path) -> None:
    spoil(copied, "where.yaml", ('clear: "', f'clear: "{HARD} '))
    graded = grades(load_pack(copied))
    problem = next(lint_grades(graded))
    assert (problem.id, problem.place) == ("reading-grade", block_with(copied, "where.yaml", HARD))
    assert HARD[:50] in problem.says
    # The hardest comes first, so that `check` shows it.
    assert graded[0][1].text.startswith(HARD)


def test_a_few_words_have_no_grade(tmp_path: Path) -> None:
    about = {
        "title": "Heterogeneous immunological contraindications",
        "summary": "We like to keep it short and plain here.",
    }
    graded = {prose.text for _, prose in grades(load_pack(tiny_pack(tmp_path, about=about)))}
    assert about["title"] not in graded
    assert about["summary"] in graded


def test_a_source_has_no_grade(tmp_path: Path) -> None:
    # Names that cannot be avoided raise it: facts, trials and registers are as their sources put them.
    fact = {"id": "a_fact", "strength": "copy", "says": HARD, "source": HARD, "date": "2026"}
    assert list(lint_grades(grades(load_pack(tiny_pack(tmp_path, evidence={"facts": [fact]}))))) == []

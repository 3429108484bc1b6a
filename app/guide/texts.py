"""Everything in a pack that people read, and whether it is written plainly.

Knows spelling traps and how reading grade is measured. Does not know what the texts are about.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.guide import models as m
from app.guide import trial_models as t
from app.guide.errors import Problem
from app.guide.pack import Pack

# Fields that are ids, patterns, addresses or sources: not prose.
_NOT_PROSE = frozenset(
    {"id", "kind", "reads", "basis", "scope", "key", "group", "register_numbers", "pattern", "look_up", "api",
     "words", "not_words", "seen_at", "facts", "all", "any", "when", "unless", "asked_when", "variants", "answers",
     "you", "page", "part"}
)  # fmt: skip
# Grades say little about a few words, and rise with names that cannot be avoided in trials and sources.
_WORDS_TO_GRADE = 8
_NOT_GRADED = (m.Fact, t.Trial, t.Status, m.Evidence, m.AuthorisedProduct, t.Register, m.Never)
GRADE_LIMIT = 8.0

_TRAPS = (
    (re.compile("[\u2018\u2019\u201c\u201d\u00ab\u00bb]"), "curly-quotes", "use straight quotes"),
    (re.compile("[\u2013\u2014]"), "long-dash", "use a comma, a colon or a new sentence instead of a long dash"),
    (re.compile(r"[\u00a0\u200b]|(?<=\S) {2,}|\t"), "stray-space", "a space too many, or one that cannot be seen"),
    (re.compile(r"\banonym", re.IGNORECASE), "never-say", 'say "we do not ask who you are"'),
)


class Prose(NamedTuple):
    """One text that people read, and where it stands."""

    text: str
    place: m.Place
    graded: bool


def prose(pack: Pack) -> Iterator[Prose]:
    """Every text of the pack that people read."""
    roots = [pack.cover, *(q for _, qs in pack.sections for q in qs), pack.rules, pack.evidence, pack.trials]
    compare = [pack.compare.illness] if pack.compare else []
    for root in (*roots, *pack.alternatives, *pack.registers, *compare, *pack.pages, pack.about, *pack.examples):
        yield from _prose_of(root)
    for example in pack.examples:
        for question_id, answer in (*example.answers.items(), *example.you.items()):
            if question_id in pack.questions and not pack.questions[question_id].options:
                yield from (Prose(text, example.place, False) for text in _flat(answer) if isinstance(text, str))


def _prose_of(node: m.Node) -> Iterator[Prose]:
    graded = not isinstance(node, _NOT_GRADED)
    for name, value in node:
        if (name in _NOT_PROSE and not _holds_nodes(value)) or (name == "source" and isinstance(node, m.Fact)):
            continue
        for item in _flat(value):
            if isinstance(item, m.Node):
                yield from _prose_of(item)
            elif isinstance(item, str):
                yield Prose(item, node.place, graded)


def _holds_nodes(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, m.Node) for item in value)


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, tuple | list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def lint_texts(pack: Pack) -> Iterator[Problem]:
    """Straight quotes, no stray spaces, no word that this guide never uses."""
    for text, place, _ in prose(pack):
        for trap, problem, advice in _TRAPS:
            if found := trap.search(text):
                near = text[max(0, found.start() - 20) : found.end() + 20].strip()
                yield Problem(problem, place, f'{advice}, near "{near}".')


def grades(pack: Pack) -> list[tuple[float, Prose]]:
    """US reading grade (Flesch-Kincaid) of every text long enough to have one, the hardest first.

    Needs textstat, which is not needed to serve.
    """
    import textstat  # here, because loading its dictionary takes a second

    found = [
        (round(float(textstat.flesch_kincaid_grade(p.text)), 1), p)
        for p in prose(pack)
        if p.graded and len(p.text.split()) >= _WORDS_TO_GRADE
    ]
    return sorted(found, key=lambda graded: -graded[0])


def lint_grades(graded: list[tuple[float, Prose]]) -> Iterator[Problem]:
    """Texts above US grade 8."""
    for grade, (text, place, _) in graded:
        if grade > GRADE_LIMIT:
            says = f'reads at US grade {grade}, and {GRADE_LIMIT:g} is the limit: "{text[:60]}..."'
            yield Problem("reading-grade", place, says)

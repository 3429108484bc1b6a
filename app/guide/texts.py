"""Everything in a pack that people read, and whether it is written plainly.

Knows spelling traps and how reading grade is measured. Does not know what the texts are about.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple, TypeVar, get_args, get_type_hints

from app.guide import models as m
from app.guide import trial_models as t
from app.guide.errors import Problem
from app.guide.pack import Pack

# Grades say little about a few words, and rise with names that cannot be avoided in trials and sources.
_WORDS_TO_GRADE = 8
_NOT_GRADED = (m.Fact, t.Trial, t.Status, m.Evidence, m.AuthorisedProduct, t.Register, m.Never)
GRADE_LIMIT = 8.0

TRAPS = (
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


# A date, a count, a country or a number of a register: no words, and the same in every language.
_NO_WORDS = re.compile(r"[\W\d_]+|[A-Z]{2}|(?=.*\d)[A-Z]+[a-z]*[\d/-][\w/-]+")
_Node = TypeVar("_Node", bound=m.Node)
# From a text, and where it stands, to what stands there instead.
Instead = Callable[[str, m.Place], str]


def has_words(text: str) -> bool:
    """There is something in it to say in another language."""
    return not _NO_WORDS.fullmatch(text)


def prose(pack: Pack) -> Iterator[Prose]:
    """Every text of the pack that people read."""
    found: list[Prose] = []

    def seen(text: str, place: m.Place, *, graded: bool) -> str:
        found.append(Prose(text, place, graded))
        return text

    for root in _roots(pack):
        _with_words(root, lambda text, place, of: seen(text, place, graded=not isinstance(of, _NOT_GRADED)))
    for example in pack.examples:
        _with_answers(pack, example, lambda text, place: seen(text, place, graded=False))
    yield from found


def with_words(pack: Pack, instead: Instead) -> Pack:
    """The same pack with other words in every place where people read any."""

    def words(text: str, place: m.Place) -> str:
        return instead(text, place) if has_words(text) else text

    def of(node: _Node) -> _Node:
        return _with_words(node, lambda text, place, _node: words(text, place))

    cover = of(pack.cover)
    sections = zip(cover.sections, pack.sections, strict=True)
    return replace(
        pack,
        cover=cover,
        sections=tuple((section, tuple(map(of, questions))) for section, (_, questions) in sections),
        rules=of(pack.rules),
        evidence=of(pack.evidence),
        alternatives=tuple(map(of, pack.alternatives)),
        trials=of(pack.trials),
        registers=tuple(map(of, pack.registers)),
        pages=tuple(map(of, pack.pages)),
        about=of(pack.about),
        examples=tuple(_with_answers(pack, of(example), words) for example in pack.examples),
        glossary=of(pack.glossary),
        compare=of(pack.compare) if pack.compare else None,
    )


def words_of(node: m.Node) -> list[str]:
    """Every text in a part of a pack that people read."""
    found: list[str] = []

    def seen(text: str, _place: m.Place, _of: m.Node) -> str:
        found.append(text)
        return text

    _with_words(node, seen)
    return found


def _roots(pack: Pack) -> Iterator[m.Node]:
    yield from (pack.cover, *(q for _, qs in pack.sections for q in qs), pack.rules, pack.evidence, pack.trials)
    yield from (*pack.alternatives, *pack.registers, *([pack.compare] if pack.compare else []))
    yield from (*pack.pages, pack.about, *pack.examples, pack.glossary)


def _with_words(node: _Node, instead: Callable[[str, m.Place, m.Node], str]) -> _Node:
    worded = _worded(type(node))

    def of(value: object, name: str) -> object:
        if isinstance(value, m.Node):
            return _with_words(value, instead)
        if isinstance(value, tuple):
            return tuple(of(item, name) for item in value)
        return instead(value, node.place, node) if isinstance(value, str) and name in worded else value

    changed = {name: new for name, value in node if (new := of(value, name)) != value}
    return node.model_copy(update=changed) if changed else node


@cache
def _worded(model: type[m.Node]) -> frozenset[str]:
    """The fields of a model that hold words."""
    return frozenset(name for name, hint in get_type_hints(model, include_extras=True).items() if _holds_words(hint))


def _holds_words(hint: object) -> bool:
    marks = getattr(hint, "__metadata__", ())
    return any(isinstance(mark, m.Words) for mark in marks) or any(map(_holds_words, get_args(hint)))


def _with_answers(pack: Pack, example: m.Example, instead: Instead) -> m.Example:
    """An example with other words in what its person wrote."""

    def of(answer: object) -> object:
        if isinstance(answer, list):
            return [of(item) for item in answer]
        return instead(answer, example.place) if isinstance(answer, str) else answer

    def written(answers: Mapping[str, object]) -> dict[str, object]:
        free = {q for q in answers if q in pack.questions and not pack.questions[q].options}
        return {q: of(answer) if q in free else answer for q, answer in answers.items()}

    return example.model_copy(update={"answers": written(example.answers), "you": written(example.you)})


def lint_texts(pack: Pack) -> Iterator[Problem]:
    """Straight quotes, no stray spaces, no word that this guide never uses."""
    for text, place, _ in prose(pack):
        for trap, problem, advice in TRAPS:
            if found := trap.search(text):
                near = text[max(0, found.start() - 20) : found.end() + 20].strip()
                yield Problem(problem, place, f'{advice}, near "{near}".')


def grades(pack: Pack) -> list[tuple[float, Prose]]:
    """US reading grade (Flesch-Kincaid) of every text long enough to have one, the hardest first.

    Needs textstat, which is not needed to serve.
    """
    import textstat  # here, because loading its dictionary takes a second

    return _graded(pack, textstat.flesch_kincaid_grade)


def _graded(pack: Pack, measure: Callable[[str], float]) -> list[tuple[float, Prose]]:
    long_enough = (p for p in prose(pack) if p.graded and len(p.text.split()) >= _WORDS_TO_GRADE)
    found = [(round(float(measure(p.text)), 1), p) for p in long_enough]
    return sorted(found, key=lambda graded: -graded[0])


# How hard a text is to read, by language: for others we know no measure.
_MEASURES = {"es": "crawford"}


def grades_in(pack: Pack, language: str) -> list[tuple[float, Prose]]:
    """School grade of every text of a translated pack that is long enough, the hardest first; nothing for a language
    without a measure. Needs textstat."""
    import textstat

    if language not in _MEASURES:
        return []
    textstat.set_lang(language)
    try:
        return _graded(pack, getattr(textstat, _MEASURES[language]))
    finally:
        textstat.set_lang("en_US")


def lint_grades(graded: list[tuple[float, Prose]]) -> Iterator[Problem]:
    """Texts above US grade 8."""
    for grade, (text, place, _) in graded:
        if grade > GRADE_LIMIT:
            says = f'reads at US grade {grade}, and {GRADE_LIMIT:g} is the limit: "{text[:60]}..."'
            yield Problem("reading-grade", place, says)

"""The words that a pack explains: which of them stand on a page, and which should be explained and are not.

Knows how a word is found in a text. Does not know what any word means, or how it is shown.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from app.guide.countries import letters
from app.guide.errors import Problem
from app.guide.models import Node, Question
from app.guide.pack import Pack
from app.guide.page_models import Term
from app.guide.texts import words_of

_WORD = re.compile(r"\w+")
# What has to be explained wherever it stands, if nothing says that everybody knows it: IND, iPSC.
_ABBREVIATION = re.compile(r"\b[a-z]?([A-Z]{2,}[a-z]?)\b")


class Glossary:
    """Finds the words of one pack, in its language. Building it is cheap."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._patterns = [(term, _first_words(term.forms), _pattern(term.forms)) for term in pack.glossary.terms]
        # Where words are explained: questions and pages by id, and `trials`.
        self.places: dict[str, Node] = {
            **pack.questions,
            **{page.id: page for page in (*pack.pages, pack.about)},
            "trials": pack.trials,
        }
        self._found: dict[str, tuple[Term, ...]] = {}

    def on(self, name: str) -> tuple[Term, ...]:
        """The terms that stand on the page of a question, or on another page, by its id, or on that of the `trials`; in
        the order of the glossary. Raises KeyError if there is nothing of that name."""
        if name not in self._found:
            self._found[name] = self.within(words_of(_shown(self.places[name])))
        return self._found[name]

    def within(self, texts: Iterable[str]) -> tuple[Term, ...]:
        """The terms that stand in any of these texts."""
        text = "\n".join(texts)
        # A look at the words first: most terms need no more, and this may run for each page that is shown.
        words = set(_WORD.findall(text.lower()))
        return tuple(term for term, first, p in self._patterns if not first.isdisjoint(words) and p.search(text))

    @cached_property
    def in_order(self) -> tuple[Term, ...]:
        """All terms from A to Z."""
        return tuple(sorted(self.pack.glossary.terms, key=lambda term: letters(term.term)))


def _shown(node: Node) -> Node:
    """A question as its own page shows it. What an answer leads to is for other pages, and must not be told ahead."""
    if not isinstance(node, Question):
        return node
    options = tuple(o.model_copy(update={"brief": None, "says": None, "ask": None}) for o in node.options)
    return node.model_copy(update={"short": "", "ask": None, "caution_at": None, "options": options})


def _first_words(forms: Sequence[str]) -> frozenset[str]:
    return frozenset(_WORD.findall(form.lower())[0] for form in forms)


def _pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """Whole words. Small letters match in any case, a form with a capital only just so: OFF is not off."""
    either = (f"(?i:{re.escape(form)})" if form == form.lower() else re.escape(form) for form in forms)
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})(?!\w)")


def lint_glossary(pack: Pack) -> Iterator[Problem]:
    """Terms that stand nowhere, and abbreviations in questions and pages that nothing explains."""
    glossary = Glossary(pack)
    used = {term.id for node in glossary.places.values() for term in glossary.within(words_of(node))}
    for term in pack.glossary.terms:
        if term.id not in used:
            yield Problem("unused-term", term.place, f'the term "{term.id}" stands in no question and on no page.')
    explained = " ".join(form for term in pack.glossary.terms for form in term.forms)
    known = {*pack.glossary.everyday, *_ABBREVIATION.findall(explained)}
    for name, node in glossary.places.items():
        if name != "trials":  # full of names
            for short in dict.fromkeys(_ABBREVIATION.findall("\n".join(words_of(node)))):
                if short not in known:
                    says = f'{name} says "{short}"; explain it in glossary.yaml, or list it under "everyday" there.'
                    yield Problem("unexplained", node.place, says)


def lint_translated(pack: Pack, spoken: Pack) -> Iterator[Problem]:
    """Terms that are explained in English and are not found in the same place of the translated pack; and those that
    are found there alone, because a form is also an everyday word."""
    here, there = Glossary(pack), Glossary(spoken)
    for name, node in here.places.items():
        english = {term.id for term in here.within(words_of(node))}
        found = {term.id for term in there.within(words_of(there.places[name]))}
        for term in pack.glossary.terms:
            if term.id in english and term.id not in found:
                says = f'the words for "{term.term}" are not found in {name}; its forms lack how it is said there.'
                yield Problem("term-not-found", node.place, says)
            elif term.id in found and term.id not in english:
                says = f'the words for "{term.term}" are found in {name}, where English has none; a form is too common.'
                yield Problem("term-elsewhere", node.place, says)

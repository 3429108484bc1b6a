"""The guide in two languages: English, and one in which everything that was left in English can be seen."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from fastapi import FastAPI
from pseudo import LANGUAGE, write_interface, write_pack
from starlette.testclient import TestClient

from app import languages, main
from app.guide.countries import country_names
from app.guide.pack import Pack, load_pack
from app.guide.texts import has_words, prose
from app.settings import ROOT, Settings

# As it is before any test has others share what they read.
_ADD_GUIDE = main._add_guide
FOLDER = ROOT / "questions" / "parkinsons"
_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder", "data-saved", "data-copied", "data-not-reached")
_DATA = ("data-copied-it", "data-not-copied", "data-stop")
# What is the same in every language, or no words at all.
_AS_IT_IS = frozenset({"script", "style", "pre", "textarea", "code"})


def two_languages(folder: Path) -> Iterator[FastAPI]:
    """The application, which speaks both while this is in use."""
    write_interface(folder / "locale")
    write_pack(load_pack(FOLDER), FOLDER, folder / "pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "FOLDER", folder / "locale")
        patch.setattr(main, "_add_guide", _ADD_GUIDE)
        app = main.create_app(Settings(pack=folder / "pack", database=folder / "two.db", look_up=False, limits=1000))
        yield app


def speaker(app: FastAPI, language: str = LANGUAGE) -> TestClient:
    """A browser that asks for a language."""
    client = TestClient(app, base_url="http://testserver", follow_redirects=False)
    client.headers["accept-language"] = language
    return client


class _Said(HTMLParser):
    """Everything on a page that somebody reads or hears."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._inside: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "hr", "img", "input", "link", "meta", "rect", "path", "circle"):
            self._inside.append(tag)
        self.said += [value for name, value in attrs if name in (*_ATTRIBUTES, *_DATA) and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _AS_IT_IS.intersection(self._inside) and data.strip():
            self.said.append(" ".join(data.split()))


class English:
    """Finds what was left in English. Knows what is the same in every language: names, numbers, sources, dates."""

    def __init__(self, pack: Pack) -> None:
        known = {
            *(fact.source for fact in pack.evidence.facts),
            *country_names(LANGUAGE).values(),
            *(number for trial in pack.trials.trials for number in trial.register_numbers),
            *(register.example for register in pack.registers),
            *(text for text, _, _ in prose(pack) if not has_words(text)),
            *map(languages.own_name, ("en", LANGUAGE)),
        }
        self._known = _any_of(known)
        months = "|".join(Locale.parse(LANGUAGE).months["format"]["wide"].values())
        self._dates = re.compile(rf"\d+-({months})-\d+|({months}) \d+|https?://\S+", re.IGNORECASE)

    def left(self, source: str, typed: tuple[str, ...] = ()) -> list[str]:
        """What a page says without a mark; `typed` is what somebody wrote."""
        left = (self._without(said, typed) for said in _Said(source).said)
        return [" ".join(said.split()) for said in left if re.search("[A-Za-z]{2}", said)]

    def _without(self, said: str, typed: tuple[str, ...]) -> str:
        if not re.search("[A-Za-z]{2}", said):
            return said
        said = self._dates.sub(" ", self._known.sub(" ", said))
        said = _any_of(typed).sub(" ", said) if typed else said
        # The "and" and "or" of a list.
        return re.sub("\\b(kaj|a\u016d)\\b", " ", said)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    spelled = [word for word in words if re.search("[A-Za-z]", word)]
    return re.compile("|".join(map(re.escape, sorted(spelled, key=len, reverse=True))) or "(?!)")

"""The languages there are, how each writes dates, numbers and lists, and which one somebody is spoken to in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app import languages
from app.guide.countries import country_names
from app.languages import all_of, current, date_order, day, gettext, month, ngettext, number, one_of, own_name, use
from app.web.language import asked_for


@pytest.fixture
def spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spanish with a few words."""
    catalogue = Catalog(locale="es_419")
    catalogue.add("Back", "Atr\u00e1s")
    catalogue.add("Next", "")
    catalogue.add(("{count} note", "{count} notes"), ("{count} nota", "{count} notas"))
    path = tmp_path / "es" / languages.CATALOGUE
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    with use("es"):
        yield


def test_without_more_it_is_english() -> None:
    assert current() == "en"
    assert day(date(2026, 11, 23)) == "November 23, 2026"
    assert (number(2000), all_of(["a", "b", "c"]), one_of(["a", "b"])) == ("2,000", "a, b and c", "a or b")
    assert date_order() == ("month", "day", "year")


def test_spanish(spanish: None) -> None:
    assert languages.there_are() == ("en", "es")
    assert (gettext("Back"), gettext("Next"), gettext("Home")) == ("Atr\u00e1s", "Next", "Home")
    assert [ngettext("{count} note", "{count} notes", n) for n in (1, 2)] == ["{count} nota", "{count} notas"]
    assert (day(date(2026, 11, 23)), month(date(2026, 1, 1))) == ("23 de noviembre de 2026", "enero de 2026")
    assert (all_of(["a", "b", "c"]), one_of(["a", "b"])) == ("a, b y c", "a o b")
    assert number(20_000) == "20,000"
    assert date_order() == ("day", "month", "year")


def test_countries_in_spanish(spanish: None) -> None:
    names = country_names()
    assert (names["JP"], names["US"], names["DE"]) == ("Jap\u00f3n", "Estados Unidos", "Alemania")
    # Sorted as people look for them: marks on letters do not count.
    assert [n for n in names.values() if n[:2].lower() in ("ja", "je")] == ["Jamaica", "Jap\u00f3n", "Jersey"]
    assert country_names("en")["JP"] == "Japan"


def test_languages_call_themselves_by_their_own_names() -> None:
    assert [own_name(name) for name in ("en", "es", "pt_BR")] == ["English", "Espa\u00f1ol", "Portugu\u00eas (Brasil)"]


@pytest.mark.parametrize(
    ("accept", "offered", "spoken"),
    [
        ("", ("en", "es"), "en"),
        ("es", ("en", "es"), "es"),
        ("es-MX,es;q=0.9,en;q=0.8", ("en", "es"), "es"),
        ("en;q=0.5, es;q=0.7", ("en", "es"), "es"),
        ("fr, es-419;q=0.9", ("en", "es"), "es"),
        ("ES-mx", ("en", "es"), "es"),
        ("es;q=0", ("en", "es"), "en"),
        ("es;q=0, en", ("en", "es"), "en"),
        ("de, fr;q=0.9", ("en", "es"), "en"),
        ("*", ("en", "es"), "en"),
        ("pt", ("en", "pt_BR"), "pt_BR"),
        ("pt-PT, en;q=0.1", ("en", "pt_BR"), "pt_BR"),
        ("es", ("en",), "en"),
        (";;;,,q=1,es;q=x,\u00e9\u00e9,;q=1", ("en", "es"), "en"),
        ("es;q=1e999", ("en", "es"), "en"),
        ("es;q=nan", ("en", "es"), "en"),
        ("x-" * 50_000, ("en", "es"), "en"),
    ],
)
def test_what_a_browser_asks_for(accept: str, offered: tuple[str, ...], spoken: str) -> None:
    assert asked_for(accept, offered) == spoken

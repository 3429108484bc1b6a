"""Countries as ISO 3166 alpha-2 codes, with the names that Unicode's CLDR gives them in each language."""

import unicodedata
from functools import cache

from babel import Locale

from app.languages import SOURCE, locale

# Two-letter codes in CLDR that ISO 3166 does not assign to a country.
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])


def country_names(language: str | None = None) -> dict[str, str]:
    """Names by code, sorted by name; in the language that is spoken now, if none is named."""
    return _names(language or str(locale()))


@cache
def _names(language: str) -> dict[str, str]:
    names = {
        str(code): str(name)
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: letters(item[1])))


def letters(name: str) -> str:
    """A name, or another word, as it is sorted: marks on letters do not count."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


@cache
def country_codes() -> frozenset[str]:
    return frozenset(_names(SOURCE))

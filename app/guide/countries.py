"""Countries as ISO 3166 alpha-2 codes, with the names that Unicode's CLDR gives them."""

from functools import cache

from babel import Locale

# Two-letter codes in CLDR that ISO 3166 does not assign to a country.
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])


@cache
def country_names(language: str = "en") -> dict[str, str]:
    """Names by code, sorted by name."""
    names = {
        str(code): str(name)
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: item[1]))


@cache
def country_codes() -> frozenset[str]:
    return frozenset(country_names())

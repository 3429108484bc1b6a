"""Words of records: are they in a text, do two names mean the same, which country is it, which day.

Knows how people and registers write things differently. Does not know what any record says.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache

from app.guide.countries import country_names
from app.languages import SOURCE, day, month

# Words that many places have in their names: alone they say nothing about which one it is.
_COMMON_WORDS = """
academy advanced and associates association at biomedical biotech biotechnology brain care cell cells cellular
center centers centre centres clinic clinica clinical clinics co college company corp corporation de del
department der des di disease doctor dr for foundation gmbh group health healthcare hospital hospitals inc
institute institutes instituto international klinik la laboratories laboratory limited llc ltd medical
medicine neurology neuroscience neurosciences neurosurgery of parkinson parkinsons pharma pharmaceuticals
private program pty regeneration regenerative research s sa school sciences stem study the therapeutics
therapies therapy treatment trial trials und unit universitaet universite university von
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_LEGAL_FORMS = "co company corp corporation gmbh inc limited llc ltd pty s sa pharma therapeutics"
_LEGAL = frozenset(_LEGAL_FORMS.split())
# Names of countries that registers use and CLDR does not, in the plain form of `plain`.
_COUNTRIES = {
    "korea republic of": "KR",
    "republic of korea": "KR",
    "korea": "KR",
    "korea democratic people s republic of": "KP",
    "russian federation": "RU",
    "iran islamic republic of": "IR",
    "islamic republic of iran": "IR",
    "turkey": "TR",
    "turkey turkiye": "TR",
    "czech republic": "CZ",
    "viet nam": "VN",
    "hong kong": "HK",
    "macau": "MO",
    "moldova republic of": "MD",
    "republic of moldova": "MD",
    "syrian arab republic": "SY",
    "bosnia and herzegovina": "BA",
    "trinidad and tobago": "TT",
    "antigua and barbuda": "AG",
    "saint lucia": "LC",
    "saint kitts and nevis": "KN",
    "north macedonia the republic of": "MK",
    "macedonia the former yugoslav republic of": "MK",
    "congo the democratic republic of the": "CD",
    "democratic republic of the congo": "CD",
    "congo": "CG",
    "tanzania united republic of": "TZ",
    "venezuela bolivarian republic of": "VE",
    "bolivia plurinational state of": "BO",
    "brunei darussalam": "BN",
    "lao people s democratic republic": "LA",
    "palestinian territory occupied": "PS",
    "palestinian territories occupied": "PS",
    "libyan arab jamahiriya": "LY",
    "taiwan province of china": "TW",
    "the gambia": "GM",
    "the bahamas": "BS",
    "united states of america": "US",
    "usa": "US",
    "great britain": "GB",
    "the netherlands": "NL",
    "swaziland": "SZ",
    "cape verde": "CV",
    "burma": "MM",
    "myanmar": "MM",
}


def plain(text: str) -> str:
    """Small letters and digits, without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.replace("\u0131", "i"))
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


def holds(text: str, words: Iterable[str]) -> bool:
    """One of these words or phrases stands in the text, whole."""
    padded = f" {plain(text)} "
    return any(f" {plain(word)} " in padded for word in words)


def without(text: str, phrases: Iterable[str]) -> str:
    """The plain text with these phrases taken out."""
    padded = f" {plain(text)} "
    for phrase in phrases:
        padded = padded.replace(f" {plain(phrase)} ", " ")
    return padded.strip()


def same_name(told: str, found: str, places: Iterable[str] = ()) -> bool:
    """Two names of clinics, hospitals or companies that surely mean the same one.

    They differ at most in their legal form; or one stands whole in the other, with two telling words or more; or both
    have the same telling words, two or more. `places` are towns and countries, which tell nothing here. A name that
    only shares some words with another may have borrowed them: fails towards "no".
    """
    one, other = plain(told), plain(found)
    if one == other or _bare(one) == _bare(other):
        return " " in one or bool(_telling(one))
    towns = frozenset(word for place in places for word in plain(place).split())
    shorter, longer = sorted((one, other), key=len)
    if f" {shorter} " in f" {longer} " and len(_telling(shorter) - towns) > 1:
        return True
    telling = _telling(one) - towns
    return len(telling) > 1 and telling == _telling(other) - towns


def _bare(text: str) -> list[str]:
    """The words of a name without its legal form."""
    return [word for word in text.split() if word not in _LEGAL]


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if word not in _COMMON and len(word) > 1)


@cache
def _codes(language: str) -> dict[str, str]:
    return {plain(name): code for code, name in country_names(language).items()} | _COUNTRIES


def country_code(name: str) -> str | None:
    """The ISO code of a country as a register names it, which is in English; None if the name is not known."""
    return _codes(SOURCE).get(plain(name))


def date_words(written: str) -> str:
    """A date of a record in words: "2021-08" is "August 2021". What is no date stays as it is."""
    parts = written.split("-")
    try:
        if len(parts) == 3:
            return day(date.fromisoformat(written))
        if len(parts) == 2 and len(parts[0]) == 4:
            return month(date(int(parts[0]), int(parts[1]), 1))
    except ValueError:
        pass
    return written


def day_of(written: str) -> date | None:
    """The first day that a date of a record may mean; None if it is no date."""
    try:
        return date.fromisoformat((written + "-01-01")[:10])
    except ValueError:
        return None

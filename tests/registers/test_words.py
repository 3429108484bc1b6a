"""Names, countries, dates and words, as records and people write them."""

from datetime import date

import pytest

from app.guide.countries import country_names
from app.registers.words import country_code, date_words, day_of, holds, plain, same_name, without


def test_words_are_found_whole_whatever_their_case_and_marks() -> None:
    assert holds("Autologous iPSC-derived cells", ["ipsc"])
    assert holds("Parkinson\u2019s Disease", ["parkinson s"])
    assert not holds("Parkinsonism", ["parkinson"])
    assert not holds("disclosed", ["closed"])
    assert not holds("", ["msc"])
    assert plain("  H\u00f4pital  SAINT-\u00c9tienne ") == "hopital saint etienne"
    assert without("Wolff-Parkinson-White Syndrome", ["wolff parkinson white"]) == "syndrome"


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Memorial Sloan Kettering", "Memorial Sloan Kettering Cancer Center"),
        ("alder hill", "Alder Hill Hospital"),
        ("The Alder Hill Hospital, Springfield", "Alder Hill Hospital"),
        ("Brookfield Cell Works Inc.", "Brookfield Cell Works"),
        ("BlueRock", "BlueRock Therapeutics"),
        ("Boston Medical Center", "Boston Medical Center"),
    ],
)
def test_names_that_mean_the_same(told: str, found: str) -> None:
    assert same_name(told, found, ["Boston", "Springfield"])
    assert same_name(found, told, ["Boston", "Springfield"])


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Stem Cell Clinic Boston", "Boston Medical Center"),
        ("Stem Cell Institute", "Institute of Stem Cell Research"),
        ("The Clinic", "The Clinic of Neurology"),
        ("University Hospital", "Alder Hill University Hospital"),
        ("Hope", "Hope Biosciences Research"),
        ("Alder Clinic", "Alder Hill Hospital"),
        # Names that were borrowed, in whole or in part.
        ("California Stem Cell Treatment Center", "University of California, San Diego"),
        ("Memorial Stem Cell Clinic", "Memorial Sloan Kettering"),
        ("National Clinic", "National Institutes of Health"),
        ("Johns Hopkins Regenerative Wellness Spa", "Johns Hopkins University"),
        ("London Clinic", "University College London"),
        ("", "Alder Hill Hospital"),
        ("Alder Hill Hospital", ""),
        ("!!!", "???"),
    ],
)
def test_names_that_may_be_others_are_not_taken_for_the_same(told: str, found: str) -> None:
    assert not same_name(told, found, ["Boston"])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(
            ("United States", "US"),
            ("Korea, Republic of", "KR"),
            ("South Korea", "KR"),
            ("Turkey (T\u00fcrkiye)", "TR"),
        ),
        *(
            ("C\u00f4te D'Ivoire", "CI"),
            ("Iran, Islamic Republic of", "IR"),
            ("Czech Republic", "CZ"),
            ("Atlantis", None),
        ),
    ],
)
def test_countries_as_registers_write_them(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_every_country_is_known_by_the_name_that_we_show() -> None:
    assert {code: country_code(name) for code, name in country_names().items()} == {c: c for c in country_names()}


def test_dates_are_said_as_far_as_they_are_known() -> None:
    assert date_words("2026-02-01") == "February 1, 2026"
    assert date_words("2026-02") == "February 2026"
    assert [date_words(odd) for odd in ("2026", "2026-13", "2026-02-31", "soon", "")] == [
        *("2026", "2026-13", "2026-02-31", "soon", "")
    ]
    assert day_of("2026-02-01") == date(2026, 2, 1)
    assert day_of("2026-02") == date(2026, 2, 1)
    assert day_of("2026") == date(2026, 1, 1)
    assert [day_of(odd) for odd in ("2026-13", "2026-02-31", "soon", "")] == [None] * 4

"""Where numbers lead: the register's own page, with the number in the address and nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.guide.numbers import Numbers
from app.guide.pack import Pack
from app.registers.links import Link, link_of


@pytest.fixture
def numbers(pack: Pack) -> Numbers:
    return Numbers(pack.registers)


def link(numbers: Numbers, typed: str) -> Link:
    number = numbers.number(typed)
    assert number is not None
    return link_of(number)


def test_a_number_leads_to_its_own_page(numbers: Numbers) -> None:
    found = link(numbers, "nct 0480 2733")
    assert found == Link("NCT04802733", "ClinicalTrials.gov", "https://clinicaltrials.gov/study/NCT04802733", True)


def test_slashes_in_a_number_stay_in_the_number(numbers: Numbers) -> None:
    found = link(numbers, "CTRI/2018/07/014893")
    assert parse_qs(urlsplit(found.address).query) == {"TrialID": ["CTRI/2018/07/014893"]}
    assert "/2018" not in found.address


def test_where_a_register_has_no_page_for_each_trial_one_has_to_search(numbers: Numbers) -> None:
    found = link(numbers, "2023-512345-67-00")
    assert not found.direct
    assert "2023" not in found.address


def test_every_register_leads_somewhere_by_https(pack: Pack, numbers: Numbers) -> None:
    for register in pack.registers:
        address = urlsplit(link(numbers, register.example).address)
        assert (address.scheme, bool(address.hostname)) == ("https", True)
        assert "{" not in address.geturl()

"""The page of known trials: everything in our copy, and filters in its address."""

import pytest
from starlette.testclient import TestClient

from app.guide.pack import load_pack
from app.settings import ROOT

from .html import Page

PACK = load_pack(ROOT / "questions" / "parkinsons")
TRIALS = {trial.key: trial for trial in PACK.trials.trials}


def see(client: TestClient, query: str = "") -> Page:
    response = client.get(f"/trials{query}")
    assert response.status_code == 200
    page = Page(response.text)
    assert not page.faults
    return page


def shown(page: Page) -> set[str]:
    return set(TRIALS) & page.ids


def test_every_trial_is_there_with_its_status_its_date_and_its_register(busy_client: TestClient) -> None:
    page = see(busy_client)
    assert shown(page) == set(TRIALS)
    for key, trial in TRIALS.items():
        said = page.inside(key)
        assert " ".join(trial.title) in said
        for status in trial.status:
            assert f"{status.status} (" in said
            assert status.as_of in said
        for result in trial.results:
            assert result in said
        for number in trial.register_numbers:
            assert number in said
        if not trial.countries:
            assert "Not in our copy." in said
    assert "our own copy, of November 23, 2026" in page.text


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("?country=JP", {"kyoto_ipsc"}),
        ("?phase=3&group=replacement", {"expdite2_phase3"}),
        ("?status=open&group=listing_example", {"alloex_form", "nest_md_stem_cells", "apeiron_bma"}),
        ("?country=JP&phase=", {"kyoto_ipsc"}),
    ],
)
def test_a_filter_stands_in_the_address_and_in_the_form(query: str, keys: set[str], busy_client: TestClient) -> None:
    page = see(busy_client, query)
    assert shown(page) == keys
    (form,) = page.forms
    assert (form.action, form.method) == ("/trials", "get")
    assert set(form.filled) == {tuple(p.split("=")) for p in query[1:].split("&") if not p.endswith("=")}
    assert f"{len(keys)} of {len(TRIALS)} trials" in page.inside("count")


def test_when_nothing_fits_it_says_so_and_what_to_do(busy_client: TestClient) -> None:
    page = see(busy_client, "?country=JP&phase=3")
    assert shown(page) == set()
    assert "None of the trials that we know of fits all of this." in page.inside("count")
    assert "/trials" in page.links


@pytest.mark.parametrize("query", ["?country=XX", "?phase=%3Cb%3E", "?group=", "?no=such", "?country=JP&country=XX"])
def test_a_value_that_is_none_of_ours_counts_as_none(query: str, busy_client: TestClient) -> None:
    assert shown(see(busy_client, query)) == set(TRIALS)


def test_everybody_finds_it(busy_client: TestClient) -> None:
    for path in ("/", "/understand"):
        assert "/trials" in Page(busy_client.get(path).text).links


def test_a_listing_is_said_to_be_no_endorsement_with_its_source(busy_client: TestClient) -> None:
    page = see(busy_client, "?group=listing_example")
    assert "To be listed in a register is not to be endorsed." in page.text
    assert "ClinicalTrials.gov disclaimer" in page.text

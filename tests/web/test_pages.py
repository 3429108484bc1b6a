"""Every page is whole, every link leads somewhere, and paper and screen say what they should."""

import re
from pathlib import Path

import pytest

from app.guide.pack import load_pack
from app.main import create_app
from app.settings import ROOT, Settings

from .conftest import TestClient, Visitor, example_answers
from .html import Page

PACK = load_pack(ROOT / "questions" / "parkinsons")
PUBLIC = [
    *("/", "/understand", "/about", "/privacy", "/words", "/how-it-sorts", "/formats", "/bring", "/trials"),
    *(f"/understand/{page.id}" for page in PACK.pages),
    *(f"/examples/{e.id}{end}" for e in PACK.examples for end in ("", "/summary")),
]


@pytest.fixture
def two_offers(visitor: Visitor) -> Visitor:
    """Two offers: one answered in full, one hardly begun."""
    about_offer, about_person = example_answers(PACK, "warning-sign")
    visitor.fill({**about_offer, **about_person})
    number = visitor.store.add_offer(visitor.key)
    visitor.fill({"offer.name": "The second", "trial.status": "regulated_trial", "support.plan": "made_for_me"}, number)
    return visitor


def whole(page: Page) -> None:
    assert not page.faults
    assert page.source.startswith("<!doctype html>")
    assert page.lang == "en"
    assert page.title.endswith(" - Which Cells?")
    assert len(page.headings) == 1
    assert page.headings[0].strip()
    assert "main" in page.ids
    # What a label, a hint or a heading is named by has to be there.
    for _, attrs in page.tags:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set(attrs.get(name, "").split()) <= page.ids, attrs
    for attrs in page.attrs("img"):
        assert attrs["alt"]


def test_the_application_starts_as_a_whole(tmp_path: Path) -> None:
    # The one test that shares nothing with the others: it reads the pack itself.
    with TestClient(create_app(Settings(database=tmp_path / "whole.db"))) as client:
        assert client.get("/examples/warning-sign/summary").status_code == 200
        assert client.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_whole(busy_client: TestClient, path: str) -> None:
    response = busy_client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    whole(Page(response.text))


def test_pages_of_a_preparation_are_whole(two_offers: Visitor) -> None:
    for number in (1, 2):
        for end in ("answers", "result", "summary"):
            whole(two_offers.see(f"{two_offers.offer(number)}/{end}"))
    for end in ("", "/keep", "/delete"):
        whole(two_offers.see(two_offers.home + end))
    for question_id in two_offers.walker.walk(two_offers.walker.sorter.vocabulary.known(two_offers.saved(1))).asked:
        whole(two_offers.see(two_offers.address(question_id)))
    for question_id in two_offers.walker.personal:
        whole(two_offers.see(two_offers.address(question_id)))


def test_pages_that_say_no_are_whole(two_offers: Visitor) -> None:
    for response in (
        two_offers.client.get("/no/such/page"),
        two_offers.client.post("/about"),
        two_offers.post("trial.status", {}),
    ):
        whole(Page(response.text))
    # Written without the template, so that it works when nothing else does.
    refused = Page(two_offers.client.post("/preparations", headers={"sec-fetch-site": "cross-site"}).text)
    assert not refused.faults
    assert (refused.lang, len(refused.headings)) == ("en", 1)


def test_no_link_is_dead_and_no_page_claims_that_anybody_is_anonymous(two_offers: Visitor) -> None:
    registers = {re.split(r"(?<=\w)/", r.look_up)[0] for r in PACK.registers}
    to_visit, seen = ["/", two_offers.home, "/how-it-sorts.svg"], {}
    while to_visit:
        address = to_visit.pop()
        if address in seen:
            continue
        response = two_offers.client.get(address)
        seen[address] = response.status_code
        assert response.status_code in (200, 303), f"{address}: {response.status_code}"
        if response.status_code == 303:
            to_visit.append(response.headers["location"])
        elif response.headers["content-type"].startswith("text/html"):
            page = Page(response.text)
            assert "anonym" not in page.text.lower(), address
            # Registers' own pages are the only ones elsewhere; one's own link can go into one's own mail program.
            links = [link for link in page.links if not any(link.startswith(r) for r in registers)]
            if address.endswith("/link"):
                links = [link for link in links if not link.startswith("mailto:?")]
            for link in links:
                assert link.startswith(("/", "#")), f"{address}: {link}"
                assert not link.startswith("#") or link[1:] in page.ids, f"{address}: {link}"
            to_visit += [link.split("#")[0] for link in links if link.startswith("/")]
            to_visit += [a["href"] for a in page.attrs("link")] + [a["src"] for a in page.attrs("img")]
            to_visit += [a["src"] for a in page.attrs("script") if a["src"].startswith("/")]
            for form in page.forms:
                if form.action == "/trials":
                    assert form.method == "get"  # a filter, and nothing else
                    continue
                assert form.method == "post"
                assert form.action.startswith(two_offers.home) or form.action in (
                    "/preparations",
                    "/bring",
                    "/open",
                    "/leave",
                )
    assert {f"{two_offers.home}/{end}" for end in ("keep", "preparation.json", "delete")} <= set(seen)
    assert {"/formats/parkinsons/questionnaire.json", "/api/openapi.json"} <= set(seen)
    # All public pages were found from the start page, and both offers from the preparation.
    assert set(PUBLIC) <= set(seen)
    assert {f"{two_offers.offer(n)}/summary" for n in (1, 2)} <= set(seen)


def test_whoever_helps_finds_the_page_for_it(busy_client: TestClient) -> None:
    for path in ("/", "/understand", "/understand/hope-and-scepticism"):
        assert "/understand/helping" in Page(busy_client.get(path).text).links, path


def test_the_page_for_whoever_helps_says_what_it_rests_on_and_what_is_its_own_view(busy_client: TestClient) -> None:
    helping = PACK.page("helping")
    assert helping is not None
    page = Page(busy_client.get("/understand/helping").text)
    cited = {fact for block in helping.blocks for fact in block.facts}
    assert {"helper_matters", "before_visit"} <= cited
    for fact in cited:
        assert PACK.facts[fact].says in page.text
        assert PACK.facts[fact].source in page.text
    own = [block for block in helping.blocks if block.basis == "guide"]
    assert page.text.count("This is the view of this guide.") == len(own) > 0
    # Whoever is tired of the screen, or taken by hope, is led on.
    assert {"/worksheet", "/understand/hope-and-scepticism"} <= set(page.links)


def test_the_sort_is_the_last_word_on_every_result_page(two_offers: Visitor) -> None:
    for number, title in ((1, "Warning sign"), (2, "Not settled yet")):
        assert two_offers.see(f"{two_offers.offer(number)}/result").headings == [title]
        assert title in two_offers.see(f"{two_offers.offer(number)}/summary").text


def test_answers_that_do_not_fit_together_are_named_and_lead_to_their_questions(visitor: Visitor) -> None:
    visitor.fill({"trial.status": "treatment", "cells.kind": "mesenchymal", "why.goal": "replace_dopamine_neurons"})
    page = visitor.see(f"{visitor.offer()}/result")
    told = "Aim of the cells: replace dopamine cells; Kind of cells: MSC, lab-grown."
    assert f"Answers that do not fit together: {told}" in page.text
    assert {f"{visitor.offer()}/questions/{q}" for q in ("why.goal", "cells.kind")} <= set(page.links)


@pytest.mark.parametrize("example", [e.id for e in PACK.examples])
def test_sources_are_numbered_without_gaps_and_every_mark_has_one(busy_client: TestClient, example: str) -> None:
    page = Page(busy_client.get(f"/examples/{example}/summary").text)
    marks = [int(n) for n in re.findall(r"<sup>(\d+)", page.source)]
    listed = page.source.split('<ol class="sources-list">')[1].split("</ol>")[0].count("<li>")
    assert set(marks) == set(range(1, listed + 1))


@pytest.mark.parametrize("example", [e.id for e in PACK.examples])
def test_sources_are_numbered_in_the_order_of_the_paper(busy_client: TestClient, example: str) -> None:
    source = busy_client.get(f"/examples/{example}/summary").text
    marks = [int(n) for n in re.findall(r"<sup>(\d+)", source)]
    assert list(dict.fromkeys(marks)) == sorted(set(marks))


def test_paper_shows_no_address_and_no_name_of_the_machine(two_offers: Visitor) -> None:
    sheet = (
        two_offers.see(f"{two_offers.offer()}/summary")
        .source.split('<article class="sheet">')[1]
        .split("</article>")[0]
    )
    assert two_offers.id not in sheet
    assert "http" not in re.sub(r"<cite>.*?</cite>", "", sheet)
    assert "<a " not in sheet


def test_hopes_outside_movement_are_named_on_the_paper(visitor: Visitor) -> None:
    summary = f"{visitor.offer()}/summary"
    assert "What the person would most like to see better Not said." in visitor.see(summary).text
    visitor.answer("you.priorities", ["tremor", "sleep", "pain"])
    text = visitor.see(summary).text
    assert "tremor, sleep, pain. Trials of cells so far look mainly at movement. For sleep, pain, effects" in text
    visitor.answer("you.priorities", ["tremor"])
    assert "Trials of cells so far" not in visitor.see(summary).text

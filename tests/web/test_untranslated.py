"""Nothing is left in English on any page, in any sentence of an error, on paper or in a file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from pseudo import LANGUAGE, pseudo
from starlette.testclient import TestClient

from app.guide.pack import Pack

from .conftest import NUMBER, Visitor, example_answers
from .speaking import English, speaker, two_languages

TYPED = ("Mine", "Ann", "Bo", "The second", "Ask this", "Dear all", NUMBER, "Example Clinic", "sixth", "NCT00000000")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    yield from two_languages(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def pack(app: FastAPI) -> Pack:
    found: Pack = app.state.guides[LANGUAGE].pack
    return found


@pytest.fixture(scope="module")
def english(pack: Pack) -> English:
    return English(pack)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return speaker(app)


@pytest.fixture
def people(client: TestClient) -> tuple[Visitor, Visitor]:
    """Two people who prepare together, and do not say the same; one of them looks after it."""
    mine = Visitor(client)
    offer, person = example_answers(mine.app.state.guides[LANGUAGE].pack, "warning-sign")
    mine.fill({**offer, **person, "offer.name": "Mine", "trial.status": "regulated_trial", "trial.number": NUMBER})
    mine.fill({"offer.provider": "Example Clinic"})
    mine.post("trial.status", {"note": "Ask this", "asker": "1", "only": "note"})
    second = mine.store.add_offer(mine.key)
    mine.fill({"offer.name": "The second", "trial.status": "treatment"}, second)
    other = mine.with_key(mine.app.state.people.invite(mine.key, "family", "Ann")[1])
    other.client.headers["accept-language"] = LANGUAGE
    other.store.save(other.key, 1, "cells.kind", "fetal_tissue")
    other.store.save(other.key, None, "you.priorities", ["sleep"])
    other.client.post(f"{other.home}/people/me", data={"name": "Ann", "shows": "1"})
    return mine, other


def all_said(response: Response, english: English) -> None:
    # A code stands in two lines.
    codes = tuple(half for both in re.findall(r'class="secret">(.*?)</', response.text) for half in both.split("<br>"))
    assert not english.left(response.text, (*TYPED, *codes)), response.url
    assert f'<html lang="{LANGUAGE}"' in response.text, response.url
    assert response.headers["content-language"] == LANGUAGE, response.url


def test_pages_for_everybody(client: TestClient, pack: Pack, english: English) -> None:
    places = ["/", "/understand", "/about", "/privacy", "/words", "/trials", "/trials?country=JP&phase=1", "/worksheet"]
    places += ["/worksheet?large=1", "/how-it-sorts", "/open", "/bring", "/left", "/left?gave-up=1", "/deleted"]
    places += [f"/understand/{page.id}" for page in pack.pages] + ["/no/such/page"]
    for example in pack.examples:
        places += [f"/examples/{example.id}{end}" for end in ("", "/change", "/summary", "/summary?large=1")]
    for place in places:
        all_said(client.get(place), english)


def test_for_other_programs(client: TestClient, english: English) -> None:
    left = english.left(client.get("/formats").text)
    assert left == ["GET /api/packs", "POST /api/sort"]


def test_the_picture_of_the_flow(client: TestClient, pack: Pack, english: English) -> None:
    """All but ids, which rules are written in, the marks for them, and countries."""
    ids = [*pack.questions, *pack.contradictions, *(v.id for _, v in pack.variants), *pack.results]
    ids += [o.id for q in pack.questions.values() for o in q.options]
    answer = client.get("/how-it-sorts.svg")
    assert answer.headers["content-language"] == LANGUAGE
    for said in english.left(answer.text):
        for word in re.findall(r"[a-z_.]{3,}", said):
            # A long one may be cut where a line ends.
            assert any(word.strip(".") in name for name in ids), said


def test_every_page_of_a_preparation(people: tuple[Visitor, Visitor], english: English) -> None:
    mine, other = people
    ends = ["", "/people", "/link", "/keep", "/delete", "/compare", "/news?after=0&since=0"]
    offer = ["answers", "result", "change", "summary", "summary?large=1", "letter", "record", "since"]
    places = [mine.home + end for end in ends] + [f"{mine.offer(n)}/{end}" for n in (1, 2) for end in offer]
    places += [mine.address("cells.kind") + "/both", mine.address("no.such")]
    places += [mine.address(q) for q in (*mine.walker.order, *mine.walker.personal)]
    for who in (mine, other):
        for place in places:
            answer = who.client.get(place, follow_redirects=True)
            if "/news" in place:
                assert not english.left(answer.text, TYPED), answer.text
            else:
                all_said(answer, english)


def test_a_record_beside_what_was_told(people: tuple[Visitor, Visitor], english: English, pack: Pack) -> None:
    mine, _ = people
    for trial in pack.trials.trials:
        for number in trial.register_numbers[:1]:
            mine.fill({"trial.number": number, "cells.kind": "dopamine_cells_from_ips", "offer.country": "JP"})
            all_said(mine.client.get(f"{mine.offer()}/record"), english)


def test_somebody_who_only_reads(people: tuple[Visitor, Visitor], english: English) -> None:
    mine, _ = people
    reader = mine.with_key(mine.app.state.people.invite(mine.key, "reader", "Bo")[1])
    reader.client.headers["accept-language"] = LANGUAGE
    for end in ("", "/people", "/compare", "/offers/1/answers", "/offers/1/result", "/offers/1/letter"):
        all_said(reader.client.get(reader.home + end), english)
    all_said(reader.client.get(reader.address("cells.kind")), english)


def test_a_letter_and_mails(people: tuple[Visitor, Visitor], english: English) -> None:
    mine, _ = people
    letter = mine.client.get(f"{mine.offer()}/letter").text
    text = letter.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert pseudo("Hello,") in text
    assert not english.left(f"<p>{text}</p>", (*TYPED, "_"))
    assert re.search("subject=%", mine.client.get(f"{mine.home}/link").text)


@pytest.mark.parametrize(
    ("question", "data"),
    [
        ("offer.name", {"text": ""}),
        ("offer.name", {"text": "a\x00b"}),
        ("offer.name", {"text": "x" * 2001}),
        ("trial.status", {}),
        ("trial.status", {"choice": ["treatment", "regulated_trial"]}),
        ("trial.status", {"choice": "sixth"}),
        ("offer.country", {"country": "US", "choice": "not_asked"}),
        ("offer.country", {"country": "XX"}),
        ("trial.number", {"choice": "given"}),
        ("trial.number", {"choice": "given", "text": "12"}),
        ("trial.number", {"choice": "given", "text": "NCT01234567 NCT01234568"}),
        ("claims.heard", {}),
        ("claims.heard", {"choice": ["none_of_these", "cure"]}),
        ("you.priorities", {"choice": ["sleep", "tremor", "walking_balance", "mood", "slowness"]}),
        ("offer.visit_date", {"month": "13", "day": "1", "year": "2026"}),
        ("visit.clear", {}),
    ],
)
def test_what_cannot_be_kept(
    people: tuple[Visitor, Visitor], english: English, question: str, data: dict[str, str | list[str]]
) -> None:
    answer = people[0].post(question, data)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        allowed = (*TYPED, "NCT01234568", "NCT", "x" * 2001)
        assert not english.left(answer.text, allowed)


def test_other_forms_that_come_back(people: tuple[Visitor, Visitor], english: English) -> None:
    mine, _ = people
    client = mine.client
    for place, data in [
        ("/open", {"link": "short"}),
        ("/open", {"link": "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ"}),
        ("/bring", {"text": ""}),
        ("/bring", {"text": "{}"}),
        ("/bring", {"text": '{"format": "which-cells-preparation", "format_version": 9}'}),
        (f"{mine.home}/people", {"name": "", "role": "reader"}),
        (f"{mine.home}/people", {"name": "n" * 200, "role": "reader"}),
        (f"{mine.home}/people", {"name": "Bo", "role": "king"}),
        (f"{mine.home}/people/me", {"name": "n" * 200}),
        (f"{mine.home}/keep", {"month": "", "day": "", "year": ""}),
        (f"{mine.home}/keep", {"month": "1", "day": "1", "year": "2020"}),
        (f"{mine.home}/keep", {"month": "1", "day": "1", "year": "2099"}),
        (f"{mine.offer()}/letter", {"text": "x" * 20_001}),
        (mine.address("cells.kind") + "/both", {"choice": ""}),
        ("/leave", {}),
    ]:
        answer = client.post(place, data=data)
        assert answer.status_code >= 400, place
        assert not english.left(answer.text, (*TYPED, "n" * 200, "x" * 20_001)), place


def test_a_file_that_is_brought_back_in_part(client: TestClient, pack: Pack, english: English) -> None:
    said = '{"format": "which-cells-preparation", "format_version": 2, "pack": "parkinsons", "offers": [{"answers": '
    said += '{"offer.name": {"answer": "Mine"}, "cells.kind": {"answer": "sixth"}, "no.such": {"answer": "x"}}}]}'
    answer = client.post("/bring", data={"text": said})
    assert answer.status_code == 200
    assert not english.left(answer.text, (*TYPED, "no.such"))


def test_who_is_turned_away_understands_why(client: TestClient, english: English) -> None:
    for answer in (
        client.post("/preparations", headers={"sec-fetch-site": "cross-site"}),
        client.post("/preparations", content=b"x" * 300_000),
        client.post("/about"),
    ):
        assert answer.status_code >= 400
        all_said(answer, english)


def test_files_for_health_records(people: tuple[Visitor, Visitor], pack: Pack, english: English) -> None:
    mine, _ = people
    form = mine.client.get("/formats/parkinsons/questionnaire.json").json()
    assert form["language"] == LANGUAGE
    assert form["title"] == pack.cover.title
    assert not english.left(f"<p>{form['description']}</p>")
    assert mine.client.get(f"{mine.offer()}/response.json").json()["language"] == LANGUAGE


def test_the_catalogues_say_nothing_that_is_not_marked(tmp_path: Path) -> None:
    assert pseudo("You ticked {count}. <strong>%(name)s</strong>").startswith("\u00ddó\u00fa")
    assert "{count}" in pseudo("You ticked {count}.")

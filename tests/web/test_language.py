"""The switch: on every page, keeping the place and all that was typed, without a script; and who is spoken to how."""

from collections.abc import Iterator

import pytest
from databases import rows
from fastapi import FastAPI
from pseudo import LANGUAGE, pseudo
from starlette.testclient import TestClient

from app.guide.pack import Pack
from app.summary.letter import letter

from .conftest import NUMBER, Visitor
from .html import Page
from .speaking import speaker, two_languages

COOKIE = "which-cells.language"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    yield from two_languages(tmp_path_factory.mktemp("two"))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return speaker(app, "en")


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def english(app: FastAPI) -> Pack:
    found: Pack = app.state.walker.pack
    return found


def switches(page: Page) -> list[dict[str, str]]:
    return [attrs for attrs in page.attrs("button") if attrs.get("name") == "language"]


def test_a_page_offers_the_other_language_by_its_own_name(client: TestClient) -> None:
    page = Page(client.get("/trials?phase=1").text)
    assert [(b["value"], b["lang"]) for b in switches(page)] == [(LANGUAGE, LANGUAGE)]
    assert "Esperanto" in page.text
    form = next(form for form in page.around if form.action == "/language")
    assert dict(form.fields) == {"to": "/trials?phase=1"}


def test_choosing_leads_back_to_the_same_place_and_is_kept(client: TestClient) -> None:
    chosen = client.post("/language", data={"language": LANGUAGE, "to": "/trials?phase=1"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/trials?phase=1")
    assert "Max-Age" in chosen.headers["set-cookie"]
    assert "HttpOnly" in chosen.headers["set-cookie"]
    page = client.get("/trials?phase=1")
    assert (Page(page.text).lang, page.headers["content-language"]) == (LANGUAGE, LANGUAGE)
    assert page.headers["vary"] == "Accept-Language, Cookie"
    # A choice counts for more than what the browser asks for, and another choice takes its place.
    client.post("/language", data={"language": "en", "to": "/"})
    client.headers["accept-language"] = LANGUAGE
    assert Page(client.get("/about").text).lang == "en"


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:x", "/a\r\nb: c", "/\u00e9", "x"],
)
def test_it_leads_nowhere_else(client: TestClient, to: str) -> None:
    assert client.post("/language", data={"language": LANGUAGE, "to": to}).headers["location"] == "/"


def test_a_language_that_there_is_not_changes_nothing(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "xx", "to": "/about"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/about")
    assert "set-cookie" not in answer.headers
    client.cookies.set(COOKIE, "xx")
    assert Page(client.get("/about").text).lang == "en"


def test_leaving_the_computer_takes_it_along(visitor: Visitor) -> None:
    visitor.client.post("/language", data={"language": LANGUAGE, "to": "/"})
    visitor.client.post("/leave", data={"sure": "1"})
    assert not list(visitor.client.cookies)
    assert Page(visitor.client.get("/left").text).lang == "en"


def test_static_files_are_the_same_for_all(client: TestClient) -> None:
    answer = client.get("/static/icon.svg")
    assert "content-language" not in answer.headers
    assert "vary" not in answer.headers


def test_a_form_that_came_back_leads_to_the_page_it_was_on(visitor: Visitor) -> None:
    page = Page(visitor.client.post(f"{visitor.home}/people/1/revoke").text)
    assert page.error
    button = switches(page)[0]
    # It belongs to the form of the page, so that nothing is lost.
    assert button["form"] in page.ids


QUESTIONS = [
    ("offer.name", {"text": 'My <own> "words" '}),
    ("trial.status", {"choice": "treatment", "note": "Ask him", "note_was": ""}),
    ("trial.status", {"choice": ["treatment", "regulated_trial"]}),
    ("offer.country", {"country": "JP"}),
    ("offer.visit_date", {"month": "13", "day": "x", "year": "26"}),
    ("claims.heard", {"choice": ["none_of_these"]}),
    ("you.priorities", {"choice": ["sleep", "tremor"]}),
    ("you.own_questions", {"line": ["One?", "", "Two?"]}),
]


@pytest.mark.parametrize(("question", "sent"), QUESTIONS)
def test_nothing_that_was_typed_is_lost_and_nothing_is_saved(
    visitor: Visitor, english: Pack, question: str, sent: dict[str, str | list[str]]
) -> None:
    visitor.fill({"trial.status": "regulated_trial", "trial.number": NUMBER, "offer.stage": "had_visit"})
    address = visitor.address(question)
    shown = Page(visitor.client.get(address).text)
    button = switches(shown)[0]
    assert button["form"] == next(a["id"] for a in shown.attrs("form") if a.get("action") == address)
    assert "formnovalidate" in button
    database = visitor.app.state.database
    before = rows(database)
    answer = visitor.post(question, {**sent, "seen": shown.ask.hidden["seen"], "language": LANGUAGE})
    assert answer.status_code == 200
    assert rows(database) == before
    page = Page(answer.text)
    assert page.lang == LANGUAGE
    assert page.headings == [pseudo(english.questions[question].question)]
    assert not page.error
    values = [(name, v) for name, value in sent.items() for v in ([value] if isinstance(value, str) else value)]
    kept = [*page.ask.fields, *page.ask.hidden.items()]
    assert all(pair in kept for pair in values if pair[1]), kept
    assert page.ask.hidden["seen"] == shown.ask.hidden["seen"]
    # The choice is kept, and leads on in that language.
    assert Page(visitor.client.get(address).text).lang == LANGUAGE


def test_a_letter_is_kept_as_somebody_changed_it(visitor: Visitor) -> None:
    visitor.fill({"trial.status": "treatment"})
    address = f"{visitor.offer()}/letter"
    changed = Page(visitor.client.post(address, data={"text": "My own words", "seen": "0", "language": LANGUAGE}).text)
    assert changed.lang == LANGUAGE
    assert ("text", "My own words") in changed.forms[0].fields
    assert visitor.store.read(visitor.key).offer(1).letter is None


def test_a_letter_that_nobody_changed_is_written_in_the_other_language(visitor: Visitor) -> None:
    visitor.fill({"trial.status": "treatment"})
    address = f"{visitor.offer()}/letter"
    text = dict(Page(visitor.client.get(address).text).forms[0].fields)["text"]
    assert "Hello," in text
    answer = visitor.client.post(address, data={"text": text.replace("\n", "\r\n"), "seen": "0", "language": LANGUAGE})
    assert pseudo("Hello,") in dict(Page(answer.text).forms[0].fields)["text"]
    assert letter.__module__ == "app.summary.letter"


def test_other_forms_keep_what_was_typed(visitor: Visitor) -> None:
    client = visitor.client
    for address, name, typed in (
        ("/open", "link", "ABCD-half-a-code"),
        ("/bring", "text", "half a file"),
        (f"{visitor.home}/people", "name", "Ann"),
        (f"{visitor.home}/keep", "year", "2031"),
    ):
        client.cookies.delete(COOKIE)
        page = Page(client.get(address).text)
        assert switches(page)[0]["form"] in page.ids, address
        answer = client.post(address, data={name: typed, "language": LANGUAGE})
        assert answer.status_code == 200, address
        assert Page(answer.text).lang == LANGUAGE
        assert any((name, typed) in form.fields for form in Page(answer.text).forms), address
        assert COOKIE in answer.headers["set-cookie"]


def test_https_makes_the_cookie_one_of_this_host(
    client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state, "settings", app.state.settings.model_copy(update={"https": True}))
    chosen = client.post("/language", data={"language": LANGUAGE, "to": "/"})
    assert chosen.headers["set-cookie"].startswith(f"__Host-{COOKIE}={LANGUAGE};")
    assert "Secure" in chosen.headers["set-cookie"]

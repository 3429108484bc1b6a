"""How pages look: a few buttons on every page, without account or script, keeping the place and all that was typed."""

import re

import pytest
from databases import rows

from app.settings import ROOT
from app.web.reading import SETTINGS

from .conftest import NUMBER, MakeClient, TestClient, Visitor
from .html import Page

COOKIE = "which-cells.reading"
WORDS = [word for words in SETTINGS.values() for word in words]


def buttons(page: Page) -> list[dict[str, str]]:
    return [attrs for attrs in page.attrs("button") if attrs.get("name") == "reading"]


def on(page: Page) -> set[str]:
    return {button["value"] for button in buttons(page) if button["aria-pressed"] == "true"}


def looks(page: Page) -> set[str]:
    return set(page.attrs("html")[0].get("class", "").split())


def test_every_page_offers_each_choice_and_says_what_is_on(client: TestClient) -> None:
    page = Page(client.get("/trials?phase=1").text)
    assert [button["value"] for button in buttons(page)] == WORDS
    assert on(page) == {next(iter(words)) for words in SETTINGS.values()}
    assert looks(page) == set()
    form = next(form for form in page.around if form.action == "/reading")
    assert dict(form.fields) == {"to": "/trials?phase=1"}


def test_a_choice_leads_back_to_the_same_place_and_is_kept(client: TestClient) -> None:
    chosen = client.post("/reading", data={"reading": "large-text", "to": "/trials?phase=1"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/trials?phase=1")
    assert chosen.headers["set-cookie"].startswith(f"{COOKIE}=large-text; HttpOnly; Max-Age=")
    client.post("/reading", data={"reading": "dark-colors", "to": "/"})
    client.post("/reading", data={"reading": "very-large-text", "to": "/"})
    page = Page(client.get("/about").text)
    assert looks(page) == {"very-large-text", "dark-colors"}
    assert on(page) == {"very-large-text", "usual-lines", "usual-contrast", "usual-motion", "dark-colors"}


def test_a_script_that_stays_where_it_is_is_led_nowhere(client: TestClient) -> None:
    answer = client.post("/reading", data={"reading": "large-text"})
    assert (answer.status_code, client.cookies[COOKIE]) == (204, "large-text")


def test_the_usual_needs_no_cookie(client: TestClient) -> None:
    client.post("/reading", data={"reading": "wide-lines"})
    client.post("/reading", data={"reading": "usual-lines"})
    assert not list(client.cookies)
    assert looks(Page(client.get("/").text)) == set()


@pytest.mark.parametrize(
    "kept", ["", "x", "large-text.very-large-text", '"><b>', "usual-text", "....", "dark-colors.x"]
)
def test_whatever_a_cookie_says_each_setting_is_on_once(client: TestClient, kept: str) -> None:
    client.cookies.set(COOKIE, kept)
    page = Page(client.get("/about").text)
    assert looks(page) <= set(WORDS)
    assert len(on(page)) == len(SETTINGS)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nb: c"])
def test_it_leads_nowhere_else(client: TestClient, to: str) -> None:
    assert client.post("/reading", data={"reading": "large-text", "to": to}).headers["location"] == "/"


def test_a_word_that_there_is_not_changes_nothing(client: TestClient) -> None:
    client.post("/reading", data={"reading": "large-text"})
    client.post("/reading", data={"reading": "blinking"})
    assert client.cookies[COOKIE] == "large-text"


def test_leaving_the_computer_takes_it_along(visitor: Visitor) -> None:
    visitor.client.post("/reading", data={"reading": "high-contrast"})
    visitor.client.post("/leave", data={"sure": "1"})
    assert not list(visitor.client.cookies)


@pytest.mark.parametrize(
    ("question", "sent"),
    [
        ("offer.name", {"text": 'My <own> "words" '}),
        ("trial.status", {"choice": "treatment", "note": "Ask him", "note_was": ""}),
        ("offer.visit_date", {"month": "13", "day": "x", "year": "26"}),
        ("you.own_questions", {"line": ["One?", "", "Two?"]}),
    ],
)
def test_nothing_that_was_typed_is_lost_and_nothing_is_saved(
    visitor: Visitor, question: str, sent: dict[str, str | list[str]]
) -> None:
    visitor.fill({"trial.status": "regulated_trial", "trial.number": NUMBER, "offer.stage": "had_visit"})
    shown = Page(visitor.client.get(visitor.address(question)).text)
    button = buttons(shown)[0]
    assert button["form"] in shown.ids
    assert "formnovalidate" in button
    before = rows(visitor.app.state.database)
    answer = visitor.post(question, {**sent, "seen": shown.ask.hidden["seen"], "reading": "large-text"})
    assert answer.status_code == 200
    assert rows(visitor.app.state.database) == before
    page = Page(answer.text)
    assert looks(page) == {"large-text"}
    assert not page.error
    values = [(name, v) for name, value in sent.items() for v in ([value] if isinstance(value, str) else value)]
    assert all(pair in [*page.ask.fields, *page.ask.hidden.items()] for pair in values if pair[1])
    assert "language" not in answer.headers["set-cookie"]
    assert looks(Page(visitor.client.get("/about").text)) == {"large-text"}


def test_other_forms_keep_what_was_typed(visitor: Visitor) -> None:
    visitor.fill({"trial.status": "treatment"})
    for address, name, typed in (
        ("/open", "link", "ABCD-half-a-code"),
        ("/bring", "text", "half a file"),
        (f"{visitor.home}/people", "name", "Ann"),
        (f"{visitor.home}/keep", "year", "2031"),
        (f"{visitor.offer()}/letter", "text", "My own words"),
    ):
        page = Page(visitor.client.get(address).text)
        assert buttons(page)[0]["form"] in page.ids, address
        answer = visitor.client.post(address, data={name: typed, "reading": "wide-lines"})
        assert answer.status_code == 200, address
        assert looks(Page(answer.text)) == {"wide-lines"}
        assert any((name, typed) in form.fields for form in Page(answer.text).forms), address
        visitor.client.post("/reading", data={"reading": "usual-lines"})


def test_the_enter_key_saves_and_does_not_switch(visitor: Visitor) -> None:
    # What Enter presses in a field is the first button of the form.
    for address in ("/open", "/bring", visitor.address("offer.name"), f"{visitor.home}/people"):
        page = Page(visitor.client.get(address).text)
        form = buttons(page)[0]["form"]
        first = next(attrs for attrs in page.attrs("button") if attrs.get("form") == form)
        assert "name" not in first, address


def test_https_makes_the_cookie_one_of_this_host(make_client: MakeClient) -> None:
    client = make_client(https=True)
    chosen = client.post("/reading", data={"reading": "large-text"})
    assert chosen.headers["set-cookie"].startswith(f"__Host-{COOKIE}=large-text;")
    assert "Secure" in chosen.headers["set-cookie"]


def test_the_sheet_does_something_for_every_unusual_word() -> None:
    sheet = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    usual = {next(iter(words)) for words in SETTINGS.values()}
    for word in set(WORDS) - usual:
        assert f".{word}" in sheet, word


def test_dark_is_the_same_whether_chosen_or_asked_for_by_the_device() -> None:
    sheet = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    device, chosen = (
        re.search(rf"{re.escape(rule)} \{{(.*?)\}}", sheet, re.DOTALL)
        for rule in (":root:not(.light-colors)", ":root.dark-colors")
    )
    assert device
    assert chosen
    tokens = [set(re.findall(r"--[\w-]+: [^;]+", found[1])) for found in (device, chosen)]
    assert tokens[0] == tokens[1]


def test_every_choice_is_said_in_words_of_its_own() -> None:
    labels = [label for words in SETTINGS.values() for label in words.values()]
    assert len(set(labels)) == len(labels)

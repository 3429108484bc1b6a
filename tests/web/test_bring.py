"""Bringing answers back: what is wrong with a file is said, what is known in it is taken."""

import json
from typing import Any

import pytest
from databases import rows
from httpx2 import Response

from app.store.preparations import Key

from .conftest import TestClient, Visitor, application
from .faults import read_only
from .html import Page
from .refusals import refused_page


def file_of(offers: list[dict[str, Any]], you: dict[str, Any] | None = None, **more: Any) -> bytes:
    """A file as the guide writes it."""
    head = {"format": "which-cells-preparation", "format_version": 1, "pack": "parkinsons", "pack_version": "1.0.0"}

    def entries(answers: dict[str, Any]) -> dict[str, Any]:
        return {q: {"answer": a} for q, a in answers.items()}

    parts = [{"answers": entries(o), "set_aside": {}} for o in offers]
    return json.dumps({**head, "offers": parts, "you": {"answers": entries(you or {})}, **more}).encode()


def send(client: TestClient, file: bytes) -> Response:
    return client.post("/bring", files={"file": ("which-cells.json", file)})


def taken(client: TestClient, response: Response) -> dict[int, dict[str, Any]]:
    """What the newest preparation holds about its offers."""
    store = application(client).state.preparations
    cookie = response.headers["set-cookie"].split(";")[0]
    name, _, secret = cookie.partition("=")
    return {n: r.answers for n, r in store.read(Key(name.removeprefix("which-cells-"), secret)).offers.items()}


def test_the_page_takes_a_file_or_a_text(client: TestClient) -> None:
    page = Page(client.get("/bring").text)
    (form,) = page.forms
    assert (form.action, form.method, [name for name, _ in form.fields]) == ("/bring", "post", ["file", "text"])
    attrs = page.attrs("form")[0]
    assert attrs["enctype"] == "multipart/form-data"
    assert "/bring" in Page(client.get("/").text).links


def test_a_file_becomes_a_preparation_of_its_own(client: TestClient) -> None:
    response = send(client, file_of([{"offer.name": "Mine"}, {"offer.name": "Second"}], {"you.priorities": ["sleep"]}))
    assert response.status_code == 303
    assert taken(client, response) == {1: {"offer.name": "Mine"}, 2: {"offer.name": "Second"}}
    assert "Mine" in client.get(response.headers["location"]).text


def test_a_text_does_too(client: TestClient) -> None:
    response = client.post("/bring", data={"text": file_of([{"offer.name": "Pasted"}]).decode()})
    assert taken(client, response) == {1: {"offer.name": "Pasted"}}


def test_what_is_here_already_stays(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Here before")
    send(visitor.client, file_of([{"offer.name": "Mine"}]))
    assert visitor.saved() == {"offer.name": "Here before"}
    start = visitor.see("/").text
    assert "Here before" in start
    assert "Mine" in start


def test_the_same_file_twice_opens_what_is_there(client: TestClient) -> None:
    file = file_of([{"offer.name": "Mine", "claims.heard": ["none_of_these"]}], {"you.priorities": ["sleep"]})
    first, second = send(client, file), send(client, file)
    assert first.headers["location"] == second.headers["location"]
    assert len(rows(application(client).state.database)["preparation"]) == 1


NOT_TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"data": {"text": " "}}, "Please choose the file"),
    "an empty file": ({"files": {"file": ("a.json", b"")}}, "Please choose the file"),
    "both": ({"files": {"file": ("a.json", b"{}")}, "data": {"text": "{}"}}, "just one of them"),
    "a picture": ({"files": {"file": ("a.png", b"\x89PNG\r\n\x1a\n\x00")}}, "not a file that a guide like this one"),
    "a letter": ({"data": {"text": "Dear doctor"}}, "not a file that a guide like this one"),
    "another pack": ({"files": {"file": ("a.json", file_of([], pack="knees"))}}, 'named "knees"'),
    "a newer form": ({"files": {"file": ("a.json", file_of([], format_version=9))}}, "newer guide"),
    "no answers": ({"files": {"file": ("a.json", file_of([{}]))}}, "no answer in this file"),
    "no answer that is known": (
        {"files": {"file": ("a.json", file_of([{"cells.kind": "mesenchymel"}]))}},
        "The answer in the file is not known here. Please answer this again.",
    ),
    "half a character": ({"files": {"file": ("a.json", file_of([{"x\ud800y": "a"}]))}}, "no answer in this file"),
    "thousands of strange ids": (
        {"files": {"file": ("a.json", file_of([{f"x.y{n}": "a" for n in range(5000)}]))}},
        "we did not read on",
    ),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_cannot_be_taken_comes_back_with_a_sentence(client: TestClient, name: str) -> None:
    sent, says = NOT_TAKEN[name]
    before = rows(application(client).state.database)
    response = client.post("/bring", **sent)
    page = refused_page(response, 422)
    assert says in page.error, page.error
    assert page.title.startswith("Please look again: ")
    assert "file" in page.ids
    assert "set-cookie" not in response.headers
    # What was pasted is still there.
    pasted = sent.get("data", {}).get("text", "")
    assert dict(page.forms[0].fields)["text"].strip() == pasted.strip()
    assert rows(application(client).state.database) == before


def test_what_is_known_is_taken_and_what_is_not_is_said(client: TestClient) -> None:
    offers = [
        {
            "offer.name": "Mine",
            "cells.kind": "gone",
            "cells.gone": "x",
            "trial.status": "treatment",
            "claims.heard": ["cure_or_reversal", "gone"],
        },
        {"offer.name": "x" * 2001, "claims.heard": ["none_of_these"], "visit.notes": "hidden\x00character"},
    ]
    you = {"you.priorities": ["tremor", "sleep", "pain", "fatigue"], "you.care_now": ["levodopa"], "offer.name": "x"}
    response = send(client, file_of(offers, you))
    assert response.status_code == 200
    page = Page(response.text)
    assert not page.faults
    parts = [
        'Offer 1: "Exactly which cells would you be given?" The answer in the file is not known here.',
        'Offer 1: The guide has no question "cells.gone".',
        'Offer 1: "Have you heard or read any of these about the offer?" A part of the answer in the file',
        'Offer 2: "What would you like to call this offer?" This is too long to keep',
        'Offer 2: "What was said at the visit, in your own words?" Your text had hidden characters',
        'About you: "Which of these would you most like to see get better? Pick up to three." You ticked 4.',
        'About you: The guide has no question "offer.name".',
    ]
    assert [part for part in parts if part not in page.text] == []
    assert taken(client, response) == {
        1: {"offer.name": "Mine", "trial.status": "treatment", "claims.heard": ["cure_or_reversal"]},
        2: {"claims.heard": ["none_of_these"]},
    }


def test_many_problems_are_counted(client: TestClient) -> None:
    response = send(client, file_of([{"offer.name": "Mine", **{f"x.y{n}": "a" for n in range(30)}}]))
    assert "And 10 more." in Page(response.text).text


def test_more_offers_than_anybody_has_are_not_taken(client: TestClient) -> None:
    response = send(client, file_of([{"offer.name": f"Offer {n}"} for n in range(130)]))
    assert "There are 130 offers in it. We took the first 100." in Page(response.text).text
    assert len(taken(client, response)) == 100


def test_what_a_file_says_is_shown_as_text(client: TestClient) -> None:
    response = send(client, file_of([{"offer.name": "<script>a</script>", "<b>.x": "<i>", "cells.kind": "<u>"}]))
    assert response.status_code == 200
    for mark in ("<script>a", "<b>.x"):
        assert mark not in response.text
    assert "<script>a" not in client.get(Page(response.text).links[-3]).text


def test_two_files_at_once_are_not_taken(client: TestClient) -> None:
    response = client.post("/bring", files=[("file", ("a.json", b"{}")), ("file", ("b.json", b"{}"))])
    refused_page(response, 400)


def test_while_the_database_cannot_write_it_says_so(client: TestClient) -> None:
    with read_only(application(client)):
        response = client.post("/bring", data={"text": file_of([{"offer.name": "Mine"}]).decode()})
    page = refused_page(response, 503)
    assert "Please wait a moment" in page.error
    assert "Mine" in dict(page.forms[0].fields)["text"]
    assert "set-cookie" not in response.headers

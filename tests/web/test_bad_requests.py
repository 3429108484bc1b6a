"""Requests that no page of ours sends: old links, made-up addresses, bytes that are no text."""

from typing import Any

import pytest
from databases import rows

from .conftest import Visitor
from .refusals import refused_page

URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"%FF%FE", b"%ED%A0%80", b"\xed\xa0\x80", b"%00"], ids=repr)
@pytest.mark.parametrize(
    ("question_id", "field"),
    [("visit.notes", "text"), ("offer.name", "text"), ("trial.status", "choice"), ("offer.country", "country")],
)
def test_bytes_that_are_no_text_never_break_anything(filled: Visitor, raw: bytes, question_id: str, field: str) -> None:
    body = field.encode() + b"=a" + raw + b"b"
    response = filled.client.post(filled.address(question_id), content=body, headers=URLENCODED)
    assert response.status_code in (303, 422)
    for address in ("answers", "result", "summary"):
        filled.see(f"{filled.offer()}/{address}").text.encode()


def multipart(charset: str, name: str, value: bytes) -> dict[str, Any]:
    part = b'--x\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n' % (name.encode(), value)
    return {"content": part, "headers": {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}}


@pytest.mark.parametrize(
    ("question_id", "field"),
    [
        ("visit.notes", "text"),
        ("trial.status", "choice"),
        ("offer.country", "country"),
        ("offer.visit_date", "month"),
    ],
)
def test_half_a_character_never_breaks_anything(filled: Visitor, question_id: str, field: str) -> None:
    # No browser sends this, but a form may name an encoding in which half of a pair can be written.
    response = filled.client.post(filled.address(question_id), **multipart("unicode_escape", field, rb"a\ud800b"))
    refused_page(response, 422)


def test_an_encoding_that_cannot_be_read_is_not_taken(filled: Visitor) -> None:
    refused_page(filled.client.post(filled.address("visit.notes"), **multipart("undefined", "text", b"a")), 400)


def test_a_form_with_very_many_fields_is_not_taken(filled: Visitor) -> None:
    before = rows(filled.app.state.database)
    data = {f"field{n}": "x" for n in range(5_000)}
    for address in (filled.address("trial.status"), filled.address("you.priorities")):
        assert "We could not take this" in refused_page(filled.client.post(address, data=data), 400).text
    assert rows(filled.app.state.database) == before


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"choice": "treatment"}', "application/json"),
        (b"choice=treatment", "text/plain"),
        (b"\x00" * 9, ""),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ],
)
def test_what_is_no_form_is_not_taken(filled: Visitor, content: bytes, content_type: str) -> None:
    before = rows(filled.app.state.database)
    response = filled.client.post(
        filled.address("trial.status"), content=content, headers={"content-type": content_type}
    )
    assert response.status_code in (400, 422)
    refused_page(response, response.status_code)
    assert rows(filled.app.state.database) == before


def test_files_are_not_taken(filled: Visitor) -> None:
    response = filled.client.post(filled.address("visit.notes"), files={"text": ("notes.txt", b"What they said")})
    refused_page(response, 400)
    assert "visit.notes" not in filled.saved()


@pytest.mark.parametrize(
    "number",
    [
        *("2", "99", "0", "-1", "abc", "1.5", "1e3", "%00", "9223372036854775807"),
        "99999999999999999999",
    ],
)
def test_an_offer_that_is_not_there_is_not_found(filled: Visitor, number: str) -> None:
    before = rows(filled.app.state.database)
    place = f"{filled.home}/offers/{number}"
    for end in ("", "/answers", "/result", "/summary", "/questions/trial.status"):
        page = refused_page(filled.client.get(place + end), 404)
        assert page.headings == ["We cannot open this page here"]
    refused_page(filled.client.post(f"{place}/questions/trial.status", data={"choice": "treatment"}), 404)
    assert rows(filled.app.state.database) == before


def test_a_link_to_a_preparation_that_is_not_here_says_where_it_may_be(filled: Visitor) -> None:
    page = refused_page(filled.client.get("/preparations/0123456789abcdef01"), 404)
    assert "begun in another browser or on another device" in page.text
    assert "/" in page.links


def test_a_method_that_is_not_meant_is_not_taken(filled: Visitor) -> None:
    before = rows(filled.app.state.database)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"):
        for address in ("/", filled.home, filled.address("trial.status"), "/preparations"):
            response = filled.client.request(method, address)
            assert "We could not take this" in refused_page(response, 405).text
    assert rows(filled.app.state.database) == before


def test_questions_in_an_address_that_make_no_sense_are_not_found(filled: Visitor) -> None:
    refused_page(filled.client.get(filled.address("trial.status") + "?more=perhaps"), 404)
    refused_page(filled.client.get("/static/%00"), 404)
    refused_page(filled.client.get("/static/" + "x" * 5000), 404)

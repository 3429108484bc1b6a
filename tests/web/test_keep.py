"""Keeping answers as files, deleting them, and bringing them back: nothing is lost on the way."""

import json
import re
from typing import Any

import pytest
from databases import about_files, rows
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from jsonschema import Draft202012Validator

from app.summary.formats.response import answers_of
from app.web.security import BODY_LIMIT

from .conftest import Visitor, example_answers
from .faults import read_only
from .html import Page

ASIDE = {"support.plan": "made_for_me"}
FILE_NAME = r'attachment; filename="which-cells-[a-z0-9-]+-\d{4}-\d\d-\d\d\.json"'


@pytest.fixture
def full(visitor: Visitor) -> Visitor:
    """Three offers and the person's own answers; one answer is set aside, one was changed, one taken back."""
    pack = visitor.walker.pack
    for number, example in enumerate(("warning-sign", "regulated-trial", "supportive-care"), start=1):
        about_offer, about_person = example_answers(pack, example)
        assert number == 1 or visitor.store.add_offer(visitor.key) == number
        visitor.fill({**about_offer, **about_person}, number)
    visitor.fill(ASIDE | {"offer.name": 'A <b>name</b> & "quotes" \u65e5\u672c', "offer.provider": ""}, 2)
    return visitor


def saved(visitor: Visitor) -> bytes:
    response = visitor.client.get(f"{visitor.home}/preparation.json")
    assert response.status_code == 200
    return bytes(response.content)


def brought(visitor: Visitor, file: bytes) -> Visitor:
    """The preparation that a file becomes."""
    response = visitor.client.post("/bring", files={"file": ("which-cells.json", file)})
    assert response.status_code == 303, Page(response.text).text
    other = object.__new__(Visitor)
    other.client, other.home = visitor.client, response.headers["location"]
    other.id = other.home.rpartition("/")[2]
    return other


def printed(visitor: Visitor, number: int) -> str:
    """The printed page without what is new each time: the preparation's id in addresses."""
    text = visitor.client.get(f"{visitor.offer(number)}/summary").text
    return text.replace(visitor.id, "ID")


def everything(visitor: Visitor) -> list[Any]:
    return [
        [r.answers for r in visitor.store.read(visitor.key).offers.values()],
        visitor.store.read(visitor.key).mine.answers,
    ]


# -- files


def test_the_file_of_everything_is_valid_by_the_published_schema(full: Visitor) -> None:
    schema = full.client.get("/formats/preparation.schema.json").json()
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(saved(full)))


def test_files_are_given_away_to_keep_and_kept_by_nobody_on_the_way(full: Visitor) -> None:
    for path, kind in (
        (f"{full.home}/preparation.json", "application/json"),
        (f"{full.offer(2)}/response.json", "application/fhir+json"),
    ):
        headers = full.client.get(path).headers
        assert headers["content-type"] == kind
        assert headers["cache-control"] == "no-store"
        assert re.fullmatch(FILE_NAME, headers["content-disposition"])


def test_no_file_holds_what_opens_the_preparation(full: Visitor) -> None:
    for path in (f"{full.home}/preparation.json", f"{full.offer(1)}/response.json"):
        text = full.client.get(path).text
        assert full.cookie[1] not in text
        assert full.id not in text


def test_the_file_holds_what_is_set_aside_and_when_each_answer_was_given(full: Visitor) -> None:
    offer = json.loads(saved(full))["offers"][1]
    assert list(offer["set_aside"]) == list(ASIDE)
    record = full.store.read(full.key).offer(2)
    assert {q: e["at"] for q, e in offer["answers"].items()} == {
        q: f"{record.latest[q].at:%Y-%m-%dT%H:%M:%SZ}" for q in offer["answers"]
    }
    assert "offer.provider" not in offer["answers"]


def test_the_response_of_an_offer_is_valid_fhir_with_what_was_asked_and_about_the_person(full: Visitor) -> None:
    said = full.client.get(f"{full.offer(2)}/response.json").json()
    QuestionnaireResponse.model_validate(said)
    answers, you = full.saved(2), full.store.read(full.key).mine.answers
    asked = full.walker.walk(answers).asked
    expected = {q: a for q, a in answers.items() if q in asked} | you
    assert answers_of(full.walker.sorter.vocabulary, said) == (expected, [])
    assert said["authored"] == max(
        f"{r.at:%Y-%m-%dT%H:%M:%SZ}" for r in full.store.read(full.key).offer(2).latest.values()
    )


def test_an_empty_preparation_can_be_saved_too(visitor: Visitor) -> None:
    assert json.loads(saved(visitor))["offers"] == [{"answers": {}, "set_aside": {}}]
    assert "item" not in visitor.client.get(f"{visitor.offer()}/response.json").json()


def test_the_page_leads_to_each_file_and_to_deleting(full: Visitor) -> None:
    page = full.see(f"{full.home}/keep")
    wanted = {
        f"{full.home}/preparation.json",
        f"{full.home}/delete",
        *(f"{full.offer(n)}/response.json" for n in (1, 2, 3)),
    }
    assert wanted <= set(page.links)
    assert "more than the guide can take back" not in page.text


def test_a_file_that_is_too_large_to_come_back_says_so_beforehand(visitor: Visitor) -> None:
    for number in range(1, 60):
        visitor.fill({"offer.name": f"Offer {number}", "visit.notes": "\u65e5" * 2000}, number)
        visitor.store.add_offer(visitor.key)
    assert len(saved(visitor)) > BODY_LIMIT
    assert "more than the guide can take back" in visitor.see(f"{visitor.home}/keep").text
    response = visitor.client.post("/bring", files={"file": ("a.json", saved(visitor))})
    assert response.status_code == 413
    assert "If it was a file" in response.text


# -- deleting


def test_deleting_asks_first_and_says_what_goes(full: Visitor) -> None:
    before = rows(full.app.state.database)
    page = full.see(f"{full.home}/delete")
    assert "New neurons from the seminar" in page.text
    assert "What you said about yourself" in page.text
    assert [form.action for form in page.forms] == [f"{full.home}/delete"]
    assert f"{full.home}/preparation.json" in page.links
    assert rows(full.app.state.database) == before


def test_what_is_deleted_is_gone_and_so_is_its_key(full: Visitor) -> None:
    other = Visitor(full.client)
    other.answer("offer.name", "The other")
    name, secret = full.cookie
    response = full.client.post(f"{full.home}/delete")
    assert (response.status_code, response.headers["location"]) == (303, "/deleted")
    assert re.match(rf'{name}=""; .*Max-Age=0', response.headers["set-cookie"])
    assert name not in {c.name for c in full.client.cookies.jar}
    assert full.see("/deleted").headings == ["It is gone"]
    # Not even with the key.
    full.client.cookies.set(name, secret)
    for path in (full.home, f"{full.offer(1)}/summary", f"{full.home}/preparation.json"):
        assert full.client.get(path).status_code == 404
    tables = rows(full.app.state.database)
    assert not any(full.id in row for table in tables.values() for row in table)
    assert len(tables["entry"]) == 1
    assert other.see(other.home).text.count("The other")


def test_deleting_twice_says_that_it_may_be_gone(full: Visitor) -> None:
    full.client.post(f"{full.home}/delete")
    again = full.client.post(f"{full.home}/delete")
    assert again.status_code == 404
    assert "the preparation was deleted" in again.text


def test_while_the_database_cannot_write_nothing_is_deleted_and_the_key_stays(full: Visitor) -> None:
    before = everything(full)
    with read_only(full.app):
        response = full.client.post(f"{full.home}/delete")
    assert (response.status_code, "set-cookie" in response.headers) == (503, False)
    assert everything(full) == before


# -- saved, deleted, brought back


def test_saved_deleted_and_brought_back_prints_the_same(full: Visitor) -> None:
    before = [printed(full, number) for number in (1, 2, 3)]
    kept, file = everything(full), saved(full)
    full.client.post(f"{full.home}/delete")
    again = brought(full, file)
    assert again.id != full.id
    assert [printed(again, number) for number in (1, 2, 3)] == before
    assert everything(again) == kept


def test_what_was_brought_back_saves_as_the_same_file_but_for_times(full: Visitor) -> None:
    def timeless(file: bytes) -> str:
        return re.sub(r'"(at|saved_at)": "[^"]+"', "", file.decode())

    assert timeless(saved(brought(full, saved(full)))) == timeless(saved(full))


def test_a_response_for_a_health_record_can_be_brought_back_too(full: Visitor) -> None:
    response = full.client.get(f"{full.offer(1)}/response.json")
    again = brought(full, response.content)
    assert again.saved(1) == full.saved(1)
    assert printed(again, 1) == printed(full, 1)


@about_files
def test_nothing_of_what_was_deleted_is_left_in_any_file(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Zebra of the harbor", "you.own_questions": ["Zebra again?"]})
    visitor.client.post(f"{visitor.home}/delete")
    path = visitor.app.state.database.path
    for file in path.parent.glob(path.name + "*"):
        assert b"Zebra" not in file.read_bytes(), file.name

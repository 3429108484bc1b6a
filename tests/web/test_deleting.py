"""Deleting: asked about once, in sight of everybody whom it takes something from, and then all of it is gone."""

import re

import pytest
from databases import rows

from app.web.access import ACCESS

from .conftest import Visitor
from .faults import read_only
from .html import Page
from .joining import joined
from .test_keep import saved


@pytest.fixture
def maria(visitor: Visitor) -> Visitor:
    """Somebody with an offer, and an answer about herself."""
    visitor.answer("offer.name", "Drip from the talk")
    visitor.answer("you.priorities", ["sleep"])
    visitor.client.post(f"{visitor.home}/people/me", data={"name": "Maria", "role": "patient"})
    return visitor


def test_alone_one_is_told_what_goes(maria: Visitor) -> None:
    page = maria.see(f"{maria.home}/delete")
    assert "Drip from the talk, with all its answers, notes and letters" in page.text
    assert "What you said about yourself" in page.text
    assert "all of you" not in page.text


def test_with_others_they_are_named(maria: Visitor) -> None:
    joined(maria, "Ana")
    joined(maria, "Dr. Ng", "reader")
    gone = joined(maria, "Bo")
    maria.client.post(f"{maria.home}/people/{gone.store.read(gone.key).me.number}/revoke")
    page = maria.see(f"{maria.home}/delete")
    assert "It goes for all of you: for you, Ana and Dr. Ng. Have you talked it over?" in page.text
    assert "Bo" not in page.text
    assert "What each of you said about yourself" in page.text
    assert "All links to it" in page.text


def test_nothing_is_said_about_people_who_said_nothing_about_themselves(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Drip")
    assert "about yourself" not in visitor.see(f"{visitor.home}/delete").text


def test_then_nobody_gets_in_any_more(maria: Visitor) -> None:
    ana, doctor = joined(maria, "Ana"), joined(maria, "Dr. Ng", "reader")
    assert maria.client.post(f"{maria.home}/delete").headers["location"] == "/deleted"
    for who in (ana, doctor):
        assert who.client.get(who.home).status_code == 404
        assert who.client.post("/open", data={"link": who.cookie[1]}).status_code == 422
        assert "Drip" not in who.see("/").text
    tables = rows(maria.app.state.database)
    assert [tables[t] for t in ("preparation", "person", "entry")] == [[], [], []]


def test_the_button_pressed_twice_says_twice_that_it_is_gone(maria: Visitor) -> None:
    name, code = maria.cookie
    # Both are sent before an answer is there: with the key, both times.
    answers = [maria.client.post(f"{maria.home}/delete", headers={"cookie": f"{name}={code}"}) for _ in range(3)]
    assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, "/deleted")] * 3
    assert all(re.match(rf'{name}=""; .*Max-Age=0', a.headers["set-cookie"]) for a in answers)
    page = maria.see("/deleted")
    assert page.headings == ["It is gone"]
    assert "no link opens it" in page.text


def test_the_back_button_leads_to_a_page_that_does_not_frighten(maria: Visitor) -> None:
    maria.client.post(f"{maria.home}/delete")
    page = maria.see(f"{maria.home}/delete", 404)
    assert "the preparation was deleted" in page.text


def test_to_somebody_else_it_is_as_if_it_had_never_been(maria: Visitor) -> None:
    ana = joined(maria, "Ana")
    maria.client.post(f"{maria.home}/delete")
    nowhere = ana.client.get("/no/such/page")
    answer = ana.client.post(f"{ana.home}/delete")
    # She may not delete, and learns no more than anybody else.
    shown, unknown = (Page(response.text) for response in (answer, nowhere))
    assert (answer.status_code, shown.text) == (404, unknown.text)


def test_only_those_who_look_after_it_can() -> None:
    assert {ACCESS[route] for route in ("delete", "delete_all", "keep_until")} == {"manager"}


def test_what_was_remembered_to_be_quick_is_forgotten(maria: Visitor) -> None:
    walker = maria.walker
    maria.see(f"{maria.offer()}/change")
    remembered = (walker._remembered, walker.changes._remembered)
    assert all(cache.cache_info().currsize for cache in remembered)
    maria.client.post(f"{maria.home}/delete")
    assert [cache.cache_info().currsize for cache in remembered] == [0, 0]


def test_a_deletion_that_fails_says_so_and_everything_is_there(maria: Visitor) -> None:
    before = saved(maria)
    with read_only(maria.app):
        answer = maria.client.post(f"{maria.home}/delete")
    assert answer.status_code == 503
    assert "Nothing was changed" in Page(answer.text).text
    assert "set-cookie" not in answer.headers
    assert [line for line in saved(maria).splitlines() if b"saved_at" not in line] == [
        line for line in before.splitlines() if b"saved_at" not in line
    ]

"""Who belongs to a preparation: inviting, taking links back, who may do what, and what one is called."""

import pytest
from databases import rows

from app.store.people import MOST_PEOPLE, NAME_LIMIT

from .conftest import Visitor
from .html import Page
from .joining import code_of, invite, join, joined, link_on, number_of
from .opening import pages, people, post, shut_out
from .refusals import refused_page

# -- inviting


@pytest.mark.parametrize(
    ("role", "can"), [("family", "It lets them read, answer and print."), ("reader", "It lets them read and print.")]
)
def test_whoever_is_invited_gets_a_link_of_their_own_and_comes_in_by_it(visitor: Visitor, role: str, can: str) -> None:
    leads_to = post(visitor, "people", name="  Anna \n Maria ", role=role)
    assert leads_to == f"{visitor.home}/people/2/link"
    page = visitor.see(leads_to)
    assert page.headings == ["The link for Anna Maria"]
    assert can in page.text
    anna = join(visitor, link_on(page))
    assert anna.id == visitor.id
    assert anna.key.secret != visitor.key.secret
    me = anna.store.read(anna.key).me
    assert (me.number, me.role, me.name) == (2, role, "Anna Maria")
    assert "Anna Maria" in people(visitor).text


def test_a_daughter_who_began_invites_the_person_with_parkinsons(visitor: Visitor) -> None:
    assert "as the person with Parkinson's" not in people(visitor).text
    post(visitor, "people/me", name="Eva", role="family")
    assert "Read, answer and print, as the person with Parkinson's" in people(visitor).text
    father = joined(visitor, "Karl", "patient")
    found = father.store.read(father.key)
    assert found.patient == found.me
    assert [p.name for p in found.managers] == ["Eva", "Karl"]
    # There is one person with Parkinson's: the page offers no second one, and the store makes none.
    assert "as the person with Parkinson's" not in people(visitor).text
    other = joined(visitor, "Otto", "patient")
    assert other.store.read(other.key).me.role == "family"


@pytest.mark.parametrize(
    ("name", "role", "says", "field"),
    [
        ("", "reader", "Please write a name", "#name"),
        ("  ", "reader", "Please write a name", "#name"),
        ("A" * (NAME_LIMIT + 1), "reader", f"a shorter name: {NAME_LIMIT} letters", "#name"),
        ("Anna & <b>Ben</b>", "", "Please choose what this person may do", "#role"),
        ("Anna", "manager", "Please choose what this person may do", "#role"),
        ("", "", "Please write a name", "#name"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    visitor: Visitor, name: str, role: str, says: str, field: str
) -> None:
    before = rows(visitor.app.state.database)
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": name, "role": role})
    page = refused_page(sent, 422)
    assert says in page.error
    assert field in page.links
    assert field[1:] in page.ids
    typed = next(form for form in page.forms if ("role", "reader") in form.offered)
    assert ("name", " ".join(name.split())) in typed.fields
    assert (("role", "reader") in typed.fields) == (role == "reader")
    assert rows(visitor.app.state.database) == before


def test_sent_twice_the_form_invites_one_person(visitor: Visitor) -> None:
    form = next(form for form in people(visitor).forms if form.action.endswith("/people"))
    data = dict(form.fields) | {"name": "Anna", "role": "family"}
    first, again = (visitor.client.post(form.action, data=data) for _ in range(2))
    assert first.headers["location"] == again.headers["location"] == f"{visitor.home}/people/2/link"
    assert len(rows(visitor.app.state.database)["person"]) == 2
    # The link that waits is the one that opens.
    assert number_of(join(visitor, link_on(visitor.see(first.headers["location"])))) == 2
    # Somebody else of another name is not taken for her, though the page is as old.
    visitor.client.post(form.action, data=data | {"name": "Ben"})
    assert len(rows(visitor.app.state.database)["person"]) == 3


def test_there_is_an_end_to_inviting(visitor: Visitor) -> None:
    for number in range(2, MOST_PEOPLE + 1):
        visitor.app.state.people.invite(visitor.key, "reader", f"Reader {number}")
    page = post(visitor, "people", name="One more", role="reader")
    assert isinstance(page, Page)
    assert f"{MOST_PEOPLE} people at most" in page.error
    assert len(rows(visitor.app.state.database)["person"]) == MOST_PEOPLE


def test_names_of_people_are_shown_as_they_are_and_run_nothing(visitor: Visitor) -> None:
    joined(visitor, '<script>alert("x")</script>')
    visitor.fill({"offer.name": "Mine"})
    for address in (f"{visitor.home}/people", visitor.home, f"{visitor.offer()}/answers"):
        page = visitor.see(address)
        assert not page.inline_scripts
        assert not page.faults


# -- taking links back


def test_a_link_that_is_taken_back_opens_nothing_any_more_anywhere(visitor: Visitor) -> None:
    link = invite(visitor, "Anna")
    at_home, at_work = join(visitor, link), join(visitor, link)
    at_home.answer("offer.name", "Drip from the talk")
    for address in pages(at_home):
        assert at_home.client.get(address).status_code in (200, 204, 303)
    assert post(visitor, "people/2/revoke") == f"{visitor.home}/people"
    for browser in (at_home, at_work):
        shut_out(browser)
        assert "Drip from the talk" not in browser.see("/").text
    # What she said stays, under her name.
    check = visitor.see(f"{visitor.offer()}/answers").text
    assert "Drip from the talk Anna, " in check
    page = people(visitor)
    assert "No longer with a link, and what they said is still here: Anna." in page.text
    assert f"{visitor.home}/people/2/revoke" not in {form.action for form in page.forms}


def test_taking_a_link_back_twice_is_as_once(visitor: Visitor) -> None:
    joined(visitor, "Anna")
    before = post(visitor, "people/2/revoke")
    kept = rows(visitor.app.state.database)
    assert post(visitor, "people/2/revoke") == before
    assert rows(visitor.app.state.database) == kept
    # Somebody who never was there is not found.
    refused_page(visitor.client.post(f"{visitor.home}/people/9/revoke"), 404)


def test_a_waiting_link_is_gone_when_it_is_taken_back(visitor: Visitor) -> None:
    link = invite(visitor, "Anna")
    post(visitor, "people/2/revoke")
    assert code_of(link) not in visitor.see(f"{visitor.home}/people/2/link").source
    assert "does not open anything" in Page(visitor.client.post("/open", data={"link": link}).text).error


def test_the_last_one_who_may_answer_cannot_go(visitor: Visitor) -> None:
    reader = joined(visitor, "Dr. Weber", "reader")
    page = refused_page(visitor.client.post(f"{visitor.home}/people/1/revoke"), 422)
    assert "This is the last link that may answer." in page.error
    assert "#list" in page.links
    assert "list" in page.ids
    # With somebody else who may answer, one can; and then that one is the last.
    anna = joined(visitor, "Anna")
    assert post(visitor, "people/1/revoke") == "/left?gave-up=1"
    shut_out(visitor)
    refused_page(anna.client.post(f"{anna.home}/people/3/revoke"), 422)
    assert anna.store.read(anna.key).me in anna.store.read(anna.key).managers
    assert post(anna, "people/2/revoke") == f"{anna.home}/people"
    shut_out(reader)


def test_whoever_gives_up_their_link_is_told_so_and_holds_nothing_of_it_any_more(visitor: Visitor) -> None:
    anna = joined(visitor, "Anna")
    invite(anna, "Ben")
    assert [c.name for c in anna.client.cookies.jar if anna.id in c.name]
    assert post(anna, "people/2/revoke") == "/left?gave-up=1"
    assert not [c.name for c in anna.client.cookies.jar if anna.id in c.name]
    page = anna.see("/left?gave-up=1")
    assert "Your link is given up." in page.text
    assert "Anna" in people(visitor).text


def test_a_lone_person_is_not_offered_to_give_up_their_link(visitor: Visitor) -> None:
    assert "Give up my link" not in people(visitor).text


# -- who may do what


def test_family_invites_but_does_not_take_back_what_others_hold(visitor: Visitor) -> None:
    anna, ben = joined(visitor, "Anna"), joined(visitor, "Ben")
    page = people(anna)
    assert "Take back the link of" not in page.text
    assert "A new link for" not in page.text
    for end in ("people/1/revoke", "people/3/revoke", "people/1/link", "people/3/link", "delete"):
        says = refused_page(anna.client.post(f"{anna.home}/{end}"), 403)
        assert says.headings == ["Your link does not open this page"]
        assert anna.home in says.links
    assert number_of(ben) == 3
    assert number_of(visitor) == 1
    assert number_of(joined(anna, "Carl", "reader")) == 4


@pytest.mark.parametrize("role", ["patient", "manager", "answerer", "reader", ""])
def test_nobody_raises_their_own_rights(visitor: Visitor, role: str) -> None:
    post(visitor, "people/me", name="Eva", role="family")  # so that nobody is the person with Parkinson's
    anna, reader = joined(visitor, "Anna"), joined(visitor, "Dr. Weber", "reader")
    assert "You are" not in people(anna).text
    for who, before in ((anna, "family"), (reader, "reader")):
        assert post(who, "people/me", name="X", role=role, number="1") == f"{who.home}/people"
        me = who.store.read(who.key).me
        assert (me.role, me.name) == (before, "X")
        refused_page(who.client.post(f"{who.home}/people/1/revoke"), 403)
    refused_page(reader.client.post(reader.address("trial.status"), data={"choice": "treatment"}), 403)


def test_a_family_member_cannot_invite_the_person_with_parkinsons(visitor: Visitor) -> None:
    post(visitor, "people/me", name="Eva", role="family")
    anna = joined(visitor, "Anna")
    assert "as the person with Parkinson's" not in people(anna).text
    accomplice = joined(anna, "Me again", "patient")
    assert accomplice.store.read(accomplice.key).me.role == "family"
    refused_page(accomplice.client.post(f"{anna.home}/people/1/revoke"), 403)


def test_whoever_looks_after_people_is_whoever_began_and_the_person_with_parkinsons(visitor: Visitor) -> None:
    post(visitor, "people/me", name="Eva", role="family")
    anna = joined(visitor, "Anna")
    karl = joined(visitor, "Karl", "patient")
    assert post(karl, "people/2/revoke") == f"{karl.home}/people"
    shut_out(anna)
    assert post(karl, "people/1/link") == f"{karl.home}/people/1/link"
    shut_out(visitor)


# -- saying who one is


def test_nobody_has_to_have_a_name(visitor: Visitor) -> None:
    anna = joined(visitor, "Anna")
    visitor.answer("offer.name", "Mine")
    assert "The person with Parkinson's, " in anna.see(f"{anna.offer()}/answers").text
    post(visitor, "people/me", name=" Ben  B. ", role="patient")
    assert "Ben B., " in anna.see(f"{anna.offer()}/answers").text
    assert "Ben B." in people(anna).text
    post(visitor, "people/me", name="", role="patient")
    assert "Ben" not in people(anna).text


def test_a_name_that_is_too_long_comes_back(visitor: Visitor) -> None:
    long = "A" * (NAME_LIMIT + 1)
    page = post(visitor, "people/me", name=long, role="family")
    assert isinstance(page, Page)
    assert "a shorter name" in page.error
    assert "#own" in page.links
    assert ("name", long) in next(f for f in page.forms if f.action.endswith("/me")).fields
    assert visitor.store.read(visitor.key).me.role == "patient"


def test_the_last_visit_is_known_when_a_page_tells_it_and_no_get_writes_it(visitor: Visitor) -> None:
    anna = joined(visitor, "Anna", "reader")
    with visitor.app.state.database.writing() as connection:
        connection.exec_driver_sql("UPDATE person SET seen_on = '2026-01-02'")
    assert "Last here January 2, 2026." in people(visitor).text
    page = anna.see(anna.home)
    assert any(attrs.get("hx-post") == f"{anna.home}/here" for _, attrs in page.tags)
    assert "Last here January 2, 2026." in people(visitor).text
    assert anna.client.post(f"{anna.home}/here").status_code == 204
    assert "January 2, 2026" not in people(visitor).text
    # Said once a day, it is not said again.
    assert not any("hx-post" in attrs for _, attrs in anna.see(anna.home).tags)

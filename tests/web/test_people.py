"""Who belongs to a preparation: inviting, links, taking them back; and that a link is never lost by a slip."""

import re

import pytest

from app.store.people import MOST_PEOPLE, NAME_LIMIT
from app.store.sealing import grouped

from .conftest import MakeClient, TestClient, Visitor, rows
from .html import Page
from .joining import code_of, invite, join, joined, link_on, number_of, own_link
from .refusals import refused_page


def people(visitor: Visitor) -> Page:
    return visitor.see(f"{visitor.home}/people")


def post(visitor: Visitor, end: str, **data: str) -> Page | str:
    """Sends a form of the page of people; where it leads, or the page that comes back."""
    sent = visitor.client.post(f"{visitor.home}/{end}", data=data)
    return sent.headers["location"] if sent.status_code == 303 else Page(sent.text)


def pages(visitor: Visitor) -> list[str]:
    """Pages of every kind that a person of a preparation opens."""
    ends = ("", "/people", "/link", "/compare", "/offers/1", "/offers/1/answers", "/offers/1/result", "/news")
    ends += ("/offers/1/summary", "/offers/1/letter", "/offers/1/since", "/offers/1/questions/trial.status")
    return [visitor.home + end for end in (*ends, "/you/you.priorities", "/keep")]


def shut_out(visitor: Visitor) -> None:
    """Nothing of the preparation opens for this browser, or takes anything from it."""
    before = rows(visitor.app.state.database.path)
    for address in pages(visitor):
        assert refused_page(visitor.client.get(address), 404).headings == ["We cannot open this page here"]
    for end, data in (("here", {}), ("people", {"name": "X", "role": "family"}), ("offers", {}), ("link", {})):
        refused_page(visitor.client.post(f"{visitor.home}/{end}", data=data), 404)
    refused_page(visitor.client.post(visitor.address("trial.status"), data={"choice": "treatment"}), 404)
    assert rows(visitor.app.state.database.path) == before


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
    before = rows(visitor.app.state.database.path)
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": name, "role": role})
    page = refused_page(sent, 422)
    assert says in page.error
    assert field in page.links
    assert field[1:] in page.ids
    typed = next(form for form in page.forms if ("role", "reader") in form.offered)
    assert ("name", " ".join(name.split())) in typed.fields
    assert (("role", "reader") in typed.fields) == (role == "reader")
    assert rows(visitor.app.state.database.path) == before


def test_sent_twice_the_form_invites_one_person(visitor: Visitor) -> None:
    form = next(form for form in people(visitor).forms if form.action.endswith("/people"))
    data = dict(form.fields) | {"name": "Anna", "role": "family"}
    first, again = (visitor.client.post(form.action, data=data) for _ in range(2))
    assert first.headers["location"] == again.headers["location"] == f"{visitor.home}/people/2/link"
    assert len(rows(visitor.app.state.database.path)["person"]) == 2
    # The link that waits is the one that opens.
    assert number_of(join(visitor, link_on(visitor.see(first.headers["location"])))) == 2
    # Somebody else of another name is not taken for her, though the page is as old.
    visitor.client.post(form.action, data=data | {"name": "Ben"})
    assert len(rows(visitor.app.state.database.path)["person"]) == 3


def test_there_is_an_end_to_inviting(visitor: Visitor) -> None:
    for number in range(2, MOST_PEOPLE + 1):
        visitor.app.state.people.invite(visitor.key, "reader", f"Reader {number}")
    page = post(visitor, "people", name="One more", role="reader")
    assert isinstance(page, Page)
    assert f"{MOST_PEOPLE} people at most" in page.error
    assert len(rows(visitor.app.state.database.path)["person"]) == MOST_PEOPLE


def test_names_of_people_are_shown_as_they_are_and_run_nothing(visitor: Visitor) -> None:
    joined(visitor, '<script>alert("x")</script>')
    visitor.fill({"offer.name": "Mine"})
    for address in (f"{visitor.home}/people", visitor.home, f"{visitor.offer()}/answers"):
        page = visitor.see(address)
        assert not page.inline_scripts
        assert not page.faults


# -- somebody's link, until it is passed on


def test_a_new_link_waits_for_whoever_made_it_until_it_is_passed_on(visitor: Visitor) -> None:
    link = invite(visitor, "Anna")
    assert link_on(visitor.see(f"{visitor.home}/people/2/link")) == link
    assert f"{visitor.home}/people/2/link" in people(visitor).links
    assert post(visitor, "people/2/passed-on") == f"{visitor.home}/people"
    page = visitor.see(f"{visitor.home}/people/2/link")
    assert page.headings == ["People and links"]
    assert code_of(link) not in page.source
    assert f"{visitor.home}/people/2/link" not in page.links
    join(visitor, link)  # it is hers all the same


def test_two_new_links_wait_side_by_side(visitor: Visitor) -> None:
    anna, ben = invite(visitor, "Anna"), invite(visitor, "Ben", "reader")
    assert [link_on(visitor.see(f"{visitor.home}/people/{n}/link")) for n in (2, 3)] == [anna, ben]


def test_a_waiting_link_is_for_the_browser_that_made_it(visitor: Visitor) -> None:
    anna = joined(visitor, "Anna")
    invite(visitor, "Ben")
    assert anna.see(f"{visitor.home}/people/3/link").headings == ["People and links"]


def test_the_cookie_of_a_waiting_link_is_out_of_reach_and_goes_with_the_browser(visitor: Visitor) -> None:
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": "Anna", "role": "family"})
    value, *flags = sent.headers["set-cookie"].split("; ")
    assert value.startswith(f"which-cells.new-{visitor.id}.2=")
    assert {f.lower() for f in flags} == {"httponly", "samesite=lax", "path=/"}  # no age: until the browser is closed
    gone = visitor.client.post(f"{visitor.home}/people/2/passed-on").headers["set-cookie"]
    assert gone.startswith(f'which-cells.new-{visitor.id}.2=""')
    assert "Max-Age=0" in gone


def test_behind_https_it_is_secure_and_bound_to_this_host(make_client: MakeClient) -> None:
    visitor = Visitor(make_client(https=True))
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": "Anna", "role": "family"})
    assert sent.headers["set-cookie"].startswith(f"__Host-which-cells.new-{visitor.id}.2=")
    assert "; Secure" in sent.headers["set-cookie"]
    link = link_on(visitor.see(sent.headers["location"]))
    assert link.startswith("https://testserver/open#")
    assert number_of(join(visitor, link)) == 2


def test_the_card_has_all_that_is_needed_and_nothing_of_what_was_said(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Drip from the talk", "you.matters": "My garden"})
    link = invite(visitor, "Anna")
    page = visitor.see(f"{visitor.home}/people/2/link")
    card = re.search(r"<article.*?</article>", page.source, re.DOTALL)
    assert card
    card_page = Page(card[0])
    assert "The link of Anna" in card_page.text
    assert grouped(code_of(link)) in card_page.text
    assert "testserver/open" in card_page.text
    assert "<svg" in card[0]
    assert "Keep this card at home, apart from the papers for your visit." in card_page.text
    for word in ("Drip", "garden", "Parkinson", visitor.id):
        assert word not in card[0]


def test_the_link_goes_behind_the_sign_that_browsers_keep_to_themselves(visitor: Visitor) -> None:
    address, _, code = own_link(visitor).partition("#")
    assert address == "http://testserver/open"
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}", code)


def test_the_mail_is_written_and_not_sent(visitor: Visitor) -> None:
    link = invite(visitor, "Anna")
    mail = next(a for a in visitor.see(f"{visitor.home}/people/2/link").links if a.startswith("mailto:"))
    assert grouped(code_of(link)) in mail
    assert "Parkinson" not in mail
    assert visitor.id not in mail


# -- one's own link


def test_ones_own_link_is_shown_until_it_is_kept(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    link = own_link(visitor)
    assert code_of(link) == visitor.key.secret
    for address in (visitor.home, f"{visitor.offer()}/result"):
        assert f"{visitor.home}/link" in visitor.see(address).links
        assert "Keep your own link" in visitor.see(address).text
    assert post(visitor, "link") == visitor.home
    page = visitor.see(f"{visitor.home}/link")
    assert link_on(page) == ""
    assert code_of(link) not in page.source
    assert grouped(code_of(link)) not in page.source
    assert "You have your link, so we do not show it again." in page.text
    assert "Keep your own link" not in visitor.see(visitor.home).text
    assert "Keep your own link" not in visitor.see(f"{visitor.offer()}/result").text
    assert number_of(join(visitor, link)) == 1


def test_whoever_came_in_by_a_link_has_it_and_is_not_shown_it_again(visitor: Visitor) -> None:
    anna = joined(visitor, "Anna")
    assert own_link(anna) == ""
    assert "Keep your own link" not in anna.see(anna.home).text


def renew_own(visitor: Visitor) -> str:
    visitor.see(f"{visitor.home}/link")
    leads_to = post(visitor, f"people/{number_of(visitor)}/link")
    assert leads_to == f"{visitor.home}/link"
    return own_link(visitor)


def test_a_new_link_of_ones_own_takes_the_place_of_the_old_one_at_once_everywhere(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    old = own_link(visitor)
    elsewhere = join(visitor, old)
    post(visitor, "link")
    new = renew_own(visitor)
    assert code_of(new) not in (code_of(old), "")
    assert visitor.see(f"{visitor.offer()}/answers").text.count("Mine")
    shut_out(elsewhere)
    assert "does not open anything" in Page(visitor.client.post("/open", data={"link": old}).text).error
    assert number_of(join(visitor, new)) == 1


def test_a_button_pressed_twice_does_not_lose_the_new_link(visitor: Visitor) -> None:
    post(visitor, "link")
    visitor.see(f"{visitor.home}/link")
    cookies = dict(visitor.client.cookies)
    # The first answer never arrives: the browser has the cookies of before when it sends the form again.
    first = visitor.client.post(f"{visitor.home}/people/1/link")
    visitor.client.cookies.clear()
    for name, value in cookies.items():
        visitor.client.cookies.set(name, value)
    again = visitor.client.post(f"{visitor.home}/people/1/link")
    assert (first.status_code, again.status_code) == (303, 303)
    assert number_of(join(visitor, own_link(visitor))) == 1
    # That was no way in for anybody who does not hold what the first answer brought.
    stranger = Visitor(visitor.client)
    name = next(n for n in cookies if n.startswith("which-cells.new-"))
    assert name.endswith(".0")
    stranger.client.cookies.clear()
    stranger.client.cookies.set(name, "0" * 32)
    refused_page(stranger.client.post(f"{visitor.home}/people/1/link"), 404)


def test_a_new_link_for_somebody_else_shuts_their_old_one_out(visitor: Visitor) -> None:
    old = invite(visitor, "Anna")
    anna = join(visitor, old)
    assert post(visitor, "people/2/link") == f"{visitor.home}/people/2/link"
    assert "Has not opened the link yet." in people(visitor).text
    shut_out(anna)
    new = link_on(visitor.see(f"{visitor.home}/people/2/link"))
    assert new != old
    assert "does not open anything" in Page(visitor.client.post("/open", data={"link": old}).text).error
    again = join(visitor, new)
    assert number_of(again) == 2


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
    kept = rows(visitor.app.state.database.path)
    assert post(visitor, "people/2/revoke") == before
    assert rows(visitor.app.state.database.path) == kept
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


# -- nowhere else


def test_no_secret_stands_anywhere_but_in_its_cookie_and_on_the_page_of_its_link(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    visitor.answer("offer.name", "Mine")
    anna_link = invite(visitor, "Anna")
    anna = join(visitor, anna_link)
    ben_link = invite(visitor, "Ben", "reader")
    secrets = {c for code in (visitor.key.secret, code_of(anna_link), code_of(ben_link)) for c in (code, grouped(code))}

    def clean(client: TestClient, address: str, *, link: bool = False) -> None:
        response = client.get(address)
        headers = "\n".join(f"{n}: {v}" for n, v in response.headers.multi_items() if n != "set-cookie")
        assert not [s for s in secrets if s in headers], address
        assert link or not [s for s in secrets if s in response.text], address

    for who in (visitor, anna):
        for address in [*pages(who), "/", "/open", "/left", "/privacy", f"{who.home}/nothing"]:
            clean(who.client, address, link=who is visitor and address.endswith("/link"))
        clean(who.client, f"{who.offer()}/questions/cells.kind/both")
        clean(who.client, f"{who.home}/preparation.json")
        clean(who.client, f"{who.offer()}/response.json")
        clean(who.client, f"{who.offer()}/summary.pdf")
    clean(visitor.client, f"{visitor.home}/people/3/link", link=True)
    for sent in (
        visitor.client.post(f"{visitor.home}/people/3/link"),
        visitor.client.post(f"{visitor.home}/people/3/passed-on"),
        visitor.client.post("/open", data={"link": anna_link}),
        visitor.client.post("/leave", data={"sure": "1"}),
    ):
        assert not [s for s in secrets if s in sent.headers.get("location", "")]
    said = "\n".join(f"{r.getMessage()} {r.args} {r.exc_text}" for r in caplog.records)
    assert not [s for s in secrets if s in said]

"""The links of people: shown until they are kept or passed on, never lost by a slip, and nowhere else."""

import re

import pytest

from app.store.sealing import grouped

from .conftest import MakeClient, TestClient, Visitor
from .html import Page
from .joining import code_of, invite, join, joined, link_on, number_of, own_link
from .opening import pages, people, post, shut_out
from .refusals import refused_page

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


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1:8000", True), ("localhost", True), ("[::1]:8000", True), ("guide.example.org", False)],
)
def test_on_a_computer_that_serves_itself_alone_the_page_says_where_the_link_opens(
    visitor: Visitor, host: str, alone: bool
) -> None:
    page = Page(visitor.client.get(f"{visitor.home}/link", headers={"host": host}).text)
    assert ("This guide runs on this computer alone." in page.text) == alone
    assert link_on(page).startswith(f"http://{host}/open#")


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

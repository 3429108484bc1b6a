"""Coming in by a link, and leaving: what is taken for a link, what opens nothing, and what stays in a browser."""

import re

import pytest
from databases import rows

from app.store.sealing import grouped, new_code

from .conftest import MakeClient, Visitor
from .faults import garbage, locked
from .html import Page
from .joining import code_of, invite, join, joined, link_on, number_of, own_link, stranger
from .refusals import refused_page

# -- what is taken for a link

WAYS = {
    "as pasted": "http://testserver/open#{grouped}",
    "with words around it": " Here it is:\n http://testserver/open#{grouped} \r\n",
    "with the mail that it came in": "Here is a link for you.\r\n\r\nhttp://testserver/open#{grouped}\r\n\r\nBye, Anna",
    "at the end of a sentence": "http://testserver/open#{grouped}.",
    "of another address": "https://www.which-cells.example/open#{grouped}",
    "the code alone": "{grouped}",
    "without hyphens": "{code}",
    "small letters": "{small}",
    "with spaces": "{spaced}",
    "broken in two lines": "{broken}",
    "long hyphens": "{dashed}",
    "O for 0, I and L for 1": "{mistaken}",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_link_opens_however_it_is_typed(visitor: Visitor, way: str) -> None:
    code = code_of(own_link(visitor))
    # Only what has a 0 or a 1 can be misread.
    visitor.store.save(visitor.key, 1, "offer.name", "Mine")
    typed = WAYS[way].format(
        grouped=grouped(code),
        code=code,
        small=grouped(code).lower(),
        spaced=grouped(code).replace("-", "  "),
        broken=grouped(code)[:19] + "-\r\n" + grouped(code)[20:],
        dashed=grouped(code).replace("-", "\u2013"),
        mistaken=grouped(code).replace("0", "o").replace("1", "l", 1).replace("1", "I"),
    )
    there = join(visitor, typed)
    assert there.home == visitor.home
    assert "Mine" in there.see(there.home).text


def test_the_field_takes_what_is_longer_than_any_link_without_harm(visitor: Visitor) -> None:
    page = refused_page(visitor.client.post("/open", data={"link": "x" * 100_000}), 422)
    assert len(page.source) < 20_000


@pytest.mark.parametrize("typed", ["", "   ", "#", "ABCD", "http://testserver/open", "U" * 32, "\x00" * 40])
def test_what_is_no_link_is_said_with_what_was_typed_still_there(visitor: Visitor, typed: str) -> None:
    sent = stranger(visitor).post("/open", data={"link": typed})
    page = refused_page(sent, 422)
    assert "This is not a whole link." in page.error
    assert "#link" in page.links
    assert page.title.startswith("Please look again: ")
    assert "set-cookie" not in sent.headers
    if typed.strip("\x00 "):
        assert ("link", typed) in page.forms[0].fields


def test_a_form_without_its_field_is_taken_as_empty(visitor: Visitor) -> None:
    refused_page(stranger(visitor).post("/open"), 422)
    refused_page(stranger(visitor).post("/open", data={"link": ["", own_link(visitor)][:1]}), 422)


# -- what opens nothing


def test_revoked_replaced_deleted_and_unknown_links_get_one_and_the_same_answer(visitor: Visitor) -> None:
    revoked, replaced = invite(visitor, "Anna"), invite(visitor, "Ben")
    visitor.client.post(f"{visitor.home}/people/2/revoke")
    visitor.client.post(f"{visitor.home}/people/3/link")
    other = Visitor(visitor.client)
    deleted = own_link(other)
    other.client.post(f"{other.home}/delete")
    unknown = grouped(new_code())
    misread = own_link(visitor)
    misread = misread[:-1] + ("A" if misread[-1] != "A" else "B")
    answers = set()
    for link in (unknown, revoked, replaced, deleted, misread):
        sent = stranger(visitor).post("/open", data={"link": link})
        headers = [(n, v) for n, v in sent.headers.multi_items() if n != "content-length"]
        answers.add((sent.status_code, sent.text.replace(link, "LINK"), tuple(headers)))
    assert len(answers) == 1
    assert "This link does not open anything here." in Page(answers.pop()[1]).error


def test_nobody_is_let_in_by_looking_at_the_page(visitor: Visitor) -> None:
    """A preview in a messenger or a scanner of mail opens the address of a link, and nothing else."""
    link = invite(visitor, "Anna")
    before = rows(visitor.app.state.database)
    scanner = stranger(visitor)
    for address in ("/open", f"/open?{link}", f"/open?link={code_of(link)}", link):
        for method in ("GET", "HEAD"):
            looked = scanner.request(method, address)
            assert looked.status_code == 200
            assert "set-cookie" not in looked.headers
            assert code_of(link) not in looked.text
    assert rows(visitor.app.state.database) == before
    assert number_of(join(visitor, link)) == 2


def test_a_form_of_another_site_opens_nothing(visitor: Visitor) -> None:
    link = own_link(visitor)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        sent = stranger(visitor).post("/open", data={"link": link}, headers=headers)
        assert sent.status_code == 403
        assert "set-cookie" not in sent.headers


def test_when_the_database_is_busy_the_link_stays_in_its_field(visitor: Visitor) -> None:
    link = own_link(visitor)
    client = stranger(visitor)
    with locked(visitor.app):
        page = refused_page(client.post("/open", data={"link": link}), 503)
    assert "We could not open it just now." in page.error
    assert ("link", link) in page.forms[0].fields
    assert join(visitor, link, client).home == visitor.home


# -- what a browser holds


def test_coming_in_leads_to_a_clean_address_and_a_cookie_out_of_reach(visitor: Visitor) -> None:
    link = own_link(visitor)
    sent = stranger(visitor).post("/open", data={"link": link})
    assert sent.headers["location"] == visitor.home
    assert code_of(link) not in sent.headers["location"] + sent.text
    value, *flags = sent.headers["set-cookie"].split("; ")
    assert value == f"which-cells-{visitor.id}={code_of(link)}"
    assert {f.lower() for f in flags} == {"httponly", "samesite=lax", "path=/", "max-age=31536000"}


def test_two_preparations_in_one_browser_are_kept_apart(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Drip from the talk")
    other = Visitor(stranger(visitor))
    other.answer("offer.name", "Trial in Boston")
    browser = join(visitor, own_link(visitor)).client
    join(visitor, own_link(other), browser)
    begun = Page(browser.get("/").text).text
    assert "Drip from the talk" in begun
    assert "Trial in Boston" in begun
    assert "Trial" not in Page(browser.get(visitor.home).text).text
    assert "Drip" not in Page(browser.get(other.home).text).text
    # The key to one is none to the other.
    one, two = (next(c for c in browser.cookies.jar if c.name.endswith(i)) for i in (visitor.id, other.id))
    browser.cookies.clear()
    browser.cookies.set(one.name, two.value or "")
    refused_page(browser.get(visitor.home), 404)


def test_whoever_tries_out_the_link_of_another_is_asked_before_they_become_them(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    visitor.client.post(f"{visitor.home}/people/me", data={"name": "Ben", "role": "patient"})
    anna = invite(visitor, "Anna")
    sent = visitor.client.post("/open", data={"link": anna})
    page = refused_page(sent, 409)
    assert "set-cookie" not in sent.headers
    assert "In this browser you are here as Ben. The link belongs to Anna." in page.text
    assert "Without it, you could not come back as Ben." in page.text
    assert {visitor.home, f"{visitor.home}/link"} <= set(page.links)
    assert number_of(visitor) == 1
    # Who wants to, can.
    form = next(f for f in page.forms if f.action == "/open")
    assert visitor.client.post("/open", data=dict(form.fields)).headers["location"] == visitor.home
    assert number_of(visitor) == 2


def test_ones_own_link_in_ones_own_browser_asks_nothing(visitor: Visitor) -> None:
    assert visitor.client.post("/open", data={"link": own_link(visitor)}).status_code == 303


def test_a_cookie_that_opens_nothing_any_more_is_replaced_without_a_question(visitor: Visitor) -> None:
    old = invite(visitor, "Anna")
    anna = join(visitor, old)
    visitor.client.post(f"{visitor.home}/people/2/link")
    new = link_on(visitor.see(f"{visitor.home}/people/2/link"))
    assert number_of(join(visitor, new, anna.client)) == 2


# -- leaving


def leave(visitor: Visitor, **data: str) -> Page | str:
    sent = visitor.client.post("/leave", data=data)
    return sent.headers["location"] if sent.status_code == 303 else Page(sent.text)


def test_a_cookie_with_a_name_that_none_can_have_is_no_hindrance_to_leaving(visitor: Visitor) -> None:
    name, code = visitor.cookie
    for odd in (
        b'which-cells-\xe9 "(,',
        b'which-cells.new-"\xe9 ,',
        b"which-cells- x",
        b"__Host-which-cells(",
        b"which-cells",
    ):
        jar = odd + b"=" + code.encode() + f"; {name}={code}".encode()
        sent = visitor.client.post("/leave", data={"sure": "1"}, headers=[(b"cookie", jar)])
        assert sent.headers["location"] == "/left", odd
        assert name in [h.partition("=")[0] for h in sent.headers.get_list("set-cookie")]


def test_leaving_takes_everything_out_of_the_browser_and_nothing_off_the_server(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    link = own_link(visitor)
    invite(visitor, "Anna")
    invite(visitor, "Ben", "reader")
    other = Visitor(visitor.client)
    visitor.client.cookies.set(f"which-cells-{'0' * 18}", "worn-out")  # also what opens nothing
    visitor.client.cookies.set("__Host-which-cells-of-before", "x")
    visitor.client.cookies.set("of-somebody-else", "stays")
    before, held = rows(visitor.app.state.database), list(visitor.client.cookies.jar)
    sent = visitor.client.post("/leave", data={"sure": "1"})
    assert sent.headers["location"] == "/left"
    assert sent.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    gone = {h.partition("=")[0]: h for h in sent.headers.get_list("set-cookie")}
    assert set(gone) == {c.name for c in held} - {"of-somebody-else"}
    assert len(gone) == 6
    assert all("Max-Age=0" in h and "HttpOnly" in h for h in gone.values())
    assert [n for n, h in gone.items() if "; Secure" in h] == ["__Host-which-cells-of-before"]
    assert rows(visitor.app.state.database) == before
    for home in (visitor.home, other.home):
        refused_page(visitor.client.get(home), 404)
    assert "Mine" not in visitor.see("/").text
    assert "history of the browser" in visitor.see("/left").text
    assert "Mine" in join(visitor, link).see(visitor.home).text


@pytest.mark.parametrize("https", [False, True])
def test_leaving_is_offered_on_every_page_of_a_preparation_and_where_they_are_listed(
    make_client: MakeClient, https: bool
) -> None:
    visitor = Visitor(make_client(https=https))
    visitor.client.post(f"{visitor.home}/link")
    visitor.answer("offer.name", "Mine")
    ends = ("", "/people", "/link", "/compare", "/keep", "/delete", "/you/you.priorities", "/offers/1/answers")
    ends += tuple(f"/offers/1/{end}" for end in ("result", "summary", "letter", "since", "change"))
    for end in (*ends, "/offers/1/questions/trial.status"):
        assert "/leave" in [form.action for form in visitor.see(visitor.home + end).around], end
    assert "/leave" in [form.action for form in visitor.see("/").forms]
    assert leave(visitor) == "/left"
    assert not [c.name for c in visitor.client.cookies.jar]
    assert "/leave" not in [form.action for form in visitor.see("/").forms]


def test_whoever_has_not_kept_their_link_is_asked_before_they_leave(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    page = leave(visitor)
    assert isinstance(page, Page)
    assert page.headings == ["Wait: you have not kept your link"]
    assert f"{visitor.home}/link" in page.links
    assert "Mine" in visitor.see(visitor.home).text
    # Who has kept it, goes at once; so does who came by it; and so does who has nothing to lose.
    visitor.client.post(f"{visitor.home}/link")
    assert leave(joined(visitor, "Anna")) == "/left"
    assert leave(visitor) == "/left"
    assert leave(Visitor(visitor.client)) == "/left"


def test_who_leaves_all_the_same_is_let_go(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    page = leave(visitor)
    assert isinstance(page, Page)
    form = next(f for f in page.forms if f.action == "/leave")
    assert leave(visitor, **dict(form.fields)) == "/left"


def test_where_it_cannot_be_seen_whether_a_link_is_kept_one_is_asked(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    visitor.client.post(f"{visitor.home}/link")
    with garbage(visitor.app):
        page = leave(visitor)
        assert isinstance(page, Page)
        assert page.headings == ["Wait: you have not kept your link"]
        assert leave(visitor, sure="1") == "/left"


def test_the_start_page_leads_back_in_and_says_how_long_each_is_kept(visitor: Visitor) -> None:
    assert "/open" in visitor.see("/").links
    visitor.answer("offer.name", "Drip from the talk")
    other = Visitor(visitor.client)
    other.answer("offer.name", "Trial in Boston")
    page = visitor.see("/")
    assert len(re.findall(r"Kept until \w+ \d+, \d{4}\.", page.text)) == 2
    assert {visitor.home, other.home} <= set(page.links)
    assert "/open" in Page(stranger(visitor).get(visitor.home).text).links

"""Several people at one preparation, each with a browser of their own: inviting them, and coming in by a link."""

from starlette.testclient import TestClient

from app.store.sealing import code_in

from .conftest import Visitor
from .html import Page


def invite(visitor: Visitor, name: str, role: str = "family") -> str:
    """Invites somebody on the page for it; returns the link that is there to be passed on."""
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": name, "role": role})
    assert sent.status_code == 303, Page(sent.text).error
    return link_on(visitor.see(sent.headers["location"]))


def join(visitor: Visitor, link: str) -> Visitor:
    """Opens a link in a browser of its own; returns who is there then."""
    return come_in(TestClient(visitor.app, base_url=str(visitor.client.base_url), follow_redirects=False), link)


def come_in(client: TestClient, link: str) -> Visitor:
    """Opens a link in this browser."""
    opened = client.post("/open", data={"link": link})
    assert opened.status_code == 303, Page(opened.text).error or Page(opened.text).text
    found = object.__new__(Visitor)
    found.client = client
    found.home = opened.headers["location"]
    found.id = found.home.split("/")[2]
    return found


def joined(visitor: Visitor, name: str, role: str = "family") -> Visitor:
    """Somebody who was invited, and has come in."""
    return join(visitor, invite(visitor, name, role))


def link_on(page: Page) -> str:
    """The link that a page shows; nothing if it shows none."""
    return page.inside("address")


def code_of(link: str) -> str:
    code = code_in(link)
    assert code
    return code


def number_of(visitor: Visitor) -> int:
    """The number of this person."""
    return visitor.store.read(visitor.key).me.number


def own_link(visitor: Visitor) -> str:
    return link_on(visitor.see(f"{visitor.home}/link"))

"""Several people at one preparation, each with a browser of their own: inviting them, and coming in by a link."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from starlette.testclient import TestClient

from app.store.sealing import code_in

from .html import Page

if TYPE_CHECKING:
    from .conftest import Visitor

# A question on which people may differ, and two answers to it.
KIND = "cells.kind"
CAREFUL, MILD = "just_stem_cells", "mesenchymal"
DIFFER = "You do not all say the same"


class Family(NamedTuple):
    """Ben, who has Parkinson's; Anna, who prepares with him; and a doctor who reads."""

    ben: Visitor
    anna: Visitor
    doctor: Visitor


def family_of(ben: Visitor) -> Family:
    ben.client.post(f"{ben.home}/people/me", data={"name": "Ben", "role": "patient"})
    ben.answer("offer.name", "Drip from the talk")
    ben.answer("trial.status", "treatment")
    return Family(ben, joined(ben, "Anna"), joined(ben, "Dr. Weber", "reader"))


def differ(family: Family) -> Family:
    """Ben was told a kind of cells; Anna was told nothing exact, and said so with his answer before her."""
    family.ben.answer(KIND, MILD)
    assert family.anna.answer(KIND, CAREFUL) == both(family.anna)
    return family


# -- inviting and coming in


def invite(visitor: Visitor, name: str, role: str = "family") -> str:
    """Invites somebody on the page for it; returns the link that is there to be passed on."""
    sent = visitor.client.post(f"{visitor.home}/people", data={"name": name, "role": role})
    assert sent.status_code == 303, Page(sent.text).error
    return link_on(visitor.see(sent.headers["location"]))


def stranger(visitor: Visitor) -> TestClient:
    """A browser that has never been here."""
    return TestClient(visitor.app, base_url=str(visitor.client.base_url), follow_redirects=False)


def join(visitor: Visitor, link: str, client: TestClient | None = None) -> Visitor:
    """Opens a link to a preparation of the same guide, in this browser or a new one; returns who is there then."""
    found = copy(visitor)
    found.client = client or stranger(visitor)
    opened = found.client.post("/open", data={"link": link})
    assert opened.status_code == 303, Page(opened.text).error or Page(opened.text).text
    found.home = opened.headers["location"]
    found.id = found.home.split("/")[2]
    return found


def joined(visitor: Visitor, name: str, role: str = "family") -> Visitor:
    """Somebody who was invited, and has come in."""
    return join(visitor, invite(visitor, name, role))


def link_on(page: Page) -> str:
    """The link that a page shows; nothing if it shows none."""
    return page.inside("address")


def own_link(visitor: Visitor) -> str:
    return link_on(visitor.see(f"{visitor.home}/link"))


def code_of(link: str) -> str:
    code = code_in(link)
    assert code
    return code


def number_of(visitor: Visitor) -> int:
    """The number of this person."""
    return visitor.store.read(visitor.key).me.number


# -- what they look at


def both(who: Visitor, question: str = KIND) -> str:
    """Where all answers to a question stand."""
    return f"{who.address(question)}/both"


def check(who: Visitor) -> Page:
    return who.see(f"{who.offer()}/answers")


def label(who: Visitor, option: str, question: str = KIND) -> str:
    found = who.walker.pack.questions[question].option(option)
    assert found
    return found.label

"""Several people at one preparation, each in a browser of their own."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from app.guide.sort import Sorter

from .preparing import send
from .watching import Visitor

Welcome = Callable[..., Visitor]


def invite(visitor: Visitor, offer: str, name: str, role: str = "family") -> str:
    """Invites somebody, by hand; returns the link that the page shows."""
    page = visitor.open(f"{home_of(offer)}/people")
    page.get_by_label("Their name, as you call them").fill(name)
    page.locator(f'form:has(#name) label.row:has(input[value="{role}"])').click()
    page.get_by_role("button", name="Make a link for them").click()
    page.wait_for_url(re.compile(r"/people/\d+/link$"))
    link = page.get_by_label("The link").input_value()
    page.close()
    return link


def joined(visitor: Visitor, offer: str, welcome: Welcome, name: str, role: str = "family", **how: Any) -> Visitor:
    """Somebody who was invited, in a browser of their own that holds their link."""
    other = welcome(**{"address": visitor.address, **how})
    opened = other.context.request.post(
        f"{other.address}/open", form={"link": invite(visitor, offer, name, role)}, max_retries=2
    )
    assert opened.ok
    return other


def home_of(offer: str) -> str:
    return offer.removesuffix("/offers/1")


def say(visitor: Visitor, offer: str, sorter: Sorter, question: str, answer: Any) -> None:
    """Answers elsewhere, without a page."""
    send(visitor.context.request, f"{visitor.address}{offer}/questions/{question}", sorter, question, answer)


def open_with_a_clock(visitor: Visitor, path: str) -> Page:
    """A page whose clock can be put forward, so that nobody waits for the next look at the news."""
    page = visitor.context.new_page()
    page.clock.install()
    page.goto(visitor.address + path)
    return page


def a_while_later(page: Page) -> None:
    """Puts the clock forward past the next look at the news, and waits until it is answered."""
    with page.expect_response(re.compile("/news")):
        page.clock.fast_forward(15_500)

"""The pages of a preparation: which there are, and that none of them opens for somebody."""

from databases import rows

from .conftest import Visitor
from .html import Page
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
    before = rows(visitor.app.state.database)
    for address in pages(visitor):
        assert refused_page(visitor.client.get(address), 404).headings == ["We cannot open this page here"]
    for end, data in (("here", {}), ("people", {"name": "X", "role": "family"}), ("offers", {}), ("link", {})):
        refused_page(visitor.client.post(f"{visitor.home}/{end}", data=data), 404)
    refused_page(visitor.client.post(visitor.address("trial.status"), data={"choice": "treatment"}), 404)
    assert rows(visitor.app.state.database) == before

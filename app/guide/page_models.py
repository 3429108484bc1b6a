"""The shape of the pages to read first, of the page about the guide, and of the words explained. Part of the models.

Does not know at which address anything is shown: a link names what it leads to.
"""

from typing import Literal

from pydantic import Field

from app.guide.models import Cited, Id, Node, Slug, Text, Verbatim


class Table(Node):
    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


class Link(Node):
    """Where a page leads on: to another page of the pack, or to a part of the guide that everybody can open."""

    label: Text
    page: Slug | None = None
    part: Literal["worksheet", "trials"] | None = None


# The pictures that there are. How each is drawn, and what its words say, stands in templates/pictures.html.
PICTURES = ("two-strategies", "ways", "placebo")


class Block(Node):
    """A piece of a page: a heading, then text, a list, a table or a picture, with the facts they rest on, and where to
    go on."""

    heading: Text | None = None
    text: Text | None = None
    points: tuple[Text, ...] = ()
    table: Table | None = None
    picture: Slug | None = None
    facts: tuple[Id, ...] = ()
    basis: Literal["facts", "guide"] = "facts"
    links: tuple[Link, ...] = ()


class Page(Node):
    """A page to read first: short, and cited."""

    id: Slug
    title: Text
    summary: Text
    blocks: tuple[Block, ...] = Field(min_length=1)


class Term(Cited):
    """A word that the guide cannot do without: how it is headed, how it stands in texts, and what it means."""

    id: Id
    term: Text
    # Small letters match in any case, a form with a capital only just so.
    forms: tuple[Text, ...] = Field(min_length=1)


class Terms(Node):
    """glossary.yaml: the words that are explained, and the abbreviations that need not be."""

    terms: tuple[Term, ...]
    everyday: tuple[Verbatim, ...] = ()

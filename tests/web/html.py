"""Reads a page as a browser would, as far as the tests look: what it says, where it leads, what its form sends.

Strict where browsers forgive: tags have to balance, and ids have to be unique.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Elements whose end is also a gap between words.
APART = frozenset({"p", "li", "dd", "dt", "td", "th", "label", "option", "span", "legend"})
Attrs = dict[str, str]


BESIDE = ("seen", "note", "note_was", "asker", "asker_was")


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends if nothing is touched."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    # Everything that can be chosen: name and value of radios, checkboxes and list entries.
    offered: list[tuple[str, str]] = field(default_factory=list)
    # What goes with an answer and is none: what the page rests on, a note, who asks.
    hidden: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        if name in BESIDE:
            self.hidden[name] = value
        else:
            self.fields.append((name, value))

    @property
    def filled(self) -> list[tuple[str, str]]:
        """What is sent, empty fields left out."""
        return [(name, value) for name, value in self.fields if value]


class Page(HTMLParser):
    """One page, read once."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.lang = self.title = ""
        self.faults: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.around: list[Form] = []
        self.tags: list[tuple[str, Attrs]] = []
        self.inline_scripts: list[str] = []
        self._said = ""
        self._inside: dict[str, str] = defaultdict(str)
        self._open: list[tuple[str, Attrs]] = []
        self._typed = ""
        self._select = ""
        self._form = Form("", "")
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag, _ in self._open]
        ids = Counter(attrs["id"] for _, attrs in self.tags if "id" in attrs)
        self.faults += [f'id "{found}" stands {count} times' for found, count in ids.items() if count > 1]
        self.ids = set(ids)

    @property
    def text(self) -> str:
        """All that can be read, on one line."""
        return " ".join(self._said.split())

    def inside(self, element_id: str) -> str:
        """What can be read in the element with this id; nothing if there is none."""
        return " ".join(self._inside[element_id].split())

    @property
    def error(self) -> str:
        """The sentence in the error box, without the box's heading."""
        return self.inside("error").removeprefix("Please look again").strip()

    @property
    def ask(self) -> Form:
        """The form of a question page."""
        return next(f for f in self.forms if "/questions/" in f.action or "/you/" in f.action)

    def attrs(self, tag: str) -> list[Attrs]:
        return [attrs for found, attrs in self.tags if found == tag]

    # -- what the parser calls

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._seen(tag, given)
        if tag not in VOID:
            self._open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        innermost, attrs = self._open[-1] if self._open else ("nothing", {})
        if innermost != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes <{innermost}>")
            return
        if tag == "textarea" and "name" in attrs:
            self.forms[-1].add(attrs["name"], self._typed)
        if tag in APART:
            self._say(" ")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        innermost = self._open[-1][0] if self._open else ""
        if innermost == "script":
            self.inline_scripts.append(data)
            return
        if innermost == "title" and not any(tag == "svg" for tag, _ in self._open):
            self.title += data
        if innermost == "h1":
            self.headings[-1] += data
        if innermost == "textarea":
            self._typed += data
        self._say(data)

    def _say(self, data: str) -> None:
        self._said += data
        for _, attrs in self._open:
            if "id" in attrs:
                self._inside[attrs["id"]] += data

    def _seen(self, tag: str, attrs: Attrs) -> None:
        self.tags.append((tag, attrs))
        if tag == "html":
            self.lang = attrs.get("lang", "")
        elif tag == "h1":
            self.headings.append("")
        elif tag == "a":
            self.links.append(attrs["href"])
        elif tag == "form":
            form = Form(attrs.get("action", ""), attrs.get("method", "get"))
            # The main part's forms; one that stands around every page is no matter of this one.
            (self.forms if any(tag == "main" for tag, _ in self._open) else self.around).append(form)
            self._form = form
        elif tag == "textarea":
            self._typed = ""
        elif tag == "select":
            self._select = attrs["name"]
        elif tag == "option":
            self._choice((self._select, attrs["value"]), "selected" in attrs)
        elif tag == "input":
            pair = (attrs.get("name", ""), attrs.get("value", ""))
            if attrs.get("type") in ("radio", "checkbox"):
                self._choice(pair, "checked" in attrs)
            elif any(tag == "form" for tag, _ in self._open):
                self._form.add(*pair)

    def _choice(self, pair: tuple[str, str], chosen: bool) -> None:
        if pair[0] not in BESIDE:
            self.forms[-1].offered.append(pair)
        if chosen:
            self.forms[-1].add(*pair)

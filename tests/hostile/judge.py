"""What no answer may do, whatever was asked: fail, show markup or a secret, forget a header, write what was not asked.

Looks at a request, what came back, and which rows were written. Sends nothing.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from urllib.parse import unquote

from app.web.access import ACCESS
from app.web.security import headers
from hostile.payloads import MARK
from hostile.seeds import Seeds
from hostile.wire import Answer, Sent
from hostile.world import Actor, Change, World

_MARK = re.compile(MARK.encode(), re.IGNORECASE)
# As a tag, or as something that a template has worked out.
_RAW = re.compile(rb"<\s*/?\s*" + MARK.encode() + rb"|49" + MARK.encode(), re.IGNORECASE)
_HUSH = re.compile(rb"hush-\w+-\d+")
_TRACE = re.compile(rb'Traceback \(most|File "/|sqlalchemy|site-packages', re.IGNORECASE)
_LINKS = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "data", "poster", "srcset"})
_COOKIE = re.compile(
    rb"(__Host-)?which-cells(\.language=[a-z]{2,3}(_[A-Z]{2})?|\.reading=[a-z-]+(?:\.[a-z-]+)*"
    rb'|(-[0-9a-f]{18}|\.new-[0-9a-f]{18}\.\d+)=("?)[0-9A-Z]{0,32}\5)'
    rb"(; [A-Za-z-]+(=[^;,]*(, [^;]*)?)?)+"
)
_LET_GO = re.compile(
    rb'(__Host-)?which-cells[\w.-]*=""; expires=[^;]*; HttpOnly; Max-Age=0; Path=/; SameSite=lax(; Secure)?'
)
_STATUSES = frozenset({200, 204, 206, 303, 304, 400, 403, 404, 405, 408, 409, 413, 416, 422, 429})

_ANSWERS = {("entry", "INSERT"), ("person", "UPDATE")}
_PERSON = {("person", "UPDATE")}
_NEW = {("preparation", "INSERT"), ("person", "INSERT"), ("entry", "INSERT")}
# What is sealed is overwritten before it goes; and that it went is remembered for some minutes.
_GONE = {(table, way) for table in ("entry", "person") for way in ("UPDATE", "DELETE")}
_GONE |= {("preparation", "DELETE"), ("tally", "INSERT")}
# What each form may write. A form that is not here writes nothing.
WRITES: dict[str, set[tuple[str, str]]] = {
    "begin": _NEW,
    "take_in": _NEW,
    "come_in": {*_PERSON, *(("tally", way) for way in ("INSERT", "UPDATE", "DELETE"))},
    "language": set(),
    "reading": set(),
    "leave": set(),
    "api_sort": set(),
    "look_up": set(),
    "passed_on": set(),
    "answer": _ANSWERS,
    "you_answer": _ANSWERS,
    "settle": _ANSWERS,
    "save_letter": _ANSWERS,
    "add_offer": {("preparation", "UPDATE")},
    "invite": {("person", "INSERT")},
    "say_who": _PERSON,
    "revoke": _PERSON,
    "renew": _PERSON,
    "link_kept": _PERSON,
    "here": _PERSON,
    "keep_until": {("preparation", "UPDATE")},
    "delete_all": _GONE,
}
# Pages that show a code until it is kept: one's own, or one that waits in a cookie.
SHOWS_CODES = frozenset({"link", "their_link"})


class Judge:
    """Says what is wrong with an answer."""

    def __init__(self, world: World, seeds: Seeds) -> None:
        self.world, self.seeds = world, seeds
        self.guard = [(n.encode(), v.encode()) for n, v in headers(local_script=False, https=False).items()]

    def wrong_answer(self, actor: Actor, sent: Sent, answer: Answer, *, store_is_broken: bool = False) -> list[str]:
        """One line for each thing that is wrong with what came back; none if all is well."""
        if answer.status == 0:
            return []
        return [
            *self._wrong_status(answer, store_is_broken),
            *self._wrong_headers(answer),
            *self._wrong_words(actor, sent, answer),
            *wrong_markup(answer),
        ]

    def wrong_rows(self, actor: Actor, sent: Sent, changes: Iterable[Change]) -> list[str]:
        """One line for each row that was not asked for."""
        return [*self._wrong_rows(actor, sent, list(changes))]

    def route(self, sent: Sent) -> str:
        """The route that this request leads to, as far as its first line says."""
        path = unquote(sent.target.partition(b"?")[0].decode("latin-1"))
        method = sent.method.decode("latin-1")
        return self.seeds.route_of("GET" if method == "HEAD" else method, path)

    def _wrong_status(self, answer: Answer, store_is_broken: bool) -> Iterator[str]:
        if answer.status not in _STATUSES and not (store_is_broken and answer.status == 503):
            yield f"status {answer.status}"

    def _wrong_headers(self, answer: Answer) -> Iterator[str]:
        for name, value in self.guard:
            if [v for n, v in answer.headers if n.lower() == name] != [value]:
                yield f"header {name.decode()} is not as it has to be"
        if not answer.header(b"cache-control"):
            yield "no cache-control"
        for name, value in answer.headers:
            if name.lower() == b"set-cookie" and _LET_GO.fullmatch(value):
                continue  # whatever is called as ours are is let go, too
            if _MARK.search(name + value) or re.search(rb"[\r\n\0]", name + value):
                yield f"what was typed stands in header {name!r}: {value!r}"
        location = answer.header(b"location")
        if location and not re.fullmatch(rb"/(?!/)[\w./?=&-]*", location):
            yield f"leads to {location!r}"
        for name, value in answer.headers:
            if name.lower() == b"set-cookie" and not (_COOKIE.fullmatch(value) or _LET_GO.fullmatch(value)):
                yield f"sets {value!r}"

    def _wrong_words(self, actor: Actor, sent: Sent, answer: Answer) -> Iterator[str]:
        for found in set(_HUSH.findall(answer.body)):
            if found.decode() not in actor.sees:
                yield f"{actor.name} sees {found!r}"
        if self.route(sent) not in SHOWS_CODES:
            for owner, code in self.world.codes:
                # Whoever typed it gets it back with the form.
                if code in answer.body and code not in sent.body:
                    yield f"shows the code of {owner.name}"
        if _TRACE.search(answer.body):
            yield "shows a trace of what is inside"
        if b"json" in answer.header(b"content-type"):
            try:
                json.loads(answer.body)
            except ValueError:
                yield "JSON that is none"

    def _wrong_rows(self, actor: Actor, sent: Sent, changes: Sequence[Change]) -> Iterator[str]:
        if not changes:
            return
        route, method = self.route(sent), sent.method
        if sent.raw is not None:
            # Its first line may be another than the one it began with; what it may write is what its sender may.
            route = self._route_of_raw(sent.raw)
            method = b"POST"
        allowed = WRITES.get(route)
        if method != b"POST" or allowed is None or ACCESS[route] not in actor.may:
            yield f"{actor.name} wrote by {method!r} {route!r}: {changes}"
            return
        for change in changes:
            # A count belongs to no preparation, and names none.
            own = change.preparation_id == actor.preparation_id or change.table == "tally"
            known = change.preparation_id in {a.preparation_id for a in self.world.actors}
            if (change.table, change.operation) not in allowed:
                yield f"{route} wrote {change}"
            elif ACCESS[route] != "anyone" and not own:
                yield f"{actor.name} wrote into another preparation by {route}: {change}"
            elif ACCESS[route] == "anyone" and known and route != "come_in":
                yield f"{route} wrote into a preparation that was there: {change}"
            elif change.table == "entry" and own and change.operation == "INSERT" and change.person != actor.person:
                yield f"{actor.name} wrote as somebody else: {change}"

    def _route_of_raw(self, raw: bytes) -> str:
        words = raw.lstrip().split(b"\r\n")[0].split(b" ")
        target = re.sub(rb"^http://[^/]*", b"", words[1]) if len(words) > 1 else b""
        path = unquote(target.partition(b"?")[0].decode("latin-1"))
        return self.seeds.route_of("POST", path)


def wrong_markup(answer: Answer) -> Iterator[str]:
    """What was typed and came back as something else than text."""
    if not _MARK.search(answer.body):
        return
    kind = answer.header(b"content-type")
    if not kind.startswith((b"text/html", b"application/json", b"application/fhir+json")):
        yield f"what was typed came back as {kind!r}"
    if not kind.startswith(b"text/html"):
        return
    if _RAW.search(answer.body):
        yield "markup that was typed came back as markup"
    seen = _Seen()
    seen.feed(answer.body.decode("utf-8", "replace"))
    seen.close()
    yield from seen.wrong


class _Seen(HTMLParser):
    """Reads a page as a browser would, and looks where the mark stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        if MARK in tag:
            self.wrong.append(f"a tag: {tag}")
        for name, value in attrs:
            if MARK in name or name.startswith("on") or name == "style":
                self.wrong.append(f"an attribute: {name}")
            said = (value or "").strip().lower()
            if MARK in said and name in _LINKS and not said.startswith(("/", "#")):
                self.wrong.append(f"an address: {said[:80]}")
            if name in _LINKS and said.startswith("//"):
                self.wrong.append(f"an address elsewhere: {said[:80]}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._inside = ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if MARK in data and self._inside in ("script", "style"):
            self.wrong.append(f"inside of {self._inside}")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.wrong.append("a comment")

    def handle_decl(self, decl: str) -> None:
        if MARK in decl:
            self.wrong.append("a declaration")

    def unknown_decl(self, data: str) -> None:
        if MARK in data:
            self.wrong.append("a declaration")

"""What is said to each kind of server, to begin and to answer: one class each, which all look the same from outside.

Each operation is a generator: it gives requests and is sent the replies. So it knows no sockets, and many of them can
go on at once.
"""

import itertools
import json
import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Protocol

from bench import wire
from bench.twelve import Asked
from bench.wire import Reply

Saying = Generator[bytes, Reply, Reply]
# What no question offers.
WRONG = "nothing_of_the_kind"


@dataclass
class Place:
    """Where one client is on its way."""

    host: bytes
    address: bytes = b""
    cookies: dict[bytes, bytes] = field(default_factory=dict)
    page: Reply | None = None
    # Whoever it is: no two have the same.
    number: int = field(default_factory=itertools.count(1).__next__)

    def get(self, address: bytes) -> bytes:
        return wire.get(self.host, address, self.cookie)

    def post(self, address: bytes, body: bytes, extra: bytes = b"") -> bytes:
        return wire.post(self.host, address, body, self.cookie, extra)

    @property
    def cookie(self) -> bytes:
        return b"; ".join(b"%b=%b" % one for one in self.cookies.items())


class Talk(Protocol):
    """How to talk to one kind of server."""

    def prepare(self, place: Place, count: int) -> Generator[bytes, Reply, list[bytes]]:
        """Makes ready for so many to begin. Returns where each begins."""

    def begin(self, place: Place) -> Saying:
        """Opens the first question, at the address of the place."""

    def answer(self, place: Place, asked: Asked, answer: str) -> Saying:
        """Posts an answer, follows where that leads, and returns the page."""

    def kept(self, place: Place, asked: Asked, answer: str) -> Generator[bytes, Reply, bool]:
        """Whether the server has this answer; only after all were given."""


def _follow(place: Place, reply: Reply) -> Saying:
    place.cookies.update(reply.cookies())
    while reply.location:
        place.address = reply.location
        reply = yield place.get(place.address)
        place.cookies.update(reply.cookies())
    if reply.status == 200:
        place.page = reply
    return reply


@dataclass(frozen=True)
class Guide:
    """Ours, and the floor, which has its addresses. With the `script`, a browser says so, and gets the next question as
    the answer to its form; without, it is led there."""

    script: bool = True

    def prepare(self, place: Place, count: int) -> Generator[bytes, Reply, list[bytes]]:
        yield from ()
        return [b"/preparations"] * count

    def begin(self, place: Place) -> Saying:
        return (yield from _follow(place, (yield place.post(place.address, b""))))

    def answer(self, place: Place, asked: Asked, answer: str) -> Saying:
        name = "choice" if asked.question.kind == "one" else "text"
        address = _question(place, asked)
        extra = b"hx-request: true\r\n" if self.script else b""
        return (yield from _follow(place, (yield place.post(address, wire.form({name: answer}), extra))))

    def kept(self, place: Place, asked: Asked, answer: str) -> Generator[bytes, Reply, bool]:
        page = yield place.get(_question(place, asked))
        checked = rb"[^>]* checked" if asked.question.kind == "one" else b""
        return bool(re.search(rb'value="%b"%b' % (re.escape(answer.encode()), checked), page.body))


def _question(place: Place, asked: Asked) -> bytes:
    return place.address.partition(b"/questions/")[0] + b"/questions/" + asked.question.id.encode()


@dataclass(frozen=True)
class Formtools:
    """A wizard of django-formtools: `plain` or `named`."""

    wizard: str

    def prepare(self, place: Place, count: int) -> Generator[bytes, Reply, list[bytes]]:
        yield from ()
        return [f"/{self.wizard}/".encode()] * count

    def begin(self, place: Place) -> Saying:
        return (yield from _follow(place, (yield place.get(place.address))))

    def answer(self, place: Place, asked: Asked, answer: str) -> Saying:
        assert place.page
        body = wire.form({**place.page.hidden(), f"{asked.question.id}-answer": answer})
        return (yield from _follow(place, (yield place.post(place.address, body))))

    def kept(self, place: Place, asked: Asked, answer: str) -> Generator[bytes, Reply, bool]:
        yield from ()
        return place.page is not None and f"<li>{asked.question.id}={answer}</li>".encode() in place.page.body


@dataclass(frozen=True)
class OTree:
    """An app of oTree: its participants are made beforehand."""

    rest_key: str

    def prepare(self, place: Place, count: int) -> Generator[bytes, Reply, list[bytes]]:
        extra = b"otree-rest-key: %b\r\n" % self.rest_key.encode()
        wanted = json.dumps({"session_config_name": "twelve", "num_participants": count}).encode()
        session = json.loads((yield place.post(b"/api/sessions", wanted, extra)).body)["code"]
        found = json.loads((yield place.post(f"/api/get_session/{session}".encode(), b"{}", extra)).body)
        return [f"/InitializeParticipant/{one['code']}".encode() for one in found["participants"]]

    def begin(self, place: Place) -> Saying:
        return (yield from _follow(place, (yield place.get(place.address))))

    def answer(self, place: Place, asked: Asked, answer: str) -> Saying:
        body = wire.form({asked.question.id.replace(".", "_"): answer})
        return (yield from _follow(place, (yield place.post(place.address, body))))

    def kept(self, place: Place, asked: Asked, answer: str) -> Generator[bytes, Reply, bool]:
        yield from ()
        return place.page is not None and f"<li>{asked.question.id}={answer}</li>".encode() in place.page.body

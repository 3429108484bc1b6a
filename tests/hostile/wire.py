"""A request as bytes, an answer as bytes, and two ways from one to the other: in process, and over a real socket.

Knows no routes and no people. What a server would never let through (a line end in a header) is left out in process.
"""

import asyncio
import http.client
import random
import socket
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import BytesIO
from urllib.parse import quote_from_bytes, unquote

from starlette.types import ASGIApp, Message

HEADER = tuple[bytes, bytes]
# What no server lets into a header.
_NEVER = bytes.maketrans(b"\r\n\0", b"   ")
PATIENCE = 60.0


@dataclass(frozen=True)
class Sent:
    """One request. `raw` is what goes over a socket instead of it, where its very form was broken."""

    method: bytes
    target: bytes
    headers: tuple[HEADER, ...] = ()
    body: bytes = b""
    raw: bytes | None = None

    def with_header(self, name: bytes, value: bytes) -> "Sent":
        return replace(self, headers=(*self.headers, (name, value)))

    def without(self, name: bytes) -> "Sent":
        return replace(self, headers=tuple(h for h in self.headers if h[0].lower() != name))

    def header(self, name: bytes) -> bytes:
        return next((value for n, value in self.headers if n.lower() == name), b"")

    @property
    def written(self) -> bytes:
        """As it goes over a socket."""
        if self.raw is not None:
            return self.raw
        head = [b"%b %b HTTP/1.1" % (self.method, self.target)]
        head += [b"%b: %b" % one for one in self.headers]
        if self.body and not self.header(b"content-length"):
            head.append(b"content-length: %d" % len(self.body))
        return b"\r\n".join(head) + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    headers: list[HEADER] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: bytes) -> bytes:
        return next((value for n, value in self.headers if n.lower() == name), b"")


# -- in process


async def in_process(app: ASGIApp, sent: Sent, rng: random.Random) -> Answer:
    """Hands a request to the application as the server would. Raises what the application raises."""
    target = _ascii(sent.target.translate(_NEVER).replace(b" ", b"%20"))
    raw_path, _, query = target.partition(b"?")
    headers = [(n.lower(), v.translate(_NEVER).strip()) for n, v in sent.headers]
    if sent.body and not sent.header(b"content-length") and rng.random() < 0.9:
        headers.append((b"content-length", b"%d" % len(sent.body)))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 4711),
        "scheme": "http",
        "method": sent.method.decode("latin-1"),
        "root_path": "",
        "path": unquote(raw_path.decode()),
        "raw_path": raw_path,
        "query_string": query,
        "headers": headers,
        "state": {},
    }
    pieces = _pieces(sent.body, rng)
    leaves = asyncio.Event()
    said: list[Message] = []

    async def receive() -> Message:
        if pieces:
            return pieces.pop(0)
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    await asyncio.wait_for(app(scope, receive, send), PATIENCE)
    start = next(m for m in said if m["type"] == "http.response.start")
    body = b"".join(m.get("body", b"") for m in said if m["type"] == "http.response.body")
    return Answer(start["status"], list(start["headers"]), body)


def _ascii(target: bytes) -> bytes:
    safe = bytes(range(33, 127)).decode()
    return quote_from_bytes(target, safe=safe).encode()


def _pieces(body: bytes, rng: random.Random) -> list[Message]:
    """The body as it comes in: whole, or in pieces."""
    cuts = sorted(rng.randrange(len(body) + 1) for _ in range(rng.choice((0, 0, 0, 1, 3))))
    ends = [*cuts, len(body)]
    parts = [body[a:b] for a, b in zip([0, *cuts], ends, strict=True)]
    return [{"type": "http.request", "body": p, "more_body": n < len(parts)} for n, p in enumerate(parts, start=1)]


# -- over a socket


class Wire:
    """A connection to the server for each request: what is broken in one cannot reach the next."""

    def __init__(self, port: int, patience: float = 1.0) -> None:
        self.port, self.patience = port, patience

    def __call__(self, sent: Sent) -> list[Answer]:
        """All answers that came: a broken request may be read as several."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.settimeout(self.patience)
            # It may be turned away before all of it is there; what the server said is still to be read.
            with suppress(ConnectionError, TimeoutError):
                connection.sendall(sent.written)
            said = self._all(connection, head=sent.written.startswith(b"HEAD "))
        return answers_in(said, head=sent.written.startswith(b"HEAD ")) or [Answer(0)]

    def _all(self, connection: socket.socket, *, head: bool) -> bytes:
        """What is said until the server closes, or has nothing more to say."""
        said = b""
        while True:
            try:
                piece = connection.recv(1 << 20)
            except (ConnectionError, TimeoutError):
                return said
            if not piece:
                return said
            said += piece
            if _complete(said, head=head):
                connection.settimeout(0.05)  # unless a second answer follows


class _Said:
    """What was read, as if it came from a socket."""

    def __init__(self, said: bytes) -> None:
        self.file = BytesIO(said)

    def makefile(self, _mode: str) -> BytesIO:
        return self.file


def _complete(said: bytes, *, head: bool) -> bool:
    try:
        return bool(answers_in(said, head=head))
    except http.client.HTTPException:
        return False


def answers_in(said: bytes, *, head: bool) -> list[Answer]:
    """Reads answers one after another; to HEAD, the first has no body. Raises HTTPException for what is none."""
    answers = []
    while said:
        file = _Said(said)
        # A closed file would be of no use to read the rest from.
        file.file.close = lambda: None  # type: ignore[method-assign]
        response = http.client.HTTPResponse(file)  # type: ignore[arg-type]
        response.begin()
        # To a HEAD that was read as one, there is no body.
        bare = head and not answers and response.status != 400
        try:
            body = b"" if bare else response.read()
        except http.client.IncompleteRead:
            return answers  # closed on us, who had more to say than anybody wants to hear
        headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in response.headers.raw_items()]
        answers.append(Answer(response.status, headers, body))
        said = file.file.read()
    return answers

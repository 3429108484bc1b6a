"""HTTP as bytes: requests to send, and whole replies out of what came in. Pure: opens no connection.

Knows only what the servers here send: a length, or chunks.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *(?:https?://[^/\r]+)?([^\r]+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n"


class Reply(NamedTuple):
    """One whole answer."""

    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> bytes | None:
        """Where it leads, without a host; None where it leads nowhere."""
        found = _LOCATION.search(self.head)
        return found[1] if found and 300 <= self.status < 400 else None

    @property
    def closes(self) -> bool:
        """The server closes the connection after it."""
        return bool(_CLOSES.search(self.head))

    def cookies(self) -> dict[bytes, bytes]:
        """The cookies that it sets."""
        return dict(_COOKIE.findall(self.head))

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the forms on the page."""
        return {name.decode(): value.decode() for name, value in _HIDDEN.findall(self.body)}


def reply_in(received: bytes) -> Reply | None:
    """The reply, once all of it has come in. Raises RuntimeError when nobody could say where it ends."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, body = received[: end + 2], received[end + 4 :]
    if found := _LENGTH.search(head):
        return Reply(int(head[9:12]), head, body) if len(body) >= int(found[1]) else None
    if not _CHUNKED.search(head):
        raise RuntimeError(f"a reply without a length: {head!r}")
    whole = _unchunked(body)
    return None if whole is None else Reply(int(head[9:12]), head, whole)


def _unchunked(body: bytes) -> bytes | None:
    parts, place = [], 0
    while (line := body.find(b"\r\n", place)) >= 0:
        size = int(body[place:line].partition(b";")[0], 16)
        place = line + 2 + size + 2
        if place > len(body):
            return None
        if not size:
            return b"".join(parts)
        parts.append(body[line + 2 : line + 2 + size])
    return None


def get(host: bytes, address: bytes, cookies: bytes = b"") -> bytes:
    """A GET."""
    return b"GET %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (address, host, _cookies(cookies))


def post(host: bytes, address: bytes, body: bytes = b"", cookies: bytes = b"", extra: bytes = b"") -> bytes:
    """A form as a browser posts it."""
    head = b"POST %b HTTP/1.1\r\nHost: %b\r\n%b%b%b\r\n" % (
        address,
        host,
        _cookies(cookies),
        extra,
        _FORM % len(body),
    )
    return head + body


def form(fields: Mapping[str, str]) -> bytes:
    """Fields as a form sends them."""
    return urlencode(fields).encode()


def _cookies(cookies: bytes) -> bytes:
    return b"Cookie: %b\r\n" % cookies if cookies else b""

"""What is done to a request: one small cruelty each, chosen by a seed.

What goes in stands in payloads.py.
"""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urlencode

from hostile.payloads import BYTES, FIELDS, HEADERS, JSON, KINDS, MARK, METHODS, QUERY, SAID, VALUES
from hostile.seeds import multipart
from hostile.wire import Sent

# The server reads no more of a head; a body may be somewhat more than is taken.
MOST_HEAD, MOST_BODY = 64 * 1024, 512 * 1024

Mutation = Callable[[random.Random, Sent], Sent]


def mutated(rng: random.Random, sent: Sent) -> tuple[Sent, list[str]]:
    """A request with some things done to it, and what they were; now and then with none."""
    done = []
    while rng.random() < (0.9 if not done else 0.45):
        one = rng.choice(MUTATIONS)
        new = one(rng, sent)
        done.append(one.__name__)
        if len(new.written) - len(new.body) < MOST_HEAD and len(new.body) < MOST_BODY:
            sent = new
    return sent, done


def text(rng: random.Random) -> bytes:
    """Something to type."""
    if rng.random() < 0.2:
        return rng.choice(BYTES)
    return rng.choice(SAID).encode()


def bent(rng: random.Random, content: bytes) -> bytes:
    """Bytes with some of them changed, doubled, moved or gone."""
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(content) + 1)
        to = rng.randrange(at, min(len(content), at + 40) + 1)
        middle = rng.choice(
            (b"", bytes([rng.randrange(256)]), content[at:to] * 2, content[at:to][::-1], text(rng)[:2000])
        )
        content = content[:at] + middle + content[to:]
    return content


# -- method and address


def method(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, method=rng.choice(METHODS))


def part_of_path(rng: random.Random, sent: Sent) -> Sent:
    path, mark, query = sent.target.partition(b"?")
    parts = path.split(b"/")
    at = rng.randrange(len(parts))
    new = quote_from_bytes(text(rng)[:3000], safe=rng.choice(("", "/", "%/.;:@&=+$,!~*'()"))).encode()
    odd = (b"", b".", b"..", b"%2e%2e", b"%2f", b"%252f", b";x=1", b"%00", b"~", b"*", b"index.html", parts[at] * 2)
    parts[at] = rng.choice((new, new, parts[at] + new, rng.choice(odd), parts[at].upper()))
    if rng.random() < 0.2:
        parts.insert(at, rng.choice(odd))
    return replace(sent, target=b"/".join(parts) + mark + query)


def bent_path(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, target=b"/" + bent(rng, sent.target[1:]))


def query(rng: random.Random, sent: Sent) -> Sent:
    path, _, found = sent.target.partition(b"?")
    pairs = found.split(b"&") if found else []
    names = [*(p.partition(b"=")[0] for p in pairs), *QUERY]
    pairs.append(rng.choice(names) + b"=" + quote_from_bytes(text(rng)[:5000]).encode())
    if rng.random() < 0.3:
        pairs.append(rng.choice(BYTES))
    if rng.random() < 0.3:
        pairs *= rng.choice((2, 50))
    rng.shuffle(pairs)
    return replace(sent, target=path + b"?" + b"&".join(pairs))


# -- headers


def header(rng: random.Random, sent: Sent) -> Sent:
    name, value = rng.choice(HEADERS)
    return sent.with_header(name, value) if rng.random() < 0.5 else sent.without(name).with_header(name, value)


def bent_header(rng: random.Random, sent: Sent) -> Sent:
    if not sent.headers:
        return sent
    name, value = rng.choice(sent.headers)
    new = rng.choice((b"", value * 2, bent(rng, value), text(rng), b"x" * 20_000))
    return sent.without(name).with_header(name, new)


def less_headers(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, headers=tuple(h for h in sent.headers if rng.random() < 0.6))


def twice(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, headers=sent.headers * rng.choice((2, 2, 30)))


# -- bodies


def fields(rng: random.Random, sent: Sent) -> Sent:
    pairs = _pairs(sent.body)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(pairs) + 1)
        pair = (rng.choice([*FIELDS, *(n for n, _ in pairs), text(rng)[:500]]), text(rng))
        if pairs and rng.random() < 0.6:
            kept = pairs[at % len(pairs)]
            pair = rng.choice(((kept[0], text(rng)), kept, (text(rng)[:500], kept[1])))
        times = rng.choice((1, 1, 1, 2, 250)) if len(pair[0] + pair[1]) < 100 else 1
        pairs[at : at + rng.randrange(2)] = [pair] * times
    return replace(sent, body=urlencode(pairs).encode())


def _pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    read = parse_qsl(body[:20_000].decode("latin-1"), keep_blank_values=True, encoding="latin-1")[:300]
    return [(n.encode("latin-1"), v.encode("latin-1")) for n, v in read]


def bent_body(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, body=bent(rng, sent.body))


def cut_body(rng: random.Random, sent: Sent) -> Sent:
    return replace(sent, body=sent.body[: rng.randrange(len(sent.body) + 1)])


def huge_body(rng: random.Random, sent: Sent) -> Sent:
    more = rng.choice((b"x", b"&a=", b"a&", b"%", b"\xff", b"[")) * rng.choice((9_000, 270_000))
    return replace(sent, body=sent.body + more)


def kind(rng: random.Random, sent: Sent) -> Sent:
    return sent.without(b"content-type").with_header(b"content-type", rng.choice(KINDS))


def in_parts(rng: random.Random, sent: Sent) -> Sent:
    """The same fields as a form with files, well made or not."""
    pairs = _pairs(sent.body)[:50]
    parts = [(n.decode("latin-1"), v if rng.random() < 0.8 else text(rng), _file(rng)) for n, v in pairs]
    kind, body = multipart(parts or [("text", text(rng), _file(rng))])
    if rng.random() < 0.4:
        body = rng.choice((bent(rng, body), body[:-6], body.replace(b"\r\n", b"\n"), body * 3, b"\r\n\r\n" + body))
    if rng.random() < 0.3:
        kind = rng.choice([k for k in KINDS if k.startswith(b"multipart")])
    return replace(sent, body=body).without(b"content-type").with_header(b"content-type", kind)


def _file(rng: random.Random) -> str:
    return rng.choice(("", "", "a.json", f'"{MARK}', f"../{MARK}", "x" * 3000, f"<{MARK}>"))


def other_json(rng: random.Random, sent: Sent) -> Sent:
    """Another JSON than was sent, or than any program would write."""
    try:
        found: Any = json.loads(sent.body or b"{}")
    except (ValueError, RecursionError):
        found = {"trial.status": "treatment"}
    raw = json.dumps(_changed(rng, found)).encode()
    if rng.random() < 0.3:
        raw = rng.choice((*JSON, b"\xef\xbb\xbf" + raw, bent(rng, raw)))
    return replace(sent, body=raw)


def _changed(rng: random.Random, value: Any) -> Any:
    """The same with one place changed, at any depth."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        return {**value, rng.choice((key, key, key, rng.choice(SAID))): _changed(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        return [*value[1:], _changed(rng, value[0])] * rng.choice((1, 1, 150))
    return rng.choice((rng.choice(SAID), rng.choice(VALUES), {rng.choice(SAID): rng.choice(SAID)}, [rng.choice(SAID)]))


# Some more often than others.
MUTATIONS: list[Mutation] = [
    *(method, part_of_path, part_of_path, bent_path, query, query),
    *(header, header, header, bent_header, less_headers, twice),
    *(fields, fields, fields, fields, bent_body, cut_body, huge_body, kind),
    *(in_parts, in_parts, other_json, other_json),
]


# -- what only a socket can carry


def broken(rng: random.Random, sent: Sent) -> Sent:
    """The bytes of a request that is no good request any more, or two in one."""
    head, end, body = sent.written.partition(b"\r\n\r\n")
    line, _, rest = head.partition(b"\r\n")
    whole = sent.written
    chunked = line + b"\r\ntransfer-encoding: chunked\r\n" + rest + end
    ways = (
        bent(rng, whole),
        bent(rng, head) + end + body,
        whole[: rng.randrange(len(whole) + 1)],
        whole.replace(b"\r\n", b"\n"),
        whole.replace(b" HTTP/1.1", rng.choice((b" HTTP/1.0", b"", b" HTTP/2.0", b" HTTP/0.9", b" HTTP/1.1 zq7x"))),
        head + b"\r\n folded: zq7x\r\nx-zq7x : 1" + end + body,
        head + b"\r\nx-zq7x: " + b"x" * rng.choice((4000, 70_000)) + end + body,
        head + b"\r\n" + b"\r\n".join(b"x-%d: y" % n for n in range(rng.choice((90, 3000)))) + end + body,
        head + b"\r\ncontent-length: 3\r\ntransfer-encoding: chunked" + end + b"0\r\n\r\n" + body,
        chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
        chunked + rng.choice((b"zq7x\r\n", b"-1\r\n", b"fffffffffffffffff\r\n", b"5;x=zq7x\r\nabc")) + body,
        chunked + b"3\r\nabc\r\n0\r\nx-zq7x: 1\r\n\r\n",
        head + b"\r\ncontent-length: %d" % (len(body) + rng.choice((-1, 5, 10**6))) + end + body,
        whole + b"GET /zq7x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        whole.replace(b" /", b" http://evil.example/zq7x/", 1),
        line.replace(b" /", b" *", 1) + b"\r\n" + rest + end + body,
        b"\r\n\r\n" + whole,
        b"\x16\x03\x01\x02\x00" + whole[:100],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    )
    return replace(sent, raw=rng.choice(ways))

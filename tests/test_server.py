"""The real server on real sockets, and clients that are slow on purpose: it has patience, and then an end to it."""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.serving import GuideServer, faults

from app.web.security import headers

QUICK = 0.7  # seconds, where the server as it is served has ten or thirty
IDLE = 0.1
FEW = 20
PAGE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"\r\n\r\nok\n"
LARGE = b"GET /static/htmx-4.0.1.min.js HTTP/1.1\r\nHost: a\r\n\r\n"
FORM = (
    b"POST /bring HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n"
)
CHUNKED = (
    b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
Connect = Callable[..., socket.socket]


class QuickServer(GuideServer):
    """The server with little patience."""

    run = (
        "-c",
        "from app import cli, server; from app.web import security\n"
        f"server.CONNECTIONS = {FEW}\n"
        f"server.HEAD_SECONDS = server.UNREAD_SECONDS = security.BODY_SECONDS = {QUICK}\n"
        "cli.main(['serve'])",
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideServer]:
    running = QuickServer(tmp_path_factory.mktemp("quick"))
    running.start()
    yield running
    running.stop()
    assert faults(running.log) == []


@pytest.fixture
def connect(server: GuideServer) -> Iterator[Connect]:
    opened: list[socket.socket] = []

    def connect(port: int = server.port, **options: int) -> socket.socket:
        opened.append(socket.socket())
        for name, value in options.items():
            opened[-1].setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        opened[-1].settimeout(5)
        opened[-1].connect(("127.0.0.1", port))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def everything(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def until(connection: socket.socket, end: bytes, times: int = 1) -> bytes:
    """What comes until `end` has come so many times."""
    found = b""
    while found.count(end) < times:
        piece = connection.recv(65536)
        assert piece, f"closed after {found!r}"
        found += piece
    return found


def until_gone(connection: socket.socket) -> None:
    """Asks again and again. Raises ConnectionError as soon as the server is gone."""
    for _ in range(100):
        connection.sendall(PAGE)
        if not connection.recv(65536):
            raise ConnectionError


def flood(connection: socket.socket, piece: bytes, most: int) -> int:
    """Sends until the server is gone, or so much; returns how much went out."""
    sent = 0
    try:
        while sent < most:
            sent += connection.send(piece)
    except ConnectionError:
        pass
    return sent


def dribble(connection: socket.socket, data: bytes, *, seconds: float = 3.0) -> bytes | None:
    """Sends a byte at a time, each within a moment; returns what the server said before it closed, or None if it
    listened for so long."""
    end, said = time.monotonic() + seconds, b""
    connection.settimeout(0.02)
    for n in range(10_000):
        if time.monotonic() > end:
            return None
        try:
            connection.sendall(data[n % len(data) :][:1])
            piece = connection.recv(65536)
            if not piece:
                return said
            said += piece
        except TimeoutError:
            continue
        except ConnectionError:
            return said
    return None


# -- connections


def test_of_very_many_connections_the_last_are_cut_off_and_the_others_served(connect: Connect) -> None:
    inside = [connect() for _ in range(FEW)]
    for connection in inside:
        connection.sendall(PAGE)
        until(connection, OK)
    for _ in range(5):
        with pytest.raises(ConnectionError):
            until_gone(connect())
    for connection in inside:
        connection.sendall(PAGE)
        until(connection, OK)
        connection.close()
    time.sleep(IDLE)
    again = connect()
    again.sendall(PAGE)
    until(again, OK)


# -- heads


@pytest.mark.parametrize(
    "shouted", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"]
)
def test_what_is_no_request_is_answered_with_the_headers_of_every_answer(connect: Connect, shouted: bytes) -> None:
    connection = connect()
    connection.sendall(shouted)
    head, _, body = everything(connection).partition(b"\r\n\r\n")
    line, *told = head.decode().split("\r\n")
    found = dict(one.split(": ", 1) for one in told)
    assert line == "HTTP/1.1 400 Bad Request"
    assert {**headers(local_script=False, https=False), "cache-control": "no-store"}.items() <= found.items()
    assert int(found["content-length"]) == len(body)


def test_who_says_nothing_is_left(connect: Connect) -> None:
    before = time.monotonic()
    assert everything(connect()) == b""
    assert QUICK * 0.9 < time.monotonic() - before < 3


def test_a_head_that_comes_a_byte_at_a_time_is_not_waited_for(connect: Connect) -> None:
    assert dribble(connect(), b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 5000) == b""


@pytest.mark.parametrize(
    "slowly", [b"\r\n", b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 5000], ids=["empty lines", "a head"]
)
def test_nor_is_the_next_head_on_the_same_connection(connect: Connect, slowly: bytes) -> None:
    connection = connect()
    connection.sendall(PAGE)
    until(connection, OK)
    assert dribble(connection, slowly) == b""


@pytest.mark.parametrize(
    "begin",
    [b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ", b"GET /", CHUNKED % b"/preparations" + b"0\r\nX-Long: "],
    ids=["a header", "an address", "after a body"],
)
def test_a_head_without_end_is_cut_off(connect: Connect, begin: bytes) -> None:
    connection = connect()
    connection.sendall(begin)
    sent = flood(connection, b"a" * 8192, 20_000_000)
    assert sent < 10_000_000  # most of it in what the system itself holds


def test_who_is_in_time_is_served_as_often_as_they_like(connect: Connect) -> None:
    connection = connect()
    for _ in range(5):
        for piece in (PAGE[:10], PAGE[10:]):
            connection.sendall(piece)
            time.sleep(IDLE)
        until(connection, OK)
    connection.sendall(PAGE * 20)
    until(connection, OK, 20)


# -- bodies


@pytest.mark.parametrize("head", [FORM, CHUNKED % b"/bring" + b"5\r\n"], ids=["length said", "chunked"])
def test_a_body_that_takes_too_long_gets_a_plain_page(connect: Connect, head: bytes) -> None:
    connection = connect()
    connection.sendall(head + b"tex")
    before = time.monotonic()
    said = everything(connection)
    assert time.monotonic() - before < 3
    top, _, page = said.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in top
    assert b"content-security-policy: default-src 'none'" in top
    assert b"<h1>This took too long to reach us</h1>" in page
    assert page.endswith(b"</html>\n")


def test_a_body_in_small_pieces_is_held_to_the_same_time(connect: Connect) -> None:
    connection = connect()
    connection.sendall(CHUNKED % b"/api/sort")
    said = dribble(connection, b"1\r\na\r\n")
    assert said is not None
    top, _, body = said.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body) == {"error": "This took too long to reach us."}


def test_a_body_in_time_is_taken(connect: Connect) -> None:
    connection = connect()
    body = b'{"trial.status": "treatment"}'
    connection.sendall(b"POST /api/sort HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
    for n in range(0, len(body), 10):
        time.sleep(QUICK / 8)
        connection.sendall(body[n : n + 10])
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", [b"/bring", b"/api/sort"])
def test_who_sends_far_too_much_still_gets_to_read_why(connect: Connect, path: bytes) -> None:
    # A connection closed on somebody who is sending is reset, and the answer may never be seen.
    said = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" % path
    chunked = CHUNKED % path
    pieces = (b"a" * 3_000_000, b"10000\r\n" + b"a" * 65536 + b"\r\n")
    for head, body in ((said, pieces[0]), (chunked, pieces[1] * 40 + b"0\r\n\r\n")):
        connection = connect()
        connection.sendall(head + body)
        assert everything(connection).startswith(b"HTTP/1.1 413 ")


# -- answers that nobody reads


def test_who_does_not_read_is_left(connect: Connect) -> None:
    connection = connect(SO_RCVBUF=8192)
    connection.sendall(LARGE * 400)
    assert flood(connection, b"\r\n" * 4000, 20_000_000) < 20_000_000


def test_who_reads_slowly_gets_all_of_it(connect: Connect) -> None:
    connection = connect(SO_RCVBUF=65536)
    connection.sendall(LARGE * 150)
    read = 0
    while read < 150 * 37_000:
        piece = connection.recv(1 << 17)
        assert piece, f"closed after {read}"
        read += len(piece)
        time.sleep(0.01)


def test_who_asks_for_much_and_leaves_is_no_fault_of_ours(connect: Connect) -> None:
    # The log says, when the server stops: a write to nobody would stand there with all its lines.
    for _ in range(5):
        connection = connect(SO_RCVBUF=8192)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # leave at once
        connection.sendall(LARGE * 20)
        connection.recv(1000)
        connection.close()
    one_more = connect()
    one_more.sendall(PAGE)
    until(one_more, OK)


@pytest.mark.parametrize("head", [FORM, CHUNKED % b"/bring" + b"5\r\n"], ids=["length said", "chunked"])
def test_who_leaves_in_the_middle_of_a_form_is_no_fault_of_ours_either(connect: Connect, head: bytes) -> None:
    # As above, the log says so in the end.
    connection = connect()
    connection.sendall(head + b"tex")
    time.sleep(IDLE)
    connection.close()


@pytest.mark.parametrize("wanted", [b"websocket", b"h2c"])
def test_who_wants_to_speak_something_else_is_answered_as_usual(connect: Connect, wanted: bytes) -> None:
    connection = connect()
    connection.sendall(PAGE[:-2] + b"Connection: Upgrade\r\nUpgrade: %b\r\n\r\n" % wanted)
    assert until(connection, OK).startswith(b"HTTP/1.1 200 ")


# -- proxies


@pytest.mark.parametrize(("proxies", "known"), [("127.0.0.1,::1", True), ("192.0.2.99", False)])
def test_only_a_proxy_that_is_named_says_where_a_request_came_from(tmp_path: Path, proxies: str, known: bool) -> None:
    running = GuideServer(tmp_path, WHICH_CELLS_LIMITS="0.01", WHICH_CELLS_PROXIES=proxies)
    running.start()
    try:

        def ask(forwarded: str) -> bytes:
            with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
                connection.sendall(
                    b"POST /api/sort HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: %b\r\nContent-Length: 2\r\n"
                    b"Connection: close\r\n\r\n{}" % forwarded.encode()
                )
                return everything(connection)[9:12]

        assert [ask("192.0.2.1") for _ in range(7)] == [b"200"] * 6 + [b"429"]
        assert ask("198.51.100.1") == (b"200" if known else b"429")
        # What somebody wrote in front of what the proxy adds counts for nothing.
        assert ask("198.51.100.9, 192.0.2.1") == b"429"
    finally:
        running.stop()

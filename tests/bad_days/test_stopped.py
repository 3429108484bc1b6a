"""The server is told to stop: whoever asked before that is answered in full, and nobody else holds it up."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.server import LATE_SECONDS

from .browsers import Someone, begin, kept
from .servers import QuickServer

WHO_OFFERS = "offer.provider"
PAGE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
SOON = LATE_SECONDS + 2  # of an idle server, on a busy machine
A_MOMENT = 0.3


@pytest.fixture
def maria(server: QuickServer) -> Someone:
    return begin(server.port)


@pytest.fixture
def connections(server: QuickServer) -> Iterator[list[socket.socket]]:
    """Four connections."""
    with ExitStack() as opened:
        yield [opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10)) for _ in range(4)]


def everything(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def answered(connection: socket.socket) -> None:
    """Returns once an answer to PAGE is all there."""
    found = b""
    while not found.endswith(b"\r\n\r\nok\n"):
        piece = connection.recv(65536)
        assert piece, found
        found += piece


def form(person: Someone, text: str) -> bytes:
    body = f"text={text}".encode()
    cookie = "; ".join(f"{name}={value}" for name, value in person.browser.cookies.items())
    return (
        f"POST {person.address(WHO_OFFERS)} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode() + body


def test_answers_under_way_are_taken_and_acknowledged(
    server: QuickServer, maria: Someone, connections: list[socket.socket]
) -> None:
    sent = [form(maria, f"Clinic {n}") for n in range(4)]
    # In the middle of the body; of the head; nothing yet; and one that has been answered, and asks once more.
    before = [sent[0][:-5], sent[1][:30], b"", PAGE]
    for connection, part in zip(connections, before, strict=True):
        connection.sendall(part)
    answered(connections[3])
    connections[3].sendall(sent[3][:30])
    time.sleep(A_MOMENT)  # until all of it has come in
    server.told_to_stop()
    time.sleep(A_MOMENT)
    for connection, whole, part in zip(connections, sent, [*before[:3], sent[3][:30]], strict=True):
        connection.sendall(whole[len(part) :])
        answer = everything(connection)
        assert answer.startswith(b"HTTP/1.1 303 "), answer
        assert b"\r\nconnection: close\r\n" in answer
    assert server.ended() == 0
    said = [e.value for e in kept(server.database, maria).offer(1).history[WHO_OFFERS]]
    assert said == [f"Clinic {n}" for n in range(4)]


def test_pdfs_under_way_are_made(server: QuickServer) -> None:
    def ask(_n: int) -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
            connection.sendall(b"GET /examples/regulated-trial/summary.pdf HTTP/1.1\r\nHost: a\r\n\r\n")
            return everything(connection)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask, n) for n in range(2)]
        time.sleep(A_MOMENT)
        server.told_to_stop()
        for each in asked:
            head, _, pdf = each.result().partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert f"content-length: {len(pdf)}\r\n".encode() in head
            assert pdf.startswith(b"%PDF-")
    assert server.ended() == 0


def test_who_is_idle_or_says_nothing_does_not_hold_it_up(server: QuickServer, connections: list[socket.socket]) -> None:
    for connection in connections[:2]:
        connection.sendall(PAGE)
        answered(connection)
    connections[2].sendall(PAGE[:10])
    time.sleep(A_MOMENT)
    began = time.monotonic()
    server.told_to_stop()
    assert [everything(connection) for connection in connections] == [b""] * 4
    assert server.ended() == 0
    assert time.monotonic() - began < SOON


def test_it_takes_nobody_new(server: QuickServer, connections: list[socket.socket]) -> None:
    connections[0].sendall(PAGE[:10])  # it waits for this one
    time.sleep(A_MOMENT)
    server.told_to_stop()
    time.sleep(A_MOMENT)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 10)
    assert server.ended() == 0

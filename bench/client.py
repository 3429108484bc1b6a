"""Clients over plain sockets, each in a process of its own, and one round of them against one server.

Does the same to whatever server it is pointed at. Does not know which one that is, nor what the times mean.
"""

import gc
import multiprocessing
import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

from bench.servers import Server
from bench.walks import Step

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: ([^;\r]+)", re.IGNORECASE)
_WAIT = 60


class Reply(NamedTuple):
    status: int
    head: bytes
    body: bytes


class Begun(NamedTuple):
    """A preparation just started: its address and the cookie that opens it."""

    offer: bytes
    cookie: bytes


class Browser:
    """One kept-alive connection that sends requests and reads whole replies."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_WAIT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = b"Host: 127.0.0.1:%d\r\n" % port

    def get(self, address: bytes, cookie: bytes = b"") -> Reply:
        return self._ask(b"GET %b HTTP/1.1\r\n%bCookie: %b\r\n\r\n" % (address, self._host, cookie))

    def post(self, address: bytes, body: bytes = b"", cookie: bytes = b"") -> Reply:
        form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
        head = b"POST %b HTTP/1.1\r\n%bCookie: %b\r\n%b\r\n" % (address, self._host, cookie, form)
        return self._ask(head + body)

    def begin(self) -> Begun:
        """Starts a preparation."""
        reply = self.post(b"/preparations")
        offer, _, _ = _location(reply).partition(b"/questions/")
        return Begun(offer, _COOKIE.search(reply.head)[1])

    def answer(self, begun: Begun, step: Step) -> Reply:
        """Posts an answer, follows the redirect and reads the page it leads to: what is measured.

        Raises RuntimeError when that is not the next question.
        """
        address = b"%b/questions/%b" % (begun.offer, step.question.encode())
        location = _location(self.post(address, step.body, begun.cookie))
        page = self.get(location, begun.cookie)
        if page.status != 200 or not location.endswith(b"/questions/" + step.leads_to.encode()):
            raise RuntimeError(f"{step.question} led to {location!r} ({page.status}), not to {step.leads_to}")
        return page

    def _ask(self, request: bytes) -> Reply:
        self._socket.sendall(request)
        received = self._more(b"")
        while (end := received.find(b"\r\n\r\n")) < 0:
            received = self._more(received)
        head, body = received[:end], received[end + 4 :]
        length = int(_LENGTH.search(head)[1])
        while len(body) < length:
            body = self._more(body)
        return Reply(int(head[9:12]), head, body)

    def _more(self, received: bytes) -> bytes:
        if not (part := self._socket.recv(65536)):
            raise RuntimeError("the server closed the connection")
        return received + part


def _location(reply: Reply) -> bytes:
    if reply.status != 303:
        raise RuntimeError(f"expected a redirect, got {reply.status}: {reply.body[:200]!r}")
    return _LOCATION.search(reply.head)[1]


@dataclass(frozen=True)
class Round:
    """What one round took, in seconds: each answer, the whole span, the work of the clients and of the server."""

    seconds: tuple[float, ...]
    span: float
    client_cpu: float
    server_cpu: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.span


def play(server: Server, walks: Sequence[Sequence[Step]], answers: int, clients: int = 1) -> Round:
    """Lets clients, each in a process of its own, answer at the same time; `answers` is for all together."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    pipes, processes = [], []
    for _ in range(clients):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_client, args=(server, walks, answers // clients, barrier, theirs))
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        heard = [pipe.recv() for pipe in pipes]
    except EOFError:
        raise RuntimeError("a client failed; what went wrong stands above") from None
    finally:
        for process in processes:
            process.join(_WAIT)
    return Round(
        seconds=tuple(s for one in heard for s in one.seconds),
        span=max(one.end for one in heard) - min(one.start for one in heard),
        client_cpu=sum(one.cpu for one in heard),
        server_cpu=max(one.server_after for one in heard) - min(one.server_before for one in heard),
    )


def page_sizes(server: Server, walks: Sequence[Sequence[Step]]) -> list[int]:
    """The bytes of each question page along these walks."""
    browser = Browser(server.port)
    return [len(browser.answer(begun, step).body) for begun, step in _steps(browser, walks, sum(map(len, walks)))]


class _Heard(NamedTuple):
    """What one client tells."""

    start: float
    end: float
    seconds: list[float]
    cpu: float
    server_before: float
    server_after: float


def _client(server: Server, walks: Sequence[Sequence[Step]], answers: int, barrier: Barrier, out: Pipe) -> None:
    gc.disable()  # the parent's objects came along with the fork: collecting would measure them
    browser = Browser(server.port)
    ready = list(_steps(browser, walks, answers))
    seconds = []
    barrier.wait(_WAIT)
    server_before, cpu, start = server.cpu(), time.process_time(), time.monotonic()
    for begun, step in ready:
        before = time.perf_counter()
        browser.answer(begun, step)
        seconds.append(time.perf_counter() - before)
    end = time.monotonic()
    out.send(_Heard(start, end, seconds, time.process_time() - cpu, server_before, server.cpu()))


def _steps(browser: Browser, walks: Sequence[Sequence[Step]], answers: int) -> Iterator[tuple[Begun, Step]]:
    """Walk after walk, each in a preparation of its own, until there are enough answers."""
    for walk in cycle(walks):
        begun = browser.begin()
        for step in walk[:answers]:
            yield begun, step
        answers -= len(walk)
        if answers <= 0:
            return

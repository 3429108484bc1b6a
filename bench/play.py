"""One round: so many clients answer the twelve questions at the same time, and each page they get is looked at.

Does the same to whatever server it is pointed at. Does not know what the times mean.
"""

import gc
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.client import drive
from bench.servers import Server
from bench.talks import WRONG, Place, Talk
from bench.twelve import Asked
from bench.wire import Reply

# In one round. A server that says so more often does not serve.
MOST_REFUSED = 5_000


@dataclass(frozen=True)
class Round:
    """What one round took, in seconds: each answer, the whole span, the work of the clients and of the server; and how
    often somebody was told to try again."""

    seconds: tuple[float, ...]
    span: float
    client_cpu: float
    server_cpu: float
    refused: int = 0

    @property
    def rate(self) -> float:
        """Answers a second, of all clients together."""
        return len(self.seconds) / self.span


def play(server: Server, talk: Talk, asked: Sequence[Asked], clients: int, walks: int) -> Round:
    """Lets each of these clients go so many times through the twelve questions. Beginning is not measured.

    Raises RuntimeError when an answer does not lead to the next question.
    """
    begun = _begun(server, talk, asked, clients * walks)
    shares = [begun[number::clients] for number in range(clients)]
    seconds: list[float] = []
    refused: list[int] = []
    gc.collect()
    gc.disable()  # the collector's pauses would be taken for the server's
    try:
        server_before, cpu, start = server.cpu(), time.process_time(), time.perf_counter()
        drive(server.port, [_answers(talk, share, asked, seconds, refused) for share in shares])
        span, spent = time.perf_counter() - start, time.process_time() - cpu
    finally:
        gc.enable()
    return Round(tuple(seconds), span, spent, server.cpu() - server_before, len(refused))


def prove(server: Server, talk: Talk, asked: Sequence[Asked]) -> list[int]:
    """One walk in which everything is looked at: a wrong answer does not lead on, each page shows its own question
    and no other, and all answers are kept. Returns the bytes of each page. Raises RuntimeError otherwise."""
    (place,) = _begun(server, talk, asked, 1)

    def walk() -> Generator[bytes, Reply, list[int]]:
        sizes = []
        for one, following in pairwise(asked):
            if one.question.kind == "one":
                page = yield from talk.answer(place, one, WRONG)
                _only(page, one, asked)
            page = yield from talk.answer(place, one, one.answer_of(place.number))
            _only(page, following, asked)
            sizes.append(len(page.body))
        yield from talk.answer(place, asked[-1], asked[-1].answer_of(place.number))
        for one in asked:
            if not (yield from talk.kept(place, one, one.answer_of(place.number))):
                raise RuntimeError(f"the answer to {one.question.id} was not kept")
        return sizes

    return drive(server.port, [walk()])[0]


def _only(page: Reply, shown: Asked, asked: Sequence[Asked]) -> None:
    there = [one.question.id for one in asked if one.shown in page.body]
    if there != [shown.question.id]:
        raise RuntimeError(f"the page of {shown.question.id} shows {there} ({page.status}): {page.body[:2000]!r}")


def _begun(server: Server, talk: Talk, asked: Sequence[Asked], count: int) -> list[Place]:
    """So many people, each of whom has the first question before them."""
    host = b"127.0.0.1:%d" % server.port
    addresses = drive(server.port, [talk.prepare(Place(host), count)])[0]
    places = [Place(host, address) for address in addresses]

    def begin(share: Sequence[Place]) -> Generator[bytes, Reply, None]:
        for place in share:
            page = yield from talk.begin(place)
            if asked[0].shown not in page.body:
                raise RuntimeError(f"{page.status} instead of the first question: {page.body[:2000]!r}")

    drive(server.port, [begin(places[number::4]) for number in range(4)])
    return places


def _answers(
    talk: Talk, places: Sequence[Place], asked: Sequence[Asked], seconds: list[float], refused: list[int]
) -> Generator[bytes, Reply, None]:
    for place in places:
        for one, following in pairwise(asked):
            before = time.perf_counter()
            page = yield from talk.answer(place, one, one.answer_of(place.number))
            while page.status in (500, 503) and len(refused) < MOST_REFUSED:
                refused.append(page.status)  # what a person does who is told so: again
                page = yield from talk.answer(place, one, one.answer_of(place.number))
            seconds.append(time.perf_counter() - before)
            if following.shown not in page.body:
                raise RuntimeError(f"{one.question.id} led to {page.status} {page.head!r} {page.body[:2000]!r}")

"""The summary as a page and as a PDF, of an example answered to the end; each beside what it would cost alone.

The floor of the page is a fixed page of the same size, of a bare application; the floor of the PDF is WeasyPrint with
the same page, in a process that does nothing else.
"""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.guide.walk import Walker
from app.summary.pdf import to_pdf
from app.web.render import STATIC
from bench.client import drive
from bench.contestants import FLOOR, GUIDE, Setting
from bench.servers import Server
from bench.talks import Place
from bench.walks import whole
from bench.wire import Reply

_EXAMPLE = "supportive-care"


@dataclass(frozen=True)
class Printed:
    """How many a second of one kind, by the number of clients, and of its floor; and how large it is."""

    says: str
    floor_says: str
    rates: dict[int, float]
    floor: dict[int, float]
    size: int


def measure(walker: Walker, seconds: float, folder: Path) -> list[Printed]:
    """The summary, then the PDF."""
    folder.mkdir()
    setting = Setting(folder, str(folder / "papers.db"), page=folder / "page")
    with GUIDE.start(setting) as guide:
        place = drive(guide.port, [_answered(guide, whole(walker, _EXAMPLE))])[0]
        page, paper = (_get(guide, place, name) for name in (b"/summary", b"/summary.pdf"))
        setting.page.write_bytes(page.body)
        with FLOOR.start(replace(setting, database=str(folder / "floor.db"))) as floor:
            rates = {n: _rate(guide, place, b"/summary", n, seconds) for n in (1, 4)}
            bare = {n: _rate(floor, Place(b"floor"), b"/healthz", n, seconds) for n in (1, 4)}
        pdfs = {n: _rate(guide, place, b"/summary.pdf", n, seconds * 2) for n in (1, 4)}
        drawn = _drawn(page.body.decode(), seconds * 2)
    return [
        Printed("Summary, as a page", "floor: a fixed page of this size", rates, bare, len(page.body)),
        Printed("Summary, as a PDF", "floor: WeasyPrint alone", pdfs, {1: drawn}, len(paper.body)),
    ]


def _answered(server: Server, forms: Sequence[tuple[str, bytes]]) -> Generator[bytes, Reply, Place]:
    place = Place(b"127.0.0.1:%d" % server.port, b"/preparations")
    yield from GUIDE.talk.begin(place)
    place.address = place.address.partition(b"/questions/")[0]
    for question, form in forms:
        reply = yield place.post(place.address + b"/questions/" + question.encode(), form)
        if not reply.location:
            raise RuntimeError(f"{question} was not taken: {reply.status}")
    return place


def _get(server: Server, place: Place, name: bytes) -> Reply:
    def once() -> Generator[bytes, Reply, Reply]:
        return (yield place.get(place.address + name))

    reply: Reply = drive(server.port, [once()])[0]
    if reply.status != 200:
        raise RuntimeError(f"{name!r}: {reply.status}")
    return reply


def _rate(server: Server, place: Place, name: bytes, clients: int, seconds: float) -> float:
    _get(server, place, name)
    begun = time.perf_counter()

    def again() -> Generator[bytes, Reply, int]:
        count = 0
        while time.perf_counter() - begun < seconds:
            reply = yield place.get(place.address + name)
            if reply.status != 200:
                raise RuntimeError(f"{name!r}: {reply.status}")
            count += 1
        return count

    counts = drive(server.port, [again() for _ in range(clients)])
    return sum(counts) / (time.perf_counter() - begun)


def _drawn(html: str, seconds: float) -> float:
    to_pdf(html, STATIC, "a4")
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        to_pdf(html, STATIC, "a4")
        count += 1
    return count / (time.perf_counter() - begun)

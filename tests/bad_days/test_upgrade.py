"""A new process takes the place of the old while people write: nobody is refused, and nothing acknowledged is lost.

Whoever listens outlives both, as systemd's socket does.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser.serving import faults

from .browsers import Someone, begin, kept
from .servers import QuickServer, Warm

WHO_OFFERS = "offer.provider"
READ = ("/", "/about", "/static/style.css", "/healthz")


class Traffic:
    """People who write and read without a pause. Whatever is not answered as it should be, ends in an error."""

    def __init__(self, people: list[Someone]) -> None:
        self.acknowledged: dict[str, list[str]] = {person.name: [] for person in people}
        self.read = 0
        self._people = people
        self._over = threading.Event()

    @contextmanager
    def flows(self) -> Iterator[None]:
        """While the block runs, and until the last answer has come."""
        with ThreadPoolExecutor(len(self._people) + 1) as pool:
            going = [pool.submit(self._writes, person) for person in self._people] + [pool.submit(self._reads)]
            try:
                yield
            finally:
                self._over.set()
            for each in going:
                each.result()

    @property
    def answers(self) -> int:
        """How many were acknowledged, in all."""
        return sum(map(len, self.acknowledged.values()))

    def passes(self, count: int) -> None:
        """Waits until each person has had so many more answers."""
        wanted = {name: len(mine) + count for name, mine in self.acknowledged.items()}
        until = time.monotonic() + 30
        while any(len(self.acknowledged[name]) < least for name, least in wanted.items()):
            assert time.monotonic() < until
            time.sleep(0.01)

    def _writes(self, person: Someone) -> None:
        mine = self.acknowledged[person.name]
        while not self._over.is_set():
            answer = person.answer(WHO_OFFERS, text=f"{person.name} {len(mine)}")
            assert answer.status == 303, answer.page.text
            mine.append(f"{person.name} {len(mine)}")

    def _reads(self) -> None:
        while not self._over.is_set():
            for address in READ:
                assert self._people[0].browser.get(address).status == 200, address
                self.read += 1

    def check(self, database: str) -> None:
        """All that was acknowledged is kept, in order and once, and nothing else."""
        for person in self._people:
            entries = kept(database, person).offer(1).history[WHO_OFFERS]
            assert [e.value for e in entries] == self.acknowledged[person.name]


def several(port: int) -> list[Someone]:
    """People of a preparation each."""
    return [begin(port, name) for name in ("Maria", "Ana", "Luis")]


@pytest.fixture
def made(warm: Warm, folder: Path) -> Iterator[Callable[[], QuickServer]]:
    """Makes servers that all serve what comes in at one place."""
    port, servers = warm.listen(), list[QuickServer]()

    def make() -> QuickServer:
        servers.append(QuickServer(warm, folder, port))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()
    assert faults(servers[0].log) == []


def test_with_the_new_one_beside_the_old(made: Callable[[], QuickServer]) -> None:
    old = made()
    old.start()
    traffic = Traffic(several(old.port))
    with traffic.flows():
        for _ in range(3):
            traffic.passes(5)
            new = made()
            new.start()
            traffic.passes(3)
            old.stop()
            old = new
        traffic.passes(5)
    traffic.check(old.database)
    assert traffic.read > 5


def test_with_the_new_one_after_the_old_people_wait_and_lose_nothing(made: Callable[[], QuickServer]) -> None:
    server = made()
    server.start()
    traffic = Traffic(several(server.port))
    with traffic.flows():
        for _ in range(3):
            traffic.passes(5)
            server.stop()
            time.sleep(0.5)  # as long as nobody serves, they wait
            server.start()
        traffic.passes(5)
    traffic.check(server.database)

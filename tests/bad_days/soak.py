"""A soak: people of all kinds for a while, at half of what the guide can do, while workers die and PostgreSQL is
started anew. `make soak` does so for thirty minutes, the tests for two.

Says what was seen. What may be seen is for whoever asked.
"""

import os
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from browser.serving import PATIENCE

from app.store.connect import connect
from app.store.preparations import Preparations
from bench.postgres import MEASURED, Cluster, binaries, cluster

from .browsers import CUT_OFF, Answer, Someone, begin
from .servers import Server

PEOPLE = 8
STEPS = 40  # of one person, before the next one comes
LOOK_EVERY = 2.0
AWAY_FOR = 3.0
# After it is back, those who waited are told so still, and others may wait for a connection.
GRACE = 8.0
WORDS = "offer.provider"
AGAIN = ("Nothing is lost", "Nothing was changed, and nothing is lost")


@dataclass
class Person:
    """Somebody, and what was acknowledged of what they said, in order."""

    who: Someone
    acknowledged: list[str] = field(default_factory=list)
    # Sent, and cut off or refused: they may be kept or not.
    unsure: set[str] = field(default_factory=set)


@dataclass
class Seen:
    """What was seen, with the seconds since it began."""

    rate: float = 0.0  # requests a second, as it went on
    limit: float = 0.0  # the same, without a pause
    done: Counter[str] = field(default_factory=Counter)
    again: list[float] = field(default_factory=list)
    cut_off: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    away: tuple[float, float] = (0.0, 0.0)
    killed: list[float] = field(default_factory=list)
    # MB of each worker, by the number of its process.
    memory: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def growth(self, begin: float, end: float) -> dict[int, float]:
        """How much each worker that was there all the time has grown between two moments: 1 is not at all."""
        found = {}
        for worker, looks in self.memory.items():
            early = [mb for at, mb in looks if begin <= at < begin + (end - begin) / 4]
            late = [mb for at, mb in looks if end - (end - begin) / 4 < at <= end]
            if early and late:
                found[worker] = statistics.median(late) / statistics.median(early)
        return found


class Soak:
    """One run against one server."""

    def __init__(self, server: Server, database: str, seed: int = 6) -> None:
        self.server, self.database = server, database
        self.seen = Seen()
        self._random = Random(seed)  # noqa: S311
        self._over = threading.Event()
        self._began = time.monotonic()
        self._told = threading.Lock()

    def at(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    # -- people

    def _person(self, seed: int, every: float) -> None:
        """One after another, without end, each request at its time."""
        random, due = Random(seed), time.monotonic()  # noqa: S311
        person: Person | None = None
        steps = 0
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due = max(due + every, time.monotonic())
            if person is None or steps >= STEPS:
                person, steps = self._begin(), 0
                continue
            steps += 1
            self._step(person, random)

    def _begin(self) -> Person | None:
        try:
            someone = begin(self.server.port)
        except CUT_OFF:
            self._cut_off()
        except AssertionError:  # what the page said is looked at where it is opened
            self._heard("begin", Answer(503, "", AGAIN[0]))
        else:
            person = Person(someone)
            with self._told:
                self.seen.people.append(person)
                self.seen.done["begin"] += 1
            return person
        return None

    def _step(self, person: Person, random: Random) -> None:
        who = person.who
        kinds: dict[str, tuple[int, Callable[[], Answer]]] = {
            "answer": (60, lambda: self._answer(person)),
            "question": (10, lambda: who.browser.get(who.address(WORDS))),
            "result": (8, lambda: who.browser.get(f"{who.offer}/result")),
            "overview": (8, lambda: who.browser.get(who.home)),
            "summary": (5, lambda: who.browser.get(f"{who.offer}/summary")),
            "letter": (4, lambda: who.browser.get(f"{who.offer}/letter")),
            "file": (3, lambda: who.browser.get(f"{who.home}/preparation.json")),
            "start": (2, lambda: who.browser.get("/")),
        }
        (name,) = random.choices(list(kinds), [weight for weight, _ in kinds.values()])
        with suppress(*CUT_OFF):
            self._heard(name, kinds[name][1]())
            return
        self._cut_off()

    def _answer(self, person: Person) -> Answer:
        text = f"{len(person.acknowledged)}-{len(person.unsure)}"
        person.unsure.add(text)
        answer = person.who.answer(WORDS, text=text)
        if answer.status == 303:
            person.unsure.discard(text)
            person.acknowledged.append(text)
            return person.who.browser.get(answer.leads_to)
        return answer

    def _heard(self, name: str, answer: Answer) -> None:
        with self._told:
            if answer.status in (200, 303):
                self.seen.done[name] += 1
            elif answer.status == 503 and any(words in answer.text for words in AGAIN):
                self.seen.again.append(self.at())
            else:
                self.seen.wrong.append(f"{self.at():.0f} s: {name} gave {answer.status}: {answer.text[:300]}")

    def _cut_off(self) -> None:
        with self._told:
            self.seen.cut_off.append(self.at())

    # -- what happens to them

    def run(self, seconds: float, measured: float, server_of_database: Cluster | None) -> Seen:
        """Measures what it can do for so long, and goes on at half of that. Two workers are killed on the way, and then
        the database is started anew."""
        before = sum(self.seen.done.values())
        with self._people(0.0):
            time.sleep(measured)
        self.seen.limit = (sum(self.seen.done.values()) - before) / measured
        self._began, before = time.monotonic(), sum(self.seen.done.values())
        with self._people(PEOPLE / (self.seen.limit / 2)), self._looked_at():
            for part, event in ((0.2, self._kill), (0.4, self._kill), (0.6, lambda: self._away(server_of_database))):
                time.sleep(max(0.0, part * seconds - self.at()))
                event()
            time.sleep(max(0.0, seconds - self.at()))
        self.seen.rate = (sum(self.seen.done.values()) - before) / self.at()
        self._read_back()
        return self.seen

    @contextmanager
    def _people(self, every: float) -> Iterator[None]:
        self._over.clear()
        threads = [threading.Thread(target=self._person, args=(self._random.random(), every)) for _ in range(PEOPLE)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    @contextmanager
    def _looked_at(self) -> Iterator[None]:
        def look() -> None:
            while not self._over.wait(LOOK_EVERY):
                for worker in self.server.workers():
                    with suppress(OSError, IndexError):
                        status = Path(f"/proc/{worker}/status").read_text(encoding="ascii")
                        kilobytes = int(status.partition("VmRSS:")[2].split()[0])
                        self.seen.memory.setdefault(worker, []).append((self.at(), kilobytes / 1024))

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _kill(self) -> None:
        self.seen.killed.append(self.at())
        os.kill(min(self.server.workers()), signal.SIGKILL)

    def _away(self, database: Cluster | None) -> None:
        if database:
            since = self.at()
            database.stop()
            time.sleep(AWAY_FOR)
            database.start()
            self.seen.away = (since, self.at() + GRACE)

    def _read_back(self) -> None:
        database = connect(self.database)
        store = Preparations(database, "", "")
        for number, person in enumerate(self.seen.people):
            said = [str(e.value) for e in store.read(person.who.key).offer(1).history.get(WORDS, ())]
            sure = [text for text in said if text not in person.unsure]
            if sure != person.acknowledged:
                self.seen.lost.append(f"person {number}: {len(person.acknowledged)} acknowledged, {len(sure)} kept")
        database.close()


@contextmanager
def soaked(folder: Path) -> Iterator[tuple[Soak, Cluster | None]]:
    """A guide with two workers, on PostgreSQL where that is installed."""
    with cluster(MEASURED) if binaries() else _none() as running:
        database = running.create("soak") if running else str(folder / "soak.db")
        server = Server(
            folder,
            folder / "server.log",
            WHICH_CELLS_DATABASE=database,
            WHICH_CELLS_WORKERS="2",
            WHICH_CELLS_LOGS="json",
        )
        server.patience = 4 * PATIENCE  # each process reads the pack by itself
        server.start()
        try:
            yield Soak(server, database), running
        finally:
            server.stop()


@contextmanager
def _none() -> Iterator[None]:
    yield None


def report(seen: Seen, seconds: float) -> str:
    """What was seen, in some lines."""
    since, until = seen.away
    outside = [at for at in seen.again if not since <= at <= until]
    grown = seen.growth(until, seconds)
    lines = [
        f"{seconds / 60:.0f} minutes at {seen.rate:.0f} requests a second; without a pause it did {seen.limit:.0f}.",
        f"Done: {', '.join(f'{count:,} {name}' for name, count in seen.done.most_common())}.",
        f"People: {len(seen.people):,}; acknowledged answers: {sum(len(p.acknowledged) for p in seen.people):,}; "
        f"lost: {len(seen.lost)}.",
        f"Workers killed at {', '.join(f'{at:.0f}' for at in seen.killed)} s: {len(seen.cut_off)} requests cut off.",
        f"Database away from {since:.0f} s, with what followed to {until:.0f} s: {len(seen.again) - len(outside)} "
        f'times "try again"; at other times: {len(outside)}.',
        f"Anything else: {len(seen.wrong)}.",
        f"Memory after that, end to beginning: {', '.join(f'{one:.2f}' for one in grown.values())}.",
    ]
    return "\n".join([*lines, *seen.wrong[:10], *seen.lost[:10]])


if __name__ == "__main__":
    minutes = float(sys.argv[1])
    with TemporaryDirectory(prefix="which-cells-soak-") as made, soaked(Path(made)) as (soak, running):
        found = soak.run(minutes * 60, 30.0, running)
        print(report(found, minutes * 60))
    sys.exit(bool(found.wrong or found.lost))

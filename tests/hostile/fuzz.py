"""Very many requests, each real at first and then mutated, and all that was wrong with what came back.

Everything is chosen by a seed and a number, so that one request can be sent again: `--seed S --first N --count 1`.
(Codes and times are new each time; what a request meets also depends on those before it.)
"""

import asyncio
import logging
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from browser.serving import GuideServer
from web.faults import read_only

from app.logs import Line
from hostile.judge import Judge
from hostile.mutate import broken, mutated
from hostile.payloads import MARK
from hostile.seeds import Seeds
from hostile.wire import Answer, Sent, Wire, in_process
from hostile.world import Actor, World

# How many requests until everybody begins anew: long histories make slow pages.
A_WHILE = 400
# Of each while, so many find a database that cannot be written.
BAD = 12


@dataclass
class Finding:
    """Something wrong, and how to see it again."""

    number: int
    says: list[str]
    actor: str
    done: list[str]
    sent: Sent
    answer: Answer

    def __str__(self) -> str:
        said = "; ".join(self.says)
        head = f"request {self.number} by {self.actor} ({', '.join(self.done)}): {said}"
        return f"{head}\n  sent {self.sent.written[:1500]!r}\n  got {self.answer.body[:300]!r}"


@dataclass
class Report:
    """What a run came to."""

    seed: int
    count: int = 0
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    wrote: int = 0
    slowest: list[tuple[float, int, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def took(self, seconds: float, number: int, sent: Sent) -> None:
        line = b"%b %b" % (sent.method[:10], sent.target[:90])
        self.slowest.append((seconds, number, line.decode("latin-1")))
        self.slowest = sorted(self.slowest, reverse=True)[:8]

    def __str__(self) -> str:
        rate = self.count / self.seconds if self.seconds else 0
        lines = [f"seed {self.seed}: {self.count} requests, {self.wrote} of which wrote, in {self.seconds:.0f} s"]
        lines.append(f"{rate:.0f} a second")
        for name, counted in (("statuses", self.statuses), ("by", self.actors), ("done", self.done)):
            lines.append(f"{name}: " + ", ".join(f"{what} {n}" for what, n in counted.most_common()))
        lines += [f"slow: {seconds:.2f} s, request {number}: {what}" for seconds, number, what in self.slowest]
        return "\n".join([*lines, f"{len(self.findings)} finding(s)", *map(str, self.findings[:40])])


class Fuzz:
    """Sends requests to one world."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.world = World(folder)
        self.seeds = Seeds(self.world)
        self.judge = Judge(self.world, self.seeds)
        self.report = Report(seed)
        self._recent: deque[tuple[Actor, Sent]] = deque(maxlen=1)

    def one(self, number: int) -> tuple[random.Random, Actor, Sent, list[str]]:
        """The request of this number: who sends it, and what was done to it."""
        rng = random.Random(f"{self.report.seed}:{number}")
        if number % A_WHILE == 0:
            self.world.begin()
        actor = rng.choice(self.world.actors)
        sent, done = mutated(rng, self.seeds.one(rng, actor))
        return rng, actor, sent, done

    def judged(
        self, number: int, actor: Actor, done: list[str], sent: Sent, answers: list[Answer], *, bad: bool
    ) -> None:
        """Looks at what came back and what was written, and counts it. Where connections are cut, rows may be written
        a little later, so those who asked just before are looked at too."""
        changes = self.world.watch.changes()
        report = self.report
        report.count += 1
        report.wrote += bool(changes)
        report.actors[actor.name] += 1
        report.done.update(done or ["nothing"])
        self._recent.append((actor, sent))
        for answer in answers:
            report.statuses[answer.status] += 1
            says = self.judge.wrong_answer(actor, sent, answer, store_is_broken=bad)
            if changes and bad:
                says.append("wrote although nothing can be written")
            elif all(self.judge.wrong_rows(*asked, changes) for asked in self._recent):
                says += self.judge.wrong_rows(actor, sent, changes)
            if says:
                report.findings.append(Finding(number, says, actor.name, done, sent, answer))
        if any(c.table == "person" or c.operation == "DELETE" for c in changes):
            self.world.begin()  # somebody's link may be another one now, or everything is gone

    # -- in process

    async def inside(self, numbers: range) -> None:
        """Sends these requests to the application itself."""
        with _logged() as lines:
            for number in numbers:
                rng, actor, sent, done = self.one(number)
                bad = number % A_WHILE >= A_WHILE - BAD
                began = time.monotonic()
                try:
                    if bad:
                        with read_only(self.world.app):
                            answer = await in_process(self.world.app, sent, rng)
                    else:
                        answer = await in_process(self.world.app, sent, rng)
                except Exception as error:
                    answer = Answer(500, body=f"raised {error!r}".encode())
                self.report.took(time.monotonic() - began, number, sent)
                self.judged(number, actor, done, sent, [answer], bad=bad)
                self._read_log(number, actor, done, sent, lines)

    def _read_log(self, number: int, actor: Actor, done: list[str], sent: Sent, lines: list[str]) -> None:
        wrong = [line for line in lines if self._tells(line)]
        if wrong:
            self.report.findings.append(Finding(number, [f"the log: {wrong}"], actor.name, done, sent, Answer(0)))
        lines.clear()

    def _tells(self, line: str) -> bool:
        secrets = [MARK, "hush-", *(a.preparation_id for a in self.world.actors if a.preparation_id)]
        return "fault of ours" in line or any(secret in line for secret in secrets)

    # -- over a socket

    def outside(self, numbers: range) -> None:
        """Sends these requests to `python -m app serve`, which has the same database; half of them broken."""
        server = GuideServer(self.world.folder, WHICH_CELLS_DATABASE=str(self.world.path), WHICH_CELLS_LIMITS="0")
        server.start()
        self._recent = deque(maxlen=5)
        try:
            wire = Wire(server.port)
            for number in numbers:
                rng, actor, sent, done = self.one(number)
                if rng.random() < 0.5:
                    sent, done = broken(rng, sent), [*done, "broken"]
                began = time.monotonic()
                try:
                    answers = wire(sent)
                except Exception as error:
                    answers = [Answer(500, body=f"no answer of HTTP: {error!r}".encode())]
                self.report.took(time.monotonic() - began, number, sent)
                self.judged(number, actor, done, sent, answers, bad=False)
        finally:
            server.stop()
        said = (self.world.folder / "server.log").read_text(encoding="utf-8", errors="replace")
        wrong = [line for line in said.splitlines() if self._tells(line)]
        if wrong:
            self.report.findings.append(Finding(-1, [f"the log: {wrong[:20]}"], "", [], Sent(b"", b""), Answer(0)))


@contextmanager
def _logged() -> Iterator[list[str]]:
    """The lines that would go to the log."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(Line().format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def run(seed: int, first: int, count: int, outside: int = 0) -> Report:
    """Sends `count` requests in process and `outside` over a socket; returns what they came to."""
    # In memory, where there is such a place: writing to a disk would take most of the time.
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        fuzz = Fuzz(Path(folder), seed)
        began = time.monotonic()
        asyncio.run(fuzz.inside(range(first, first + count)))
        if outside:
            fuzz.outside(range(first + count, first + count + outside))
        fuzz.report.seconds = time.monotonic() - began
        fuzz.world.watch.close()
        fuzz.world.app.state.database.close()
        return fuzz.report

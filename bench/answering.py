"""Post an answer, get the next question: everybody beside everybody, with 1 to 64 clients at once.

The table of cases stands here. How each server is set up, and how a round is taken, stand elsewhere.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.contestants import FLOOR, FORMTOOLS, GUIDE, NAMED, OTREE, PLAIN, Contestant, Setting
from bench.play import Round, play, prove
from bench.postgres import Cluster
from bench.servers import Memory, Server
from bench.twelve import Asked

CLIENTS = (1, 4, 16, 64)


@dataclass(frozen=True)
class Case:
    """One database, so many workers each, and who is measured there."""

    name: str
    database: str
    workers: int
    who: tuple[Contestant, ...]

    @property
    def says(self) -> str:
        database = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[self.database]
        return f"{database}, {'one worker' if self.workers == 1 else 'two workers'}"


# oTree is made for one worker. The wizard with an address for each question is the same code once more.
CASES = (
    Case("sqlite-1", "sqlite", 1, (GUIDE, PLAIN, FLOOR, FORMTOOLS, NAMED, OTREE)),
    Case("sqlite-2", "sqlite", 2, (GUIDE, FLOOR, FORMTOOLS)),
    Case("postgres-1", "postgres", 1, (GUIDE, FLOOR, FORMTOOLS, OTREE)),
    Case("postgres-2", "postgres", 2, (GUIDE, FLOOR, FORMTOOLS)),
)


@dataclass(frozen=True)
class Plan:
    """By the number of clients: how many rounds, and how often each client goes through the twelve in one."""

    rounds: Mapping[int, int]
    walks: Mapping[int, int]


FULL = Plan({1: 5, 4: 5, 16: 3, 64: 2}, {1: 8, 4: 3, 16: 1, 64: 1})
QUICK = Plan({1: 2, 4: 2, 16: 1, 64: 1}, {1: 2, 4: 1, 16: 1, 64: 1})


@dataclass(frozen=True)
class Found:
    """What was measured in one case: rounds by contestant and clients; memory by contestant, after all of them."""

    case: Case
    rounds: Mapping[tuple[str, int], Sequence[Round]]
    memory: Mapping[str, Sequence[Memory]]
    page_bytes: Mapping[str, Sequence[int]]


def measure(
    case: Case, plan: Plan, asked: Sequence[Asked], questions: Path, folder: Path, cluster: Cluster | None
) -> Found:
    """Runs all contestants of a case side by side, lets each prove that it does the work, and measures them in turn."""
    folder.mkdir()
    rounds: dict[tuple[str, int], list[Round]] = {}
    with ExitStack() as stack:
        servers: dict[Contestant, Server] = {}
        page_bytes: dict[str, Sequence[int]] = {}
        for who in sorted(case.who, key=lambda one: one is FLOOR):  # its page is as long as ours
            if who is FLOOR:
                write_page(folder / "page", asked, page_bytes[GUIDE.name])
            setting = _setting(case, who, folder, questions, cluster)
            servers[who] = stack.enter_context(who.start(setting))
            if who is not FLOOR:
                page_bytes[who.name] = prove(servers[who], who.talk, asked)
            _has_workers(case, who, servers[who])
        for clients in CLIENTS:
            for who in _in_turn(case.who, 1):  # to get warm
                play(servers[who], who.talk, asked, min(clients, 16), 1)
            for who in _in_turn(case.who, plan.rounds[clients]):
                one = play(servers[who], who.talk, asked, clients, plan.walks[clients])
                rounds.setdefault((who.name, clients), []).append(one)
        memory = {who.name: server.memory() for who, server in servers.items()}
    return Found(case, rounds, memory, page_bytes)


def _has_workers(case: Case, who: Contestant, server: Server) -> None:
    for _ in range(100):
        if len(server.process_ids()) >= case.workers:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{who.says} was asked for {case.workers} workers, and has one process")


def write_page(path: Path, asked: Sequence[Asked], sizes: Sequence[int]) -> None:
    """The floor's page: as long as ours are on average, with the words of all questions, so that any client finds its
    own."""
    path.write_bytes(b" ".join(one.shown for one in asked).ljust(round(sum(sizes) / len(sizes)), b"x"))


def _setting(case: Case, who: Contestant, folder: Path, questions: Path, cluster: Cluster | None) -> Setting:
    name = f"{case.name}-{who.name}"
    if case.database == "postgres":
        assert cluster, "no PostgreSQL"
        database = cluster.create(name)
    else:
        database = str(folder / f"{name}.db")
    own = folder / who.name
    own.mkdir()
    return Setting(own, database, case.workers, questions, folder / "page")


def _in_turn(who: Sequence[Contestant], rounds: int) -> Iterator[Contestant]:
    """Round after round, so that noise on the machine hits all alike. Waits a moment before each."""
    for _ in range(rounds):
        for one in who:
            time.sleep(0.1)
            yield one

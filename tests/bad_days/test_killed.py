"""The server is killed while people write: every answer that was acknowledged is there when it is back."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

from browser.serving import faults
from databases import SERVER

from app.store.connect import connect

from .browsers import CUT_OFF, Someone, begin, kept
from .servers import QuickServer, Server

WHO_OFFERS = "offer.provider"
ROUNDS_TOGETHER = 10  # then another preparation, since answering gets slower the longer a history is


class Family:
    """Three who write without a pause: Maria and Ana at the same question, and others who begin anew each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.maria = begin(port)
        self.ana = self.maria.invite("Ana")
        self.acknowledged: dict[str, list[str]] = {"Maria": [], "Ana": []}
        # For each person: how many answers there may be beyond those acknowledged, one for each time of being cut off.
        self.cut_off = 0
        self.began: list[Someone] = []

    def writers(self, acknowledged: Callable[[], None]) -> list[Callable[[], None]]:
        """What each of them does until the server is gone."""

        def answers(person: Someone) -> None:
            mine = self.acknowledged[person.name]
            while True:
                text = f"{person.name} {self.cut_off}-{len(mine)}"
                answer = person.answer(WHO_OFFERS, text=text)
                assert answer.status == 303, answer.page.text
                mine.append(text)
                acknowledged()

        def begins() -> None:
            while True:
                stranger = begin(self.port)
                answer = stranger.answer(WHO_OFFERS, text="Mine")
                assert answer.status == 303, answer.page.text
                self.began.append(stranger)

        return [lambda: answers(self.maria), lambda: answers(self.ana), begins]

    def check(self, database: str) -> None:
        """All that was acknowledged is there, in the order in which each said it, and nothing that nobody said."""
        found = kept(database, self.maria)
        assert [row.number for row in found.rows] == list(range(1, len(found.rows) + 1))
        entries = found.offer(1).entries
        for who, name in ((1, "Maria"), (2, "Ana")):
            said = [str(e.value) for e in entries if e.who == who]
            there = iter(said)
            assert all(text in there for text in self.acknowledged[name]), f"{self.acknowledged[name]} of {said}"
            assert len(said) <= len(self.acknowledged[name]) + self.cut_off
            # What was sent and never acknowledged is there whole, or not at all.
            assert all(text.startswith(f"{name} ") for text in said)
        for stranger in self.began:
            assert kept(database, stranger).offer(1).answers == {WHO_OFFERS: "Mine"}
        self.began.clear()


def cut_off(writer: Callable[[], None]) -> None:
    try:
        writer()
    except CUT_OFF:
        return


def kill_while_they_write(server: Server, family: Family, random: Random) -> None:
    first = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        writing = [pool.submit(cut_off, writer) for writer in family.writers(first.set)]
        assert first.wait(30), server.log
        time.sleep(random.uniform(0.02, 0.2))
        server.kill()
    for done in writing:
        done.result()
    family.cut_off += 1


def whole(database: str) -> None:
    """The file is in order, and no preparation is there without a person who can open it."""
    with closing(connect(database)) as there, there.reading() as connection:
        if not SERVER:
            assert connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        orphans = "SELECT count(*) FROM preparation WHERE id NOT IN (SELECT preparation_id FROM person)"
        assert connection.exec_driver_sql(orphans).scalar_one() == 0


def kill_again_and_again(server: Server, rounds: int, seed: int) -> int:
    """Returns how many answers were acknowledged in all."""
    random, acknowledged = Random(seed), 0  # noqa: S311
    for _ in range(0, rounds, ROUNDS_TOGETHER):
        family = Family(server.port)
        for _ in range(min(rounds, ROUNDS_TOGETHER)):
            kill_while_they_write(server, family, random)
            server.start()
            family.check(server.database)
            whole(server.database)
        # And as its people see it.
        for person in (family.maria, family.ana):
            last = [mine[-1] for mine in family.acknowledged.values()]
            page = person.see(f"{person.address(WHO_OFFERS)}/both")
            history = page.inside("history")
            assert all(f"said: {text} " in history for text in last)
        acknowledged += sum(map(len, family.acknowledged.values()))
    return acknowledged


def test_killed_a_hundred_times_during_writes_it_loses_nothing_it_acknowledged(server: QuickServer) -> None:
    assert kill_again_and_again(server, 100, seed=1) > 300


def test_the_server_as_it_is_run_loses_nothing_either(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    server = Server(folder, tmp_path / "server.log")
    server.start()
    try:
        assert kill_again_and_again(server, 3, seed=2) > 3
    finally:
        server.stop()
    assert faults(server.log) == []

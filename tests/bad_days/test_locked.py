"""Another process locks the database for ten seconds, longer than anybody is kept waiting."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from databases import about_files

from app.store.sqlite import BUSY_SECONDS, THREADS

from .browsers import Answer, Someone, begin, kept
from .servers import QuickServer

pytestmark = about_files

WHO_OFFERS = "offer.provider"
LOCKED = 10
NOT_SAVED = "We could not save this just now. Nothing is lost: your answer is still on this page. Please wait a moment"
LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
"""


@contextmanager
def locked(database: str) -> Iterator[None]:
    """A process of its own holds the lock; let go with the block."""
    told = [sys.executable, "-c", LOCK, database]
    with subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            other.communicate("let go\n")


def timed(person: Someone, text: str) -> tuple[Answer, float]:
    """Saves an answer; returns what came of it, and after how many seconds."""
    began = time.monotonic()
    answer = person.answer(WHO_OFFERS, text=text)
    return answer, time.monotonic() - began


def test_a_lock_of_ten_seconds_is_said_after_five_and_stops_nobody_from_reading(server: QuickServer) -> None:
    maria = begin(server.port)
    ana = maria.invite("Ana")
    assert maria.answer("offer.name", text="Drip from the talk").status == 303
    slowest = 0.0
    with ThreadPoolExecutor(THREADS + 3) as pool:
        with locked(server.database):
            since = time.monotonic()
            first = pool.submit(timed, maria, "Maria's words")
            # Reading goes on, more often than there are threads.
            while time.monotonic() - since < BUSY_SECONDS + 1:
                began = time.monotonic()
                for end in ("/offers/1/answers", "/people"):
                    ana.see(ana.home + end)
                slowest = max(slowest, time.monotonic() - began)
            # Whoever comes when there is less left to wait than five seconds is kept waiting, and then taken.
            late = pool.submit(timed, ana, "Ana's words")
            time.sleep(since + LOCKED - time.monotonic())
        answer, waited = first.result()
        assert answer.status == 503
        assert BUSY_SECONDS - 0.5 < waited < BUSY_SECONDS + 3
        assert NOT_SAVED in answer.page.error
        assert answer.page.ask.filled == [("text", "Maria's words")]
        answer, waited = late.result()
        assert answer.status == 303
        assert waited > LOCKED - BUSY_SECONDS - 2
    assert slowest < 3
    # What the first was told to do works: the form that came back, sent again.
    again, waited = timed(maria, "Maria's words")
    assert (again.status, waited < 3) == (303, True)
    said = kept(server.database, maria).offer(1).history[WHO_OFFERS]
    assert [(e.who, e.value) for e in said] == [(2, "Ana's words"), (1, "Maria's words")]


def test_however_many_wait_to_write_others_can_read(server: QuickServer) -> None:
    """More than there are threads, so that they could keep all of them."""
    maria = begin(server.port)
    ready = threading.Barrier(THREADS + 11)

    def saves(n: int) -> tuple[int, float]:
        ready.wait()
        answer, waited = timed(maria.another_window(), f"Words {n}")
        return answer.status, waited

    with ThreadPoolExecutor(THREADS + 10) as pool:
        with locked(server.database):
            saving = [pool.submit(saves, n) for n in range(THREADS + 10)]
            ready.wait()
            time.sleep(0.2)
            maria.see(f"{maria.offer}/answers")
            told = [one.result() for one in saving if one.done()]
        statuses = [one.result()[0] for one in saving]
    # Whoever reads has not waited until those who write had waited in full, and left: however slow the machine.
    assert [waited for _, waited in told if waited > BUSY_SECONDS] == []
    assert set(statuses) <= {303, 503}
    acknowledged = statuses.count(303)
    assert len(kept(server.database, maria).offer(1).history.get(WHO_OFFERS, ())) == acknowledged

"""Housekeeping beside a running guide: it sweeps, clears up when it can, and nothing that goes wrong ends it."""

import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from databases import about_files
from sqlalchemy import update
from sqlmodel import col
from waiting import soon

from app.logs import Line
from app.store import housekeeping as module
from app.store import removing
from app.store.clock import WATCHED, believed
from app.store.database import Database, StoreError
from app.store.housekeeping import Housekeeping
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.tables import Person

from .traces import left, reader, sealed, there

TODAY = date(2026, 11, 23)
Keep = Callable[..., Housekeeping]


@pytest.fixture
def keep(database: Database) -> Iterator[Keep]:
    """Starts housekeeping that looks every hundredth of a second; it is over when the test is. The clock has gone day
    by day until now."""
    started: list[Housekeeping] = []
    for days in range(WATCHED.days + 1):
        believed(database, TODAY - WATCHED + timedelta(days))

    def start(
        every: float = 3600.0, clock: Callable[[], date] = lambda: TODAY, **chores: Callable[[], object]
    ) -> Housekeeping:
        started.append(Housekeeping(database, chores, every=every, again=0.01, today=clock))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()


def old(database: Database, preparations: Preparations, days: int) -> Key:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    with database.writing() as connection:
        this = col(Person.preparation_id) == key.preparation_id
        connection.execute(update(Person).where(this).values(seen_on=TODAY - timedelta(days)))
    return key


def test_it_sweeps_at_the_start_and_leaves_nothing(
    path: Path, database: Database, preparations: Preparations, keep: Keep
) -> None:
    key, other = old(database, preparations, 500), old(database, preparations, 3)
    pieces = sealed(path, key)
    keep()
    assert soon(lambda: not there(preparations, key))
    assert soon(lambda: not left(path, pieces))
    assert there(preparations, other)


def test_it_sweeps_again_after_a_while(database: Database, preparations: Preparations, keep: Keep) -> None:
    old(database, preparations, 3)
    days = count()
    keep(every=0.05, clock=lambda: TODAY + timedelta(next(days)))
    key = old(database, preparations, 500)
    assert soon(lambda: not there(preparations, key))


def test_what_a_reader_holds_up_goes_a_moment_after_they_are_done(
    path: Path, preparations: Preparations, keep: Keep
) -> None:
    keep()
    key = preparations.take_in([{"visit.notes": "a long sentence " * 100}], {})
    pieces = sealed(path, key)
    with reader(path):
        preparations.delete(key)
        time.sleep(0.2)
        assert left(path, pieces)
    assert soon(lambda: not left(path, pieces))


@about_files
def test_the_file_is_written_anew_a_moment_after_something_was_deleted(
    database: Database, preparations: Preparations, keep: Keep
) -> None:
    keep()
    preparations.delete(preparations.take_in([{"offer.name": "Mine"}], {}))

    def removals() -> object:
        with database.reading() as connection:
            return connection.exec_driver_sql("PRAGMA user_version").scalar_one()

    assert soon(lambda: removals() == 0)
    assert not database.to_repack


def test_a_clock_that_is_far_ahead_has_a_week_to_be_put_right(
    database: Database, preparations: Preparations, keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    key, due = old(database, preparations, 3), old(database, preparations, 500)
    for day in range(WATCHED.days):
        # However often it looks on one day, whoever visits meanwhile, and however often it is started.
        caplog.clear()
        housekeeping = keep(clock=lambda day=day: TODAY + timedelta(3000 + day), every=0.01)
        assert soon(lambda: caplog.text.count("the sweep waits until the clock has gone day by day for a week") > 2)
        housekeeping.stop()
        old(database, preparations, -3000)
    assert there(preparations, key)
    assert there(preparations, due)
    # Put right, it is believed after another week, and only what is due goes.
    for day in range(WATCHED.days):
        assert not believed(database, TODAY + timedelta(day))
    keep(clock=lambda: TODAY + WATCHED)
    assert soon(lambda: not there(preparations, due))
    assert there(preparations, key)


def test_whatever_goes_wrong_is_written_down_by_its_kind_and_the_rest_goes_on(
    database: Database, preparations: Preparations, keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fails() -> None:
        raise ValueError("what Mrs. Example wrote")

    def locked() -> None:
        raise StoreError("database is locked")

    key = old(database, preparations, 3)
    keep(every=0.05, **{"a chore": fails, "another": locked, "the last": lambda: done.append("done")})
    assert soon(lambda: len(done) > 2)
    lines = {Line().format(r).partition("ERROR which_cells: ")[2] for r in caplog.records if r.levelno > logging.INFO}
    assert {re.sub(r": tests/.*", "", line) for line in lines} == {
        "a chore did not work: ValueError",
        "another did not work: StoreError",
    }
    assert not any("Example" in line for line in lines)
    assert there(preparations, key)


def test_a_database_that_is_locked_is_swept_later(
    path: Path, database: Database, preparations: Preparations, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = old(database, preparations, 500)
    old(database, preparations, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        # As if it waited for a long time.
        with database.reading() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        other.execute("BEGIN IMMEDIATE")
        keep(every=0.05)
        time.sleep(0.2)
        other.execute("ROLLBACK")
    assert soon(lambda: not there(preparations, key))


def test_a_file_that_is_not_there_ends_nothing(path: Path, database: Database, keep: Keep) -> None:
    database.close()
    path.unlink()
    done: list[str] = []
    keep(every=0.05, **{"the last": lambda: done.append("done")})
    assert soon(lambda: len(done) > 2)


def test_a_stop_does_not_wait_for_all_that_is_due(
    database: Database, preparations: Preparations, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 1)
    monkeypatch.setattr(removing, "PAUSE", 3600.0)
    keys = [old(database, preparations, 500) for _ in range(3)]
    housekeeping = keep()
    assert soon(lambda: not all(there(preparations, key) for key in keys))
    housekeeping.stop()
    assert sum(there(preparations, key) for key in keys) == 2


def test_it_ends_when_it_is_told_to(keep: Keep) -> None:
    housekeeping = keep()
    began = time.monotonic()
    housekeeping.stop()
    assert time.monotonic() - began < 5
    assert not any(thread.name == "housekeeping" for thread in module.threading.enumerate())

"""That a deleted preparation is gone: for whoever presses twice, and out of the file, its log and its gaps."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from databases import about_files
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.store import removing
from app.store import sqlite as database_module
from app.store.connect import connect
from app.store.counts import Counts
from app.store.database import Database, StoreError
from app.store.opened import Key
from app.store.people import People
from app.store.preparations import Preparations
from app.store.removing import AlreadyGone, Gone, sweep
from app.store.sealing import NotOpened
from app.store.sqlite import Sqlite

from .traces import left, reader, sealed, seen, there

TODAY = date(2026, 11, 23)


# -- the same button twice


def test_who_deletes_twice_is_told_so_and_nobody_else(preparations: Preparations, people: People) -> None:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    _, other = people.invite(key, "family", "Ana")
    preparations.delete(key)
    for _ in range(3):
        with pytest.raises(AlreadyGone):
            preparations.delete(key)
    for stranger in (other, Key("nowhere", key.secret), Key(key.preparation_id, "x")):
        with pytest.raises(NotOpened) as told:
            preparations.delete(stranger)
        assert told.type is NotOpened


def test_who_deleted_is_remembered_for_some_minutes_in_every_process(address: str, database: Database) -> None:
    now, other = [1000.0], connect(address)
    gone, elsewhere = (Gone(Counts(one, b"", lambda: now[0])) for one in (database, other))
    with database.writing() as connection:
        gone.add(connection, b"me")
    with other.reading() as connection:
        assert elsewhere.holds(connection, b"me")
        assert not elsewhere.holds(connection, b"you")
        now[0] += removing.REMEMBERED_SECONDS
        assert not elsewhere.holds(connection, b"me")
    other.close()


def test_a_deletion_that_fails_is_not_remembered(database: Database) -> None:
    gone = Gone(Counts(database))

    def fail() -> None:
        with database.writing() as connection:
            gone.add(connection, b"me")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert not gone.holds(connection, b"me")


# -- out of the log, while somebody reads


@pytest.fixture
def kept(preparations: Preparations) -> Key:
    return preparations.take_in(
        [{"offer.name": "Mine", "visit.notes": "a long sentence " * 300}], {"you.priorities": ["sleep"]}
    )


def test_without_a_reader_nothing_is_left_at_once(
    path: Path, database: Database, preparations: Preparations, kept: Key
) -> None:
    pieces = sealed(path, kept)
    assert len(pieces) > 300
    assert left(path, pieces)
    preparations.delete(kept)
    assert left(path, pieces) == {}
    assert not database.to_forget


def test_with_a_reader_the_deletion_does_not_wait_and_says_what_is_left_to_do(
    path: Path, database: Database, preparations: Preparations, kept: Key
) -> None:
    pieces = sealed(path, kept)
    with reader(path):
        began = time.monotonic()
        preparations.delete(kept)
        assert time.monotonic() - began < 2
        assert not there(preparations, kept)
        assert database.to_forget
        # This is what there is to guard against.
        assert left(path, pieces)
        assert not database.forget()
        assert database.to_forget
    assert database.forget()
    assert not database.to_forget
    assert left(path, pieces) == {}


LATER: dict[str, Callable[[Path, Database, Preparations], object]] = {
    "the next answer": lambda _path, _database, preparations: preparations.start(),
    "the next sweep": lambda _path, database, preparations: (
        seen(database, preparations.start(), TODAY - timedelta(500)),
        sweep(database, TODAY),
    ),
    "closing": lambda _path, database, _preparations: database.close(),
    "the next start": lambda path, _database, _preparations: Sqlite(path).migrate(),
}


@pytest.mark.parametrize("when", LATER)
def test_what_was_left_goes_later(
    path: Path, database: Database, preparations: Preparations, kept: Key, when: str
) -> None:
    pieces = sealed(path, kept)
    with reader(path):
        preparations.delete(kept)
        # Whoever writes meanwhile is not held up either.
        began = time.monotonic()
        preparations.start()
        assert time.monotonic() - began < 2
        assert left(path, pieces)
    LATER[when](path, database, preparations)
    assert left(path, pieces) == {}


def test_a_link_that_is_taken_back_or_replaced_leaves_nothing_of_its_key(
    path: Path, database: Database, preparations: Preparations, people: People
) -> None:
    key = preparations.start()
    number, _ = people.invite(key, "family", "Ana")
    for take in (lambda: people.renew(key, number), lambda: people.revoke(key, number)):
        with closing(sqlite3.connect(path)) as connection:
            columns = "SELECT wrapped_key, code_hash FROM person WHERE number = 2"
            pieces = [blob[i : i + 16] for blob in connection.execute(columns).fetchone() for i in (0, 16)]
        take()
        assert left(path, pieces) == {}


@about_files
def test_a_fault_of_the_log_does_not_undo_a_deletion(
    database: Database, preparations: Preparations, kept: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_connection: object, _patience: float) -> bool:
        raise OperationalError("checkpoint", None, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(database_module, "_emptied", broken)
    preparations.delete(kept)
    assert not there(preparations, kept)
    assert database.to_forget


# -- out of the gaps of pages


@pytest.fixture
def quick(path: Path, database: Database) -> Database:
    """Without waiting for the disk, for tests that write a thousand times."""

    @event.listens_for(database._engine, "connect")
    def hurry(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    database._engine.dispose()
    return database


# With 3, SQLite leaves something behind in the gaps until the file is written anew.
@pytest.mark.parametrize("seed", [1, 3])
def test_after_any_life_nothing_is_left_of_what_was_deleted(path: Path, quick: Database, seed: int) -> None:
    """Preparations come, grow and go in any order. SQLite moves rows about as it keeps its pages full."""
    random, store = Random(seed), Preparations(quick, "parkinsons", "1.0.0")  # noqa: S311
    company, keys, gone = People(quick, store), [store.start()], list[bytes]()
    for turn in range(400):
        key = random.choice(keys)
        match random.randrange(12):
            case 0:
                keys.append(store.start())
            case 1 if len(keys) > 4:
                keys.remove(key)
                gone += sealed(path, key, every=64)
                store.delete(key)
            case 2:
                company.invite(key, "family", "x" * random.randrange(60))
            case _:
                text = "x" * random.choice([1, 10, 500, 1500, 5000]) + str(turn)
                store.save(key, 1, f"a.q{random.randrange(30)}", text)
    assert len(gone) > 1000
    quick.repack()
    assert left(path, gone) == {}
    # Those that stay are as they were.
    assert all(there(store, key) for key in keys)


@about_files
def test_the_file_is_written_anew_only_after_something_was_deleted(database: Database, kept: Key) -> None:
    assert not database.repack()
    store = Preparations(database, "parkinsons", "1.0.0")
    store.save(kept, 1, "offer.name", "Changed")
    assert not database.repack()
    store.delete(kept)
    assert database.to_repack
    assert database.repack()
    assert not database.to_repack
    assert not database.repack()


def test_another_process_knows_that_something_was_deleted(path: Path, preparations: Preparations, kept: Key) -> None:
    preparations.delete(kept)
    other = Sqlite(path)
    assert other.repack()
    assert not other.repack()
    other.close()


@about_files
def test_a_large_file_is_left_alone_unless_somebody_asks(
    database: Database, preparations: Preparations, kept: Key
) -> None:
    preparations.delete(kept)
    assert not database.repack(limit=1000)
    assert database.repack(limit=None)


def test_a_lock_in_the_way_of_writing_anew_is_a_store_error_and_it_is_done_later(
    path: Path, preparations: Preparations, kept: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparations.delete(kept)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    other = Sqlite(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            other.repack()
    assert other.repack()
    other.close()

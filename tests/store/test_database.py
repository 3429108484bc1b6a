"""How a database is opened: what SQLite is told on every connection, and what becomes of errors."""

import sqlite3
import stat
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from databases import about_files
from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.store import sqlite as module
from app.store.database import Database, StoreError
from app.store.sqlite import Sqlite
from app.store.tables import Entry, Preparation, now

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def add(connection: Connection) -> None:
    connection.execute(insert(Preparation).values(id="a", pack="parkinsons", offers=1, created_at=now()))


def add_for_nobody(connection: Connection) -> None:
    answer = {"preparation_id": "none", "number": 1, "person_number": 1, "sealed": b"", "pack_version": "", "at": now()}
    connection.execute(insert(Entry).values(**answer))


def count(connection: Connection, table: type[Preparation | Entry]) -> int:
    return len(connection.execute(select(table)).all())


@about_files
def test_every_connection_is_set_up_the_same(database: Database) -> None:
    # Several at once, so that the pool has to open new ones.
    with database.reading() as first, database.reading() as second, database.writing() as third:
        for connection in (first, second, third):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
            assert found == PRAGMAS


def test_a_row_that_points_nowhere_is_refused(database: Database) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), database.writing() as connection:
        add_for_nobody(connection)
    with database.reading() as connection:
        assert count(connection, Entry) == 0


def test_writing_is_all_or_nothing(database: Database) -> None:
    def write_half() -> None:
        with database.writing() as connection:
            add(connection)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        write_half()
    with database.reading() as connection:
        assert count(connection, Preparation) == 0


def test_what_is_not_the_database_s_fault_keeps_its_name(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.reading():
        raise ZeroDivisionError


def test_a_store_error_says_what_the_database_said_and_keeps_its_cause(database: Database) -> None:
    with database.writing() as connection:
        add(connection)
    with pytest.raises(StoreError, match=r"(?i)unique constraint") as caught, database.writing() as connection:
        add(connection)
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_a_lock_that_is_held_too_long_is_a_store_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    database = Sqlite(path)
    database.migrate()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        # The lock is taken before anything is read, so that nothing is decided on what may change meanwhile.
        with pytest.raises(StoreError, match="locked"), database.writing() as connection:
            count(connection, Entry)
        with database.reading() as connection:
            assert count(connection, Entry) == 0
    with database.writing() as connection:
        assert count(connection, Entry) == 0
    database.close()


def test_what_went_wrong_in_one_turn_to_write_is_no_part_of_the_next(path: Path) -> None:
    database = Sqlite(path)
    database.migrate()
    with database.writing() as connection:
        add(connection)

    def stopped() -> None:
        with database.writing() as connection:
            connection.execute(delete(Preparation))
            raise KeyboardInterrupt

    def refused_at_its_end() -> None:
        with database.writing() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.execute(delete(Preparation))
            add_for_nobody(connection)

    with pytest.raises(KeyboardInterrupt):
        stopped()
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        refused_at_its_end()
    with database.writing() as connection, closing(sqlite3.connect(path)) as other:
        assert count(connection, Preparation) == 1
        assert other.execute("SELECT count(*) FROM preparation").fetchone() == (1,)
    database.close()


def test_who_writes_goes_on_when_another_process_changes_the_tables(path: Path, database: Database) -> None:
    with database.writing() as connection:
        add(connection)
    with closing(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE preparation ADD COLUMN later")
    with database.writing() as connection:
        connection.execute(delete(Preparation))
        add(connection)
        connection.exec_driver_sql("UPDATE preparation SET later = 1")
    with database.reading() as connection:
        assert count(connection, Preparation) == 1


def test_as_many_read_at_once_as_there_are_threads_also_while_one_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    database = Sqlite(path)
    database.migrate()
    with ExitStack() as all_of_them, database.writing() as connection:
        add(connection)
        reading = [all_of_them.enter_context(database.reading()) for _ in range(module.THREADS)]
        assert {count(one, Preparation) for one in reading} == {0}
    database.close()


def test_a_file_that_is_no_database_is_a_store_error(path: Path) -> None:
    path.write_bytes(b"no database at all, whatever the name says" * 100)
    database = Sqlite(path)
    with pytest.raises(StoreError, match="not a database"):
        database.migrate()
    database.close()


def test_a_folder_in_place_of_the_file_is_a_store_error(path: Path) -> None:
    path.mkdir()
    database = Sqlite(path)
    with pytest.raises(StoreError, match="unable to open"):
        database.migrate()
    database.close()


def test_folders_on_the_way_to_the_file_are_made(tmp_path: Path) -> None:
    database = Sqlite(tmp_path / "new" / "deep" / "guide.db")
    database.migrate()
    database.close()
    assert database.path.exists()


@pytest.mark.parametrize("name", ["a b.db", "ä.db", "50%.db", "a#b.db", "a?mode=ro.db"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    database = Sqlite(tmp_path / name)
    try:
        database.migrate()
    finally:
        database.close()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_the_file_is_for_its_owner_alone(database: Database, path: Path) -> None:
    for found in path.parent.glob("guide.db*"):
        assert stat.S_IMODE(found.stat().st_mode) & 0o077 == 0, found.name


def test_a_second_server_that_starts_at_the_same_moment_waits_for_the_first(path: Path) -> None:
    second = Sqlite(path)
    failed: list[StoreError] = []

    def start() -> None:
        try:
            second.migrate()
        except StoreError as error:
            failed.append(error)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE made_meanwhile (id)")
        starting = threading.Thread(target=start)
        starting.start()
        # Long enough for the second to have begun; it cannot end well before the lock is given back.
        starting.join(0.5)
        other.execute("COMMIT")
    starting.join()
    second.close()
    assert failed == []

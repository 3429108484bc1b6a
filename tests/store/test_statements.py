"""A statement that goes to the driver as it is finds what SQLAlchemy finds, and fails as it fails."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from databases import about_postgres
from sqlalchemy import Connection, column, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.store.database import Database, StoreError
from app.store.opened import _ENTRIES, _PEOPLE, ENTRY, Key
from app.store.preparations import _ADD_ENTRY, Preparations
from app.store.sqlite import Sqlite
from app.store.statements import Statement


@pytest.fixture
def key(preparations: Preparations) -> Key:
    """A preparation in which something was said."""
    key = preparations.start()
    for number in range(3):
        preparations.save(key, 1, "offer.name", f"Clinic {number}")
    return key


@pytest.mark.parametrize("statement", [_ENTRIES, _PEOPLE])
def test_rows_are_those_of_sqlalchemy(database: Database, key: Key, statement: Statement) -> None:
    this = {"preparation": key.preparation_id}
    with database.reading() as connection:
        wanted = connection.execute(statement._clause, this).all()  # type: ignore[call-overload]
        found = statement.rows(connection, this)
    assert wanted
    assert [row._asdict() for row in found] == [row._asdict() for row in wanted]
    assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in wanted]


def test_what_is_not_there_is_no_row(database: Database, key: Key) -> None:
    with database.reading() as connection:
        assert _ENTRIES.rows(connection, {"preparation": "nothing"}) == []


def test_a_row_is_kept_as_sqlalchemy_would_keep_it(database: Database, key: Key) -> None:
    def last(connection: Connection) -> dict[str, object]:
        this = select(ENTRY).where(ENTRY.c.preparation_id == key.preparation_id).order_by(ENTRY.c.number.desc())
        return dict(connection.execute(this).first()._mapping)  # type: ignore[union-attr]

    with database.writing() as connection:
        row = last(connection)
        _ADD_ENTRY.run(connection, {**row, "number": 4})
        ours = last(connection)
        connection.execute(insert(ENTRY), {**row, "number": 5})
        assert last(connection) == {**ours, "number": 5}


def test_an_error_is_that_of_sqlalchemy(database: Database, key: Key) -> None:
    with database.reading() as connection:
        (row, *_) = connection.execute(select(ENTRY)).mappings()
    with pytest.raises(StoreError) as raised, database.writing() as connection:
        _ADD_ENTRY.run(connection, row)
    cause = raised.value.__cause__
    assert isinstance(cause, IntegrityError)
    # PostgreSQL itself names the key that is there already.
    assert f"{cause}".replace(f"{cause.orig}", "").count(key.preparation_id) == 0


def test_a_column_that_is_not_there_is_an_error_too(database: Database) -> None:
    wrong = Statement(select(column("no_such_column")).select_from(ENTRY), [], {"no_such_column": ENTRY.c.number.type})
    with pytest.raises(StoreError, match="no_such_column"), database.reading() as connection:
        wrong.rows(connection, {})


def test_a_file_that_is_locked_says_so_when_a_turn_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.sqlite.BUSY_SECONDS", 0.05)
    database = Sqlite(tmp_path / "locked.db")
    database.migrate()
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as raised, database.writing():
            pass
        assert isinstance(raised.value.__cause__, OperationalError)
    with database.writing():
        pass  # and the connection is as good as before
    database.close()


@about_postgres
@pytest.mark.parametrize("kind", ["reading", "writing"])
def test_a_connection_that_is_lost_is_told_and_another_takes_its_place(
    database: Database, preparations: Preparations, key: Key, kind: str
) -> None:
    this = {"preparation": key.preparation_id}

    def ask_after_the_end() -> None:
        with getattr(database, kind)() as connection:
            mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with database.reading() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")
            _ENTRIES.rows(connection, this)

    with pytest.raises(StoreError) as raised:
        ask_after_the_end()
    cause = raised.value.__cause__
    assert isinstance(cause, DBAPIError)
    assert cause.connection_invalidated
    preparations.save(key, 1, "offer.name", "After that")
    with database.reading() as connection:
        assert len(_ENTRIES.rows(connection, this)) == 4

"""Bad days for a database, brought about in the database itself, and over when the block ends."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from databases import SERVER
from fastapi import FastAPI
from psycopg import sql
from sqlalchemy import event

from app.store.database import Database
from app.store.sqlite import Sqlite

PATIENCE = 300  # milliseconds that PostgreSQL waits for a lock


@contextmanager
def read_only(app: FastAPI) -> Iterator[None]:
    """Every connection refuses to write. (File permissions would not stop root, who runs the tests in containers.)"""
    with _every_connection(app, "SET default_transaction_read_only = on" if SERVER else "PRAGMA query_only = ON"):
        yield


@contextmanager
def full(app: FastAPI) -> Iterator[None]:
    """The file may not grow by a single page, as on a full disk."""
    # Asking for fewer pages than there are sets the limit to those there are.
    with _every_connection(app, "PRAGMA max_page_count = 1"):
        yield


@contextmanager
def locked(app: FastAPI) -> Iterator[None]:
    """Another program holds the write lock and does not let go."""
    database = _database(app)
    if isinstance(database, Sqlite):
        with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        with _every_connection(app, f"SET lock_timeout = {PATIENCE}"), psycopg.connect(_address(app)) as other:
            other.execute("LOCK TABLE preparation, person, entry IN EXCLUSIVE MODE")
            yield
            other.rollback()


@contextmanager
def garbage(app: FastAPI) -> Iterator[None]:
    """Something has overwritten the file, or the server is away."""
    database = _database(app)
    # Nothing of the old file is held open any more, as after a restart, not even by whoever sweeps at the start.
    app.state.housekeeping.stop()
    database.close()
    if isinstance(database, Sqlite):
        kept = database.path.read_bytes()
        database.path.write_bytes(os.urandom(len(kept)))
        yield
        database.close()
        for path in database.path.parent.glob(database.path.name + "-*"):
            path.unlink()
        database.path.write_bytes(kept)
    else:
        _allow_connections(app, "false")
        yield
        _allow_connections(app, "true")


def _allow_connections(app: FastAPI, whether: str) -> None:
    name = sql.Identifier(_address(app).rpartition("/")[2])
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(name, sql.SQL(whether)))


@contextmanager
def _every_connection(app: FastAPI, told: str) -> Iterator[None]:
    engines = (_database(app)._engine, _database(app)._counting)

    def prepare(connection: sqlite3.Connection | psycopg.Connection, _record: object) -> None:
        connection.execute(told)
        connection.commit()

    for engine in engines:
        event.listen(engine, "connect", prepare)
    _database(app).close()
    yield
    for engine in engines:
        event.remove(engine, "connect", prepare)
    _database(app).close()


def _database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


def _address(app: FastAPI) -> str:
    found: str = app.state.settings.database
    return found

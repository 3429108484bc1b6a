"""Bad days for a database, brought about in SQLite itself, and over when the block ends."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from fastapi import FastAPI
from sqlalchemy import Engine, event

from app.store.database import Database


@contextmanager
def read_only(app: FastAPI) -> Iterator[None]:
    """Every connection refuses to write. (File permissions would not stop root, who runs the tests in containers.)"""
    with _every_connection(app, "PRAGMA query_only = ON"):
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
    with closing(sqlite3.connect(_database(app).path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def garbage(app: FastAPI) -> Iterator[None]:
    """Something has overwritten the file."""
    database = _database(app)
    # Nothing of the old file is held open any more, as after a restart.
    database.close()
    kept = database.path.read_bytes()
    database.path.write_bytes(os.urandom(len(kept)))
    yield
    database.close()
    for path in database.path.parent.glob(database.path.name + "-*"):
        path.unlink()
    database.path.write_bytes(kept)


@contextmanager
def _every_connection(app: FastAPI, pragma: str) -> Iterator[None]:
    engine: Engine = _database(app)._engine

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(pragma)

    engine.dispose()
    event.listen(engine, "connect", prepare)
    yield
    event.remove(engine, "connect", prepare)
    engine.dispose()


def _database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found

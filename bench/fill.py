"""A database full of other people's preparations: one is made by the application, then copied by SQL.

Knows which column of which table names which row, and nothing else about them, so that a new column is
copied like the rest. The copies can be opened by nobody.
"""

import hashlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from app.store.sqlite import Sqlite
from app.store.preparations import Preparations
from bench.walks import Step

_TABLES = ("preparation", "person", "entry")


def fill(path: Path, preparations: int, steps: Sequence[Step], pack: tuple[str, str]) -> None:
    """Makes a database with this many preparations, each with one offer and these answers."""
    database = Sqlite(path)
    database.migrate()
    store = Preparations(database, *pack)
    key = store.start()
    for step in steps:
        store.save(key, 1, step.question, step.answer)
    database.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # for the filling alone: the server sets its own
        connection.execute("PRAGMA cache_size = -500000")
        connection.execute("BEGIN")
        _copy(connection, key.preparation_id, preparations - 1)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(connection: sqlite3.Connection, preparation_id: str, copies: int) -> None:
    chance = random.Random(7)  # noqa: S311  (ids that nobody has to guess)
    ids = [chance.randbytes(len(preparation_id) // 2).hex() for _ in range(copies)]
    for table in _TABLES:
        key = "id" if table == "preparation" else "preparation_id"
        found = connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (preparation_id,))  # noqa: S608
        columns = [column[0] for column in found.description]
        rows = found.fetchall()
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", _rows(columns, rows, key, ids))  # noqa: S608


def _rows(columns: list[str], rows: list[tuple[object, ...]], key: str, ids: list[str]) -> Iterator[list[object]]:
    """The rows of one preparation again and again, under other ids. The hash of a link is there once only."""
    at_key = columns.index(key)
    hashed = columns.index("code_hash") if "code_hash" in columns else None
    for preparation_id in ids:
        for row in rows:
            copy = list(row)
            copy[at_key] = preparation_id
            if hashed is not None:
                copy[hashed] = hashlib.sha256(preparation_id.encode()).digest()
            yield copy

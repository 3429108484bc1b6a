"""Databases for tests: SQLite files, or, where WHICH_CELLS_TEST_POSTGRES names a server, databases on that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Table, text
from sqlmodel import SQLModel

from app.store.connect import connect
from app.store.database import Database
from bench.postgres import VARIABLE

SERVER = os.environ.get(VARIABLE, "")
about_files = pytest.mark.skipif(bool(SERVER), reason="this is about SQLite's file")
about_postgres = pytest.mark.skipif(not SERVER, reason="this is about PostgreSQL: make test-postgres")
_numbers = count()


@contextmanager
def fresh(folder: Path, name: str = "guide.db", *, migrated: bool = False) -> Iterator[str]:
    """The address of a database that nobody has used: a file in this folder, or a database on the server. A file is
    not there yet, unless it is to be `migrated`, which is quicker than letting each test do so."""
    if not SERVER:
        if migrated:
            (folder / name).write_bytes(_migrated_file())
            (folder / name).chmod(0o600)
        yield str(folder / name)
        return
    name = f"t{os.getpid()}_{next(_numbers)}"
    _ask("CREATE DATABASE {} TEMPLATE {}", name, _migrated())
    try:
        yield at(name)
    finally:
        _ask("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """The same, without tables."""
    if not SERVER:
        yield str(folder / "bare.db")
        return
    name = f"b{os.getpid()}_{next(_numbers)}"
    _ask("CREATE DATABASE {}", name)
    try:
        yield at(name)
    finally:
        _ask("DROP DATABASE {} WITH (FORCE)", name)


def lasting(path: Path) -> str:
    """The address of a database that stays as long as the server of this test run: this file, or one named after it."""
    if not SERVER:
        return str(path)
    name = "f" + sha256(str(path).encode()).hexdigest()[:20]
    with suppress(psycopg.errors.DuplicateDatabase):
        _ask("CREATE DATABASE {}", name)
    return at(name)


def at(name: str) -> str:
    """The address of a database on the server."""
    return SERVER.rpartition("/")[0] + "/" + name


@cache
def _migrated_file() -> bytes:
    with TemporaryDirectory() as folder:
        database = connect(f"{folder}/made.db")
        database.migrate()
        database.close()
        return Path(folder, "made.db").read_bytes()


@cache
def _migrated() -> str:
    """A database with all tables, to be copied: that is quicker than migrating one for each test."""
    name = f"template{os.getpid()}"
    _ask("CREATE DATABASE {}", name)
    database = connect(at(name))
    database.migrate()
    database.close()
    return name


def _ask(statement: str, *names: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that stands in a database, table by table, but for what the server notes by itself: of the
    clock, of its pepper, and how often it was asked."""
    with database.reading() as connection:
        return {
            # As it stands there: also what somebody changed to what our columns do not take.
            table.name: [tuple(row) for row in connection.execute(text(_all_of(table)))]
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("watch", "pepper", "tally")
        }


def _all_of(table: Table) -> str:
    return f'SELECT * FROM "{table.name}" ORDER BY {", ".join(column.name for column in table.primary_key)}'  # noqa: S608

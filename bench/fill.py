"""A database full of other people's preparations: one is made by the served guide, then copied within the database.

Knows which column of which table names which row, and nothing else about them, so that a new column is
copied like the rest. The copies can be opened by nobody.
"""

import sqlite3
from contextlib import closing
from typing import Any

import psycopg

_TABLES = ("preparation", "person", "entry")
# Ids of ours have 18 hexadecimal digits. In order, and all over the range: so an index is filled from left to right.
_SPREAD = 2**24


def fill(database: str, copies: int) -> None:
    """Copies the one preparation that a database holds, so many times. Takes a path or an address of PostgreSQL."""
    if database.startswith("postgresql:"):
        _fill_postgres(database, copies)
    else:
        _fill_sqlite(database, copies)


def _fill_sqlite(path: str, copies: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # For the filling alone, which can be done again: the server sets its own.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        ids = (
            "CREATE TEMP TABLE copy AS WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?) "
            "SELECT printf('%06x%012x', n * ?, abs(random()) % (1 << 48)) AS id FROM n"
        )
        connection.execute("BEGIN")
        connection.execute(ids, (copies - 1, _SPREAD // copies))
        _copy(connection, "randomblob(32)")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _fill_postgres(address: str, copies: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        _safely(connection, "off")  # for the filling alone, which can be done again
        connection.execute("SET session_replication_role = replica")  # nothing is looked up for what is copied whole
        ids = (
            "CREATE TEMP TABLE copy AS SELECT lpad(to_hex(n * {step}), 6, '0') || "
            "lpad(to_hex((random() * (1::bigint << 47))::bigint), 12, '0') AS id FROM generate_series(0, {last}) AS n"
        )
        connection.execute(ids.format(step=_SPREAD // copies, last=copies - 1).encode())
        _copy(connection, "sha256(convert_to(copy.id, 'UTF8'))")
        connection.execute("VACUUM (ANALYZE)")  # it would come by itself, and be measured
        _safely(connection, "on")
        connection.execute("CHECKPOINT")


def _safely(connection: psycopg.Connection, how: str) -> None:
    for name in ("fsync", "full_page_writes"):
        connection.execute(f"ALTER SYSTEM SET {name} = {how}".encode())
    connection.execute("SELECT pg_reload_conf()")


def _copy(connection: Any, new_hash: str) -> None:
    for table in _TABLES:
        # Taken out first: who reads from the table that they write to, keeps a copy of all of it.
        connection.execute(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table}")  # noqa: S608
    for table in _TABLES:
        found = connection.execute(f"SELECT * FROM one_{table}")  # noqa: S608
        columns = [column[0] for column in found.description]
        key = "id" if table == "preparation" else "preparation_id"
        # The hash of a link is there once only.
        taken = {key: "copy.id", "code_hash": new_hash}
        values = ", ".join(taken.get(column, f"one.{column}") for column in columns)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM copy CROSS JOIN one_{table} AS one"  # noqa: S608
        )

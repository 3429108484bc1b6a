"""A PostgreSQL database: how it is reached, and how long anything there may take.

Several processes on several machines share it. Knows nothing of what the tables mean.
"""

import select
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import ProgrammingError, conninfo, sql
from sqlalchemy import Connection, Engine, Row, Table, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import QueuePool
from sqlmodel import create_engine

from app.store.database import BUSY_SECONDS, Database, StoreError

# A connection costs the server a process and some MB, and a hundred is what it usually takes: so each process of ours
# has few, and its threads take turns.
CONNECTIONS = 12
COUNTING = 4
_MIGRATING = 7_143_655  # any number will do, as long as nobody else in this database locks the same
_DAMAGE = ("XX001", "XX002")
_MILLISECONDS = round(BUSY_SECONDS * 1000)
_OPTIONS = {
    # Times are kept in UTC, without saying so.
    "TimeZone": "UTC",
    "statement_timeout": str(_MILLISECONDS),
    "lock_timeout": str(_MILLISECONDS),
    # Whoever died in the middle of a transaction does not hold its locks for ever.
    "idle_in_transaction_session_timeout": str(2 * _MILLISECONDS),
}
_KEEPALIVE = {
    "connect_timeout": BUSY_SECONDS,
    # A machine that is gone without a word is noticed as soon as that.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 2 * _MILLISECONDS,
    "application_name": "which-cells",
}


class Postgres(Database):
    """A database at an address such as postgresql://name@host/database, with whatever options libpq takes behind it.
    What it leaves out (the password above all) libpq looks for where it always does."""

    shared = True

    def __init__(self, address: str) -> None:
        self._engine = _engine(address, CONNECTIONS, {})
        self._writing = self._engine.execution_options(locks=True)
        # What stands alone needs no transaction around it, which would be two ways there and back.
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._seeing_still = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        few = _engine(address, COUNTING, {"synchronous_commit": "off"})
        self._counting = few.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def _pools(self) -> Iterator[QueuePool]:
        for engine in (self._engine, self._counting):
            yield cast("QueuePool", engine.pool)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._store_errors(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        with super().snapshot() as connection:
            # Counting a hundred million rows takes its time.
            connection.exec_driver_sql(
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
            )
            yield connection

    def add(self, connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
        # One statement for all of them: with one for each, filling a database took three times as much work.
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c)
        )
        own = cast("psycopg.Connection", connection.connection.driver_connection)
        try:
            with own.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise StoreError(str(error)) from error

    def close(self) -> None:
        # Some thread may still be asking, and nobody would close what it gives back later.
        until = time.monotonic() + BUSY_SECONDS
        while time.monotonic() < until and any(pool.checkedout() for pool in self._pools):
            time.sleep(0.01)
        super().close()

    def _alone(self, connection: Connection) -> None:
        # Others may be migrating this very database, from another machine; and that may take its time.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10min'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        yield  # whoever writes waits for those alone who write to the same rows

    def removing(self, connection: Connection) -> None:
        """When deleted rows are overwritten is the server's own affair: docs/running.md."""

    def _is_damage(self, error: DBAPIError) -> bool:
        return getattr(error.orig, "sqlstate", None) in _DAMAGE


def _engine(address: str, size: int, options: dict[str, str]) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in {**_OPTIONS, **options}.items())
    try:
        given = conninfo.conninfo_to_dict(address)
    except ProgrammingError:
        # What libpq says of it may quote the password, and so does the exception: neither goes on from here.
        says = "it is no address that PostgreSQL reads; look at the options behind ?, and write % as %25"
        raise StoreError(says) from None
    settings = f"{settings} {given.pop('options', '')}".strip()
    # libpq reads the address itself, so that all of its ways to name hosts, files and options work.
    wanted: dict[str, Any] = {**_KEEPALIVE, **given, "options": settings}
    engine = create_engine(
        "postgresql+psycopg://",
        connect_args=wanted,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # no error and no log says what was read or written
    )

    @event.listens_for(engine, "checkout")
    def still_there(connection: Any, _record: object, _proxy: object) -> None:
        # Nobody says anything to a connection that waits, but that it is over. So nobody is told to try again only
        # because the server was started anew since; and looking costs no way there and back.
        if select.select([connection.pgconn.socket], [], [], 0)[0]:
            raise DisconnectionError

    return engine

"""One SQLite file: how it is opened, brought up to date, and read or written in short transactions.

Knows nothing of what the tables mean.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import create_engine

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
THREADS = 40  # as many as serve requests at once, so that none waits for a connection
# However many wait to write, these threads at least stay free for reading; whoever comes later is told sooner.
FREE = THREADS // 2
BRIEFLY = 0.5


class StoreError(Exception):
    """The database cannot do its work just now: it is locked, full, read-only or away."""


class Database:
    """Gives out connections. Migrated to the newest schema by `migrate`, which has to run once before use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # SQLite gives its -wal and -shm the mode of the file
        self._engine = _engine(path)
        # The same pool, but its transactions take the write lock when they begin, so that two writers wait
        # for each other instead of failing half-way.
        self._writing = self._engine.execution_options(writes=True)
        self._turn = threading.Lock()
        self._queue = threading.BoundedSemaphore(THREADS - FREE)

    def migrate(self) -> None:
        """Runs the migrations that this file has not seen. Raises StoreError when it cannot."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with _store_errors(), self._writing.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading. Raises StoreError."""
        with _store_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that writes all of its work at its end, or nothing. Raises StoreError.

        The writers of this process take turns: SQLite lets only one write, and makes the others sleep for up to a
        tenth of a second at a time.
        """
        queued = self._queue.acquire(blocking=False)
        try:
            if not self._turn.acquire(timeout=BUSY_SECONDS if queued else BRIEFLY):
                raise StoreError("too many are writing")
            try:
                with _store_errors(), self._writing.begin() as connection:
                    yield connection
            finally:
                self._turn.release()
        finally:
            if queued:
                self._queue.release()

    def forget(self) -> None:
        """Takes what was deleted out of the write-ahead log too, as far as nobody reads just now. Raises StoreError."""
        with _store_errors(), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise StoreError(str(error.orig)) from error
    except PoolTimeout as error:  # every connection is waiting for something
        raise StoreError(str(error)) from error


def _engine(path: Path) -> Engine:
    address = URL.create("sqlite", database=str(path))  # a path may hold what an address would take for options
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=THREADS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # an answer that was acknowledged outlives a power cut
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten, not only forgotten
            f"busy_timeout = {BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Reading needs no transaction: what is read is only ever added to.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

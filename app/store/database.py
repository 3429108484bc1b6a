"""One SQLite file: how it is opened, brought up to date, and read or written in short transactions.

Knows nothing of what the tables mean.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Case, Column, Connection, Engine, case, event, func
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import create_engine

from app.metrics import count

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
# How long a deletion waits for those who read just now. It is tried again later, so nobody else has to wait.
FORGET_SECONDS = 0.1
# Larger files are written anew only when somebody asks for it: nobody can write meanwhile, for half a minute a GB.
REPACK_LIMIT = 64 * 1024 * 1024
THREADS = 40  # as many as serve requests at once, so that none waits for a connection
# However many wait to write, these threads at least stay free for reading; whoever comes later is told sooner.
FREE = THREADS // 2
BRIEFLY = 0.5


class StoreError(Exception):
    """The database cannot do its work just now: it is locked, full, read-only or away."""

    kind = "trouble"

    def __init__(self, says: str) -> None:
        super().__init__(says)
        count("database_errors", self.kind)


class Damaged(StoreError):
    """The file holds what nobody wrote to it: waiting does not help, somebody has to put it right."""

    kind = "damage"


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
        self._forgetting = threading.Lock()
        # Something was deleted and still stands in the write-ahead log.
        self.to_forget = False
        # Something may have been deleted since the file was written anew.
        self.to_repack = True

    def ready(self) -> bool:
        """Whether the schema is as new as this program, or newer: after a newer release has migrated it, this one may
        go on until it is stopped. Raises StoreError when the database cannot be read."""
        with self.reading() as connection:
            level = MigrationContext.configure(connection).get_current_revision()
        return level is not None and level not in _older()

    def migrate(self) -> None:
        """Runs the migrations that this file has not seen. Raises StoreError when it cannot."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with _store_errors(), self._writing.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        self.forget()  # whoever was here before may have been stopped before it was done

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
        with self._my_turn(), _store_errors(), self._writing.begin() as connection:
            yield connection
        if self.to_forget:
            self.forget(patience=0)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        queued = self._queue.acquire(blocking=False)
        try:
            if not self._turn.acquire(timeout=BUSY_SECONDS if queued else BRIEFLY):
                raise StoreError("too many are writing")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            if queued:
                self._queue.release()

    # -- what was deleted

    def removing(self, connection: Connection) -> None:
        """Has to be called where something is deleted, in the transaction that does it: so `repack` knows, in whatever
        process."""
        removals = _removals(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {removals % _MANY + 1}")
        self.to_repack = True

    def forget(self, patience: float = FORGET_SECONDS) -> bool:
        """Takes what was deleted out of the write-ahead log too. Returns whether it is out of it: while somebody
        reads the file as it was before, it is not, and `to_forget` holds until a later call comes through."""
        with self._forgetting:
            emptied = False
            with suppress(StoreError), _store_errors(), self._engine.connect() as connection:
                emptied = _emptied(connection, patience)
            self.to_forget = not emptied
        return emptied

    def repack(self, limit: int | None = REPACK_LIMIT) -> bool:
        """Writes the file anew if something was deleted since it last was, and returns whether it did so.

        SQLite overwrites what is deleted. But where it moved a row before that, to keep pages full, a copy can stay
        behind in the gaps of a page; only a new file has none. Leaves files larger than `limit` bytes as they are.
        Raises StoreError.
        """
        if limit is not None and self.path.stat().st_size > limit:
            self.to_repack = False
            return False
        with self._my_turn(), _store_errors(), self._engine.connect() as connection:
            self.to_repack = False
            if not (removals := _removals(connection)):
                return False
            connection.exec_driver_sql("VACUUM")
        with self.writing() as connection:
            # What another process deleted meanwhile needs the next time.
            if _removals(connection) == removals:
                connection.exec_driver_sql("PRAGMA user_version = 0")
            else:
                self.to_repack = True
        self.forget()
        return True

    def close(self) -> None:
        """Lets go of the file. It can be used again: connections are then made anew."""
        if self.to_forget:
            self.forget()
        self._engine.dispose()


@cache
def _older() -> frozenset[str]:
    """The levels of the schema that this program knows and has left behind."""
    known = ScriptDirectory(str(MIGRATIONS))
    return frozenset(step.revision for step in known.walk_revisions() if not step.is_head)


_MANY = 1_000_000_000


def _removals(connection: Connection) -> int:
    """How many times something was deleted since the file was written anew. SQLite keeps a number for such things."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _emptied(connection: Connection, patience: float) -> bool:
    """Empties the write-ahead log into the file, unless somebody reads for longer than that."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    try:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")
    return not busy


def noise_for(column: Column[bytes]) -> Case[bytes]:
    """Random bytes, as many as stand in the column: an update with them overwrites these in place."""
    return case((column.is_not(None), func.randomblob(func.length(column))))


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        raise (Damaged if damaged else StoreError)(str(error.orig)) from error
    except PoolTimeout as error:  # every connection is waiting for something
        raise StoreError(str(error)) from error


def _engine(path: Path) -> Engine:
    address = URL.create("sqlite", database=str(path))  # a path may hold what an address would take for options
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=THREADS,
        max_overflow=0,
        hide_parameters=True,  # no error and no log says what was read or written
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
            f"busy_timeout = {round(BUSY_SECONDS * 1000)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Reading needs no transaction: what is read is only ever added to.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

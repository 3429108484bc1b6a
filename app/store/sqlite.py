"""One SQLite file: how it is opened, who writes when, and what becomes of deleted bytes.

Knows nothing of what the tables mean.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, Table, event, insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import create_engine

from app.store.database import BUSY_SECONDS, REPACK_LIMIT, Database, StoreError
from app.store.statements import told

# How long a deletion waits for those who read just now. It is tried again later, so nobody else has to wait.
FORGET_SECONDS = 0.1
THREADS = 40  # as many as serve requests at once, so that none waits for a connection
# However many wait to write, these threads at least stay free for reading; whoever comes later is told sooner.
FREE = THREADS // 2
BRIEFLY = 0.5


class Sqlite(Database):
    """A file, for one machine. With `reads_only` it is left as it is, to the byte. Raises StoreError when it can
    neither be found nor made."""

    overwrites = True

    def __init__(self, path: Path, *, reads_only: bool = False) -> None:
        self.path = path
        if not reads_only:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists():
                    path.touch(mode=0o600)  # SQLite gives its -wal and -shm the mode of the file
            except OSError as error:
                raise StoreError(f"{error.filename}: {error.strerror}") from error
        # An answer that was acknowledged outlives a power cut.
        self._engine = _engine(path, "FULL", reads_only=reads_only)
        # Its transactions take the write lock when they begin, so that two writers wait for each other instead of
        # failing half-way.
        self._writing = self._engine.execution_options(writes=True)
        self._seeing_still = self._engine.execution_options(sees_still=True)
        self._counting = _engine(path, "NORMAL").execution_options(writes=True)
        # For whoever has the turn, one of each pool: taking one out and giving it back takes longer than the writing.
        self._kept: dict[Engine, Connection] = {}
        self._turn = threading.Lock()
        self._queue = threading.BoundedSemaphore(THREADS - FREE)
        self._forgetting = threading.Lock()
        self.to_repack = True

    def _alone(self, connection: Connection) -> None:
        """Whoever writes is alone anyway."""

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """The writers of this process take turns: SQLite lets only one write, and makes the others sleep for up to a
        tenth of a second at a time."""
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

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        if engine not in self._kept:
            self._kept[engine] = engine.connect()
        connection = self._kept[engine]
        try:
            with connection.begin():
                yield connection
        except BaseException:
            self._keep_none()  # whatever went wrong, the next one begins with another
            raise

    def _keep_none(self) -> None:
        while self._kept:
            self._kept.popitem()[1].close()

    def close(self) -> None:
        # Whoever still writes by then keeps it: a stop waits no longer than anything else here.
        if self._turn.acquire(timeout=BUSY_SECONDS):
            try:
                self._keep_none()
            finally:
                self._turn.release()
        super().close()

    def add(self, connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
        # Column by column and by hand: row by row, SQLAlchemy takes longer over it than SQLite.
        kinds = [column.type.dialect_impl(connection.dialect) for column in table.c]
        written = [kind.bind_processor(connection.dialect) for kind in kinds]
        columns = [map(to, each) if to else each for to, each in zip(written, zip(*rows, strict=True), strict=False)]
        if columns:
            into = str(insert(table).compile(dialect=connection.dialect))
            connection.exec_driver_sql(into, list(zip(*columns, strict=True)))

    def _is_damage(self, error: DBAPIError) -> bool:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

    # -- what was deleted

    def removing(self, connection: Connection) -> None:
        removals = _removals(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {removals % _MANY + 1}")
        self.to_repack = True

    def forget(self, patience: float = FORGET_SECONDS) -> bool:
        with self._forgetting:
            emptied = False
            with suppress(StoreError), self._store_errors(), self._engine.connect() as connection:
                emptied = _emptied(connection, patience)
            self.to_forget = not emptied
        return emptied

    def repack(self, limit: int | None = REPACK_LIMIT) -> bool:
        """SQLite overwrites what is deleted. But where it moved a row before that, to keep pages full, a copy can stay
        behind in the gaps of a page; only a new file has none."""
        if limit is not None and self.path.stat().st_size > limit:
            self.to_repack = False
            return False
        with self._my_turn(), self._store_errors(), self._engine.connect() as connection:
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


def _engine(path: Path, synchronous: str, *, reads_only: bool = False) -> Engine:
    # A path may hold what an address would take for options.
    address = URL.create("sqlite", database=str(path))
    if reads_only:
        address = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=THREADS + 1,  # and the one that is kept for whoever writes
        max_overflow=0,
        hide_parameters=True,  # no error and no log says what was read or written
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            *(() if reads_only else ("journal_mode = WAL",)),
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten, not only forgotten
            f"busy_timeout = {round(BUSY_SECONDS * 1000)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Reading a preparation needs no transaction: what is read is only ever added to.
        if connection.get_execution_options().get("writes"):
            _directly(connection, "BEGIN IMMEDIATE")
        elif connection.get_execution_options().get("sees_still"):
            _directly(connection, "BEGIN")

    return engine


def _directly(connection: Connection, words: str) -> None:
    """Says something to SQLite at every request, without what SQLAlchemy does around it."""
    try:
        connection.connection.execute(words)  # its own short way
    except sqlite3.Error as error:
        raise told(error, connection.dialect) from error

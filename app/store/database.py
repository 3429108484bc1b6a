"""A database, whichever it is: brought up to date, and read or written in short transactions.

Says what every database of ours does. How one does it stands in `sqlite` and `postgres`; which one it is, in
`connect`. Knows nothing of what the tables mean.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Row, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.metrics import count

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5  # how long anything waits for others before it is given up
# Larger files are written anew only when somebody asks for it: nobody can write meanwhile, for up to a minute a GB.
REPACK_LIMIT = 64 * 1024 * 1024


class StoreError(Exception):
    """The database cannot do its work just now: it is locked, full, read-only or away."""

    kind = "trouble"

    def __init__(self, says: str) -> None:
        # PostgreSQL says several lines, each with a stop: here it becomes a part of a sentence.
        super().__init__(" ".join(says.split()).rstrip(".?"))
        count("database_errors", self.kind)


class Level(StrEnum):
    """How far a database has come through the migrations."""

    NONE = "none"
    OLDER = "older"
    NEWEST = "newest"
    NEWER = "newer"  # by a later release than this one


class Damaged(StoreError):
    """The database holds what nobody wrote to it: waiting does not help, somebody has to put it right."""

    kind = "damage"


class Database(ABC):
    """Gives out connections. Migrated to the newest schema by `migrate`, which has to run once before use.

    In a transaction of `writing`, rows that are read in order to be changed have to be locked (`with_for_update`):
    SQLite has one writer at a time and needs no such lock, PostgreSQL has many.
    """

    # What is deleted is overwritten where it stands, if it is overwritten first.
    overwrites = False
    # Other hosts may write to it too.
    shared = False
    # Something was deleted and still stands in a log of the database.
    to_forget = False
    # Something may have been deleted since the file was written anew.
    to_repack = False

    _engine: Engine
    # The same pool, for transactions that write.
    _writing: Engine
    # Connections whose transactions need not outlive a power cut.
    _counting: Engine
    # The same pool, for transactions that see nothing of what others write meanwhile.
    _seeing_still: Engine

    def ready(self) -> bool:
        """Whether the schema is as new as this program, or newer: after a newer release has migrated it, this one may
        go on until it is stopped. Raises StoreError when the database cannot be read."""
        return self.level() in (Level.NEWEST, Level.NEWER)

    def migrate(self) -> None:
        """Runs the migrations that this database has not seen. One that a later release has brought further stays as it
        is, and is served: see `ready`. Raises StoreError when it cannot."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        # As everybody writes: a connection that SQLite keeps would not know of tables that another one changed.
        with self.writing() as connection:
            self._alone(connection)
            if _level(connection) is not Level.NEWER:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        self.forget()  # whoever was here before may have been stopped before it was done

    def level(self) -> Level:
        """How far it has come, beside what this program wants. Raises StoreError when it cannot be read."""
        with self.reading() as connection:
            return _level(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees all of it as it is now, however long that takes and whoever writes. Raises
        StoreError."""
        with self._store_errors(), self._seeing_still.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading. Raises StoreError."""
        with self._store_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that writes all of its work at its end, or nothing. Raises StoreError."""
        with self._my_turn(), self._store_errors(), self._begun(self._writing) as connection:
            yield connection
        if self.to_forget:
            self.forget(patience=0)

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """A connection for counts, which are over in minutes: what it writes may be lost in a power cut. Raises
        StoreError."""
        with self._my_turn(), self._store_errors(), self._begun(self._counting) as connection:
            yield connection

    def close(self) -> None:
        """Lets go of the database. It can be used again: connections are then made anew."""
        if self.to_forget:
            self.forget()
        self._engine.dispose()
        self._counting.dispose()

    # -- what was deleted

    @abstractmethod
    def removing(self, connection: Connection) -> None:
        """Has to be called where something is deleted, in the transaction that does it: so `repack` knows, in whatever
        process."""

    def forget(self, patience: float = 0) -> bool:
        """Takes what was deleted out of the log too, where the database lets us. Returns whether it is out of it:
        while somebody reads for longer than `patience` seconds, it is not, and `to_forget` holds until a later call
        comes through."""
        return True

    def repack(self, limit: int | None = REPACK_LIMIT) -> bool:
        """Writes the file anew if something was deleted since it last was, and returns whether it did so. Leaves files
        larger than `limit` bytes as they are. Raises StoreError."""
        return False

    # -- what each database does in its own way

    def _begun(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A transaction of this pool that writes, for one who has the turn."""
        return engine.begin()

    @abstractmethod
    def add(self, connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
        """Adds very many rows, which hold every column, as quickly as the database takes them. In a transaction of
        `writing`. Raises StoreError."""

    @abstractmethod
    def _alone(self, connection: Connection) -> None:
        """Waits until nobody else migrates, to the end of this transaction."""

    @abstractmethod
    def _my_turn(self) -> AbstractContextManager[None]:
        """Waits for the turn of one who writes. Raises StoreError if that takes too long."""

    @abstractmethod
    def _is_damage(self, error: DBAPIError) -> bool:
        """The database says that it holds what nobody wrote to it."""

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise (Damaged if self._is_damage(error) else StoreError)(str(error.orig)) from error
        except PoolTimeout as error:  # every connection is waiting for something
            raise StoreError(str(error)) from error


def _level(connection: Connection) -> Level:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return Level.NONE
    return Level.OLDER if found in _older() else Level.NEWEST if found == _newest() else Level.NEWER


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


@cache
def _older() -> frozenset[str]:
    """The levels that this program knows and has left behind."""
    return frozenset(step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if not step.is_head)

"""Statements that run at every request: compiled once for each kind of database, then handed to its driver as they are.

SQLAlchemy's own way to run one takes several times as long as SQLite takes to answer it. What it knows is kept: the
words of the statement, how values are written and read, which errors there are, and whether a connection is lost.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlmodel import AutoString, UTCDateTime

_Change = Callable[[Any], Any]


class Statement:
    """One statement with its values left open: `values` names them, and `columns` what each row holds, in order."""

    def __init__(self, clause: ClauseElement, values: Sequence[str], columns: Mapping[str, TypeEngine[Any]]) -> None:
        self._clause, self._values, self._columns = clause, tuple(values), dict(columns)
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        """Runs it and returns what it finds, as named tuples. Raises DBAPIError as SQLAlchemy does; TypeError or
        ValueError where a column holds what its type cannot be."""
        return self._in_words_of(connection.dialect).rows(connection, values)

    def run(self, connection: Connection, values: Mapping[str, object]) -> None:
        """Runs it. Raises DBAPIError."""
        self._in_words_of(connection.dialect).cursor(connection, values).close()

    def _in_words_of(self, dialect: Dialect) -> "_Ready":
        ready = self._ready.get(dialect.name)
        if ready is None:
            compiled = self._clause.compile(dialect=dialect, column_keys=list(self._values))
            self._ready[dialect.name] = ready = _Ready(cast("SQLCompiler", compiled), dialect, self._columns)
        return ready


class _Ready:
    """A statement in the words of one kind of database."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect, columns: Mapping[str, TypeEngine[Any]]) -> None:
        self._text, self._names = str(compiled), compiled.positiontup
        written = {n: b.type.dialect_impl(dialect).bind_processor(dialect) for n, b in compiled.binds.items()}
        self._written = {name: change for name, change in written.items() if change}
        read = [_reader(kind, dialect) for kind in columns.values()]
        self._read = [(n, change) for n, change in enumerate(read) if change]
        self._row: _Change = namedtuple("Row", list(columns))._make  # type: ignore[attr-defined]

    def cursor(self, connection: Connection, values: Mapping[str, object]) -> Any:
        written, names = self._written, self._names
        if written:
            values = {n: written[n](value) if n in written else value for n, value in values.items()}
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._text, [values[n] for n in names] if names is not None else values)
        except connection.dialect.loaded_dbapi.Error as error:
            lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
            if lost:
                connection.invalidate(error)
            raise told(error, connection.dialect, lost=lost) from error
        return cursor

    def rows(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        cursor = self.cursor(connection, values)
        try:
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:  # SQLite reads its file only now
            raise told(error, connection.dialect) from error
        finally:
            cursor.close()
        if not self._read:
            return list(map(self._row, found))
        rows = []
        for row in map(list, found):
            for at, change in self._read:
                row[at] = change(row[at])
            rows.append(self._row(row))
        return rows


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Change | None:
    """What makes a value of this type out of what the driver gives; None if that is one already."""
    if isinstance(kind, AutoString):  # words are words, whatever SQLModel puts around their type
        return None
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _moment  # what SQLAlchemy and SQLModel do with it in turn, at once
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _moment(written: str) -> datetime:
    """A time as SQLite keeps it for us: in UTC, without saying so."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def told(error: Exception, dialect: Dialect, *, lost: bool = False) -> BaseException:
    """The error as SQLAlchemy tells it, without a word of what was read or written."""
    kinds = dialect.loaded_dbapi.Error
    return DBAPIError.instance(None, None, error, kinds, True, lost, dialect)

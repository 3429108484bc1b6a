"""Copying a whole database: into a file to keep, back from one, or from SQLite to PostgreSQL.

Knows tables and rows, and no key: what is sealed stays so.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, insert, select, update
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import BUSY_SECONDS, Database, Level, StoreError
from app.store.pepper import mark_in, take_mark
from app.store.sqlite import Sqlite

# So many preparations at once: a transaction of a moment, whoever else writes.
BATCH = 500
# What begins with a preparation, in the order in which rows need each other; and what stands alone.
OWNED = ("preparation", "person", "entry")
ALONE = ("look_up", "look_up_pace", "watch")
_TABLES = SQLModel.metadata.tables

Tell = Callable[[int, int], None]
"""Is told from time to time how much is done, and of how much; 0 of 0 where that is not known."""


class NotCopied(Exception):
    """It was not done, and why. What was there before is as it was."""


def back_up(database: Database, file: Path, tell: Tell) -> None:
    """Writes all that a database holds at one moment into a new SQLite file, while others write on. Raises NotCopied if
    the file is there, and StoreError."""
    with _new_file(file) as part:
        if isinstance(database, Sqlite):
            _copy_pages(database.path, part, tell)
        else:
            with closing(Sqlite(part)) as copy:  # also of one that was stopped: its file goes
                copy.migrate()
                fill(database, copy, tell)
        with closing(sqlite3.connect(part)) as copied:
            copied.execute("DELETE FROM tally")  # of networks, and over in minutes
            copied.commit()
            # One file, which needs no others beside it.
            copied.execute("PRAGMA journal_mode = DELETE")


def restore(file: Path, database: Database, tell: Tell) -> None:
    """Puts what stands in a file of `back_up` into a database that holds no preparations, or a part of these: whoever
    was stopped goes on where they were. Raises NotCopied and StoreError."""
    with newest(file, tell) as source:
        if isinstance(database, Sqlite):
            if database.path.exists() and database.path.stat().st_size:
                raise NotCopied(f"there is a file {database.path} already: move it away first")
            database.path.unlink(missing_ok=True)
            with _new_file(database.path) as part:
                _copy_pages(source.path, part, tell)
        else:
            database.migrate()
            fill(source, database, tell)


def move(file: Path, database: Database, tell: Tell) -> Path:
    """Moves a file that nobody uses into a database that holds no preparations, or a part of these; returns what the
    file is called from now on, so that nobody goes on with it. Whoever was stopped goes on where they were. Raises
    NotCopied and StoreError."""
    moving = file.with_name(file.name + ".moving")
    database.migrate()
    if not moving.exists():
        if not file.exists():
            raise NotCopied(f"there is no file {file}")
        # While the file still has its name: whoever is refused goes on with it.
        source = Sqlite(file, reads_only=True)
        try:
            with source.snapshot() as there:
                _refuse_others(there, database)
        finally:
            source.close()
        _set_aside(file, moving)
    source = Sqlite(moving)
    try:
        source.migrate()
        fill(source, database, tell)
    finally:
        source.close()
    return moving.rename(file.with_name(file.name + ".moved"))


def _set_aside(file: Path, moving: Path) -> None:
    """Gives a file another name, if nobody else has it open, or begins to use it meanwhile."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=BUSY_SECONDS)) as mine:
        alone = False
        with suppress(sqlite3.OperationalError):
            # The log beside it is given up only by the last who has the file open.
            alone = mine.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
            mine.execute("BEGIN EXCLUSIVE")
        if not alone:
            raise NotCopied(f"somebody still uses {file}: stop the guide first")
        file.rename(moving)


@contextmanager
def newest(file: Path, tell: Tell = lambda _done, _count: None) -> Iterator[Sqlite]:
    """A file of ours at the newest schema: itself, or a copy that goes again. Raises NotCopied and StoreError."""
    if not file.exists():
        raise NotCopied(f"there is no file {file}")
    source = Sqlite(file, reads_only=True)
    try:
        level = source.level()
        if level is Level.NEWEST:
            yield source
            return
    finally:
        source.close()
    if level is not Level.OLDER:
        what = "of a later release than this one" if level is Level.NEWER else "no file of ours"
        raise NotCopied(f"{file} is {what}")
    with TemporaryDirectory(dir=file.parent, prefix=".which-cells-") as folder:
        copied = Path(folder) / "newest.db"
        _copy_pages(file, copied, tell)
        source = Sqlite(copied)
        try:
            source.migrate()
            yield source
        finally:
            source.close()


# -- row by row


def fill(source: Database, target: Database, tell: Tell) -> None:
    """Copies every preparation, and what stands beside them, and reads each back. What is there already is left as it
    is. Raises NotCopied if the target holds anything else, or anything in another way; and StoreError."""
    with source.snapshot() as there:
        _refuse_others(there, target)
        # First, so that whoever is stopped has it beside their preparations.
        with target.writing() as here:
            take_mark(here, mark_in(there))
        count, done = _count(there, "preparation"), 0
        for ids in batches(there):
            _fill_batch(there, target, ids)
            done += len(ids)
            tell(done, count)
        tell(0, 0)
        _fill_alone(there, target)
        with target.snapshot() as here:
            for name in OWNED:
                wanted, found = _count(there, name), _count(here, name)
                if wanted != found:
                    raise NotCopied(f"of {name} there are {wanted:,}, and {found:,} where they were to go")


def _refuse_others(there: Connection, target: Database) -> None:
    with target.snapshot() as here:
        for ids in batches(here):
            if not set(ids).issubset(_ids_between(there, ids[0], ids[-1])):
                raise NotCopied("where they were to go, there are other preparations already")


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(select(func.count()).select_from(_TABLES[table])).scalar_one())


def batches(connection: Connection) -> Iterator[list[str]]:
    """The ids of all preparations, some at a time."""
    id_of, last = _TABLES["preparation"].c.id, ""
    while ids := list(connection.execute(select(id_of).where(id_of > last).order_by(id_of).limit(BATCH)).scalars()):
        yield ids
        last = ids[-1]


def _fill_batch(there: Connection, target: Database, ids: list[str]) -> None:
    wanted = {name: rows_of(there, _TABLES[name], ids) for name in OWNED}
    with target.reading() as here:
        known = set(_ids_between(here, ids[0], ids[-1]))
    if len(known) < len(ids):
        with target.writing() as here:
            for name, rows in wanted.items():
                # The first column of each is the preparation.
                target.add(here, _TABLES[name], [row for row in rows if row[0] not in known])
    with target.reading() as here:
        for name, rows in wanted.items():
            if rows_of(here, _TABLES[name], ids) != rows:
                raise NotCopied(f"some {name} rows stand otherwise where they were to go: somebody used it meanwhile")


def _fill_alone(there: Connection, target: Database) -> None:
    for name in ALONE:
        table = _TABLES[name]
        rows = [dict(row._mapping) for row in there.execute(select(table))]
        with target.writing() as here:
            held = set(here.execute(select(*table.primary_key.columns)).scalars())
            key = next(iter(table.primary_key.columns)).name
            if new := [row for row in rows if row[key] not in held]:
                here.execute(insert(table), new)
            for row in rows if name != "look_up" else ():
                here.execute(update(table).values(row))


def _ids_between(connection: Connection, first: str, last: str) -> Iterable[str]:
    id_of = _TABLES["preparation"].c.id
    return connection.execute(select(id_of).where(id_of.between(first, last))).scalars()


def rows_of(
    connection: Connection, table: Table, ids: Sequence[str], columns: Sequence[ColumnElement[Any]] = ()
) -> Sequence[Any]:
    """The rows of these preparations, which `batches` gave, in one table, in order; or some columns of them."""
    # Not by a list of names, which would be put together anew each time. Ids have hexadecimal digits alone: every
    # database has these in the same order.
    key = table.c.id if table.name == "preparation" else table.c.preparation_id
    rows = select(*(columns or table.c)).where(key.between(ids[0], ids[-1])).order_by(*table.primary_key.columns)
    return connection.execute(rows).all()


# -- page by page

_PAGES = 4096


def _copy_pages(source: Path, target: Path, tell: Tell) -> None:
    """Copies a file as it is at one moment, with what stands in its log, whoever writes meanwhile."""
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(source, isolation_level=None)) as there,
            closing(sqlite3.connect(target)) as here,
            target.open("rb") as written,
        ):

            def go_on(_status: int, left: int, of: int) -> None:
                # Gigabytes that wait to be written keep everybody waiting whose answer has to be on the disk.
                os.fsync(written.fileno())
                tell(of - left, of)

            # What is read stays as it is now, until all of it is read: otherwise it would begin anew at each write.
            there.execute("BEGIN")
            there.execute("SELECT count(*) FROM sqlite_master").fetchone()
            there.backup(here, pages=_PAGES, sleep=0, progress=go_on)
    except sqlite3.Error as error:
        raise StoreError(str(error)) from error


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """A file that takes its name only once it is whole and on the disk. Raises NotCopied if that name is taken, or
    nothing can be written there."""
    if file.exists():
        raise NotCopied(f"there is a file {file} already")
    part = file.with_name(file.name + ".part")
    if not file.parent.is_dir():
        raise NotCopied(f"there is no folder {file.parent}")
    try:
        _remove(part)  # with the log of one who was killed, which would be taken for that of the new file
        part.touch(mode=0o600)
    except OSError as error:
        raise NotCopied(f"{file} cannot be written: {error.strerror}") from error
    try:
        yield part
        _to_disk(part)
        part.rename(file)
        _to_disk(file.parent)
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    written = os.open(path, os.O_RDONLY)
    try:
        os.fsync(written)
    finally:
        os.close(written)

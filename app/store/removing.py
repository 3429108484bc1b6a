"""Taking preparations away: one that its people delete, and those whose time is over.

Knows which rows belong to a preparation. What becomes of the bytes in the file is in `sqlite`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from time import sleep

from sqlalchemy import (
    BindParameter,
    Case,
    Column,
    ColumnElement,
    Connection,
    Executable,
    LargeBinary,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.counts import LONGEST, Counts
from app.store.database import Database
from app.store.keeping import EMPTY_DAYS, KEPT_MONTHS, kept_until
from app.store.sealing import NotOpened

AT_ONCE = 20  # in one transaction, so that nobody who writes waits long
# After each, so that others come to write: SQLite makes those of other processes sleep for a tenth of a second between
# two looks, and a sweep that is there again at once would keep them out until they give up.
PAUSE = 0.11
PART = 10_000  # looked through at once: all of a million take 3 of the 5 seconds that a statement may
REMEMBERED_SECONDS = LONGEST

_PREPARATION, _PERSON, _ENTRY = (SQLModel.metadata.tables[t] for t in ("preparation", "person", "entry"))


class AlreadyGone(NotOpened):
    """Whoever asks deleted it themselves, a moment ago."""


class Gone:
    """Remembers for some minutes who deleted a preparation, in whatever process: a second press of the button is then
    answered as the first. Holds hashes, and tells nobody else."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def add(self, connection: Connection, who: bytes) -> None:
        """Remembers, if the rest of the transaction is done."""
        self._counts.add(connection, f"gone {who.hex()}", REMEMBERED_SECONDS)

    def holds(self, connection: Connection, who: bytes) -> bool:
        """Whether it does."""
        return self._counts.row(connection, f"gone {who.hex()}")[0] > 0


_THIS: BindParameter[str] = bindparam("this")
_OWNED = [table for table in reversed(SQLModel.metadata.sorted_tables) if "preparation_id" in table.c]


def _overwriting() -> Iterator[Executable]:
    """What overwrites the sealed bytes of one preparation where they stand: SQLite moves rows about while it deletes
    others, and would leave copies of them behind."""
    for table in _OWNED:
        sealed = {c.name: _noise_for(c) for c in table.c if isinstance(c.type, LargeBinary)}
        if sealed:
            yield update(table).where(table.c.preparation_id == _THIS).values(sealed)


def _noise_for(column: Column[bytes]) -> Case[bytes]:
    """Random bytes, as many as stand in the column."""
    return case((column.is_not(None), func.randomblob(func.length(column))))


_OVERWRITE = tuple(_overwriting())
_REMOVE = (
    *(delete(table).where(table.c.preparation_id == _THIS) for table in _OWNED),
    delete(_PREPARATION).where(_PREPARATION.c.id == _THIS),
)


def remove(database: Database, connection: Connection, ids: Sequence[str]) -> None:
    """Removes every row of these preparations, in whatever table."""
    database.removing(connection)
    for one in ids:
        for statement in (*(_OVERWRITE if database.overwrites else ()), *_REMOVE):
            connection.execute(statement, {"this": one})


def sweep(database: Database, today: date, wait: Callable[[float], object] = sleep) -> int:
    """Removes the preparations that were to be kept until a day before this one; returns how many.

    Any number of processes may do so at once: each looks once more before it removes. `wait` waits for so many
    seconds, and says True where there is no time for more. Raises StoreError.
    """
    gone, since, over = 0, "", False
    while not over:
        with database.reading() as connection:
            until = connection.execute(_part_after(since)).scalar()
            part = _PREPARATION.c.id > since
            waiting = _overdue(connection, today, part if until is None else and_(part, _PREPARATION.c.id <= until))
        for first in range(0, len(waiting), AT_ONCE):
            gone += _remove_overdue(database, today, waiting[first : first + AT_ONCE])
            if over := bool(wait(PAUSE)):
                break
        if until is None:
            break
        since, over = until, over or bool(wait(0))
    if gone:
        database.forget()
    return gone


def _part_after(since: str) -> Select[str]:
    return select(_PREPARATION.c.id).where(_PREPARATION.c.id > since).order_by(_PREPARATION.c.id).offset(PART).limit(1)


def _remove_overdue(database: Database, today: date, batch: list[str]) -> int:
    with database.writing() as connection:
        # Whoever says something in one just now is waited for; in this order, so that two sweeps never wait for each
        # other.
        mine = _PREPARATION.c.id.in_(batch)
        connection.execute(select(_PREPARATION.c.id).where(mine).order_by(_PREPARATION.c.id).with_for_update()).all()
        still = _overdue(connection, today, mine)
        remove(database, connection, still)
    return len(still)


def _overdue(connection: Connection, today: date, which: ColumnElement[bool]) -> list[str]:
    """Those whose time was over before this day, of some preparations."""
    seen, people = func.max(_PERSON.c.seen_on), func.count()
    silent = and_(people == 1, ~exists().where(_ENTRY.c.preparation_id == _PREPARATION.c.id))
    # Roughly, so that few rows come out: a year is at least so many days.
    a_year, a_week = today - timedelta(KEPT_MONTHS // 12 * 365), today - timedelta(EMPTY_DAYS)
    past = or_(seen < a_year, and_(seen < a_week, silent))
    found = (
        select(_PREPARATION.c.id, _PREPARATION.c.keep_until, seen.label("seen"), silent.label("silent"))
        .join(_PERSON, _PERSON.c.preparation_id == _PREPARATION.c.id)
        .where(which)
        .group_by(_PREPARATION.c.id, _PREPARATION.c.keep_until)
        .having(or_(_PREPARATION.c.keep_until < today, and_(_PREPARATION.c.keep_until.is_(None), past)))
    )
    rows = connection.execute(found).all()
    return [r.id for r in rows if kept_until(r.keep_until, r.seen, empty=bool(r.silent)) < today]

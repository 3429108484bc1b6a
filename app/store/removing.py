"""Taking preparations away: one that its people delete, and those whose time is over.

Knows which rows belong to a preparation. What becomes of the bytes in the file is in `database`.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import (
    BindParameter,
    Connection,
    Executable,
    LargeBinary,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database, noise_for
from app.store.keeping import EMPTY_DAYS, KEPT_MONTHS, kept_until
from app.store.sealing import NotOpened

AT_ONCE = 100  # in one transaction, so that nobody who writes waits long
REMEMBERED_SECONDS = 600.0
REMEMBERED = 1_000

_PREPARATION, _PERSON, _ENTRY = (SQLModel.metadata.tables[t] for t in ("preparation", "person", "entry"))


class AlreadyGone(NotOpened):
    """Whoever asks deleted it themselves, a moment ago."""


class Gone:
    """Remembers for some minutes who deleted a preparation: a second press of the button is then answered as the
    first. Holds hashes, and tells nobody else."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._until, self._lock = clock, dict[bytes, float](), threading.Lock()

    def add(self, who: bytes) -> None:
        with self._lock:
            now = self._clock()
            kept = [(w, until) for w, until in self._until.items() if until > now][-REMEMBERED + 1 :]
            self._until = {**dict(kept), who: now + REMEMBERED_SECONDS}

    def __contains__(self, who: bytes) -> bool:
        return self._until.get(who, 0.0) > self._clock()


def _statements() -> Iterator[Executable]:
    """What takes away one preparation, `this`. Sealed bytes are first overwritten where they stand: SQLite moves rows
    about while it deletes others, and would leave copies of them behind."""
    this: BindParameter[str] = bindparam("this")
    owned = [t for t in reversed(SQLModel.metadata.sorted_tables) if "preparation_id" in t.c]
    for table in owned:
        sealed = {c.name: noise_for(c) for c in table.c if isinstance(c.type, LargeBinary)}
        if sealed:
            yield update(table).where(table.c.preparation_id == this).values(sealed)
    for table in owned:
        yield delete(table).where(table.c.preparation_id == this)
    yield delete(_PREPARATION).where(_PREPARATION.c.id == this)


_REMOVE = tuple(_statements())


def remove(database: Database, connection: Connection, ids: Sequence[str]) -> None:
    """Removes every row of these preparations, in whatever table."""
    database.removing(connection)
    for one in ids:
        for statement in _REMOVE:
            connection.execute(statement, {"this": one})


def sweep(database: Database, today: date) -> int:
    """Removes the preparations that were to be kept until a day before this one; returns how many.

    Any number of processes may do so at once: each looks once more before it removes. Raises StoreError.
    """
    with database.reading() as connection:
        waiting = _overdue(connection, today)
    gone = 0
    for first in range(0, len(waiting), AT_ONCE):
        with database.writing() as connection:
            still = _overdue(connection, today, waiting[first : first + AT_ONCE])
            remove(database, connection, still)
        gone += len(still)
    if gone:
        database.forget()
    return gone


def _overdue(connection: Connection, today: date, ids: Sequence[str] | None = None) -> list[str]:
    """Those whose time was over before this day; of some preparations, or of all."""
    seen, people = func.max(_PERSON.c.seen_on), func.count()
    silent = and_(people == 1, ~exists().where(_ENTRY.c.preparation_id == _PREPARATION.c.id))
    # Roughly, so that few rows come out: a year is at least so many days.
    a_year, a_week = today - timedelta(KEPT_MONTHS // 12 * 365), today - timedelta(EMPTY_DAYS)
    past = or_(seen < a_year, and_(seen < a_week, silent))
    found = (
        select(_PREPARATION.c.id, _PREPARATION.c.keep_until, seen.label("seen"), silent.label("silent"))
        .join(_PERSON, _PERSON.c.preparation_id == _PREPARATION.c.id)
        .group_by(_PREPARATION.c.id, _PREPARATION.c.keep_until)
        .having(or_(_PREPARATION.c.keep_until < today, and_(_PREPARATION.c.keep_until.is_(None), past)))
    )
    if ids is not None:
        found = found.where(_PREPARATION.c.id.in_(ids))
    rows = connection.execute(found).all()
    return [r.id for r in rows if kept_until(r.keep_until, r.seen, empty=bool(r.silent)) < today]

"""Whether a database is served with the pepper that it was first served with: with another one no link opens anything,
and whoever came would be told that their preparation is not there.

Knows a mark of the pepper, never the pepper.
"""

from sqlalchemy import Connection, exists, insert, select, update
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database, StoreError
from app.store.sealing import Sealer

_PEPPER, _PREPARATION = (SQLModel.metadata.tables[name] for name in ("pepper", "preparation"))


class OtherPepper(StoreError):
    """The database was first served with another pepper."""

    def __init__(self) -> None:
        super().__init__(
            "it was first served with another WHICH_CELLS_PEPPER (or with none), and with this one nobody's link would "
            'open: set that one again; "The pepper" in docs/running.md says what to do if that cannot be'
        )


def hold_to_pepper(database: Database, pepper: str) -> None:
    """Keeps a mark of the pepper for later starts; as long as there is no preparation, of any that comes. To be called
    at each start, once the database is migrated. Raises OtherPepper and StoreError."""
    ours = Sealer(pepper).mark
    with database.reading() as connection:
        if mark_in(connection) == ours:
            return
    with database.writing() as connection:
        # Whoever starts at the same moment waits here, and finds our mark.
        kept = connection.execute(select(_PEPPER.c.mark).with_for_update()).scalars().first()
        if kept not in (None, ours) and not _is_empty(connection):
            raise OtherPepper
        _put(connection, ours)


def mark_in(connection: Connection) -> bytes | None:
    """The mark that is kept, if one is."""
    return connection.execute(select(_PEPPER.c.mark)).scalars().first()


def take_mark(connection: Connection, mark: bytes | None) -> None:
    """Takes over the mark of a database whose preparations are to come here. A backup may be from before there was
    one: then what was there stays, for whoever goes on with preparations that are there already."""
    if mark is not None or _is_empty(connection):
        _put(connection, mark)


def _is_empty(connection: Connection) -> bool:
    return not connection.execute(select(exists().select_from(_PREPARATION))).scalar_one()


def _put(connection: Connection, mark: bytes | None) -> None:
    if not connection.execute(update(_PEPPER).values(mark=mark)).rowcount:
        connection.execute(insert(_PEPPER).values(id=1, mark=mark))

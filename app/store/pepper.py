"""Whether a database is opened with the pepper that it was written with: with another one no link opens anything, and
whoever came would be told that their preparation is not there.

Knows a mark of the pepper, never the pepper.
"""

from sqlalchemy import select, update
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database, StoreError
from app.store.sealing import Sealer

_PEPPER = SQLModel.metadata.tables["pepper"]


class OtherPepper(StoreError):
    """The database was written with another pepper."""

    def __init__(self) -> None:
        super().__init__(
            "it was written with another WHICH_CELLS_PEPPER, so nobody's link would open: set that one again, or begin "
            "with a new database"
        )


def check_pepper(database: Database, pepper: str) -> None:
    """To be called at each start, once the database is migrated. The first pepper that comes is the one from then on.
    Raises OtherPepper and StoreError."""
    ours = Sealer(pepper).mark
    with database.reading() as connection:
        kept = connection.execute(select(_PEPPER.c.mark)).scalar_one()
    if kept is None:
        with database.writing() as connection:
            kept = connection.execute(select(_PEPPER.c.mark).with_for_update()).scalar_one()
            if kept is None:
                connection.execute(update(_PEPPER).values(mark=ours))
                return
    if kept != ours:
        raise OtherPepper

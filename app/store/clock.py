"""Whether the clock can be believed when it says that it is time to delete something for good.

Clocks are wrong by years after a dead battery, a bad setting or a restored machine; and what is deleted by such a
clock cannot be brought back. So a day is believed only if the clock has gone day by day for a week before it. Knows
nothing of what is to be deleted.
"""

from datetime import date, timedelta

from sqlalchemy import delete, insert, select
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database

# Whoever looks every day may miss one. A longer gap may be a jump, or a server that was off: that looks the same.
APART = timedelta(days=2)
# Long enough for somebody to notice that the clock is wrong: certificates of https do not fit such a clock either.
WATCHED = timedelta(days=7)

_WATCH = SQLModel.metadata.tables["watch"]


def believed(database: Database, today: date) -> bool:
    """Looks at the clock, which says that it is `today`, and returns whether to believe it. To be called every day,
    by any number of processes. Raises StoreError."""
    with database.writing() as connection:
        row = connection.execute(select(_WATCH)).one_or_none()
        went_on = row is not None and timedelta(0) <= today - row.last <= APART
        since: date = row.since if row is not None and went_on else today
        connection.execute(delete(_WATCH))
        connection.execute(insert(_WATCH).values(id=1, since=since, last=today))
    return today - since >= WATCHED

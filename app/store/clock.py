"""Whether the clock can be believed when it says that it is time to delete something for good; and whose turn it is.

Clocks are wrong by years after a dead battery, a bad setting or a restored machine; and what is deleted by such a
clock cannot be brought back. So a day is believed only if the clock has gone day by day for a week before it. Knows
nothing of what is to be deleted.
"""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database

# Whoever looks every day may miss one. A longer gap may be a jump, or a server that was off: that looks the same.
APART = timedelta(days=2)
# Long enough for somebody to notice that the clock is wrong: certificates of https do not fit such a clock either.
WATCHED = timedelta(days=7)
A_MOMENT = timedelta(days=1)

_WATCH = SQLModel.metadata.tables["watch"]


def believed(database: Database, today: date) -> bool:
    """Looks at the clock, which says that it is `today`, and returns whether to believe it. To be called every day,
    by any number of processes. Raises StoreError."""
    with database.writing() as connection:
        row = connection.execute(select(_WATCH).with_for_update()).one()
        since: date = row.since if timedelta(0) <= today - row.last <= APART else today
        connection.execute(update(_WATCH).values(since=since, last=today))
    return today - since >= WATCHED


def first_today(database: Database, today: date) -> bool:
    """Whether nobody has asked so yet on this day, in whatever process, on whatever machine. Raises StoreError."""
    with database.writing() as connection:
        asked: date | None = connection.execute(select(_WATCH.c.swept_on).with_for_update()).scalar_one()
        # Midnight comes to each machine at its own moment. What lies further ahead was asked by a clock that has since
        # been put right.
        if asked is not None and timedelta(0) <= asked - today <= A_MOMENT:
            return False
        connection.execute(update(_WATCH).values(swept_on=today))
    return True

"""Counts that all processes share, and the limit on guessing link codes that rests on them.

Knows addresses only long enough to hash them: in the file stands a hash of the part that a whole network shares, for
minutes. Knows no codes. Every operation raises StoreError when the database cannot do its work.
"""

import hmac
import ipaddress
import math
import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Connection, case, delete, or_, select, text, update
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)
from app.store.database import Database, StoreError
from app.store.statements import Statement

_MINUTES = 10
# For each part of the net, and for all of them together: tries that did not fit.
PER_ADDRESS = RateLimitItemPerMinute(10, _MINUTES, "address")
OVERALL = RateLimitItemPerMinute(300, _MINUTES, "overall")
# What a try costs while OVERALL is used up: everybody still has some, so that nobody can lock out the rest.
CROWDED = 3

_TALLY = SQLModel.metadata.tables["tally"]
# SQLAlchemy has this once for each database; SQLite and PostgreSQL both understand it as it stands.
_ADD = Statement(
    text(
        "INSERT INTO tally (key, count, expires) VALUES (:key, :amount, :expires) ON CONFLICT (key) DO UPDATE SET "
        "count = excluded.count "
        "+ CASE WHEN tally.expires > :now AND tally.expires <= :longest THEN tally.count ELSE 0 END, "
        "expires = "
        "CASE WHEN tally.expires > :now AND tally.expires <= :longest THEN tally.expires ELSE excluded.expires END "
        "RETURNING count"
    ),
    ["key", "amount", "expires", "now", "longest"],
    {"count": _TALLY.c["count"].type},
)
# What is old goes when something new comes, but not each time.
_TIDY_APART = 60.0
# The longest time that anything is counted for, in seconds.
LONGEST = _MINUTES * 60


def part_of(address: str) -> str:
    """The part of an address that a whole network shares, in hexadecimal: 24 bits of IPv4, 48 of IPv6.

    What is no address (a socket file, what a proxy made up) is all one part.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "elsewhere"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.packed[: 3 if found.version == 4 else 6].hex()


class Counts(Storage):
    """Where `limits` keeps its counts: a table of ours, for windows of up to LONGEST seconds.

    `pepper` is a secret of this server, if it has one: without it, whoever has the file can work out the networks.
    """

    STORAGE_SCHEME = None  # not to be found by name: each application holds its own

    def __init__(self, database: Database, pepper: bytes = b"", clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._database, self._pepper, self.clock = database, pepper, clock
        self._tidied = -math.inf

    @property
    def base_exceptions(self) -> type[Exception]:
        return StoreError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Adds to a count, which begins anew when its time is over; returns it."""
        with self._database.counting() as connection:
            if abs(self.clock() - self._tidied) >= _TIDY_APART:
                self._tidy(connection)
            return self.add(connection, key, expiry, amount)

    def add(self, connection: Connection, key: str, expiry: int, amount: int = 1) -> int:
        """The same, within what somebody else writes."""
        now = self.clock()
        row = {"key": self._hash(key), "amount": amount, "expires": now + expiry}
        ((count,),) = _ADD.rows(connection, {**row, "now": now, "longest": now + LONGEST})
        return int(count)

    def tidy(self) -> None:
        """Deletes what is old."""
        with self._database.counting() as connection:
            self._tidy(connection)

    def _tidy(self, connection: Connection) -> None:
        self._tidied = now = self.clock()
        # What ends later than any window was counted by a clock that has since been put right.
        wrong = _TALLY.c.expires > now + LONGEST
        # Others do the same at the same time: what they hold, they delete.
        old = select(_TALLY.c.key).where(or_(_TALLY.c.expires <= now, wrong)).with_for_update(skip_locked=True)
        connection.execute(delete(_TALLY).where(_TALLY.c.key.in_(old)))

    def decr(self, key: str, amount: int) -> None:
        """Takes from a count, if it is still there."""
        left = case((_TALLY.c.count > amount, _TALLY.c.count - amount), else_=0)
        with self._database.counting() as connection:
            connection.execute(update(_TALLY).where(_TALLY.c.key == self._hash(key)).values(count=left))

    def get(self, key: str) -> int:
        return self._row(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._row(key)[1]

    def _row(self, key: str) -> tuple[int, float]:
        with self._database.reading() as connection:
            return self.row(connection, key)

    def row(self, connection: Connection, key: str) -> tuple[int, float]:
        """A count and when it ends; 0 and now where there is none."""
        now = self.clock()
        found = select(_TALLY.c.count, _TALLY.c.expires).where(_TALLY.c.key == self._hash(key))
        count, expires = connection.execute(found).one_or_none() or (0, now)
        return (count, expires) if now < expires <= now + LONGEST else (0, now)

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._database.counting() as connection:
            return connection.execute(delete(_TALLY)).rowcount

    def clear(self, key: str) -> None:
        with self._database.counting() as connection:
            connection.execute(delete(_TALLY).where(_TALLY.c.key == self._hash(key)))

    def _hash(self, key: str) -> str:
        return hmac.digest(b"which-cells tally" + self._pepper, key.encode(), "sha256")[:16].hex()


class Guesses:
    """Who may still try a link code. Only tries that did not fit count, and a try is taken before it is known whether
    it fits: so no more get through at once than one after another, in however many processes."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._limiter = FixedWindowRateLimiter(self._counts)

    def take(self, address: str) -> int:
        """Takes a try and returns what it cost, for `give_back`; 0 if there is none left: then try no code."""
        part = part_of(address)
        cost = 1 if self._limiter.test(OVERALL) else CROWDED
        # Looked at first, so that those who are refused write nothing.
        if not self._limiter.test(PER_ADDRESS, part, cost=cost):
            return 0
        if not self._limiter.hit(PER_ADDRESS, part, cost=cost):
            return 0
        self._limiter.hit(OVERALL)
        return cost

    def give_back(self, address: str, cost: int) -> None:
        """The code fitted: the try does not count."""
        self._counts.decr(PER_ADDRESS.key_for(part_of(address)), cost)
        self._counts.decr(OVERALL.key_for(), 1)

    def wait(self, address: str) -> int:
        """In how many seconds there will be tries again, for whom there are none left."""
        return max(1, round(self._counts.get_expiry(PER_ADDRESS.key_for(part_of(address))) - self._counts.clock()))

    def tidy(self) -> None:
        """Forgets the tries whose time is over. Taking one does that too; this is for when nobody tries any more."""
        self._counts.tidy()

"""How often one address may ask for what costs something: one small table, and the check of each request against it.

Counts in memory while one process serves, and otherwise where all processes do, as the limit on guessing link codes
always does: in app/store/counts.py.
"""

import math
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.metrics import count
from app.store.counts import LONGEST, Counts, part_of
from app.store.database import StoreError
from app.web.refusals import TOO_MANY, TOO_OFTEN, Form, drain, refuse


@dataclass(frozen=True)
class Limit:
    """So many requests a minute for each address; `at_once`: so many are worked on together, for all addresses."""

    name: str
    method: str
    ends: tuple[str, ...]
    a_minute: int
    at_once: int = 1_000_000


# The first line that fits a request counts it; what fits none is not limited. A whole hospital may be one address.
LIMITED = (
    # Half a second of a core each, one at a time; those that wait hold a thread.
    Limit("paper", "GET", (".pdf",), 30, at_once=12),
    # Up to ten seconds of waiting for a register, in a thread.
    Limit("look_up", "POST", ("/record",), 30, at_once=12),
    # A preparation each, or a whole file of answers.
    Limit("begin", "POST", ("/preparations", "/bring"), 120),
    Limit("program", "POST", ("/api/sort",), 600),
    # Whatever else writes: a hundred people in a room who each answer every ten seconds.
    Limit("write", "POST", ("",), 600),
)


def limit_of(method: str, path: str) -> Limit | None:
    """The line of the table that a request counts for."""
    return next((one for one in LIMITED if method == one.method and path.endswith(one.ends)), None)


class Memory(Storage):
    """Where `limits` keeps its counts. Its own storage in memory starts a thread for most requests, and goes by a
    clock that may be put back, which would lock people out for as long."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self.clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._tidied = clock()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = self.clock()
        if now - self._tidied > expiry:
            self._counts = {k: kept for k, kept in self._counts.items() if kept[1] > now}
            self._tidied = now
        count, expires = self._counts.get(key, (0, 0.0))
        if expires <= now:
            count, expires = 0, now + expiry
        self._counts[key] = (count + amount, expires)
        return count + amount

    def get(self, key: str) -> int:
        count, expires = self._counts.get(key, (0, 0.0))
        return count if expires > self.clock() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts[key][1] if self.get(key) else self.clock()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)


# Where all processes count, each takes this part of a limit at once, and writes nothing until it is used up.
SHARE = 60


class Pace:
    """Counts requests by address, in memory or where all processes count. `factor` makes every limit so many times as
    wide; 0 is none at all."""

    def __init__(self, factor: float, counts: Memory | Counts) -> None:
        self._counts = counts
        self._limiter = FixedWindowRateLimiter(self._counts)
        self._items = {
            one.name: RateLimitItemPerMinute(max(1, round(one.a_minute * factor)), namespace=one.name)
            for one in LIMITED
            if factor
        }
        # What this process has taken of a window that goes on until a time, and not used yet.
        self._left: dict[str, tuple[int, float]] = {}
        self._taking = threading.Lock()

    async def wait(self, limit: Limit, address: str) -> int:
        """Counts a request; returns 0 if it may go on, and otherwise the seconds until the next may. Together,
        processes never let through more than the limit; they may turn away a little early, by what others have left."""
        item, part = self._items.get(limit.name), part_of(address)
        if item is None:
            return 0
        if isinstance(self._counts, Memory):
            return self._counted(item, part, 1)
        if self._had(item.key_for(part)):
            return 0
        try:
            return await run_in_threadpool(self._counted, item, part, max(1, item.amount // SHARE))
        except StoreError:  # then the request itself says what is wrong, and keeps what was written
            return 0

    def _counted(self, item: RateLimitItem, part: str, share: int) -> int:
        key, hit = item.key_for(part), self._limiter.hit(item, part, cost=share)
        if hit and share == 1:
            return 0
        until = self._counts.get_expiry(key)
        if not hit:
            return max(1, math.ceil(until - self._counts.clock()))
        with self._taking:
            now = self._counts.clock()
            # What others took at the same time is of the same window; what is over is forgotten.
            self._left = {k: left for k, left in self._left.items() if now < left[1] <= now + LONGEST}
            self._left[key] = (self._left.get(key, (0, 0.0))[0] + share - 1, until)
        return 0

    def _had(self, key: str) -> bool:
        """Takes one of those that this process has left, if it has."""
        with self._taking:
            left, until = self._left.get(key, (0, 0.0))
            now = self._counts.clock()
            if not (left and now < until <= now + LONGEST):
                return False
            self._left[key] = (left - 1, until)
            return True


class Limits:
    """Turns away whoever asks too often, without losing what they wrote. Has to stand inside of `security.Guard`,
    which bounds how much is read, and for how long."""

    def __init__(self, app: ASGIApp, pace: Pace) -> None:
        self.app, self.pace = app, pace
        self.underway: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = limit_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if limit is None:
            await self.app(scope, receive, send)
        elif wait := await self.pace.wait(limit, (scope["client"] or ("",))[0]):
            count("refused", limit.name)
            await refuse(TOO_OFTEN, scope, receive, send, wait=wait, form=await _form(scope, receive))
        elif self.underway[limit.name] >= limit.at_once:
            count("refused", limit.name)
            await refuse(TOO_MANY, scope, receive, send, wait=10, form=await _form(scope, receive))
        else:
            self.underway[limit.name] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.underway[limit.name] -= 1


async def _form(scope: Scope, receive: Receive) -> Form | None:
    """What was filled in, to be sent again by a button; None where there is no such form."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if scope["method"] != "POST" or kind not in ("", "application/x-www-form-urlencoded"):
        await drain(receive)
        return None
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:  # no text, or no form of ours
        return None

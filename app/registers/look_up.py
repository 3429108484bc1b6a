"""Looking a number up, when a person asks for it: when to ask the register, how often, and what is kept.

At most one request a second goes out, whatever the number of processes; an answer is kept for a while and used
again. Where that is kept is for the shelf (app/store/look_ups.py). Knows nothing of pages or people.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from app.guide.numbers import Number
from app.registers.client import Client, Fault, Moved, NoRecord
from app.registers.record import Record, kept_parts, read_record

FRESH = {True: timedelta(days=1), False: timedelta(hours=1)}
# Asking again is honored from this age on: a double click asks once.
JUST_NOW = timedelta(minutes=1)
TRIES = 3
BACKOFF = 0.5  # seconds before the second try, twice that before the third


class Refusal(StrEnum):
    """Why the register was not asked at all."""

    OFF = "off"
    NO_API = "no_api"
    BUSY = "busy"


Outcome = Fault | Refusal | None


class Kept(Protocol):
    """What is kept of an answer: the parts of the record, or None where the register had none; and from when."""

    @property
    def parts(self) -> dict[str, Any] | None: ...

    @property
    def at(self) -> datetime: ...


class Shelf(Protocol):
    """Keeps answers, and the one clock by which all processes ask."""

    def kept(self, number: str) -> Kept | None: ...

    def keep(self, number: str, parts: dict[str, Any] | None) -> None: ...

    def turn(self, patience: float) -> float | None:
        """Seconds to wait until this request may go out; None, and no turn taken, if that is longer than patience."""

    def hold(self, seconds: float) -> None:
        """Nobody asks for so many seconds."""

    def held(self) -> float:
        """For how many seconds nobody may ask."""


@dataclass(frozen=True)
class Seen:
    """A record as the register gave it; `record` is None where it said that there is none."""

    record: Record | None
    at: datetime

    def age(self) -> timedelta:
        return datetime.now(UTC) - self.at


@dataclass(frozen=True)
class LookUp:
    """The live look-up. `limit` is the time that all of it may take, `each` what one request may take, in seconds."""

    client: Client
    shelf: Shelf
    on: bool = True
    limit: float = 10.0
    each: float = 4.5
    backoff: float = BACKOFF
    sleep: Callable[[float], None] = time.sleep

    def offers(self, number: Number) -> bool:
        """Its register can be asked from here."""
        return self.on and number.register.api is not None

    def seen(self, number: Number) -> Seen | None:
        """What is kept about a number. Asks nobody."""
        kept = self.shelf.kept(number.id)
        if kept is None:
            return None
        return Seen(None if kept.parts is None else read_record(kept.parts), kept.at)

    def look_up(self, number: Number, *, again: bool = False) -> Outcome:
        """Asks the register, unless what is kept is fresh; `again` asks anew unless that was just now.

        Returns None when an answer is kept now, and otherwise why there is none. Not found is kept too.
        """
        if not self.offers(number):
            return Refusal.NO_API if self.on else Refusal.OFF
        kept = self.shelf.kept(number.id)
        # What is from the future was kept by a clock that has since been put right: of that nobody knows the age.
        if kept and abs(datetime.now(UTC) - kept.at) < (JUST_NOW if again else FRESH[kept.parts is not None]):
            return None
        try:
            self.shelf.keep(number.id, self._asked(number))
        except NoRecord as none:
            if none.fault is Fault.NOT_FOUND:
                self.shelf.keep(number.id, None)
                return None
            if none.hold is not None:
                self.shelf.hold(none.hold)
            return none.fault
        except _Busy:
            return Fault.TOLD_TO_WAIT if self.shelf.held() > 0 else Refusal.BUSY
        return None

    def _asked(self, number: Number) -> dict[str, Any]:
        """Asks, with a few tries where that may help; returns what is kept of the answer.

        Raises NoRecord, and _Busy when there is no turn in time.
        """
        until = time.monotonic() + self.limit
        asked, moved, tries = number.id, False, 0
        failed: NoRecord | None = None
        while True:
            tries += 1
            wait = self.shelf.turn((until - time.monotonic()) / 2)
            if wait is None:
                raise failed or _Busy
            self.sleep(wait)
            try:
                answer = self.client.fetch(_path(number, asked), min(self.each, until - time.monotonic()))
                return kept_parts(answer, also=number.id if moved else None)
            except Moved as to:
                if moved or to.number == asked:
                    raise NoRecord(Fault.ELSEWHERE) from None
                asked, moved = to.number, True
            except NoRecord as none:
                failed = none
                pause = self.backoff * 2 ** (tries - 1)
                if not none.fault.may_pass or tries >= TRIES or pause + 1 > until - time.monotonic():
                    raise
                self.sleep(pause)


class _Busy(Exception):
    """Too many are waiting for their turn."""


def _path(number: Number, asked: str) -> str:
    # The pack says where a register's records are; which host is asked is a setting.
    return urlsplit(number.register.api or "").path.replace("{id}", asked)

"""Keeps what registers said of numbers, and the pace at which they may be asked, for all processes together.

Knows no register and no record: parts of an answer come in and go out as they are. A number is what somebody typed,
so it is kept where only the same number leads: its record is sealed with a key made of the number. Every operation
raises StoreError when the database cannot do its work.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlmodel import SQLModel

from app.store import tables
from app.store.database import Database
from app.store.sealing import Sealer, seal, unseal

APART = 1.1  # seconds from one request to the next: a little over one, since requests take a moment to leave
# A pace that lies further ahead than this was set by a clock that has since been put right.
BELIEVED = 2 * 3600.0
KEPT_FOR = timedelta(days=30)
KEPT_AT_MOST = 2_000

_LOOK_UP, _PACE = SQLModel.metadata.tables["look_up"], SQLModel.metadata.tables["look_up_pace"]


@dataclass(frozen=True)
class KeptAnswer:
    """What was kept: parts of a record, or None where the register had none; and from when."""

    parts: dict[str, Any] | None
    at: datetime


class LookUps:
    """The shelf of answers, and the clock by which all processes ask."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time, pepper: str = "") -> None:
        self._database, self._clock, self._sealer = database, clock, Sealer(pepper)

    def kept(self, number: str) -> KeptAnswer | None:
        """What was kept of the last answer about a number."""
        name = self._sealer.name_of("look-up", number)
        with self._database.reading() as connection:
            row = connection.execute(select(_LOOK_UP).where(_LOOK_UP.c.name == name)).one_or_none()
        if row is None or abs(row.at.replace(tzinfo=UTC) - tables.now()) > KEPT_FOR:
            return None
        parts = json.loads(unseal(self._sealer.key_from(number, "look-up"), row.sealed, name))
        return KeptAnswer(parts, row.at.replace(tzinfo=UTC))

    def keep(self, number: str, parts: dict[str, Any] | None) -> None:
        """Keeps an answer in place of the one before; None is "there is no such record". Old ones go."""
        at = tables.now()
        name = self._sealer.name_of("look-up", number)
        sealed = seal(self._sealer.key_from(number, "look-up"), json.dumps(parts, ensure_ascii=True).encode(), name)
        with self._database.writing() as connection:
            _wait_for_others(connection)
            connection.execute(delete(_LOOK_UP).where(or_(_LOOK_UP.c.name == name, _old(at))))
            connection.execute(insert(_LOOK_UP).values(name=name, sealed=sealed, at=at))
            newest = select(_LOOK_UP.c.name).order_by(_LOOK_UP.c.at.desc()).limit(KEPT_AT_MOST)
            connection.execute(delete(_LOOK_UP).where(_LOOK_UP.c.name.not_in(newest)))

    def tidy(self) -> None:
        """Lets go of what is old, for when nobody asks any more."""
        with self._database.writing() as connection:
            _wait_for_others(connection)
            connection.execute(delete(_LOOK_UP).where(_old(tables.now())))

    def turn(self, patience: float) -> float | None:
        """Takes the next turn and returns the seconds until it; None, and none taken, if that is beyond patience."""
        with self._database.writing() as connection:
            _wait_for_others(connection)
            now = self._clock()
            next_at, held_until = _pace(connection, now)
            turn = max(now, next_at, held_until)
            if turn - now > patience:
                return None
            connection.execute(update(_PACE).values(next_at=turn + APART, held_until=held_until))
            return turn - now

    def hold(self, seconds: float) -> None:
        """Nobody asks for so many seconds, as the register wished."""
        with self._database.writing() as connection:
            _wait_for_others(connection)
            now = self._clock()
            _, held_until = _pace(connection, now)
            connection.execute(update(_PACE).values(held_until=max(held_until, now + seconds)))

    def held(self) -> float:
        """For how many seconds nobody may ask; 0 if anybody may."""
        with self._database.reading() as connection:
            now = self._clock()
            return max(0.0, _pace(connection, now)[1] - now)


def _old(now: datetime) -> ColumnElement[bool]:
    # What lies as far ahead was kept by a clock that has since been put right.
    return or_(_LOOK_UP.c.at < now - KEPT_FOR, _LOOK_UP.c.at > now + KEPT_FOR)


def _wait_for_others(connection: Connection) -> None:
    connection.execute(select(_PACE.c.id).with_for_update()).all()


def _pace(connection: Connection, now: float) -> tuple[float, float]:
    """When the next request may go out, and until when none may."""
    next_at, held_until = connection.execute(select(_PACE.c.next_at, _PACE.c.held_until)).one()
    return (next_at if next_at - now <= BELIEVED else now, held_until if held_until - now <= BELIEVED else now)

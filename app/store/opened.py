"""A preparation as one of its people opens it: who they are, who else is there, and what was said.

Knows how rows are unsealed. Changes nothing.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, bindparam, select
from sqlmodel import SQLModel

from app.guide.answers import Answer
from app.store import tables
from app.store.bringing import Role
from app.store.database import Damaged
from app.store.keeping import kept_until
from app.store.records import Kind, Record, Recorded
from app.store.sealing import NotOpened, Sealer, prepared, seal_words, unseal, unseal_words
from app.store.statements import Statement

Needs = Literal["reader", "answerer", "manager"]
# As `Statement.rows` returns them.
Rows = Sequence[Any]


class NotAllowed(Exception):
    """Somebody's link opens the preparation, but not for this."""


@dataclass(frozen=True)
class Key:
    """What opens a preparation: which one, and the code of one of its people; and what it is needed for."""

    preparation_id: str
    secret: str = field(repr=False)
    needs: Needs = "reader"


@dataclass(frozen=True)
class Person:
    """One of the people of a preparation, with or without a link that still opens it."""

    number: int
    role: Role
    name: str
    # What this person said about themselves may be shown to the others, beside what the patient said.
    shows: bool
    # The person has said that they keep their link, so that it is not shown again.
    link_kept: bool
    active: bool
    seen_on: date
    since: date
    # Came with a file, by name, and has had no link here.
    from_file: bool = False

    @property
    def may_answer(self) -> bool:
        return self.role != "reader"

    @property
    def here_today(self) -> bool:
        """The last visit was today, in UTC; or a day or two later, where the clock was set back. What lies further
        ahead was set by a wrong clock, and is to be put right."""
        return timedelta(0) <= self.seen_on - tables.now().date() <= timedelta(2)

    @property
    def profile(self) -> dict[str, object]:
        said = {"name": self.name, "shows": self.shows, "link_kept": self.link_kept}
        return {**said, "from_file": True} if self.from_file else said


# A profile in which nothing stands.
_UNSAID: dict[str, Any] = {"name": "", "shows": False, "link_kept": False}

PREPARATION, PERSON, ENTRY = (SQLModel.metadata.tables[t] for t in ("preparation", "person", "entry"))
# What is there to see of a person, and of the preparation with each of them.
_SEEN = (*PERSON.columns, PREPARATION.c.offers, PREPARATION.c.keep_until)
_PEOPLE = Statement(
    select(*_SEEN)
    .join(PREPARATION, PREPARATION.c.id == PERSON.c.preparation_id)
    .where(PERSON.c.preparation_id == bindparam("preparation"))
    .order_by(PERSON.c.number),
    ["preparation"],
    {column.name: column.type for column in _SEEN},
)
# Two who write in the same preparation take turns: what is decided on what was read holds to the end.
_LOCKED = Statement(
    select(PREPARATION.c.id).where(PREPARATION.c.id == bindparam("preparation")).with_for_update(),
    ["preparation"],
    {"id": PREPARATION.c.id.type},
)
# In the order in which `_entry` takes them.
_COLUMNS = [ENTRY.c[name] for name in ("number", "offer_number", "person_number", "sealed", "pack_version", "at")]
_ENTRIES = Statement(
    select(*_COLUMNS).where(ENTRY.c.preparation_id == bindparam("preparation")).order_by(ENTRY.c.number),
    ["preparation"],
    {column.name: column.type for column in _COLUMNS},
)


def opened(connection: Connection, key: Key, sealer: Sealer) -> "Opened":
    """Opens a preparation. Raises NotOpened; NotAllowed if the key's holder may not do what it is needed for; and
    Damaged if its rows are not as they were written."""
    # Whatever stands in an address may come here, and PostgreSQL takes not every letter.
    if not (key.preparation_id.isascii() and key.preparation_id.isalnum()):
        raise NotOpened
    this = {"preparation": key.preparation_id}
    if connection.get_execution_options().get("locks"):
        _LOCKED.run(connection, this)
    try:
        # Entries first: whoever gave one is then among the people, also if they came in just now.
        entries = _ENTRIES.rows(connection, this)
        people = _PEOPLE.rows(connection, this)
    except (TypeError, ValueError):  # a time that is none, or words where bytes should be
        raise Damaged(_CHANGED) from None
    holder = _holder(people, sealer.code_hash(key.secret))
    wrapping = sealer.key_from(key.secret, key.preparation_id)
    row = wrapped_row(key.preparation_id, holder.number, holder.role)
    try:
        data_key = unseal(wrapping, holder.wrapped_key, *row)
    except (NotOpened, TypeError):  # the code is theirs, so the row was changed from outside
        raise Damaged(_CHANGED) from None
    # Numbers run from 1, and nothing is ever taken out.
    if (entries and entries[-1].number != len(entries)) or not all(isinstance(e.sealed, bytes) for e in entries):
        raise Damaged(_CHANGED)
    if not isinstance(holder.offers, int):  # SQLite keeps whatever it is given
        raise Damaged(_CHANGED)
    found = Opened(key.preparation_id, data_key, holder.number, people, entries)
    if not found.may(key.needs):
        raise NotAllowed
    return found


_CHANGED = "a sealed row is not as it was written"


def _holder(people: Rows, code_hash: bytes) -> Any:
    # All are compared, and each in the same time whether it fits or not.
    fits = [p for p in people if isinstance(p.code_hash, bytes) and hmac.compare_digest(p.code_hash, code_hash)]
    if not fits:
        raise NotOpened
    return fits[0]


def wrapped_row(preparation_id: str, number: int, role: str) -> tuple[object, ...]:
    """What a wrapped key is bound to: nobody becomes another, or gets another role, by a change of the file."""
    return ("key", preparation_id, number, role)


def profile_row(preparation_id: str, number: int, role: str) -> tuple[object, ...]:
    """What somebody's name is bound to; also their role, so that the others see it if that was changed."""
    return ("profile", preparation_id, number, role)


def entry_row(
    preparation_id: str, number: int, offer_number: int | None, who: int, pack_version: str, at: datetime
) -> tuple[object, ...]:
    """What an entry is bound to. Its kind and question are sealed with it, and so bound too."""
    return ("entry", preparation_id, number, offer_number, who, pack_version, at.isoformat()[:19])


class Opened:
    """What a holder of a key sees. Entries are unsealed when they are asked for."""

    def __init__(self, preparation_id: str, data_key: bytes, number: int, people: Rows, rows: Rows) -> None:
        self.preparation_id = preparation_id
        self._data_key, self._ready_key = data_key, prepared(data_key)
        self.people = {p.number: self._person(p) for p in people}
        self.me = self.people[number]
        self.offer_count: int = people[0].offers
        self.keep_set: date | None = people[0].keep_until
        self.rows = rows
        # The number of the newest entry; 0 if there is none.
        self.last: int = rows[-1].number if rows else 0
        self._places: dict[int | None, Record] = {}

    # -- people

    def _person(self, row: Any) -> Person:
        said = self._unsealed(row.profile, *profile_row(self.preparation_id, row.number, row.role))
        return Person(
            number=row.number,
            role=row.role,
            active=row.code_hash is not None,
            seen_on=row.seen_on,
            since=row.created_at.date(),
            **_UNSAID | cast("dict[str, Any]", said),
        )

    def seal_profile(self, person: Person) -> bytes:
        row = profile_row(self.preparation_id, person.number, person.role)
        return seal_words(self._ready_key, person.profile, *row)

    @property
    def data_key(self) -> bytes:
        return self._data_key

    @property
    def active(self) -> list[Person]:
        """Those whose links open it."""
        return [p for p in self.people.values() if p.active]

    @property
    def together(self) -> bool:
        """More than one person has been here, so that it matters who said what."""
        return len(self.people) > 1

    @property
    def managers(self) -> list[Person]:
        """Who may invite, and take links back: the person with Parkinson's, and whoever began. If neither has a link
        any more, everybody who may answer."""
        answering = [p for p in self.active if p.may_answer]
        return [p for p in answering if p.role == "patient" or p.number == 1] or answering

    def may(self, needs: Needs) -> bool:
        """Whether the holder may do what this is needed for."""
        if needs == "manager":
            return self.me in self.managers
        return needs == "reader" or self.me.may_answer

    @property
    def patient(self) -> Person:
        """Whose values the summary shows: the person with Parkinson's, one with a link before others; before they
        have joined, whoever began."""
        return next((p for p in (*self.active, *self.people.values()) if p.role == "patient"), self.people[1])

    def visit(self, today: date) -> date:
        """The day of a visit: today; or the last day on which something was said, if that is later. A clock that runs
        behind must not make a preparation look long forgotten."""
        said: list[date] = [row.at.date() for row in self.rows]
        return max([today, *said])

    @property
    def keep_until(self) -> date:
        """The day until which it is kept."""
        return kept_until(self.keep_set, self.last_visit, empty=self.is_empty)

    @property
    def last_visit(self) -> date:
        """The day of the last visit of anybody."""
        return max(p.seen_on for p in self.people.values())

    @property
    def is_empty(self) -> bool:
        """Nobody has said anything yet, and nobody else was invited."""
        return not (self.last or self.together)

    # -- what was said

    @property
    def offers(self) -> dict[int, Record]:
        """All offers by number, in order."""
        return {number: self.place(number) for number in range(1, self.offer_count + 1)}

    def offer(self, number: int) -> Record:
        """What was recorded for one offer. Raises NotOpened when there is no such offer."""
        return self.place(number)

    @property
    def mine(self) -> Record:
        """What the holder of the key recorded about themselves."""
        return self.place(None)

    def about(self, person: int) -> Record:
        """What one person recorded about themselves."""
        return self._record(None, person)

    def place(self, number: int | None) -> Record:
        """An offer, or the holder themselves when `number` is None. Raises NotOpened as `offer` does."""
        if number is not None and not 1 <= number <= self.offer_count:
            raise NotOpened
        if number not in self._places:
            self._places[number] = self._record(number, self.me.number if number is None else None)
        return self._places[number]

    def add(self, number: int | None, recorded: Recorded) -> Record:
        """What is recorded in one place, after one more entry in it."""
        self._places[number] = self.place(number).with_entry(recorded)
        self.last = recorded.number
        return self._places[number]

    def here(self, day: date) -> None:
        """The holder is here on this day."""
        self.me = self.people[self.me.number] = replace(self.me, seen_on=day)

    def since(self, number: int) -> list[tuple[int, Recorded]]:
        """What was recorded about offers after the entry of this number, each with its offer's number."""
        newer = [row for row in self.rows if row.number > number and row.offer_number]
        return [(row.offer_number, self._entry(row)) for row in newer]

    def _record(self, offer: int | None, person: int | None) -> Record:
        """The entries of one place, of one person if one is given."""
        mine = [r for r in self.rows if r.offer_number == offer and (person is None or r.person_number == person)]
        return Record(map(self._entry, mine))

    def _entry(self, row: Any) -> Recorded:
        number, offer_number, who, sealed, pack_version, at = row
        bound = entry_row(self.preparation_id, number, offer_number, who, pack_version, at)
        kind, question, value = cast("tuple[Kind, str, Answer]", self._unsealed(sealed, *bound))
        return Recorded(value, at, pack_version, who, number, kind, question)

    def _unsealed(self, sealed: bytes, *row: object) -> object:
        try:
            return unseal_words(self._ready_key, sealed, *row)
        except (NotOpened, TypeError):
            # The key is the right one, so a row was changed from outside: better nothing than what nobody said.
            raise Damaged(_CHANGED) from None

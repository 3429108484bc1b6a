"""The operations on a preparation: start, read, add an offer, record what somebody says, delete.

Each opens the preparation with its key inside the transaction in which it does its work, so nothing is read or
written without it. Knows how things are kept; does not know what an answer means. Every operation raises StoreError
when the database cannot do its work, NotOpened when the key does not open, and NotAllowed when its holder may not.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlmodel import SQLModel

from app.guide.answers import Answer, is_given
from app.store import tables
from app.store.database import Database
from app.store.keeping import kept_until
from app.store.opened import (
    ENTRY,
    PERSON,
    PREPARATION,
    Key,
    Opened,
    Person,
    Role,
    entry_row,
    opened,
    profile_row,
    wrapped_row,
)
from app.store.records import Kind, Record, Recorded
from app.store.sealing import NotOpened, Sealer, new_code, new_key, seal, seal_words

ID_BYTES = 9


class Changed(Exception):
    """Somebody wants to answer over an answer that they have not seen."""


class Preparations:
    """Reads and writes preparations of one pack."""

    def __init__(self, database: Database, pack_id: str, pack_version: str, pepper: str = "") -> None:
        self._database, self._sealer = database, Sealer(pepper)
        self._pack_id, self._pack_version = pack_id, pack_version

    # -- starting and deleting

    def start(self) -> Key:
        """Starts a preparation with one empty offer. The code in the key returned is nowhere kept."""
        return self.take_in([], {})

    def take_in(self, offers: Sequence[Mapping[str, Answer]], you: Mapping[str, Answer]) -> Key:
        """Starts a preparation that holds these answers, given now: those of each offer in order (at least one
        offer is there in the end), and those about the person."""
        key = Key(secrets.token_hex(ID_BYTES), new_code(), "manager")
        data_key = new_key()
        begun = {
            "id": key.preparation_id,
            "pack": self._pack_id,
            "offers": max(1, len(offers)),
            "created_at": tables.now(),
        }
        places: list[tuple[int | None, Mapping[str, Answer]]] = [*enumerate(offers, start=1), (None, you)]
        said = [(n, q, v) for n, answers in places for q, v in answers.items() if is_given(v)]
        rows = [
            self._row(key.preparation_id, data_key, n, self._recorded("answer", q, v, 1, number))
            for number, (n, q, v) in enumerate(said, start=1)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(PREPARATION).values(begun))
            self.add_person(connection, data_key, key, 1, "patient", "")
            if rows:
                connection.execute(insert(ENTRY), rows)
        return key

    def add_person(
        self, connection: Connection, data_key: bytes, key: Key, number: int, role: Role, name: str
    ) -> Person:
        """Adds a row for somebody whose link holds the code of this key."""
        today = tables.now().date()
        person = Person(number, role, name, shows=False, link_kept=False, active=True, seen_on=today, since=today)
        values = {
            "preparation_id": key.preparation_id,
            "number": number,
            "role": role,
            "profile": seal_words(data_key, person.profile, *profile_row(key.preparation_id, number)),
            "seen_on": today,
            "created_at": tables.now(),
            **self.link_of(data_key, key, number, role),
        }
        connection.execute(insert(PERSON).values(values))
        return person

    def link_of(self, data_key: bytes, key: Key, number: int, role: Role) -> dict[str, bytes]:
        """What is kept of a link: the hash of its code, and the preparation's key wrapped with it."""
        wrapping = self._sealer.key_from(key.secret, key.preparation_id)
        wrapped = seal(wrapping, data_key, *wrapped_row(key.preparation_id, number, role))
        return {"code_hash": self._sealer.code_hash(key.secret), "wrapped_key": wrapped}

    def delete(self, key: Key) -> None:
        """Removes a preparation: what was said in it, its people and their keys, all or nothing."""
        with self._database.writing() as connection:
            opened(connection, key, self._sealer)  # only for a holder
            _remove(connection, [key.preparation_id])
        self._database.forget()

    def sweep(self, today: date) -> int:
        """Removes the preparations that were to be kept until a day before this one; returns how many."""
        last_visit = func.max(PERSON.c.seen_on)
        overdue = (
            select(PREPARATION.c.id, PREPARATION.c.keep_until, last_visit.label("last_visit"))
            .join(PERSON, PERSON.c.preparation_id == PREPARATION.c.id)
            .group_by(PREPARATION.c.id, PREPARATION.c.keep_until)
            .having(func.coalesce(PREPARATION.c.keep_until, last_visit) < today)
        )
        with self._database.writing() as connection:
            gone = [r.id for r in connection.execute(overdue) if kept_until(r.keep_until, r.last_visit) < today]
            _remove(connection, gone)
        if gone:
            self._database.forget()
        return len(gone)

    # -- reading

    def holder_of(self, code: str) -> Key:
        """The key that a link's code makes. Raises NotOpened; a link that was taken back is one that never was."""
        found = select(PERSON.c.preparation_id).where(PERSON.c.code_hash == self._sealer.code_hash(code))
        with self._database.reading() as connection:
            preparation_id = connection.execute(found).scalar_one_or_none()
        if preparation_id is None:
            raise NotOpened
        return Key(preparation_id, code)

    def read(self, key: Key) -> Opened:
        """A preparation, as the holder of this key sees it."""
        with self._database.reading() as connection:
            return opened(connection, key, self._sealer)

    # -- writing

    def add_offer(self, key: Key) -> int:
        """Adds an empty offer and returns its number; an empty one that is there already is used again,
        so that a double click adds one offer, not two."""
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            if not found.offer(found.offer_count).latest:
                return found.offer_count
            number = found.offer_count + 1
            connection.execute(update(PREPARATION).where(PREPARATION.c.id == key.preparation_id).values(offers=number))
            return number

    def save(
        self,
        key: Key,
        number: int | None,
        question: str,
        value: Answer,
        *,
        rests_on: str | None = None,
        seen: int | None = None,
    ) -> Record:
        """Records an answer for an offer, or about the holder when `number` is None.

        Saying the same again adds nothing, unless what it `rests_on` was answered later; nor does leaving empty what
        was not answered. `seen` is the number of the last answer to this question that the holder saw; if they gave
        another one since, elsewhere, and this would replace it, raises Changed. Returns all that is recorded there
        afterwards.
        """
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            record = found.place(number)
            adds = record.adds(question, value, found.me.number)
            if not adds and not record.is_older(question, rests_on):
                return record
            # What others said since stays beside it; only one's own answer would be replaced.
            if adds and seen is not None and record.said_since(question, seen, found.me.number):
                raise Changed
            return self._add(connection, found, number, "answer", question, value)

    def settle(self, key: Key, number: int, question: str, value: Answer, seen: int) -> Record:
        """Puts an end to several answers: this one counts. Raises Changed when there is a newer answer than `seen`."""
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            record = found.offer(number)
            if len(record.voices(question)) == 1 and record.answers.get(question) == value:
                return record
            if record.said_since(question, seen):
                raise Changed
            return self._add(connection, found, number, "settled", question, value)

    def put_beside(self, key: Key, number: int, said: Iterable[tuple[Kind, str, Answer]]) -> Record:
        """Keeps what is no answer: notes, who asks, a letter. An empty value takes back what was there."""
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            record = found.offer(number)
            for kind, question, value in said:
                if record.said_beside(kind, question, found.me.number) != value:
                    record = self._add(connection, found, number, kind, question, value)
            return record

    def _add(
        self, connection: Connection, found: Opened, number: int | None, kind: Kind, question: str, value: Answer
    ) -> Record:
        recorded = self._recorded(kind, question, value, found.me.number, found.last + 1)
        connection.execute(insert(ENTRY), self._row(found.preparation_id, found.data_key, number, recorded))
        seen_on = found.visit(recorded.at.date())
        if found.me.seen_on != seen_on:
            connection.execute(update(PERSON).where(*this_person(found)).values(seen_on=seen_on))
        return found.add(number, recorded)

    def _recorded(self, kind: Kind, question: str, value: Answer, who: int, number: int) -> Recorded:
        return Recorded(value, tables.now(), self._pack_version, who, number, kind, question)

    def _row(self, preparation_id: str, data_key: bytes, offer: int | None, recorded: Recorded) -> dict[str, object]:
        said = (recorded.kind, recorded.question, recorded.value)
        return {
            "preparation_id": preparation_id,
            "number": recorded.number,
            "offer_number": offer,
            "person_number": recorded.who,
            "sealed": seal_words(data_key, said, *entry_row(preparation_id, recorded, offer)),
            "pack_version": recorded.pack_version,
            "at": recorded.at,
        }


def this_person(found: Opened, number: int | None = None) -> tuple[ColumnElement[bool], ...]:
    """The row of the holder, or of another person of the same preparation."""
    return PERSON.c.preparation_id == found.preparation_id, PERSON.c.number == (number or found.me.number)


def _remove(connection: Connection, ids: Sequence[str]) -> None:
    """Removes every row of these preparations, in whatever table."""
    for one in ids:
        for table in reversed(SQLModel.metadata.sorted_tables):
            if "preparation_id" in table.c:
                connection.execute(delete(table).where(table.c.preparation_id == one))
        connection.execute(delete(PREPARATION).where(PREPARATION.c.id == one))

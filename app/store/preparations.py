"""The operations on a preparation: start, read, add an offer, record what somebody says, delete.

Each opens the preparation with its key inside the transaction in which it does its work, so nothing is read or
written without it. Knows how things are kept; does not know what an answer means. Every operation raises StoreError
when the database cannot do its work, NotOpened when the key does not open, and NotAllowed when its holder may not.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, insert, select, update

from app.guide.answers import Answer
from app.store import tables
from app.store.bringing import Brought, Member, Role, plainly
from app.store.counts import Counts
from app.store.database import Database
from app.store.opened import (
    ENTRY,
    PERSON,
    PREPARATION,
    Key,
    Opened,
    Person,
    entry_row,
    opened,
    profile_row,
    wrapped_row,
)
from app.store.records import Kind, Record, Recorded
from app.store.removing import AlreadyGone, Gone, remove
from app.store.sealing import NotOpened, Sealer, new_code, new_key, seal, seal_words
from app.store.statements import Statement

ID_BYTES = 9
# A preparation is unsealed for each request, so there is an end to it: more than anybody says in a lifetime.
MOST_OFFERS = 100
MOST_ENTRIES = 20_000
MOST_BYTES = 20_000_000


_ADD_ENTRY = Statement(insert(ENTRY).inline(), [column.name for column in ENTRY.columns], {})
# Somebody without a link.
NO_LINK: dict[str, bytes | None] = {"code_hash": None, "wrapped_key": None}


class Changed(Exception):
    """Somebody wants to say something over what they have not seen: an answer, or what stands beside one."""

    def __init__(self, kind: Kind = "answer") -> None:
        super().__init__(kind)
        self.kind = kind


class Full(Exception):
    """A preparation holds as much as it may."""


class Preparations:
    """Reads and writes preparations of one pack."""

    def __init__(self, database: Database, pack_id: str, pack_version: str, pepper: str = "") -> None:
        self._database, self._sealer = database, Sealer(pepper)
        self._pack_id, self._pack_version = pack_id, pack_version
        self._gone = Gone(Counts(database, pepper.encode()))

    # -- starting and deleting

    def start(self) -> Key:
        """Starts a preparation with one empty offer. The code in the key returned is nowhere kept."""
        return self.take_in([], {})

    def take_in(self, offers: Sequence[Mapping[str, Answer]], you: Mapping[str, Answer]) -> Key:
        """Starts a preparation that holds these answers, given now: those of each offer in order (at least one
        offer is there in the end), and those about the person."""
        return self.bring_in(plainly(offers, you))

    def bring_in(self, brought: Brought) -> Key:
        """Starts a preparation with all of this, said now. Of its people, one gets the link in the key returned; the
        others are there by name. Raises Full."""
        key = Key(secrets.token_hex(ID_BYTES), new_code(), "manager")
        data_key = new_key()
        if brought.offers > MOST_OFFERS or len(brought.said) > MOST_ENTRIES:
            raise Full
        begun = {
            "id": key.preparation_id,
            "pack": self._pack_id,
            "offers": max(1, brought.offers),
            "created_at": tables.now(),
        }
        rows = [
            self._row(key.preparation_id, data_key, s.offer, self._recorded(s.kind, s.question, s.value, s.who, number))
            for number, s in enumerate(brought.said, start=1)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(PREPARATION).values(begun))
            for member in brought.people:
                self._add_member(connection, data_key, key, member, linked=member.number == brought.me)
            if rows:
                connection.execute(insert(ENTRY), rows)
        return key

    def add_person(
        self, connection: Connection, data_key: bytes, key: Key, number: int, role: Role, name: str
    ) -> Person:
        """Adds a row for somebody whose link holds the code of this key."""
        return self._add_member(connection, data_key, key, Member(number, role, name), linked=True)

    def _add_member(self, connection: Connection, data_key: bytes, key: Key, member: Member, *, linked: bool) -> Person:
        today = tables.now().date()
        person = Person(
            member.number,
            member.role,
            member.name,
            shows=member.shows,
            link_kept=False,
            active=linked,
            seen_on=today,
            since=today,
            from_file=not linked,
        )
        values = {
            "preparation_id": key.preparation_id,
            "number": person.number,
            "role": person.role,
            "profile": seal_words(
                data_key, person.profile, *profile_row(key.preparation_id, person.number, person.role)
            ),
            "seen_on": today,
            "created_at": tables.now(),
            **(self.link_of(data_key, key, person.number, person.role) if linked else NO_LINK),
        }
        connection.execute(insert(PERSON).values(values))
        return person

    def link_of(self, data_key: bytes, key: Key, number: int, role: Role) -> dict[str, bytes]:
        """What is kept of a link: the hash of its code, and the preparation's key wrapped with it."""
        wrapping = self._sealer.key_from(key.secret, key.preparation_id)
        wrapped = seal(wrapping, data_key, *wrapped_row(key.preparation_id, number, role))
        return {"code_hash": self._sealer.code_hash(key.secret), "wrapped_key": wrapped}

    def delete(self, key: Key) -> None:
        """Removes a preparation: what was said in it, its people and their keys, all or nothing. Raises AlreadyGone
        when the holder of this key did so a moment ago."""
        who = key.preparation_id.encode("utf-8", "replace") + self._sealer.code_hash(key.secret)
        with self._database.writing() as connection:
            try:
                opened(connection, key, self._sealer)  # only for a holder
            except NotOpened:
                if self._gone.holds(connection, who):
                    raise AlreadyGone from None
                raise
            remove(self._database, connection, [key.preparation_id])
            self._gone.add(connection, who)
        self._database.forget()

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
        so that a double click adds one offer, not two. Raises Full."""
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            if not found.offer(found.offer_count).latest:
                return found.offer_count
            number = found.offer_count + 1
            if number > MOST_OFFERS:
                raise Full
            connection.execute(update(PREPARATION).where(PREPARATION.c.id == key.preparation_id).values(offers=number))
            return number

    def answer(
        self,
        key: Key,
        number: int | None,
        question: str,
        value: Answer,
        *,
        rests_on: str | None = None,
        seen: int | None = None,
    ) -> Opened:
        """Records an answer for an offer, or about the holder when `number` is None.

        Saying the same again adds nothing, unless what it `rests_on` was answered later; nor does leaving empty what
        was not answered. `seen` is the number of the last answer to this question that the holder saw; if they gave
        another one since, elsewhere, and this would replace it, raises Changed. Returns the preparation as it is
        afterwards. Raises Full, as the others do that add something.
        """
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            record = found.place(number)
            adds = record.adds(question, value, found.me.number, seen)
            if not adds and not record.is_older(question, rests_on):
                return found
            # What others said since stays beside it; only one's own answer would be replaced.
            if adds and seen is not None and record.said_since(question, seen, found.me.number):
                raise Changed
            self._add(connection, found, number, "answer", question, value)
            return found

    def save(
        self,
        key: Key,
        number: int | None,
        question: str,
        value: Answer,
        *,
        seen: int | None = None,
        rests_on: str | None = None,
    ) -> Record:
        """The same; returns all that is recorded in that place."""
        return self.answer(key, number, question, value, rests_on=rests_on, seen=seen).place(number)

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

    def put_beside(
        self,
        key: Key,
        number: int,
        said: Iterable[tuple[Kind, str, Answer]],
        *,
        seen: int | None = None,
        was: Mapping[Kind, Answer] | None = None,
    ) -> Record:
        """Keeps what is no answer: notes, who asks, a letter. An empty value takes back what was there.

        `seen` is the number of the last letter that the holder saw, and `was` what they saw of another kind. What
        would be put over something newer raises Changed, and nothing is kept.
        """
        was = was or {}
        with self._database.writing() as connection:
            found = opened(connection, key, self._sealer)
            record = found.offer(number)
            for kind, question, value in said:
                there = record.said_beside(kind, question, found.me.number)
                if there == value:
                    continue
                letter = record.last_letter if kind == "letter" else None
                if there != was.get(kind, there) or (letter and seen is not None and letter.number > seen):
                    raise Changed(kind)
                record = self._add(connection, found, number, kind, question, value)
            return record

    def _add(
        self, connection: Connection, found: Opened, number: int | None, kind: Kind, question: str, value: Answer
    ) -> Record:
        if found.last >= MOST_ENTRIES or sum([len(row.sealed) for row in found.rows]) > MOST_BYTES:
            raise Full
        recorded = self._recorded(kind, question, value, found.me.number, found.last + 1)
        _ADD_ENTRY.run(connection, self._row(found.preparation_id, found.data_key, number, recorded))
        seen_on = found.visit(recorded.at.date())
        if found.me.seen_on != seen_on:
            connection.execute(update(PERSON).where(*this_person(found)).values(seen_on=seen_on))
            found.here(seen_on)
        return found.add(number, recorded)

    def _recorded(self, kind: Kind, question: str, value: Answer, who: int, number: int) -> Recorded:
        return Recorded(value, tables.now(), self._pack_version, who, number, kind, question)

    def _row(self, preparation_id: str, data_key: bytes, offer: int | None, recorded: Recorded) -> dict[str, object]:
        said, at = (recorded.kind, recorded.question, recorded.value), recorded.at
        bound = entry_row(preparation_id, recorded.number, offer, recorded.who, recorded.pack_version, at)
        return {
            "preparation_id": preparation_id,
            "number": recorded.number,
            "offer_number": offer,
            "person_number": recorded.who,
            "sealed": seal_words(data_key, said, *bound),
            "pack_version": recorded.pack_version,
            "at": at,
        }


def this_person(found: Opened, number: int | None = None) -> tuple[ColumnElement[bool], ...]:
    """The row of the holder, or of another person of the same preparation."""
    return PERSON.c.preparation_id == found.preparation_id, PERSON.c.number == (number or found.me.number)

"""The few operations on a preparation: start, add an offer, record an answer, read what was recorded, delete.

Each checks the secret inside the transaction in which it does its work, so nothing is read or written without
it. Knows how things are kept; does not know what an answer means. Every operation raises StoreError when the
database cannot do its work.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, null, select
from sqlmodel import SQLModel

from app.guide.answers import Answer as AnswerValue
from app.guide.answers import is_given
from app.store import tables  # fills the metadata
from app.store.database import Database

SECRET_BYTES = 24  # 192 bits
ID_BYTES = 9
SITTING = timedelta(hours=1)
BESIDE = "letter."


class NotOpened(Exception):
    """There is no such preparation or offer, or the secret is not one of its people's: the answer is the same."""


@dataclass(frozen=True)
class Key:
    """What opens a preparation: which one, and a secret that one of its people holds."""

    preparation_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Recorded:
    """One answer as it was recorded."""

    value: AnswerValue
    at: datetime
    pack_version: str


@dataclass(frozen=True)
class Record:
    """All that was recorded in one place, an offer or a person: the last answer to each question."""

    latest: dict[str, Recorded]
    # What stood before, for questions answered in more than one way over time.
    previous: dict[str, Recorded]
    # When each sitting ended, so far: answers less than SITTING apart are of one.
    sittings: tuple[datetime, ...] = ()
    # What is kept with the answers and is none: a letter. It counts for nothing else.
    beside: dict[str, AnswerValue] = field(default_factory=dict)

    def with_answer(self, question: str, recorded: Recorded) -> "Record":
        """This record after one more answer."""
        if is_beside(question):
            return replace(self, beside={**self.beside, question: recorded.value})
        replaced = {question: self.latest[question]} if question in self.latest else {}
        return Record(
            self.latest | {question: recorded}, self.previous | replaced, _with_sitting(self.sittings, recorded.at)
        )

    def holds(self, question: str, value: AnswerValue) -> bool:
        """Recording this would add nothing: it is what was said last, or empty where nothing was."""
        if is_beside(question):
            return self.beside.get(question, "") == value
        before = self.latest.get(question)
        return before.value == value if before else not is_given(value)

    def is_older(self, question: str, other: str | None) -> bool:
        """The other question was answered later than this one."""
        both = other in self.latest and question in self.latest
        return both and self.latest[str(other)].at > self.latest[question].at

    @property
    def answers(self) -> dict[str, AnswerValue]:
        return _given(self.latest)

    def answers_before(self, question: str) -> dict[str, AnswerValue]:
        """The answers as they stood before the last change of this one."""
        return _given({**self.latest, question: self.previous[question]})


def is_beside(question: str) -> bool:
    """Not a question: something that is kept with the answers of an offer."""
    return question.startswith(BESIDE)


# Statements are built once: building one takes SQLAlchemy longer than SQLite takes to run it.
_PREPARATION, _PERSON, _OFFER, _ANSWER = (
    SQLModel.metadata.tables[t.__name__.lower()]
    for t in (tables.Preparation, tables.Person, tables.Offer, tables.Answer)
)
_COLUMNS = (_ANSWER.c.question, _ANSWER.c.value, _ANSWER.c.at, _ANSWER.c.pack_version)
# Whoever holds the secret. Hashes of 192 random bits are compared, so how long that takes tells nobody anything.
_HOLDER = and_(_PERSON.c.preparation_id == bindparam("preparation"), _PERSON.c.secret_hash == bindparam("hash"))
# All offers with their whole history, or one; one row without an answer where there is none. No row, no key.
_OFFERS = (
    select(_PERSON.c.id, _OFFER.c.id, _OFFER.c.number, *_COLUMNS)
    .join(_OFFER, _OFFER.c.preparation_id == _PERSON.c.preparation_id)
    .outerjoin(_ANSWER, and_(_ANSWER.c.preparation_id == _OFFER.c.preparation_id, _ANSWER.c.offer_id == _OFFER.c.id))
    .where(_HOLDER)
    .order_by(_OFFER.c.number, _ANSWER.c.id)
)
_ONE_OFFER = _OFFERS.where(_OFFER.c.number == bindparam("number"))
_ABOUT = (
    select(_PERSON.c.id, null(), null(), *_COLUMNS)
    .outerjoin(
        _ANSWER,
        and_(
            _ANSWER.c.preparation_id == _PERSON.c.preparation_id,
            _ANSWER.c.offer_id.is_(None),
            _ANSWER.c.person_id == _PERSON.c.id,
        ),
    )
    .where(_HOLDER)
    .order_by(_ANSWER.c.id)
)


@dataclass(frozen=True)
class _Opened:
    """What a key has opened, an offer or what its holder says of themselves: by whom, and what was recorded."""

    person_id: int
    offer_id: int | None
    record: Record


class Preparations:
    """Reads and writes preparations of one pack."""

    def __init__(self, database: Database, pack_id: str, pack_version: str) -> None:
        self._database = database
        self._pack_id, self._pack_version = pack_id, pack_version

    def start(self) -> Key:
        """Starts a preparation with one empty offer. The secret in the key returned is nowhere kept."""
        with self._database.writing() as connection:
            return self._begin(connection, offers=1)[0]

    def take_in(self, offers: Sequence[Mapping[str, AnswerValue]], you: Mapping[str, AnswerValue]) -> Key:
        """Starts a preparation that holds these answers, given now: those of each offer in order (at least one
        offer is there in the end), and those about the person."""
        with self._database.writing() as connection:
            key, person_id, offer_ids = self._begin(connection, offers=max(1, len(offers)))
            places = [*zip(offer_ids, offers, strict=False), (None, you)]
            added = [
                self._row(key, _Opened(person_id, offer_id, Record({}, {})), question, value, tables.now())
                for offer_id, answers in places
                for question, value in answers.items()
                if is_given(value)
            ]
            if added:
                connection.execute(insert(_ANSWER), added)
            return key

    def _begin(self, connection: Connection, offers: int) -> tuple[Key, int, list[int]]:
        """Adds a preparation, its owner and its empty offers; returns its key and their ids."""
        key = Key(secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES))
        of_it, at = {"preparation_id": key.preparation_id}, tables.now()
        connection.execute(insert(_PREPARATION).values(id=key.preparation_id, pack=self._pack_id, created_at=at))
        owner = insert(_PERSON).values(**of_it, role="owner", secret_hash=_hash(key.secret), created_at=at)
        person_id = connection.execute(owner.returning(_PERSON.c.id)).scalar_one()
        empty = [insert(_OFFER).values(**of_it, number=n, created_at=at) for n in range(1, offers + 1)]
        return key, person_id, [connection.execute(o.returning(_OFFER.c.id)).scalar_one() for o in empty]

    def delete(self, key: Key) -> None:
        """Removes a preparation: its answers, offers and people, all or nothing. Raises NotOpened.

        Whatever table comes to hold rows of a preparation is emptied of them too.
        """
        with self._database.writing() as connection:
            _open(connection, key, None)  # only for a holder
            for table in reversed(SQLModel.metadata.sorted_tables):
                if "preparation_id" in table.c:
                    connection.execute(delete(table).where(table.c.preparation_id == key.preparation_id))
            connection.execute(delete(_PREPARATION).where(_PREPARATION.c.id == key.preparation_id))
        self._database.forget()

    def offers(self, key: Key) -> dict[int, Record]:
        """All offers by number, in order, with what was recorded for each. Raises NotOpened."""
        with self._database.reading() as connection:
            return {number: opened.record for number, opened in _offers(connection, key).items()}

    def offer(self, key: Key, number: int, until: datetime | None = None) -> Record:
        """What was recorded for one offer, up to a moment in UTC if one is given. Raises NotOpened, also when there
        is no such offer."""
        with self._database.reading() as connection:
            return _open(connection, key, number, until).record

    def person(self, key: Key) -> Record:
        """What the holder of the key recorded about themselves. Raises NotOpened."""
        with self._database.reading() as connection:
            return _open(connection, key, None).record

    def add_offer(self, key: Key) -> int:
        """Adds an empty offer and returns its number; an empty one that is there already is used again,
        so that a double click adds one offer, not two. Raises NotOpened."""
        with self._database.writing() as connection:
            last, opened = list(_offers(connection, key).items())[-1]
            if not opened.record.latest:
                return last
            connection.execute(
                insert(_OFFER).values(preparation_id=key.preparation_id, number=last + 1, created_at=tables.now())
            )
            return last + 1

    def save(
        self, key: Key, number: int | None, question: str, value: AnswerValue, *, rests_on: str | None = None
    ) -> Record:
        """Records an answer for an offer, or about the person when `number` is None.

        Saying the same again adds nothing, unless what it `rests_on` was answered later; nor does leaving empty what
        was not answered. Returns all that is
        recorded there afterwards. Raises NotOpened, also when there is no such offer.
        """
        with self._database.writing() as connection:
            opened = _open(connection, key, number)
            if opened.record.holds(question, value) and not opened.record.is_older(question, rests_on):
                return opened.record
            added = Recorded(value, tables.now(), self._pack_version)
            connection.execute(insert(_ANSWER), self._row(key, opened, question, value, added.at))
            return opened.record.with_answer(question, added)

    def _row(self, key: Key, opened: _Opened, question: str, value: AnswerValue, at: datetime) -> dict[str, object]:
        return {
            "preparation_id": key.preparation_id,
            "offer_id": opened.offer_id,
            "person_id": opened.person_id,
            "question": question,
            "value": _packed(value),
            "pack_version": self._pack_version,
            "at": at,
        }


def _holder(key: Key) -> dict[str, object]:
    return {"preparation": key.preparation_id, "hash": _hash(key.secret)}


def _offers(connection: Connection, key: Key) -> dict[int, _Opened]:
    """All offers by number, in order. Raises NotOpened."""
    rows = connection.execute(_OFFERS, _holder(key)).all()
    if not rows:
        raise NotOpened
    return {number: _opened_from(list(found)) for number, found in groupby(rows, key=itemgetter(2))}


def _open(connection: Connection, key: Key, number: int | None, until: datetime | None = None) -> _Opened:
    """One offer, or the holder themselves when `number` is None. Raises NotOpened."""
    if number is None:
        rows = connection.execute(_ABOUT, _holder(key)).all()
    else:
        rows = connection.execute(_ONE_OFFER, {**_holder(key), "number": number}).all()
    if not rows:
        raise NotOpened
    return _opened_from(rows, until)


def _opened_from(rows: Sequence[Sequence[Any]], until: datetime | None = None) -> _Opened:
    """Folds the history of one place: the last answer to each question counts."""
    latest: dict[str, Recorded] = {}
    previous: dict[str, Recorded] = {}
    sittings: tuple[datetime, ...] = ()
    beside: dict[str, AnswerValue] = {}
    for _, _, _, question, value, at, version in rows:
        if question is None or (until and at > until):
            continue
        if is_beside(question):
            beside[question] = _unpacked(value)
            continue
        sittings = _with_sitting(sittings, at)
        if question in latest:
            previous[question] = latest[question]
        latest[question] = Recorded(_unpacked(value), at, version)
    return _Opened(
        rows[0][0], rows[0][1], Record(latest, previous, sittings, {q: v for q, v in beside.items() if is_given(v)})
    )


def _with_sitting(sittings: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    """The ends of sittings after one more answer at this time."""
    if sittings and at - sittings[-1] < SITTING:
        return (*sittings[:-1], max(at, sittings[-1]))
    return (*sittings, at)


def _given(recorded: dict[str, Recorded]) -> dict[str, AnswerValue]:
    return {q: r.value for q, r in recorded.items() if is_given(r.value)}


def _hash(secret: str) -> bytes:
    # A plain hash is enough for 192 random bits: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()


def _packed(value: AnswerValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(value: bytes) -> AnswerValue:
    unpacked: AnswerValue = json.loads(value)
    return unpacked

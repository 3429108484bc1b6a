"""The few operations on a preparation: start, add an offer, record an answer, read what was recorded.

Each checks the secret inside the transaction in which it does its work, so nothing is read or written without
it. Knows how things are kept; does not know what an answer means. Every operation raises StoreError when the
database cannot do its work.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select
from sqlmodel import SQLModel

from app.guide.answers import Answer as AnswerValue
from app.guide.answers import is_given
from app.store import tables  # fills the metadata
from app.store.database import Database

SECRET_BYTES = 24  # 192 bits
ID_BYTES = 9


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

    def with_answer(self, question: str, recorded: Recorded) -> "Record":
        """This record after one more answer."""
        replaced = {question: self.latest[question]} if question in self.latest else {}
        return Record(self.latest | {question: recorded}, self.previous | replaced)

    @property
    def answers(self) -> dict[str, AnswerValue]:
        return _given(self.latest)

    def answers_before(self, question: str) -> dict[str, AnswerValue]:
        """The answers as they stood before the last change of this one."""
        return _given({**self.latest, question: self.previous[question]})


# Statements are built once: building one takes SQLAlchemy longer than SQLite takes to run it.
_PREPARATION, _PERSON, _OFFER, _ANSWER = (
    SQLModel.metadata.tables[t.__name__.lower()]
    for t in (tables.Preparation, tables.Person, tables.Offer, tables.Answer)
)
_COLUMNS = (_ANSWER.c.question, _ANSWER.c.value, _ANSWER.c.at, _ANSWER.c.pack_version)
_PEOPLE = select(_PERSON.c.id, _PERSON.c.secret_hash).where(_PERSON.c.preparation_id == bindparam("preparation"))
_NUMBERS = select(_OFFER.c.number).where(_OFFER.c.preparation_id == bindparam("preparation")).order_by(_OFFER.c.number)
# An offer with its whole history in one query; one row of nothing while it has no answers.
_OF_OFFER = (
    select(_OFFER.c.id, *_COLUMNS)
    .join(
        _ANSWER,
        and_(_ANSWER.c.preparation_id == _OFFER.c.preparation_id, _ANSWER.c.offer_id == _OFFER.c.id),
        isouter=True,
    )
    .where(_OFFER.c.preparation_id == bindparam("preparation"), _OFFER.c.number == bindparam("number"))
    .order_by(_ANSWER.c.id)
)
_OF_PERSON = (
    select(_ANSWER.c.id, *_COLUMNS)
    .where(
        _ANSWER.c.preparation_id == bindparam("preparation"),
        _ANSWER.c.offer_id.is_(None),
        _ANSWER.c.person_id == bindparam("person"),
    )
    .order_by(_ANSWER.c.id)
)


class Preparations:
    """Reads and writes preparations of one pack."""

    def __init__(self, database: Database, pack_id: str, pack_version: str) -> None:
        self._database = database
        self._pack_id, self._pack_version = pack_id, pack_version

    def start(self) -> Key:
        """Starts a preparation with one empty offer. The secret in the key returned is nowhere kept."""
        key = Key(secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES))
        at = tables.now()
        with self._database.writing() as connection:
            connection.execute(insert(_PREPARATION).values(id=key.preparation_id, pack=self._pack_id, created_at=at))
            connection.execute(
                insert(_PERSON).values(
                    preparation_id=key.preparation_id, role="owner", secret_hash=_hash(key.secret), created_at=at
                )
            )
            connection.execute(insert(_OFFER).values(preparation_id=key.preparation_id, number=1, created_at=at))
        return key

    def offers(self, key: Key) -> dict[int, Record]:
        """All offers by number, in order, with what was recorded for each. Raises NotOpened."""
        with self._database.reading() as connection:
            _person(connection, key)
            return {n: _offer(connection, key, n)[1] for n in _numbers(connection, key)}

    def offer(self, key: Key, number: int) -> Record:
        """What was recorded for one offer. Raises NotOpened, also when there is no such offer."""
        with self._database.reading() as connection:
            _person(connection, key)
            return _offer(connection, key, number)[1]

    def person(self, key: Key) -> Record:
        """What the holder of the key recorded about themselves. Raises NotOpened."""
        with self._database.reading() as connection:
            return _about(connection, key, _person(connection, key))

    def add_offer(self, key: Key) -> int:
        """Adds an empty offer and returns its number; an empty one that is there already is used again,
        so that a double click adds one offer, not two. Raises NotOpened."""
        with self._database.writing() as connection:
            _person(connection, key)
            last = _numbers(connection, key)[-1]
            if not _offer(connection, key, last)[1].latest:
                return last
            connection.execute(
                insert(_OFFER).values(preparation_id=key.preparation_id, number=last + 1, created_at=tables.now())
            )
            return last + 1

    def save(self, key: Key, number: int | None, question: str, value: AnswerValue) -> Record:
        """Records an answer for an offer, or about the person when `number` is None.

        Saying the same again adds nothing. Returns all that is recorded there afterwards. Raises NotOpened, also
        when there is no such offer.
        """
        with self._database.writing() as connection:
            person = _person(connection, key)
            offer_id, record = (
                (None, _about(connection, key, person)) if number is None else _offer(connection, key, number)
            )
            before = record.latest.get(question)
            if before and before.value == value:
                return record
            added = Recorded(value, tables.now(), self._pack_version)
            connection.execute(
                insert(_ANSWER),
                {
                    "preparation_id": key.preparation_id,
                    "offer_id": offer_id,
                    "person_id": person,
                    "question": question,
                    "value": _packed(value),
                    "pack_version": added.pack_version,
                    "at": added.at,
                },
            )
            return record.with_answer(question, added)


def _person(connection: Connection, key: Key) -> int:
    """The id of whoever holds this secret. Raises NotOpened."""
    given = _hash(key.secret)
    for person_id, secret_hash in connection.execute(_PEOPLE, {"preparation": key.preparation_id}):
        if hmac.compare_digest(secret_hash, given):
            return int(person_id)
    raise NotOpened


def _numbers(connection: Connection, key: Key) -> list[int]:
    return list(connection.execute(_NUMBERS, {"preparation": key.preparation_id}).scalars())


def _offer(connection: Connection, key: Key, number: int) -> tuple[int, Record]:
    """An offer's id and what was recorded for it. Raises NotOpened if there is no such offer."""
    rows = connection.execute(_OF_OFFER, {"preparation": key.preparation_id, "number": number}).all()
    if not rows:
        raise NotOpened
    return rows[0][0], _record(row for row in rows if row[1] is not None)


def _about(connection: Connection, key: Key, person: int) -> Record:
    return _record(connection.execute(_OF_PERSON, {"preparation": key.preparation_id, "person": person}))


def _record(rows: Iterable[Sequence[Any]]) -> Record:
    """Folds the history of one place: the last answer to each question counts."""
    latest: dict[str, Recorded] = {}
    previous: dict[str, Recorded] = {}
    for _, question, value, at, version in rows:
        if question in latest:
            previous[question] = latest[question]
        latest[question] = Recorded(_unpacked(value), at, version)
    return Record(latest, previous)


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

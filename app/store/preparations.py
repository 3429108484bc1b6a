"""The few operations on a preparation: start, open, add an offer, record an answer, read what was recorded.

Knows how things are kept. Does not know what an answer means, nor who may do what beyond holding the secret.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.guide.answers import Answer as AnswerValue
from app.store.database import Database
from app.store.tables import Answer, Offer, Person, Preparation

SECRET_BYTES = 24  # 192 bits
ID_BYTES = 9


@dataclass(frozen=True)
class Opened:
    """A preparation that somebody holding its secret has opened."""

    id: str
    person_id: int


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
    # Questions answered in more than one way over time.
    changed: frozenset[str]

    def with_answer(self, question: str, recorded: Recorded) -> "Record":
        """This record after one more answer."""
        changed = self.changed | {question} if question in self.latest else self.changed
        return Record(self.latest | {question: recorded}, changed)

    @property
    def answers(self) -> dict[str, AnswerValue]:
        return {q: r.value for q, r in self.latest.items() if r.value not in ("", [], {})}


class Preparations:
    """Reads and writes preparations. Every method raises StoreError when the database cannot do its work."""

    def __init__(self, database: Database, pack_id: str, pack_version: str) -> None:
        self._database = database
        self._pack_id, self._pack_version = pack_id, pack_version

    def start(self) -> tuple[Opened, str]:
        """Starts a preparation with one empty offer. Returns it and its secret, which is nowhere kept."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        preparation_id = secrets.token_hex(ID_BYTES)
        with self._database.writing() as session:
            session.add(Preparation(id=preparation_id, pack=self._pack_id))
            session.flush()
            person = Person(preparation_id=preparation_id, role="owner", secret_hash=_hash(secret))
            session.add(person)
            session.add(Offer(preparation_id=preparation_id, number=1))
            session.flush()
            return Opened(preparation_id, _id(person)), secret

    def open(self, preparation_id: str, secret: str) -> Opened | None:
        """Returns the preparation if the secret is one of its people's, else None."""
        with self._database.reading() as session:
            people = session.exec(
                select(Person.id, Person.secret_hash).where(Person.preparation_id == preparation_id)
            ).all()
        given = _hash(secret)
        for person_id, secret_hash in people:
            if hmac.compare_digest(secret_hash, given) and person_id is not None:
                return Opened(preparation_id, person_id)
        return None

    def offers(self, opened: Opened) -> dict[int, Record]:
        """All offers of a preparation by number, in order, with what was recorded for each."""
        with self._database.reading() as session:
            return {n: found[1] for n in _numbers(session, opened) if (found := _offer(session, opened, n))}

    def offer(self, opened: Opened, number: int) -> Record | None:
        """What was recorded for one offer; None if the preparation has no such offer."""
        with self._database.reading() as session:
            found = _offer(session, opened, number)
            return found and found[1]

    def person(self, opened: Opened) -> Record:
        """What somebody recorded about themselves."""
        with self._database.reading() as session:
            return _about(session, opened)

    def add_offer(self, opened: Opened) -> int:
        """Adds an empty offer and returns its number; an empty one that is there already is used again,
        so that a double click adds one offer, not two."""
        with self._database.writing() as session:
            last = _numbers(session, opened)[-1]
            found = _offer(session, opened, last)
            if found and not found[1].latest:
                return last
            session.add(Offer(preparation_id=opened.id, number=last + 1))
            return last + 1

    def save(self, opened: Opened, number: int | None, question: str, value: AnswerValue) -> Record | None:
        """Records an answer for an offer, or about the person when `number` is None.

        Saying the same again adds nothing. Returns all that is recorded there afterwards; None if the
        preparation has no such offer.
        """
        with self._database.writing() as session:
            found = (None, _about(session, opened)) if number is None else _offer(session, opened, number)
            if found is None:
                return None
            offer_id, record = found
            before = record.latest.get(question)
            if before and before.value == value:
                return record
            added = Answer(
                preparation_id=opened.id,
                offer_id=offer_id,
                person_id=opened.person_id,
                question=question,
                value=_packed(value),
                pack_version=self._pack_version,
            )
            session.add(added)
            return record.with_answer(question, Recorded(value, added.at, added.pack_version))


_Row = tuple[str, bytes, datetime, str]
_COLUMNS = (Answer.question, Answer.value, Answer.at, Answer.pack_version)


def _numbers(session: Session, opened: Opened) -> list[int]:
    offers = select(Offer.number).where(Offer.preparation_id == opened.id).order_by(col(Offer.number))
    return list(session.exec(offers))


def _offer(session: Session, opened: Opened, number: int) -> tuple[int, Record] | None:
    """An offer's id and what was recorded for it, in one query; None if there is no such offer."""
    rows = session.exec(
        select(Offer.id, *_COLUMNS)  # type: ignore[call-overload]  # SQLModel types up to four columns
        .join(Answer, col(Answer.offer_id) == Offer.id, isouter=True)
        .where(Offer.preparation_id == opened.id, Offer.number == number)
        .order_by(col(Answer.id))
    ).all()
    if not rows:
        return None
    return rows[0][0], _record(row[1:] for row in rows if row[1] is not None)


def _about(session: Session, opened: Opened) -> Record:
    mine = (Answer.preparation_id == opened.id, col(Answer.offer_id).is_(None), Answer.person_id == opened.person_id)
    return _record(session.exec(select(*_COLUMNS).where(*mine).order_by(col(Answer.id))).all())


def _record(rows: Iterable[_Row]) -> Record:
    """Folds the history of one place: the last answer to each question counts."""
    latest: dict[str, Recorded] = {}
    changed = set()
    for question, value, at, version in rows:
        if question in latest:
            changed.add(question)
        latest[question] = Recorded(_unpacked(value), at, version)
    return Record(latest, frozenset(changed))


def _hash(secret: str) -> bytes:
    # A plain hash is enough for 192 random bits: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()


def _packed(value: AnswerValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(value: bytes) -> AnswerValue:
    unpacked: AnswerValue = json.loads(value)
    return unpacked


def _id(person: Person) -> int:
    if person.id is None:
        raise RuntimeError("a person has an id once the row is flushed")
    return person.id

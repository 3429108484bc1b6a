"""The tables. Answers are only ever added: what was said before stays, with when, who and under which pack.

The value of an answer is the one column that holds what a person said. It is a blob, bound to its row by
preparation, offer, question and pack version, so that it can be sealed without touching the rest.
"""

from datetime import UTC, datetime

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


def now() -> datetime:
    """The time that is stored with rows: UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Preparation(SQLModel, table=True):
    """What one person or family keeps."""

    id: str = Field(primary_key=True)
    pack: str
    created_at: datetime = Field(default_factory=now)


class Person(SQLModel, table=True):
    """Somebody with a link of their own to a preparation; only the hash of its secret is kept."""

    id: int | None = Field(default=None, primary_key=True)
    preparation_id: str = Field(sa_column=Column(ForeignKey("preparation.id"), nullable=False, index=True))
    role: str
    secret_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(default_factory=now)


class Offer(SQLModel, table=True):
    """One treatment offered by someone; its place in the preparation is its number in addresses."""

    __table_args__ = (UniqueConstraint("preparation_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    preparation_id: str = Field(sa_column=Column(ForeignKey("preparation.id"), nullable=False))
    number: int
    created_at: datetime = Field(default_factory=now)


class Answer(SQLModel, table=True):
    """What somebody recorded for a question. Without an offer it is about the person who recorded it."""

    __table_args__ = (Index("answer_by_place", "preparation_id", "offer_id", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    preparation_id: str = Field(sa_column=Column(ForeignKey("preparation.id"), nullable=False))
    offer_id: int | None = Field(default=None, sa_column=Column(ForeignKey("offer.id"), nullable=True))
    person_id: int = Field(sa_column=Column(ForeignKey("person.id"), nullable=False))
    question: str
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    pack_version: str
    at: datetime = Field(default_factory=now)


class LookUp(SQLModel, table=True):
    """What a public register said of a number, and when. Not whose number it is: that stands nowhere here."""

    __tablename__ = "look_up"

    number: str = Field(primary_key=True)
    found: bool
    parts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(default_factory=now, index=True)


class LookUpPace(SQLModel, table=True):
    """One row: when the next request may go out, and until when none may. Seconds since 1970, so that all processes
    that share this file ask by the same clock."""

    __tablename__ = "look_up_pace"

    id: int | None = Field(default=None, primary_key=True)
    next_at: float
    held_until: float


class Tally(SQLModel, table=True):
    """How often something happened, for limits; what it was is told by a hash alone. `expires` is in seconds since
    1970, so that all processes that share this file count together."""

    key: str = Field(primary_key=True)
    count: int
    expires: float = Field(index=True)

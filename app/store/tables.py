"""The tables. What was said is only ever added to: what was said before stays, with when, who and under which pack.

Everything that a person typed or chose is sealed with the key of its preparation, and bound to its row. Readable
stay: that there is a preparation, how many people and offers it has and their roles, when something was said, and by
which of them; not what, nor about which question.
"""

from datetime import UTC, date, datetime

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, LargeBinary
from sqlmodel import Field, SQLModel


def now() -> datetime:
    """The time that is stored with rows: UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Preparation(SQLModel, table=True):
    """What one person or family keeps: people, offers, and what they said. `offers` is how many there are: they are
    numbered from 1."""

    id: str = Field(primary_key=True)
    pack: str
    offers: int
    # The day until which its people want it kept; without one, see `keeping`.
    keep_until: date | None = None
    created_at: datetime = Field(default_factory=now)


class Person(SQLModel, table=True):
    """Somebody with a link of their own to a preparation.

    Only the hash of the link's code is kept, and the preparation's key, wrapped with the code. Where both are empty,
    the link was taken back; the name stays beside what the person said.
    """

    preparation_id: str = Field(sa_column=Column(ForeignKey("preparation.id"), primary_key=True))
    number: int = Field(primary_key=True)
    role: str
    code_hash: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True, unique=True))
    wrapped_key: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))
    # Name, and what else the person chose, sealed.
    profile: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    # The day of the last visit.
    seen_on: date
    created_at: datetime = Field(default_factory=now)


class Entry(SQLModel, table=True):
    """One thing that somebody said: an answer, a note, a letter. Without an offer it is about the person."""

    __table_args__ = (
        ForeignKeyConstraint(["preparation_id", "person_number"], ["person.preparation_id", "person.number"]),
    )

    preparation_id: str = Field(sa_column=Column(ForeignKey("preparation.id"), primary_key=True))
    # Its place in the history of the preparation, from 1.
    number: int = Field(primary_key=True)
    offer_number: int | None = None
    person_number: int
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    pack_version: str
    at: datetime = Field(default_factory=now)


class LookUp(SQLModel, table=True):
    """What a public register said of a number, and when. Not whose number it is: that stands nowhere here. The number
    is hidden behind `name`, and what was said is sealed with a key made of the number."""

    __tablename__ = "look_up"

    name: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
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


class Pepper(SQLModel, table=True):
    """One row, there from the start: what the pepper is known again by, once somebody has served."""

    id: int | None = Field(default=None, primary_key=True)
    mark: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))


class Watch(SQLModel, table=True):
    """One row, there from the start: from which day to which the clock went day by day, as far as somebody looked; and
    the day of the last sweep."""

    id: int | None = Field(default=None, primary_key=True)
    since: date
    last: date
    swept_on: date | None = None

"""What a preparation is made of when it comes from a file: its people, and everything they said, in order.

Plain data. Does not know files, and keeps nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from app.guide.answers import Answer, is_given
from app.store.records import Kind, Record, Recorded

Role = Literal["patient", "family", "reader"]


@dataclass(frozen=True)
class Member:
    """One of the people, as they are called there."""

    number: int
    role: Role
    name: str = ""
    shows: bool = False


@dataclass(frozen=True)
class Saying:
    """One thing that somebody said, about an offer by its number, or about themselves."""

    offer: int | None
    question: str
    value: Answer
    who: int = 1
    kind: Kind = "answer"


@dataclass(frozen=True)
class Brought:
    """A whole preparation. `me` is the number of whoever brings it, and gets the link to it."""

    offers: int
    said: tuple[Saying, ...]
    people: tuple[Member, ...] = (Member(1, "patient"),)
    me: int = 1

    def record(self, offer: int | None, who: int | None = None) -> Record:
        """What would be recorded in one place, of one person if one is given."""
        said = [s for s in self.said if s.offer == offer and who in (None, s.who)]
        return Record(Recorded(s.value, _NO_TIME, "", s.who, n, s.kind, s.question) for n, s in enumerate(said, 1))


_NO_TIME = datetime(1, 1, 1, tzinfo=UTC)


def plainly(offers: Sequence[Mapping[str, Answer]], you: Mapping[str, Answer]) -> Brought:
    """The preparation of one person, of these answers: those of each offer in order, and those about the person."""
    places: list[tuple[int | None, Mapping[str, Answer]]] = [*enumerate(offers, start=1), (None, you)]
    said = [Saying(n, q, v) for n, answers in places for q, v in answers.items() if is_given(v)]
    return Brought(len(offers), tuple(said))

"""A whole preparation as plain JSON: everything that was said, and by whom, so that nothing is lost.

Knows the form of the file as it is written. Its JSON Schema is in `preparation_schema`, reading one in
`preparation_read`; who may see what is in `app/summary/whole.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.guide.answers import Answer
from app.guide.walk import Walker
from app.summary.formats.coding import BASE, Json

FORMAT = "which-cells-preparation"
# What can be read. Version 2 adds who said what, and what stands beside the answers; all of it can be left out.
FORMAT_VERSIONS = (1, 2)
SCHEMA_ID = f"{BASE}/formats/preparation.schema.json"


class Said(NamedTuple):
    """One answer of somebody, a number among the people; without one, it was taken back. "Settled": it put an end to
    several answers."""

    answer: Answer | None
    by: int
    at: datetime | None = None
    pack_version: str | None = None
    settled: bool = False


class Kept(NamedTuple):
    """The answer to a question that counts, with when it was given, in UTC, and under which version of the pack, as far
    as that is known. Where several people prepare: by whom, the answers that differ (first the one that counts). Where
    more was said than that: all of it, in order."""

    answer: Answer
    at: datetime | None = None
    pack_version: str | None = None
    by: int | None = None
    differ: Sequence[Said] = ()
    said: Sequence[Said] = ()


class Written(NamedTuple):
    """A note or a letter, and who wrote it."""

    text: str
    by: int | None = None
    at: datetime | None = None


class Someone(NamedTuple):
    """One of the people. `writes`: the file is theirs."""

    number: int
    role: str
    name: str
    shows: bool
    writes: bool


Answered = Mapping[str, Kept]


@dataclass(frozen=True)
class Offer:
    """All that was said about one offer, by question."""

    answers: Answered
    notes: Mapping[str, Sequence[Written]] = field(default_factory=dict)
    # Who asks it at the visit.
    asks: Mapping[str, int] = field(default_factory=dict)
    letter: Written | None = None


@dataclass(frozen=True)
class Company:
    """Who prepares, where it is known: everybody, who of them has Parkinson's, and what the others said of themselves
    as far as it may be shown."""

    people: Sequence[Someone]
    patient: int
    others: Mapping[int, Answered] = field(default_factory=dict)


def preparation(
    walker: Walker, offers: Iterable[Offer], you: Answered, at: datetime | None = None, company: Company | None = None
) -> Json:
    """A preparation, ready for JSON: its offers in order, and what the person with Parkinson's said of themselves.

    `at` is when it is written. Nothing in it opens anything: no secret, no id.
    """
    cover = walker.pack.cover
    found: Json = {"$schema": SCHEMA_ID, "format": FORMAT, "format_version": FORMAT_VERSIONS[-1]}
    found |= {"pack": cover.id, "pack_version": cover.version}
    found |= {"saved_at": _time(at)} if at else {}
    found |= {"people": [_someone(one) for one in company.people]} if company else {}
    several = company is not None and len(company.people) > 1
    about: Json = {"by": company.patient} if company and several else {}
    found |= {"offers": [_offer(walker, offer) for offer in offers], "you": {**about, "answers": _entries(you)}}
    if company and several:
        found["others"] = [{"by": n, "answers": _entries(answers)} for n, answers in company.others.items()]
    return found


def _someone(one: Someone) -> Json:
    found: Json = {"number": one.number, "name": one.name, "role": one.role}
    return found | {key: True for key, holds in (("shows", one.shows), ("saved_this", one.writes)) if holds}


def _offer(walker: Walker, offer: Offer) -> Json:
    answers = offer.answers
    counting = walker.walk(walker.known({q: kept.answer for q, kept in answers.items()})).answered
    order = [*walker.order, *(q for q in answers if q not in walker.order)]
    entries = _entries({q: answers[q] for q in order if q in answers})
    found: Json = {
        "answers": {q: entry for q, entry in entries.items() if q in counting},
        "set_aside": {q: entry for q, entry in entries.items() if q not in counting},
    }
    found |= {"notes": {q: [_written(n) for n in notes] for q, notes in offer.notes.items()}} if offer.notes else {}
    found |= {"asks": dict(offer.asks)} if offer.asks else {}
    return found | ({"letter": _written(offer.letter)} if offer.letter else {})


def _entries(answered: Answered) -> Json:
    return {q: _entry(kept) for q, kept in answered.items()}


def _entry(kept: Kept) -> Json:
    entry: Json = {"answer": kept.answer, **_when(kept.at, kept.pack_version, kept.by)}
    entry |= {"differ": [{"answer": s.answer, "by": s.by} for s in kept.differ]} if kept.differ else {}
    return entry | ({"said": [_said(s) for s in kept.said]} if kept.said else {})


def _said(said: Said) -> Json:
    found: Json = {"answer": said.answer, **_when(said.at, said.pack_version, said.by)}
    return found | ({"settled": True} if said.settled else {})


def _written(written: Written) -> Json:
    return {"text": written.text, **_when(written.at, None, written.by)}


def _when(at: datetime | None, pack_version: str | None, by: int | None) -> Json:
    found: Json = {"at": _time(at)} if at else {}
    found |= {"pack_version": pack_version} if pack_version else {}
    return found | ({"by": by} if by is not None else {})


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"

"""From what a preparation keeps to the file of all of it, as far as whoever saves it may see it.

Facts about an offer are shared, and come with everything that was said to them. What somebody said of themselves comes
if it is their own, the patient's, or shown by them; and without what they said before.
"""

from datetime import datetime

from app.guide.answers import is_given
from app.guide.walk import Walker
from app.store.opened import Opened, Person
from app.store.records import Record, Recorded
from app.summary.formats.coding import Json
from app.summary.formats.preparation import Company, Kept, Offer, Said, Someone, Written, preparation
from app.summary.of_preparation import heard, shown_beside


def whole(guide: Walker, found: Opened, at: datetime | None = None) -> Json:
    """The file of a preparation, ready for JSON."""
    patient, together = found.patient, found.together
    people = [Someone(p.number, _role(found, p), p.name, p.shows, p == found.me) for p in found.people.values()]
    others = {p.number: _about(found, p) for p in _others(found)}
    return preparation(
        guide,
        [_offer(guide, record, together=together) for record in found.offers.values()],
        _about(found, patient),
        at,
        Company(people, patient.number, {n: answers for n, answers in others.items() if answers}),
    )


def _role(found: Opened, person: Person) -> str:
    """One person in a file has Parkinson's: who was that before, and gave up their link, is one of the others."""
    return "family" if person.role == "patient" and person != found.patient else person.role


def _others(found: Opened) -> list[Person]:
    mine = [found.me] if found.me != found.patient else []
    return [*mine, *(p for p in shown_beside(found) if p not in mine)]


def _about(found: Opened, person: Person) -> dict[str, Kept]:
    latest = found.about(person.number).latest
    return {q: Kept(r.value, r.at, r.pack_version) for q, r in latest.items() if is_given(r.value)}


def _offer(guide: Walker, record: Record, *, together: bool) -> Offer:
    counts = heard(guide, record)
    return Offer(
        answers={
            q: _kept(entry, record.history[q], counts.disputed.get(q, ()), together=together)
            for q, entry in counts.entries.items()
            if is_given(entry.value)
        },
        notes={q: [_written(n, together=together) for n in notes] for q, notes in record.notes.items()},
        asks=record.asks,
        letter=_letter(record, together=together),
    )


def _kept(entry: Recorded, history: tuple[Recorded, ...], disputed: tuple[Recorded, ...], *, together: bool) -> Kept:
    return Kept(
        entry.value,
        entry.at,
        entry.pack_version,
        entry.who if together else None,
        [Said(e.value, e.who) for e in disputed],
        [_said(e) for e in history] if len(history) > 1 else (),
    )


def _said(entry: Recorded) -> Said:
    value = entry.value if is_given(entry.value) else None
    return Said(value, entry.who, entry.at, entry.pack_version, entry.kind == "settled")


def _letter(record: Record, *, together: bool) -> Written | None:
    letters = [e for e in record.entries if e.kind == "letter"]
    return _written(letters[-1], together=together) if record.letter else None


def _written(entry: Recorded, *, together: bool) -> Written:
    return Written(str(entry.value), entry.who if together else None, entry.at)

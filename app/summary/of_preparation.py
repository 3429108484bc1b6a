"""From what a preparation keeps to the sheet of one of its offers: whose words count, and who said them.

The one place that knows both how things are kept and what a sheet needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.guide.answers import Answer
from app.guide.voices import Voice
from app.guide.walk import Walker
from app.languages import gettext as _
from app.store.bringing import Member
from app.store.opened import Opened, Person
from app.store.records import Record, Recorded
from app.summary.company import UNNAMED, Company, Dispute, Note, Values
from app.summary.sheet import Sheet


@dataclass(frozen=True)
class Heard:
    """What counts of all that was said about an offer, and the entry that says it; and where people differ, their
    entries: first the one that counts."""

    answers: dict[str, Answer]
    entries: dict[str, Recorded]
    disputed: dict[str, tuple[Recorded, ...]]


NOTHING = Heard({}, {}, {})


def heard(guide: Walker, record: Record) -> Heard:
    """What counts of a record. Answers that the pack of today does not know are left out."""
    several = {q: said for q in record.latest if len(said := record.voices(q)) > 1} if record.several else {}
    answers = guide.known(record.answers)
    if not several:
        return Heard(answers, record.latest, {})
    voices: dict[str, list[Voice]] = {q: [Voice(0, answer)] for q, answer in answers.items() if q not in several}
    for question, said in several.items():
        known = [(entry, guide.known({question: entry.value}).get(question)) for entry in said]
        voices[question] = [Voice(entry.number, answer) for entry, answer in known if answer is not None]
    found = guide.voices.agreed({q: v for q, v in voices.items() if v})
    by_number = {entry.number: entry for said in several.values() for entry in said}
    counting = {q: by_number[voice.who] for q in several for voice in voices[q] if voice.answer == found.answers.get(q)}
    disputed = {q: tuple(by_number[v.who] for v in differing) for q, differing in found.disputed.items()}
    return Heard(found.answers, record.latest | counting, disputed)


def answer_of(guide: Walker, record: Record, counts: Heard, question: str, who: int) -> Answer | None:
    """The answer that stands in the fields of a question for this person: the one that counts. Where people differ,
    their own, so that saving it again changes nothing."""
    if question in counts.disputed:
        mine = {v.who: v.value for v in record.voices(question)}
        if own := guide.known({question: mine.get(who, "")}).get(question):
            return own
    return counts.answers.get(question)


def sheet_of(guide: Walker, found: Opened, number: int, until: int | None = None, counts: Heard | None = None) -> Sheet:
    """The sheet of one offer, as it is or was after an entry. Raises NotOpened when there is no such offer. `counts` is
    what counts of it, for a caller that has it already."""
    record = found.offer(number)
    if until:
        record = record.until(until)
    counts = counts or heard(guide, record)
    you = found.about(found.patient.number)
    at = {q: r.at for q, r in (*counts.entries.items(), *you.latest.items())}
    return Sheet(guide, counts.answers, guide.known(you.answers), at, _company(guide, found, record, counts))


def name_of(person: Person | Member) -> str:
    """What somebody is called, by their own name or by what they are here."""
    return person.name or _(UNNAMED[person.role])


def _company(guide: Walker, found: Opened, record: Record, counts: Heard) -> Company:
    names = {number: name_of(person) for number, person in found.people.items()}
    said_by = {q: names[entry.who] for q, entry in counts.entries.items()} if found.together else {}
    settled = {
        q: tuple(names[e.who] for e in record.history[q] if e.value == last.value and e.who != last.who)
        for q, last in counts.entries.items()
        if last.kind == "settled"
    }
    return Company(
        together=found.together,
        several=sum(person.may_answer for person in found.people.values()) > 1,
        said_by=said_by,
        disputes={q: Dispute(tuple((names[e.who], e.value) for e in said)) for q, said in counts.disputed.items()},
        settled=settled,
        notes={q: tuple(Note(names[n.who], str(n.value), n.who) for n in notes) for q, notes in record.notes.items()},
        asks={q: names[who] for q, who in record.asks.items() if who in names},
        patient=names[found.patient.number],
        joined=found.patient.role == "patient",
        values=_values(guide, found, names),
    )


def shown_beside(found: Opened) -> list[Person]:
    """Those besides the patient who agreed to show what they said about themselves, and still belong to it."""
    belong = [p for p in found.people.values() if p.active or p.from_file]
    return [p for p in belong if p.shows and p.number != found.patient.number]


def _values(guide: Walker, found: Opened, names: Mapping[int, str]) -> tuple[Values, ...]:
    """What the others said about themselves, as far as they show it."""
    said = [Values(names[p.number], guide.known(found.about(p.number).answers)) for p in shown_beside(found)]
    return tuple(values for values in said if values.answers)

"""What was recorded in one place, an offer or a person: folded from its history.

Knows who said what and in which order. Does not know what an answer means, or how entries are kept.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from app.guide.answers import Answer, is_given

# "settled": an answer that puts an end to what several people said before. "asks": who asks this at the visit, the
# number of a person. A letter has no question.
Kind = Literal["answer", "settled", "note", "asks", "letter"]
SITTING = timedelta(hours=1)
A_LITTLE = timedelta(minutes=1)  # by which clocks are put right all the time


class Recorded(NamedTuple):
    """One thing that somebody said, as it was recorded. `number` is its place in the history of the preparation."""

    value: Answer
    at: datetime
    pack_version: str
    who: int = 1
    number: int = 0
    kind: Kind = "answer"
    question: str = ""


class Record:
    """All that was recorded in one place, in the order in which it was said."""

    def __init__(self, entries: Iterable[Recorded] = ()) -> None:
        self.entries = tuple(entries)

    def with_entry(self, entry: Recorded) -> "Record":
        return Record((*self.entries, entry))

    def until(self, number: int) -> "Record":
        """As it was after the entry of this number. Not by the clock, which may have been put back since."""
        return Record(e for e in self.entries if e.number <= number)

    @cached_property
    def history(self) -> dict[str, tuple[Recorded, ...]]:
        """Everything answered to each question, the first answer first."""
        found: dict[str, list[Recorded]] = {}
        for entry in self.entries:
            if entry.kind in ("answer", "settled"):
                found.setdefault(entry.question, []).append(entry)
        return {question: tuple(entries) for question, entries in found.items()}

    @cached_property
    def latest(self) -> dict[str, Recorded]:
        """The last answer to each question, whoever gave it."""
        return {question: entries[-1] for question, entries in self.history.items()}

    @cached_property
    def previous(self) -> dict[str, Recorded]:
        """What stood before, for questions answered more than once."""
        return {question: entries[-2] for question, entries in self.history.items() if len(entries) > 1}

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """What was said last to each question. Where people disagree, it takes more to know what counts."""
        return _given(self.latest)

    def before(self, question: str) -> "Record":
        """As if the last answer to this question had not been given."""
        return Record(e for e in self.entries if e != self.latest[question])

    # -- several people

    @property
    def several(self) -> bool:
        """More than one person said something."""
        return len({entry.who for entry in self.entries}) > 1

    def voices(self, question: str) -> tuple[Recorded, ...]:
        """The last answer of each person since the question was settled, if it was, in the order of saying."""
        found: dict[int, Recorded] = {}
        for entry in self.history.get(question, ()):
            if entry.kind == "settled":
                found.clear()
            found.pop(entry.who, None)
            found[entry.who] = entry
        return tuple(found.values())

    def adds(self, question: str, value: Answer, who: int, seen: int | None = None) -> bool:
        """This answer would add something: it is not what its giver said last, and not what others said already.
        Where others said the same after the answer of the number `seen`, it does: its giver did not know, and others
        may think again."""
        voices = self.voices(question)
        own = next((v for v in voices if v.who == who), None)
        if own:
            return own.value != value
        if not voices:
            return is_given(value)
        unseen = seen is not None and self.said_since(question, seen)
        return value not in [v.value for v in voices] or (unseen and is_given(value))

    def last_of(self, question: str, who: int) -> Recorded | None:
        """The last answer of one person, also where others have answered since."""
        return next((e for e in reversed(self.history.get(question, ())) if e.who == who), None)

    def said_since(self, question: str, seen: int, who: int | None = None) -> bool:
        """Somebody, or this person, gave an answer that is newer than what somebody has seen."""
        last = self.latest.get(question) if who is None else self.last_of(question, who)
        return last is not None and last.number > seen

    def is_older(self, question: str, other: str | None) -> bool:
        """The other question was answered later than this one."""
        both = other in self.latest and question in self.latest
        return both and self.latest[str(other)].number > self.latest[question].number

    @property
    def recent(self) -> tuple[Recorded, ...]:
        """The answers of the last sitting, and the last one before it."""
        since = self.sittings[-2].number if len(self.sittings) > 1 else 0
        return tuple(e for e in self.entries if e.number >= since and e.kind in ("answer", "settled"))

    @property
    def clock_set_back(self) -> bool:
        """Something was said, by the clock, well before what had been said already: so not all times are right."""
        return any(later.at < earlier.at - A_LITTLE for earlier, later in pairwise(self.entries))

    # -- beside the answers

    @cached_property
    def notes(self) -> dict[str, tuple[Recorded, ...]]:
        """The notes on each question, one a person, in order; an empty one is taken back."""
        found: dict[str, dict[int, Recorded]] = {}
        for entry in self.entries:
            if entry.kind == "note":
                found.setdefault(entry.question, {})[entry.who] = entry
        kept = {q: tuple(n for n in notes.values() if n.value) for q, notes in found.items()}
        return {question: notes for question, notes in kept.items() if notes}

    @cached_property
    def asks(self) -> dict[str, int]:
        """Who asks which question at the visit: the number of a person."""
        last = {e.question: str(e.value) for e in self.entries if e.kind == "asks"}
        return {question: int(who) for question, who in last.items() if who}

    @cached_property
    def last_letter(self) -> Recorded | None:
        """The letter as somebody kept it last; an empty one is to be made from the answers."""
        return next((e for e in reversed(self.entries) if e.kind == "letter"), None)

    @property
    def letter(self) -> str | None:
        """The letter as somebody wrote it last; None if it is to be made from the answers."""
        return str(self.last_letter.value) or None if self.last_letter else None

    def said_beside(self, kind: Kind, question: str, who: int) -> Answer:
        """What was kept last of one kind: of notes, that of this person. Empty if nothing was."""
        mine = [e.value for e in self.entries if (e.kind, e.question) == (kind, question)]
        if kind == "note":
            return next((n.value for n in self.notes.get(question, ()) if n.who == who), "")
        return mine[-1] if mine else ""

    @cached_property
    def sittings(self) -> tuple[Recorded, ...]:
        """The last answer of each sitting, so far: answers less than SITTING apart are of one, whichever way the clock
        went between them."""
        ends: list[Recorded] = []
        for entry in self.entries:
            if entry.kind not in ("answer", "settled"):
                continue
            if ends and abs(entry.at - ends[-1].at) < SITTING:
                ends[-1] = entry
            else:
                ends.append(entry)
        return tuple(ends)


def _given(recorded: dict[str, Recorded]) -> dict[str, Answer]:
    return {q: r.value for q, r in recorded.items() if is_given(r.value)}

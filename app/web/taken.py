"""What can be taken in of a saved file: people by their names, and what they said, each checked as a form would.

An answer is taken if its question's form would take it. What is not is said in a sentence, and the rest is taken all
the same. Keeps nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import get_args

from app.guide.answers import TEXT_LIMIT, Answer, is_given
from app.guide.errors import AnswersError, GuideError
from app.guide.walk import Walker
from app.languages import N_
from app.languages import gettext as _
from app.languages import number as number_of
from app.store.bringing import Brought, Member, Role, Saying
from app.store.opened import Opened
from app.store.people import MOST_PEOPLE, NAME_LIMIT
from app.store.preparations import MOST_OFFERS
from app.store.records import Kind, Record
from app.summary.formats.preparation_read import Found, Place, Told
from app.summary.letter import LIMIT
from app.summary.of_preparation import name_of
from app.web.forms import NotUsable, plain, read, recorded

# Each problem costs a search for what may have been meant.
MOST_PROBLEMS = 200
TOO_STRANGE = N_(
    "So much in this file is not known here that we did not read on. Please check that it is the file that you saved."
)
NOT_KNOWN = N_('"{question}" The answer in the file is not known here. Please answer this again.')
PARTLY_KNOWN = N_(
    '"{question}" A part of the answer in the file is not known here. The rest is taken. Please look at it again.'
)
NOT_A_TEXT = N_("This is no text that we can keep.")
NOT_WHO = N_("We could not read from this file who said what. All of it stands under your name now.")
ALONE = (Member(1, "patient"),)


@dataclass
class Taken:
    """What can be kept of a file, and a sentence for each thing that cannot."""

    brought: Brought
    left: list[str] = field(default_factory=list)

    @property
    def others(self) -> list[str]:
        """What those are called who come without a link."""
        return [name_of(m) for m in self.brought.people if m.number != self.brought.me]


def usable(guide: Walker, found: Found) -> Taken:
    """What can be kept of a file. Raises GuideError when next to nothing in it is known."""
    taking = _Taking(guide, found)
    brought = Brought(
        offers=len(found.offers[:MOST_OFFERS]),
        said=tuple(said for _, said in sorted(taking.said, key=lambda told: told[0])),
        people=taking.people,
        me=taking.me,
    )
    return Taken(brought, [_whole_characters(says) for says in taking.left])


def same(found: Opened, brought: Brought) -> bool:
    """A preparation holds just what a file brings, as far as a file tells."""
    people = [Member(p.number, p.role, p.name, p.shows) for p in found.people.values()]
    if found.offer_count != max(1, brought.offers) or found.me.number != brought.me or people != list(brought.people):
        return False
    about = {brought.me, found.patient.number, *(s.who for s in brought.said if s.offer is None)}
    offers = all(_state(record) == _state(brought.record(n)) for n, record in found.offers.items())
    return offers and all(_state(found.about(n)) == _state(brought.record(None, n)) for n in about)


def _state(record: Record) -> tuple[object, ...]:
    voices = {q: [(v.who, v.value) for v in record.voices(q) if is_given(v.value)] for q in record.latest}
    notes = {q: [(n.who, n.value) for n in notes] for q, notes in record.notes.items()}
    return {q: v for q, v in voices.items() if v}, notes, record.asks, record.letter


class _Taking:
    """Goes through a file once. `said` holds what is taken, each with when it was said and its place in the file."""

    def __init__(self, guide: Walker, found: Found) -> None:
        self.guide = guide
        self.left = list(found.left)
        self.said: list[tuple[tuple[str, int], Saying]] = []
        members = _members(found.people)
        self.people, self.me = members or (ALONE, 1)
        if found.people is not None and members is None:
            self.left.append(_(NOT_WHO))
        if len(found.offers) > MOST_OFFERS:
            says = _("There are {count} offers in it. We took the first {most}.")
            self.left.append(says.format(count=len(found.offers), most=MOST_OFFERS))
        for number, place in enumerate(found.offers[:MOST_OFFERS], start=1):
            self._offer(
                number, place, _("Offer {number}:").format(number=number) + " " if len(found.offers) > 1 else ""
            )
        patient = next((m.number for m in self.people if m.role == "patient"), self.me)
        for by, place in found.about:
            self._answers(None, place, guide.personal, _("About you:") + " ", self._who(by, patient))

    def _offer(self, number: int, place: Place, where: str) -> None:
        self._answers(number, place, self.guide.order, where)
        for question, notes in place.notes.items():
            if self._asked(question, self.guide.order, where):
                for note in notes:
                    self._text(number, "note", question, note, TEXT_LIMIT, where + _("A note:") + " ")
        for question, by in place.asks.items():
            if self._asked(question, self.guide.order, where) and (who := self._who(by, 0)):
                self._take(number, "asks", question, str(who), Told(who))
        if place.letter:
            self._text(number, "letter", "", place.letter, LIMIT, where + _("The letter:") + " ")

    def _answers(
        self, number: int | None, place: Place, questions: Sequence[str], where: str, who: int | None = None
    ) -> None:
        for question in (*(q for q in questions if q in place.told), *(q for q in place.told if q not in questions)):
            if not self._asked(question, questions, where):
                continue
            told = place.told[question]
            # A clock may have been put back: what is said later to a question stands later.
            times = accumulate((one.at for one in told), max)
            for one, at in zip(told, times, strict=True):
                value = "" if one.value is None and len(told) > 1 else self._usable(question, one.value, where)
                if is_given(value) or (len(told) > 1 and one.value is None):
                    kind: Kind = "settled" if one.settled else "answer"
                    by = self._who(one.by, self.me) if who is None else who
                    self._take(number, kind, question, value, Told(value, by, at))

    def _asked(self, question: str, questions: Sequence[str], where: str) -> bool:
        if question not in questions:
            self._leave(where + _('The guide has no question "{question}".').format(question=question[:40]))
        return question in questions

    def _usable(self, question_id: str, value: object, where: str) -> Answer:
        """The answer, as far as a form would take it; nothing if it would not."""
        vocabulary, question = self.guide.sorter.vocabulary, self.guide.pack.questions[question_id]
        try:
            known: Answer | None = vocabulary.check(question_id, value)
        except AnswersError:
            known = self.guide.known({question_id: value}).get(question_id)
            self._leave(where + _(PARTLY_KNOWN if known else NOT_KNOWN).format(question=question.question))
        try:
            return read(vocabulary, question, recorded(vocabulary, question, known)) if known else ""
        except NotUsable as error:
            self._leave(f'{where}"{question.question}" {error}')
            return ""

    def _text(self, number: int, kind: Kind, question: str, told: Told, limit: int, where: str) -> None:
        text = plain(told.value).strip() if isinstance(told.value, str) else ""
        if not text or len(text) > limit:
            too_long = _("It is too long to keep: {count} characters.").format(count=number_of(len(text)))
            self._leave(where + (too_long if text else _(NOT_A_TEXT)))
        else:
            self._take(number, kind, question, text, told)

    def _take(self, number: int | None, kind: Kind, question: str, value: Answer, told: Told) -> None:
        who = self._who(told.by, self.me)
        self.said.append(((told.at, len(self.said)), Saying(number, question, value, who, kind)))

    def _who(self, by: object, otherwise: int) -> int:
        """One of the people, by a number in the file."""
        known = type(by) is int and 1 <= by <= len(self.people)
        return by if known and isinstance(by, int) else otherwise

    def _leave(self, says: str) -> None:
        if len(self.left) > MOST_PROBLEMS:
            raise GuideError(_(TOO_STRANGE))
        self.left.append(says)


def _members(people: Sequence[Mapping[str, object]] | None) -> tuple[tuple[Member, ...], int] | None:
    """The people of a file, and which of them brings it; None if they make no sense."""
    if not people or len(people) > MOST_PEOPLE:
        return None
    members, me = [], [one.get("number") for one in people if one.get("saved_this") is True]
    for place, one in enumerate(people, start=1):
        role, name = one.get("role"), one.get("name")
        if one.get("number") != place or role not in get_args(Role) or not isinstance(name, str):
            return None
        cleaned = " ".join(plain(name).split())[:NAME_LIMIT]
        members.append(Member(place, role, cleaned, one.get("shows") is True))  # type: ignore[arg-type]
    patients = [m.number for m in members if m.role == "patient"]
    if len(patients) > 1 or len(me) != 1 or members[int(str(me[0])) - 1].role == "reader":
        return None
    return tuple(members), int(str(me[0]))


def _whole_characters(says: str) -> str:
    # Half of a surrogate pair can stand in JSON, and in no page.
    return says.encode("utf-8", "replace").decode()

"""What a sheet shows of the people behind it: who answered, where they differ, what each notes, asks and holds dear.

Chooses and words; who said what comes from the company of the sheet. Knows nothing of HTML, or of how it is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from app.guide.answers import Answer, is_given
from app.guide.models import Question
from app.languages import all_of, ngettext
from app.languages import gettext as _
from app.summary.company import UNNAMED, Note
from app.summary.words import answer_words, in_line

if TYPE_CHECKING:
    from app.summary.sheet import Sheet

# So many characters of names stand in a line of the first side; the rest is counted.
NAMES = 40
QUESTIONS = 60


@dataclass(frozen=True)
class Said:
    """What one of several people answered, and whether it is the answer that counts."""

    name: str
    words: tuple[str, ...]
    counts: bool


@dataclass(frozen=True)
class Differing:
    """One question on which people differ: first the answer that counts."""

    question: Question
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Line:
    """One thing that people answered for themselves, in words: one of each person, in their order, empty where they
    said nothing."""

    label: str
    told: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len({told for told in self.told if told}) > 1


@dataclass(frozen=True)
class SideBySide:
    """One question about oneself, with what each person answered; of a scale, a line for each of its rows."""

    question: Question
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        return any(line.differs for line in self.lines)


class Family:
    """The people behind one sheet."""

    def __init__(self, sheet: "Sheet") -> None:
        self._sheet, self._company, self._pack = sheet, sheet.company, sheet.pack

    @property
    def together(self) -> bool:
        """More than one person belongs to it."""
        return self._company.together

    @property
    def several(self) -> bool:
        """More than one person may answer: what was told, was told to a family, and not to one person."""
        return self._company.several

    # -- who answered

    def by(self, question_id: str) -> str:
        """Who gave the answer that stands on the sheet; nothing where there is just one person."""
        if question_id in self._pack.personal:
            return self._company.patient if self.together else ""
        return self._company.said_by.get(question_id, "")

    @cached_property
    def answering(self) -> list[str]:
        """Everybody who gave an answer that the sheet shows, also one that does not count, or that somebody else then
        settled on; the person first."""
        rows = [*(row for _section, rows in self._sheet.sections for row in rows), *self._sheet.set_aside]
        disputes = (found for row in rows if (found := self._company.disputes.get(row.question.id)))
        names = [row.by for row in rows if row.by]
        names += [name for row in rows for name in self._company.settled.get(row.question.id, ())]
        names += [name for dispute in disputes for name, _answer in dispute.said]
        names += [values.name for values in self._company.values]
        patient = self._company.patient
        return list(dict.fromkeys([patient] * (patient in names) + names))

    @property
    def answered_by(self) -> str:
        """These names in a line, as many as there is room for; if for none, how many people."""
        names = [_inside(name) for name in self.answering]
        if not names:
            return ""
        people = ngettext("one person", "{count} people", len(names)).format(count=len(names))
        return _and(names, NAMES, "others") or people

    # -- where they differ

    @cached_property
    def differing(self) -> list[Differing]:
        """The questions on which people differ, of those that count now, in the order of asking."""
        return [
            Differing(self._pack.questions[q], tuple(self._said(q)))
            for q in self._sheet.walk.answered
            if q in self._company.disputes
        ]

    def differs_on(self, question_id: str) -> bool:
        """People differ on this question, and it counts."""
        return any(differing.question.id == question_id for differing in self.differing)

    @property
    def differ_on(self) -> str:
        """These questions in a line, what decides first, as many as there is room for."""
        deciding = {q for reason in self._sheet.against for q in self._sheet.questions_behind(reason)}
        found = sorted(self.differing, key=lambda d: d.question.id not in deciding)
        return _and([in_line([d.question.short]) for d in found], QUESTIONS, "more")

    def _said(self, question_id: str) -> Iterator[Said]:
        for place, (name, answer) in enumerate(self._company.disputes[question_id].said):
            words = answer_words(self._sheet.vocabulary, question_id, answer)
            yield Said(name, tuple(words), counts=place == 0)

    # -- notes, and who asks

    @cached_property
    def noted(self) -> list[Question]:
        """The questions with a note, or with somebody to ask them, in the order of asking."""
        return [self._pack.questions[q] for q in self._sheet.order if self.notes(q) or self.asker(q)]

    @property
    def noted_elsewhere(self) -> list[Question]:
        """Those of them that are not among the questions to ask."""
        asked = {ask.question for ask in self._sheet.asks}
        return [question for question in self.noted if question.id not in asked]

    def notes(self, question_id: str) -> tuple[Note, ...]:
        return self._company.notes.get(question_id, ())

    def asker(self, question_id: str) -> str:
        """Who asks this at the visit; nothing if nobody said so."""
        return self._company.asks.get(question_id, "")

    @property
    def own_questions(self) -> list[tuple[str, list[str]]]:
        """The questions that people wrote themselves, of the person and of those who agreed to show them, by name."""
        question_id = self._pack.cover.summary.own_questions
        if question_id is None:
            return []
        found = [(self._company.patient, self._sheet.own_questions)]
        found += [(v.name, self._words(question_id, v.answers.get(question_id, []))) for v in self._company.values]
        return [(name, questions) for name, questions in found if questions]

    # -- what matters to each

    @property
    def people(self) -> list[str]:
        """Whose answers about themselves are set side by side: the person's first."""
        return [self._company.patient, *(values.name for values in self._company.values)]

    @cached_property
    def side_by_side(self) -> list[SideBySide]:
        """What matters to each of them: the questions that somebody beside the person answered, and agreed to show."""
        found = [
            SideBySide(self._pack.questions[q], tuple(self._lines(self._pack.questions[q])))
            for q in self._pack.cover.summary.side_by_side
        ]
        return [beside for beside in found if any(told for line in beside.lines for told in line.told[1:])]

    @property
    def values_differ(self) -> bool:
        return any(beside.differs for beside in self.side_by_side)

    def _lines(self, question: Question) -> Iterator[Line]:
        everyone = (self._sheet.you, *(values.answers for values in self._company.values))
        answers = [of_one.get(question.id, "") for of_one in everyone]
        if question.kind == "scale_each":
            points = {point.id: point.label for point in question.scale}
            for option in question.options:
                told = [points.get(a.get(option.id, ""), "") if isinstance(a, dict) else "" for a in answers]
                if any(told):
                    yield Line(option.label, tuple(told))
        elif any(map(is_given, answers)):
            in_order = (_in_order(question, answer) for answer in answers)
            yield Line(question.short, tuple("; ".join(self._words(question.id, answer)) for answer in in_order))

    def _words(self, question_id: str, answer: Answer) -> list[str]:
        return answer_words(self._sheet.vocabulary, question_id, answer) if is_given(answer) else []


def _in_order(question: Question, answer: Answer) -> Answer:
    """What was ticked, in the order of the pack, so that the same reads the same."""
    if isinstance(answer, list) and question.options:
        return [option.id for option in question.options if option.id in answer]
    return answer


def _inside(name: str) -> str:
    """A name inside a sentence."""
    return name[:1].lower() + name[1:] if name in map(_, UNNAMED.values()) else name


def _and(names: Sequence[str], room: int, rest: Literal["others", "more"]) -> str:
    """Names in a line, "Ana, Tom and 2 others": as many as there is room for; nothing if there is room for none."""
    used = accumulate(len(name) + 2 for name in names)
    shown = names[: sum(length <= room for length in used)]
    left = len(names) - len(shown)
    others, more = ngettext("{count} other", "{count} others", left), ngettext("{count} more", "{count} more", left)
    says = (others if rest == "others" else more).format(count=left)
    return all_of([*shown, *([says] if left else [])]) if shown else ""

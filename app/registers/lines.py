"""One line of a comparison, and the case it is about: a record on one side, what was told on the other.

Knows how to find what was told, and how words of a record are searched. Judges nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.guide.answers import Answers, Vocabulary
from app.guide.trial_models import Compare, Held
from app.languages import N_, ngettext
from app.languages import gettext as _
from app.registers.record import Record
from app.registers.words import holds

Verdict = Literal["agrees", "differs", "unclear"]
# A verdict with its reason in a sentence.
Judged = tuple[Verdict, str]
NOT_TOLD = N_("Not answered yet.")
SHOWN = 6  # names of a list that a line has room for


@dataclass(frozen=True)
class Source:
    """Whose words a record is: the register's, read on a day, or our own older copy."""

    read_on: date
    is_copy: bool = False

    @property
    def noun(self) -> str:
        return _("Our copy") if self.is_copy else _("The record")

    @property
    def silent(self) -> str:
        return _("Our copy does not say.") if self.is_copy else _("The record does not say.")


@dataclass(frozen=True)
class Line:
    """One point: what was told, what the record says, whether they agree, and why."""

    id: str
    label: str
    told: str
    says: str
    verdict: Verdict
    why: str
    # The proposed answer rests on it.
    main: bool = False
    # Not answered yet: the question that would let it be compared.
    question: str = ""


@dataclass(frozen=True)
class Case:
    """A record beside the answers about one offer."""

    plan: Compare
    vocabulary: Vocabulary
    answers: Answers
    # Judged by its words, which are English.
    record: Record
    source: Source
    # The same as people read it, where that is in another language.
    in_words_of_ours: Record | None = None

    @property
    def shown(self) -> Record:
        return self.in_words_of_ours or self.record

    def told(self, question_id: str) -> str:
        """The option, country or text that was answered; nothing for an answer that leaves it open."""
        answer = self.answers.get(question_id)
        if not isinstance(answer, str) or self.vocabulary.is_standing(question_id, answer):
            return ""
        return answer

    def in_words(self, question_id: str) -> str:
        """The same in a few words."""
        answer = self.told(question_id)
        return self.option(question_id, answer) or answer or _(NOT_TOLD)

    def option(self, question_id: str, option_id: str) -> str:
        """An option in a few words; nothing if there is none."""
        option = self.vocabulary.pack.questions[question_id].option(option_id)
        return option.short if option else ""

    def line(self, line_id: str, label: str, told: str, says: str, judged: Judged, *, main: bool = False) -> Line:
        """A line; where the record says nothing, it says that."""
        return Line(line_id, label, told, says or self.source.silent, *judged, main)

    def unanswered(self, line_id: str, label: str, question_id: str, says: str, *, main: bool = False) -> Line:
        """A line for which nothing was told yet."""
        why = _("You have not been told this yet, or not clearly.")
        return Line(line_id, label, _(NOT_TOLD), says or self.source.silent, "unclear", why, main, question_id)


def by_words(case: Case, line_id: str, label: str, held: Held, says: str, *, main: bool = False) -> Line:
    """Which options' words stand in what the record says is given. More than one kind is never agreement."""
    text = given(case.record)
    found = [option for option, words in held.words.items() if holds(text, words)]
    names = ", ".join(case.option(held.question, option) for option in found)
    says = says or (_("Words for: {names}.").format(names=names) if names else "")
    told = case.told(held.question)
    if not told:
        return case.unanswered(line_id, label, held.question, says, main=main)
    judged: Judged
    if not text:
        judged = "unclear", _("So it cannot be held against what you were told.")
    elif not held.words.get(told):
        judged = "unclear", _("What you were told is too general for us to compare. Please compare the names.")
    elif found == [told]:
        judged = "agrees", _("Its words fit what you were told.")
    elif told in found:
        judged = "unclear", _("It has words for more than one kind: {names}. Ask which it is.").format(names=names)
    elif found:
        judged = "differs", _("Its words are those of something else: {names}.").format(names=names)
    else:
        judged = "unclear", _("We did not find words in it that we know. Please compare the names.")
    return case.line(line_id, label, case.in_words(held.question), says, judged, main=main)


def given(record: Record) -> str:
    """Everything that says what is given: searched for words. Nothing if the record does not say."""
    parts = [record.title, record.official_title, *(arm.label for arm in record.arms)]
    for one in record.interventions:
        parts += [one.name, *one.other_names, one.about]
    return " . ".join(part for part in parts if part) if record.interventions else ""


def listed(names: tuple[str, ...]) -> str:
    """Names in one line, the first few of many."""
    more = len(names) - SHOWN
    if more <= 0:
        return "; ".join(names)
    says = ngettext("{names}; and {count} more", "{names}; and {count} more", more)
    return says.format(names="; ".join(names[:SHOWN]), count=more)

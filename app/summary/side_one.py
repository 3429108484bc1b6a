"""The first printed side: what a physician reads in a minute, and what of it one side has room for.

Chooses and shortens; what there is to say comes from the sheet. No sentence is ever cut: half a sentence can say
the opposite. What does not stand here in full stands on the next pages.
"""

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from app.guide.sort import Reason
from app.languages import gettext as _
from app.summary.words import NOT_KNOWN, in_line, shortened

if TYPE_CHECKING:
    from app.summary.sheet import Sheet

# About so many characters fit into each of its two columns, on Letter, which is the shorter paper.
COLUMN = 1780
# What a heading takes, with the space around it.
HEADING = 110
# What a sentence in a line of its own leaves empty.
LINE = 70
# So many names at most of what is unknown, and, where a sentence on the family leaves no room for them, so many.
LONG_LIST, SHORTER_LIST = 14, 5
RAISED = 8


class SideOne:
    """What stands on the first side of one sheet."""

    def __init__(self, sheet: "Sheet") -> None:
        self._sheet = sheet
        self._plan = sheet.pack.cover.summary

    @property
    def offer(self) -> list[tuple[str, str]]:
        """The offer in a few lines: a label, and what is known. What an answer adds to another follows it, if known."""
        found = []
        for line in self._plan.offer:
            told = [shortened(self._sheet.word(q)) for q in line.questions]
            found.append((line.label, ", ".join(t for t in told if t != _(NOT_KNOWN)) or _(NOT_KNOWN)))
        return found

    @cached_property
    def person(self) -> list[tuple[str, str]]:
        """What the person says of themselves: what they chose, and where the pack asks for it, what they did not."""
        found = []
        for line in self._plan.person:
            told = [said for q in line.questions if (said := in_line(self._sheet.words(q, short=True)))]
            found.append((line.label, "; ".join(told) or _("not said")))
            if line.rest and told:
                rest = [o for q in line.questions for o in self._sheet.not_chosen(q)]
                found.append((line.rest, in_line(rest) or _("none")))
        return found

    # -- the left column

    @cached_property
    def needs(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The needs while no result is reached, by state, each as a word or two."""
        if self._sheet.variant:
            return []
        states = (("need_met", _("Met")), ("need_not_met", _("Not met")), ("need_open", _("Still to ask")))
        return [
            (title, [(words, in_line(found)) for kind, words in states if (found := self._named(needs, kind))])
            for title, needs in self._sheet.needs
        ]

    @cached_property
    def first(self) -> list[Reason]:
        """The reasons that stand here in full: as many as there is room for, at least one."""
        against = self._sheet.against
        used = accumulate(LINE + len(reason.says) for reason in against)
        return against[: max(1, sum(length <= self._room for length in used))]

    @property
    def rest(self) -> list[str]:
        """What else decided, without the sentence behind it; several answers to a question stand together."""
        return _together(self._sheet, self._sheet.against[len(self.first) :])

    @property
    def raise_this(self) -> tuple[str, int]:
        """What is worth raising, in a few words each, as far as there is room; and how many more there are."""
        names = _together(self._sheet, self._sheet.cautions)
        used = accumulate(len(name) + 2 for name in names[:RAISED])
        return _some(names, sum(length <= self._left for length in used), "; ")

    @cached_property
    def _room(self) -> int:
        """What the left column has left for sentences, once all that has to be named is named."""
        return self._left - len(self.raise_this[0])

    @cached_property
    def _left(self) -> int:
        """The same, before anything that is worth raising is named."""
        needs = sum(HEADING + sum(len(names) + 20 for _, names in states) for _, states in self.needs)
        named = sum(len(self._sheet.headline(reason)) for reason in self._sheet.against)
        raised = HEADING if self._sheet.cautions else 0
        differ = LINE + len(self._sheet.family.differ_on) if self._sheet.family.differ_on else 0
        return COLUMN - needs - named - raised - self._urgent - differ

    @property
    def _urgent(self) -> int:
        """What stands above both columns before all else."""
        return sum(HEADING + len(reason.says) for reason in self._sheet.urgent)

    # -- the right column

    @property
    def unknown(self) -> tuple[str, int]:
        """What is still open, weightiest first, and how many more there are."""
        names = [q.short for q in self._sheet.open_questions]
        crowded = self.hint and sum(len(name) + 2 for name in names[:LONG_LIST]) > self._right
        return _some(names, SHORTER_LIST if crowded else LONG_LIST)

    @property
    def _right(self) -> int:
        """What the right column has left for what is unknown."""
        asks = sum(len(ask.says) for ask in self._sheet.top)
        hopes = len(in_line(self._sheet.priorities)) + len(self.hint)
        beyond = len(self._sheet.beyond.text) if self._sheet.beyond else 0
        person = sum(len(label) + len(told) for label, told in self.person)
        physician = sum(len(said.text) for said in self._sheet.result.physician)
        return COLUMN - 5 * HEADING - asks - hopes - beyond - person - physician - self._urgent

    @cached_property
    def hint(self) -> str:
        """What to know of the priorities: that they are not the person's own, or that the family sees some of this in
        another way; nothing if neither."""
        if not self._sheet.company.joined:
            if self._sheet.priorities:
                return _("The person with Parkinson's has not joined yet; another person said this.")
            return _("The person with Parkinson's has not joined yet.")
        if self._sheet.family.values_differ:
            return _("The family sees some of this differently: worth talking about.")
        return ""

    def _named(self, needs: list[Reason], kind: str) -> list[str]:
        return [self._sheet.pack.questions[r.question].short for r in needs if r.kind == kind and r.question]


def _together(sheet: "Sheet", reasons: list[Reason]) -> list[str]:
    """Headlines, those of one question in one: "What you heard: one plan for all, stories as proof"."""
    told: dict[str, list[str]] = {}
    for reason in reasons:
        question, _colon, answer = sheet.headline(reason).partition(": ")
        told.setdefault(question, []).append(answer)
    return [f"{question}: {', '.join(answers)}" for question, answers in told.items()]


def _some(names: list[str], most: int, between: str = ", ") -> tuple[str, int]:
    return between.join(in_line([name]) for name in names[:most]), max(0, len(names) - most)

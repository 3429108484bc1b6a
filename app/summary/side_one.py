"""The first printed side: what a physician reads in a minute, and what of it one side has room for.

Chooses and shortens; what there is to say comes from the sheet. No sentence is ever cut: half a sentence can say
the opposite. What does not stand here in full stands on the next pages.
"""

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from app.guide.sort import Reason
from app.summary.words import NOT_KNOWN, in_line, shortened

if TYPE_CHECKING:
    from app.summary.sheet import Sheet

# About so many characters fit into each of its two columns, on Letter, which is the shorter paper.
COLUMN = 1700
# What a heading takes, with the space around it.
HEADING = 110
LONG_LIST = 14


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
            found.append((line.label, ", ".join(t for t in told if t != NOT_KNOWN) or NOT_KNOWN))
        return found

    @cached_property
    def person(self) -> list[tuple[str, str]]:
        """What the person says of themselves: what they chose, and where the pack asks for it, what they did not."""
        found = []
        for line in self._plan.person:
            told = [said for q in line.questions if (said := in_line(self._sheet.words(q, short=True)))]
            found.append((line.label, "; ".join(told) or "not said"))
            if line.rest and told:
                rest = [o for q in line.questions for o in self._sheet.not_chosen(q)]
                found.append((line.rest, in_line(rest) or "none"))
        return found

    # -- the left column

    @cached_property
    def needs(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The needs while no result is reached, by state, each as a word or two."""
        if self._sheet.variant:
            return []
        states = (("need_met", "Met"), ("need_not_met", "Not met"), ("need_open", "Still to ask"))
        return [
            (title, [(words, in_line(found)) for kind, words in states if (found := self._named(needs, kind))])
            for title, needs in self._sheet.needs
        ]

    @cached_property
    def first(self) -> list[Reason]:
        """The reasons that stand here in full: as many as there is room for, at least one."""
        against = self._sheet.against
        needs = sum(HEADING + sum(len(names) + 20 for _, names in states) for _, states in self.needs)
        room = COLUMN - needs - sum(len(self._sheet.headline(r)) + 15 for r in against)
        used = accumulate(len(reason.says) for reason in against)
        return against[: max(1, sum(length <= room for length in used))]

    @property
    def rest(self) -> list[str]:
        """What else decided, without the sentence behind it."""
        return [self._sheet.headline(r) for r in self._sheet.against[len(self.first) :]]

    # -- the right column

    @property
    def unknown(self) -> tuple[str, int]:
        """What is still open, weightiest first, and how many more there are."""
        return _some([q.short for q in self._sheet.open_questions], LONG_LIST)

    @property
    def raise_this(self) -> tuple[str, int]:
        """What is worth raising, in a few words each, as far as there is room; and how many more there are."""
        sheet = self._sheet
        if sheet.variant:  # it stands under the table of needs, each of which takes a line or two
            room = COLUMN - sum(60 for _, needs in sheet.needs for _ in needs)
        else:
            beside = [ask.says for ask in sheet.top] + [told for _, told in self.person] + [self.unknown[0]]
            beside += [said.text for said in (*sheet.result.physician, sheet.beyond) if said]
            room = COLUMN - sum(HEADING // 2 + len(text) for text in beside)
        names = [sheet.headline(reason) for reason in sheet.cautions]
        fits = sum(length <= room for length in accumulate(len(name) + 2 for name in names))
        return _some(names, max(2, fits), "; ")

    def _named(self, needs: list[Reason], kind: str) -> list[str]:
        return [self._sheet.pack.questions[r.question].short for r in needs if r.kind == kind and r.question]


def _some(names: list[str], most: int, between: str = ", ") -> tuple[str, int]:
    return between.join(in_line([name]) for name in names[:most]), max(0, len(names) - most)

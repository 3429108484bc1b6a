"""Offers side by side: one row a question that differs or decides, one column an offer.

Knows what a row says. Does not know pages, paper or where offers come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.guide.models import Fact, Question
from app.guide.pack import Pack
from app.languages import gettext as _
from app.summary.sheet import Sheet
from app.summary.words import shortened

# So many rows and offers fit on one landscape side; rows that decide come first.
MOST_ROWS = 20
MOST_OFFERS = 3


@dataclass(frozen=True)
class CompareRow:
    """One question, and what is known of it for each offer."""

    question: Question
    told: tuple[str, ...]
    decides: bool
    # Somebody has told something of it, about one of the offers at least.
    known: bool
    # For each offer: people do not agree on this answer.
    disputed: tuple[bool, ...] = ()


class Comparison:
    """Offers of one preparation, in the order given."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = tuple(sheets)
        pack = sheets[0].pack
        named_above = {pack.cover.summary.name, *pack.personal}
        rows = [self._row(q) for q in pack.questions.values() if q.id not in named_above]
        telling = [row for row in rows if row.decides or len(set(row.told)) > 1]
        # What is known of any offer; what decides or says what the offer is; what is core; the pack's order inside.
        line = {q for said in pack.cover.summary.offer for q in said.questions}
        ordered = sorted(
            telling,
            key=lambda row: (not row.known, not (row.decides or row.question.id in line), not row.question.core),
        )
        self.rows = ordered[:MOST_ROWS]
        # What differs too and has no room; all of it stands in each offer's own summary.
        self.left_out = [row.question for row in ordered[MOST_ROWS:] if row.known]

    def _row(self, question: Question) -> CompareRow:
        told = tuple(_told(sheet, question) for sheet in self.sheets)
        decides = any(question.id in _deciding(sheet) for sheet in self.sheets)
        disputed = tuple(sheet.family.differs_on(question.id) for sheet in self.sheets)
        known = any(question.id in sheet.walk.answered for sheet in self.sheets)
        return CompareRow(question, told, decides, known, disputed)

    @property
    def disputed(self) -> bool:
        """Some answer that is shown is one on which people do not agree."""
        return any(any(row.disputed) for row in self.rows)


def _told(sheet: Sheet, question: Question) -> str:
    if question.id not in sheet.walk.asked:
        return _("not asked here")
    return shortened(sheet.word(question.id), tail="")


def _deciding(sheet: Sheet) -> set[str]:
    """The questions on which the result of an offer rests, or that would settle it."""
    behind = {q for reason in sheet.against for q in sheet.questions_behind(reason)}
    return behind | set(sheet.outcome.deciding)


def alternative_sources(pack: Pack) -> list[Fact]:
    """The facts behind what is said of the other ways forward, each once."""
    said = (said for other in pack.alternatives for said in (*other.good, *other.hard))
    return [pack.facts[f] for f in dict.fromkeys(f for cited in said for f in cited.facts)]

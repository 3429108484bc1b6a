"""What changed between two moments of one offer: the answers, and how it sorts.

Compares two sheets. Does not know how history is kept or where the moments come from.
"""

from dataclasses import dataclass

from app.guide.models import Question
from app.languages import gettext as _
from app.summary.sheet import Sheet


@dataclass(frozen=True)
class Changed:
    """One question whose answer is another one now; no words where there was, or is, none."""

    question: Question
    before: tuple[str, ...]
    now: tuple[str, ...]


class Since:
    """What is different now."""

    def __init__(self, before: Sheet, now: Sheet) -> None:
        self.before, self.now = before, now

    @property
    def result_changed(self) -> bool:
        return self.before.outcome.title != self.now.outcome.title

    @property
    def changed(self) -> list[Changed]:
        """In the order of the pack."""
        told = [(q, tuple(self.before.words(q)), tuple(self.now.words(q))) for q in self._offer_questions]
        return [Changed(self.now.pack.questions[q], old, new) for q, old, new in told if old != new]

    @property
    def closed(self) -> list[Question]:
        """What was open before and has a clear answer now."""
        still = {q.id for q in self.now.open_questions}
        return [q for q in self.before.open_questions if q.id in self.now.walk.answered and q.id not in still]

    def missing(self, sheet: Sheet, question: Question) -> str:
        """What to say where there is no answer that counts."""
        return _("not answered") if question.id in sheet.walk.asked else _("not asked")

    @property
    def _offer_questions(self) -> list[str]:
        return [q for q in self.now.pack.questions if q not in self.now.pack.personal]
